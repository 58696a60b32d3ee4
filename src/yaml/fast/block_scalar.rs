//! Block scalars: `|` and `>`.

use super::{Line, Outcome, Reader, Unusual};
use crate::yaml::tree::Style;

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    /// `-`: none stays.
    Strip,
    /// One stays.
    Clip,
    /// `+`: all stay.
    Keep,
}

/// The first line: `|2-`.
struct Header {
    style: Style,
    chomp: Chomp,
    /// Indentation of the text relative to the parent's, if written.
    indent: Option<usize>,
}

impl Reader<'_> {
    pub(super) fn block_scalar(&mut self, at: usize, line: Line) -> Outcome {
        let (header, header_end) = self.block_header(at);
        self.finish_line(header_end, line)?;
        let indent = match header.indent {
            Some(indent) => self.parent_indent().unwrap_or(0) + indent,
            None => self.detect_indent()?,
        };
        let from = self.builder.arena().len();
        let end = self.block_lines(indent, &header)?;
        self.folded(at..end.unwrap_or(header_end), from, header.style);
        Ok(())
    }

    fn block_header(&self, at: usize) -> (Header, usize) {
        let style = if self.byte(at) == b'|' { Style::Literal } else { Style::Folded };
        let mut header = Header { style, chomp: Chomp::Clip, indent: None };
        let mut end = at + 1;
        loop {
            match self.byte(end) {
                b'-' if header.chomp == Chomp::Clip => header.chomp = Chomp::Strip,
                b'+' if header.chomp == Chomp::Clip => header.chomp = Chomp::Keep,
                digit @ b'1'..=b'9' if header.indent.is_none() => {
                    header.indent = Some(usize::from(digit - b'0'));
                }
                _ => return (header, end),
            }
            end += 1;
        }
    }

    /// The indentation of the text: that of its first line that is not blank, or of a longer blank line before it.
    fn detect_indent(&self) -> Outcome<usize> {
        let least = self.parent_indent().map_or(0, |indent| indent + 1);
        let mut longest = 0;
        let mut start = self.next;
        while let Some(line) = self.line_at(start) {
            start = line.next;
            if self.byte(line.content) == b'\t' {
                return Err(Unusual);
            }
            if !line.is_blank() {
                if longest > line.indent() && line.indent() >= least {
                    return Err(Unusual);
                }
                longest = longest.max(line.indent());
                break;
            }
            longest = longest.max(line.indent());
        }
        Ok(longest.max(least).max(1))
    }

    /// Appends the lines of text. Gives the end of the last one that is not blank.
    fn block_lines(&mut self, indent: usize, header: &Header) -> Outcome<Option<usize>> {
        let mut end = None;
        let mut any = false;
        let mut blank = 0;
        let mut folds = false;
        while let Some(line) = self.line_at(self.next) {
            let text = (line.start + indent).min(line.content);
            if line.content >= line.end && line.indent() <= indent {
                blank += 1;
                self.next = line.next;
                continue;
            }
            if line.indent() < indent {
                if self.byte(line.content) == b'\t' {
                    return Err(Unusual);
                }
                break;
            }
            let more_indented = matches!(self.byte(text), b' ' | b'\t');
            match blank {
                0 if any && header.style == Style::Folded && folds && !more_indented => {
                    self.builder.arena().push(' ');
                }
                _ if !any || header.style == Style::Folded && folds && !more_indented => {
                    self.append_breaks(blank);
                }
                _ => self.append_breaks(blank + 1),
            }
            self.append(text, line.end);
            folds = !more_indented;
            blank = 0;
            any = true;
            if !line.is_blank() {
                end = Some(line.end);
            }
            self.next = line.next;
        }
        match header.chomp {
            Chomp::Strip => {}
            Chomp::Clip => self.append_breaks(usize::from(any)),
            Chomp::Keep => self.append_breaks(usize::from(any) + blank),
        }
        Ok(end)
    }
}
