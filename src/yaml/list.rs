//! A long list, read some items at a time: `kubectl get -o yaml` and `-o json` print one `kind: List` of any size.
//!
//! What stands around the items, the frame, is short. A piece is the frame with some of the items, which is a document
//! like any other. Whether all pieces together say what the document says, nobody knows before each was read: where one
//! cannot be, or has anything odd in it, the document is to be read as a whole.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::document::end_markers;
use super::fast::is_json;
use super::node::Node;
use super::split::string_end;
use super::{Content, Document, Kind, Segment, Text, Tree};
use crate::span::Span;

/// What stands around the items is not longer; bytes.
const LONGEST_FRAME: usize = 1000;

/// Nor is a value in it: nothing worth a word has room there, neither a kubeconfig nor a token.
const LONGEST_VALUE: usize = 40;

/// A document that is a long list, cut into pieces.
#[derive(Debug)]
pub struct LongList<'t> {
    text: &'t str,
    /// Up to the first item.
    head: Range<usize>,
    /// Some items each.
    pieces: Vec<Range<usize>>,
    /// From the end of the last item on.
    tail: Range<usize>,
    /// The keys of the frame, `items` among them.
    keys: Vec<String>,
}

/// Where the items of a list stand.
struct Items {
    pieces: Vec<Range<usize>>,
    tail: usize,
}

impl<'t> LongList<'t> {
    /// Shorter documents are better read as a whole; bytes.
    pub const SHORTEST: usize = 512 << 10;

    /// Bytes of a piece, at least.
    pub const PIECE: usize = 128 << 10;

    /// The list that the text of a document is, in pieces of so many bytes at least; `None` for what is better read as a
    /// whole.
    pub fn cut(text: &'t str, size: usize) -> Option<Self> {
        let Items { pieces, tail } = if is_json(text) { of_json(text, size) } else { of_block(text, size) }?;
        let (head, tail) = (0..pieces.first()?.start, tail..text.len());
        let frame = text.get(head.clone())?.to_owned() + text.get(tail.clone())?;
        if frame.len() > LONGEST_FRAME || pieces.len() < 2 || end_markers(text).next().is_some() {
            return None;
        }
        let frame = Tree::parse(Text::slice(&frame, 0)).ok()?;
        let is_short = |node: Node<'_>| node.text().is_none_or(|text| text.len() < LONGEST_VALUE);
        let is_plain = !frame.has_aliases() && frame.comments().is_empty() && frame.nodes().all(is_short);
        let keys = (is_plain && frame.duplicates().next().is_none()).then(|| keys(&frame)).flatten()?;
        Some(Self { text, head, pieces, tail, keys })
    }

    /// The pieces, in their order.
    pub fn pieces(&self) -> &[Range<usize>] {
        &self.pieces
    }

    /// Reads the list as if it had the items of this piece only; `None` if the list has to be read as a whole. The text
    /// of the list starts at byte `offset` of its file.
    pub fn read(&self, piece: &Range<usize>, offset: usize) -> Option<Document<'t>> {
        let Self { text, head, tail, .. } = self;
        let mut content = String::with_capacity(head.len() + piece.len() + tail.len());
        let mut segments = Vec::with_capacity(3);
        for part in [head, piece, tail] {
            let inner = u32::try_from(content.len()).ok()?;
            let outer = Span::new(part.start + offset..part.end + offset);
            segments.push(Segment { inner, outer, exact: true });
            content.push_str(text.get(part.clone())?);
        }
        let tree = Tree::parse(Text::pieced(content, segments)).ok()?;
        if tree.has_aliases() || keys(&tree).as_ref() != Some(&self.keys) {
            return None;
        }
        let (span, own) = (self.span(piece, offset), self.span(piece, 0));
        let text = text.get(own.range())?;
        Some(Document { span, text, content: Content::Tree(tree), ignored: Vec::new() })
    }

    /// The bytes of a piece; the frame belongs to the first and the last.
    pub fn span(&self, piece: &Range<usize>, offset: usize) -> Span {
        let start = if piece.start == self.head.end { 0 } else { piece.start };
        let end = if piece.end == self.tail.start { self.tail.end } else { piece.end };
        Span::new(start + offset..end + offset)
    }
}

/// The keys of the outermost mapping.
fn keys(tree: &Tree<'_>) -> Option<Vec<String>> {
    let root = tree.root().filter(|root| root.kind() == Kind::Mapping)?;
    root.entries().map(|entry| entry.key.as_str().map(str::to_owned)).collect()
}

/// The items of a block `items:`, cut in front of some of them. No other line can start like an item there, but inside a
/// quoted or flow value, which is then cut and cannot be read. The list ends where a line starts with something else.
fn of_block(text: &str, size: usize) -> Option<Items> {
    let key = memmem::find(text.as_bytes(), b"\nitems:")? + 1;
    let rest = text.get(key..)?;
    let line = rest.lines().next()?;
    (line.trim_end() == "items:").then_some(())?;
    let first = key + rest.find('\n')? + 1;
    let indent = text.get(first..)?.bytes().position(|byte| byte != b' ')?;
    let mark = format!("\n{}- ", " ".repeat(indent));
    let mark = memmem::Finder::new(mark.as_bytes());
    let next = |from: usize| Some(from + mark.find(text.as_bytes().get(from..)?)? + 1);
    (next(first.checked_sub(1)?)? == first).then_some(())?;
    let cuts = std::iter::successors(next(first), |at| next(at + size));
    let mut start = first;
    let mut pieces: Vec<_> = cuts.map(|at| std::mem::replace(&mut start, at)..at).collect();
    let starts_key = |line: &str| !line.starts_with([' ', '\t', '\r', '\n', '-', '#']);
    let last = text.get(start..)?.split_inclusive('\n').take_while(|line| !starts_key(line));
    let tail = start + last.map(str::len).sum::<usize>();
    pieces.push(start..tail);
    Some(Items { pieces, tail })
}

