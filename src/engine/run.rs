//! The outcome of a run, complete: what reports are made of.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use super::accepted::Accepted;
use super::analyse::Outcome;
use super::check::Read;
use super::suppress::{Hiding, Suppression};
use super::{Options, fingerprint};
use crate::finding::{Draft, Finding, Place};
use crate::helm::chart::ChartFile;
use crate::input::{Purpose, Sources};
use crate::k8s::SUPPORTED;
use crate::rules::{self, Rule, Sink};
use crate::span::{FileId, Span};
use crate::world;

/// The outcome of a run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What is shown, sorted by path, position and rule.
    pub findings: Vec<Finding>,
    /// The files, to look names and text up.
    pub sources: Sources,
    /// What ran and what was left out.
    pub summary: Summary,
}

/// What ran and what was left out: nothing skipped is silent.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Documents in them, Kubernetes or not; empty ones not counted.
    pub documents: usize,
    /// Those that Kubernetes would read, broken ones included.
    pub manifests: usize,
    /// Kubernetes objects, list items one by one.
    pub objects: usize,
    /// Rules that ran.
    pub rules: usize,
    /// Files that are unrendered chart templates.
    pub templates: usize,
    /// Scripts and pages with commands that talk to a cluster.
    pub scripts: usize,
    /// Documents that are no Kubernetes objects.
    pub other_documents: usize,
    /// Findings hidden by comments, annotations or the configuration.
    pub suppressed: usize,
    /// Findings for a quieter persona, severity or confidence than asked for.
    pub below_threshold: usize,
    /// Findings that would be shown, in files that were not asked for.
    pub elsewhere: usize,
    /// Files that were read only to know what others may name.
    pub known_files: usize,
    /// Documents in those that Kubernetes would read.
    pub known_manifests: usize,
    /// Files that were found but not read, and broken documents that are not Kubernetes: with the reason.
    pub skipped: Vec<Skipped>,
    /// Charts that the user's helm rendered.
    pub rendered_charts: usize,
    /// Wall-clock time.
    pub elapsed: Duration,
}

/// Something that was left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The file, as shown to people.
    pub shown: String,
    /// Why: "binary", "larger than 32 MiB", "not UTF-8 (byte 17)".
    pub reason: String,
    /// Whether the run has failed by it: its user named the file, or saudit itself has a mistake.
    pub explicit: bool,
}

impl Summary {
    /// Counts what a file gave.
    pub(super) fn add(&mut self, shown: &str, outcome: &Outcome) {
        self.files += 1;
        self.documents += outcome.documents;
        self.manifests += outcome.manifests;
        self.objects += outcome.objects;
        self.templates += usize::from(outcome.is_template);
        self.scripts += outcome.scripts;
        self.other_documents += outcome.other_documents;
        for reason in &outcome.notes {
            self.skip(shown, reason, false);
        }
    }

    /// Counts what a file gave that nobody asked for: it is read for what others may name.
    fn add_knowledge(&mut self, outcome: &Outcome) {
        self.known_files += 1;
        self.known_manifests += outcome.manifests;
    }

    /// Says where saudit itself has a mistake, each once.
    fn confess(&mut self, shown: &str, failures: &[String]) {
        let failures: BTreeSet<_> = failures.iter().collect();
        for failure in failures {
            self.skip(shown, &format!("{failure}; please report it"), true);
        }
    }

    /// Names something that was left out.
    pub(super) fn skip(&mut self, shown: &str, reason: &str, explicit: bool) {
        self.skipped.push(Skipped { shown: shown.to_owned(), reason: reason.to_owned(), explicit });
    }
}

/// What is known of the files besides findings.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// What the world is made of.
    pub(super) read: world::Read,
    /// Of each file.
    pub(super) suppressions: Vec<Vec<Suppression>>,
    /// Of files of charts.
    pub(super) chart_files: Vec<ChartFile>,
    /// Files that were judged for other versions than those that are asked about.
    pub(super) pinned: HashSet<FileId>,
    /// Files that Helm rendered.
    pub(super) rendered: HashSet<FileId>,
    /// What each file was read for.
    purposes: Vec<Purpose>,
    /// Files whose text is not their bytes, so that no edit can be carried over.
    transcoded: HashSet<FileId>,
}

impl Taken {
    /// Whether findings in a file are asked for.
    pub(super) fn is_reported(&self, file: FileId) -> bool {
        self.purposes.get(file.0 as usize).is_none_or(|purpose| *purpose == Purpose::Report)
    }

    /// Whether a finding is asked for: it lies in a file that is, or has to do with one, or with what was changed.
    fn is_asked_for(&self, finding: &Finding) -> bool {
        let is_ghost = |file: FileId| self.purposes.get(file.0 as usize) == Some(&Purpose::Ghost);
        let related = finding.related.iter().map(|related| &related.place);
        let mut files = related.chain(&finding.seen_at).map(|place| place.file);
        self.is_reported(finding.place.file) || files.any(|file| self.is_reported(file) || is_ghost(file))
    }

