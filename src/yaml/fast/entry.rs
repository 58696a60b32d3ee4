//! Entries of block collections: `- item`, `key: value`.

use super::{Level, Line, MAX_DEPTH, MAX_KEY, Outcome, Reader, Unusual};
use crate::yaml::scalar::is_null_word;
use crate::yaml::tree::{Kind, Style};

/// A key: where its text ends and where the colon does.
struct Key {
    end: usize,
    after: usize,
}

impl Reader<'_> {
    /// Reads a line from its first byte that is no space: items one after the other (`- - a`), then an entry or a
    /// value.
    pub(super) fn node(&mut self, line: Line) -> Outcome {
        let mut at = line.content;
        while self.is_dash(at, line.end) {
            self.enter(Kind::Sequence, at, at - line.start, at + 1)?;
            match self.skip_to_content(at + 1, line)? {
                Some(content) => at = content,
                None => return Ok(()),
            }
        }
        if let Some(key) = self.key(at, line.end)? {
            return self.entry(at, &key, line);
        }
        // A value on a line of its own must stand deeper than what it belongs to.
        match self.levels.last() {
            Some(level) if level.indent >= at - line.start => Err(Unusual),
            _ => self.value(at, line),
        }
    }

    fn entry(&mut self, at: usize, key: &Key, line: Line) -> Outcome {
        self.enter(Kind::Mapping, at, at - line.start, key.after)?;
        match self.byte(at) {
            b'"' | b'\'' => self.quoted_in_line(at, key.end)?,
            _ => self.slice(at, key.end, at..key.end, Style::Plain),
        }
        match self.skip_to_content(key.after, line)? {
            Some(content) if self.is_dash(content, line.end) => Err(Unusual),
            Some(content) => self.value(content, line),
            None => Ok(()),
        }
    }

    /// Adds an entry, whose value is awaited at `awaits`, to the collection in this column, or opens one.
    fn enter(&mut self, kind: Kind, at: usize, column: usize, awaits: usize) -> Outcome {
        match self.levels.last_mut() {
            Some(level) if level.kind == kind && level.indent == column => {
                self.fill_with_null();
                if let Some(level) = self.levels.last_mut() {
                    level.awaits = Some(awaits);
                }
                return Ok(());
            }
            Some(level) => {
                let indentless =
                    kind == Kind::Sequence && level.kind == Kind::Mapping && level.indent == column;
                let inside = level.indent < column || indentless;
                if !inside || level.awaits.take().is_none() {
                    return Err(Unusual);
                }
            }
            None => {}
        }
        if self.levels.len() >= MAX_DEPTH {
            return Err(Unusual);
        }
        self.builder.open(at, kind);
        self.levels.push(Level { kind, indent: column, awaits: Some(awaits) });
        Ok(())
    }

    /// The key that starts at `at`, if what stands there is one.
    fn key(&self, at: usize, end: usize) -> Outcome<Option<Key>> {
        let key = match self.byte(at) {
            b'{' | b'[' | b'|' | b'>' => None,
            b'"' | b'\'' => self.quoted_key(at, end),
            _ => self.plain_key(at, end)?,
        };
        match key {
            Some(key) if key.after - at > MAX_KEY => Err(Unusual),
            key => Ok(key),
        }
    }

    fn quoted_key(&self, at: usize, end: usize) -> Option<Key> {
        let close = self.closing_quote(at, end)?;
        let colon = self.skip_spaces(close, end);
        let followed = colon + 1 >= end || self.byte(colon + 1) == b' ';
        (colon < end && self.byte(colon) == b':' && followed).then_some(Key { end: close, after: colon + 1 })
    }

    fn plain_key(&self, at: usize, end: usize) -> Outcome<Option<Key>> {
        let Some(colon) = self.plain_extent(at, end)?.colon else { return Ok(None) };
        let key_end = self.trim_blanks(at, colon);
        let key = self.source.get(at..key_end).ok_or(Unusual)?;
        // kubectl refuses null as a key; the full parser says so.
        if is_null_word(key) || self.byte(colon - 1) == b'\t' {
            return Err(Unusual);
        }
        Ok(Some(Key { end: key_end, after: colon + 1 }))
    }

    fn value(&mut self, at: usize, line: Line) -> Outcome {
        let first = self.byte(at);
        match self.levels.last_mut() {
            Some(level) => level.awaits.take().map(|_| ()).ok_or(Unusual)?,
            // A document that is a single scalar is no manifest.
            None if !matches!(first, b'{' | b'[') => return Err(Unusual),
            None => {}
        }
        match first {
            b'|' | b'>' => self.block_scalar(at, line),
            b'"' | b'\'' => self.quoted(at, line),
            b'{' | b'[' => self.flow(at, line),
            _ => self.plain(at, line),
        }
    }

    /// The column that what belongs to the innermost collection's awaited value must be right of.
    pub(super) fn parent_indent(&self) -> Option<usize> {
        self.levels.last().map(|level| level.indent)
    }
}
