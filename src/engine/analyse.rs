//! One file: its documents, what the rules say of each, and the facts that outlive them.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::Options;
use super::lists;
use super::pieces::Pieces;
use super::scripts;
use super::suppress::{self, Suppression};
use super::templates;
use crate::credential;
use crate::finding::{Finding, Place};
use crate::helm::chart::ChartFile;
use crate::k8s::{CustomResource, Manifest, Object, Origin, Standing};
use crate::rules::{Check, Sink};
use crate::script::{Application, Creation, TokenLookup};
use crate::signs::Signs;
use crate::span::{FileId, Span};
use crate::world::{self, Fact};
use crate::yaml::{self, Chunk, Content, Document, Tree};

/// Files larger than this are read by all threads, document by document.
const PARALLEL_FROM: usize = 256 << 10;

/// How many objects of one document are judged at a time.
const SLICE: usize = 256;

/// So many documents of a file are at work at a time: a file may have millions.
const BATCH: usize = 8192;

const SOURCE_COMMENT: &str = "# Source: ";

/// What one file gave.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself")]
pub(super) struct Outcome {
    pub(super) findings: Vec<Finding>,
    pub(super) facts: Vec<Fact>,
    /// The resources that its CustomResourceDefinitions bring.
    pub(super) custom_resources: Vec<CustomResource>,
    /// What commands in it create.
    pub(super) creations: Vec<Creation>,
    /// Names in it, if it binds roles other than by objects.
    pub(super) bound_names: HashSet<Box<str>>,
    /// Which files and folders commands in it apply.
    pub(super) applications: Vec<Application>,
    /// Where it looks for token Secrets that Kubernetes made before 1.24.
    pub(super) lookups: Vec<(Place, TokenLookup)>,
    pub(super) suppressions: Vec<Suppression>,
    /// What it has to do with versions, if it is a file of a chart.
    pub(super) chart_file: Option<ChartFile>,
    pub(super) documents: usize,
    /// Those that Kubernetes would read, broken ones included.
    pub(super) manifests: usize,
    pub(super) objects: usize,
    pub(super) other_documents: usize,
    pub(super) is_template: bool,
    /// Scripts that talk to a cluster: it, or none.
    pub(super) scripts: usize,
    /// Whether documents of it say from which template Helm rendered them.
    pub(super) is_rendered: bool,
    /// Whether objects may stand in it that could not be read.
    pub(super) is_unread: bool,
    /// The text is not the file's bytes (UTF-16): no edit can be carried over.
    pub(super) transcoded: bool,
    /// Broken documents that are none of our business.
    pub(super) notes: Vec<String>,
    /// What saudit itself could not do.
    pub(super) failures: Vec<String>,
}

impl Outcome {
    /// Whether a finding may point into the file, so that its text is read again.
    pub(super) fn is_remembered(&self) -> bool {
        let is_bare = self.findings.is_empty() && self.facts.is_empty() && self.suppressions.is_empty();
        let has_commands = !self.lookups.is_empty() || !self.applications.is_empty();
        !is_bare || self.chart_file.is_some() || has_commands
    }

    pub(super) fn absorb(mut self, other: Outcome) -> Outcome {
        self.findings.extend(other.findings);
        self.facts.extend(other.facts);
        self.custom_resources.extend(other.custom_resources);
        self.creations.extend(other.creations);
        self.lookups.extend(other.lookups);
        self.suppressions.extend(other.suppressions);
        self.documents += other.documents;
        self.manifests += other.manifests;
        self.objects += other.objects;
        self.other_documents += other.other_documents;
        self.is_template |= other.is_template;
        self.is_rendered |= other.is_rendered;
        self.is_unread |= other.is_unread;
        self.notes.extend(other.notes);
        self.failures.extend(other.failures);
        self
    }
}

/// A file to analyse.
#[derive(Clone, Copy)]
pub(super) struct File<'f> {
    pub(super) id: FileId,
    /// Root-relative.
    pub(super) path: &'f str,
    /// Whether what is wrong in it is reported; otherwise only what others may name is read.
    pub(super) is_reported: bool,
    /// Whether it lies under the `templates/` of a chart.
    pub(super) in_chart: bool,
    pub(super) text: &'f str,
    /// The same text, with what it may hold.
    pub(super) pieces: &'f Pieces<'f>,
}

