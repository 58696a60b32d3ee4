//! Stretches of a text that may be shown: whole lines.

use std::ops::Range;

use memchr::{memchr, memrchr};

use super::lines::{Lines, first_byte};
use super::{Unit, line_hash};
use crate::span::Span;

/// Lines on either side of a place that may be shown with it.
const NEAR: usize = 8;

/// Whole lines of a text. All bytes and lines are those of the text.
#[derive(Debug)]
pub(super) struct Page {
    /// Where it starts, and on which line.
    start: usize,
    first: usize,
    text: String,
    lines: Lines,
}

impl Page {
    /// A page that starts at byte `start`, on line `first`.
    pub(super) fn new(start: usize, first: usize, text: String) -> Self {
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
        self.first..self.first + self.lines.count()
    }

    /// The line of a byte.
    pub(super) fn line(&self, byte: usize) -> usize {
        self.first - 1 + self.lines.line(byte.saturating_sub(self.start))
    }

    /// The bytes of a line, without its end.
    pub(super) fn line_range(&self, number: usize) -> Range<usize> {
        let Range { start, end } = self.lines.line_range(&self.text, (number + 1).saturating_sub(self.first));
        self.start + start..self.start + end
    }

    /// Line and column of a byte.
    pub(super) fn line_col(&self, byte: usize, unit: Unit) -> (usize, usize) {
        let byte = byte.saturating_sub(self.start);
        let (line, column) = match unit {
            Unit::Chars => self.lines.line_col_chars(&self.text, byte),
            Unit::Utf16 => self.lines.line_col_utf16(&self.text, byte),
        };
        (self.first - 1 + line, column)
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
    let mut pages: Vec<Range<usize>> = Vec::new();
    // The line of the last place: one line may have many.
    let mut line = 0..0;
    for span in shown {
        let Range { start, end } = span.range();
        let end = line_end(text, text.ceil_char_boundary(end.min(text.len())));
        let is_on_line = line.contains(&start) && !pages.is_empty();
        let (first, last) = if is_on_line {
            (line.start, end)
        } else {
            let start = text.floor_char_boundary(start);
            line = line_start(text, start)..line_end(text, start);
            let first = (0..NEAR).fold(line.start, |at, _| line_start(text, at.saturating_sub(1)));
            let last = (0..NEAR).fold(line.end, |at, _| line_end(text, (at + 1).min(text.len())));
            (first, last.max(end).max(line_hash::window(text, line.start).end))
        };
        match pages.last_mut().filter(|page| first <= page.end) {
            Some(page) => page.end = page.end.max(last),
            None => pages.push(first..last),
        }
    }
    pages
}

fn line_start(text: &str, at: usize) -> usize {
    memrchr(b'\n', text.as_bytes().get(..at).unwrap_or_default()).map_or(0, |newline| newline + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    memchr(b'\n', text.as_bytes().get(at..).unwrap_or_default()).map_or(text.len(), |newline| at + newline)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(numbers(&[at(40), at(2)]), [(1, 10), (32, 48)]);
        assert_eq!(numbers(&[at(20), at(30), at(30)]), [(12, 38)]);
        assert_eq!(numbers(&[Span { start: at(10).start, end: at(50).end }]), [(2, 50)]);
        assert_eq!(numbers(&[Span { start: u32::MAX, end: u32::MAX }]), []);
        assert_eq!(numbers(&[]), []);
    }

    #[test]
    fn a_page_counts_as_its_text_does() {
        let text = "a\né: b\n\u{feff}c: 😀d\r\ne\n";
        let (start, lines) = (text.find('é').unwrap(), Lines::new(text));
        let page = Page::new(start, 2, text.get(start..).unwrap().to_owned());
        assert_eq!(page.lines(), 2..6);
        for byte in (start..=text.len()).filter(|byte| text.is_char_boundary(*byte)) {
            assert_eq!(page.line_col(byte, Unit::Chars), lines.line_col_chars(text, byte), "{byte}");
            assert_eq!(page.line_col(byte, Unit::Utf16), lines.line_col_utf16(text, byte), "{byte}");
            assert_eq!(page.line_range(page.line(byte)), lines.line_range(text, lines.line(byte)), "{byte}");
            assert_eq!(page.text(byte..text.len()), text.get(byte..), "{byte}");
        }
        assert_eq!(page.text(0..text.len()), None);
        assert_eq!(
            [page.floor_char_boundary(start + 1), page.ceil_char_boundary(start + 1)],
            [start, start + 2]
        );
    }
}
