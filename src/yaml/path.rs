//! Where nodes stand: their path of keys, in time that depends on their depth only.

use super::Tree;
use super::node::Node;
use super::tree::{Kind, NONE, NodeData};
use crate::span::Span;

/// Bytes of a key or name that a path shows. The longest annotation key has 317.
const LONGEST_STEP: usize = 320;

/// A path that has so many bytes goes no further outwards: a finding must not cost more than a page.
const LONGEST_PATH: usize = 4096;

/// How a node hangs in the tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    parent: u32,
    /// In a sequence: its index. In a mapping: the key; for a key, itself.
    step: u32,
    /// Of a mapping: the last value under the key `name`.
    name: u32,
}

/// A collection that is being passed through.
struct Open {
    id: u32,
    kind: Kind,
    end: usize,
    children: u32,
    key: u32,
}

impl Open {
    /// The step to the next child, which is the node `id`; and whether that is the value of a key.
    fn next_step(&mut self, id: u32) -> (u32, bool) {
        let index = self.children;
        self.children += 1;
        if self.kind == Kind::Sequence {
            return (index, false);
        }
        let is_value = index % 2 == 1;
        if !is_value {
            self.key = id;
        }
        (self.key, is_value)
    }
}

/// The positions of all nodes, in one pass: parents come first.
pub(super) fn positions(tree: &Tree<'_>, nodes: &[NodeData]) -> Vec<Position> {
    let mut positions: Vec<Position> = Vec::with_capacity(nodes.len());
    let mut open: Vec<Open> = Vec::new();
    for (index, data) in nodes.iter().enumerate() {
        let id = Span::new(index..index).start;
        while open.pop_if(|open| open.end <= index).is_some() {}
        let mut position = Position { parent: NONE, step: 0, name: NONE };
        if let Some(outer) = open.last_mut() {
            let (step, is_value) = outer.next_step(id);
            position = Position { parent: outer.id, step, name: NONE };
            if is_value
                && Node::new(tree, step).scalar().is_some_and(|key| key.is_key("name"))
                && let Some(mapping) = positions.get_mut(outer.id as usize)
            {
                mapping.name = id;
            }
        }
        positions.push(position);
        if matches!(data.kind, Kind::Mapping | Kind::Sequence) {
            open.push(Open { id, kind: data.kind, end: index + data.len as usize, children: 0, key: NONE });
        }
    }
    positions
}

impl Node<'_> {
    /// Path of keys from the root, see [`Node::path_from`].
    pub fn path(self) -> String {
        self.tree().root().map_or_else(String::new, |root| self.path_from(root))
    }

    /// Path of keys from `top` (the root, if the node is not below it), list items by their `name` where they have
    /// one: the same after unrelated edits. What is very long is cut.
    pub fn path_from(self, top: Node<'_>) -> String {
        let mut steps = Vec::new();
        let mut length = 0;
        let mut at = self;
        while at.id() != top.id()
            && length < LONGEST_PATH
            && let Some((step, parent)) = at.step()
        {
            length += step.len();
            steps.push(step);
            at = parent;
        }
        let mut path = String::with_capacity(length);
        for step in steps.iter().rev() {
            let first = path.is_empty().then(|| step.strip_prefix('.')).flatten();
            path.push_str(first.unwrap_or(step));
        }
        path
    }

    /// How to get here from the parent, as it stands in a path; and the parent. `None` for the root.
    fn step(self) -> Option<(String, Self)> {
        let position = self.tree().position(self.id())?;
        let parent = self.at(position.parent)?;
        let step = if parent.kind() == Kind::Mapping {
            format!(".{}", self.at(position.step)?.text().map_or("?", clip))
        } else {
            match self.at(position.name).and_then(|name| name.resolve().text()) {
                Some(name) => format!("[{}]", clip(name)),
                None => format!("[{}]", position.step),
            }
        };
        Some((step, parent))
    }
}

fn clip(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST_STEP)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Text;

    fn path(text: &str, needle: &str) -> String {
        let tree = Tree::parse(Text::slice(text, 0)).unwrap();
        let at = text.find(needle).unwrap();
        tree.nodes().find(|node| node.inner() == (at..at + needle.len())).unwrap().path()
    }

    #[test]
    fn paths_name_keys_and_items() {
        for (text, needle, expected) in [
            ("a: x\n", "x", "a"),
            ("a: x\n", "a", "a"),
            ("a: {b.c: [x, y]}\n", "y", "a.b.c[1]"),
            ("- x\n- [y]\n", "y", "[1][0]"),
            ("a:\n- b: x\n  name: n\n- b: y\n", "x", "a[n].b"),
            ("a:\n- b: x\n  name: n\n- b: y\n", "y", "a[1].b"),
            ("a:\n- name: n\n  name: m\n  b: x\n", "x", "a[m].b"),
            ("n: &n web\na:\n- name: *n\n  b: x\n", "x", "a[web].b"),
            ("k: &k a\n*k : {b: x}\n", "x", "?.b"),
            (".a: x\n", "x", ".a"),
        ] {
            assert_eq!(path(text, needle), expected, "{text}");
        }
    }

    #[test]
    fn paths_start_at_any_node_above() {
        let tree = Tree::parse(Text::slice("items:\n- a: {b: x}\n- y\n", 0)).unwrap();
        let items = tree.root().unwrap().get("items").value().unwrap();
        let item = items.items().next().unwrap();
        let x = item.get("a").get("b").value().unwrap();
        assert_eq!(x.path_from(item), "a.b");
        assert_eq!(items.path_from(item), "items", "not below it");
    }

    #[test]
    fn long_keys_and_long_paths_are_cut() {
        let text = format!("{}: x\n", "é".repeat(LONGEST_STEP));
        assert!(path(&text, "x").len() <= LONGEST_STEP);
        let text = format!("{}x{}", format!("{{{}: ", "k".repeat(100)).repeat(400), "}".repeat(400));
        let path = path(&text, "x");
        assert!(path.len() < LONGEST_PATH + LONGEST_STEP && path.starts_with("kkk"), "{}", path.len());
    }
}
