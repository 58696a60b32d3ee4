//! Charts rendered by the user's helm: each rendering is judged by itself, and what is found is said of the templates.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use rayon::prelude::*;

use super::rendered::{Library, Move, Stream, merge, moves};
use super::run::{Run, Taken};
use super::{Options, Show, check};
use crate::finding::{Confidence, Finding, Persona, Place, Related, Severity};
use crate::helm::chart::{Chart, Step, VersionField, steps};
use crate::input::{Contents, Found, Helm, Purpose, Source, Sources, Surroundings};
use crate::k8s::KubeVersions;
use crate::rules::{Check, Context, Rule};
use crate::span::{FileId, Span};

/// The patch that stands for all of a minor.
const PATCH: u8 = 9;
/// What makes a version one of a vendor; Helm takes it for a pre-release.
const VENDOR: &str = "-gke.1000";

/// A chart to render.
struct Release<'s> {
    /// Its root-relative folder.
    folder: &'s str,
    /// Its Chart.yaml.
    metadata: FileId,
    /// The versions that matter.
    targets: KubeVersions,
    /// Its folder, absolute.
    path: PathBuf,
    steps: Vec<Step>,
}

/// The versions for which each chart was rendered, without and with a vendor's suffix.
type Covered = HashMap<FileId, (KubeVersions, KubeVersions)>;

/// What a chart becomes on some clusters.
struct Rendering<'r, 's> {
    release: &'r Release<'s>,
    text: String,
    /// The versions that give it, and those that do with a vendor's suffix.
    plain: KubeVersions,
    vendor: KubeVersions,
    /// Stands for the text in places.
    id: FileId,
}

/// Renders the charts among what is asked for, if there is a helm to do so, and adds what is found in them.
pub(super) fn add(run: &mut Run, taken: &Taken, charts: &[Chart], options: &Options) {
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
    let renderings = render(&releases, helm, options, &sources, run);
    let found: Vec<Finding> = renderings
        .par_iter()
        .flat_map_iter(|rendering| judge(rendering, &library, &sources, options))
        .collect();
    run.findings.extend(found);
    merge(&mut run.findings);
    let by_id: HashMap<_, _> = renderings.iter().map(|rendering| (rendering.id, rendering)).collect();
    let mut covered = Covered::new();
    for rendering in &renderings {
        let (plain, vendor) =
            covered.entry(rendering.release.metadata).or_insert((KubeVersions::NONE, KubeVersions::NONE));
        (*plain, *vendor) = (plain.or(rendering.plain), vendor.or(rendering.vendor));
    }
    for finding in &mut run.findings {
        say_when(finding, &by_id, &covered);
    }
    run.summary.rendered_charts = covered.len();
    run.sources = sources;
}

/// The charts that have a file which is asked for.
fn releases<'s>(
    library: &Library<'s>,
    sources: &'s Sources,
    taken: &Taken,
    charts: &[Chart],
    options: &Options,
) -> Vec<Release<'s>> {
    let reported = sources.iter().filter(|(id, _)| taken.is_there(*id) && taken.is_reported(*id));
    let folders: HashSet<&str> = reported.flat_map(|(_, source)| ancestors(&source.path)).collect();
    let wanted = library.charts.releasable().filter(|folder| folders.contains(folder));
    let release = |folder: &'s str| {
        let metadata = library.charts.file(folder, "Chart.yaml").and_then(|path| library.ids.get(path))?;
        let Contents::File(path) = &sources.get(*metadata)?.contents else { return None };
        let gates = charts.iter().flat_map(|chart| &chart.gates);
        let is_own = |file: FileId| sources.get(file).is_some_and(|source| is_below(folder, &source.path));
        let fields = charts.iter().flat_map(|chart| &chart.fields);
        let own = fields.filter(|field| field.file == *metadata).find_map(VersionField::set);
        let targets = own.map_or(KubeVersions::ALL, |set| set.possible()).and(options.context.targets);
        let steps = steps(gates.filter(|gate| is_own(gate.file)), targets);
        Some(Release { folder, metadata: *metadata, targets, path: path.parent()?.to_owned(), steps })
    };
    wanted.filter_map(release).collect()
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

