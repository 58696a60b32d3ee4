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
}

impl Ancestry {
    pub(super) fn of(tree: &Tree<'_>) -> Self {
        let nowhere = Branch { parent: NONE, before: NONE, index: 0 };
        let mut branches = vec![nowhere; tree.nodes().count()];
        for parent in tree.nodes().filter(|node| matches!(node.kind(), Kind::Mapping | Kind::Sequence)) {
            let mut before = NONE;
            for (index, child) in (0..).zip(parent.children()) {
                if let Some(branch) = branches.get_mut(child.id() as usize) {
                    *branch = Branch { parent: parent.id(), before, index };
                }
                before = child.id();
            }
        }
        Self(branches)
    }

    /// Path of keys to `node` from `top`, list items by their `name` where they have one; from the root if `top` is
    /// not above it.
    pub(super) fn path(&self, node: Node<'_>, top: Node<'_>) -> String {
        let (tree, mut id) = (node.tree(), node.id());
        let mut steps = Vec::new();
        while let Some(branch) =
            self.0.get(id as usize).filter(|branch| branch.parent != NONE && id != top.id())
        {
            steps.push(match Node::new(tree, branch.parent).kind() {
                Kind::Mapping => {
                    let key = if branch.index % 2 == 1 { branch.before } else { id };
                    format!(".{}", Node::new(tree, key).text().unwrap_or("?"))
                }
                _ => match Node::new(tree, id).get("name").value().and_then(Node::text) {
                    Some(name) => format!("[{name}]"),
                    None => format!("[{}]", branch.index),
                },
            });
            id = branch.parent;
        }
        let path: String = steps.into_iter().rev().collect();
        path.strip_prefix('.').map(str::to_owned).unwrap_or(path)
    }
}
