//! The only way from a source's text to an output: positions, and text in which secrets are covered.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use super::line_hash::{self, LineHash, line_hashes};
use super::lines::Lines;
use super::mask::{Found, Surroundings};
use super::{escape, mask, shapes};
use crate::finding::{Finding, Fix, Place};
use crate::input::{Contents, Source, Sources};
use crate::span::{FileId, Span};

/// What columns count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Characters: text, concise, JSON.
    Chars,
    /// UTF-16 units: SARIF.
    Utf16,
}

/// A stretch of text as people count: lines and columns from 1, the end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region {
    /// Line of the first character.
    pub line: usize,
    /// Column of the first character.
    pub column: usize,
    /// Line of the end.
    pub end_line: usize,
    /// Column after the last character.
    pub end_column: usize,
}

impl Region {
    /// Stands for a place in a text that is not there any more.
    pub const UNKNOWN: Self = Self { line: 1, column: 1, end_line: 1, end_column: 1 };
}

/// Lines on either side of a place that may be shown with it.
const NEAR: usize = 8;

/// A source as it may be shown.
///
/// It holds no secret: they are covered when it is made, by characters of the same width. Documents without a place that
/// is to be shown are covered whole. A file that vanished or changed since it was audited has no text; its findings are
/// still told, at line 1.
pub struct SourceView<'r> {
    source: &'r Source,
    /// Secrets covered, control characters neutralised.
    text: String,
    lines: Lines,
    /// The bytes that are covered: sorted, without overlap.
    covered: Vec<Range<usize>>,
    surroundings: Surroundings,
    /// What is to be shown.
    shown: Vec<Span>,
    hashes: OnceCell<HashMap<usize, LineHash>>,
}

impl<'r> SourceView<'r> {
    /// Reads `source` again and covers its secrets. Only what is near the start of the places in `shown`, or in them, can
    /// be read in it; of the others it knows where they are.
    pub fn load(source: &'r Source, shown: &[Span]) -> Self {
        Self::new(source, text(source), shown)
    }

    /// `source` as if it held `text`: what a fix would make of it. All of it can be read.
    pub fn of(source: &'r Source, text: &str) -> Self {
        Self::new(source, text.into(), &[Span::new(0..text.len())])
    }

    fn new(source: &'r Source, text: Cow<'_, str>, shown: &[Span]) -> Self {
        let lines = Lines::new(&text);
        let mut near: Vec<_> = shown.iter().map(|span| near(*span, &text, &lines)).collect();
        near.sort_unstable_by_key(|range| range.start);
        let Found { covered, surroundings } = mask::find(&text, &near);
        let masked = mask::cover(&text, &covered);
        drop(text);
        let text = match escape::neutral(&masked) {
            Cow::Owned(neutral) => neutral,
            Cow::Borrowed(_) => masked,
        };
        Self { source, text, lines, covered, surroundings, shown: shown.to_vec(), hashes: OnceCell::new() }
    }

    /// Its path relative to the root, with `/`.
    pub fn path(&self) -> Cow<'r, str> {
        shapes::mask(&self.source.path)
    }

    /// Around what the neighbouring lines may be shown.
    pub(super) fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// Its path as shown to people.
    pub fn shown(&self) -> String {
        escape::line(&self.source.shown)
    }

    /// The text of `span`; `None` if there is no such text any more.
    pub fn text(&self, span: Span) -> Option<&str> {
        self.text.get(span.range()).filter(|_| !self.text.is_empty())
    }

    /// All of it.
    pub fn full_text(&self) -> &str {
        &self.text
    }

    /// Its lines.
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// Where `span` lies.
    pub fn region(&self, span: Span, unit: Unit) -> Region {
        if self.text(span).is_none() {
            return Region::UNKNOWN;
        }
        let locate = |at: u32| match unit {
            Unit::Chars => self.lines.line_col_chars(&self.text, at as usize),
            Unit::Utf16 => self.lines.line_col_utf16(&self.text, at as usize),
        };
        let ((line, column), (end_line, end_column)) = (locate(span.start), locate(span.end));
        Region { line, column, end_line, end_column }
    }

    /// The part of `span` that stands on its first line.
    pub fn first_line(&self, span: Span) -> Span {
        let line = self.lines.line_range(&self.text, self.lines.line(span.start as usize));
        let end = Span::new(line).end.max(span.start);
        Span { start: span.start, end: span.end.min(end) }
    }

    /// The hash by which GitHub knows line `number` again, on which a place starts that is to be shown; `None` where it
    /// would cover a secret, because a hash of known text and a short secret gives the secret away. GitHub's upload
    /// action then computes it by itself.
    pub(super) fn line_hash(&self, number: usize) -> Option<LineHash> {
        let hashes = self.hashes.get_or_init(|| {
            let wanted = self.shown.iter().map(|span| self.region(*span, Unit::Utf16).line).collect();
            line_hashes(&text(self.source), &self.covered, &wanted)
        });
        hashes.get(&number).copied()
    }

    /// The edits of `fix` with their places; `None` if one cannot be shown, because it would reveal or garble a secret
    /// or because its place is gone.
    pub fn edits<'f>(&self, fix: &'f Fix, unit: Unit) -> Option<Vec<(Region, &'f str)>> {
        let edits = fix.edits.iter().map(|edit| {
            let is_shown = self.text(edit.span).is_some()
                && (edit.text.is_empty() || !self.is_covered(edit.span))
                && shapes::find(&edit.text).is_empty();
            is_shown.then(|| (self.region(edit.span, unit), edit.text.as_str()))
        });
        edits.collect::<Option<Vec<_>>>().filter(|edits| !edits.is_empty())
    }

    fn is_covered(&self, span: Span) -> bool {
        let Range { start, end } = span.range();
        let first = self.covered.partition_point(|range| range.end <= start);
        self.covered.get(first).is_some_and(|range| range.start < end)
    }
}

