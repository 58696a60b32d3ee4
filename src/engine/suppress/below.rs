//! What stands below a comment in a script or in documentation: a command, or a block of code.

use std::ops::RangeInclusive;

use crate::script::{Language, Script};

/// Looks below comments, which come in the order of the text. Those that stand above the same line are gone through
/// once.
pub(super) struct Below<'s, 't> {
    script: &'s Script<'t>,
    last: Option<Found>,
}

/// What was found below a comment.
struct Found {
    /// From the end of the comment to the start of the line below, that one included.
    above: RangeInclusive<usize>,
    /// Whether the comment stands in a block of code.
    is_code: bool,
    /// Where what stands below ends.
    end: usize,
}

impl<'s, 't> Below<'s, 't> {
    pub(super) fn new(script: &'s Script<'t>) -> Self {
        Self { script, last: None }
    }

    /// The end of what a comment covers that ends at byte `from` of the script's text: of the next command, with the
    /// lines that belong to it; in documentation, of the block of code that begins there.
    pub(super) fn end(&mut self, from: usize) -> usize {
        let is_code = self.script.code_block(from.saturating_sub(1)).is_some();
        let is_known = |found: &Found| found.above.contains(&from) && found.is_code == is_code;
        self.last.take_if(|found| !is_known(found));
        self.last.get_or_insert_with(|| look(self.script, from, is_code)).end
    }
}

fn look(script: &Script<'_>, from: usize, is_code: bool) -> Found {
    let may_be_apart = script.language.is_documentation() && !is_code;
    let mut start = from;
    for line in script.text.as_str().get(from..).unwrap_or_default().split_inclusive('\n') {
        let end = start + line.len();
        let is_apart = may_be_apart && (line.trim().is_empty() || is_attribute(script, line));
        if !is_apart && !line.contains("saudit: ignore[") {
            let block = block_end(script, line, start, end).filter(|_| !is_code);
            let end = block.unwrap_or_else(|| script.statement(start).end);
            return Found { above: from..=start, is_code, end };
        }
        start = end;
    }
    Found { above: from..=start, is_code, end: start }
}

/// The title of a block of AsciiDoc, or its attributes. <https://docs.asciidoctor.org/asciidoc/latest/blocks/>
fn is_attribute(script: &Script<'_>, line: &str) -> bool {
    let line = line.trim_end();
    let is_title =
        || line.strip_prefix('.').is_some_and(|title| !title.starts_with(['.', ' ']) && !title.is_empty());
    script.language == Language::Prose && (line.starts_with('[') && line.ends_with(']') || is_title())
}

/// The end of the block of code that begins with a line.
fn block_end(script: &Script<'_>, line: &str, start: usize, end: usize) -> Option<usize> {
    let text = script.text.as_str();
    match script.language {
        Language::Markdown => {
            let fenced = script.code_block(end).filter(|block| block.is_fenced && block.range.start == end);
            // The closing fence belongs to it.
            let fenced = fenced.map(|block| script.statement(block.range.end).end);
            fenced.or_else(|| script.code_block(start).map(|block| block.range.end))
        }
        Language::Prose => delimited(text, line, end).or_else(|| directive(text, line, end)),
        _ => None,
    }
}

/// A block between two equal lines of `-` or `.`, as AsciiDoc has it. One without an end goes to the end of the text.
fn delimited(text: &str, line: &str, end: usize) -> Option<usize> {
    let delimiter = line.trim_end();
    let is_delimiter = ['-', '.', '`'].iter().any(|mark| delimiter.chars().all(|c| c == *mark));
    if !is_delimiter || delimiter.len() < 3 {
        return None;
    }
    let mut at = end;
    for line in text.get(end..)?.split_inclusive('\n') {
        at += line.len();
        if line.trim_end() == delimiter {
            break;
        }
    }
    Some(at)
}

/// What is indented below a directive of reStructuredText, or below a paragraph that ends with `::`.
fn directive(text: &str, line: &str, end: usize) -> Option<usize> {
    let is_directive = line.trim_start().starts_with(".. ") || line.trim_end().ends_with("::");
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut last = end;
    let mut at = end;
    for below in text.get(end..)?.split_inclusive('\n').filter(|_| is_directive) {
        at += below.len();
        if !below.trim().is_empty() {
            if indent(below) <= indent(line) {
                break;
            }
            last = at;
        }
    }
    is_directive.then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::FileId;
    use crate::yaml::Text;

    #[test]
    fn comments_above_one_line_cover_the_same() {
        for (path, text) in [
            ("a.sh", "# saudit: ignore[a]\n# saudit: ignore[b]\n# saudit: ignore[c]\nb\nc\n"),
            ("a.md", "<!-- saudit: ignore[a] -->\n\n<!-- saudit: ignore[b] -->\n```\nb\n```\nc\n"),
            // In code it is the command, not the block.
            ("a.md", "<!-- saudit: ignore[a] -->\n\n    # saudit: ignore[b]\n    b\n    b\nc\n"),
            ("a.sh", "# saudit: ignore[a]\n# saudit: ignore[b]\n"),
        ] {
            let text = Text::slice(text, 0);
            let script = Script::new(FileId(0), path, &text);
            let mut below = Below::new(&script);
            for (at, _) in text.as_str().match_indices(']') {
                let line = text.as_str().get(at..).unwrap().find('\n').unwrap();
                let from = at + line + 1;
                assert_eq!(
                    below.end(from),
                    Below::new(&script).end(from),
                    "{path} {from}: {}",
                    text.as_str()
                );
            }
        }
    }
}
