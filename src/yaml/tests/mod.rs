//! Tests of the reader as a whole: both producers against each other and against libyaml, hostile input, causes.

mod causes;
mod differential;
mod hostile;
mod properties;
mod snippets;
mod tree;

use std::ops::Range;

use super::Tree;
use super::producers::{read_fast, read_full};
use super::tree::{Kind, Style};

/// Everything that a tree says: kind, style, place and value of every node, and the comments.
#[derive(Debug, PartialEq, Eq)]
struct Dump {
    nodes: Vec<(Kind, Style, Range<usize>, String)>,
    comments: Vec<Range<usize>>,
}

fn dump(tree: &Tree<'_>) -> Dump {
    let node = |node: super::Node<'_>| {
        let style = node.scalar().map_or(Style::Plain, super::Scalar::style);
        (node.kind(), style, node.inner(), node.text().unwrap_or_default().to_owned())
    };
    let comments = tree.comments().iter().map(|comment| comment.range()).collect();
    Dump { nodes: tree.nodes().map(node).collect(), comments }
}

/// Small, fast, and the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}
