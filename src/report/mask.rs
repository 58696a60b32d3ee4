//! Covers the secrets of a file, so that what is left can be shown.
//!
//! Covered are values, never keys: what a Secret holds, the credentials of a kubeconfig, and whatever has the shape of
//! a token or private key. Too much costs a readable snippet; too little leaks. So a document that cannot be read loses
//! more of its values than one that can.

use std::collections::HashSet;
use std::ops::Range;

use super::{fallback, shapes};
use crate::span::Span;
use crate::yaml::{self, Content, Document, Kind, Node, Scalar, Style, Tree};

/// The bytes of `text` that hold secrets: sorted, without overlap.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = shapes::find(text);
    for chunk in yaml::split(text) {
        let document = Document::read(text, &chunk);
        match &document.content {
            Content::Empty => {}
            Content::Broken(_) => fallback::find(document.text, chunk.bytes.start, &mut found),
            Content::Tree(tree) => {
                let mut finder =
                    Finder { text, end: chunk.bytes.end, seen: HashSet::new(), found: &mut found };
                finder.tree(tree);
            }
        }
    }
    merge(found)
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

/// Whether the value at `key` is a credential: those of a kubeconfig, in any spelling.
pub(super) fn is_credential(key: &str) -> bool {
    let plain = || key.bytes().filter(|byte| !b"-_".contains(byte)).map(|byte| byte.to_ascii_lowercase());
    CREDENTIALS.iter().any(|name| plain().eq(name.bytes()))
}

struct Finder<'f> {
    text: &'f str,
    /// Where the document ends.
    end: usize,
    /// Collections reached through an alias: each is covered once.
    seen: HashSet<(Span, u8)>,
    found: &'f mut Vec<Range<usize>>,
}

impl Finder<'_> {
    fn tree(&mut self, tree: &Tree<'_>) {
        let mut first_data = None;
        for node in tree.nodes() {
            match node.kind() {
                Kind::Mapping => {
                    self.credentials(node);
                    if is_secret(node) {
                        first_data = first_data.or(self.secret(node));
                    }
                }
                Kind::Scalar => self.embedded(node),
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
    }

    /// Covers the values of a Secret, wherever they are kept. Returns where its data begin.
    fn secret(&mut self, object: Node<'_>) -> Option<u32> {
        const KEYS: [&str; 2] = ["data", "stringData"];
        let mut start = None;
        for entry in object.entries().filter(|entry| entry.key.text().is_some_and(|key| KEYS.contains(&key)))
        {
            start = start.or(Some(entry.key.span().start));
            self.all(entry.value);
        }
        for merged in KEYS.iter().filter_map(|key| object.get(key).value()) {
            self.all(merged);
        }
        let annotations = object.get("metadata").get("annotations").value();
        for entry in annotations.into_iter().flat_map(Node::entries) {
            // kubectl keeps the whole object here, values included.
            if entry.key.text() == Some("kubectl.kubernetes.io/last-applied-configuration") {
                self.all(entry.value);
            }
        }
        start
    }

    fn credentials(&mut self, mapping: Node<'_>) {
        for entry in mapping.entries() {
            let Some(key) = entry.key.text() else { continue };
            if is_credential(key) && entry.value.kind() == Kind::Scalar {
                self.scalar(entry.value);
            } else if key == "exec" {
                for variable in entry.value.get("env").value().into_iter().flat_map(Node::items) {
                    variable.get("value").value().into_iter().for_each(|value| self.scalar(value));
                }
            } else if key == "secretGenerator" {
                for literals in entry.value.items().filter_map(|item| item.get("literals").value()) {
                    self.all(literals);
                }
            }
        }
    }

    /// A manifest or kubeconfig inside a string: a ConfigMap's value, an annotation.
    fn embedded(&mut self, node: Node<'_>) {
        let Some(scalar) = node.scalar().filter(|scalar| fallback::is_suspicious(scalar.text())) else {
            return;
        };
        match (scalar.style(), self.text.get(node.span().range())) {
            (Style::Literal | Style::Folded, Some(text)) => {
                fallback::find(text, node.span().range().start, self.found);
            }
            _ => self.scalar(node),
        }
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

fn is_secret(object: Node<'_>) -> bool {
    let is_kind = |value: Node<'_>| value.text() == Some("Secret");
    object.entries().any(|entry| entry.key.text() == Some("kind") && is_kind(entry.value))
        || object.get("kind").value().is_some_and(is_kind)
}
