//! Covers the secrets of a file, so that what is left can be shown.
//!
//! Covered are values, never keys: what a Secret holds, the credentials of a kubeconfig, and whatever has the shape of
//! a token or private key, or that a machine seems to have drawn. Too much costs a readable snippet; too little leaks. So a document that cannot be read loses
//! more of its values than one that can.

use std::collections::HashSet;
use std::iter;
use std::ops::Range;

use super::fallback::{DATA, SecretKind};
use super::keys::is_credential;
use super::{arguments, documents, fallback, page, random, shapes};
use crate::span::Span;
use crate::yaml::{self, Entry, Kind, Node, Scalar, Style, Tree};

/// Larger texts are looked at by two threads; bytes.
const LARGE: usize = 1 << 20;

/// What is to be known of a text before it is shown.
pub(super) struct Found {
    /// The bytes that hold secrets: sorted, without overlap.
    pub(super) covered: Vec<Range<usize>>,
    /// Around what the neighbouring lines may be shown.
    pub(super) surroundings: Surroundings,
}

/// Where the lines around a place may be shown: in manifests. In scripts, in files of CI and of values anything may be a
/// secret, whatever it is called.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// The bytes of documents with an `apiVersion` and a `kind`, in order.
    pub(super) manifests: Vec<Range<usize>>,
    /// The bytes of block scalars, in order: scripts and files in manifests.
    pub(super) blocks: Vec<Range<usize>>,
}

impl Surroundings {
    /// Whether the lines around `range` may be shown.
    pub(super) fn may_show(&self, range: &Range<usize>) -> bool {
        let manifest = self.manifests.get(self.manifests.partition_point(|it| it.end <= range.start));
        let block = self.blocks.get(self.blocks.partition_point(|it| it.end <= range.start));
        manifest.is_some_and(|it| it.start <= range.start) && block.is_none_or(|it| it.start >= range.end)
    }
}

/// Finds what is secret in `text` and around what lines may be shown, as far as it matters to `shown`: these bytes
/// (sorted by their start) may be shown. Documents and lines that have none of them are covered whole.
pub(super) fn find(text: &str, shown: &[Range<usize>]) -> Found {
    let mut surroundings = Surroundings::default();
    if shown.is_empty() {
        return Found { covered: iter::once(0..text.len()).collect(), surroundings };
    }
    let is_large = text.len() > LARGE;
    let (mut found, chunks) = both(is_large, || shapes::find(text), || yaml::split(text));
    let lines = page::lines_around(text, shown);
    // Of a line with several documents not all need be looked at.
    let mut unseen = Vec::new();
    let mut shown = shown.iter().peekable();
    for chunk in chunks {
        while shown.next_if(|range| range.end < chunk.bytes.start).is_some() {}
        if shown.peek().is_some_and(|range| range.start <= chunk.bytes.end) {
            documents::find(text, &chunk, shown.clone(), &mut surroundings, &mut found, &mut unseen);
        } else {
            unseen.push(chunk.bytes);
        }
    }
    found.extend(unseen);
    let mut done = 0;
    for lines in lines {
        found.push(done..lines.start);
        done = lines.end;
        let shown = text.get(lines.clone()).unwrap_or_default();
        let (arguments, words) =
            both(is_large, || arguments::find(shown), || random::find(shown).collect::<Vec<_>>());
        let in_lines = arguments.into_iter().chain(words);
        found.extend(in_lines.map(|range| lines.start + range.start..lines.start + range.end));
    }
    found.push(done..text.len());
    Found { covered: merge(found), surroundings }
}

/// Does both, at the same time if that is worth it.
fn both<A: Send, B: Send>(
    is_large: bool,
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    if is_large { rayon::join(one, other) } else { (one(), other()) }
}

/// What the text of a whole document says about every part of it.
#[derive(Clone, Copy)]
pub(super) struct Whole {
    /// Whether `kind: Secret` stands anywhere in it.
    pub(super) mentions_secret: bool,
    /// Whether it is a kubeconfig with a credential plugin, whose environment holds credentials.
    pub(super) is_plugin_config: bool,
}

/// What was understood of a tree.
#[derive(Default)]
pub(super) struct Understood {
    /// How often a `kind: Secret`.
    pub(super) secrets: usize,
    /// Whether a key is no scalar (`? {a: b}`): kubectl refuses such a document.
    pub(super) has_odd_keys: bool,
    /// Where the values of the first Secret begin: what is commented out from there on is often an older value.
    pub(super) first_data: Option<u32>,
}

