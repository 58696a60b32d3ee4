//! Where single bytes of a text are, as people count.

use std::collections::HashMap;

use memchr::{memchr_iter, memrchr};

use super::Unit;
use super::lines::{Count, first_byte};

/// The places of some bytes of a text. Nothing of the text is kept.
#[derive(Debug, Default)]
pub(super) struct Positions(HashMap<u32, Position>);

/// A line from 1, and what stands before a byte on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) before: Count,
}

impl Position {
    /// The one behind `text`, which starts here.
    fn behind(self, text: &str) -> Self {
        let Some(last) = memrchr(b'\n', text.as_bytes()) else {
            return Self { before: self.before.add(text.as_bytes()), ..self };
        };
        let (lines, rest) = text.as_bytes().split_at_checked(last + 1).unwrap_or_default();
        Self { line: self.line + memchr_iter(b'\n', lines).count(), before: Count::default().add(rest) }
    }
}

impl Positions {
    /// Looks `bytes` of `text` up. Those that lie behind it or in a character have no place.
    pub(super) fn of(text: &str, mut bytes: Vec<u32>) -> Self {
        bytes.sort_unstable();
        bytes.dedup();
        let mut here = Position { line: 1, before: Count::default() };
        let mut done = first_byte(text);
        let mut found = HashMap::with_capacity(bytes.len());
        for byte in bytes {
            let at = byte as usize;
            if !text.is_char_boundary(at) {
                continue;
            }
            if let Some(between) = text.get(done..at) {
                here = here.behind(between);
                done = at;
            }
            found.insert(byte, here);
        }
        Self(found)
    }

    /// The place of one of the bytes.
    pub(super) fn at(&self, byte: u32) -> Option<Position> {
        self.0.get(&byte).copied()
    }

    /// The same as line and column, from 1.
    pub(super) fn get(&self, byte: u32, unit: Unit) -> Option<(usize, usize)> {
        self.at(byte).map(|position| (position.line, position.before.of(unit) + 1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::Lines;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn positions_are_those_of_the_index(text in r"\u{feff}?([a\n\r]|é|😀|\u{feff}){0,40}", bytes in prop::collection::vec(0..90_u32, 0..20)) {
            let lines = Lines::new(&text);
            let positions = Positions::of(&text, bytes.clone());
            for byte in bytes {
                let is_place = text.is_char_boundary(byte as usize);
                let index = is_place.then(|| lines.line_col_chars(&text, byte as usize));
                prop_assert_eq!(positions.get(byte, Unit::Chars), index);
                let index = is_place.then(|| lines.line_col_utf16(&text, byte as usize));
                prop_assert_eq!(positions.get(byte, Unit::Utf16), index);
            }
        }
    }
}
