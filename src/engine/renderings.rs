//! Charts rendered by the user's helm: each rendering is judged by itself, and what is found is said of the templates.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use rayon::prelude::*;

use super::analyse::guard;
use super::charts::Charts;
use super::rendered::{Library, Move, Stream, merge, moves};
use super::run::{Run, Taken};
use super::{Options, Show, check};
use crate::finding::{Confidence, Finding, Persona, Place, Related, Severity};
use crate::helm::chart::{Step, VersionField, steps};
use crate::input::{Contents, Found, Helm, Purpose, Source, Sources, Surroundings, link_out};
use crate::k8s::KubeVersions;
use crate::rules::{Check, Context, Rule};
use crate::span::{FileId, Span};

/// The patch that stands for all of a minor.
const PATCH: u8 = 9;
/// More texts than this one chart does not have: eight versions, each with and without a suffix.
const MOST_TEXTS: u32 = 16;
/// What makes a version one of a vendor; Helm takes it for a pre-release.
const VENDOR: &str = "-gke.1000";

/// A chart to render.
struct Release<'s> {
    /// Counts them.
    number: u32,
    /// Its root-relative folder.
    folder: &'s str,
    /// Its Chart.yaml.
    metadata: FileId,
    /// The versions that matter.
    targets: KubeVersions,
    /// Its folder, absolute.
    path: PathBuf,
    /// The folder that its root-relative folder is relative to.
    root: PathBuf,
    steps: Vec<Step>,
}

/// A text that a chart becomes, and on which clusters.
struct Rendering {
    text: String,
    when: When,
}

/// The clusters on which a chart becomes one text.
#[derive(Clone, Copy)]
struct When {
    /// The Chart.yaml.
    metadata: FileId,
    /// The versions, and those with a vendor's suffix.
    plain: KubeVersions,
    vendor: KubeVersions,
}

impl When {
    fn none(metadata: FileId) -> Self {
        Self { metadata, plain: KubeVersions::NONE, vendor: KubeVersions::NONE }
    }

    fn add(&mut self, plain: KubeVersions, vendor: KubeVersions) {
        (self.plain, self.vendor) = (self.plain.or(plain), self.vendor.or(vendor));
    }

    fn versions(self) -> KubeVersions {
        self.plain.or(self.vendor)
    }
}

/// What came of a chart.
#[derive(Default)]
struct Judged {
    findings: Vec<Finding>,
    /// What stands for each text in places.
    renderings: Vec<(FileId, When)>,
    /// Why it was not rendered, and for which versions.
    failures: BTreeMap<String, Vec<String>>,
}

/// Renders the charts among what is asked for, if there is a helm to do so, and adds what is found in them.
pub(super) fn add(run: &mut Run, taken: &Taken, charts: &Charts, options: &Options) {
    let Some(helm) = &options.helm else { return };
    let sources = std::mem::take(&mut run.sources);
    let library = Library::new(&sources, taken);
    let releases = releases(&library, &sources, taken, charts, options);
    if !helm.keeps_suffix() && !releases.is_empty() {
        let reason =
            format!("{} drops the suffixes of vendors: what EKS and GKE get is not known", helm.name());
        run.summary.skip("(--helm)", &reason, false);
    }
    for release in &releases {
        say_left_out(release, &sources, run);
    }
    let judged: Vec<_> =
        releases.par_iter().map(|release| release.judge(helm, &library, &sources, options)).collect();
    let (mut by_id, mut by_chart) = (HashMap::new(), HashMap::new());
    for (release, Judged { findings, renderings, failures }) in releases.iter().zip(judged) {
        run.findings.extend(findings);
        say_failures(release, &failures, renderings.is_empty(), &sources, run);
        for (id, when) in renderings {
            let all = by_chart.entry(when.metadata).or_insert_with(|| When::none(when.metadata));
            all.add(when.plain, when.vendor);
            by_id.insert(id, when);
        }
    }
    merge(&mut run.findings);
    for finding in &mut run.findings {
        say_when(finding, &by_id, &by_chart);
    }
    run.summary.rendered_charts = by_chart.len();
    run.sources = sources;
}

/// Says what of a chart could not be rendered.
fn say_failures(
    release: &Release<'_>,
    failures: &BTreeMap<String, Vec<String>>,
    is_whole: bool,
    sources: &Sources,
    run: &mut Run,
) {
    let shown = sources.get(release.metadata).map_or("", |source| &source.shown);
    for (reason, versions) in failures {
        let when = if is_whole { String::new() } else { format!(" for {}", versions.join(", ")) };
        run.summary.skip(shown, &format!("not rendered{when}: {reason}"), false);
    }
}

