//! Long lists, judged piece by piece: neither all threads nor little memory could be had for one document of any size.
//!
//! The items of a list know nothing of each other, as documents of one file do not. Only what commands in them say is
//! told together in a short list: there one may use the variable of another.

use memchr::memmem;
use rayon::prelude::*;

use super::Options;
use super::analyse::{File, Outcome, Part, judge};
use crate::k8s::Manifest;
use crate::yaml::LongList;

/// Shorter documents are judged as a whole.
const LONG: usize = 512 << 10;

/// Bytes of a piece, at least.
const PIECE: usize = 128 << 10;

/// So many pieces of each thread are at work at a time.
const PIECES_PER_THREAD: usize = 8;

/// Judges a document that is a long list; `None` for any other, and where a piece of it is odd.
pub(super) fn in_pieces(file: File<'_>, part: &Part, options: &Options) -> Option<Outcome> {
    judge_in_pieces(file, part, options, LONG, PIECE)
}

fn judge_in_pieces(
    file: File<'_>,
    part: &Part,
    options: &Options,
    long: usize,
    size: usize,
) -> Option<Outcome> {
    let text = file.text.get(part.chunk.bytes.clone()).filter(|text| text.len() >= long)?;
    // What a comment hides may stand in several pieces.
    let may_be_odd = file.in_chart || part.chunk.bad_separator.is_some() || part.preface.is_some();
    if may_be_odd || memmem::find(text.as_bytes(), b"saudit:").is_some() {
        return None;
    }
    let list = LongList::cut(text, size)?;
    let one = |piece| {
        let document = list.read(piece, part.chunk.bytes.start)?;
        let manifest = Manifest::new(&document, &part.origin, file.in_chart);
        let signs = file.pieces.signs_of(&document.span.range());
        manifest.is_list().then(|| judge(file, &manifest, signs, None, options))
    };
    let mut all: Option<Outcome> = None;
    for batch in list.pieces().chunks(rayon::current_num_threads() * PIECES_PER_THREAD) {
        let judged: Vec<_> = batch.par_iter().map(one).collect();
        for outcome in judged {
            let outcome = outcome?;
            all = Some(match all {
                // It is one document all the same.
                Some(all) => all.absorb(Outcome { documents: 0, manifests: 0, ..outcome }),
                None => outcome,
            });
        }
    }
    all
}
