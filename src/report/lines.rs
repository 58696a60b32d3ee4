//! Bytes to lines and columns, in constant time whatever the length of a line.

use std::ops::Range;

use super::Unit;

/// Bytes between two marks: the most that one look-up has to count.
const STRIDE: usize = 1024;

/// An index of a text's lines. Lines end with `\n` or `\r\n`; a byte order mark belongs to none.
#[derive(Debug)]
pub struct Lines {
    /// First byte of every line.
    starts: Vec<usize>,
    /// Characters and UTF-16 units before every [`STRIDE`]th byte.
    marks: Vec<Count>,
}

/// Characters, and UTF-16 units.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    chars: usize,
    utf16: usize,
}

impl Count {
    /// Adds the characters that start in `bytes`. A character of four bytes takes two units of UTF-16.
    pub(super) fn add(mut self, bytes: &[u8]) -> Self {
        if bytes.is_ascii() {
            return Self { chars: self.chars + bytes.len(), utf16: self.utf16 + bytes.len() };
        }
        for byte in bytes {
            let starts = usize::from(byte & 0xC0 != 0x80);
            self.chars += starts;
            self.utf16 += starts + usize::from(*byte >= 0xF0);
        }
        self
    }

    /// One of both.
    pub(super) fn of(self, unit: Unit) -> usize {
        match unit {
            Unit::Chars => self.chars,
            Unit::Utf16 => self.utf16,
        }
    }
}

/// Where the first line of `text` starts: behind a byte order mark.
pub(super) fn first_byte(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

impl Lines {
    /// Indexes `text`. The other functions want the same text again, or one of the same shape.
    pub fn new(text: &str) -> Self {
        Self::starting(text, first_byte(text))
    }

    /// The same, with the start of the first line.
    pub(super) fn starting(text: &str, first: usize) -> Self {
        let starts =
            std::iter::once(first).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        let mut count = Count::default();
        let marks = text.as_bytes().chunks(STRIDE).map(|chunk| {
            let before = count;
            count = count.add(chunk);
            before
        });
        Self { starts: starts.collect(), marks: marks.collect() }
    }

    /// The line of a byte, from 1.
    pub fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).max(1)
    }

    /// Line and column of a byte, from 1; the column counts characters.
    pub fn line_col_chars(&self, text: &str, byte: usize) -> (usize, usize) {
        self.line_col(text, byte, Unit::Chars)
    }

    /// Line and column of a byte, from 1; the column counts UTF-16 units.
    pub fn line_col_utf16(&self, text: &str, byte: usize) -> (usize, usize) {
        self.line_col(text, byte, Unit::Utf16)
    }

    fn line_col(&self, text: &str, byte: usize, unit: Unit) -> (usize, usize) {
        let line = self.line(byte);
        let start = self.start(line);
        let width = self.before(text, byte).of(unit).saturating_sub(self.before(text, start).of(unit));
        (line, width + 1)
    }

    /// What stands before `byte`.
    fn before(&self, text: &str, byte: usize) -> Count {
        let byte = byte.min(text.len());
        let block = byte / STRIDE;
        let Some(mark) = self.marks.get(block) else {
            // `byte` is the end of a text whose last block is full.
            let start = block.saturating_sub(1) * STRIDE;
            let mark = self.marks.last().copied().unwrap_or_default();
            return mark.add(text.as_bytes().get(start..byte).unwrap_or_default());
        };
        mark.add(text.as_bytes().get(block * STRIDE..byte).unwrap_or_default())
    }

    fn start(&self, line: usize) -> usize {
        line.checked_sub(1).and_then(|index| self.starts.get(index)).copied().unwrap_or_default()
    }

    /// How many lines there are; an empty text has one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of line `number` (from 1), without its end; empty for a line that is not there.
    pub fn line_range(&self, text: &str, number: usize) -> Range<usize> {
        if number == 0 || number > self.count() {
            return 0..0;
        }
        let start = self.start(number);
        let end = self.starts.get(number).copied().unwrap_or(text.len());
        let line = text.get(start..end).unwrap_or_default();
        let line = line.strip_suffix('\n').unwrap_or(line);
        start..start + line.strip_suffix('\r').unwrap_or(line).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_or_utf16_units() {
        let text = "a: é\r\n😀: b\n";
        let lines = Lines::new(text);
        for (needle, chars, utf16) in [("a", (1, 1), (1, 1)), ("é", (1, 4), (1, 4)), ("b", (2, 4), (2, 5))] {
            let at = text.find(needle).unwrap();
            assert_eq!(lines.line_col_chars(text, at), chars, "{needle}");
            assert_eq!(lines.line_col_utf16(text, at), utf16, "{needle}");
        }
        assert_eq!(lines.line_col_chars(text, text.len()), (3, 1));
        let ranges: Vec<_> = (0..=4).map(|n| text.get(lines.line_range(text, n)).unwrap()).collect();
        assert_eq!(ranges, ["", "a: é", "😀: b", "", ""]);
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let text = "\u{feff}kind: List";
        assert_eq!(Lines::new(text).line_col_chars(text, 3), (1, 1));
        assert_eq!(Lines::new(text).line_col_utf16(text, 9), (1, 7));
    }

    #[test]
    fn long_lines_are_counted_across_marks() {
        for repeat in [STRIDE / 4, STRIDE, STRIDE + 1] {
            let text = "é😀".repeat(repeat);
            let lines = Lines::new(&text);
            assert_eq!(lines.line_col_chars(&text, text.len()), (1, 2 * repeat + 1));
            assert_eq!(lines.line_col_utf16(&text, text.len()), (1, 3 * repeat + 1));
        }
    }
}