/// Reads every document of a file and runs the rules on it.
pub(super) fn file(file: File<'_>, options: &Options) -> Outcome {
    if file.in_chart && file.text.contains("{{") {
        return templates::file(file, options);
    }
    let mut parts = documents(file.id, file.text);
    let one = |part: &Part| {
        guard(|| document(file, part, options)).unwrap_or_else(|| {
            let failure = format!("internal error in the document at byte {}", part.chunk.bytes.start);
            Outcome { failures: vec![failure], ..Outcome::default() }
        })
    };
    if file.text.len() <= PARALLEL_FROM {
        return parts.map(|part| one(&part)).fold(Outcome::default(), Outcome::absorb);
    }
    let mut outcome = Outcome::default();
    loop {
        let batch: Vec<_> = parts.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return outcome;
        }
        let of_batch: Vec<_> = batch.par_iter().map(one).collect();
        outcome = of_batch.into_iter().fold(outcome, Outcome::absorb);
    }
}

/// Runs `work`; `None` if it panics. A mistake of saudit in one place must not hide what it finds in others.
pub(super) fn guard<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// A document of a file.
pub(super) struct Part {
    pub(super) chunk: Chunk,
    pub(super) origin: Origin,
    /// The document before it, if that has only comments: they speak of this one.
    pub(super) preface: Option<Span>,
}

/// The documents of a file and where they come from. `helm template` writes `# Source: chart/templates/x.yaml` above
/// each; for several in one file of a chart's `crds/` only above the first.
pub(super) fn documents(file: FileId, text: &str) -> impl Iterator<Item = Part> {
    let is_rendered = memchr::memmem::find(text.as_bytes(), SOURCE_COMMENT.as_bytes()).is_some();
    let mut rendered_from = None;
    let mut preface = None;
    yaml::split(text).into_iter().map(move |chunk| {
        if is_rendered {
            let document = text.get(chunk.bytes.clone()).unwrap_or_default();
            rendered_from = source_comment(document).or_else(|| rendered_from.take());
        }
        let origin = Origin { file, rendered_from: rendered_from.clone() };
        let span = Span::new(chunk.bytes.clone());
        let only_comments = suppress::has_only_comments(text, span);
        let preface = std::mem::replace(&mut preface, only_comments.then_some(span));
        Part { chunk, origin, preface }
    })
}

fn document(file: File<'_>, part: &Part, options: &Options) -> Outcome {
    let Part { chunk, origin, preface } = part;
    let text = file.text.get(chunk.bytes.clone()).unwrap_or_default();
    if !file.is_reported && !world::may_matter(text, file.path) {
        return Outcome {
            documents: 1,
            manifests: usize::from(text.contains("apiVersion:")),
            ..Outcome::default()
        };
    }
    if let Some(outcome) = lists::in_pieces(file, part, options) {
        return outcome;
    }
    let document = Document::read(file.text, chunk);
    if matches!(document.content, Content::Empty) && document.ignored.is_empty() {
        return Outcome::default();
    }
    let signs = file.pieces.signs_of(&chunk.bytes);
    judge(file, &Manifest::new(&document, origin, file.in_chart), signs, *preface, options)
}