/// Adds what is secret in a tree, which was read from `bytes` of the text.
pub(super) fn find_in_tree(
    text: &str,
    bytes: &Range<usize>,
    tree: &Tree<'_>,
    blocks: &mut Vec<Range<usize>>,
    found: &mut Vec<Range<usize>>,
) {
    let document = text.get(bytes.clone()).unwrap_or_default();
    let mentioned = fallback::secrets_mentioned(document);
    let is_plugin_config = fallback::configures_plugin(document);
    let whole = Whole { mentions_secret: mentioned > 0, is_plugin_config };
    let understood = read_tree(text, tree, whole, blocks, found);
    if let Some(start) = understood.first_data {
        found.extend(hidden_comments(text, tree, start).filter(|range| range.end <= bytes.end));
    }
    let is_doubtful = mentioned > understood.secrets
        || understood.has_odd_keys
        || !reaches_end(text, bytes, tree)
        || fallback::is_indented_with_tabs(document);
    if is_doubtful {
        fallback::find(document, bytes.start, found);
    }
}

/// Adds what is secret in a tree of a document, comments excepted.
pub(super) fn read_tree(
    text: &str,
    tree: &Tree<'_>,
    whole: Whole,
    blocks: &mut Vec<Range<usize>>,
    found: &mut Vec<Range<usize>>,
) -> Understood {
    let understood = Understood::default();
    let mut finder = Finder { text, whole, understood, seen: HashSet::new(), blocks, found };
    finder.tree(tree);
    finder.understood
}

/// The texts of comments from byte `start` of the file on. Suppressions stay.
pub(super) fn hidden_comments<'t>(
    text: &'t str,
    tree: &'t Tree<'_>,
    start: u32,
) -> impl Iterator<Item = Range<usize>> + 't {
    let comments = tree.comments().iter().filter(move |comment| comment.start >= start);
    let ranges = comments.map(|comment| comment.range());
    ranges
        .filter(|range| !text.get(range.clone()).unwrap_or_default().contains("saudit:"))
        .map(|range| range.start + 1..range.end)
}

/// Whether nothing but comments follows the tree in its document.
fn reaches_end(text: &str, bytes: &Range<usize>, tree: &Tree<'_>) -> bool {
    let end = tree.root().map_or(bytes.start, |root| root.span().range().end);
    let mut rest = text.get(end..bytes.end).unwrap_or_default().lines().map(str::trim);
    rest.all(|line| line.is_empty() || line.starts_with('#'))
}

/// The same bytes: sorted, without overlap.
pub(super) fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges.into_iter().filter(|range| !range.is_empty()) {
        match merged.last_mut().filter(|last| range.start <= last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => merged.push(range),
        }
    }
    merged
}

/// `text` with everything in `ranges` (sorted) replaced except blanks and line ends. Every character is replaced by one
/// of as many bytes, so that offsets, characters and UTF-16 units stay what they are.
pub(super) fn cover(text: &str, ranges: &[Range<usize>]) -> String {
    let mut out = Vec::with_capacity(text.len());
    for range in ranges {
        let start = text.ceil_char_boundary(range.start).max(out.len());
        let end = text.ceil_char_boundary(range.end).max(start);
        out.extend_from_slice(text.as_bytes().get(out.len()..start).unwrap_or_default());
        cover_onto(&mut out, text.get(start..end).unwrap_or_default());
    }
    out.extend_from_slice(text.as_bytes().get(out.len()..).unwrap_or_default());
    // It is UTF-8: whole characters stand for whole characters.
    String::from_utf8(out).unwrap_or_default()
}

/// The same of `bytes` of it only.
pub(super) fn cover_part(text: &str, bytes: Range<usize>, ranges: &[Range<usize>]) -> String {
    let first = ranges.partition_point(|range| range.end <= bytes.start);
    let near = ranges.iter().skip(first).take_while(|range| range.start < bytes.end);
    let inner = near.map(|range| range.start.saturating_sub(bytes.start)..range.end - bytes.start);
    cover(text.get(bytes.clone()).unwrap_or_default(), &inner.collect::<Vec<_>>())
}

/// Adds what stands for `secret`.
fn cover_onto(out: &mut Vec<u8>, secret: &str) {
    let is_blank = |byte: u8| byte == b' ' || (b'\t'..=b'\r').contains(&byte);
    let ascii = |text: &str, out: &mut Vec<u8>| {
        out.extend(text.bytes().map(|byte| if is_blank(byte) { byte } else { b'*' }));
    };
    if secret.is_ascii() {
        return ascii(secret, out);
    }
    for line in secret.split_inclusive('\n') {
        if line.is_ascii() {
            ascii(line, out);
            continue;
        }
        let covered = line.chars().map(|c| if c.is_whitespace() { c } else { cover_for(c.len_utf8()) });
        covered.for_each(|c| out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()));
    }
}

