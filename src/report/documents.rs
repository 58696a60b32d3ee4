//! How a document is read to cover its secrets: as a whole, or a long list some items at a time.

use std::iter::Peekable;
use std::ops::Range;
use std::slice;

use rayon::prelude::*;

use super::fallback;
use super::mask::{self, Surroundings, Understood, Whole};
use crate::yaml::{self, Content, Document, LongList};

/// So many parts are read at a time.
const BATCH: usize = 64;

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
    if own.len() >= LongList::SHORTEST
        && let Some(parts) = find_in_list(text, chunk, LongList::PIECE, shown)
    {
        unseen.extend(parts.unseen);
        blocks.extend(parts.blocks);
        found.extend(parts.found);
        return;
    }
    let document = Document::read(text, chunk);
    if let Content::Tree(tree) = &document.content {
        mask::find_in_tree(text, &chunk.bytes, tree, blocks, found);
    }
    if document.tree().is_none() || !document.ignored.is_empty() {
        fallback::find(document.text, chunk.bytes.start, found);
    }
}

/// What is secret in a long list.
#[derive(Default)]
struct Parts {
    /// The block scalars, and what is secret, in the parts that have something to be shown.
    blocks: Vec<Range<usize>>,
    found: Vec<Range<usize>>,
    /// The other parts.
    unseen: Vec<Range<usize>>,
}

/// What was found in a part of a list.
struct Part {
    bytes: Range<usize>,
    understood: Understood,
    blocks: Vec<Range<usize>>,
    found: Vec<Range<usize>>,
    comments: Vec<Range<usize>>,
}

/// Reads a long list some items at a time; `None` where any of it is to be doubted, so that it has to be read as a whole.
fn find_in_list(text: &str, chunk: &yaml::Chunk, size: usize, mut shown: Shown<'_>) -> Option<Parts> {
    if chunk.bad_separator.is_some() {
        return None;
    }
    let own = text.get(chunk.bytes.clone())?;
    let list = LongList::cut(own, size)?;
    let mentioned = |bytes: Range<usize>| fallback::secrets_mentioned(own.get(bytes).unwrap_or_default());
    let items = list.pieces().first()?.start..list.pieces().last()?.end;
    // What stands around the items is read with each piece.
    let around = mentioned(0..items.start) + mentioned(items.end..own.len());
    let mentions: Vec<_> = list.pieces().par_iter().map(|piece| mentioned(piece.clone())).collect();
    let mentions_secret = around > 0 || mentions.iter().any(|mentions| *mentions > 0);
    let whole = Whole { mentions_secret, is_plugin_config: fallback::configures_plugin(own) };
    let look = |(piece, mentions): (&Range<usize>, &usize)| {
        let document = list.read(piece, chunk.bytes.start)?;
        let (tree, bytes) = (document.tree()?, document.span.range());
        let (mut blocks, mut found) = (Vec::new(), Vec::new());
        let understood = mask::read_tree(text, tree, whole, &mut blocks, &mut found);
        let is_doubtful = around + mentions > understood.secrets
            || understood.has_odd_keys
            || fallback::is_indented_with_tabs(own.get(piece.clone())?);
        let comments = mask::hidden_comments(text, tree, 0).collect();
        (!is_doubtful).then_some(Part { bytes, understood, blocks, found, comments })
    };
    let mut parts = Parts::default();
    let mut first_data = None;
    // Not all at once: most show nothing, and are let go.
    for batch in list.pieces().chunks(BATCH).zip(mentions.chunks(BATCH)) {
        let read: Vec<_> = batch.0.par_iter().zip(batch.1).map(look).collect();
        for part in read {
            let Part { bytes, understood, blocks, found, mut comments } = part?;
            first_data = first_data.or(understood.first_data);
            while shown.next_if(|range| range.end < bytes.start).is_some() {}
            if shown.peek().is_none_or(|range| range.start > bytes.end) {
                parts.unseen.push(bytes);
                continue;
            }
            comments.retain(|comment| first_data.is_some_and(|first| comment.start >= first as usize));
            parts.blocks.extend(blocks);
            parts.found.extend(found.into_iter().chain(comments));
        }
    }
    Some(parts)
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
    fn in_pieces(text: &str, shown: &[Range<usize>]) -> Option<[Vec<Range<usize>>; 2]> {
        let chunk = yaml::Chunk { bytes: 0..text.len(), bad_separator: None };
        let Parts { found, unseen, .. } = find_in_list(text, &chunk, 1, shown.iter().peekable())?;
        Some([mask::merge(found), unseen])
    }

    #[test]
    fn a_list_in_pieces_loses_what_it_loses_as_a_whole() {
        let text = format!("apiVersion: v1\nkind: List\nitems:\n{ITEMS}");
        let whole = 0..text.len();
        let [found, unseen] = in_pieces(&text, slice::from_ref(&whole)).unwrap();
        assert!(unseen.is_empty());
        assert_eq!(found, mask::find(&text, slice::from_ref(&whole)).covered);
        let masked = mask::cover(&text, &found);
        assert!(!masked.contains("aHVudGVy") && masked.contains("name: plain"), "{masked}");
    }

    #[test]
    fn doubt_about_one_piece_is_doubt_about_all() {
        let list = |items: &str| format!("kind: List\nitems:\n- kind: Pod\n{items}- name: plain\n");
        for (text, is_whole) in [
            (list("# kind: Secret\n- StringData: {a: aHVudGVy}\n"), true),
            (list("- StringData: {a: aHVudGVy}\n- x: a kind Secret\n"), true),
            (list("- StringData: {a: aHVudGVy}\n- kind: Secret\n  data: {\n\ta: b}\n"), true),
            (list("- kind: !!str Secret\n  data: {a: b}\n- name: q # aHVudGVy\n"), false),
            (list("- kind:\n    Secret\n  data: {a: b}\n- name: q # aHVudGVy\n"), false),
            (list("- data: {e: aHVudGVy}\n- kind: Secret\n"), false),
            (list("- metadata: {}\n  Data: {a: aHVudGVy}\n").replacen("List", "SecretList", 1), false),
        ] {
            let whole = 0..text.len();
            let expected = mask::find(&text, slice::from_ref(&whole)).covered;
            let in_pieces = in_pieces(&text, slice::from_ref(&whole));
            assert_eq!(in_pieces.is_none(), is_whole, "{text}");
            assert!(in_pieces.is_none_or(|[found, _]| found == expected), "{text}");
            let masked = mask::cover(&text, &expected);
            assert!(!masked.contains("aHVudGVy"), "{masked}");
        }
    }

    #[test]
    fn of_pieces_that_show_nothing_nothing_is_kept() {
        let text = format!("kind: List\nitems:\n{ITEMS}");
        let plain = text.find("plain").unwrap();
        let shown = plain..plain + 5;
        let [found, unseen] = in_pieces(&text, slice::from_ref(&shown)).unwrap();
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(unseen.last().map(|last| last.end), text.rfind("- kind"));
        let broken = text.replace("name: plain", "name: [plain");
        assert!(in_pieces(&broken, slice::from_ref(&shown)).is_none());
    }
}