impl std::fmt::Debug for SourceView<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceView").field("source", &self.source.path).finish_non_exhaustive()
    }
}

/// The bytes that may be shown with `span`: its lines and those near its start, and what the hash of its line covers.
fn near(span: Span, text: &str, lines: &Lines) -> Range<usize> {
    let line = lines.line(span.start as usize);
    let range = |line| lines.line_range(text, line);
    let first = range(line.saturating_sub(NEAR).max(1));
    let last = range((line + NEAR).min(lines.count()));
    let hashed = line_hash::window(text, range(line).start);
    first.start..last.end.max(hashed.end).max(span.range().end)
}

/// The text that was audited; the empty string if it changed since or is gone.
fn text(source: &Source) -> Cow<'_, str> {
    source.read_again().map(|decoded| decoded.text).unwrap_or_default()
}

/// The views of a run's files, read when they are needed.
#[derive(Debug)]
pub struct Views<'r> {
    sources: &'r Sources,
    /// What is to be shown of them.
    shown: HashMap<FileId, Vec<Span>>,
    /// The one that was used last at the end.
    kept: RefCell<Vec<(FileId, Rc<SourceView<'r>>)>>,
    missing: &'r Source,
}

/// Views kept at a time: findings come file by file, with a few others as related places.
const KEPT: usize = 16;

impl<'r> Views<'r> {
    /// The views of `sources`, of which only these places can be read. All others can only be located.
    pub fn new(sources: &'r Sources, shown: impl IntoIterator<Item = (FileId, Span)>) -> Self {
        static MISSING: std::sync::LazyLock<Source> = std::sync::LazyLock::new(|| Source {
            path: String::new(),
            shown: String::new(),
            contents: Contents::Memory("".into()),
            digest: None,
        });
        let mut of_files: HashMap<FileId, Vec<Span>> = HashMap::new();
        for (file, span) in shown {
            of_files.entry(file).or_default().push(span);
        }
        Self { sources, shown: of_files, kept: RefCell::default(), missing: &MISSING }
    }

    /// The view of a file; an empty one for an id that is not of this run.
    pub fn get(&self, file: FileId) -> Rc<SourceView<'r>> {
        let mut kept = self.kept.borrow_mut();
        let known = kept.iter().position(|(id, _)| *id == file).map(|at| kept.remove(at).1);
        let view = known.unwrap_or_else(|| {
            if kept.len() >= KEPT {
                kept.remove(0);
            }
            let shown = self.shown.get(&file).map(Vec::as_slice).unwrap_or_default();
            Rc::new(SourceView::load(self.sources.get(file).unwrap_or(self.missing), shown))
        });
        kept.push((file, Rc::clone(&view)));
        view
    }

    /// The view of a place's file, and where it lies.
    pub fn locate(&self, place: &Place, unit: Unit) -> (Rc<SourceView<'r>>, Region) {
        let view = self.get(place.file);
        let region = view.region(place.span, unit);
        (view, region)
    }
}

/// The fix of a finding as it may be shown, see [`SourceView::edits`].
pub(super) fn shown_fix<'f>(
    finding: &'f Finding,
    view: &SourceView<'_>,
    unit: Unit,
) -> Option<(&'f Fix, Vec<(Region, &'f str)>)> {
    let fix = finding.fix.as_ref()?;
    Some((fix, view.edits(fix, unit)?))
}

/// The edits of all fixes, as [`Views::new`] wants them.
pub(super) fn edits(findings: &[Finding]) -> impl Iterator<Item = (FileId, Span)> {
    let edits = |finding: &Finding| {
        let fix = finding.fix.iter().flat_map(|fix| &fix.edits);
        fix.map(|edit| (finding.place.file, edit.span)).collect::<Vec<_>>()
    };
    findings.iter().flat_map(edits)
}
