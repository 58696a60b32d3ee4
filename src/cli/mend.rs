//! `--fix` and `--diff`: from fixes to files.

use std::fs;

use crate::config::Fixes;
use crate::engine::{self, Run};
use crate::error::Error;
use crate::finding::{Applicability, Finding};
use crate::input::{Contents, Source};
use crate::report::{SourceView, escape};

use super::output::replace;

/// What was mended, or would be.
#[derive(Debug, Default)]
pub(super) struct Mended {
    findings: usize,
    files: usize,
    /// The patch, if it was asked for.
    pub(super) difference: String,
}

impl Mended {
    /// "1 finding", "3 findings"
    pub(super) fn findings(&self) -> String {
        format!("{} finding{}", self.findings, if self.findings == 1 { "" } else { "s" })
    }

    /// "1 file", "3 files"
    pub(super) fn files(&self) -> String {
        format!("{} file{}", self.files, if self.files == 1 { "" } else { "s" })
    }
}

/// Mends every file that has fixes: writes it, or says in what it would differ.
pub(super) fn mend(run: &Run, fixes: Fixes) -> Result<Mended, Error> {
    let mut mended = Mended::default();
    for (id, source) in run.sources.iter() {
        let findings: Vec<_> =
            run.findings.iter().filter(|finding| finding.place.file == id && finding.fix.is_some()).collect();
        if findings.is_empty() {
            continue;
        }
        let applied = if fixes.write {
            write(source, &findings, fixes)?
        } else {
            let (difference, applied) = diff(source, &findings, fixes);
            mended.difference.push_str(&difference);
            applied
        };
        mended.findings += applied;
        mended.files += usize::from(applied > 0);
    }
    Ok(mended)
}

/// Writes the mended file; says how many findings that mends. Text that is in no file stays as it is.
fn write(source: &Source, findings: &[&Finding], fixes: Fixes) -> Result<usize, Error> {
    let Contents::File(path) = &source.contents else { return Ok(0) };
    let unwritable = |source| Error::UnwritableFile { path: path.clone(), source };
    let text = fs::read_to_string(path).map_err(unwritable)?;
    let mended = engine::mend(&text, findings.iter().copied(), unsafe_too(fixes));
    if mended.applied > 0 {
        replace(path, |out| out.write_all(mended.text.as_bytes())).map_err(unwritable)?;
    }
    Ok(mended.applied)
}

/// The difference as a patch, and how many findings it mends. It is made to be read: secrets are masked and nothing
/// in it acts on a terminal or a CI runner.
fn diff(source: &Source, findings: &[&Finding], fixes: Fixes) -> (String, usize) {
    // What vanished since it was audited has no difference to show.
    let Ok(decoded) = source.read(u64::MAX) else { return (String::new(), 0) };
    let mended = engine::mend(&decoded.text, findings.iter().copied(), unsafe_too(fixes));
    let (before, after) = (SourceView::of(source, &decoded.text), SourceView::of(source, &mended.text));
    let path = escape::line(&source.path);
    let difference = similar::TextDiff::from_lines(before.full_text(), after.full_text());
    (difference.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")).to_string(), mended.applied)
}

fn unsafe_too(fixes: Fixes) -> bool {
    fixes.applicability == Applicability::Unsafe
}
