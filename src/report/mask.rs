//! Covers the secrets of a file, so that what is left can be shown.
//!
//! Covered are values, never keys: what a Secret holds, the credentials of a kubeconfig, and whatever has the shape of
//! a token or private key, or that a machine seems to have drawn. Too much costs a readable snippet; too little leaks. So a document that cannot be read loses
//! more of its values than one that can.

use std::collections::HashSet;
use std::ops::Range;

use super::{arguments, fallback, random, shapes};
use crate::span::Span;
use crate::yaml::{self, Content, Document, Entry, Kind, Node, Scalar, Style, Tree};

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
    manifests: Vec<Range<usize>>,
    /// The bytes of block scalars, in order: scripts and files in manifests.
    blocks: Vec<Range<usize>>,
}

impl Surroundings {
    /// Whether the lines around `range` may be shown.
    pub(super) fn may_show(&self, range: &Range<usize>) -> bool {
        let manifest = self.manifests.get(self.manifests.partition_point(|it| it.end <= range.start));
        let block = self.blocks.get(self.blocks.partition_point(|it| it.end <= range.start));
        manifest.is_some_and(|it| it.start <= range.start) && block.is_none_or(|it| it.start >= range.end)
    }
}

/// Finds what is secret in `text`, and around what lines may be shown.
pub(super) fn find(text: &str) -> Found {
    let mut found = shapes::find(text);
    found.extend(arguments::find(text));
    found.extend(random::find(text));
    let mut surroundings = Surroundings::default();
    for chunk in yaml::split(text) {
        let document = Document::read(text, &chunk);
        if is_manifest(document.text) {
            surroundings.manifests.push(chunk.bytes.clone());
        }
        if let Content::Tree(tree) = &document.content {
            let blocks = tree.nodes().filter(|node| is_block(*node));
            surroundings.blocks.extend(blocks.map(|node| node.span().range()));
            find_in_tree(text, &chunk.bytes, tree, &mut found);
        }
        if document.tree().is_none() || !document.ignored.is_empty() {
            fallback::find(document.text, chunk.bytes.start, &mut found);
        }
    }
    Found { covered: merge(found), surroundings }
}

/// Whether a document, readable or not, is to be a manifest: it has both keys at the start of a line, or is JSON.
fn is_manifest(text: &str) -> bool {
    let is_json = || text.trim_start().starts_with('{');
    let has = |key: &str| text.lines().any(|line| line.trim_start_matches(['"', ' ', '-']).starts_with(key));
    (has("apiVersion") && has("kind")) || (is_json() && text.contains("\"apiVersion\""))
}

fn is_block(node: Node<'_>) -> bool {
    node.scalar().is_some_and(|scalar| matches!(scalar.style(), Style::Literal | Style::Folded))
}

fn find_in_tree(text: &str, bytes: &Range<usize>, tree: &Tree<'_>, found: &mut Vec<Range<usize>>) {
    let document = text.get(bytes.clone()).unwrap_or_default();
    let mentioned = fallback::secrets_mentioned(document);
    let mut finder = Finder {
        text,
        end: bytes.end,
        mentions_secret: mentioned > 0,
        is_plugin_config: fallback::configures_plugin(document),
        seen: HashSet::new(),
        found,
    };
    let understood = finder.tree(tree);
    let is_doubtful = mentioned > understood
        || has_odd_keys(tree)
        || !reaches_end(text, bytes, tree)
        || fallback::is_indented_with_tabs(document);
    if is_doubtful {
        fallback::find(document, bytes.start, found);
    }
}

/// Whether nothing but comments follows the tree in its document.
fn reaches_end(text: &str, bytes: &Range<usize>, tree: &Tree<'_>) -> bool {
    let end = tree.root().map_or(bytes.start, |root| root.span().range().end);
    let mut rest = text.get(end..bytes.end).unwrap_or_default().lines().map(str::trim);
    rest.all(|line| line.is_empty() || line.starts_with('#'))
}

/// Whether a key is no scalar (`? {a: b}`): kubectl refuses such a document.
fn has_odd_keys(tree: &Tree<'_>) -> bool {
    tree.nodes().flat_map(Node::entries).any(|entry| !matches!(entry.key.kind(), Kind::Scalar | Kind::Alias))
}

fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
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
    let mut ranges = ranges.iter().peekable();
    text.char_indices()
        .map(|(at, c)| {
            while ranges.next_if(|range| range.end <= at).is_some() {}
            let covered = ranges.peek().is_some_and(|range| range.start <= at) && !c.is_whitespace();
            if covered { cover_for(c.len_utf8()) } else { c }
        })
        .collect()
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

/// Keys whose values are credentials, without regard to case, `-` and `_`.
const CREDENTIALS: [&str; 10] = [
    "accesstoken",
    "bearertoken",
    "clientcertificatedata",
    "clientkeydata",
    "clientsecret",
    "idtoken",
    "passwd",
    "password",
    "refreshtoken",
    "token",
];