/// Renders each chart for each of its versions. What cannot be rendered is told, and equal texts are one rendering.
fn render<'r, 's>(
    releases: &'r [Release<'s>],
    helm: &Helm,
    options: &Options,
    sources: &Sources,
    run: &mut Run,
) -> Vec<Rendering<'r, 's>> {
    let vendors: &[&str] = if helm.keeps_suffix() { &["", VENDOR] } else { &[""] };
    let jobs: Vec<_> = releases
        .iter()
        .flat_map(|release| {
            let version = move |step: &Step| {
                let step = *step;
                vendors.iter().map(move |vendor| (release, step, *vendor))
            };
            release.steps.iter().flat_map(version)
        })
        .collect();
    let texts: Vec<_> = jobs
        .into_par_iter()
        .map(|(release, step, vendor)| {
            let version = format!("v1.{}.{PATCH}{vendor}", step.minor);
            let text = helm.render(&release.path, &version, options.namespace.as_deref());
            (release, step, version, vendor, text)
        })
        .collect();
    let mut renderings: Vec<Rendering<'r, 's>> = Vec::new();
    let mut failures: BTreeMap<(FileId, String), Vec<String>> = BTreeMap::new();
    for (release, step, version, vendor, text) in texts {
        match text {
            Ok(text) => {
                let same = |it: &Rendering<'_, '_>| it.release.folder == release.folder && it.text == text;
                let known = renderings.iter().rposition(same);
                let id = FileId(u32::MAX - Span::new(0..renderings.len()).end);
                if known.is_none() {
                    let (plain, vendor) = (KubeVersions::NONE, KubeVersions::NONE);
                    renderings.push(Rendering { release, text, plain, vendor, id });
                }
                let last = renderings.len() - 1;
                if let Some(rendering) = renderings.get_mut(known.unwrap_or(last)) {
                    let versions =
                        if vendor.is_empty() { &mut rendering.plain } else { &mut rendering.vendor };
                    *versions = versions.or(step.versions);
                }
            }
            Err(reason) => failures.entry((release.metadata, reason)).or_default().push(version),
        }
    }
    for ((metadata, reason), versions) in failures {
        let shown = sources.get(metadata).map_or("", |source| &source.shown);
        let is_whole = !renderings.iter().any(|rendering| rendering.release.metadata == metadata);
        let when = if is_whole { String::new() } else { format!(" for {}", versions.join(", ")) };
        let reason = format!("not rendered{when}: {reason}");
        run.summary.skip(shown, &reason, false);
    }
    renderings
}

/// What is wrong in a rendering, said of the templates.
fn judge(
    rendering: &Rendering<'_, '_>,
    library: &Library<'_>,
    sources: &Sources,
    options: &Options,
) -> Vec<Finding> {
    let Rendering { release, text, plain, vendor, id } = rendering;
    let source = Source {
        path: String::new(),
        shown: String::new(),
        contents: Contents::Memory(text.as_str().into()),
        digest: None,
    };
    let walk = |found: &mut dyn FnMut(Found)| {
        let surroundings = Surroundings::default();
        found(Found::File { source, explicit: false, purpose: Purpose::Report, surroundings });
    };
    let judged = check(walk, &options_for(plain.or(*vendor), options)).findings;
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
        let rendered = Place { file: *id, ..std::mem::replace(&mut finding.place, place) };
        let related = std::mem::take(&mut finding.related).into_iter().enumerate();
        let related = related.filter_map(|(at, it)| Some((moved.remove(&(index, Some(at)))?, it.message)));
        finding.related = related.map(|(place, message)| Related { place, message }).collect();
        Finding { seen_at: vec![rendered], fix: None, fingerprint: String::new(), ..finding }
    };
    judged.into_iter().enumerate().map(adopt).collect()
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
fn say_when(finding: &mut Finding, renderings: &HashMap<FileId, &Rendering<'_, '_>>, all: &Covered) {
    let seen: Vec<_> = finding.seen_at.iter().filter_map(|place| renderings.get(&place.file)).collect();
    let Some(first) = seen.first() else { return };
    let found = |of: fn(&Rendering<'_, '_>) -> KubeVersions| {
        seen.iter().fold(KubeVersions::NONE, |versions, rendering| versions.or(of(rendering)))
    };
    let (plain, vendor) = (found(|it| it.plain), found(|it| it.vendor));
    let only_rendered = seen.len() == finding.seen_at.len();
    if only_rendered && let Some((all_plain, all_vendor)) = all.get(&first.release.metadata) {
        finding.partial = finding.kubernetes != all_plain.or(*all_vendor);
        let both = !all_plain.is_empty() && !all_vendor.is_empty();
        let only = match (plain.is_empty(), vendor.is_empty()) {
            (true, false) if both => {
                Some("it is so only where the version has a vendor's suffix, as on EKS and GKE")
            }
            (false, true) if both => {
                Some("it is not so where the version has a vendor's suffix, as on EKS and GKE")
            }
            _ => None,
        };
        if let Some(only) = only {
            finding.help =
                Some(finding.help.take().map_or(only.to_owned(), |help| format!("{help}; {only}")));
        }
    }
    finding.seen_at.retain(|place| !renderings.contains_key(&place.file));
}
