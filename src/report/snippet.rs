//! Pieces of a source as miette draws them.

use std::fmt;
use std::ops::Range;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use super::mask::Surroundings;
use super::page::Page;
use super::{SourceView, Unit};
use crate::span::Span;

/// Longest line, in bytes, that is drawn whole; of a longer one (minified JSON) only the part around the place.
const LONGEST: usize = 400;
/// Bytes drawn on either side of a place in a longer line.
const AROUND: usize = 80;

/// Something to draw: a headline, and places in one source with their labels.
#[derive(Debug)]
pub(super) struct Picture<'v> {
    headline: String,
    severity: miette::Severity,
    code: Option<Code<'v>>,
    labels: Vec<LabeledSpan>,
    help: Option<String>,
}

impl<'v> Picture<'v> {
    /// A picture under `headline`, without a source or labels yet.
    pub(super) fn new(headline: String, severity: miette::Severity) -> Self {
        Self { headline, severity, code: None, labels: Vec::new(), help: None }
    }

    /// Marks the main place, in `view`. Nothing is drawn if it is not there any more.
    pub(super) fn primary(mut self, view: &'v SourceView<'_>, span: Span) -> Self {
        if let Some(page) = view.page(span) {
            self.code = Some(Code { surroundings: view.surroundings(), name: view.shown(), page });
            self.labels.push(LabeledSpan::new_primary_with_span(None, one_line(view, span)));
        }
        self
    }

    /// Marks another place in the same source.
    pub(super) fn label(&mut self, view: &SourceView<'_>, span: Span, text: String) {
        if view.text(span).is_some() {
            self.labels.push(LabeledSpan::new_with_span(Some(text), one_line(view, span)));
        }
    }

    /// What to do about it.
    pub(super) fn help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }
}

/// What is marked of a place: its first line, and of more than can be drawn (a token) the beginning.
fn one_line(view: &SourceView<'_>, span: Span) -> Range<usize> {
    let range = view.first_line(span).range();
    if range.len() <= LONGEST {
        return range;
    }
    let end = view.page(span).map_or(range.start, |page| page.floor_char_boundary(range.start + AROUND));
    range.start..end
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline)
    }
}

impl std::error::Error for Picture<'_> {}

impl Diagnostic for Picture<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.code.as_ref().map(|code| code as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A page for miette. Its own sources walk through the file for every place; this one looks lines up.
#[derive(Debug)]
struct Code<'v> {
    surroundings: &'v Surroundings,
    name: String,
    page: &'v Page,
}

impl Code<'_> {
    /// The bytes to draw for `span` with so many lines around it, and how many lines that are.
    fn window(&self, span: Range<usize>, before: usize, after: usize) -> Option<(Range<usize>, usize)> {
        let (first, last) = (self.page.line(span.start), self.page.line(span.end));
        let is_shown = self.surroundings.may_show(&span);
        let (before, after) = if is_shown { (before, after) } else { (0, 0) };
        let from = first.saturating_sub(before).max(self.page.lines().start);
        let to = last.saturating_add(after).min(self.page.lines().end - 1);
        let range = |line| self.page.line_range(line);
        let is_long = |line| range(line).len() > LONGEST;
        if !(from..=to).any(is_long) {
            return Some((range(from).start..range(to).end, to - from + 1));
        }
        if !(first..=last).any(is_long) {
            return Some((range(first).start..range(last).end, last - first + 1));
        }
        let is_close = first == last && span.len() <= LONGEST;
        is_close.then(|| (self.around(&span, &range(first)), 1))
    }

    fn around(&self, span: &Range<usize>, line: &Range<usize>) -> Range<usize> {
        let start = span.start.saturating_sub(AROUND).max(line.start);
        let end = span.end.saturating_add(AROUND).min(line.end);
        self.page.floor_char_boundary(start)..self.page.ceil_char_boundary(end)
    }
}

impl SourceCode for Code<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let span = span.offset()..span.offset() + span.len();
        // Without lines around it miette asks for the position of the span itself.
        let window =
            if before + after == 0 { Some((span.clone(), 1)) } else { self.window(span, before, after) };
        let (bytes, line_count) = window.ok_or(MietteError::OutOfBounds)?;
        let data = self.page.text(bytes.clone()).ok_or(MietteError::OutOfBounds)?;
        let (line, column) = self.page.line_col(bytes.start, Unit::Chars);
        let contents = MietteSpanContents::new_named(
            self.name.clone(),
            data.as_bytes(),
            bytes.into(),
            line - 1,
            column - 1,
            line_count,
        );
        Ok(Box::new(contents))
    }
}
