//! The blocks of code of Markdown.

use std::ops::Range;

/// A block of code in Markdown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CodeBlock<'t> {
    /// Its lines, fences excluded.
    pub(crate) range: Range<usize>,
    /// What stands behind the opening fence; empty for an indented block.
    pub(crate) info: &'t str,
    /// Whether fences stand around it.
    pub(crate) is_fenced: bool,
}

impl CodeBlock<'_> {
    /// The language that the fence names, in lower case; empty if none.
    pub(crate) fn language(&self) -> String {
        let word = self.info.split([' ', '{', ',', ':']).next().unwrap_or_default();
        word.to_ascii_lowercase()
    }

    /// Whether it shows a change: lines that begin with `-` are gone.
    pub(crate) fn is_difference(&self) -> bool {
        ["diff", "patch"].contains(&self.language().as_str())
    }
}

/// What hides text from the reader of a page: HTML, MDX, Liquid. <https://spec.commonmark.org/0.31.2/#html-blocks>
const COMMENTS: [(&str, &str); 3] = [("<!--", "-->"), ("{/*", "*/}"), ("{% comment %}", "{% endcomment %}")];

/// The blocks of code in Markdown, fenced or indented, in their order. Those in comments are none.
pub(crate) fn code_blocks(text: &str) -> Vec<CodeBlock<'_>> {
    let mut scan = Scan::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        scan.line(line, start);
        start += line.len();
    }
    if let Some(Fence { info, from, .. }) = scan.fence {
        scan.blocks.push(CodeBlock { range: from..text.len(), info, is_fenced: true });
    }
    scan.blocks
}

/// A fence that is open.
#[derive(Clone, Copy)]
struct Fence<'t> {
    marker: &'t str,
    info: &'t str,
    /// Where the block starts.
    from: usize,
}

#[derive(Default)]
struct Scan<'t> {
    blocks: Vec<CodeBlock<'t>>,
    fence: Option<Fence<'t>>,
    /// What ends the comment that is open.
    comment: Option<&'static str>,
    /// Whether the line before belongs to the indented block that is last.
    is_indented: bool,
}

impl<'t> Scan<'t> {
    fn line(&mut self, line: &'t str, start: usize) {
        if let Some(close) = self.comment {
            self.comment = (!line.contains(close)).then_some(close);
            return;
        }
        let content = line.trim().trim_start_matches(['>', ' ']);
        match (self.fence, fence_of(content)) {
            (Some(open), Some((marker, ""))) if marker.starts_with(open.marker) => {
                self.blocks.push(CodeBlock { range: open.from..start, info: open.info, is_fenced: true });
                self.fence = None;
            }
            (Some(_), _) => {}
            (None, _) => self.outside_of_fences(line, content, start),
        }
    }

    fn outside_of_fences(&mut self, line: &'t str, content: &'t str, start: usize) {
        let end = start + line.len();
        // An item of a list may begin with a block.
        if let Some((marker, info)) = fence_of(behind_bullet(content)) {
            (self.fence, self.is_indented) = (Some(Fence { marker, info, from: end }), false);
            return;
        }
        let opened = COMMENTS.into_iter().find(|(open, _)| content.starts_with(open));
        if let Some((_, close)) = opened.filter(|(_, close)| !content.contains(close)) {
            (self.comment, self.is_indented) = (Some(close), false);
            return;
        }
        if self.is_indented && line.trim().is_empty() {
            return;
        }
        let is_indented = !line.trim().is_empty() && (line.starts_with("    ") || line.starts_with('\t'));
        let was_indented = std::mem::replace(&mut self.is_indented, is_indented);
        match self.blocks.last_mut() {
            Some(block) if is_indented && was_indented => block.range.end = end,
            _ if is_indented => {
                self.blocks.push(CodeBlock { range: start..end, info: "", is_fenced: false });
            }
            _ => {}
        }
    }
}

/// The line behind the `-`, `*`, `+`, `1.` or `1)` of an item of a list.
fn behind_bullet(line: &str) -> &str {
    let bullet = line.strip_prefix(['-', '*', '+']).or_else(|| {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        (rest.len() < line.len()).then(|| rest.strip_prefix(['.', ')'])).flatten()
    });
    bullet.filter(|rest| rest.starts_with(' ')).map_or(line, str::trim_start)
}

/// The fence that a line is, and what stands behind it.
fn fence_of(line: &str) -> Option<(&str, &str)> {
    let mark = if line.starts_with("```") {
        '`'
    } else if line.starts_with("~~~") {
        '~'
    } else {
        return None;
    };
    let (fence, info) = line.split_at_checked(line.len() - line.trim_start_matches(mark).len())?;
    (!info.contains('`')).then_some((fence, info.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_fenced_or_indented() {
        for (text, expected) in [
            ("a\n```sh\nb\n```\nc\n", vec![("b\n", "sh")]),
            ("1. a\n   ~~~~ yaml title=x\n   b\n   ~~~\n   ~~~~\n", vec![("   b\n   ~~~\n", "yaml title=x")]),
            ("a\n\n    b\n\n    c\nd\n\te\n", vec![("    b\n\n    c\n", ""), ("\te\n", "")]),
            ("```\nb\n", vec![("b\n", "")]),
            ("> ```\n> b\n> ```\n", vec![("> b\n", "")]),
            ("- ```sh\n  b\n  ```\nc\n1. ~~~\n   d\n   ~~~\ne", vec![("  b\n", "sh"), ("   d\n", "")]),
            ("use ```b``` here\n", vec![]),
            ("```b``` here\n", vec![]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn blocks_in_comments_are_none() {
        for (text, expected) in [
            ("<!--\n```sh\nb\n```\n-->\n```\nc\n```\n", vec![("c\n", "")]),
            ("<!-- a -->\n```\nc\n```\n", vec![("c\n", "")]),
            ("> <!-- a\n>     b\n> -->\n\n    c\n", vec![("    c\n", "")]),
            ("```\n<!--\nb\n```\n```\nc\n```\n", vec![("<!--\nb\n", ""), ("c\n", "")]),
            ("{/*\n```\nb\n```\n*/}\n```\nc\n```\n", vec![("c\n", "")]),
            ("{% comment %}\n```\nb\n```\n{% endcomment %}\n```\nc\n```\n", vec![("c\n", "")]),
            ("<!--\n```\nb\n```\n", vec![]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    fn found(text: &str) -> Vec<(&str, &str)> {
        code_blocks(text).into_iter().map(|block| (text.get(block.range).unwrap(), block.info)).collect()
    }
}