    /// Whether a file is there now.
    pub(super) fn is_there(&self, file: FileId) -> bool {
        self.purposes.get(file.0 as usize).is_some_and(|purpose| *purpose != Purpose::Ghost)
    }

    /// Whether a fix may be written into a file.
    pub(super) fn can_be_mended(&self, file: FileId) -> bool {
        self.is_reported(file) && !self.transcoded.contains(&file)
    }
}

impl Run {
    /// Takes in what was read, in the order of the walk.
    pub(super) fn take_in(&mut self, read: Vec<Read>) -> Taken {
        let mut taken = Taken::default();
        for read in read {
            match read {
                Read::Skipped { shown, reason, explicit } => self.summary.skip(&shown, &reason, explicit),
                Read::Cut { max_files } => {
                    taken.read.is_cut = true;
                    let reason = format!("more than {max_files} files: the rest was not read");
                    self.summary.skip("(all files)", &reason, false);
                }
                Read::File { source, explicit, purpose, surroundings, outcome } => {
                    let id = FileId(Span::new(taken.purposes.len()..usize::MAX).start);
                    // What was once there is at no path any more.
                    let path = if purpose == Purpose::Ghost { String::new() } else { source.path.clone() };
                    taken.read.paths.push(path);
                    taken.purposes.push(purpose);
                    if let Some(chart) = surroundings.chart {
                        taken.read.charts.insert(id, chart);
                    }
                    taken.read.partial.extend(surroundings.is_alone.then_some(id));
                    match outcome {
                        Ok(outcome) => self.take_outcome(id, &source.shown, purpose, *outcome, &mut taken),
                        Err(reason) => {
                            taken.read.unread.insert(id);
                            taken.suppressions.push(Vec::new());
                            self.summary.skip(&source.shown, &reason, explicit);
                        }
                    }
                    self.sources.add(source);
                }
            }
        }
        taken
    }

    fn take_outcome(
        &mut self,
        id: FileId,
        shown: &str,
        purpose: Purpose,
        mut outcome: Outcome,
        taken: &mut Taken,
    ) {
        self.summary.confess(shown, &outcome.failures);
        match purpose {
            Purpose::Report => self.summary.add(shown, &outcome),
            Purpose::Knowledge => self.summary.add_knowledge(&outcome),
            Purpose::Commands | Purpose::Ghost => {}
        }
        self.findings.append(&mut outcome.findings);
        if purpose == Purpose::Ghost {
            taken.read.ghosts.append(&mut outcome.facts);
        } else {
            taken.read.facts.append(&mut outcome.facts);
            taken.read.custom_resources.append(&mut outcome.custom_resources);
            taken.read.creations.append(&mut outcome.creations);
            taken.read.bound_names.extend(outcome.bound_names.drain());
            taken
                .read
                .applications
                .extend(outcome.applications.drain(..).map(|application| (id, application)));
            taken.read.lookups.append(&mut outcome.lookups);
            taken.read.unread.extend(outcome.is_unread.then_some(id));
        }
        taken.suppressions.push(outcome.suppressions);
        taken.chart_files.extend(outcome.chart_file);
        taken.rendered.extend(outcome.is_rendered.then_some(id));
        taken.transcoded.extend(outcome.transcoded.then_some(id));
    }

    /// Hides what is suppressed, and reports suppressions that are of no use. `could_tell` says whether a rule was shown
    /// all that it needs to know.
    pub(super) fn suppress(
        &mut self,
        taken: &mut Taken,
        options: &Options,
        could_tell: impl Fn(&Rule) -> bool,
    ) {
        let mut suppressions = std::mem::take(&mut taken.suppressions);
        let mut accepted = Accepted::new(options);
        let hidden = self.hidden(&mut suppressions, &mut accepted, options);
        let mut hidden = hidden.into_iter();
        let all = self.findings.len();
        self.findings.retain(|_| !hidden.next().unwrap_or_default());
        self.summary.suppressed += all - self.findings.len();
        // A rule that did not run, or not for all versions of today, may have had something to say.
        let all_targets = options.context.targets.and(SUPPORTED) == SUPPORTED;
        let ran: HashSet<_> = options.rules.iter().filter(|_| all_targets).map(|rule| rule.id).collect();
        let ran = |id: &str| rules::find(id).is_some_and(|rule| ran.contains(rule.id) && could_tell(rule));
        let of_file = (0..).map(FileId).zip(&suppressions).filter(|(id, _)| taken.is_reported(*id));
        let all_targets = of_file.clone().filter(|(id, _)| !taken.pinned.contains(id));
        let unused = all_targets.flat_map(|(_, written)| written).filter_map(|s| s.unused(options, ran));
        let mut unused: Vec<_> = unused.collect();
        let written = of_file.flat_map(|(_, written)| written);
        let mut expired: Vec<_> = written.filter_map(|s| s.expired(options.today)).collect();
        if let Some(config) = &options.config {
            let id = self.sources.add(config.clone());
            unused.extend(accepted.unused(config, id, ran));
            expired.extend(accepted.expired(config, id));
        }
        self.report("unused-suppression", options, unused);
        self.report("expired-suppression", options, expired);
    }

