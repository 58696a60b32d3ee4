//! What a text is written in, as far as that decides what in it is a command.

use std::ops::Range;

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Shell, Makefiles, Dockerfiles, pipelines.
    Shell,
    /// Markdown: what is to be run stands in blocks of code.
    Markdown,
    /// Text for people: `NOTES.txt`, reStructuredText, AsciiDoc.
    Prose,
    /// Terraform.
    Terraform,
    /// YAML and JSON: manifests, CI files, values.
    Yaml,
}

impl Language {
    /// By the name of a file.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "md" | "mdx" | "markdown" => Self::Markdown,
            "txt" | "rst" | "adoc" | "asciidoc" => Self::Prose,
            "tf" | "tofu" | "hcl" => Self::Terraform,
            "yaml" | "yml" | "json" => Self::Yaml,
            _ => Self::Shell,
        }
    }

    /// Whether people read it, to do what it says.
    pub fn is_documentation(self) -> bool {
        matches!(self, Self::Markdown | Self::Prose)
    }

    /// Whether a line is a comment as a whole. In documentation a `#` is rather a prompt.
    pub(super) fn is_comment(self, line: &str) -> bool {
        let line = line.trim_start();
        !self.is_documentation()
            && (line.starts_with('#') || line.starts_with("//") || line.starts_with("* "))
    }
}

/// A block of code in Markdown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CodeBlock<'t> {
    /// Its lines, fences excluded.
    pub(super) range: Range<usize>,
    /// What stands behind the opening fence; empty for an indented block.
    pub(super) info: &'t str,
}

/// The blocks of code in Markdown, fenced or indented, in their order.
pub(super) fn code_blocks(text: &str) -> Vec<CodeBlock<'_>> {
    let mut blocks: Vec<CodeBlock<'_>> = Vec::new();
    let mut fence: Option<(&str, &str, usize)> = None;
    let mut start = 0;
    // Whether the line before belongs to the indented block that is last.
    let mut is_indented = false;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let content = line.trim();
        let marker = fence_of(content.trim_start_matches(['>', ' ']));
        match (fence, marker) {
            (None, Some((marker, info))) => fence = Some((marker, info, end)),
            (Some((open, info, from)), Some((marker, ""))) if marker.starts_with(open) => {
                blocks.push(CodeBlock { range: from..start, info });
                fence = None;
            }
            (None, None) if is_indented && content.is_empty() => {}
            (None, None) => {
                let was_indented = std::mem::replace(
                    &mut is_indented,
                    !content.is_empty() && (line.starts_with("    ") || line.starts_with('\t')),
                );
                match blocks.last_mut() {
                    Some(block) if is_indented && was_indented => block.range.end = end,
                    _ if is_indented => blocks.push(CodeBlock { range: start..end, info: "" }),
                    _ => {}
                }
            }
            _ => {}
        }
        is_indented &= fence.is_none();
        start = end;
    }
    if let Some((_, info, from)) = fence {
        blocks.push(CodeBlock { range: from..text.len(), info });
    }
    blocks
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
            ("use ```b``` here\n", vec![]),
            ("```b``` here\n", vec![]),
        ] {
            let blocks = code_blocks(text);
            let found: Vec<_> =
                blocks.iter().map(|block| (text.get(block.range.clone()).unwrap(), block.info)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
