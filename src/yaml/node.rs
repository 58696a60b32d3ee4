//! Nodes as rules see them: cheap handles that follow aliases and merge keys as kubectl's parser does.
//!
//! They do so within a budget: an "alias bomb" ends in [`Get::Unknown`], not in an exploding walk.

use std::borrow::Cow;
use std::ops::Range;

use super::scalar::{Scalar, is_typed};
use super::tree::{Kind, NONE, NodeData, Style, Tree};
use crate::span::Span;

/// How many merges may lie behind each other (`<<: *a`, where `a` has a `<<: *b` of its own …).
const MERGE_DEPTH: u8 = 64;

/// The key that merges another mapping into its own.
const MERGE: &str = "<<";

/// A node of a tree. Aliases are followed on the way: [`Node::alias`] tells.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    tree: &'a Tree<'a>,
    id: u32,
    /// The alias it was reached through, if any.
    via: u32,
}

/// A key of a mapping and its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The key.
    pub key: Node<'a>,
    /// The value.
    pub value: Node<'a>,
}

impl<'a> Entry<'a> {
    /// The key as the API server sees it: JSON has only strings, so `on:` becomes `"true"` and `0x1F:` becomes `"31"`.
    /// `None` if the key is no scalar.
    pub fn name(self) -> Option<Cow<'a, str>> {
        self.key.scalar().map(Scalar::key)
    }

    /// Whether it merges another mapping into this one: `<<`, without quotes.
    pub fn is_merge(self) -> bool {
        self.key.scalar().is_some_and(Scalar::is_merge)
    }

    fn is_named(self, name: &str) -> bool {
        self.key.scalar().is_some_and(|key| key.is_key(name))
    }
}

/// The answer to "what is at this key?". Rules that report something missing fire only on [`Get::Absent`].
#[derive(Clone, Copy, Debug)]
pub enum Get<'a> {
    /// Written.
    Found(Entry<'a>),
    /// Certainly not written.
    Absent,
    /// It cannot be said: too many aliases here, and in templates whatever stands behind an action.
    Unknown,
}

impl<'a> Get<'a> {
    /// Key and value, if written.
    pub fn found(self) -> Option<Entry<'a>> {
        match self {
            Get::Found(entry) => Some(entry),
            Get::Absent | Get::Unknown => None,
        }
    }

    /// The value, if written.
    pub fn value(self) -> Option<Node<'a>> {
        self.found().map(|entry| entry.value)
    }

    /// Whether it is certain that nothing is written there.
    pub fn is_absent(self) -> bool {
        matches!(self, Get::Absent)
    }

    /// What is at `key` of the value found.
    #[must_use]
    pub fn get(self, key: &str) -> Get<'a> {
        match self {
            Get::Found(entry) => entry.value.get(key),
            other => other,
        }
    }
}

impl<'a> Node<'a> {
    pub(super) fn new(tree: &'a Tree<'a>, id: u32) -> Self {
        Self { tree, id, via: NONE }
    }

    /// Whether both are the same by themselves; their children are nodes of their own.
    pub(super) fn is_same(self, other: Node<'_>) -> bool {
        let shape =
            |node: Node<'_>| node.data().map(|data| (data.kind, data.next, data.child, data.style, data.tag));
        shape(self) == shape(other) && self.text() == other.text()
    }

    pub(super) fn id(self) -> u32 {
        self.id
    }

