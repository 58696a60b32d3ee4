//! Text that YAML can read, every byte knowing where it stands in the template.

use std::ops::Range;

use super::super::expression::normalise;
use super::super::scope::Told;
use crate::span::Span;
use crate::yaml::{Gap, Hole, Holes, Reach, Segment, Text};

/// What YAML can read of a template.
#[derive(Default)]
pub(in super::super) struct Neutral<'t> {
    pub(in super::super) content: String,
    segments: Vec<Segment>,
    holes: Vec<Hole<'t>>,
    pub(super) gaps: Vec<Gap>,
}

impl<'t> Neutral<'t> {
    /// The part of it that a document is made of.
    pub(in super::super) fn slice(&self, inner: Range<usize>) -> (Text<'t>, Holes<'t>) {
        let Span { start, end } = Span::new(inner.clone());
        let first = self.segments.partition_point(|segment| segment.inner <= start).saturating_sub(1);
        let segments = self.segments.iter().skip(first).take_while(|segment| segment.inner < end);
        let segments = segments.map(|segment| {
            let cut = start.saturating_sub(segment.inner);
            let outer = Span {
                start: segment.outer.start.saturating_add(if segment.exact { cut } else { 0 }),
                ..segment.outer
            };
            Segment { inner: segment.inner.saturating_sub(start), outer, exact: segment.exact }
        });
        let shift = |at: u32| at.saturating_sub(start);
        let first = self.holes.partition_point(|hole| hole.inner.end < start);
        let holes = self.holes.iter().skip(first).take_while(|hole| hole.inner.start <= end);
        let holes = holes.map(|hole| {
            let inner = Span { start: shift(hole.inner.start), end: shift(hole.inner.end) };
            Hole { inner, ..*hole }
        });
        let first = self.gaps.partition_point(|gap| gap.inner < start);
        let gaps = self.gaps.iter().skip(first).take_while(|gap| gap.inner <= end);
        let gaps = gaps.map(|gap| Gap { inner: shift(gap.inner), ..*gap });
        let content = self.content.get(inner).unwrap_or_default().to_owned();
        let holes = Holes { holes: holes.collect(), gaps: gaps.collect(), normalise };
        (Text::pieced(content, segments.collect()), holes)
    }

    /// Where a byte of the content stands in the template.
    pub(in super::super) fn outer(&self, inner: usize) -> Option<usize> {
        let inner = Span::new(inner..inner).start;
        let index = self.segments.partition_point(|segment| segment.inner <= inner).checked_sub(1)?;
        let segment = self.segments.get(index)?;
        Some(segment.outer.start.saturating_add(inner - segment.inner).min(segment.outer.end) as usize)
    }

    fn here(&self) -> u32 {
        Span::new(0..self.content.len()).end
    }

    fn segment(&mut self, outer: Range<usize>, exact: bool) {
        let (inner, outer) = (self.here(), Span::new(outer));
        if let Some(last) = self.segments.last_mut().filter(|last| last.exact && exact)
            && last.outer.end == outer.start
        {
            last.outer.end = outer.end;
            return;
        }
        self.segments.push(Segment { inner, outer, exact });
    }

    /// Adds text as it stands in the template.
    pub(super) fn exact(&mut self, text: &str, outer: Range<usize>) {
        let piece = text.get(outer.clone()).unwrap_or_default();
        if !piece.is_empty() {
            self.segment(outer, true);
            self.content.push_str(piece);
        }
    }

    /// Adds a stand-in of equal length; gives its place.
    pub(super) fn stand_in(&mut self, outer: Range<usize>, told: Told<'t>, with: char) -> Range<usize> {
        let start = self.content.len();
        let length = outer.len();
        self.segment(outer, false);
        self.content.extend(std::iter::repeat_n(with, length));
        let Told { expression: source, is_local } = told;
        self.holes.push(Hole { inner: Span::new(start..start + length), source, is_local });
        start..start + length
    }

    /// Notes that something was left out here.
    pub(super) fn left_out(&mut self, source: &'t str) {
        let here = self.here();
        self.holes.push(Hole { inner: Span::empty(here), source, is_local: true });
    }

    pub(super) fn gap(&mut self, reach: Reach) {
        let gap = Gap { inner: self.here(), reach };
        if self.gaps.last() != Some(&gap) {
            self.gaps.push(gap);
        }
    }
}
