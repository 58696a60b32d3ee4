//! Stretches of a text that may be shown: lines, and parts of long ones.

use std::ops::Range;

use memchr::{memchr, memrchr};

use super::lines::{Lines, first_byte};
use super::positions::Position;
use super::{Unit, line_hash, mask};
use crate::span::Span;

/// Lines on either side of a place that may be shown with it.
const NEAR: usize = 8;

/// Of longer lines only so much on either side of a place; bytes. It is more than is ever drawn of one.
const LONG: usize = 4096;

/// A stretch of a text. All bytes and lines are those of the text.
#[derive(Debug)]
pub(super) struct Page {
    /// Where it starts.
    start: usize,
    /// The line on which that is, and what stands there before it.
    first: Position,
    text: String,
    lines: Lines,
}

impl Page {
    /// A page that starts at byte `start`.
    pub(super) fn new(start: usize, first: Position, text: String) -> Self {
        // A byte order mark farther on is a character like others.
        let lines = Lines::starting(&text, if start == 0 { first_byte(&text) } else { 0 });
        Self { start, first, text, lines }
    }

    /// Its bytes.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// The text at `bytes`, if all of them are here.
    pub(super) fn text(&self, bytes: Range<usize>) -> Option<&str> {
        self.text.get(bytes.start.checked_sub(self.start)?..bytes.end.checked_sub(self.start)?)
    }

    /// Its lines, from 1.
    pub(super) fn lines(&self) -> Range<usize> {
        self.first.line..self.first.line + self.lines.count()
    }

    /// The line of a byte.
    pub(super) fn line(&self, byte: usize) -> usize {
        self.first.line - 1 + self.lines.line(byte.saturating_sub(self.start))
    }

    /// The bytes of a line, as far as they are here, without its end.
    pub(super) fn line_range(&self, number: usize) -> Range<usize> {
        let Range { start, end } =
            self.lines.line_range(&self.text, (number + 1).saturating_sub(self.first.line));
        self.start + start..self.start + end
    }

    /// Line and column of a byte.
    pub(super) fn line_col(&self, byte: usize, unit: Unit) -> (usize, usize) {
        let byte = byte.saturating_sub(self.start);
        let (line, column) = match unit {
            Unit::Chars => self.lines.line_col_chars(&self.text, byte),
            Unit::Utf16 => self.lines.line_col_utf16(&self.text, byte),
        };
        let before = if line == 1 { self.first.before.of(unit) } else { 0 };
        (self.first.line - 1 + line, before + column)
    }

    /// The last byte not behind `byte` where a character starts.
    pub(super) fn floor_char_boundary(&self, byte: usize) -> usize {
        self.start + self.text.floor_char_boundary(byte.saturating_sub(self.start))
    }

    /// The first byte not before `byte` where a character starts.
    pub(super) fn ceil_char_boundary(&self, byte: usize) -> usize {
        self.start + self.text.ceil_char_boundary(byte.saturating_sub(self.start))
    }
}

/// The bytes that may be shown with the places in `shown`: their lines and those near their starts, and what the hashes of
/// their lines cover. Sorted, without overlap.
pub(super) fn near(text: &str, shown: &[Span]) -> Vec<Range<usize>> {
    let mut shown: Vec<_> = shown.iter().filter(|span| span.start as usize <= text.len()).collect();
    shown.sort_unstable();
    let mut near = Vec::new();
    // The line of the last place: one line may have many.
    let mut line = 0..0;
    for place in shown {
        let start = text.floor_char_boundary(place.start as usize);
        let end = text.ceil_char_boundary((place.end as usize).min(text.len())).max(start);
        if !line.contains(&start) {
            line = line_around(text, start);
            near.push(line_hash::window(text, line.start));
        }
        near.push(above(text, start)..below(text, start));
        near.push(start..after(text, end));
    }
    mask::merge(near)
}

/// The lines that have something of `ranges` (sorted by their start), without overlap.
pub(super) fn lines_around(text: &str, ranges: &[Range<usize>]) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut lines: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        let done = lines.last().map_or(0, |last| last.end);
        let (from, to) = (range.start.clamp(done, text.len()), range.end.min(text.len()));
        if done > 0 && to < done || from == text.len() && done == from {
            continue;
        }
        let before = bytes.get(done..from).unwrap_or_default();
        let start = memrchr(b'\n', before).map_or(done, |at| done + at + 1);
        let after = bytes.get(to.max(from)..).unwrap_or_default();
        let end = memchr(b'\n', after).map_or(text.len(), |at| to.max(from) + at + 1);
        lines.push(start..end);
    }
    lines
}

fn line_around(text: &str, at: usize) -> Range<usize> {
    let (before, behind) = text.as_bytes().split_at_checked(at).unwrap_or_default();
    let start = memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    start..memchr(b'\n', behind).map_or(text.len(), |newline| at + newline + 1)
}

