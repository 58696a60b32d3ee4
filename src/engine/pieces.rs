//! Large texts, searched piece by piece by all threads.

use std::ops::Range;

use memchr::memmem;
use rayon::prelude::*;

use crate::signs::Signs;

/// Texts up to so many bytes are searched as a whole: what their documents say of each other counts.
const WHOLE: usize = 256 << 10;

/// Bytes of a piece, at least. In a small one less lies beside what has a sign.
const PIECE: usize = 32 << 10;

/// So many pieces are at work at a time.
const BATCH: usize = 64;

/// More of anything is not in files that people write; a hostile one shall not fill the memory.
const MOST: usize = 100_000;

/// What `find` finds in the pieces of `text` that have a sign it looks for, each with where its piece starts. A piece ends where a
/// document or an item of a list begins: what belongs together in a file that people write stays together.
pub(super) fn search<T: Send>(
    text: &str,
    signs: Signs,
    is_sign: impl Fn(Signs) -> bool + Sync,
    find: impl Fn(&str) -> Vec<T> + Sync,
) -> Vec<(u32, T)> {
    if !is_sign(signs) {
        return Vec::new();
    }
    let ranges = cut(text, if text.len() > WHOLE { PIECE } else { WHOLE });
    let in_piece = |range: &Range<usize>| -> Vec<(u32, T)> {
        let piece = text.get(range.clone()).unwrap_or_default();
        let start = u32::try_from(range.start).unwrap_or(u32::MAX);
        let is_whole = piece.len() == text.len();
        if !is_whole && !is_sign(signs.of_part(piece)) {
            return Vec::new();
        }
        find(piece).into_iter().map(|found| (start, found)).collect()
    };
    if let [whole] = ranges.as_slice() {
        return in_piece(whole);
    }
    let mut found = Vec::new();
    for batch in ranges.chunks(BATCH) {
        found.par_extend(batch.par_iter().flat_map_iter(in_piece));
        found.truncate(MOST);
    }
    found
}

fn cut(text: &str, size: usize) -> Vec<Range<usize>> {
    let next = |from: usize| {
        let rest = text.as_bytes().get(from..)?;
        let starts = memmem::find_iter(rest, b"\n-").map(|at| at + 1);
        let is_start =
            |at: &usize| matches!(rest.get(*at..), Some([b'-', b' ', ..] | [b'-', b'-', b'-', ..]));
        starts.filter(is_start).map(|at| from + at).next()
    };
    let mut start = 0;
    let mut ranges = Vec::new();
    while let Some(end) = next(start + size) {
        ranges.push(std::mem::replace(&mut start, end)..end);
    }
    ranges.push(start..text.len());
    ranges
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
        assert_eq!(pieces(6), ["a: 1\n---\nb:\n  - c\n", "- d\n-e\n", "--- # é\nf: |\n  x"]);
        assert_eq!(pieces(text.len()), [text]);
    }

    #[test]
    fn what_is_found_knows_its_piece() {
        let text = format!("{}---\nkubectl\n", "# a comment\n---\n".repeat(WHOLE / 8));
        let find = |piece: &str| piece.find("kubectl").into_iter().collect();
        let found = search(&text, Signs::of(&text), |signs| signs.commands, find);
        let [(start, at)] = found[..] else { panic!("{found:?}") };
        assert!(start > 0 && text.get(start as usize + at..).unwrap().starts_with("kubectl"));
        assert!(search(&text, Signs::default(), |signs| signs.commands, find).is_empty());
    }
}
