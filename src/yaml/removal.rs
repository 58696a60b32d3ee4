//! Edits that take an entry out of a mapping, or an item out of a list.

use std::ops::Range;

use super::rewrite::is_block;
use super::{Entry, Kind, Node, Style};
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

/// Removes the lines of an item from a list in block style, with its dash and the comments between and behind them.
/// `None` if something else stands on those lines, or an anchor or alias in them.
pub fn remove_item(list: Node<'_>, item: Node<'_>) -> Option<Edit> {
    let text = list.tree().text().as_str();
    let before = text.get(list.inner().start..item.inner().start)?;
    let dash = list.inner().start + before.rfind('-')?;
    let is_dash = text.get(dash + 1..item.inner().start)?.chars().all(|c| c == ' ');
    if is_dash && list.alias().is_none() { remove_lines(item, dash..item.inner().end) } else { None }
}

/// Removes the lines of a list from the block mapping that it stands in, with its key, likewise.
pub fn remove_list(mapping: Node<'_>, entry: Entry<'_>) -> Option<Edit> {
    let is_list = entry.value.kind() == Kind::Sequence && entry.value.alias().is_none();
    let last = entry.value.items().last().map_or(0, |item| item.inner().end);
    let lines = entry.key.inner().start..last.max(entry.value.inner().end);
    if is_list && is_block(mapping) { remove_lines(entry.key, lines) } else { None }
}

/// Removes the lines that `range` covers, if it is all that stands on them.
fn remove_lines(node: Node<'_>, range: Range<usize>) -> Option<Edit> {
    let source = node.tree().text();
    let text = source.as_str();
    let inside = text.get(range.clone())?.trim_end();
    let start = text.get(..range.start)?.rfind('\n').map_or(0, |newline| newline + 1);
    let last = range.start + inside.len();
    let end = text.get(last..)?.find('\n').map_or(text.len(), |newline| last + newline + 1);
    let behind = text.get(last..end)?.trim();
    let alone = text.get(start..range.start)?.chars().all(|c| c == ' ')
        && (behind.is_empty() || behind.starts_with('#'))
        && !inside.contains(['&', '*']);
    (alone && node.is_editable() && source.is_exact(start..end))
        .then(|| Edit::replace(source.outer(start..end), ""))
}

#[cfg(test)]
mod tests {
    use super::super::{Document, Node, split};
    use super::{Edit, remove_item, remove_line, remove_list};

    fn removed(text: &str) -> Option<String> {
        without(text, |root| remove_line(root, root.get("a").found()?))
    }

    /// `text` without what `remove` finds in its last document.
    fn without(text: &str, remove: fn(Node<'_>) -> Option<Edit>) -> Option<String> {
        let chunks = split(text);
        let document = Document::read(text, chunks.last()?);
        let edit = remove(document.tree()?.root()?)?;
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

    #[test]
    fn items_go_with_their_dashes() {
        let remove = |text| {
            without(text, |root| {
                let list = root.get("a").value()?;
                remove_item(list, list.items().find(|item| item.get("name").value().is_some())?)
            })
        };
        for (text, left) in [
            ("a:\n- b\n- name: x\n- c\n", Some("a:\n- b\n- c\n")),
            ("a:\n  - name: x # why\n    kind: y\n  # next\n  - c\n", Some("a:\n  # next\n  - c\n")),
            ("a:\n  - kind: y-z\n    # why\n    name: 'x'\nb: c", Some("a:\nb: c")),
            ("a:\r\n- b\r\n- name: x\r\n", Some("a:\r\n- b\r\n")),
            ("a:\n- {name: x}\n- b", Some("a:\n- b")),
            ("a:\n-\n  name: x\n- c\n", None),
            ("a: [{name: x}, b]\n", None),
            ("a:\n- - name: x\n", None),
            ("a:\n- &it\n  name: x\nb: *it\n", None),
            ("a:\n- name: &it x\nb: *it\n", None),
        ] {
            assert_eq!(remove(text).as_deref(), left, "{text:?}");
        }
    }

    #[test]
    fn lists_go_with_their_keys() {
        let remove = |text| without(text, |root| remove_list(root, root.get("a").found()?));
        for (text, left) in [
            ("a:\n- name: x\n- name: y # why\nb: c\n", Some("b: c\n")),
            ("b: c\na: [{name: x}, {name: y}]\n", Some("b: c\n")),
            ("b: c\na: [{name: x},\n  {name: y}] # why", Some("b: c\n")),
            ("b: c\na:\n  - x\n\n# end\n", Some("b: c\n\n# end\n")),
            ("{a: [x], b: c}\n", None),
            ("a: x\n", None),
            ("b: &l [x]\na: *l\n", None),
        ] {
            assert_eq!(remove(text).as_deref(), left, "{text:?}");
        }
    }
}
