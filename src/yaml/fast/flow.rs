//! Collections in brackets: JSON, and YAML's looser version of it.

use super::{Line, MAX_DEPTH, MAX_KEY, Outcome, Reader, Unusual};
use crate::yaml::scalar::is_null_word;
use crate::yaml::tree::{Kind, Style};

/// An open bracket, and what may come next inside it.
#[derive(Clone, Copy)]
struct Bracket {
    kind: Kind,
    expects: Expects,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expects {
    /// A key or item, or the closing bracket.
    EntryOrEnd,
    /// The colon after a key; whether the key was in quotes.
    Colon { quoted: bool },
    /// The value after a colon.
    Value,
    /// A comma or the closing bracket.
    CommaOrEnd,
}

impl Bracket {
    fn is_closed_by(self, byte: u8) -> bool {
        byte == if self.kind == Kind::Mapping { b'}' } else { b']' }
    }

    fn expects_key(self) -> bool {
        self.kind == Kind::Mapping && self.expects == Expects::EntryOrEnd
    }

    /// What comes after a scalar or a collection inside this bracket.
    fn after_node(self, quoted: bool) -> Expects {
        if self.expects_key() { Expects::Colon { quoted } } else { Expects::CommaOrEnd }
    }
}

impl Reader<'_> {
    pub(super) fn flow(&mut self, at: usize, line: Line) -> Outcome {
        let end = self.flow_collection(at)?;
        if end <= line.end {
            return self.finish_line(end, line);
        }
        let (line_end, next) = self.line_end(end);
        self.next = next;
        self.finish_line(end, Line { end: line_end, next, ..line })
    }

    /// Reads from the opening bracket at `at` to the closing one and gives the end. Never looks for line ends: a
    /// minified file is one line.
    fn flow_collection(&mut self, at: usize) -> Outcome<usize> {
        let mut open = Vec::new();
        let mut at = at;
        loop {
            at = self.flow_token(at, &mut open)?;
            if open.is_empty() {
                return Ok(at);
            }
            at = self.skip_flow_blanks(at, open.last())?;
        }
    }

    /// Spaces, tabs, line breaks and comments. A YAML key and its colon stand on one line.
    fn skip_flow_blanks(&mut self, at: usize, bracket: Option<&Bracket>) -> Outcome<usize> {
        let awaits_colon = bracket.is_some_and(|bracket| matches!(bracket.expects, Expects::Colon { .. }));
        let mut at = at;
        loop {
            match self.byte(at) {
                b'\n' if self.is_marker_at(at + 1) || !self.json && awaits_colon => return Err(Unusual),
                b' ' | b'\n' => at = self.skip_spaces(at + 1, self.bytes.len()),
                b'\t' | b'\r' => at += 1,
                b'#' => {
                    let (end, _) = self.line_end(at);
                    self.builder.comment(at..end);
                    at = end;
                }
                _ => return Ok(at),
            }
        }
    }

    /// Reads one token and gives its end.
    fn flow_token(&mut self, at: usize, open: &mut Vec<Bracket>) -> Outcome<usize> {
        let byte = self.byte(at);
        let Some(bracket) = open.last_mut() else { return self.open_bracket(at, open) };
        match bracket.expects {
            Expects::Colon { quoted } => {
                let spaced = matches!(self.byte(at + 1), b' ' | b'\n' | b'\r' | b'\t');
                if byte != b':' || !(spaced || quoted) {
                    return Err(Unusual);
                }
                bracket.expects = Expects::Value;
                Ok(at + 1)
            }
            Expects::CommaOrEnd if byte == b',' => {
                bracket.expects = Expects::EntryOrEnd;
                Ok(at + 1)
            }
            Expects::CommaOrEnd | Expects::EntryOrEnd if bracket.is_closed_by(byte) => {
                open.pop();
                self.builder.close(at + 1);
                Ok(at + 1)
            }
            Expects::CommaOrEnd => Err(Unusual),
            Expects::EntryOrEnd | Expects::Value => self.flow_node(at, open),
        }
    }

    fn flow_node(&mut self, at: usize, open: &mut Vec<Bracket>) -> Outcome<usize> {
        let Some(bracket) = open.last_mut() else { return Err(Unusual) };
        let key = bracket.expects_key();
        let (end, quoted) = match self.byte(at) {
            b'{' | b'[' if key => return Err(Unusual),
            b'{' | b'[' => {
                bracket.expects = Expects::CommaOrEnd;
                return self.open_bracket(at, open);
            }
            b'"' | b'\'' => (self.flow_quoted(at)?, true),
            _ => (self.flow_plain(at, key)?, false),
        };
        if key && !self.json && end - at > MAX_KEY {
            return Err(Unusual);
        }
        bracket.expects = bracket.after_node(quoted);
        Ok(end)
    }

    fn open_bracket(&mut self, at: usize, open: &mut Vec<Bracket>) -> Outcome<usize> {
        let kind = match self.byte(at) {
            b'{' => Kind::Mapping,
            b'[' => Kind::Sequence,
            _ => return Err(Unusual),
        };
        if self.levels.len() + open.len() >= MAX_DEPTH {
            return Err(Unusual);
        }
        self.builder.open(at, kind);
        open.push(Bracket { kind, expects: Expects::EntryOrEnd });
        Ok(at + 1)
    }

    fn flow_quoted(&mut self, at: usize) -> Outcome<usize> {
        let end = self.closing_quote(at, self.bytes.len()).ok_or(Unusual)?;
        if self.find(b'\n', at, end).is_some() {
            return Err(Unusual);
        }
        self.quoted_in_line(at, end)?;
        Ok(end)
    }

    /// A plain scalar in brackets: numbers, words and the like, on one line.
    fn flow_plain(&mut self, at: usize, key: bool) -> Outcome<usize> {
        let first = self.byte(at);
        let negative = first == b'-' && !matches!(self.byte(at + 1), b' ' | b'\t' | b'\r' | b'\n');
        if !(negative
            || first.is_ascii_alphanumeric()
            || matches!(first, b'/' | b'_' | b'.' | b'$' | b'~' | b'+'))
        {
            return Err(Unusual);
        }
        let mut stop = at;
        loop {
            match self.byte(stop) {
                b',' | b']' | b'}' | b'\n' | b'\r' => break,
                b':' if matches!(self.byte(stop + 1), b' ' | b'\t' | b'\n' | b'\r') => break,
                b':' if matches!(self.byte(stop + 1), b',' | b']' | b'}' | b'[' | b'{') => {
                    return Err(Unusual);
                }
                0 | b'[' | b'{' | b'#' => return Err(Unusual),
                _ => stop += 1,
            }
        }
        let end = self.trim_blanks(at, stop);
        let text = self.source.get(at..end).ok_or(Unusual)?;
        if key && is_null_word(text) {
            return Err(Unusual);
        }
        self.slice(at, end, at..end, Style::Plain);
        Ok(end)
    }
}
