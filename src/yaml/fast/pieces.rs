//! A long list in pieces, read by all threads: `kubectl get -o yaml` prints one `kind: List` of any size.
//!
//! The document is cut in front of items of its `items:`. No other line can start like an item there: what belongs to
//! an item stands deeper, and a quoted or flow value that would not is nothing that the fast path reads.

use std::ops::Range;

use memchr::memmem;
use rayon::prelude::*;

use super::{Level, Outcome, Reader, is_json};
use crate::yaml::full;
use crate::yaml::tree::{Kind, More, Style, TreeBuilder};

/// Documents of fewer bytes are read in one go.
const LARGE: usize = 2 << 20;

/// Bytes of a piece, at least.
const PIECE: usize = 256 << 10;

/// How many pieces each thread reads before they are joined.
const PIECES_PER_THREAD: usize = 4;

/// Reads a document whose `items:` are long; `None` for any other, and if the pieces do not fit together.
pub(super) fn parse(source: &str) -> Option<TreeBuilder> {
    let is_large = (LARGE..=u32::MAX as usize).contains(&source.len());
    if is_large && !is_json(source) { in_pieces(source, PIECE) } else { None }
}

/// The same, pieces having so many bytes at least.
fn in_pieces(source: &str, size: usize) -> Option<TreeBuilder> {
    let Cut { indent, ranges, .. } = cut(source, size)?;
    let (head, rest) = ranges.split_first()?;
    let mut builder = super::read(source.get(head.clone())?).ok()?;
    builder.expect(source.len());
    let mut list = builder.last_list()?;
    // Not all at once: what is joined is freed.
    for batch in rest.chunks(rayon::current_num_threads() * PIECES_PER_THREAD) {
        let pieces: Vec<_> = batch.par_iter().map(|range| piece(source, range, indent)).collect();
        for more in pieces {
            list = builder.extend_list(list, more?)?;
        }
    }
    Some(builder)
}

/// A document, cut in front of items of its list.
pub(in crate::yaml) struct Cut {
    /// Where its first item starts.
    pub(in crate::yaml) first: usize,
    /// The column of the items.
    indent: usize,
    /// The pieces; the first ends with the first item.
    pub(in crate::yaml) ranges: Vec<Range<usize>>,
}

/// Cuts a document in front of items of its `items:`, pieces having so many bytes at least.
pub(in crate::yaml) fn cut(source: &str, size: usize) -> Option<Cut> {
    let key = memmem::find(source.as_bytes(), b"\nitems:")? + 1;
    let rest = source.get(key..)?;
    let line = rest.lines().next()?;
    (line.trim_end() == "items:").then_some(())?;
    let first = key + rest.find('\n')? + 1;
    let indent = source.get(first..)?.bytes().position(|byte| byte != b' ')?;
    let mark = format!("\n{}- ", " ".repeat(indent));
    let mark = memmem::Finder::new(mark.as_bytes());
    let next = |from: usize| Some(from + mark.find(source.as_bytes().get(from..)?)? + 1);
    (next(first.checked_sub(1)?)? == first).then_some(())?;
    let cuts = std::iter::successors(next(first), |at| next(at + size));
    let mut start = 0;
    let mut ranges: Vec<_> = cuts.map(|at| std::mem::replace(&mut start, at)..at).collect();
    ranges.push(start..source.len());
    Some(Cut { first, indent, ranges })
}

/// Reads items, and in the last piece what follows the list. What is unusual in a piece is left to the full parser.
fn piece(source: &str, range: &Range<usize>, indent: usize) -> Option<More> {
    let text = source.get(range.clone())?;
    if let Ok(builder) = items(source.get(..range.end)?, range, indent) {
        // The list follows its key, and that the document.
        return Some(More { builder, list: 2, shift: 0 });
    }
    let builder = full::parse(text).ok().filter(TreeBuilder::is_list)?;
    Some(More { builder, list: 0, shift: u32::try_from(range.start).ok()? })
}

fn items(source: &str, range: &Range<usize>, indent: usize) -> Outcome<TreeBuilder> {
    let mut reader = Reader::new(source, range.clone())?;
    reader.rooted = true;
    // What is open where the piece starts: the document, and behind a key the list.
    reader.builder.open(range.start, Kind::Mapping);
    reader.slice(range.start, range.start, range.start..range.start, Style::Plain);
    reader.builder.open(range.start, Kind::Sequence);
    reader.levels.push(Level { kind: Kind::Mapping, indent: 0, awaits: None });
    reader.levels.push(Level { kind: Kind::Sequence, indent, awaits: None });
    reader.document()?;
    Ok(reader.builder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Node, Text, Tree};

    const HEAD: &str = "apiVersion: v1\nitems:\n";
    const TAIL: &str = "kind: List\nmetadata: {}\n";
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

    fn tree(builder: TreeBuilder, text: &str) -> Tree<'_> {
        builder.finish(Text::slice(text, 0))
    }

    /// Whether `text` is read in pieces, just as it is as a whole.
    fn is_joined(text: &str) -> bool {
        let whole = Tree::parse(Text::slice(text, 0)).unwrap();
        [1, 10, 30].map(|size| {
            let Some(joined) = in_pieces(text, size).map(|builder| tree(builder, text)) else { return false };
            assert!(joined.is_same(&whole), "{text}");
            let spans = |tree: &Tree<'_>| tree.nodes().map(Node::span).collect::<Vec<_>>();
            assert_eq!(spans(&joined), spans(&whole), "{text}");
            let depths = |tree: &Tree<'_>| tree.walk().map(|(depth, _)| depth).collect::<Vec<_>>();
            assert_eq!(depths(&joined), depths(&whole), "{text}");
            assert_eq!(joined.comments(), whole.comments(), "{text}");
            true
        }) == [true; 3]
    }

    fn indented(items: &str) -> String {
        items.lines().flat_map(|line| ["  ", line, "\n"]).collect()
    }

    #[test]
    fn pieces_are_joined_to_the_same_tree() {
        for items in [ITEMS.to_owned(), indented(ITEMS)] {
            assert!(is_joined(&format!("{HEAD}{items}")));
            assert!(is_joined(&format!("{HEAD}{items}{TAIL}")));
            assert!(is_joined(&format!("{HEAD}{items}{TAIL}").replace('\n', "\r\n")));
        }
    }

    #[test]
    fn the_full_parser_reads_what_is_unusual_in_a_piece() {
        let odd = "- a: &x {k: v}\n  b: *x\n- \"\\U0001F553\"\n- ? k\n";
        assert!(is_joined(&format!("{HEAD}{ITEMS}{odd}{ITEMS}")));
        assert!(is_joined(&format!("{HEAD}{}{TAIL}", indented(&format!("{ITEMS}{odd}{ITEMS}")))));
    }

    #[test]
    fn what_cannot_be_cut_is_read_as_a_whole() {
        for text in [
            format!("{HEAD}{ITEMS}- a: *x\n{ITEMS}").replace("- kind: A", "- &x kind: A"),
            format!("{HEAD}{ITEMS}- a: \"x\n- y\"\n{ITEMS}"),
            format!("{HEAD}{ITEMS}other:\n- a: 1\n- b: 1\n{TAIL}"),
            format!("{HEAD}- only: one\nother: |\n  x\n"),
        ] {
            let (pieces, whole) = (in_pieces(&text, 1), Tree::parse(Text::slice(&text, 0)));
            match (pieces, whole) {
                (Some(pieces), Ok(whole)) => assert!(tree(pieces, &text).is_same(&whole), "{text}"),
                (pieces, _) => assert!(pieces.is_none(), "{text}"),
            }
        }
    }
}
