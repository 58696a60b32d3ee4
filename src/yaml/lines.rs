//! Lines and columns, from an index of line starts that is built once per file.

/// The lines of a text. Only a line feed ends a line; a carriage return before it belongs to the line break.
#[derive(Clone, Debug)]
pub struct Lines<'t> {
    text: &'t str,
    /// The byte at which each line starts.
    starts: Vec<u32>,
}

/// A place in a text, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters or in UTF-16 units.
    pub column: usize,
}

impl<'t> Lines<'t> {
    /// Finds the lines of `text`.
    pub fn new(text: &'t str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = breaks.map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
        Self { text, starts: std::iter::once(0).chain(starts).collect() }
    }

    /// The text that they are the lines of.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// How many lines there are; after a final line break there is one more, an empty one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The number of the line in which a byte lies.
    pub fn line_at(&self, byte: u32) -> usize {
        self.starts.partition_point(|start| *start <= byte).max(1)
    }

    /// The byte at which a line starts; the end of the text for a line that is not there.
    pub fn start(&self, line: usize) -> u32 {
        let start = line.checked_sub(1).and_then(|index| self.starts.get(index)).copied();
        start.unwrap_or_else(|| u32::try_from(self.text.len()).unwrap_or(u32::MAX))
    }

    /// A line without its line break; empty for a line that is not there.
    pub fn line(&self, line: usize) -> &'t str {
        let rest =
            self.text.get(self.start(line) as usize..self.start(line + 1) as usize).unwrap_or_default();
        let rest = rest.strip_suffix('\n').unwrap_or(rest);
        rest.strip_suffix('\r').unwrap_or(rest)
    }

    /// Line and column of a byte, in characters.
    pub fn position(&self, byte: u32) -> Position {
        self.locate(byte, |before| before.chars().count())
    }

    /// Line and column of a byte, in UTF-16 units.
    pub fn position_utf16(&self, byte: u32) -> Position {
        self.locate(byte, |before| before.encode_utf16().count())
    }

    fn locate(&self, byte: u32, length: impl Fn(&str) -> usize) -> Position {
        let line = self.line_at(byte);
        let end = self.text.floor_char_boundary(byte as usize);
        let before = self.text.get(self.start(line) as usize..end).unwrap_or_default();
        // Editors do not count the byte order mark.
        let before = if line == 1 { before.strip_prefix('\u{feff}').unwrap_or(before) } else { before };
        Position { line, column: length(before) + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_lines_and_columns() {
        let lines = Lines::new("\u{feff}a: é😀x\r\nb\rc\n\nd");
        for (byte, line, column, utf16) in [
            (0, 1, 1, 1),
            (3, 1, 1, 1),
            (6, 1, 4, 4),
            (8, 1, 5, 5),
            (12, 1, 6, 7),
            (10, 1, 5, 5),
            (15, 2, 1, 1),
            (17, 2, 3, 3),
            (19, 3, 1, 1),
            (20, 4, 1, 1),
            (99, 4, 2, 2),
        ] {
            assert_eq!(lines.position(byte), Position { line, column }, "byte {byte}");
            assert_eq!(lines.position_utf16(byte), Position { line, column: utf16 }, "byte {byte}");
        }
    }

    #[test]
    fn lines_come_without_their_breaks() {
        let lines = Lines::new("a\r\nb\rc\n\nd\n");
        let all: Vec<_> = (0..=6).map(|line| lines.line(line)).collect();
        assert_eq!(all, ["", "a", "b\rc", "", "d", "", ""]);
        assert_eq!(lines.count(), 5);
    }
}
