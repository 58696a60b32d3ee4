//! The tree that both YAML producers build: an arena of small nodes that borrow their values from the text.
//!
//! Rules see [`Node`], a cheap handle. It follows aliases and merge keys as kubectl's parser would, within a budget
//! (an "alias bomb" ends in [`Get::Unknown`], not in an exploding walk), and knows its bytes in the file.

use std::cell::Cell;
use std::ops::Range;

use super::scalar::Scalar;
use super::text::Text;
use crate::span::Span;

/// How often aliases may be followed in one document before answers become [`Get::Unknown`]. kubectl's parser gives
/// up too ("document contains excessive aliasing"); real documents follow a few dozen.
const ALIAS_BUDGET: u32 = 100_000;

const NONE: u32 = u32::MAX;

/// What a node is, before aliases are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string, number, bool or null: see [`Scalar`].
    Scalar,
    /// A mapping.
    Mapping,
    /// A sequence.
    Sequence,
    /// `*name`.
    Alias,
}

/// How a scalar is written. Only plain ones can be anything else than a string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    #[default]
    Plain,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// An explicit tag that changes how a scalar is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tag {
    /// No tag, or one that says nothing (`!!map`, `!!seq`).
    #[default]
    None,
    /// `!!str`, `!` or a local tag such as `!vault`: a string whatever it looks like.
    Str,
    /// `!!int`, `!!float`, `!!bool`, `!!null`: typed even when quoted.
    Typed,
    /// `!!binary`: kubectl decodes it, which breaks base64 fields.
    Binary,
}

#[derive(Clone, Copy, Debug)]
struct NodeData {
    /// Inner bytes of the node. A block collection starts at its first entry and ends with its last one.
    start: u32,
    end: u32,
    /// Scalar: offset and length of the value, in the text or (`owned`) in the arena. Alias: `value` is the target.
    value: u32,
    len: u32,
    next: u32,
    child: u32,
    kind: Kind,
    style: Style,
    tag: Tag,
    owned: bool,
}

/// One YAML document as a tree.
#[derive(Debug)]
pub struct Tree<'t> {
    text: Text<'t>,
    nodes: Vec<NodeData>,
    arena: String,
    comments: Vec<Span>,
    alias_budget: Cell<u32>,
}

impl<'t> Tree<'t> {
    /// The root node; `None` for an empty document.
    pub fn root(&self) -> Option<Node<'_>> {
        (!self.nodes.is_empty()).then_some(Node { tree: self, id: 0, via: NONE })
    }

    /// The text it was read from.
    pub fn text(&self) -> &Text<'t> {
        &self.text
    }

    /// Bytes in the file of every comment, from `#` to the end of its line, in order.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// Whether so many aliases were followed that answers stopped.
    pub fn is_exhausted(&self) -> bool {
        self.alias_budget.get() == 0
    }

    /// Every node as written, aliases not followed, parents first.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.nodes.len()).map(|id| Node { tree: self, id: Span::new(id..id).start, via: NONE })
    }

    fn data(&self, id: u32) -> Option<&NodeData> {
        self.nodes.get(id as usize)
    }
}

/// Builds a [`Tree`]; used by both producers.
#[derive(Debug)]
pub(super) struct TreeBuilder<'t> {
    tree: Tree<'t>,
    /// Open collections: their id and their last child.
    open: Vec<(u32, u32)>,
}

/// Where a scalar's value is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'v> {
    /// These inner bytes of the text.
    Slice(u32, u32),
    /// Not written that way in the text: folded, unescaped.
    Owned(&'v str),
}

impl<'t> TreeBuilder<'t> {
    pub(super) fn new(text: Text<'t>) -> Self {
        let capacity = text.as_str().len() / 16 + 4;
        let tree = Tree {
            text,
            nodes: Vec::with_capacity(capacity),
            arena: String::new(),
            comments: Vec::new(),
            alias_budget: Cell::new(ALIAS_BUDGET),
        };
        Self { tree, open: Vec::with_capacity(16) }
    }

