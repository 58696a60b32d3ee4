//! `--fix`, `--add-ignore` and `--diff`: from findings to files.

use std::fs;

use crate::engine::{self, Options, Run};
use crate::error::Error;
use crate::finding::{Applicability, Finding};
use crate::input::{Contents, Source};
use crate::report::{SourceView, escape};
use crate::span::FileId;

use super::output::replace;

/// What to change in the files.
#[derive(Clone, Debug)]
pub(super) struct Changes {
    pub(super) change: Change,
    /// Whether to write the files; otherwise the difference is shown.
    pub(super) write: bool,
}

/// A way to get rid of findings.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// Mend what can be; the least sure fix to make.
    Fix(Applicability),
    /// Hide them behind comments.
    AddIgnores { reason: String },
}

/// What was changed, or would be.
#[derive(Debug, Default)]
pub(super) struct Changed {
    findings: usize,
    files: usize,
    /// Findings that no comment can hide.
    left: usize,
    /// The patch, if it was asked for.
    pub(super) difference: String,
}

/// A text after a change.
struct Outcome {
    text: String,
    findings: usize,
    left: usize,
}

impl Change {
    fn applies_to(&self, finding: &Finding) -> bool {
        matches!(self, Self::AddIgnores { .. }) || finding.fix.is_some()
    }

    fn make(&self, text: &str, findings: &[&Finding], options: &Options) -> Outcome {
        match self {
            Self::Fix(applicability) => {
                let unsafe_too = *applicability == Applicability::Unsafe;
                let mended = engine::mend(text, findings.iter().copied(), unsafe_too);
                Outcome { text: mended.text, findings: mended.applied, left: 0 }
            }
            Self::AddIgnores { reason } => {
                let commented = engine::add_ignores(text, findings, reason, options);
                Outcome { text: commented.text, findings: commented.hidden, left: commented.left }
            }
        }
    }
}

impl Changed {
    fn add(&mut self, outcome: &Outcome) {
        self.findings += outcome.findings;
        self.files += usize::from(outcome.findings > 0);
        self.left += outcome.left;
    }

    /// "mended 3 findings in 1 file", "ignored 1 finding in 1 file; 2 findings have no place for a comment"
    pub(super) fn in_words(&self, change: &Change) -> String {
        let Self { findings, files, left, .. } = self;
        let verb = if matches!(change, Change::Fix(_)) { "mended" } else { "ignored" };
        let done = format!("{verb} {} in {}", counted(*findings, "finding"), counted(*files, "file"));
        match left {
            0 => done,
            1 => format!("{done}; 1 finding has no place for a comment"),
            _ => format!("{done}; {left} findings have no place for a comment"),
        }
    }
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Changes every file that has findings to change something for: writes it, or says in what it would differ.
pub(super) fn change(run: &Run, changes: &Changes, options: &Options) -> Result<Changed, Error> {
    let mut total = Changed::default();
    for (source, findings) in by_file(run, &changes.change) {
        let make = |text: &str| changes.change.make(text, &findings, options);
        if changes.write {
            total.add(&write(source, findings.len(), make)?);
        } else if let Some((difference, outcome)) = diff(source, make) {
            total.difference.push_str(&difference);
            total.add(&outcome);
        }
    }
    Ok(total)
}

/// The findings that `change` does something for, file by file in the order of their paths.
fn by_file<'r>(run: &'r Run, change: &Change) -> Vec<(&'r Source, Vec<&'r Finding>)> {
    let mut files: Vec<(FileId, Vec<&Finding>)> = Vec::new();
    for finding in run.findings.iter().filter(|finding| change.applies_to(finding)) {
        match files.last_mut() {
            Some((file, findings)) if *file == finding.place.file => findings.push(finding),
            _ => files.push((finding.place.file, vec![finding])),
        }
    }
    files.into_iter().filter_map(|(file, findings)| Some((run.sources.get(file)?, findings))).collect()
}

/// Writes the changed file. Text that is not in a file as it was read (standard input, UTF-16) stays as it is.
fn write(source: &Source, findings: usize, make: impl Fn(&str) -> Outcome) -> Result<Outcome, Error> {
    let untouched = Outcome { text: String::new(), findings: 0, left: findings };
    let Contents::File(path) = &source.contents else { return Ok(untouched) };
    let unwritable = |source| Error::UnwritableFile { path: path.clone(), source };
    let Ok(text) = String::from_utf8(fs::read(path).map_err(unwritable)?) else { return Ok(untouched) };
    let outcome = make(&text);
    if outcome.findings > 0 {
        replace(path, |out| out.write_all(outcome.text.as_bytes())).map_err(unwritable)?;
    }
    Ok(outcome)
}

/// The difference as a patch. It is made to be read: secrets are masked and nothing in it acts on a terminal or a CI
/// runner. What vanished since it was audited has no difference to show.
fn diff(source: &Source, make: impl Fn(&str) -> Outcome) -> Option<(String, Outcome)> {
    let decoded = source.read(u64::MAX).ok()?;
    let outcome = make(&decoded.text);
    let (before, after) = (SourceView::of(source, &decoded.text), SourceView::of(source, &outcome.text));
    let path = escape::line(&source.path);
    let difference = similar::TextDiff::from_lines(before.full_text(), after.full_text());
    Some((difference.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")).to_string(), outcome))
}
