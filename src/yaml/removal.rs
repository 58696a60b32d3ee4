//! Edits that take an entry out of a mapping.

use super::rewrite::is_block;
use super::{Entry, Node, Style};
use crate::span::Edit;

/// Removes the one line of an entry from the block mapping that it stands in, with the comment behind it. `None` if
/// something else stands on that line, or an anchor that is used elsewhere.
pub fn remove_line(mapping: Node<'_>, entry: Entry<'_>) -> Option<Edit> {
    let source = mapping.tree().text();
    let text = source.as_str();
    let (key, value) = (entry.key.inner(), entry.value.inner());
    let (from, to) = (key.start, value.end.max(key.end));
    let start = text.get(..from)?.rfind('\n').map_or(0, |newline| newline + 1);
    let end = text.get(to..)?.find('\n').map_or(text.len(), |newline| to + newline + 1);
    let before = text.get(start..from)?;
    let between = text.get(key.end..value.start.max(key.end))?;
    let behind = text.get(to..end)?.trim_start();
    let behind = behind.strip_prefix(':').unwrap_or(behind).trim();
    let alone = before.trim().is_empty()
        && ["", ":"].contains(&between.trim())
        && !text.get(from..to)?.contains('\n')
        && (behind.is_empty() || behind.starts_with('#'));
    (alone && is_block(mapping) && is_one_line(entry) && source.is_exact(start..end))
        .then(|| Edit::replace(source.outer(start..end), ""))
}

/// Whether key and value stand where they are used, the value being a scalar that is no block.
fn is_one_line(entry: Entry<'_>) -> bool {
    let is_block = |style| matches!(style, Style::Literal | Style::Folded);
    let in_line = entry.value.scalar().is_some_and(|scalar| !is_block(scalar.style()));
    in_line && entry.key.is_editable() && entry.value.is_editable()
}

#[cfg(test)]
mod tests {
    use super::super::{Document, split};
    use super::remove_line;

    fn removed(text: &str) -> Option<String> {
        let chunks = split(text);
        let document = Document::read(text, chunks.last()?);
        let root = document.tree()?.root()?;
        let edit = remove_line(root, root.get("a").found()?)?;
        let (before, after) = (text.get(..edit.span.start as usize)?, text.get(edit.span.end as usize..)?);
        Some(format!("{before}{after}"))
    }

    #[test]
    fn the_line_goes_with_its_comment() {
        for (text, left) in [
            ("a: x\nb: y\n", "b: y\n"),
            ("b: y\na: 'x' # why\n", "b: y\n"),
            ("b: y\na: x", "b: y\n"),
            ("b: y\r\na: true\r\nc: z\r\n", "b: y\r\nc: z\r\n"),
            ("b: y\n---\nb: z\na:\nc: x\n", "b: y\n---\nb: z\nc: x\n"),
        ] {
            assert_eq!(removed(text).as_deref(), Some(left), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_one_plain_line_stays() {
        for text in [
            "{a: x, b: y}\n",
            "a: |\n  x\n",
            "a:\n  b: c\n",
            "a: &x y\nb: *x\n",
            "b: &x y\na: *x\n",
            "a: 'x\n  y'\n",
        ] {
            assert_eq!(removed(text), None, "{text:?}");
        }
    }
}