    pub(super) fn text(&self) -> &Text<'t> {
        &self.tree.text
    }

    fn push(&mut self, data: NodeData) -> u32 {
        let id = Span::new(self.tree.nodes.len()..usize::MAX).start;
        self.tree.nodes.push(data);
        if let Some((parent, last)) = self.open.last_mut() {
            let link = if *last == NONE { *parent } else { *last };
            let first = *last == NONE;
            *last = id;
            if let Some(node) = self.tree.nodes.get_mut(link as usize) {
                if first { node.child = id } else { node.next = id }
            }
        }
        id
    }

    pub(super) fn scalar(&mut self, bytes: Range<usize>, value: Value<'_>, style: Style, tag: Tag) -> u32 {
        let (value, len, owned) = match value {
            Value::Slice(at, len) => (at, len, false),
            Value::Owned(text) => {
                let at = self.tree.arena.len();
                self.tree.arena.push_str(text);
                let span = Span::new(at..at + text.len());
                (span.start, span.len(), true)
            }
        };
        let Span { start, end } = Span::new(bytes);
        self.push(NodeData {
            start,
            end,
            value,
            len,
            next: NONE,
            child: NONE,
            kind: Kind::Scalar,
            style,
            tag,
            owned,
        })
    }

    pub(super) fn alias(&mut self, bytes: Range<usize>, target: u32) -> u32 {
        let Span { start, end } = Span::new(bytes);
        let (style, tag) = (Style::Plain, Tag::None);
        self.push(NodeData {
            start,
            end,
            value: target,
            len: 0,
            next: NONE,
            child: NONE,
            kind: Kind::Alias,
            style,
            tag,
            owned: false,
        })
    }

    /// Opens a mapping or sequence; what follows are its children until [`Self::close`].
    pub(super) fn open(&mut self, at: usize, kind: Kind) -> u32 {
        let Span { start, end } = Span::new(at..at);
        let (style, tag) = (Style::Plain, Tag::None);
        let id = self.push(NodeData {
            start,
            end,
            value: 0,
            len: 0,
            next: NONE,
            child: NONE,
            kind,
            style,
            tag,
            owned: false,
        });
        self.open.push((id, NONE));
        id
    }

    pub(super) fn close(&mut self, at: usize) {
        if let Some((id, _)) = self.open.pop()
            && let Some(node) = self.tree.nodes.get_mut(id as usize)
        {
            node.end = Span::new(at..at).start;
        }
    }

    /// Whether the node is still open: an alias to it would contain itself.
    pub(super) fn is_open(&self, id: u32) -> bool {
        self.open.iter().any(|(open, _)| *open == id)
    }

    pub(super) fn comment(&mut self, bytes: Range<usize>) {
        let span = self.tree.text.outer(bytes);
        self.tree.comments.push(span);
    }

    pub(super) fn finish(mut self) -> Tree<'t> {
        self.tree.nodes.shrink_to_fit();
        self.tree
    }
}

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
    pub fn get(self, key: &str) -> Get<'a> {
        match self {
            Get::Found(entry) => entry.value.get(key),
            other => other,
        }
    }
}