/// The charts that have a file which is asked for.
fn releases<'s>(
    library: &Library<'s>,
    sources: &'s Sources,
    taken: &Taken,
    charts: &Charts,
    options: &Options,
) -> Vec<Release<'s>> {
    let reported = sources.iter().filter(|(id, _)| taken.is_there(*id) && taken.is_reported(*id));
    let folders: HashSet<&str> = reported.flat_map(|(_, source)| ancestors(&source.path)).collect();
    let wanted = library.charts.releasable().filter(|folder| folders.contains(folder));
    let release = |(number, folder): (u32, &'s str)| {
        let metadata = library.charts.file(folder, "Chart.yaml").and_then(|path| library.ids.get(path))?;
        let Contents::File(path) = &sources.get(*metadata)?.contents else { return None };
        let gates = charts.all().flat_map(|chart| &chart.gates);
        let is_own = |file: FileId| sources.get(file).is_some_and(|source| is_below(folder, &source.path));
        let fields = charts.all().flat_map(|chart| &chart.fields);
        let own = fields.filter(|field| field.file == *metadata).find_map(VersionField::set);
        let targets = own.map_or(KubeVersions::ALL, |set| set.possible()).and(options.context.targets);
        let steps = steps(gates.filter(|gate| is_own(gate.file)), targets);
        let path = path.parent()?.to_owned();
        let depth = folder.split('/').filter(|part| !part.is_empty()).count();
        let root = path.ancestors().nth(depth)?.to_owned();
        Some(Release { number, folder, metadata: *metadata, targets, path, root, steps })
    };
    (0..).zip(wanted).filter_map(release).collect()
}

/// Says for which versions a chart is not rendered because there are too many.
fn say_left_out(release: &Release<'_>, sources: &Sources, run: &mut Run) {
    let taken = release.steps.iter().fold(KubeVersions::NONE, |all, step| all.or(step.versions));
    let left = release.targets.without(taken);
    if !left.is_empty() {
        let shown = sources.get(release.metadata).map_or("", |source| &source.shown);
        run.summary.skip(
            shown,
            &format!("its gates tell many versions apart: not rendered for {left}"),
            false,
        );
    }
}

/// The folders around a path, the root among them.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    let separators = path.match_indices('/').map(|(at, _)| at);
    std::iter::once(0).chain(separators).filter_map(|at| path.get(..at))
}

fn is_below(folder: &str, path: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

impl Release<'_> {
    /// Renders it for each of its versions, and says what is wrong in what it becomes.
    fn judge(&self, helm: &Helm, library: &Library<'_>, sources: &Sources, options: &Options) -> Judged {
        let mut judged = Judged::default();
        for (rendering, at) in self.render(helm, options, &mut judged.failures).into_iter().zip(0..) {
            // Counted from the end, where no file of this run is.
            let id =
                FileId(u32::MAX.saturating_sub(self.number.saturating_mul(MOST_TEXTS).saturating_add(at)));
            if let Some(findings) = guard(|| judge(self, &rendering, id, library, sources, options)) {
                judged.findings.extend(findings);
            } else {
                let reason = "internal error; please report it".to_owned();
                judged.failures.entry(reason).or_default().push("some version".to_owned());
            }
            judged.renderings.push((id, rendering.when));
        }
        judged
    }

    /// The texts that it becomes, each once.
    fn render(
        &self,
        helm: &Helm,
        options: &Options,
        failures: &mut BTreeMap<String, Vec<String>>,
    ) -> Vec<Rendering> {
        if let Some(link) = link_out(&self.path, &self.root) {
            let link = link.strip_prefix(&self.path).unwrap_or(&link).display().to_string();
            let reason = format!("helm would follow its link {link} out of the root");
            failures.insert(reason, Vec::new());
            return Vec::new();
        }
        let vendors: &[&str] = if helm.keeps_suffix() { &["", VENDOR] } else { &[""] };
        let jobs: Vec<_> =
            self.steps.iter().flat_map(|step| vendors.iter().map(move |vendor| (*step, *vendor))).collect();
        let render = |(step, vendor): (Step, &'static str)| {
            let version = format!("v1.{}.{PATCH}{vendor}", step.minor);
            let text = helm.render(&self.path, &version, options.namespace.as_deref());
            (step, vendor, version, text)
        };
        let texts: Vec<_> = jobs.into_par_iter().map(render).collect();
        let mut renderings: Vec<Rendering> = Vec::new();
        for (step, vendor, version, text) in texts {
            let (plain, vendor) = match vendor {
                "" => (step.versions, KubeVersions::NONE),
                _ => (KubeVersions::NONE, step.versions),
            };
            match text {
                Ok(text) => {
                    if let Some(known) = renderings.iter_mut().find(|known| known.text == text) {
                        known.when.add(plain, vendor);
                    } else {
                        let when = When { metadata: self.metadata, plain, vendor };
                        renderings.push(Rendering { text, when });
                    }
                }
                Err(reason) => failures.entry(reason).or_default().push(version),
            }
        }
        renderings
    }
}