    fn data(self) -> Option<&'a NodeData> {
        self.tree.data(self.id)
    }

    fn at(self, id: u32) -> Option<Node<'a>> {
        (id != NONE).then(|| Node::new(self.tree, id))
    }

    /// The tree it belongs to.
    pub fn tree(self) -> &'a Tree<'a> {
        self.tree
    }

    /// What it is. Never [`Kind::Alias`], unless it comes from [`Tree::nodes`] or the budget is used up.
    pub fn kind(self) -> Kind {
        self.data().map_or(Kind::Scalar, |data| data.kind)
    }

    /// Its bytes in the file; those of the anchored node if it was reached through an alias.
    pub fn span(self) -> Span {
        self.data()
            .map_or(Span::default(), |data| self.tree.text().outer(data.start as usize..data.end as usize))
    }

    /// Its bytes in the text that the tree was read from.
    pub fn inner(self) -> Range<usize> {
        self.data().map_or(0..0, |data| data.start as usize..data.end as usize)
    }

    /// The bytes in the file of the alias (`*name`) through which it was reached.
    pub fn alias(self) -> Option<Span> {
        self.at(self.via).map(Node::span)
    }

    /// Whether its bytes may be edited: they stand in the file as they are, and no alias leads here.
    pub fn is_editable(self) -> bool {
        self.via == NONE && self.tree.text().is_exact(self.inner())
    }

    /// Whether something may stand in it that the text does not show: a scalar that is an expression or has one in it,
    /// a collection into which a template's unknown lines go. Never so in plain YAML.
    pub fn is_unknown(self) -> bool {
        self.tree.marks().is_some_and(|marks| {
            marks.is_opaque(self.id) || self.is_scalar() && marks.is_holed(&self.inner())
        })
    }

    fn is_scalar(self) -> bool {
        self.data().is_some_and(|data| data.kind == Kind::Scalar)
    }

    /// How a scalar is written, literal or not.
    pub(super) fn style(self) -> Option<Style> {
        self.data().filter(|data| data.kind == Kind::Scalar).map(|data| data.style)
    }

    /// The scalar, if it is one and a literal.
    pub fn scalar(self) -> Option<Scalar<'a>> {
        let data = self.data().filter(|data| data.kind == Kind::Scalar)?;
        if self.is_unknown() {
            return None;
        }
        Some(Scalar::new(self.tree.value(data), data.style, data.tag))
    }

    /// The text of a scalar that is read as a string, as the API server would see it.
    pub fn as_str(self) -> Option<&'a str> {
        self.scalar().and_then(Scalar::as_str)
    }

    /// The text of a scalar whatever its type, as it is written. What a key is called: [`Entry::name`].
    pub fn text(self) -> Option<&'a str> {
        self.scalar().map(Scalar::text)
    }

    /// Whether it is null: empty, `~`, `null`.
    pub fn is_null(self) -> bool {
        self.scalar().is_some_and(Scalar::is_null)
    }

    /// Follows an alias, if it is one and the budget allows.
    pub(super) fn resolve(self) -> Node<'a> {
        let Some(data) = self.data().filter(|data| data.kind == Kind::Alias) else { return self };
        let size =
            self.tree.data(data.value).filter(|data| data.kind != Kind::Scalar).map_or(0, |data| data.len);
        if !self.tree.spend(size) {
            return self;
        }
        Node { tree: self.tree, id: data.value, via: self.id }
    }

    /// Whether it may be read so many times: always, unless an alias led there and the budget does not allow it.
    pub fn may_be_read(self, times: u32) -> bool {
        let size = self.data().filter(|data| data.kind != Kind::Scalar).map_or(0, |data| data.len);
        self.via == NONE || self.tree.spend(size.saturating_mul(times))
    }

    /// The children as written: items of a sequence, or key, value, key, value … of a mapping. Below an alias they
    /// too were reached through it.
    pub(super) fn children(self) -> impl Iterator<Item = Node<'a>> {
        let step = move |id: u32| (id != NONE).then_some(Node { id, ..self });
        let mut next = self.data().and_then(|data| step(data.child));
        std::iter::from_fn(move || {
            let node = next?;
            next = node.data().and_then(|data| step(data.next));
            Some(node)
        })
    }

    /// The items of a sequence, aliases followed; nothing for other nodes.
    pub fn items(self) -> impl Iterator<Item = Node<'a>> {
        (self.kind() == Kind::Sequence).then(|| self.children().map(Node::resolve)).into_iter().flatten()
    }

    /// The entries of a mapping as written, duplicates and merge keys (`<<`) included; nothing for other nodes.
    pub fn entries(self) -> impl Iterator<Item = Entry<'a>> {
        self.entries_unresolved().map(|entry| Entry { value: entry.value.resolve(), ..entry })
    }

    /// The same, aliases among the values not yet followed: looking at keys costs nothing of the budget.
    pub(super) fn entries_unresolved(self) -> impl Iterator<Item = Entry<'a>> {
        let mut children = (self.kind() == Kind::Mapping).then(|| self.children()).into_iter().flatten();
        let entry = move || Some(Entry { key: children.next()?.resolve(), value: children.next()? });
        std::iter::from_fn(entry)
    }

    /// The keys of a mapping as they are written; `None` for one that is a merge key or read as another text, or that an
    /// alias or a template gives.
    pub(super) fn literal_keys(self) -> impl Iterator<Item = Option<&'a str>> {
        let is_plain = self.tree.marks().is_none();
        self.keys().map(move |(_, key)| {
            let text = (is_plain && key.kind == Kind::Scalar).then(|| self.tree.value(key));
            let is_text = |text: &&str| {
                let scalar = Scalar::new(text, key.style, key.tag);
                !scalar.is_typed() && !scalar.is_merge()
            };
            text.filter(is_text)
        })
    }

    /// The keys of a mapping as written: their ids, and what lies there. The value is the node next to the key.
    pub(super) fn keys(self) -> impl Iterator<Item = (u32, &'a NodeData)> {
        let mapping = self.data().filter(|data| data.kind == Kind::Mapping);
        let mut next = mapping.map_or(NONE, |data| data.child);
        std::iter::from_fn(move || {
            let (id, key) = (next, self.tree.data(next)?);
            next = self.tree.data(key.next).map_or(NONE, |value| value.next);
            Some((id, key))
        })
    }

    /// The value at `key`: of equal keys the last, as kubectl reads it; then what is merged in with `<<`.
    pub fn get(self, key: &str) -> Get<'a> {
        self.get_literal(key).unwrap_or_else(|| self.get_within(key, MERGE_DEPTH))
    }

    /// The same, fast, in almost all documents; `None` where more than the texts of keys has to be looked at: aliases,
    /// merge keys, templates, keys that are read as another text (`on` as `true`).
    fn get_literal(self, key: &str) -> Option<Get<'a>> {
        if !self.tree.is_literal() || is_typed(key) {
            return None;
        }
        // Most keys are of another length: no need to look at their text.
        let lengths = [key.len(), MERGE.len()];
        let mut found = None;
        for (id, data) in self.keys() {
            if data.kind == Kind::Scalar && lengths.contains(&(data.len as usize)) {
                let text = self.tree.value(data);
                if text == key {
                    found = Some((id, data.next));
                } else if text == MERGE {
                    return None;
                }
            }
        }
        let node = |id| Node { id, ..self };
        Some(
            found
                .map_or(Get::Absent, |(key, value)| Get::Found(Entry { key: node(key), value: node(value) })),
        )
    }

    /// All entries at `key` as written: in a template, branches of a condition may each have one.
    pub fn alternatives(self, key: &str) -> impl Iterator<Item = Entry<'a>> {
        self.entries().filter(move |entry| entry.is_named(key))
    }

    fn get_within(self, key: &str, depth: u8) -> Get<'a> {
        if self.kind() == Kind::Alias {
            return Get::Unknown;
        }
        let mut found = None;
        let mut merges = false;
        let mut unknown = self.is_unknown();
        for entry in self.entries_unresolved() {
            if entry.is_named(key) {
                found = Some(entry);
            }
            merges |= entry.is_merge();
            unknown |= entry.key.is_unknown();
        }
        match found.map(|entry| Entry { value: entry.value.resolve(), ..entry }) {
            Some(entry) if entry.value.kind() == Kind::Alias => Get::Unknown,
            Some(entry) => Get::Found(entry),
            None if unknown => Get::Unknown,
            None if merges => self.get_merged(key, depth),
            None => Get::Absent,
        }
    }

    /// Looks into `<<: *base` and `<<: [*a, *b]`; of several, the first that has the key wins.
    fn get_merged(self, key: &str, depth: u8) -> Get<'a> {
        let Some(depth) = depth.checked_sub(1) else { return Get::Unknown };
        let merged =
            self.entries_unresolved().filter(|entry| entry.is_merge()).map(|entry| entry.value.resolve());
        for value in merged {
            let single = (value.kind() != Kind::Sequence).then_some(value);
            for source in single.into_iter().chain(value.items()) {
                match source.get_within(key, depth) {
                    Get::Absent => {}
                    answer => return answer,
                }
            }
        }
        Get::Absent
    }

    /// Path of keys from `top`, a node above it, list items by their `name` where they have one: the same after
    /// unrelated edits.
    pub fn path_from(self, top: Node<'_>) -> String {
        self.tree.ancestry().path(self, top)
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // No values: they may be secrets.
        write!(f, "{:?} at {:?}", self.kind(), self.span())
    }
}