/// Where kubectl keeps the whole object, values included.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Whether the value at `key` is or holds a credential: those of a kubeconfig, in any spelling.
pub(super) fn is_credential(key: &str) -> bool {
    let plain = || key.bytes().filter(|byte| !b"-_".contains(byte)).map(|byte| byte.to_ascii_lowercase());
    key == LAST_APPLIED || CREDENTIALS.iter().any(|name| plain().eq(name.bytes()))
}

/// Keys of a Secret that hold its values.
const DATA: [&str; 2] = ["data", "stringData"];

struct Finder<'f> {
    text: &'f str,
    /// Where the document ends.
    end: usize,
    /// Whether `kind: Secret` stands anywhere in the document.
    mentions_secret: bool,
    /// Whether it is a kubeconfig with a credential plugin, whose environment holds credentials.
    is_plugin_config: bool,
    /// Collections reached through an alias: each is covered once.
    seen: HashSet<(Span, u8)>,
    found: &'f mut Vec<Range<usize>>,
}

impl Finder<'_> {
    /// Covers what is secret in `tree`. Returns how often it understood a `kind: Secret`.
    fn tree(&mut self, tree: &Tree<'_>) -> usize {
        let mut secrets = 0;
        let mut first_data = None;
        for node in tree.nodes() {
            match node.kind() {
                Kind::Mapping => {
                    self.credentials(node);
                    let is_secret = is_kind(node, |kind| kind == "Secret");
                    secrets += usize::from(is_secret);
                    // Data without a kind may have lost it to a mistake.
                    let has_lost_data = || !is_kind(node, |_| true) && has_data(node);
                    if is_secret || (self.mentions_secret && has_lost_data()) {
                        first_data = first_data.into_iter().chain(self.secret(node)).min();
                    }
                }
                Kind::Scalar => secrets += self.embedded(node),
                Kind::Sequence | Kind::Alias => {}
            }
        }
        if let Some(start) = first_data {
            self.comments(tree, start);
        }
        if tree.is_exhausted() {
            // Nobody can say what stands where.
            self.found.extend(tree.root().map(|root| root.span().range()));
        }
        secrets
    }

    /// Covers the values of a Secret. Returns where they begin.
    fn secret(&mut self, object: Node<'_>) -> Option<u32> {
        let mut start = None;
        let is_harmless = |entry: &Entry<'_>| entry.key.text().is_some_and(fallback::is_harmless);
        for entry in object.entries().filter(|entry| !is_harmless(entry)) {
            start = start.or(Some(entry.key.span().start));
            self.all(entry.value);
        }
        for merged in DATA.iter().filter_map(|key| object.get(key).value()) {
            self.all(merged);
        }
        start
    }

    fn credentials(&mut self, mapping: Node<'_>) {
        for entry in mapping.entries() {
            let Some(key) = entry.key.text() else { continue };
            if is_credential(key) && entry.value.kind() == Kind::Scalar {
                self.scalar(entry.value);
            } else if ["value", "args"].contains(&key) && self.is_plugin_config {
                self.all(entry.value);
            } else if key == "secretGenerator" {
                for literals in entry.value.items().filter_map(|item| item.get("literals").value()) {
                    self.all(literals);
                }
            }
        }
    }

    /// A manifest or kubeconfig inside a string: a ConfigMap's value, an annotation. Returns how often it is a Secret.
    fn embedded(&mut self, node: Node<'_>) -> usize {
        let Some(scalar) = node.scalar().filter(|scalar| fallback::is_suspicious(scalar.text())) else {
            return 0;
        };
        let range = node.span().range();
        let text = self.text.get(range.clone()).unwrap_or_default();
        match scalar.style() {
            Style::Literal | Style::Folded => fallback::find(text, range.start, self.found),
            Style::Plain | Style::Single | Style::Double => self.scalar(node),
        }
        fallback::secrets_mentioned(text)
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

    /// Covers comments from byte `start` on: what was commented out is often an older value. Suppressions stay.
    fn comments(&mut self, tree: &Tree<'_>, start: u32) {
        for comment in tree.comments().iter().filter(|span| span.start >= start) {
            let range = comment.range();
            let text = self.text.get(range.clone()).unwrap_or_default();
            if range.end <= self.end && !text.contains("saudit:") {
                self.found.push(range.start + 1..range.end);
            }
        }
    }
}

fn has_data(object: Node<'_>) -> bool {
    object.entries().any(|entry| entry.key.text().is_some_and(|key| DATA.contains(&key)))
}

/// Whether `object` has a kind, written or merged in, that `is_it`.
fn is_kind(object: Node<'_>, is_it: impl Fn(&str) -> bool) -> bool {
    let written = object.entries().filter(|entry| entry.key.text() == Some("kind")).map(|entry| entry.value);
    written.chain(object.get("kind").value()).any(|kind| kind.text().is_some_and(&is_it))
}
