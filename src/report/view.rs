//! The only way from a source's text to an output: positions, and text in which secrets are covered.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::LazyLock;
use std::{iter, slice};

use super::line_hash::{LineHash, line_hashes};
use super::mask::{Found, Surroundings};
use super::page::{self, Page};
use super::positions::Positions;
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

/// A source as it may be shown.
///
/// It holds no secret: only what is near to what is to be shown is kept, and in that secrets are covered by characters of
/// the same width. A file that vanished or changed since it was audited has no text; its findings are still told, at line 1.
pub struct SourceView<'r> {
    source: &'r Source,
    /// What can be read of it, in order: secrets covered, control characters neutralised.
    pages: Vec<Page>,
    positions: Positions,
    /// The bytes that are covered: sorted, without overlap.
    covered: Vec<Range<usize>>,
    surroundings: Surroundings,
    /// What is to be shown.
    shown: Vec<Span>,
    hashes: OnceCell<HashMap<usize, LineHash>>,
}

impl<'r> SourceView<'r> {
    /// Reads `source` again and covers its secrets. Only what is near the start of the places in `shown`, or in them, can
    /// be read in it; of those in `located` it knows where they are.
    pub fn load(source: &'r Source, located: &[Span], shown: &[Span]) -> Self {
        let text = text(source);
        let near = page::near(&text, shown);
        let Found { covered, surroundings } = mask::find(&text, &near);
        let bytes = located.iter().chain(shown).flat_map(|span| [span.start, span.end]);
        let starts = near.iter().map(|page| Span::new(page.clone()).start);
        let positions = if text.is_empty() {
            Positions::default()
        } else {
            Positions::of(&text, bytes.chain(starts).collect())
        };
        let page = |bytes: Range<usize>| {
            let first = positions.at(Span::new(bytes.clone()).start)?;
            let masked = mask::cover_part(&text, bytes.clone(), &covered);
            Some(Page::new(bytes.start, first, escape::neutral(&masked).into_owned()))
        };
        let pages = near.into_iter().filter_map(page).collect();
        let shown = shown.to_vec();
        Self { source, pages, positions, covered, surroundings, shown, hashes: OnceCell::new() }
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

    /// What can be read around `span`.
    pub(super) fn page(&self, span: Span) -> Option<&Page> {
        let Range { start, end } = span.range();
        let page = self.pages.get(self.pages.partition_point(|page| page.range().end < start))?;
        page.text(start..end).is_some().then_some(page)
    }

    /// The text of `span`; `None` if it cannot be read, or there is no such text any more.
    pub fn text(&self, span: Span) -> Option<&str> {
        self.page(span)?.text(span.range())
    }

    /// Where `span` lies.
    pub fn region(&self, span: Span, unit: Unit) -> Region {
        let locate = |byte: u32| {
            let on_page = || Some(self.page(Span::empty(byte))?.line_col(byte as usize, unit));
            self.positions.get(byte, unit).or_else(on_page)
        };
        match (locate(span.start), locate(span.end)) {
            (Some((line, column)), Some((end_line, end_column))) if span.start <= span.end => {
                Region { line, column, end_line, end_column }
            }
            _ => Region::UNKNOWN,
        }
    }

    /// The part of `span` that stands on its first line, where that can be read.
    pub fn first_line(&self, span: Span) -> Span {
        let Some(page) = self.page(Span::empty(span.start)) else { return span };
        let line = page.line_range(page.line(span.start as usize));
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

/// `text` as it may be shown: secrets covered, control characters neutralised.
pub fn masked(text: &str) -> String {
    let all = 0..text.len();
    let covered = mask::find(text, slice::from_ref(&all)).covered;
    escape::neutral(&mask::cover(text, &covered)).into_owned()
}

/// The text that was audited; the empty string if it changed since or is gone.
fn text(source: &Source) -> Cow<'_, str> {
    source.text().map(|decoded| decoded.text).unwrap_or_default()
}

/// The views of a run's files, read when they are needed.
#[derive(Debug)]
pub struct Views<'r> {
    sources: &'r Sources,
    wanted: HashMap<FileId, Wanted>,
    /// The one that was used last at the end.
    kept: RefCell<Vec<(FileId, Rc<SourceView<'r>>)>>,
    missing: &'r Source,
}

/// What is wanted of a file.
#[derive(Debug, Default)]
struct Wanted {
    /// Places of which it is asked where they are.
    located: Vec<Span>,
    /// Places that are to be shown.
    shown: Vec<Span>,
}

/// Views kept at a time: findings come file by file, with a few others as related places.
const KEPT: usize = 16;

impl<'r> Views<'r> {
    /// Views of `sources` that know where these places are.
    pub fn locating<'p>(sources: &'r Sources, located: impl IntoIterator<Item = &'p Place>) -> Self {
        static MISSING: LazyLock<Source> = LazyLock::new(|| Source::new("", "", Contents::Memory("".into())));
        let mut wanted: HashMap<FileId, Wanted> = HashMap::new();
        for place in located {
            wanted.entry(place.file).or_default().located.push(place.span);
        }
        Self { sources, wanted, kept: RefCell::default(), missing: &MISSING }
    }

    /// The same, in which these can be read, too.
    #[must_use]
    pub fn showing(mut self, shown: impl IntoIterator<Item = (FileId, Span)>) -> Self {
        for (file, span) in shown {
            self.wanted.entry(file).or_default().shown.push(span);
        }
        self
    }

    /// The view of a file; an empty one for an id that is not of this run.
    pub fn get(&self, file: FileId) -> Rc<SourceView<'r>> {
        let mut kept = self.kept.borrow_mut();
        let known = kept.iter().position(|(id, _)| *id == file).map(|at| kept.remove(at).1);
        let view = known.unwrap_or_else(|| {
            if kept.len() >= KEPT {
                kept.remove(0);
            }
            let source = self.sources.get(file).unwrap_or(self.missing);
            let (located, shown) = self
                .wanted
                .get(&file)
                .map_or((&[][..], &[][..]), |wanted| (wanted.located.as_slice(), wanted.shown.as_slice()));
            Rc::new(SourceView::load(source, located, shown))
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

/// All places that findings name.
pub(super) fn places(findings: &[Finding]) -> impl Iterator<Item = &Place> {
    findings.iter().flat_map(|finding| {
        let related = finding.related.iter().map(|related| &related.place);
        iter::once(&finding.place).chain(related)
    })
}

/// The edits of all fixes, as [`Views::showing`] wants them.
pub(super) fn edits(findings: &[Finding]) -> impl Iterator<Item = (FileId, Span)> {
    let edits = |finding: &Finding| {
        let fix = finding.fix.iter().flat_map(|fix| &fix.edits);
        fix.map(|edit| (finding.place.file, edit.span)).collect::<Vec<_>>()
    };
    findings.iter().flat_map(edits)
}
