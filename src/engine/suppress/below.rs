//! What stands below a comment in a script or in documentation: a command, or a block of code.

use crate::script::{Language, Script};

/// Of so many lines between a comment and what it is about, nobody means the last.
const MOST_LINES: usize = 100;

/// The end of what a comment covers that ends at byte `from` of a script's text: of the next command, with the lines
/// that belong to it; in documentation, of the block of code that begins there.
pub(super) fn end(script: &Script<'_>, from: usize) -> usize {
    let is_code = script.code_block(from.saturating_sub(1)).is_some();
    let may_be_apart = script.language.is_documentation() && !is_code;
    let mut start = from;
    let below = script.text.as_str().get(from..).unwrap_or_default();
    for line in below.split_inclusive('\n').take(MOST_LINES) {
        let end = start + line.len();
        let is_apart = may_be_apart && (line.trim().is_empty() || is_attribute(script, line));
        if !is_apart && !line.contains("saudit: ignore[") {
            return block_end(script, line, start, end)
                .filter(|_| !is_code)
                .unwrap_or_else(|| script.statement(start).end);
        }
        start = end;
    }
    start
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
