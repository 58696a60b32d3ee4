//! Plain scalars: without quotes, on one line or folded over several.

use super::{Line, Outcome, Reader, Unusual};
use crate::yaml::tree::Style;

/// What ends a plain scalar on its line.
pub(super) struct Extent {
    /// The colon that makes it a key.
    pub(super) colon: Option<usize>,
    /// Where a comment starts.
    comment: Option<usize>,
}

impl Reader<'_> {
    pub(super) fn plain(&mut self, at: usize, line: Line) -> Outcome {
        let (end, commented) = self.plain_in_line(at, line)?;
        match self.continuation()? {
            None => {
                self.slice(at, end, at..end, Style::Plain);
                Ok(())
            }
            Some(_) if commented => Err(Unusual),
            Some(_) => self.plain_lines(at, end),
        }
    }

    /// How far the plain scalar at `at` goes, and whether a comment follows it.
    fn plain_in_line(&mut self, at: usize, line: Line) -> Outcome<(usize, bool)> {
        let extent = self.plain_extent(at, line.end)?;
        if extent.colon.is_some() {
            return Err(Unusual);
        }
        if let Some(comment) = extent.comment {
            self.builder.comment(comment..line.end);
        }
        let end = self.trim_blanks(at, extent.comment.unwrap_or(line.end));
        Ok((end, extent.comment.is_some()))
    }

    /// Finds what ends the plain scalar at `at` before the end of its line.
    pub(super) fn plain_extent(&self, at: usize, end: usize) -> Outcome<Extent> {
        if !self.starts_plain(at, end) {
            return Err(Unusual);
        }
        self.plain_stop(at, end)
    }

    fn plain_stop(&self, at: usize, end: usize) -> Outcome<Extent> {
        let mut from = at;
        while let Some(stop) = self.find2(b':', b'#', from, end) {
            if self.byte(stop) == b'#' {
                if stop > at && matches!(self.byte(stop - 1), b' ' | b'\t') {
                    return Ok(Extent { colon: None, comment: Some(stop) });
                }
            } else if stop + 1 >= end || self.byte(stop + 1) == b' ' {
                return Ok(Extent { colon: Some(stop), comment: None });
            } else if self.byte(stop + 1) == b'\t' {
                return Err(Unusual);
            }
            from = stop + 1;
        }
        Ok(Extent { colon: None, comment: None })
    }

    /// Whether a plain scalar can start with what stands at `at`. `<<` merges; the full parser does that.
    fn starts_plain(&self, at: usize, end: usize) -> bool {
        let next = if at + 1 < end { self.byte(at + 1) } else { b' ' };
        match self.byte(at) {
            b'&' | b'*' | b'!' | b'%' | b'@' | b'`' | b'#' | b'|' | b'>' | b'\'' | b'"' | b'{' | b'}'
            | b'[' | b']' | b',' => false,
            b'<' => next != b'<',
            b'-' | b'?' | b':' => !matches!(next, b' ' | b'\t'),
            first => first > b' ',
        }
    }

    /// The next line, if it goes on with the plain scalar that was read so far.
    fn continuation(&self) -> Outcome<Option<Line>> {
        let mut start = self.next;
        loop {
            let content = self.skip_spaces(start, self.bytes.len());
            match self.byte(content) {
                // There is no carriage return by itself.
                b'\n' | b'\r' => start = self.line_end(content).1,
                b'\t' => return Err(Unusual),
                // The end of the text.
                b'#' | 0 => return Ok(None),
                _ => {
                    let is_inside = self.parent_indent().is_none_or(|indent| content - start > indent);
                    return Ok(is_inside.then(|| self.line_at(start)).flatten());
                }
            }
        }
    }

    /// Reads the further lines of a plain scalar: a line break is a space, blank lines are line breaks.
    fn plain_lines(&mut self, at: usize, first_end: usize) -> Outcome {
        let from = self.builder.arena().len();
        self.append(at, first_end);
        let mut end = first_end;
        while let Some(line) = self.continuation()? {
            let blank = self.blank_lines_before(line);
            self.next = line.next;
            match blank {
                0 => self.builder.arena().push(' '),
                _ => self.append_breaks(blank),
            }
            let stop = self.plain_stop(line.content, line.end)?;
            if stop.colon.is_some() || stop.comment.is_some() {
                return Err(Unusual);
            }
            end = self.trim_blanks(line.content, line.end);
            self.append(line.content, end);
        }
        self.folded(at..end, from, Style::Plain);
        Ok(())
    }

    /// The number of lines from where reading stopped up to `line`; all of them are blank.
    fn blank_lines_before(&self, line: Line) -> usize {
        self.bytes.get(self.next..line.start).map_or(0, |blank| memchr::memchr_iter(b'\n', blank).count())
    }
}
