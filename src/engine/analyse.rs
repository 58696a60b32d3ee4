//! One file: its documents, what the rules say of each, and the facts that outlive them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::Options;
use super::suppress::{self, Suppression};
use crate::finding::Finding;
use crate::k8s::{Manifest, Origin, Standing};
use crate::rules::{Check, Sink};
use crate::span::FileId;
use crate::world::Fact;
use crate::yaml::{self, Chunk, Content, Document};

/// Files larger than this are read by all threads, document by document.
const PARALLEL_FROM: usize = 256 << 10;

/// What one file gave.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) findings: Vec<Finding>,
    pub(super) facts: Vec<Fact>,
    pub(super) suppressions: Vec<Suppression>,
    pub(super) documents: usize,
    pub(super) objects: usize,
    pub(super) other_documents: usize,
    pub(super) is_template: bool,
    /// The text is not the file's bytes (UTF-16): no edit can be carried over.
    pub(super) transcoded: bool,
    /// Broken documents that are none of our business, and rules that failed.
    pub(super) notes: Vec<String>,
}

impl Outcome {
    fn absorb(mut self, other: Outcome) -> Outcome {
        self.findings.extend(other.findings);
        self.facts.extend(other.facts);
        self.suppressions.extend(other.suppressions);
        self.documents += other.documents;
        self.objects += other.objects;
        self.other_documents += other.other_documents;
        self.is_template |= other.is_template;
        self.notes.extend(other.notes);
        self
    }
}

/// Reads every document of a file and runs the rules on it.
pub(super) fn file(file: FileId, path: &str, in_chart: bool, text: &str, options: &Options) -> Outcome {
    let chunks = yaml::split(text);
    let one = |chunk: &Chunk| {
        catch_unwind(AssertUnwindSafe(|| document(file, path, in_chart, text, chunk, options)))
            .unwrap_or_else(|_| Outcome {
                notes: vec![format!(
                    "internal error in the document at byte {}; please report it",
                    chunk.bytes.start
                )],
                ..Outcome::default()
            })
    };
    if text.len() > PARALLEL_FROM {
        let outcomes: Vec<_> = chunks.par_iter().map(one).collect();
        outcomes.into_iter().fold(Outcome::default(), Outcome::absorb)
    } else {
        chunks.iter().map(one).fold(Outcome::default(), Outcome::absorb)
    }
}

fn document(
    file: FileId,
    path: &str,
    in_chart: bool,
    text: &str,
    chunk: &Chunk,
    options: &Options,
) -> Outcome {
    let document = Document::read(text, chunk);
    if matches!(document.content, Content::Empty) && chunk.bad_separator.is_none() {
        return Outcome::default();
    }
    let origin = Origin { file, rendered_from: source_comment(document.text) };
    let manifest = Manifest::new(&document, &origin, in_chart);
    let mut outcome = Outcome { documents: 1, objects: manifest.objects.len(), ..Outcome::default() };
    match manifest.standing {
        Standing::Kubernetes => {}
        Standing::Template => outcome.is_template = true,
        Standing::Other => outcome.other_documents = 1,
        Standing::Broken => {
            outcome.other_documents = 1;
            if let Content::Broken(error) = &document.content {
                outcome.notes.push(format!("not YAML: {}", error.message));
            }
        }
    }
    if manifest.standing == Standing::Kubernetes {
        run_rules(&manifest, options, &mut outcome.findings);
        outcome.suppressions = suppress::collect(&manifest, text);
    }
    outcome.facts = Fact::all(&manifest, path);
    outcome
}

fn run_rules(manifest: &Manifest<'_>, options: &Options, findings: &mut Vec<Finding>) {
    for rule in &options.rules {
        let mut sink = Sink::new(rule.meta(), options.targets, findings);
        match rule.check {
            Check::Object(check) => manifest.objects.iter().for_each(|object| check(object, &mut sink)),
            Check::Document(check) => check(manifest, &mut sink),
            Check::World(_) | Check::Engine => {}
        }
    }
}

/// The path in `# Source: chart/templates/x.yaml`, which `helm template` writes above each document.
fn source_comment(text: &str) -> Option<String> {
    text.lines()
        .take_while(|line| line.is_empty() || line.starts_with('#'))
        .find_map(|line| line.strip_prefix("# Source: "))
        .map(|path| path.trim().replace('\\', "/"))
}