/// What the rules say of a document, and the facts in it.
pub(super) fn judge(
    file: File<'_>,
    manifest: &Manifest<'_>,
    signs: Signs,
    preface: Option<Span>,
    options: &Options,
) -> Outcome {
    let document = manifest.document;
    let mut outcome = Outcome { documents: 1, objects: manifest.objects.len(), ..Outcome::default() };
    match manifest.standing {
        Standing::Kubernetes => {
            outcome.manifests = 1;
            outcome.is_unread = document.tree().is_none();
        }
        Standing::Template => (outcome.is_template, outcome.is_unread) = (true, true),
        Standing::Other => outcome.other_documents = 1,
        Standing::Broken => {
            outcome.other_documents = 1;
            if let Content::Broken(error) = &document.content {
                outcome.notes.push(format!("not YAML: {}", error.message));
            }
        }
    }
    if file.is_reported {
        run_rules(manifest, signs, options, &mut outcome);
    }
    if options.heed_suppressions {
        outcome.suppressions = suppress::collect(manifest, file.text, preface);
    }
    if file.is_reported {
        scripts::in_document(file, manifest, signs, options, &mut outcome);
    }
    if manifest.origin.rendered_from.is_some() {
        outcome.is_rendered = true;
        outcome.findings.iter_mut().for_each(|finding| finding.fix = None);
    }
    outcome.facts = Fact::all(manifest, file.path);
    if outcome.manifests > 0 && document.tree().is_some_and(Tree::is_exhausted) {
        outcome.notes.push("aliases lead to more than can be read, so not all of it was".to_owned());
    }
    outcome.custom_resources = manifest.objects.iter().filter_map(CustomResource::of).collect();
    outcome
}

fn run_rules(manifest: &Manifest<'_>, signs: Signs, options: &Options, outcome: &mut Outcome) {
    let may_hold_credential = guard(|| credential::may_be_in(manifest, signs)).unwrap_or(true);
    run_object_rules(manifest, options, outcome);
    let pick = |check| match check {
        Check::Document(check) if manifest.standing == Standing::Kubernetes => Some(check),
        Check::Credential(check) if may_hold_credential => Some(check),
        _ => None,
    };
    run_each(options, outcome, pick, |check, sink| check(manifest, sink));
}

/// Runs the rules that look at objects, and not at how they are written.
pub(super) fn run_object_rules(manifest: &Manifest<'_>, options: &Options, outcome: &mut Outcome) {
    let judge = |objects: &[Object<'_>]| {
        let mut outcome = Outcome::default();
        let pick = |check| if let Check::Object(check) = check { Some(check) } else { None };
        run_each(options, &mut outcome, pick, |check, sink| {
            for object in objects {
                check(object, sink);
            }
        });
        outcome
    };
    // Objects that share nodes share what may be read through aliases: there the order matters.
    let is_divisible = manifest.document.tree().is_some_and(|tree| !tree.has_aliases());
    let judged: Vec<_> = if is_divisible && manifest.objects.len() > SLICE {
        manifest.objects.par_chunks(SLICE).map(judge).collect()
    } else {
        vec![judge(&manifest.objects)]
    };
    for judged in judged {
        outcome.findings.extend(judged.findings);
        outcome.failures.extend(judged.failures);
    }
}

/// Runs the rules about credentials on all of a template, whatever of it can be read.
pub(super) fn run_credential_rules(file: File<'_>, options: &Options, outcome: &mut Outcome) {
    if !credential::may_be_in_text(file.text) {
        return;
    }
    for part in documents(file.id, file.text) {
        let document = Document::read(file.text, &part.chunk);
        let manifest = Manifest::new(&document, &part.origin, file.in_chart);
        let pick = |check| if let Check::Credential(check) = check { Some(check) } else { None };
        run_each(options, outcome, pick, |check, sink| check(&manifest, sink));
    }
}

/// Runs the rules whose check `pick` takes.
fn run_each<C>(
    options: &Options,
    outcome: &mut Outcome,
    pick: impl Fn(Check) -> Option<C>,
    run: impl Fn(C, &mut Sink<'_>),
) {
    for rule in &options.rules {
        let Some(check) = pick(rule.check) else { continue };
        let mut sink = Sink::new(rule.meta(), options.context, &mut outcome.findings);
        if guard(|| run(check, &mut sink)).is_none() {
            outcome.failures.push(format!("internal error in the rule {}", rule.id));
        }
    }
}

fn source_comment(text: &str) -> Option<String> {
    text.lines()
        .take_while(|line| line.is_empty() || line.starts_with('#'))
        .find_map(|line| line.strip_prefix(SOURCE_COMMENT))
        .map(|path| path.trim().replace('\\', "/"))
}
