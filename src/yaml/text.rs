//! A piece of text that knows where in its file it stands.

use std::borrow::Cow;
use std::ops::Range;

use crate::span::Span;

/// Text to read, with the way from its own offsets ("inner") back to bytes of the file ("outer").
///
/// Most text is a plain slice of a file. Text that stands indented or escaped inside something else (a kubeconfig in
/// a block scalar, a heredoc in `run: |`) is pieced together from segments.
#[derive(Clone)]
pub struct Text<'t> {
    content: Cow<'t, str>,
    map: SegmentMap,
}

#[derive(Clone, Debug)]
enum SegmentMap {
    /// The content is the file's bytes from this offset on.
    Shift(u32),
    /// Sorted by `inner`, without gaps in the inner text.
    Segments(Vec<Segment>),
}

/// A stretch of inner text and the bytes of the file that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where the stretch starts in the inner text.
    pub inner: u32,
    /// The bytes of the file.
    pub outer: Span,
    /// Byte for byte the same, so that an edit inside can be carried over.
    pub exact: bool,
}

impl<'t> Text<'t> {
    /// A slice of a file that starts at byte `offset`.
    pub fn slice(content: &'t str, offset: u32) -> Self {
        Self { content: Cow::Borrowed(content), map: SegmentMap::Shift(offset) }
    }

    /// Text pieced together from `segments`, which cover it in order and without gaps.
    pub fn pieced(content: impl Into<Cow<'t, str>>, segments: Vec<Segment>) -> Self {
        Self { content: content.into(), map: SegmentMap::Segments(segments) }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// The bytes of the file that an inner range comes from. A range that ends inside an inexact segment takes that
    /// whole segment.
    pub fn outer(&self, inner: Range<usize>) -> Span {
        let inner = Span::new(inner);
        match &self.map {
            SegmentMap::Shift(by) => {
                Span { start: inner.start.saturating_add(*by), end: inner.end.saturating_add(*by) }
            }
            SegmentMap::Segments(segments) => {
                let start = Self::locate(segments, inner.start)
                    .map_or(0, |(s, at)| if s.exact { at } else { s.outer.start });
                if inner.is_empty() {
                    return Span::empty(start);
                }
                let end = Self::locate(segments, inner.end - 1)
                    .map_or(start, |(s, at)| if s.exact { at + 1 } else { s.outer.end });
                Span { start, end: end.max(start) }
            }
        }
    }

    /// A part of it; `None` if the range is not one of characters.
    pub fn part(&self, inner: Range<usize>) -> Option<Text<'_>> {
        let content = self.as_str().get(inner.clone())?;
        let Span { start, end } = Span::new(inner);
        let segments = match &self.map {
            SegmentMap::Shift(by) => return Some(Text::slice(content, by.saturating_add(start))),
            SegmentMap::Segments(segments) => segments,
        };
        let first = segments.partition_point(|s| s.inner <= start).saturating_sub(1);
        let last = segments.partition_point(|s| s.inner < end);
        let cut = segments.get(first..last.max(first))?.iter().map(|segment| {
            let skipped = start.saturating_sub(segment.inner);
            let by = if segment.exact { skipped } else { 0 };
            let outer = Span { start: (segment.outer.start + by).min(segment.outer.end), ..segment.outer };
            Segment { inner: segment.inner.saturating_sub(start), outer, exact: segment.exact }
        });
        Some(Text::pieced(content, cut.collect()))
    }

    /// Whether an inner range stands in the file byte for byte, so that it may be edited there.
    pub fn is_exact(&self, inner: Range<usize>) -> bool {
        let inner = Span::new(inner);
        match &self.map {
            SegmentMap::Shift(_) => true,
            SegmentMap::Segments(segments) => {
                let first = Self::locate(segments, inner.start);
                let last = Self::locate(segments, inner.end.saturating_sub(1).max(inner.start));
                matches!((first, last), (Some((a, _)), Some((b, _))) if a.exact && a.inner == b.inner)
            }
        }
    }

    fn locate(segments: &[Segment], inner: u32) -> Option<(Segment, u32)> {
        let index = segments.partition_point(|s| s.inner <= inner).checked_sub(1)?;
        let segment = *segments.get(index)?;
        Some((segment, segment.outer.start.saturating_add(inner - segment.inner).min(segment.outer.end)))
    }
}

impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // No content: it may hold secrets.
        write!(f, "text of {} bytes at {:?}", self.content.len(), self.map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two lines of a block scalar, indented by four: the text is dedented, the spans are the file's.
    #[test]
    fn pieced_text_maps_back() {
        let segment = |inner, start, end, exact| Segment { inner, outer: Span { start, end }, exact };
        let text = Text::pieced("a: 1\nb: 2\n", vec![segment(0, 4, 9, true), segment(5, 13, 18, true)]);
        assert_eq!(text.outer(0..1), Span { start: 4, end: 5 });
        assert_eq!(text.outer(5..9), Span { start: 13, end: 17 });
        assert_eq!(text.outer(3..6), Span { start: 7, end: 14 });
        assert!(text.is_exact(5..9));
        assert!(!text.is_exact(3..6), "an edit across the indentation would lose it");
    }

    #[test]
    fn inexact_segments_map_as_a_whole() {
        let text = Text::pieced(
            "decoded",
            vec![Segment { inner: 0, outer: Span { start: 10, end: 30 }, exact: false }],
        );
        assert_eq!(text.outer(2..3), Span { start: 10, end: 30 });
        assert!(!text.is_exact(2..3));
    }

    #[test]
    fn parts_lead_to_the_same_bytes() {
        let segment = |inner, start, end, exact| Segment { inner, outer: Span { start, end }, exact };
        let whole = Text::pieced(
            "a: 1\nb: 2\nc",
            vec![segment(0, 4, 9, true), segment(5, 13, 18, true), segment(10, 20, 30, false)],
        );
        for text in [whole, Text::slice("a: 1\nb: 2\nc", 7)] {
            for start in 0..11 {
                let part = text.part(start..11).unwrap();
                assert_eq!(part.outer(0..11 - start), text.outer(start..11), "{start}");
                assert_eq!(part.is_exact(0..1), text.is_exact(start..start + 1));
            }
            assert!(text.part(3..12).is_none());
        }
    }

    #[test]
    fn slices_shift() {
        let text = Text::slice("abc", 100);
        assert_eq!(text.outer(1..2), Span { start: 101, end: 102 });
        assert!(text.is_exact(0..3));
    }
}
