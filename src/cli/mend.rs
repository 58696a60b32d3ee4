//! `--fix`, `--add-ignore` and `--diff`: from findings to files.

use std::io;
use std::path::Path;

use crate::engine::{self, Options, Run};
use crate::error::Error;
use crate::finding::{Applicability, Finding};
use crate::input::{Contents, Source};
use crate::report::{escape, masked};
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
    /// Files that changed while saudit ran, and are left alone.
    stale: usize,
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

    /// How many of so many findings count as left where none can be changed.
    fn left(&self, findings: usize) -> usize {
        if matches!(self, Self::AddIgnores { .. }) { findings } else { 0 }
    }

    fn make(&self, text: &str, path: &str, findings: &[&Finding], options: &Options) -> Outcome {
        match self {
            Self::Fix(applicability) => {
                let unsafe_too = *applicability == Applicability::Unsafe;
                let mended = engine::mend(text, findings.iter().copied(), unsafe_too);
                Outcome { text: mended.text, findings: mended.applied, left: 0 }
            }
            Self::AddIgnores { reason } => {
                let commented = engine::add_ignores(text, path, findings, reason, options);
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
        let done = match left {
            0 => done,
            1 => format!("{done}; 1 finding has no place for a comment"),
            _ => format!("{done}; {left} findings have no place for a comment"),
        };
        self.stale_in_words().map_or_else(|| done.clone(), |stale| format!("{done}; {stale}"))
    }

    /// "1 file changed meanwhile and was left alone"
    pub(super) fn stale_in_words(&self) -> Option<String> {
        let were = if self.stale == 1 { "was" } else { "were" };
        (self.stale > 0)
            .then(|| format!("{} changed meanwhile and {were} left alone", counted(self.stale, "file")))
    }
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Changes every file that has findings to change something for: writes it, or says in what it would differ. Edits
/// are for the text that was audited, so a file that has changed since, or vanished, stays as it is.
pub(super) fn change(run: &Run, changes: &Changes, options: &Options) -> Result<Changed, Error> {
    let mut total = Changed::default();
    for (source, findings) in by_file(run, &changes.change) {
        let Some(decoded) = source.read_again() else {
            total.stale += 1;
            continue;
        };
        if decoded.transcoded {
            total.left += changes.change.left(findings.len());
            continue;
        }
        let outcome = changes.change.make(&decoded.text, &source.path, &findings, options);
        match &source.contents {
            _ if !changes.write => {
                total.difference.push_str(&difference(source, &decoded.text, &outcome.text));
            }
            Contents::File(path) => {
                // It may be large, and is read once more.
                drop(decoded);
                if !write(source, path, &outcome)? {
                    total.stale += 1;
                    continue;
                }
            }
            // What comes from standard input cannot be written there.
            Contents::Memory(_) => continue,
        }
        total.add(&outcome);
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

/// Writes the changed text to its file; `false` if that changed while the text was made.
fn write(source: &Source, path: &Path, outcome: &Outcome) -> Result<bool, Error> {
    if outcome.findings == 0 {
        return Ok(true);
    }
    let mut is_same = true;
    let written = replace(path, |out| {
        out.write_all(outcome.text.as_bytes())?;
        out.flush()?;
        is_same = source.read_again().is_some();
        // An error, so that nothing is replaced.
        if is_same { Ok(()) } else { Err(io::ErrorKind::Interrupted.into()) }
    });
    match written {
        Err(_) if !is_same => Ok(false),
        written => {
            written.map(|()| true).map_err(|source| Error::UnwritableFile { path: path.to_owned(), source })
        }
    }
}

/// The difference as a patch. It is made to be read: secrets are masked and nothing in it acts on a terminal or a CI
/// runner.
fn difference(source: &Source, before: &str, after: &str) -> String {
    let (before, after) = (masked(before), masked(after));
    let path = escape::line(&source.path);
    let difference = similar::TextDiff::from_lines(&before, &after);
    difference.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::input::{Audited, Digest, Found, Purpose, Surroundings};

    const PINNED: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  annotations:\n    \
                          kubernetes.io/service-account.name: b\n    \
                          kubernetes.io/service-account.uid: 2c9c8ad2-3c1f-4a3e-8a7b-6a2f1f0f0b11\n\
                          type: kubernetes.io/service-account-token\n";

    #[test]
    fn a_file_that_changed_since_it_was_audited_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, PINNED).unwrap();
        let source = Source::new("a.yaml", "a.yaml", Contents::File(path.clone()));
        let surroundings = Surroundings { is_alone: true, ..Surroundings::default() };
        let found = Found::File { source, explicit: true, purpose: Purpose::Report, surroundings };
        let options = Options::default();
        let run = engine::check(|take| take(found), &options);
        let fixes = |write| Changes { change: Change::Fix(Applicability::Unsafe), write };
        assert_ne!(change(&run, &fixes(false), &options).unwrap().difference, "");

        let other = PINNED.replace("name: a", "name: longer");
        fs::write(&path, &other).unwrap();
        for write in [false, true] {
            let changed = change(&run, &fixes(write), &options).unwrap();
            assert_eq!((changed.files, changed.difference.as_str()), (0, ""));
            let words = "1 file changed meanwhile and was left alone";
            assert_eq!(changed.stale_in_words().as_deref(), Some(words));
            assert!(changed.in_words(&fixes(write).change).ends_with(words));
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), other);
    }

    #[test]
    fn a_file_that_changes_while_it_is_mended_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, "a: changed").unwrap();
        let contents = Contents::File(path.clone());
        let audited = Audited::Digest(Digest::of("a: b"));
        let source = Source { audited, ..Source::new("a.yaml", "a.yaml", contents) };
        let outcome = Outcome { text: "a: mended".to_owned(), findings: 1, left: 0 };
        assert!(!write(&source, &path, &outcome).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "a: changed");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}
