//! Edits that keep the shape of the text around them: quotes, indentation, line ends.

use std::borrow::Cow;
use std::ops::Range;

use super::node::{Entry, Node};
use super::scalar::{Scalar, Type};
use super::tree::{Kind, Style, Tag};
use crate::span::Edit;

/// Writes `text` in the place of a scalar, quoted as it was. `None` for block scalars, values with a tag in front,
/// and what does not stand in the file as it is.
pub fn scalar(node: Node<'_>, text: &str) -> Option<Edit> {
    let text = match node.scalar()?.style() {
        Style::Plain => text.to_owned(),
        Style::Single => format!("'{}'", text.replace('\'', "''")),
        Style::Double => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        Style::Literal | Style::Folded => return None,
    };
    node.is_editable().then(|| Edit::replace(node.span(), text))
}

/// Like [`scalar`], for what must be read as a string: in the place of a plain scalar, `true` and the empty text get
/// quotes.
pub fn string(node: Node<'_>, text: &str) -> Option<Edit> {
    if node.scalar()?.is_plain() { scalar(node, &as_string(text)) } else { scalar(node, text) }
}

/// `text`, which has no special characters, as a scalar that is read as a string.
pub fn as_string(text: &str) -> Cow<'_, str> {
    match Scalar::new(text, Style::Plain, Tag::None).read() {
        Type::Str => Cow::Borrowed(text),
        _ => Cow::Owned(format!("\"{text}\"")),
    }
}

/// Puts double quotes around a plain scalar. `None` where an anchor or a tag stands in front of it.
pub fn quote(entry: Entry<'_>) -> Option<Edit> {
    let node = entry.value;
    let scalar = node.scalar().filter(|scalar| scalar.is_plain())?;
    let text = node.tree().text().as_str();
    let before = text.get(entry.key.inner().end..node.inner().start)?;
    let plain = text.get(node.inner())? == scalar.text() && !before.contains(['&', '!']);
    (plain && node.is_editable()).then(|| Edit::replace(node.span(), format!("\"{}\"", scalar.text())))
}

/// Inserts `line` below the line of `entry`, a scalar in the block mapping `mapping`, with the same indentation.
pub fn insert_below(mapping: Node<'_>, entry: Entry<'_>, line: &str) -> Option<Edit> {
    let text = mapping.tree().text().as_str();
    let is_plain_line = entry.value.kind() == Kind::Scalar
        && entry
            .value
            .scalar()
            .is_some_and(|scalar| !matches!(scalar.style(), Style::Literal | Style::Folded));
    if !is_block(mapping) || !is_plain_line {
        return None;
    }
    let column = column(entry.key)?;
    let at = line_end(text, entry.value.inner().end.max(entry.key.inner().end));
    let (at, newline) = match text.get(..at)?.strip_suffix('\r') {
        Some(before) => (before.len(), "\r\n"),
        None => (at, "\n"),
    };
    edit(mapping, at..at, format!("{newline}{}{line}", " ".repeat(column)))
}

/// Moves the lines of a block entry to column `to`, and what is below it along.
pub fn indent(mapping: Node<'_>, entry: Entry<'_>, to: usize) -> Option<Vec<Edit>> {
    let text = mapping.tree().text().as_str();
    let from = column(entry.key)?;
    if !is_block(mapping) || !stands_alone(text, entry) {
        return None;
    }
    let lines = line_start(text, entry.key.inner().start)..last_line_end(text, entry)?;
    let mut edits = Vec::new();
    let mut at = lines.start;
    for line in text.get(lines)?.split_inclusive('\n') {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        if !line.trim().is_empty() {
            let wanted = (spaces + to).checked_sub(from)?;
            edits.push(edit(mapping, at..at + spaces, " ".repeat(wanted))?);
        }
        at += line.len();
    }
    Some(edits)
}

/// Moves the one line of a key to column `to`, without what is below it.
pub fn indent_line(key: Node<'_>, to: usize) -> Option<Edit> {
    let text = key.tree().text().as_str();
    let at = key.inner().start;
    let start = line_start(text, at);
    let is_blank = text.get(start..at)?.chars().all(|c| c == ' ');
    if is_blank { edit(key, start..at, " ".repeat(to)) } else { None }
}

/// Whether a mapping is written in block style.
pub fn is_block(mapping: Node<'_>) -> bool {
    let text = mapping.tree().text().as_str();
    mapping.kind() == Kind::Mapping && text.get(mapping.inner()).is_some_and(|text| !text.starts_with('{'))
}

/// The column of a node that has only spaces, or dashes of a list, before it on its line.
pub fn column(node: Node<'_>) -> Option<usize> {
    let text = node.tree().text().as_str();
    let at = node.inner().start;
    let before = text.get(line_start(text, at)..at)?;
    before.chars().all(|c| c == ' ' || c == '-').then_some(before.len())
}

/// Whether only spaces stand before the entry on its first line, so that its lines can be moved.
fn stands_alone(text: &str, entry: Entry<'_>) -> bool {
    let at = entry.key.inner().start;
    text.get(line_start(text, at)..at).is_some_and(|before| before.chars().all(|c| c == ' '))
}

