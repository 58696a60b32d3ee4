//! The fast path: one pass over the lines of what almost every manifest is made of.
//!
//! It reads block mappings and sequences, plain, quoted and block scalars, comments and JSON, and it stops at anything
//! else: anchors, tags, `? `, odd tabs, directives, and whatever is not YAML. The full parser then reads the document,
//! or says what is wrong with it. What the fast path accepts it reads exactly as kubectl does; tests compare it with
//! the full parser and with libyaml.
//!
//! Nothing recurses and every byte is looked at a bounded number of times.

mod block_scalar;
mod entry;
mod escape;
mod flow;
mod plain;
mod quoted;

use std::ops::Range;

use super::characters;
use super::tree::{Kind, Style, Tag, TreeBuilder, Value};

/// Deeper nesting is left to the full parser, which knows the limit.
const MAX_DEPTH: usize = 200;

/// Longer keys are left to the full parser: YAML allows 1024 characters, JSON any number.
const MAX_KEY: usize = 1000;

/// Something that the fast path does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unusual;

type Outcome<T = ()> = Result<T, Unusual>;

/// Reads one document.
///
/// # Errors
/// If something is in it that only the full parser understands, or nobody.
pub(super) fn parse(source: &str) -> Outcome<TreeBuilder> {
    let mut reader = Reader::new(source)?;
    reader.document()?;
    Ok(reader.builder)
}

/// Whether kubectl tries its JSON decoder on `source` before YAML: the first byte that is not blank is `{`.
pub(super) fn is_json(source: &str) -> bool {
    source.bytes().find(|byte| !byte.is_ascii_whitespace()) == Some(b'{')
}

struct Reader<'s> {
    source: &'s str,
    bytes: &'s [u8],
    builder: TreeBuilder,
    /// Open block collections, outermost first.
    levels: Vec<Level>,
    /// Start of the line after the one that is read.
    next: usize,
    /// Whether the root has begun: there is only one.
    rooted: bool,
    /// Whether kubectl would read JSON here, with its longer keys and its escapes.
    json: bool,
}

/// An open block collection.
#[derive(Clone, Copy)]
struct Level {
    kind: Kind,
    /// The column of its entries.
    indent: usize,
    /// Where a value is awaited: after `key:` or `-`.
    awaits: Option<usize>,
}

/// A line: where it starts, where its first byte that is no space stands, where its text ends (line break excluded)
/// and where the next one starts.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    content: usize,
    end: usize,
    next: usize,
}

impl Line {
    fn indent(self) -> usize {
        self.content - self.start
    }

    fn is_blank(self) -> bool {
        self.content >= self.end
    }
}

impl<'s> Reader<'s> {
    fn new(source: &'s str) -> Outcome<Self> {
        if characters::oddities(source).next().is_some() {
            return Err(Unusual);
        }
        Ok(Self {
            source,
            bytes: source.as_bytes(),
            builder: TreeBuilder::new(source.len()),
            levels: Vec::with_capacity(16),
            next: 0,
            rooted: false,
            json: is_json(source),
        })
    }
}