/// Where the lines start that may be shown above a place.
fn above(text: &str, at: usize) -> usize {
    let mut start = before(text, at);
    for _ in 0..NEAR {
        match text.get(..start).and_then(|rest| rest.strip_suffix('\n')) {
            Some(rest) => start = before(text, rest.len()),
            None => break,
        }
    }
    start
}

/// Where the lines end that may be shown below a place.
fn below(text: &str, at: usize) -> usize {
    let mut end = after(text, at);
    for _ in 0..NEAR {
        if !text.get(..end).is_some_and(|text| text.ends_with('\n')) {
            break;
        }
        end = after(text, end);
    }
    end
}

/// Where what may be shown of a line before a place starts.
fn before(text: &str, at: usize) -> usize {
    let far = text.ceil_char_boundary(at.saturating_sub(LONG));
    let near = text.as_bytes().get(far..at).unwrap_or_default();
    memrchr(b'\n', near).map_or(far, |newline| far + newline + 1)
}

/// Where what may be shown of a line behind a place ends, its line break included.
fn after(text: &str, at: usize) -> usize {
    let far = text.floor_char_boundary(at.saturating_add(LONG));
    let near = text.as_bytes().get(at..far).unwrap_or_default();
    memchr(b'\n', near).map_or(far, |newline| at + newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::positions::Positions;

    #[test]
    fn pages_are_the_lines_around_places() {
        // A hash covers a hundred characters.
        let lines: Vec<_> = (1..=60).map(|number| format!("line {number}: {}\n", "x".repeat(20))).collect();
        let text = lines.concat();
        let at = |number: usize| {
            let start = text.find(&format!("line {number}:")).unwrap();
            Span::new(start + 2..start + 4)
        };
        let numbers = |shown: &[Span]| -> Vec<_> {
            let lines = Lines::new(&text);
            near(&text, shown).into_iter().map(|it| (lines.line(it.start), lines.line(it.end))).collect()
        };
        assert_eq!(numbers(&[at(40), at(2)]), [(1, 11), (32, 49)]);
        assert_eq!(numbers(&[at(20), at(30), at(30)]), [(12, 39)]);
        assert_eq!(numbers(&[Span { start: at(10).start, end: at(50).end }]), [(2, 51)]);
        assert_eq!(numbers(&[Span { start: u32::MAX, end: u32::MAX }]), []);
        assert_eq!(numbers(&[]), []);
    }

    #[test]
    fn of_long_lines_only_a_part_is_shown() {
        let long = "é".repeat(10 * LONG);
        let text = format!("a: 1\nb: {long}x{long}\nc: 1\nde: {long}\n");
        let at = |needle: &str| Span::new(text.find(needle).unwrap()..text.find(needle).unwrap() + 1);
        let (x, c) = (at("x").start as usize, at("c").start as usize);
        let hash = text.find('b').unwrap();
        let pages = near(&text, &[at("x"), at("x")]);
        let [first, second] = pages.as_slice() else { panic!("{pages:?}") };
        assert!(first.start == hash && first.len() < LONG, "{first:?}");
        assert_eq!(*second, x - LONG..x + LONG + 1);
        let around = c - 1 - LONG..c + "c: 1\n".len() + LONG;
        assert_eq!(near(&text, &[at("c")]), std::slice::from_ref(&around));
    }

    #[test]
    fn a_page_counts_as_its_text_does() {
        let text = "a\n😀 é: b\n\u{feff}c: 😀d\r\ne\n";
        let (start, lines) = (text.find('é').unwrap(), Lines::new(text));
        let first = Positions::of(text, vec![4, Span::new(start..start).start]);
        let first = first.at(Span::new(start..start).start).unwrap();
        let page = Page::new(start, first, text.get(start..).unwrap().to_owned());
        assert_eq!(page.lines(), 2..6);
        for byte in (start..=text.len()).filter(|byte| text.is_char_boundary(*byte)) {
            assert_eq!(page.line_col(byte, Unit::Chars), lines.line_col_chars(text, byte), "{byte}");
            assert_eq!(page.line_col(byte, Unit::Utf16), lines.line_col_utf16(text, byte), "{byte}");
            let line = lines.line_range(text, lines.line(byte));
            assert_eq!(page.line_range(page.line(byte)), line.start.max(start)..line.end, "{byte}");
            assert_eq!(page.text(byte..text.len()), text.get(byte..), "{byte}");
        }
        assert_eq!(page.text(0..text.len()), None);
        assert_eq!(
            [page.floor_char_boundary(start + 1), page.ceil_char_boundary(start + 1)],
            [start, start + 2]
        );
    }
}
