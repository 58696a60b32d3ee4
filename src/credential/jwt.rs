//! JSON Web Tokens in text, as they are or in base64.

use std::ops::Range;

use memchr::{memchr2_iter, memmem};
use serde::Deserialize;

use super::base64::{self, is_base64, is_url_safe};
use super::claims::{Claims, Jwt};

/// `{"` in base64: how the header of a JWT begins.
const PLAIN: &str = "eyJ";
/// The same, in base64 once more.
const ENCODED: &str = "ZXlK";
/// Fewer different characters than this no signature has, but many a made-up one (`AAAA…`).
const FEWEST_CHARACTERS: usize = 20;

/// Whether there may be a token in `text`; fast.
pub(super) fn may_be_in(text: &str) -> bool {
    // Few other words end with these letters.
    let mut ends = memchr2_iter(b'J', b'K', text.as_bytes());
    ends.any(|end| {
        let word = text.as_bytes().get(..=end).unwrap_or_default();
        word.ends_with(PLAIN.as_bytes()) || word.ends_with(ENCODED.as_bytes())
    })
}

/// The tokens in `text`, as they are or in base64, in order. Those that are cut off, or whose signature no key
/// can have made, are none.
pub fn find(text: &str) -> Vec<(Range<usize>, Jwt)> {
    let mut found: Vec<_> = plain(text).chain(encoded(text)).collect();
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// `text` as a token, if it is one from its first byte to its last.
pub fn parse(text: &str) -> Option<Jwt> {
    let mut parts = text.split('.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let header: Header = serde_json::from_slice(&base64::decode(header)?).ok()?;
    if parts.next().is_some() || !is_signature(signature, &header.alg) {
        return None;
    }
    let claims: Claims = serde_json::from_slice(&base64::decode(payload)?).ok()?;
    // Kubernetes signs with RSA and elliptic curves only (`pkg/serviceaccount/jwt.go`).
    let is_shared_key = header.alg.starts_with("HS");
    Some(claims.read()).filter(|jwt| !is_shared_key || matches!(jwt, Jwt::Other(_)))
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

/// Whether a key of that algorithm (RFC 7518 §3.1, RFC 8037) can have made the signature.
fn is_signature(text: &str, algorithm: &str) -> bool {
    let Some(bytes) = base64::decode(text) else { return false };
    let mut characters: Vec<_> = text.bytes().collect();
    characters.sort_unstable();
    characters.dedup();
    let is_whole = match algorithm {
        "HS256" => bytes.len() == 32,
        "HS384" => bytes.len() == 48,
        "HS512" | "ES256" | "EdDSA" => bytes.len() == 64,
        "ES384" => bytes.len() == 96,
        "ES512" => bytes.len() == 132,
        // As long as the key: whole multiples of 512 bits, from 1024 on.
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => {
            bytes.len() >= 128 && bytes.len().is_multiple_of(64)
        }
        _ => false,
    };
    is_whole && characters.len() >= FEWEST_CHARACTERS
}

fn plain(text: &str) -> impl Iterator<Item = (Range<usize>, Jwt)> + '_ {
    runs(text, PLAIN, |byte| is_url_safe(byte) || byte == b'.').filter_map(|range| {
        let run = text.get(range.clone())?.trim_end_matches('.');
        Some((range.start..range.start + run.len(), parse(run)?))
    })
}

fn encoded(text: &str) -> impl Iterator<Item = (Range<usize>, Jwt)> + '_ {
    runs(text, ENCODED, is_base64).filter_map(|range| {
        let decoded = base64::decode_text(text.get(range.clone())?)?;
        Some((range, parse(decoded.trim_end())?))
    })
}

/// The runs of bytes that `fit`, where they begin with `needle`.
fn runs<'t>(
    text: &'t str,
    needle: &'static str,
    fits: impl Fn(u8) -> bool + 't,
) -> impl Iterator<Item = Range<usize>> + 't {
    let mut done = 0;
    memmem::find_iter(text.as_bytes(), needle).filter_map(move |start| {
        if start < done || !is_start(text, start) {
            return None;
        }
        let rest = text.as_bytes().get(start..)?;
        done = start + rest.iter().position(|byte| !fits(*byte)).unwrap_or(rest.len());
        Some(start..done)
    })
}

/// Whether a token may begin at `start`: not in the middle of a word, unless that is an escape (`\n`).
fn is_start(text: &str, start: usize) -> bool {
    let mut before = text.as_bytes().get(..start).unwrap_or_default().iter().rev();
    match before.next() {
        Some(byte) if is_url_safe(*byte) || b"./+".contains(byte) => {
            byte.is_ascii_lowercase() && before.next() == Some(&b'\\')
        }
        _ => true,
    }
}
