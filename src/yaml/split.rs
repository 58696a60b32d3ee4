//! Splitting a stream into documents, before any YAML is parsed.
//!
//! kubectl's rule (apimachinery `pkg/util/yaml/decoder.go`): every line that starts with `---` separates, whatever YAML
//! thinks of the place; after it only blanks or a comment may stand. A stream whose first byte that is not blank is `{`
//! is JSON, and there objects may also follow each other without a separator.
//!
//! Helm's rule (`releaseutil.SplitManifests`): `---` at the start of a line separates, and what follows on that line
//! belongs to the next document.

use std::ops::Range;

use super::fast::is_json;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// A document's place in its file, before it is parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Bytes of the document: between the separator lines.
    pub bytes: Range<usize>,
    /// The line before it, if kubectl refuses it as a separator (`--- {a: 1}`, `----`): nothing from there on is read.
    pub bad_separator: Option<Range<usize>>,
}

/// The documents of `text` as kubectl sees them, in order; separators belong to none.
pub fn split(text: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut start = after_byte_order_mark(text, 0);
    let json = is_json(text.get(start..).unwrap_or_default());
    let mut bad_separator = None;
    for line in separators(text) {
        // A byte order mark may hide the separator of the first line.
        push(&mut chunks, text, start.min(line.start)..line.start, bad_separator.take(), json);
        let rest = text.get(line.start + 3..line.end).unwrap_or_default().trim();
        bad_separator = (!rest.is_empty() && !rest.starts_with('#')).then(|| line.clone());
        start = after_byte_order_mark(text, line.end);
    }
    push(&mut chunks, text, start..text.len(), bad_separator, json);
    chunks
}

/// The lines that start with `---`, their line breaks included.
fn separators(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let first = after_byte_order_mark(text, 0);
    let first = bytes.get(first..).is_some_and(|rest| rest.starts_with(b"---")).then_some(first);
    let later = memchr::memmem::find_iter(bytes, "\n---").map(|at| at + 1);
    first.into_iter().chain(later).map(|start| {
        let rest = bytes.get(start..).unwrap_or_default();
        start..memchr::memchr(b'\n', rest).map_or(bytes.len(), |at| start + at + 1)
    })
}

/// Where the text of a document starts that may have a byte order mark at `at`. kubectl accepts one in front of every
/// document.
fn after_byte_order_mark(text: &str, at: usize) -> usize {
    let marked = text.get(at..).is_some_and(|rest| rest.starts_with(BYTE_ORDER_MARK));
    at + if marked { BYTE_ORDER_MARK.len_utf8() } else { 0 }
}

fn push(
    chunks: &mut Vec<Chunk>,
    text: &str,
    bytes: Range<usize>,
    bad_separator: Option<Range<usize>>,
    json: bool,
) {
    let mut start = bytes.start;
    let first = chunks.len();
    let document = text.get(bytes.clone()).unwrap_or_default();
    if json && is_json(document) && may_be_several(document.as_bytes()) {
        for end in object_ends(text.as_bytes(), bytes.clone()) {
            chunks.push(Chunk { bytes: start..end, bad_separator: None });
            start = end;
        }
    }
    chunks.push(Chunk { bytes: start..bytes.end, bad_separator: None });
    if let Some(chunk) = chunks.get_mut(first) {
        chunk.bad_separator = bad_separator;
    }
}

/// Whether a `{` follows a `}` without a comma. In one JSON object that stands only inside strings.
fn may_be_several(document: &[u8]) -> bool {
    memchr::memchr_iter(b'{', document).any(|at| {
        let before = document.get(..at).unwrap_or_default();
        before.iter().rev().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'}')
    })
}

/// Where JSON objects end after which another one starts.
fn object_ends(text: &[u8], bytes: Range<usize>) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut depth = 0_usize;
    let mut at = bytes.start;
    let stream = text.get(..bytes.end).unwrap_or_default();
    while let Some(found) = stream.get(at..).and_then(|rest| memchr::memchr3(b'{', b'}', b'"', rest)) {
        at += found + 1;
        match stream.get(at - 1) {
            Some(b'{') => depth += 1,
            Some(b'}') => {
                depth = depth.saturating_sub(1);
                let rest = stream.get(at..).unwrap_or_default();
                if depth == 0 {
                    match rest.iter().find(|byte| !byte.is_ascii_whitespace()) {
                        Some(b'{') => ends.push(at),
                        // The end, or something that is no stream of objects.
                        _ => break,
                    }
                }
            }
            _ => at = string_end(stream, at),
        }
    }
    ends
}

/// The end of the JSON string that starts before `at`.
pub(super) fn string_end(text: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(found) = text.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if text.get(at) == Some(&b'"') {
            return at + 1;
        }
        at += 2;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        split(text).into_iter().map(|chunk| text.get(chunk.bytes).unwrap()).collect()
    }

    #[test]
    fn lines_that_start_with_dashes_separate_and_belong_to_none() {
        for (text, documents) in [
            ("", vec![""]),
            ("a: 1\n--- # two\nb: 2\n---\n", vec!["a: 1\n", "b: 2\n", ""]),
            ("---\na: 1", vec!["", "a: 1"]),
            ("a: 1\r\n---\r\nb: 2", vec!["a: 1\r\n", "b: 2"]),
            ("a: 1\n ---\nb: 2", vec!["a: 1\n ---\nb: 2"]),
            ("a: |\n---\nb: 2", vec!["a: |\n", "b: 2"]),
            ("\u{feff}---\n\u{feff}a: 1", vec!["", "a: 1"]),
            ("\u{feff}a: 1", vec!["a: 1"]),
        ] {
            assert_eq!(parts(text), documents, "{text:?}");
        }
    }

    #[test]
    fn what_stands_behind_the_dashes_stops_kubectl() {
        let bad = |text: &str| split(text).into_iter().map(|chunk| chunk.bad_separator).collect::<Vec<_>>();
        for text in ["a: 1\n--- {b: 2}\nc: 3", "a: 1\n----\nc: 3", "a: 1\n---b: 2\nc: 3"] {
            let separator = 5..text.rfind('\n').unwrap() + 1;
            assert_eq!(bad(text), [None, Some(separator)], "{text:?}");
        }
        for text in ["a: 1\n---   \nc: 3", "a: 1\n---\t# c\nc: 3", "a: 1\n---#c\nc: 3"] {
            assert_eq!(bad(text), [None, None], "{text:?}");
        }
    }

    #[test]
    fn json_objects_follow_each_other() {
        for (text, documents) in [
            ("{}{}", vec!["{}", "{}"]),
            (" {\"a\": \"}{\"}\n{\"b\": {}}\n", vec![" {\"a\": \"}{\"}", "\n{\"b\": {}}\n"]),
            ("{\"a\": \"\\\"}\"}\n---\n{}\n", vec!["{\"a\": \"\\\"}\"}\n", "{}\n"]),
            ("{} x {}", vec!["{} x {}"]),
            ("{\"a\": \"", vec!["{\"a\": \""]),
            ("a: {}\n---\n{}{}", vec!["a: {}\n", "{}{}"]),
        ] {
            assert_eq!(parts(text), documents, "{text:?}");
        }
    }
}
