//! Where a comment may stand in a script or a page of documentation so that nothing of what the file does or shows
//! changes.

use super::Script;
use super::language::Language;

/// A place for a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommentPlace<'t> {
    /// The byte of the text before which it is put.
    pub at: usize,
    /// The blanks before it.
    pub indent: &'t str,
    /// What begins a comment.
    pub open: &'static str,
    /// What ends it.
    pub close: &'static str,
    /// Whether it takes a line of its own, that ends behind it.
    pub is_line: bool,
}

/// The place of a comment that speaks of what stands at a byte of the text; `None` where none is known to be harmless.
pub fn comment_place<'t>(script: &Script<'t>, at: usize) -> Option<CommentPlace<'t>> {
    match script.language {
        Language::Markdown => match script.code_block(at) {
            Some(_) => above_fence(script, at),
            None => behind_prose(script, at),
        },
        Language::Prose => in_prose(script, at),
        Language::Yaml => None,
        Language::Shell | Language::Terraform => above_statement(script, at),
    }
}

/// A comment of the language, above the line and all that it belongs to.
fn above_statement<'t>(script: &Script<'t>, at: usize) -> Option<CommentPlace<'t>> {
    let name = script.path.rsplit('/').next().unwrap_or(script.path);
    let is_groovy = extension(name) == "groovy" || name.starts_with("Jenkinsfile");
    let is_make = name.to_ascii_lowercase().contains("makefile") || extension(name) == "mk";
    let text = script.text.as_str();
    let start = script.statement(at).start;
    let before = text.get(..start)?;
    let is_defined = || {
        let is_mark =
            |line: &&str| ["define ", "endef"].iter().any(|word| line.trim_start().starts_with(word));
        before.lines().rfind(is_mark).is_some_and(|line| line.trim_start().starts_with("define "))
    };
    // The strings of PowerShell are not read.
    if extension(name) == "ps1" || !script.is_whole() || is_make && is_defined() {
        return None;
    }
    // A line of a recipe is for the shell; one that begins with `#` is for make.
    let indent = if is_make { "" } else { blanks(text.get(start..)?) };
    let open = if is_groovy { "// " } else { "# " };
    Some(CommentPlace { at: start, indent, open, close: "", is_line: true })
}

/// A comment that no reader of the page sees, above the block around a place.
fn above_fence<'t>(script: &Script<'t>, at: usize) -> Option<CommentPlace<'t>> {
    let block = script.code_block(at).filter(|block| block.is_fenced)?;
    let text = script.text.as_str();
    let start = line_start(text, block.range.start.checked_sub(1)?);
    let line = text.get(start..)?;
    let length = line.len() - line.trim_start_matches(['>', ' ', '\t']).len();
    let indent = line.get(..length)?;
    // A block that begins an item of a list: a comment above it would end the list.
    if !line.get(length..)?.starts_with(['`', '~']) {
        return None;
    }
    let (open, close) = html_or_mdx(script.path);
    Some(CommentPlace { at: start, indent, open, close, is_line: true })
}

/// A comment at the end of a line of prose, where it does not part a paragraph.
fn behind_prose<'t>(script: &Script<'t>, at: usize) -> Option<CommentPlace<'t>> {
    let text = script.text.as_str();
    let before = text.get(..at)?;
    let start = line_start(text, at);
    let line = text.get(start..)?.lines().next()?;
    let is_in_comment = before.rfind("<!--") > before.rfind("-->");
    let is_front_matter = text.starts_with("---\n") && !before.contains("\n---\n");
    let is_table = line.trim_start().starts_with('|');
    if is_in_comment || is_front_matter || is_table || line.matches('`').count() % 2 == 1 {
        return None;
    }
    // Two blanks at the end of a line break it.
    let end = start + line.trim_end().len();
    let (open, close) = html_or_mdx(script.path);
    (end == start + line.len()).then_some(CommentPlace { at: end, indent: " ", open, close, is_line: false })
}

fn html_or_mdx(path: &str) -> (&'static str, &'static str) {
    if extension(path) == "mdx" { ("{/* ", " */}") } else { ("<!-- ", " -->") }
}

fn in_prose<'t>(script: &Script<'t>, at: usize) -> Option<CommentPlace<'t>> {
    let text = script.text.as_str();
    if script.path.ends_with("templates/NOTES.txt") {
        let statement = script.statement(at);
        let line = text.get(statement)?;
        let end = line_start(text, at) + line.trim_end_matches(['\r', '\n']).len();
        // A comment of a template that leaves no blank behind.
        let place = CommentPlace { at: end, indent: "", open: "{{/* ", close: " */}}", is_line: false };
        return (line.lines().count() == 1).then_some(place);
    }
    let is_ascii_doc = ["adoc", "asciidoc"].contains(&extension(script.path));
    let start = is_ascii_doc.then(|| block_of_ascii_doc(text, at)).flatten()?;
    Some(CommentPlace { at: start, indent: "", open: "// ", close: "", is_line: true })
}

/// The start of the block of AsciiDoc around a place, with its title and attributes.
fn block_of_ascii_doc(text: &str, at: usize) -> Option<usize> {
    // The delimiter of the block that is open.
    let mut open: Option<(&str, usize)> = None;
    // Where titles and attributes begin that stand above the line.
    let mut head = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if start > at {
            break;
        }
        let content = line.trim_end();
        let is_delimiter =
            content.len() > 3 && ['-', '.'].iter().any(|mark| content.chars().all(|c| c == *mark));
        match open {
            Some((delimiter, _)) if delimiter == content => open = None,
            None if is_delimiter => open = Some((content, head.unwrap_or(start))),
            _ => {}
        }
        let is_head = content.starts_with('[') && content.ends_with(']')
            || content.starts_with('.') && content.len() > 1 && !is_delimiter;
        head = if is_head { head.or(Some(start)) } else { None };
        start += line.len();
    }
    open.map(|(_, start)| start)
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

fn blanks(line: &str) -> &str {
    line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
}
