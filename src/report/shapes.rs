//! Credentials that give themselves away by their shape, wherever they stand: JSON Web Tokens and private keys, as they
//! are or in base64.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;

use super::random::is_piece;

/// How the text of a credential begins: a JWT (base64 of `{"`), a JWT in base64, a PEM block in base64.
const PREFIXES: [&str; 3] = ["eyJ", "ZXlK", "LS0tLS1CRUdJTi"];
/// Shorter than this it is a word, not a credential.
const SHORTEST: usize = 16;
/// More than this between two strings is more than indentation; bytes.
const LONGEST_JOINT: usize = 200;
/// A line of a wrapped token is at least this long.
const SHORTEST_WRAPPED: usize = 24;

/// The bytes of all credentials in `text`, in order; they may overlap.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<_> = PREFIXES.iter().flat_map(|prefix| tokens(text, prefix)).collect();
    found.extend(private_keys(text));
    found.sort_unstable_by_key(|range| range.start);
    found
}

/// `text` with every credential replaced, at the same width.
pub(crate) fn mask(text: &str) -> Cow<'_, str> {
    let found = find(text);
    if found.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(super::mask::cover(text, &found)) }
}

/// Runs of token characters that begin with `prefix`, with the lines that they are wrapped onto.
fn tokens<'t>(text: &'t str, prefix: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    let finder = memmem::Finder::new(prefix);
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + finder.find(text.as_bytes().get(from..)?)?;
            let end = run_end(text, start);
            from = pieces_end(text, end).max(start + prefix.len());
            if end - start >= SHORTEST || from > end {
                return Some(start..from);
            }
        }
    })
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

/// What stands between `-----BEGIN … PRIVATE KEY-----` and its end, or the end of the text.
fn private_keys(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    const BEGIN: &str = "-----BEGIN ";
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let label = from + memmem::find(text.as_bytes().get(from..)?, BEGIN.as_bytes())? + BEGIN.len();
            let after = text.get(label..)?;
            from = label;
            let length = after.find("-----")?;
            if after.get(..length).is_some_and(|label| label.len() < 64 && label.contains("PRIVATE KEY")) {
                let start = label + length + "-----".len();
                from = text.get(start..)?.find("-----END").map_or(text.len(), |at| start + at);
                return Some(start..from);
            }
        }
    })
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
