//! Which parts of a document are read to cover its secrets: all of it, or of a long list those that have something to be
//! shown.

use std::iter::Peekable;
use std::ops::Range;
use std::slice;

use rayon::prelude::*;

use super::fallback;
use super::mask::{Surroundings, Whole, find_in_tree};
use crate::yaml::{self, Content, Document, LongList};

/// Shorter documents are read as a whole, bytes; and so many of a longer list at a time.
const LONG: usize = 512 << 10;
const PIECE: usize = 128 << 10;

type Ranges = Vec<Range<usize>>;

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
    if own.len() >= LONG
        && let Some(parts) = find_in_list(text, chunk, PIECE, shown)
    {
        unseen.extend(parts.unseen);
        for (blocks_of_part, found_in_part) in parts.seen {
            blocks.extend(blocks_of_part);
            found.extend(found_in_part);
        }
        return;
    }
    let document = Document::read(text, chunk);
    if let Content::Tree(tree) = &document.content {
        find_in_tree(text, &chunk.bytes, tree, Whole::of(own, false), blocks, found);
    }
    if document.tree().is_none() || !document.ignored.is_empty() {
        fallback::find(document.text, chunk.bytes.start, found);
    }
}

/// What is secret in a long list, by its parts.
struct Parts {
    /// The block scalars and what is secret, in the parts that have something to be shown.
    seen: Vec<(Ranges, Ranges)>,
    /// The other parts.
    unseen: Ranges,
}

/// Reads the items of a long list as if they were documents of their own, some at a time; `None` if they cannot be.
fn find_in_list(text: &str, chunk: &yaml::Chunk, size: usize, mut shown: Shown<'_>) -> Option<Parts> {
    if chunk.bad_separator.is_some() {
        return None;
    }
    let own = text.get(chunk.bytes.clone())?;
    let list = LongList::cut(own, size)?;
    let (seen, unseen): (Vec<_>, Vec<_>) = list.pieces().iter().partition(|piece| {
        let bytes = list.span(piece, chunk.bytes.start).range();
        while shown.next_if(|range| range.end < bytes.start).is_some() {}
        shown.peek().is_some_and(|range| range.start <= bytes.end)
    });
    let whole = Whole::of(own, true);
    let find = |piece: &&Range<usize>| {
        let document = list.read(piece, chunk.bytes.start)?;
        let (mut blocks, mut found) = (Vec::new(), Vec::new());
        find_in_tree(text, &document.span.range(), document.tree()?, whole, &mut blocks, &mut found);
        Some((blocks, found))
    };
    let seen = seen.par_iter().map(find).collect::<Option<_>>()?;
    let unseen = unseen.into_iter().map(|piece| list.span(piece, chunk.bytes.start).range()).collect();
    Some(Parts { seen, unseen })
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
    fn in_pieces(text: &str, shown: &[Range<usize>]) -> Option<(Ranges, Ranges)> {
        let chunk = yaml::Chunk { bytes: 0..text.len(), bad_separator: None };
        let Parts { seen, unseen } = find_in_list(text, &chunk, 1, shown.iter().peekable())?;
        Some((mask::merge(seen.into_iter().flat_map(|(_, found)| found).collect()), unseen))
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
