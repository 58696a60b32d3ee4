//! The way up from a node. Trees know only the way down; for the few documents with findings the rest is worked out
//! once, so that many findings in one long list or mapping do not cost their product.

use super::node::Node;
use super::tree::{Kind, NONE, Tree};

/// Where every node of a tree hangs.
pub(super) struct Ancestry(Vec<Branch>);

#[derive(Clone, Copy)]
struct Branch {
    parent: u32,
    /// The sibling before it; for a value, its key.
    before: u32,
    index: u32,
    /// Of a mapping in a list: the last value under the key `name`.
    name: u32,
}

/// Bytes of a key or name that a path shows; the longest annotation key has 317.
const LONGEST_STEP: usize = 320;
/// A path of so many bytes goes no further up: many findings below long keys must not cost their product either.
const LONGEST_PATH: usize = 4096;

impl Ancestry {
    pub(super) fn of(tree: &Tree<'_>) -> Self {
        let nowhere = Branch { parent: NONE, before: NONE, index: 0, name: NONE };
        let mut branches = vec![nowhere; tree.all_data().len()];
        for (parent, data) in (0..).zip(tree.all_data()) {
            let in_list = data.kind == Kind::Sequence;
            let (mut before, mut id, mut index) = (NONE, data.child, 0);
            while let (Some(child), Some(branch)) = (tree.data(id), branches.get_mut(id as usize)) {
                let name = if in_list { name_of(Node::new(tree, id)) } else { NONE };
                *branch = Branch { parent, before, index, name };
                (before, id, index) = (id, child.next, index + 1);
            }
        }
        Self(branches)
    }

    /// Path of keys to `node` from `top`, list items by their `name` where they have one; from the root if `top` is
    /// not above it. What is very long is cut.
    pub(super) fn path(&self, node: Node<'_>, top: Node<'_>) -> String {
        let (tree, mut id) = (node.tree(), node.id());
        // From the last step to the first.
        let (mut steps, mut starts) = (String::with_capacity(64), Vec::with_capacity(8));
        while let Some(branch) = self.0.get(id as usize)
            && branch.parent != NONE
            && id != top.id()
            && steps.len() < LONGEST_PATH
        {
            starts.push(steps.len());
            match Node::new(tree, branch.parent).kind() {
                Kind::Mapping => {
                    let key = if branch.index % 2 == 1 { branch.before } else { id };
                    steps.extend([".", Node::new(tree, key).text().map_or("?", clip)]);
                }
                _ => match Node::new(tree, branch.name).resolve().text() {
                    Some(name) => steps.extend(["[", clip(name), "]"]),
                    None => steps.extend(["[", &branch.index.to_string(), "]"]),
                },
            }
            id = branch.parent;
        }
        let mut path = String::with_capacity(steps.len());
        for start in starts.into_iter().rev() {
            path.push_str(steps.get(start..).unwrap_or_default());
            steps.truncate(start);
        }
        if path.starts_with('.') {
            path.remove(0);
        }
        path
    }
}

/// The last value under the key `name` of an item of a list.
fn name_of(item: Node<'_>) -> u32 {
    let is_name = |id| Node::new(item.tree(), id).text() == Some("name");
    item.keys().filter(|(id, _)| is_name(*id)).last().map_or(NONE, |(_, key)| key.next)
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
        let node = tree.nodes().find(|node| node.inner() == (at..at + needle.len())).unwrap();
        Ancestry::of(&tree).path(node, tree.root().unwrap())
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
        ] {
            assert_eq!(path(text, needle), expected, "{text}");
        }
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
