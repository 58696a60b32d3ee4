//! Credentials that give themselves away by their shape, wherever they stand: JSON Web Tokens and private keys, as they
//! are or in base64.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;

use super::random::is_piece;

/// How the text of a credential begins: a JWT (base64 of `{"`), a JWT in base64, a PEM block in base64; or a PEM block. None
/// ends with what another begins with.
const BEGINNINGS: [&str; 4] = ["eyJ", "ZXlK", "LS0tLS1CRUdJTi", PEM];
const PEM: &str = "-----BEGIN ";

/// `None` cannot be: they are few and short.
static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(BEGINNINGS).ok());

/// Shorter than this it is a word, not a credential.
const SHORTEST: usize = 16;
/// More than this between two strings is more than indentation; bytes.
const LONGEST_JOINT: usize = 200;
/// A line of a wrapped token is at least this long.
const SHORTEST_WRAPPED: usize = 24;

/// The label of a PEM block is not longer, with the dashes behind it.
const LONGEST_LABEL: usize = 68;

/// The bytes of all credentials in `text`, in order; they may overlap.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // What was looked at for each of them.
    let mut done = [0; BEGINNINGS.len()];
    for beginning in FINDER.iter().flat_map(|finder| finder.find_iter(text)) {
        let kind = beginning.pattern().as_usize();
        let Some(done) = done.get_mut(kind).filter(|done| **done <= beginning.start()) else { continue };
        let is_pem = BEGINNINGS.get(kind) == Some(&PEM);
        let (end, range) =
            if is_pem { private_key(text, beginning.end()) } else { token(text, &beginning.range()) };
        *done = end;
        found.extend(range);
    }
    found.sort_unstable_by_key(|range| range.start);
    found
}

/// `text` with every credential replaced, at the same width.
pub(crate) fn mask(text: &str) -> Cow<'_, str> {
    let found = find(text);
    if found.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(super::mask::cover(text, &found)) }
}

/// The run of token characters that begins at `beginning`, with the lines that it is wrapped onto, if it is no word; and
/// where that ends.
fn token(text: &str, beginning: &Range<usize>) -> (usize, Option<Range<usize>>) {
    let start = beginning.start;
    let run_end = run_end(text, start);
    let end = pieces_end(text, run_end).max(beginning.end);
    (end, (run_end - start >= SHORTEST || end > run_end).then_some(start..end))
}

/// The end of the run of token characters at `start`: the alphabets of base64 and base64url, and the dots of a JWT.
fn run_end(text: &str, start: usize) -> usize {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.=+/".contains(byte);
    start + rest.iter().position(|byte| !is_token(byte)).unwrap_or(rest.len())
}

/// Where a token ends that may go on in other pieces: in the next lines, in the next of several strings. What joins them
/// is no letter and no digit.
fn pieces_end(text: &str, mut end: usize) -> usize {
    loop {
        let rest = text.get(end..).unwrap_or_default();
        let joint = rest.find(|c: char| !is_joint(c)).unwrap_or(rest.len());
        let is_whole =
            rest.get(..joint).is_some_and(|joint| joint.len() < LONGEST_JOINT && !joint.is_empty());
        let start = end + joint;
        let piece_end = run_end(text, start);
        let piece = text.get(start..piece_end).unwrap_or_default();
        // A key is no piece: `b: c`.
        let is_key = text.get(piece_end..).is_some_and(|rest| rest.starts_with(':'));
        let is_long = piece.len() >= SHORTEST_WRAPPED && !piece.contains('-');
        if !is_whole || is_key || !(is_piece(piece) || is_long) {
            return end;
        }
        end = piece_end;
    }
}

/// What may stand between the pieces of a token: quotes, ends of lines, operators, marks of lists and comments.
fn is_joint(c: char) -> bool {
    c.is_whitespace() || "\\\"'`+,&|>#[]()-".contains(c)
}

/// What stands between `-----BEGIN … PRIVATE KEY-----` and its end, or the end of the text, if the label at a byte is that of
/// a key; and where that ends.
fn private_key(text: &str, label: usize) -> (usize, Option<Range<usize>>) {
    let after = text.get(label..).unwrap_or_default();
    // Longer ones are no labels.
    let near = after.get(..after.floor_char_boundary(LONGEST_LABEL)).unwrap_or_default();
    let Some((name, _)) = near.split_once("-----").filter(|(name, _)| name.contains("PRIVATE KEY")) else {
        return (label, None);
    };
    let start = label + name.len() + "-----".len();
    let key = text.get(start..).unwrap_or_default();
    let end = start + memmem::find(key.as_bytes(), b"-----END").unwrap_or(key.len());
    (end, Some(start..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_covered_and_nothing_else() {
        for (text, masked) in [
            ("token eyJhbGciOiJ.eyJzdWIi.c2ln, end", "token *************************, end"),
            ("a: ZXlKaGJHY2lPaUpTVXpJMU5pSXM=", "a: ****************************"),
            ("eyJust a word", "eyJust a word"),
            (
                "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMII=\n-----END RSA PRIVATE KEY-----",
                "-----BEGIN RSA PRIVATE KEY-----\n****\n-----END RSA PRIVATE KEY-----",
            ),
            ("-----BEGIN PRIVATE KEY-----\\nMII", "-----BEGIN PRIVATE KEY-----*****"),
            (
                "\"eyJhbGciOi\" +\n  \"JSUzI1NiIs\" + \"k7Xq2\"; x",
                "\"*********** *\n  ***********\" + \"k7Xq2\"; x",
            ),
            (
                "eyJhbGciOiJSUzI1NiIs\n  abcdefghijklmnopqrstuvwxyz\nkind: Pod",
                "********************\n  **************************\nkind: Pod",
            ),
        ] {
            assert_eq!(mask(text), masked);
        }
    }
}
