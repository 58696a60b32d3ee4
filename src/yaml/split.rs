//! Splitting a stream into documents the way kubectl does: by lines, before any YAML is parsed.
//!
//! Source: apimachinery `pkg/util/yaml/decoder.go`. Every line that starts with `---` separates, whatever YAML thinks
//! of the place; after it only blanks or a comment may stand.

use std::ops::Range;

/// A document's place in its file, before it is parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Bytes of the document: between the separator lines.
    pub bytes: Range<usize>,
    /// The line before it, if kubectl refuses it as a separator (`--- {a: 1}`, `----`): nothing from there on is read.
    pub bad_separator: Option<Range<usize>>,
}

/// The documents of `text`, in order; separators belong to none.
pub fn split(text: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut bad = None;
    let mut line = start;
    while line < text.len() {
        let end = memchr::memchr(b'\n', text.as_bytes().get(line..).unwrap_or_default())
            .map_or(text.len(), |at| line + at + 1);
        if let Some(rest) = text.get(line..end).and_then(|line| line.strip_prefix("---")) {
            chunks.push(Chunk { bytes: start..line, bad_separator: bad.take() });
            let rest = rest.trim();
            if !(rest.is_empty() || rest.starts_with('#')) {
                bad = Some(line..end);
            }
            start = end;
        }
        line = end;
    }
    chunks.push(Chunk { bytes: start..text.len(), bad_separator: bad });
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_split_and_belong_to_none() {
        let text = "a: 1\n--- # two\nb: 2\n---\n";
        let parts: Vec<_> = split(text).into_iter().map(|chunk| &text[chunk.bytes]).collect();
        assert_eq!(parts, ["a: 1\n", "b: 2\n", ""]);
    }
}