    /// Which findings are hidden. One in a template that was found in what Helm rendered is hidden also where it is hidden
    /// in every such text.
    fn hidden(
        &self,
        suppressions: &mut [Vec<Suppression>],
        accepted: &mut Accepted<'_>,
        options: &Options,
    ) -> Vec<bool> {
        let mut by_file: Vec<Vec<(&Place, usize, bool)>> = suppressions.iter().map(|_| Vec::new()).collect();
        for (index, finding) in self.findings.iter().enumerate() {
            let seen_at = finding.seen_at.iter().map(|place| (place, index, false));
            for (place, index, is_own) in seen_at.chain([(&finding.place, index, true)]) {
                if let Some(list) = by_file.get_mut(place.file.0 as usize) {
                    list.push((place, index, is_own));
                }
            }
        }
        let mut hidden: Vec<_> = self.findings.iter().map(Hidden::new).collect();
        for ((mut places, suppressions), (_, source)) in
            by_file.into_iter().zip(suppressions).zip(self.sources.iter())
        {
            places.sort_by_key(|(place, ..)| place.span.start);
            let mut hiding = Hiding::new(suppressions, options);
            for (place, index, is_own) in places {
                let (Some(finding), Some(hidden)) = (self.findings.get(index), hidden.get_mut(index)) else {
                    continue;
                };
                // Both are asked, so that both know whether they were of use.
                let mut in_config = accepted.hides(finding.rule.id, place, &source.path);
                for seen in finding.seen_at.iter().filter(|_| is_own) {
                    // The configuration may name the object as it was rendered.
                    in_config |= accepted.hides(finding.rule.id, seen, &source.path);
                }
                if hiding.hides_at(finding.rule.id, place.span.start) || in_config {
                    hidden.at(is_own);
                }
            }
        }
        hidden.iter().map(Hidden::is_whole).collect()
    }

    /// Reports what a rule of the engine says, if it was selected.
    fn report(&mut self, id: &str, options: &Options, drafts: Vec<Draft>) {
        let Some(rule) = options.rules.iter().find(|rule| rule.id == id) else { return };
        let mut sink = Sink::new(rule.meta(), options.context, &mut self.findings);
        for draft in drafts {
            sink.report(draft);
        }
    }

    /// Sorts, joins, and gives every finding its fingerprint. That does not depend on what is suppressed or shown.
    pub(super) fn arrange(&mut self) {
        let path = |finding: &Finding| self.sources.get(finding.place.file).map_or("", |source| &source.path);
        self.findings.sort_by(|a, b| {
            let key = |f: &Finding| (f.place.span, f.rule.id);
            path(a).cmp(path(b)).then_with(|| key(a).cmp(&key(b))).then_with(|| a.message.cmp(&b.message))
        });
        self.findings.dedup_by(join);
        fingerprint::stamp(&mut self.findings, &self.sources);
    }

    /// Leaves out what is not to be shown.
    pub(super) fn settle(&mut self, taken: &Taken, options: &Options) {
        let Self { findings, summary, .. } = self;
        findings.retain(|finding| {
            let (is_asked_for, is_shown) = (taken.is_asked_for(finding), options.show.shows(finding));
            summary.below_threshold += usize::from(is_asked_for && !is_shown);
            summary.elsewhere += usize::from(!is_asked_for && is_shown);
            is_asked_for && is_shown
        });
        self.summary.skipped.sort();
    }
}

/// Where a finding is hidden.
struct Hidden {
    is_own: bool,
    elsewhere: usize,
    all_elsewhere: usize,
}

impl Hidden {
    fn new(finding: &Finding) -> Self {
        Self { is_own: false, elsewhere: 0, all_elsewhere: finding.seen_at.len() }
    }

    /// It is hidden at its own place, or at one at which it was seen.
    fn at(&mut self, is_own: bool) {
        self.is_own |= is_own;
        self.elsewhere += usize::from(!is_own);
    }

    fn is_whole(&self) -> bool {
        self.is_own || self.all_elsewhere > 0 && self.elsewhere == self.all_elsewhere
    }
}

/// Takes `later` into `first` if both say the same of one place, to which several aliases lead. A fix stays only if all
/// uses ask for it.
fn join(later: &mut Finding, first: &mut Finding) -> bool {
    let key = |finding: &Finding| (finding.rule.id, finding.place.file, finding.place.span);
    let same = key(first) == key(later) && first.message == later.message;
    if same {
        first.related.append(&mut later.related);
        first.kubernetes = first.kubernetes.or(later.kubernetes);
        first.partial &= later.partial;
        first.confidence = first.confidence.max(later.confidence);
        first.persona = first.persona.min(later.persona);
        if first.fix != later.fix {
            first.fix = None;
        }
    }
    same
}