/// A mark of `bytes` bytes in UTF-8.
pub(super) const fn cover_for(bytes: usize) -> char {
    match bytes {
        1 => '*',
        2 => '·',
        3 => '•',
        _ => '🞄',
    }
}

struct Finder<'f> {
    text: &'f str,
    whole: Whole,
    understood: Understood,
    /// Collections reached through an alias: each is covered once.
    seen: HashSet<(Span, u8)>,
    /// The block scalars, in order.
    blocks: &'f mut Vec<Range<usize>>,
    found: &'f mut Vec<Range<usize>>,
}

/// What a mapping says of itself.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself")]
struct Said {
    /// It has a kind that is text.
    has_kind: bool,
    is_secret: bool,
    /// It has Secrets for items, which need not say so.
    is_secret_list: bool,
    /// It says so where a search of its text sees it.
    is_mentioned: bool,
    has_data: bool,
}

impl Said {
    fn kind(&mut self, kind: Node<'_>) {
        self.has_kind |= kind.text().is_some();
        let kind = kind.text().and_then(SecretKind::of);
        self.is_secret |= kind == Some(SecretKind::One);
        self.is_secret_list |= kind == Some(SecretKind::List);
    }
}

impl Finder<'_> {
    /// Covers what is secret in `tree`, but for comments.
    fn tree(&mut self, tree: &Tree<'_>) {
        for node in tree.nodes() {
            match node.kind() {
                Kind::Mapping => {
                    let said = self.mapping(node);
                    self.understood.secrets += usize::from(said.is_mentioned);
                    // Data without a kind may have lost it to a mistake.
                    let has_lost_data = self.whole.mentions_secret && !said.has_kind && said.has_data;
                    if said.is_secret || has_lost_data {
                        self.secret(node);
                    }
                    if said.is_secret_list {
                        let items = node.get("items").value();
                        items.into_iter().flat_map(Node::items).for_each(|item| self.secret(item));
                    }
                }
                Kind::Scalar => self.string(node),
                Kind::Sequence | Kind::Alias => {}
            }
        }
        if tree.is_exhausted() {
            // Nobody can say what stands where.
            self.found.extend(tree.root().map(|root| root.span().range()));
        }
    }

    /// Covers the credentials of a mapping.
    fn mapping(&mut self, mapping: Node<'_>) -> Said {
        let mut said = Said::default();
        let mut merges = false;
        for entry in mapping.entries() {
            self.understood.has_odd_keys |= !matches!(entry.key.kind(), Kind::Scalar | Kind::Alias);
            let Some(key) = entry.key.text() else { continue };
            match key {
                "kind" => {
                    said.kind(entry.value);
                    let bytes = entry.key.span().range().start..entry.value.span().range().end;
                    let written = self.text.get(bytes).filter(|_| entry.value.text().is_some());
                    said.is_mentioned |= fallback::secrets_mentioned(written.unwrap_or_default()) > 0;
                }
                "data" | "stringData" => said.has_data = true,
                "<<" => merges = true,
                "value" | "args" if self.whole.is_plugin_config => self.all(entry.value),
                "secretGenerator" => {
                    for literals in entry.value.items().filter_map(|item| item.get("literals").value()) {
                        self.all(literals);
                    }
                }
                key if is_credential(key) && entry.value.kind() == Kind::Scalar => self.scalar(entry.value),
                _ => {}
            }
        }
        if merges && let Some(kind) = mapping.get("kind").value() {
            said.kind(kind);
        }
        said
    }

    /// Covers the values of a Secret.
    fn secret(&mut self, object: Node<'_>) {
        let mut start = None;
        let is_harmless = |entry: &Entry<'_>| entry.key.text().is_some_and(fallback::is_harmless);
        for entry in object.entries().filter(|entry| !is_harmless(entry)) {
            start = start.or(Some(entry.key.span().start));
            self.all(entry.value);
        }
        for merged in DATA.iter().filter_map(|key| object.get(key).value()) {
            self.all(merged);
        }
        self.understood.first_data = self.understood.first_data.into_iter().chain(start).min();
    }

    /// Looks for a manifest or kubeconfig inside a string: a ConfigMap's value, an annotation.
    fn string(&mut self, node: Node<'_>) {
        let Some(scalar) = node.scalar() else { return };
        let is_block = matches!(scalar.style(), Style::Literal | Style::Folded);
        if is_block {
            self.blocks.push(node.span().range());
        }
        if !fallback::is_suspicious(scalar.text()) {
            return;
        }
        let range = node.span().range();
        let text = self.text.get(range.clone()).unwrap_or_default();
        if is_block {
            fallback::find(text, range.start, self.found);
        } else {
            self.scalar(node);
        }
        self.understood.secrets += fallback::secrets_mentioned(text);
    }

    /// Covers every scalar below `node`, keys excepted.
    fn all(&mut self, node: Node<'_>) {
        let mut stack = vec![node];
        while let Some(node) = stack.pop() {
            let mut is_new = || self.seen.insert((node.span(), node.kind() as u8));
            if node.kind() != Kind::Scalar && node.alias().is_some() && !is_new() {
                continue;
            }
            match node.kind() {
                Kind::Scalar => self.scalar(node),
                Kind::Mapping => stack.extend(node.entries().map(|entry| entry.value)),
                Kind::Sequence => stack.extend(node.items()),
                Kind::Alias => {}
            }
        }
    }

    /// Covers a scalar without its quotes or the head (`|-`) of its block.
    fn scalar(&mut self, node: Node<'_>) {
        let mut range = node.span().range();
        let text = self.text.get(range.clone()).unwrap_or_default();
        match node.scalar().map(Scalar::style) {
            Some(Style::Single | Style::Double) if text.len() >= 2 => {
                range = range.start + 1..range.end - 1;
            }
            Some(Style::Literal | Style::Folded) if text.starts_with(['|', '>']) => {
                range.start += text.find('\n').unwrap_or(text.len());
            }
            _ => {}
        }
        self.found.push(range);
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use proptest::prelude::*;

    use super::*;

    /// The same, character by character.
    fn slow_cover(text: &str, ranges: &[Range<usize>]) -> String {
        let covered = |at: usize| ranges.iter().any(|range| range.contains(&at));
        let cover = |(at, c): (usize, char)| {
            if covered(at) && !c.is_whitespace() { cover_for(c.len_utf8()) } else { c }
        };
        text.char_indices().map(cover).collect()
    }

    fn ranges(most: usize) -> impl Strategy<Value = Vec<Range<usize>>> {
        prop::collection::vec((0..most, 0..most / 2).prop_map(|(start, length)| start..start + length), 0..6)
            .prop_map(|mut ranges| {
                ranges.sort_unstable_by_key(|range| range.start);
                ranges
            })
    }

    /// Streams of documents, in which secrets may go on from one to the next.
    fn streams() -> impl Strategy<Value = String> {
        let pieces = vec![
            "apiVersion: v1\nkind: Secret\ndata: {a: aHVudGVy}\n",
            "kind: ConfigMap\ndata:\n  a: |\n    token: hunter2\n",
            "kind: Pod\nargs: [\"--token\", hunter2]\n",
            "{\"kind\": \"Secret\", \"data\": {\"a\": \"aHVudGVy\"}}",
            "-----BEGIN PRIVATE KEY-----\nMII=\n",
            "-----END PRIVATE KEY-----\n",
            "a: eyJhbGciOiJub25lIn0",
            "abcdefghijklmnopqrstuvwxyz\n",
            "--token ",
            "hunter2",
            "\n---\n",
            "---\n",
            "\n",
            " ",
            "- ",
            "é: x\n",
            "...\n",
        ];
        prop::collection::vec(prop::sample::select(pieces), 0..16).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_covered_and_nothing_else(text in r"([a-c \n\t\x0b\x1c]|[é\u{85}\u{a0}\u{2028}😀]){0,40}", ranges in ranges(60)) {
            prop_assert_eq!(cover(&text, &ranges), slow_cover(&text, &ranges));
        }

        #[test]
        fn what_is_not_looked_at_is_covered_and_the_rest_as_always(text in streams(), shown in ranges(400)) {
            let whole = cover(&text, &find(&text, slice::from_ref(&(0..text.len()))).covered);
            let part = cover(&text, &find(&text, &shown).covered);
            for ((at, part), whole) in part.char_indices().zip(whole.chars()) {
                let is_shown = shown.iter().any(|range| range.contains(&at));
                prop_assert!(part == whole || !is_shown && part == cover_for(part.len_utf8()), "at {}", at);
            }
        }
    }
}