/// What is wrong in a rendering, said of the templates.
fn judge(
    release: &Release<'_>,
    rendering: &Rendering,
    id: FileId,
    library: &Library<'_>,
    sources: &Sources,
    options: &Options,
) -> Vec<Finding> {
    let Rendering { text, when } = rendering;
    let source = Source::new("", "", Contents::Memory(text.as_str().into()));
    let walk = |found: &mut dyn FnMut(Found)| {
        let surroundings = Surroundings::default();
        found(Found::File { source, explicit: false, purpose: Purpose::Report, surroundings });
    };
    let judged = check(walk, &options_for(when.versions(), options)).findings;
    let find = |source: &str| {
        let (_, rest) = source.split_once('/')?;
        library.ids.get(library.charts.file(release.folder, rest)?).copied()
    };
    let indices: Vec<_> = (0..judged.len()).collect();
    let stream = Stream { file: FileId(0), text, find: &find };
    let mut moved: HashMap<_, _> = moves(&stream, &indices, &judged, sources)
        .into_iter()
        .map(|Move { index, related, place, .. }| ((index, related), place))
        .collect();
    let adopt = |(index, mut finding): (usize, Finding)| {
        let in_chart = || Place { file: release.metadata, span: Span::default(), ..finding.place.clone() };
        let place = moved.remove(&(index, None)).unwrap_or_else(in_chart);
        let rendered = Place { file: id, ..std::mem::replace(&mut finding.place, place) };
        let related = std::mem::take(&mut finding.related).into_iter().enumerate();
        let related = related.filter_map(|(at, it)| Some((moved.remove(&(index, Some(at)))?, it.message)));
        finding.related = related.map(|(place, message)| Related { place, message }).collect();
        Finding { seen_at: vec![rendered], fix: None, fingerprint: String::new(), ..finding }
    };
    let mut findings = judged.into_iter().enumerate().map(adopt).collect();
    // A loop may give very many at one place.
    merge(&mut findings);
    findings
}

/// What judges a rendering for `targets`: all is shown, and what the configuration accepts is left to the whole run.
fn options_for(targets: KubeVersions, options: &Options) -> Options {
    let is_about_objects = |rule: &&&Rule| !matches!(rule.check, Check::Chart(_) | Check::Engine);
    Options {
        rules: options.rules.iter().filter(is_about_objects).copied().collect(),
        context: Context { targets: targets.and(options.context.targets), ..options.context },
        namespace: options.namespace.clone(),
        show: Show {
            persona: Persona::Auditor,
            min_severity: Severity::Info,
            min_confidence: Confidence::Low,
            by_id: HashSet::new(),
        },
        heed_suppressions: options.heed_suppressions,
        require_reason: options.require_reason,
        today: options.today,
        ..Options::default()
    }
}

/// Says for which of the rendered versions a finding holds, and whether a vendor's suffix decides. The renderings are
/// not places that anybody can look at.
fn say_when(finding: &mut Finding, by_id: &HashMap<FileId, When>, by_chart: &HashMap<FileId, When>) {
    let seen: Vec<When> =
        finding.seen_at.iter().filter_map(|place| by_id.get(&place.file)).copied().collect();
    let Some(all) = seen.first().and_then(|first| by_chart.get(&first.metadata)) else { return };
    let in_template = finding.seen_at.iter().filter(|place| place.file == finding.place.file).count();
    if seen.len() + in_template == finding.seen_at.len() {
        let mut found = When::none(all.metadata);
        for when in seen {
            found.add(when.plain, when.vendor);
        }
        if in_template == 0 {
            finding.partial = finding.kubernetes != all.versions();
        }
        let has_both = !all.plain.is_empty() && !all.vendor.is_empty();
        let only = match (found.plain.is_empty(), found.vendor.is_empty()) {
            (true, false) if has_both => Some("it is so only where the version has a vendor's suffix"),
            (false, true) if has_both => Some("it is not so where the version has a vendor's suffix"),
            _ => None,
        };
        if let Some(only) = only.map(|only| format!("{only}, as on EKS and GKE")) {
            finding.help = Some(finding.help.take().map_or(only.clone(), |help| format!("{help}; {only}")));
        }
    }
    finding.seen_at.retain(|place| !by_id.contains_key(&place.file));
}