/// The end of the last line of an entry whose value has no block scalar at its end.
fn last_line_end(text: &str, entry: Entry<'_>) -> Option<usize> {
    let mut last = entry;
    while let Some(below) = last.value.entries().last() {
        last = below;
    }
    let is_simple = last.value.kind() == Kind::Scalar || !is_block(last.value);
    let block =
        last.value.scalar().is_some_and(|scalar| matches!(scalar.style(), Style::Literal | Style::Folded));
    let end = last.value.inner().end.max(last.key.inner().end);
    (is_simple && !block && last.value.alias().is_none()).then(|| line_end(text, end))
}

fn edit(node: Node<'_>, inner: Range<usize>, text: String) -> Option<Edit> {
    let source = node.tree().text();
    source.is_exact(inner.clone()).then(|| Edit::replace(source.outer(inner), text))
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline)
}

#[cfg(test)]
mod tests {
    use super::super::{Document, split};
    use super::*;

    /// `text` after the edits that `make` finds for the entry `key` of the root mapping.
    fn edited(text: &str, key: &str, make: fn(Node<'_>, Entry<'_>) -> Option<Vec<Edit>>) -> Option<String> {
        let document = Document::read(text, split(text).first()?);
        let root = document.tree()?.root()?;
        let mut edits = make(root, root.get(key).found()?)?;
        edits.sort_by_key(|edit| edit.span.start);
        let mut edited = text.to_owned();
        for edit in edits.iter().rev() {
            edited.replace_range(edit.span.range(), &edit.text);
        }
        Some(edited)
    }

    #[test]
    fn scalars_keep_their_quotes() {
        let make = |_: Node<'_>, entry: Entry<'_>| Some(vec![scalar(entry.value, "b")?]);
        for (text, expected) in [
            ("k: a # c\n", Some("k: b # c\n")),
            ("k: 'a'\n", Some("k: 'b'\n")),
            ("{\"k\": \"a\"}", Some("{\"k\": \"b\"}")),
            ("k: |\n  a\n", None),
            ("x: &x a\nk: *x\n", None),
            ("k: [a]\n", None),
        ] {
            assert_eq!(edited(text, "k", make).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn strings_stay_strings() {
        for (written, text) in
            [("ci", "ci"), ("true", "\"true\""), ("", "\"\""), ("42", "\"42\""), ("1.x", "1.x")]
        {
            assert_eq!(as_string(written), text);
        }
        let make = |_: Node<'_>, entry: Entry<'_>| Some(vec![string(entry.value, "on")?]);
        assert_eq!(edited("k: a\n", "k", make).as_deref(), Some("k: \"on\"\n"));
        assert_eq!(edited("k: 'a'\n", "k", make).as_deref(), Some("k: 'on'\n"));
    }

    #[test]
    fn only_plain_scalars_are_quoted() {
        let make = |_: Node<'_>, entry: Entry<'_>| Some(vec![quote(entry)?]);
        for (text, expected) in [
            ("k: yes # c\n", Some("k: \"yes\" # c\n")),
            ("{\"k\": 1.50}", Some("{\"k\": \"1.50\"}")),
            ("k: 'a'\n", None),
            ("k: &x true\nl: *x\n", None),
            ("k: !!int 1\n", None),
        ] {
            assert_eq!(edited(text, "k", make).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn lines_go_below_a_line() {
        let make = |root: Node<'_>, entry: Entry<'_>| Some(vec![insert_below(root, entry, "n: 1")?]);
        for (text, expected) in [
            ("k: a # c\nl: b\n", Some("k: a # c\nn: 1\nl: b\n")),
            ("k: a\r\nl: b\r\n", Some("k: a\r\nn: 1\r\nl: b\r\n")),
            ("k: a", Some("k: a\nn: 1")),
            ("  k: a\n", Some("  k: a\n  n: 1\n")),
            ("{\n  \"k\": \"a\"\n}\n", None),
            ("k: |\n  a\n", None),
            ("k:\n  a: b\n", None),
        ] {
            assert_eq!(edited(text, "k", make).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn lines_move_together() {
        let make = |root: Node<'_>, entry: Entry<'_>| indent(root, entry, 2);
        for (text, expected) in [
            ("k:\n  a: b\n\n  # c\n  d: e\nl: f\n", Some("  k:\n    a: b\n\n    # c\n    d: e\nl: f\n")),
            ("k: a\nl: b\n", Some("  k: a\nl: b\n")),
            ("k: [a,\n    b]\n", Some("  k: [a,\n      b]\n")),
            ("k: |\n  a\n", None),
            ("{k: a}\n", None),
        ] {
            assert_eq!(edited(text, "k", make).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn lines_never_move_beyond_the_margin() {
        let make = |root: Node<'_>, entry: Entry<'_>| {
            let inner = entry.value.entries().next()?;
            indent(root, inner, 0)
        };
        assert_eq!(edited("k:\n    a:\n      b: c\n", "k", make).as_deref(), Some("k:\na:\n  b: c\n"));
        assert_eq!(edited("k:\n    a:\n      b: c\n  # less\n      d: e\n", "k", make), None);
    }
}
