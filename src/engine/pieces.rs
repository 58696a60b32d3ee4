//! A text in pieces that all threads look at, each with what it may hold.

use std::ops::Range;

use memchr::memmem;
use rayon::prelude::*;

use crate::signs::Signs;
use crate::yaml::LongList;

/// Texts up to so many bytes are one piece: what their documents say of each other counts.
const WHOLE: usize = 256 << 10;

/// Bytes of a piece of a larger one, if its documents are not larger. In a small piece less lies beside what has a sign.
const PIECE: usize = 32 << 10;

/// So many pieces are searched at a time.
const BATCH: usize = 64;

/// More of anything is not in files that people write; a hostile one shall not fill the memory.
const MOST: usize = 100_000;

/// A text in pieces, in order. A piece ends where a document or an item of a list begins: what belongs together in a
/// file that people write stays together.
#[derive(Debug)]
pub(super) struct Pieces<'t> {
    text: &'t str,
    all: Vec<Piece>,
    signs: Signs,
}

#[derive(Debug)]
struct Piece {
    bytes: Range<usize>,
    signs: Signs,
}

impl<'t> Pieces<'t> {
    /// Looks for the signs of `text`.
    pub(super) fn of(text: &'t str) -> Self {
        let piece = |bytes: Range<usize>| {
            let signs = Signs::of(text.get(bytes.clone()).unwrap_or_default());
            Piece { bytes, signs }
        };
        let all: Vec<_> = if text.len() > WHOLE {
            cut(text, PIECE).into_par_iter().map(piece).collect()
        } else {
            vec![piece(0..text.len())]
        };
        // No sign reaches over the end of a line.
        let signs = all.iter().fold(Signs::default(), |all, piece| all | piece.signs);
        Self { text, all, signs }
    }

    /// The signs of a document of the text.
    pub(super) fn signs_of(&self, document: &Range<usize>) -> Signs {
        if self.signs == Signs::default() {
            return self.signs;
        }
        let first = self.all.partition_point(|piece| piece.bytes.end <= document.start);
        let near = self.all.iter().skip(first).take_while(|piece| piece.bytes.start < document.end);
        near.fold(Signs::default(), |all, Piece { bytes, signs }| {
            let common = bytes.start.max(document.start)..bytes.end.min(document.end);
            let of_common = if common == *bytes {
                *signs
            } else {
                signs.of_part(self.text.get(common).unwrap_or_default())
            };
            all | of_common
        })
    }

    /// What `find` finds in the pieces that have a sign it looks for, each with where its piece starts.
    pub(super) fn search<T: Send>(
        &self,
        is_sign: impl Fn(Signs) -> bool,
        find: impl Fn(&str, Signs) -> Vec<T> + Sync,
    ) -> Vec<(u32, T)> {
        let in_piece = |piece: &&Piece| -> Vec<(u32, T)> {
            let text = self.text.get(piece.bytes.clone()).unwrap_or_default();
            let start = u32::try_from(piece.bytes.start).unwrap_or(u32::MAX);
            find(text, piece.signs).into_iter().map(|found| (start, found)).collect()
        };
        let with_sign: Vec<_> = self.all.iter().filter(|piece| is_sign(piece.signs)).collect();
        if let [only] = with_sign.as_slice() {
            return in_piece(only);
        }
        let mut found = Vec::new();
        for batch in with_sign.chunks(BATCH) {
            found.par_extend(batch.par_iter().flat_map_iter(in_piece));
            found.truncate(MOST);
        }
        found
    }
}

/// As many documents and items together as fit into `size` bytes; larger ones alone.
fn cut(text: &str, size: usize) -> Vec<Range<usize>> {
    // JSON has items on any line.
    if text.trim_start().starts_with('{')
        && let Some(list) = LongList::cut(text, size)
    {
        let starts = list.pieces().iter().skip(1).map(|items| items.start);
        let mut start = 0;
        return starts.chain([text.len()]).map(|end| std::mem::replace(&mut start, end)..end).collect();
    }
    let bytes = text.as_bytes();
    let starts = memmem::find_iter(bytes, b"\n-").map(|at| at + 1);
    let is_start = |at: &usize| matches!(bytes.get(*at..), Some([b'-', b' ', ..] | [b'-', b'-', b'-', ..]));
    let mut pieces = Vec::new();
    let (mut start, mut end) = (0, 0);
    for next in starts.filter(is_start).chain([text.len()]) {
        if next - start > size && start < end {
            pieces.push(start..end);
            start = end;
        }
        end = next;
    }
    pieces.push(start..end);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_end_before_documents_and_items() {
        let text = "a: 1\n---\nb:\n  - c\n- d\n-e\n--- # é\nf: |\n  x";
        let pieces =
            |size| cut(text, size).into_iter().map(|range| text.get(range).unwrap()).collect::<Vec<_>>();
        assert_eq!(pieces(0), ["a: 1\n", "---\nb:\n  - c\n", "- d\n-e\n", "--- # é\nf: |\n  x"]);
        assert_eq!(pieces(12), ["a: 1\n", "---\nb:\n  - c\n", "- d\n-e\n", "--- # é\nf: |\n  x"]);
        assert_eq!(pieces(20), ["a: 1\n---\nb:\n  - c\n", "- d\n-e\n", "--- # é\nf: |\n  x"]);
        assert_eq!(pieces(text.len()), [text]);
    }

    #[test]
    fn what_is_found_knows_its_piece() {
        let text = format!("{}---\nkubectl\n", "# a comment\n---\n".repeat(WHOLE / 8));
        let find = |piece: &str, _| piece.find("kubectl").into_iter().collect();
        let pieces = Pieces::of(&text);
        let found = pieces.search(|signs| signs.commands, find);
        let [(start, at)] = found[..] else { panic!("{found:?}") };
        assert!(start > 0 && text.get(start as usize + at..).unwrap().starts_with("kubectl"));
        assert!(pieces.search(|signs| signs.lookups, find).is_empty());
    }

    #[test]
    fn documents_have_the_signs_of_their_text() {
        let some = ["kubectl get sa\n", "cat <<EOF\n", "a: eyJ\n", "a:\n  kind: x\n", "a: b\n", "users:\n"];
        let document = |at: usize| some.map(|line| line.repeat(at % 7)).concat();
        let parts: Vec<_> = (0..60).map(|at| document(at).repeat((at % 4).pow(2) * 60)).collect();
        let text = parts.join("---\n");
        let pieces = Pieces::of(&text);
        assert!((20..60).contains(&pieces.all.len()) && pieces.signs == Signs::of(&text));
        for chunk in crate::yaml::split(&text) {
            let document = text.get(chunk.bytes.clone()).unwrap();
            assert_eq!(pieces.signs_of(&chunk.bytes), Signs::of(document));
        }
    }
}