impl<'a> Node<'a> {
    fn data(self) -> Option<&'a NodeData> {
        self.tree.data(self.id)
    }

    fn at(self, id: u32) -> Option<Node<'a>> {
        (id != NONE).then_some(Node { tree: self.tree, id, via: NONE })
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
            .map_or(Span::default(), |data| self.tree.text.outer(data.start as usize..data.end as usize))
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
        self.via == NONE && self.tree.text.is_exact(self.inner())
    }

    /// The scalar, if it is one.
    pub fn scalar(self) -> Option<Scalar<'a>> {
        let data = self.data().filter(|data| data.kind == Kind::Scalar)?;
        let source = if data.owned { self.tree.arena.as_str() } else { self.tree.text.as_str() };
        let at = data.value as usize;
        Some(Scalar::new(source.get(at..at + data.len as usize).unwrap_or_default(), data.style, data.tag))
    }

    /// The text of a scalar that is read as a string, as the API server would see it.
    pub fn as_str(self) -> Option<&'a str> {
        self.scalar().and_then(Scalar::as_str)
    }

    /// The text of a scalar whatever its type; keys are always taken so.
    pub fn text(self) -> Option<&'a str> {
        self.scalar().map(Scalar::text)
    }

    /// Whether it is null: empty, `~`, `null`.
    pub fn is_null(self) -> bool {
        self.scalar().is_some_and(Scalar::is_null)
    }

    /// Follows an alias, if it is one and the budget allows.
    fn resolve(self) -> Node<'a> {
        let Some(data) = self.data().filter(|data| data.kind == Kind::Alias) else { return self };
        let budget = self.tree.alias_budget.get();
        if budget == 0 {
            return self;
        }
        self.tree.alias_budget.set(budget - 1);
        Node { tree: self.tree, id: data.value, via: self.id }
    }

    /// The children as written: items of a sequence, or key, value, key, value … of a mapping.
    fn children(self) -> impl Iterator<Item = Node<'a>> {
        let mut next = self.data().and_then(|data| self.at(data.child));
        std::iter::from_fn(move || {
            let node = next?;
            next = node.data().and_then(|data| node.at(data.next));
            Some(node)
        })
    }

    /// The items of a sequence, aliases followed; nothing for other nodes.
    pub fn items(self) -> impl Iterator<Item = Node<'a>> {
        (self.kind() == Kind::Sequence).then(|| self.children().map(Node::resolve)).into_iter().flatten()
    }

    /// The entries of a mapping as written, duplicates and merge keys (`<<`) included; nothing for other nodes.
    pub fn entries(self) -> impl Iterator<Item = Entry<'a>> {
        let mut children = (self.kind() == Kind::Mapping).then(|| self.children()).into_iter().flatten();
        std::iter::from_fn(move || Some(Entry { key: children.next()?, value: children.next()?.resolve() }))
    }

    /// The value at `key`: of equal keys the last, as kubectl reads it; then what is merged in with `<<`.
    pub fn get(self, key: &str) -> Get<'a> {
        if self.kind() == Kind::Alias {
            return Get::Unknown;
        }
        let mut found = None;
        let mut merges = false;
        for entry in self.entries() {
            match entry.key.text() {
                Some(text) if text == key => found = Some(entry),
                Some("<<") => merges |= entry.key.scalar().is_some_and(Scalar::is_plain),
                _ => {}
            }
        }
        match found {
            Some(entry) if entry.value.kind() == Kind::Alias => Get::Unknown,
            Some(entry) => Get::Found(entry),
            None if merges => self.get_merged(key),
            None => Get::Absent,
        }
    }

    /// Looks into `<<: *base` and `<<: [*a, *b]`; of several, the first that has the key wins.
    fn get_merged(self, key: &str) -> Get<'a> {
        let merged = self.entries().filter(|entry| entry.key.text() == Some("<<")).map(|entry| entry.value);
        for value in merged {
            let single = (value.kind() != Kind::Sequence).then_some(value);
            for source in single.into_iter().chain(value.items()) {
                match source.get(key) {
                    Get::Absent => {}
                    answer => return answer,
                }
            }
        }
        Get::Absent
    }

    /// Path of keys from the root, list items by their `name` where they have one: the same after unrelated edits.
    pub fn path(self) -> String {
        let mut path = String::new();
        let mut at = self.tree.root();
        while let Some(node) = at.filter(|node| node.id < self.id) {
            at = match node.kind() {
                Kind::Mapping => node.step_into_mapping(self.id, &mut path),
                Kind::Sequence => node.step_into_sequence(self.id, &mut path),
                Kind::Scalar | Kind::Alias => None,
            };
        }
        path
    }

    fn step_into_mapping(self, target: u32, path: &mut String) -> Option<Node<'a>> {
        let mut children = self.children();
        let mut last = None;
        while let (Some(key), Some(value)) = (children.next(), children.next()) {
            if key.id > target {
                break;
            }
            last = Some((key, value));
        }
        let (key, value) = last?;
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key.text().unwrap_or("?"));
        (value.id <= target).then_some(value)
    }

    fn step_into_sequence(self, target: u32, path: &mut String) -> Option<Node<'a>> {
        let (index, item) = self.children().take_while(|item| item.id <= target).enumerate().last()?;
        match item.get("name").value().and_then(Node::text) {
            Some(name) => path.extend(["[", name, "]"]),
            None => path.push_str(&format!("[{index}]")),
        }
        Some(item)
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // No values: they may be secrets.
        write!(f, "{:?} at {:?}", self.kind(), self.span())
    }
}