impl Reader<'_> {
    fn document(&mut self) -> Outcome {
        while let Some(line) = self.line_at(self.next) {
            self.next = line.next;
            if line.is_blank() {
                continue;
            }
            match self.byte(line.content) {
                b'#' => self.builder.comment(line.content..line.end),
                b'\t' => return Err(Unusual),
                _ => self.line(line)?,
            }
        }
        while !self.levels.is_empty() {
            self.close();
        }
        Ok(())
    }

    fn line(&mut self, line: Line) -> Outcome {
        if self.is_marker(line) || self.byte(line.start) == b'%' {
            return Err(Unusual);
        }
        let dash = self.is_dash(line.content, line.end);
        self.leave(line.indent(), dash);
        if self.levels.is_empty() && std::mem::replace(&mut self.rooted, true) {
            return Err(Unusual);
        }
        self.node(line)
    }

    /// Closes the collections that a line at this indentation does not belong to.
    fn leave(&mut self, indent: usize, dash: bool) {
        while let Some(level) = self.levels.last() {
            let same = level.indent == indent && (dash || level.kind == Kind::Mapping);
            if same || level.indent < indent {
                break;
            }
            self.close();
        }
    }

    fn close(&mut self) {
        self.fill_with_null();
        self.levels.pop();
        self.builder.close_block();
    }

    /// Puts null where a value is still awaited.
    fn fill_with_null(&mut self) {
        if let Some(at) = self.levels.last_mut().and_then(|level| level.awaits.take()) {
            self.slice(at, at, at..at, Style::Plain);
        }
    }

    /// Adds a scalar that stands at `start..end` and whose value is a part of the text.
    fn slice(&mut self, start: usize, end: usize, value: Range<usize>, style: Style) {
        self.builder.scalar(start..end, Value::Slice(value.start, value.end), style, Tag::None);
    }

    /// Adds a scalar whose value was written to the arena from `from` on.
    fn folded(&mut self, bytes: Range<usize>, from: usize, style: Style) {
        self.builder.scalar(bytes, Value::Arena(from), style, Tag::None);
    }

    /// Appends a part of the text to the arena.
    fn append(&mut self, start: usize, end: usize) {
        self.builder.arena().push_str(self.source.get(start..end).unwrap_or_default());
    }

    fn append_breaks(&mut self, count: usize) {
        self.builder.arena().extend(std::iter::repeat_n('\n', count));
    }

    /// The byte at `at`; zero, which no text here has, past the end.
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn find(&self, needle: u8, start: usize, end: usize) -> Option<usize> {
        memchr::memchr(needle, self.bytes.get(start..end)?).map(|at| start + at)
    }

    fn find2(&self, one: u8, other: u8, start: usize, end: usize) -> Option<usize> {
        memchr::memchr2(one, other, self.bytes.get(start..end)?).map(|at| start + at)
    }

    /// The line that starts at `start`; `None` at the end of the text.
    fn line_at(&self, start: usize) -> Option<Line> {
        if start >= self.bytes.len() {
            return None;
        }
        let (end, next) = self.line_end(start);
        Some(Line { start, content: self.skip_spaces(start, end), end, next })
    }

    /// Where the text of the line around `at` ends, and where the next line starts.
    fn line_end(&self, at: usize) -> (usize, usize) {
        match self.find(b'\n', at, self.bytes.len()) {
            Some(end) if end > at && self.byte(end - 1) == b'\r' => (end - 1, end + 1),
            Some(end) => (end, end + 1),
            None => (self.bytes.len(), self.bytes.len()),
        }
    }

    fn skip_spaces(&self, at: usize, end: usize) -> usize {
        const SPACES: u64 = u64::from_le_bytes([b' '; 8]);
        let Some(mut rest) = self.bytes.get(at..end) else { return at };
        while let Some((eight, more)) = rest.split_first_chunk::<8>() {
            let others = u64::from_le_bytes(*eight) ^ SPACES;
            if others != 0 {
                return end - rest.len() + others.trailing_zeros() as usize / 8;
            }
            rest = more;
        }
        end - rest.len() + rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len())
    }

    /// The end of `start..end` without the spaces and tabs at its end.
    fn trim_blanks(&self, start: usize, end: usize) -> usize {
        let text = self.bytes.get(start..end).unwrap_or_default();
        start + text.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1)
    }

    /// Whether a `-` stands at `at` that begins an item.
    fn is_dash(&self, at: usize, end: usize) -> bool {
        self.byte(at) == b'-' && (at + 1 >= end || self.byte(at + 1) == b' ')
    }

    /// Whether the line is `---` or `...`, with or without something after it.
    fn is_marker(&self, line: Line) -> bool {
        matches!(self.byte(line.start), b'-' | b'.') && self.is_marker_at(line.start)
    }

    fn is_marker_at(&self, at: usize) -> bool {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let dots = rest.strip_prefix(b"...").or_else(|| rest.strip_prefix(b"---"));
        dots.is_some_and(|rest| matches!(rest.first(), None | Some(b' ' | b'\t' | b'\r' | b'\n')))
    }

    /// Skips what may stand between a token that ends at `at` and the end of its line: spaces, and a comment. Gives
    /// the place of anything else.
    fn skip_to_content(&mut self, at: usize, line: Line) -> Outcome<Option<usize>> {
        let content = self.skip_spaces(at, line.end);
        if content >= line.end {
            return Ok(None);
        }
        match self.byte(content) {
            // To kubectl it needs no space before it.
            b'#' => {
                self.builder.comment(content..line.end);
                Ok(None)
            }
            b'\t' => Err(Unusual),
            _ => Ok(Some(content)),
        }
    }

    /// After a value only a comment may follow.
    fn finish_line(&mut self, at: usize, line: Line) -> Outcome {
        match self.skip_to_content(at, line)? {
            None => Ok(()),
            Some(_) => Err(Unusual),
        }
    }
}
