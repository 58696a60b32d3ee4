//! Scalars in single and double quotes, on one line or folded over several.

use super::escape::unescape;
use super::{Line, Outcome, Reader, Unusual};
use crate::yaml::tree::Style;

impl Reader<'_> {
    pub(super) fn quoted(&mut self, at: usize, line: Line) -> Outcome {
        match self.closing_quote(at, line.end) {
            Some(end) => {
                self.quoted_in_line(at, end)?;
                self.finish_line(end, line)
            }
            None => self.quoted_lines(at, line),
        }
    }

    /// The end of the quoted scalar that starts at `at`, if it ends before `end`.
    pub(super) fn closing_quote(&self, at: usize, end: usize) -> Option<usize> {
        self.quote_from(at + 1, end, self.byte(at) == b'"').map(|close| close + 1)
    }

    /// The place of the closing quote, in text that starts inside the quotes.
    fn quote_from(&self, from: usize, end: usize, double: bool) -> Option<usize> {
        let mut from = from;
        loop {
            let (stop, escaped) = if double {
                let stop = self.find2(b'"', b'\\', from, end)?;
                (stop, self.byte(stop) == b'\\')
            } else {
                let stop = self.find(b'\'', from, end)?;
                (stop, stop + 1 < end && self.byte(stop + 1) == b'\'')
            };
            if !escaped {
                return Some(stop);
            }
            from = stop + 2;
        }
    }

    /// Adds the scalar that stands, quotes included, at `start..end` of one line.
    pub(super) fn quoted_in_line(&mut self, start: usize, end: usize) -> Outcome {
        let double = self.byte(start) == b'"';
        let style = if double { Style::Double } else { Style::Single };
        let inner = start + 1..end - 1;
        let escape = if double { b'\\' } else { b'\'' };
        if self.find(escape, inner.start, inner.end).is_none() {
            self.slice(start, end, inner, style);
            return Ok(());
        }
        let from = self.builder.arena().len();
        self.append_unquoted(inner.start, inner.end, double)?;
        self.folded(start..end, from, style);
        Ok(())
    }

    /// Appends what stands at `start..end` inside quotes, escapes resolved.
    fn append_unquoted(&mut self, start: usize, end: usize, double: bool) -> Outcome {
        let text = self.source.get(start..end).ok_or(Unusual)?;
        if double {
            return unescape(text, self.json, self.builder.arena());
        }
        let mut parts = text.split("''");
        self.builder.arena().push_str(parts.next().unwrap_or_default());
        for part in parts {
            let arena = self.builder.arena();
            arena.push('\'');
            arena.push_str(part);
        }
        Ok(())
    }

    /// Reads a quoted scalar that does not end on its first line. kubectl does not mind how its lines are indented.
    fn quoted_lines(&mut self, at: usize, first: Line) -> Outcome {
        let double = self.byte(at) == b'"';
        let from = self.builder.arena().len();
        let mut escaped = self.append_open_line(at + 1, first.end, double)?;
        let mut blank = 0;
        while let Some(line) = self.line_at(self.next) {
            if self.is_marker(line) {
                return Err(Unusual);
            }
            self.next = line.next;
            let content = self.skip_blanks(line.content, line.end);
            let close = self.quote_from(content, line.end, double);
            if content >= line.end && close.is_none() {
                blank += 1;
                continue;
            }
            match blank {
                0 if escaped => {}
                0 => self.builder.arena().push(' '),
                _ => self.append_breaks(blank),
            }
            if let Some(close) = close {
                self.append_unquoted(content, close, double)?;
                let style = if double { Style::Double } else { Style::Single };
                self.folded(at..close + 1, from, style);
                return self.finish_line(close + 1, line);
            }
            escaped = self.append_open_line(content, line.end, double)?;
            blank = 0;
        }
        Err(Unusual)
    }

    /// Appends a line inside quotes, without the blanks at its end. Whether the line break after it is escaped.
    fn append_open_line(&mut self, start: usize, end: usize, double: bool) -> Outcome<bool> {
        let line = self.bytes.get(start..end).unwrap_or_default();
        let backslashes = line.iter().rev().take_while(|byte| **byte == b'\\').count();
        if double && backslashes % 2 == 1 {
            self.append_unquoted(start, end - 1, double)?;
            return Ok(true);
        }
        let trimmed = self.trim_blanks(start, end);
        // An escaped blank would have to stay.
        if double && trimmed < end && trimmed > start && self.byte(trimmed - 1) == b'\\' {
            return Err(Unusual);
        }
        self.append_unquoted(start, trimmed, double)?;
        Ok(false)
    }

    fn skip_blanks(&self, at: usize, end: usize) -> usize {
        let rest = self.bytes.get(at..end).unwrap_or_default();
        at + rest.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(rest.len())
    }
}
