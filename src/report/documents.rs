//! Which parts of a document are read to cover its secrets: all of it, or of a long list those that have something to be
//! shown.

use std::iter::Peekable;
use std::ops::Range;
use std::slice;

use super::fallback;
use super::mask::{Surroundings, Whole, find_in_tree};
use crate::yaml::{self, Content, Document, LongList};

/// Shorter documents are read as a whole, bytes; and so many of a longer list at a time.
const LONG: usize = 512 << 10;
const PIECE: usize = 128 << 10;

/// The bytes that may be shown, from a document on.
type Shown<'s> = Peekable<slice::Iter<'s, Range<usize>>>;

/// Finds what is secret in a document that has something to be shown. Of a long list, `unseen` takes the parts that have
/// nothing of it.
pub(super) fn find(
    text: &str,
    chunk: &yaml::Chunk,
    shown: Shown<'_>,
    surroundings: &mut Surroundings,
    found: &mut Vec<Range<usize>>,
    unseen: &mut Vec<Range<usize>>,
) {
    let own = text.get(chunk.bytes.clone()).unwrap_or_default();
    if is_manifest(own) {
        surroundings.manifests.push(chunk.bytes.clone());
    }
    let blocks = &mut surroundings.blocks;
    if own.len() >= LONG && chunk.bad_separator.is_none() {
        let before = (blocks.len(), found.len(), unseen.len());
        if find_in_list(text, chunk, PIECE, shown, blocks, found, unseen).is_some() {
            return;
        }
        blocks.truncate(before.0);
        found.truncate(before.1);
        unseen.truncate(before.2);
    }
    let document = Document::read(text, chunk);
    if let Content::Tree(tree) = &document.content {
        find_in_tree(text, &chunk.bytes, tree, Whole::of(own, false), blocks, found);
    }
    if document.tree().is_none() || !document.ignored.is_empty() {
        fallback::find(document.text, chunk.bytes.start, found);
    }
}

/// The same of a long list. Its items are read as documents of their own are, some at a time; `None` if they cannot be.
fn find_in_list(
    text: &str,
    chunk: &yaml::Chunk,
    size: usize,
    mut shown: Shown<'_>,
    blocks: &mut Vec<Range<usize>>,
    found: &mut Vec<Range<usize>>,
    unseen: &mut Vec<Range<usize>>,
) -> Option<()> {
    let own = text.get(chunk.bytes.clone())?;
    let list = LongList::cut(own, size)?;
    let whole = Whole::of(own, true);
    for piece in list.pieces() {
        let bytes = list.span(piece, chunk.bytes.start).range();
        while shown.next_if(|range| range.end < bytes.start).is_some() {}
        if shown.peek().is_some_and(|range| range.start <= bytes.end) {
            let document = list.read(piece, chunk.bytes.start)?;
            find_in_tree(text, &bytes, document.tree()?, whole, blocks, found);
        } else {
            unseen.push(bytes);
        }
    }
    Some(())
}

/// Whether a document, readable or not, is to be a manifest: it has both keys at the start of a line, or is JSON.
fn is_manifest(text: &str) -> bool {
    let is_json = || text.trim_start().starts_with('{');
    let has = |key: &str| text.lines().any(|line| line.trim_start_matches(['"', ' ', '-']).starts_with(key));
    (has("apiVersion") && has("kind")) || (is_json() && text.contains("\"apiVersion\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::mask;

    const ITEMS: &str = "\
- apiVersion: v1
  kind: Secret
  data: {a: aHVudGVy}
# b: aHVudGVy
- apiVersion: v1
  kind: ConfigMap
  # c: aHVudGVy
  data:
    d: |
      kind: Secret
      data: {a: aHVudGVy}
- apiVersion: v1
  data: {e: aHVudGVy}
- kind: Pod
  password: aHVudGVy # f
- kind: Pod
  name: plain
";

    /// What is covered of a list that is read item by item, and which bytes are not looked at.
    fn in_pieces(text: &str, shown: &[Range<usize>]) -> Option<(Vec<Range<usize>>, Vec<Range<usize>>)> {
        let chunk = yaml::Chunk { bytes: 0..text.len(), bad_separator: None };
        let (mut blocks, mut found, mut unseen) = (Vec::new(), Vec::new(), Vec::new());
        let shown = shown.iter().peekable();
        find_in_list(text, &chunk, 1, shown, &mut blocks, &mut found, &mut unseen)?;
        Some((mask::merge(found), unseen))
    }

    #[test]
    fn a_list_in_pieces_loses_what_it_loses_as_a_whole() {
        let text = format!("apiVersion: v1\nkind: List\nitems:\n{ITEMS}");
        let whole = 0..text.len();
        let (found, unseen) = in_pieces(&text, slice::from_ref(&whole)).unwrap();
        assert!(unseen.is_empty());
        assert_eq!(found, mask::find(&text, slice::from_ref(&whole)).covered);
        let masked = mask::cover(&text, &found);
        assert!(!masked.contains("aHVudGVy") && masked.contains("name: plain"), "{masked}");
    }

    #[test]
    fn pieces_that_show_nothing_are_not_read() {
        let text = format!("kind: List\nitems:\n{ITEMS}");
        let plain = text.find("plain").unwrap();
        let shown = plain..plain + 5;
        let (found, unseen) = in_pieces(&text, slice::from_ref(&shown)).unwrap();
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(unseen.last().map(|last| last.end), text.rfind("- kind"));
        let broken = text.replace("name: plain", "name: [plain");
        assert!(in_pieces(&broken, slice::from_ref(&shown)).is_none());
    }
}
