//! Lines, together with those that continue them.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::{memchr, memrchr};

use super::folded;

/// What a line is looked for by: short texts without line breaks. `None` cannot be: they are few.
pub(super) type Needles = LazyLock<Option<AhoCorasick>>;

/// The needles of a list.
pub(super) fn needles(texts: &[&str]) -> Option<AhoCorasick> {
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(texts).ok()
}

/// The lines, each with those that continue it, that hold one of the `needles`; in the order of the text, none twice.
pub(super) fn with_needles(text: &str, needles: &Needles) -> Vec<Range<usize>> {
    // Of those that overlap one is enough: they stand on one line.
    let hits: Vec<_> =
        needles.iter().flat_map(|finder| finder.find_iter(text)).map(|found| found.start()).collect();
    let paragraphs = if hits.is_empty() { Vec::new() } else { folded::paragraphs(text) };
    let mut lines = Vec::new();
    let mut done = 0;
    for at in hits {
        if at >= done {
            let paragraph =
                folded::around(&paragraphs, at).map(|paragraph| paragraph.start.max(done)..paragraph.end);
            let line = paragraph.unwrap_or_else(|| around(text, done, at));
            done = line.end;
            lines.push(line);
        }
    }
    lines
}

/// The line that holds `at`, with those that it continues and that continue it, not before `done`.
fn around(text: &str, done: usize, at: usize) -> Range<usize> {
    start(text, done, at)..end(text, at)
}

/// The start of the line that holds `at` and of those it continues, not before `done`.
fn start(text: &str, done: usize, at: usize) -> usize {
    let mut start = at;
    loop {
        let before = text.as_bytes().get(done..start).unwrap_or_default();
        let Some(newline) = memrchr(b'\n', before) else { return done };
        if !is_continued(last_line(before.get(..newline).unwrap_or_default())) {
            return done + newline + 1;
        }
        start = done + newline;
    }
}

/// The end of the line that holds `at` and of those that continue it, without the last newline.
fn end(text: &str, at: usize) -> usize {
    let mut start = memrchr(b'\n', text.as_bytes().get(..at).unwrap_or_default()).map_or(0, |at| at + 1);
    let mut from = at;
    while let Some(newline) = memchr(b'\n', text.as_bytes().get(from..).unwrap_or_default()) {
        let newline = from + newline;
        if !is_continued(text.as_bytes().get(start..newline).unwrap_or_default()) {
            return newline;
        }
        (start, from) = (newline + 1, newline + 1);
    }
    text.len()
}

fn last_line(text: &[u8]) -> &[u8] {
    let start = memrchr(b'\n', text).map_or(0, |at| at + 1);
    text.get(start..).unwrap_or_default()
}

/// Whether the line goes on behind its end: a backslash; the backtick of PowerShell, which a blank comes before (the
/// one of Markdown follows a word); or the `|` of a pipe, which is neither the one of a block scalar nor of a table.
pub(super) fn is_continued(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let is_pipe = |command: &[u8]| {
        !command.ends_with(b":") && !command.ends_with(b"-") && !line.trim_ascii_start().starts_with(b"|")
    };
    line.ends_with(b"\\")
        || line.ends_with(b" `")
        || line.strip_suffix(b" |").is_some_and(|command| is_pipe(command.trim_ascii_end()))
}