/// The items of `"items": […]` in an object of JSON; `None` where there is more than JSON in it.
fn of_json(text: &str, size: usize) -> Option<Items> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    // The key that was read last, and where the piece starts, once the list was found.
    let (mut key, mut start) = ("", None);
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        let rest = bytes.get(at..)?;
        let quote = at + memchr(b'"', rest).unwrap_or(rest.len());
        for (at, byte) in (at..).zip(bytes.get(at..quote)?) {
            match (byte, start) {
                (b'[', None) if depth == 1 && key == "items" => start = Some(at + 1),
                (b',', Some(from)) if depth == 2 && at - from >= size => {
                    pieces.push(from..at);
                    start = Some(at + 1);
                }
                (b']', Some(from)) if depth == 2 => {
                    pieces.push(from..at);
                    return Some(Items { pieces, tail: at });
                }
                (b'\'' | b'#' | b'&' | b'*' | b'!', _) => return None,
                _ => {}
            }
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.checked_sub(1)?,
                _ => {}
            }
        }
        if quote == bytes.len() {
            return None;
        }
        at = string_end(bytes, quote + 1);
        if depth == 1 {
            key = text.get(quote + 1..at - 1).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEMS: &str = "\
- kind: A # one
  list:
  - a
  - - b
# two
- data: |
    - c

  more: >-
    folded
     text
-
  \"key\": \"esc\\n\"
  flow: [1,
    {a: b}]
- plain
- last: 'it''s'
";

    /// The items of a tree, their bytes and texts.
    fn items<'a>(tree: &'a Tree<'_>) -> Vec<(Span, Vec<Option<&'a str>>)> {
        let items = tree.root().and_then(|root| root.get("items").value()).into_iter().flat_map(Node::items);
        let inner = |item: Node<'a>| {
            let texts = tree.nodes().filter(move |node| item.span().contains(node.span()));
            texts.map(Node::text).collect()
        };
        items.map(|item| (item.span(), inner(item))).collect()
    }

    /// How many pieces of so many bytes a text is read in, if they say what the text says.
    fn pieces(text: &str, size: usize) -> Option<usize> {
        let list = LongList::cut(text, size)?;
        let documents: Vec<_> =
            list.pieces().iter().map(|piece| list.read(piece, 7)).collect::<Option<_>>()?;
        let whole = Tree::parse(Text::slice(text, 7)).unwrap();
        let joined: Vec<_> = documents.iter().filter_map(Document::tree).flat_map(items).collect();
        assert_eq!(joined, items(&whole), "{text}");
        let ends = (documents.first()?.span.start, documents.last()?.span.end as usize);
        assert_eq!(ends, (7, 7 + text.len()), "{text}");
        Some(documents.len())
    }

    #[test]
    fn pieces_say_together_what_the_list_says() {
        let indented: String = ITEMS.lines().flat_map(|line| ["  ", line, "\n"]).collect();
        for items in [ITEMS, &indented] {
            let text =
                format!("apiVersion: v1\nitems:\n{items}kind: List\nmetadata:\n  resourceVersion: \"\"\n");
            assert_eq!(pieces(&text, 1), Some(4), "{text}");
            assert_eq!(pieces(&text, 60), Some(3), "{text}");
            assert_eq!(pieces(&text.replace('\n', "\r\n"), 1), Some(4), "{text}");
            assert_eq!(pieces(&format!("kind: List\nitems:\n{items}"), 1), Some(4), "{text}");
        }
        let json =
            r#"{"kind": "List", "items": [{"a": ["]", {"b": "\",{"}]}, "c", [1, 2], {} ], "metadata": {}}"#;
        for text in [
            json.to_owned(),
            json.replace(", \"metadata\": {}", ""),
            json.replace(' ', ""),
            json.replace(", ", ",\n    "),
        ] {
            assert_eq!(pieces(&text, 1), Some(4), "{text}");
            assert_eq!(pieces(&text, text.len() / 4), Some(2), "{text}");
        }
    }

    #[test]
    fn what_is_odd_is_read_as_a_whole() {
        let list = |items: &str| format!("kind: List\nitems:\n{items}");
        for text in [
            list("- a: 1\n"),
            list("- a: &x 1\n- b: *x\n"),
            list("- a: \"x\n- y\"\n- b: 1\n"),
            list("- a: 1\n- b: \"x\nmetadata: \"\n"),
            list("- a: 1\n- b: 1\nother:\n- c: 1\n- d: 1\n"),
            list("- a: 1\n- b: 1\nkind: List\n"),
            list("- a: 1\n- b: 1\n...\n- c: 1\n"),
            list("- a: [\n- b: 1\n"),
            format!("# a comment\n{}", list("- a: 1\n- b: 1\n")),
            list(&format!("- a: 1\n- b: 1\nmetadata: {{name: {}}}\n", "x".repeat(LONGEST_VALUE))),
            list(&format!("- a: 1\n- b: 1\nmetadata: {{{}}}\n", "a, ".repeat(LONGEST_FRAME))),
            "{\"items\": [1, 2".to_owned(),
            "{\"items\": [1, 2]".to_owned(),
            "{\"items\": [1, 2}]}".to_owned(),
            "{\"items\": {\"items\": [1, 2]}}".to_owned(),
            "{'a': '\"', \"items\": [1, 2]}".to_owned(),
            "{\"items\": [1, # ]\n 2]}".to_owned(),
            "{\"items\": [1, 2]} x".to_owned(),
            "a: 1\n".to_owned(),
            String::new(),
        ] {
            assert_eq!(pieces(&text, 1), None, "{text}");
        }
    }
}
