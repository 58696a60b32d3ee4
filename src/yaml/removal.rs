//! Edits that take an entry out of a mapping.

use super::rewrite::is_block;
use super::{Entry, Kind, Node, Style};
use crate::span::Edit;

/// Removes the one line of `key` and its scalar from a block mapping, with the comment behind it. `None` if something
/// else stands on that line, if the key is written twice or merged in, or if an anchor is behind it.
pub fn remove_line(mapping: Node<'_>, key: &str) -> Option<Edit> {
    let entry = only_entry(mapping, key).filter(|_| is_block(mapping))?;
    let source = mapping.tree().text();
    let text = source.as_str();
    let (from, to) = (entry.key.inner().start, entry.value.inner().end.max(entry.key.inner().end));
    let between = text.get(entry.key.inner().end..entry.value.inner().start.max(entry.key.inner().end))?;
    let start = text.get(..from)?.rfind('\n').map_or(0, |newline| newline + 1);
    let end = text.get(to..)?.find('\n').map_or(text.len(), |newline| to + newline + 1);
    let rest = text.get(to..end)?.trim_start();
    let rest = rest.strip_prefix(':').unwrap_or(rest).trim();
    let alone = text.get(start..from)?.trim().is_empty()
        && ["", ":"].contains(&between.trim())
        && !between.contains('\n')
        && (rest.is_empty() || rest.starts_with('#'));
    (alone && source.is_exact(start..end)).then(|| Edit::replace(source.outer(start..end), ""))
}

/// The entry of `key`, if it is written exactly once, with a scalar on its own line.
fn only_entry<'a>(mapping: Node<'a>, key: &str) -> Option<Entry<'a>> {
    let mut entries = mapping.entries().filter(|entry| entry.key.text() == Some(key));
    let entry = entries.next().filter(|_| entries.next().is_none())?;
    let in_line = entry.value.kind() == Kind::Scalar
        && entry.value.scalar().is_some_and(|s| !matches!(s.style(), Style::Literal | Style::Folded));
    (in_line && entry.key.is_editable() && entry.value.is_editable()).then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::super::{Document, split};
    use super::remove_line;

    fn removed(text: &str) -> Option<String> {
        let chunks = split(text);
        let document = Document::read(text, chunks.last()?);
        let edit = remove_line(document.tree()?.root()?, "a")?;
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
        for text in
            ["{a: x, b: y}\n", "a: |\n  x\n", "a:\n  b: c\n", "a: &x y\nb: *x\n", "a: x\na: y\n", "b: c\n"]
        {
            assert_eq!(removed(text), None, "{text:?}");
        }
    }
}
