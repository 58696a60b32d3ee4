//! What objects say, made comparable.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::span::Span;
use crate::yaml::{Kind, Node};

/// Longer values are read once, however many aliases lead to them; bytes.
const LONG: usize = 256;

/// The contents of the objects of one document.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// The hashes of long values, by their places.
    long: HashMap<Span, u64>,
}

impl Contents {
    /// A hash of what a mapping says, whatever its comments and quotes and the order of its keys.
    pub(super) fn hash(&mut self, root: Node<'_>) -> u64 {
        let mut sum = 0_u64;
        let mut open = vec![(root, 0)];
        while let Some((node, at)) = open.pop() {
            sum = sum.wrapping_add(of((at, node.kind() == Kind::Mapping)));
            let items = node.items().enumerate().map(|(index, item)| (Step::Item(index), item));
            let entries = node.entries().map(|entry| (Step::Key(entry.key.text()), entry.value));
            for (step, child) in items.chain(entries) {
                match child.kind() {
                    Kind::Mapping | Kind::Sequence => open.push((child, of((at, step)))),
                    Kind::Scalar | Kind::Alias => sum = sum.wrapping_add(self.scalar(child, (at, step))),
                }
            }
        }
        sum
    }

    /// A hash of a scalar and where it stands.
    fn scalar(&mut self, node: Node<'_>, place: (u64, Step<'_>)) -> u64 {
        match node.text() {
            Some(text) if text.len() > LONG => {
                of((place, *self.long.entry(node.span()).or_insert_with(|| of(text))))
            }
            text => of((place, text.unwrap_or_default())),
        }
    }
}

/// From a collection to what is in it.
#[derive(Hash)]
enum Step<'a> {
    Item(usize),
    Key(Option<&'a str>),
}

fn of(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Text, Tree};

    #[test]
    fn what_says_the_same_has_one_hash() {
        let long = "x".repeat(LONG + 1);
        let text = format!(
            "- {{a: &v {long}, b: 1}}\n- {{b: '1', a: *v}}\n- {{a: *v, b: 2}}\n- {{a: {long}y, b: 1}}\n"
        );
        let tree = Tree::parse(Text::slice(&text, 0)).unwrap();
        let mut contents = Contents::default();
        let hashes: Vec<_> = tree.root().unwrap().items().map(|item| contents.hash(item)).collect();
        assert_eq!(hashes[0], hashes[1]);
        assert!(hashes[1] != hashes[2] && hashes[0] != hashes[3] && hashes[2] != hashes[3]);
        assert_eq!(contents.long.len(), 2, "each long value is read once");
    }
}
