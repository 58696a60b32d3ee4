//! The tree that both YAML producers build: an arena of small nodes that borrow their values from the text.
//!
//! Rules see [`Node`], a cheap handle that reads from here.

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::ancestry::Ancestry;
use super::holes::{Holes, Marks};
use super::node::Node;
use super::text::Text;
use crate::span::Span;

/// How much may be read through aliases in one document before answers become [`super::Get::Unknown`]: each use costs
/// one, and one more for every 4 nodes behind it. kubectl's parser gives up too ("document contains excessive
/// aliasing"); real documents stay far below.
const ALIAS_BUDGET: u32 = 2_000_000;

/// The id of no node.
pub(super) const NONE: u32 = u32::MAX;

/// What a node is, before aliases are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string, number, bool or null: see [`super::Scalar`].
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

/// A node as it lies in the arena.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeData {
    /// Inner bytes of the node. A block collection starts at its first entry and ends with its last one; a block
    /// scalar starts at its header (`|`) and ends with its last line that is not blank.
    pub(super) start: u32,
    pub(super) end: u32,
    /// Scalar: offset and length of the value, in the text or (`owned`) in the arena. Alias: `value` is the target.
    /// Collection: `len` is the number of nodes in it, itself included.
    pub(super) value: u32,
    pub(super) len: u32,
    pub(super) next: u32,
    pub(super) child: u32,
    pub(super) kind: Kind,
    pub(super) style: Style,
    pub(super) tag: Tag,
    pub(super) owned: bool,
}

impl NodeData {
    fn new(bytes: Range<usize>, kind: Kind) -> Self {
        let Span { start, end } = Span::new(bytes);
        Self {
            start,
            end,
            value: 0,
            len: 0,
            next: NONE,
            child: NONE,
            kind,
            style: Style::Plain,
            tag: Tag::None,
            owned: false,
        }
    }
}

/// One YAML document as a tree.
pub struct Tree<'t> {
    text: Text<'t>,
    nodes: Vec<NodeData>,
    arena: String,
    comments: Vec<Span>,
    has_aliases: bool,
    alias_budget: AtomicU32,
    ancestry: OnceLock<Ancestry>,
    /// Of a template: what is no literal in it.
    marks: Option<Box<Marks<'t>>>,
}

impl<'t> Tree<'t> {
    /// The root node; `None` for an empty document.
    pub fn root(&self) -> Option<Node<'_>> {
        (!self.nodes.is_empty()).then(|| Node::new(self, 0))
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
        self.alias_budget.load(Ordering::Relaxed) == 0
    }

    /// Every node as written, aliases not followed, parents first.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..).zip(&self.nodes).map(|(id, _)| Node::new(self, id))
    }

    /// The same, each with its depth: 0 for the root.
    pub fn walk(&self) -> impl Iterator<Item = (usize, Node<'_>)> {
        let mut ends: Vec<usize> = Vec::new();
        self.nodes.iter().zip(self.nodes()).enumerate().map(move |(id, (data, node))| {
            while ends.pop_if(|end| *end <= id).is_some() {}
            let depth = ends.len();
            if matches!(data.kind, Kind::Mapping | Kind::Sequence) {
                ends.push(id + data.len as usize);
            }
            (depth, node)
        })
    }

    /// The scalar around these bytes of the file, if one is.
    pub fn scalar_around(&self, span: Span) -> Option<Node<'_>> {
        let span_of = |node: &NodeData| self.text.outer(node.start as usize..node.end as usize);
        let next = self.nodes.partition_point(|node| span_of(node).start <= span.start);
        let node = Node::new(self, u32::try_from(next.checked_sub(1)?).ok()?);
        (node.kind() == Kind::Scalar && node.span().contains(span)).then_some(node)
    }

    /// Whether both are built alike and hold the same values, wherever they stand in their texts.
    pub fn is_same(&self, other: &Tree<'_>) -> bool {
        self.nodes.len() == other.nodes.len()
            && self.nodes().zip(other.nodes()).all(|(one, two)| one.is_same(two))
    }

    pub(super) fn ancestry(&self) -> &Ancestry {
        self.ancestry.get_or_init(|| Ancestry::of(self))
    }

    /// What is no literal in it; `None` for plain YAML.
    pub(super) fn marks(&self) -> Option<&Marks<'t>> {
        self.marks.as_deref()
    }

    pub(super) fn mark(&mut self, holes: Holes<'t>) {
        self.marks = Some(Box::new(Marks::new(holes, self.text.as_str(), &self.nodes)));
    }

    /// All nodes in the order of the text, as they lie in the arena.
    pub(super) fn all_data(&self) -> &[NodeData] {
        &self.nodes
    }

    pub(super) fn data(&self, id: u32) -> Option<&NodeData> {
        self.nodes.get(id as usize)
    }

    /// The value of a scalar, literal or not.
    pub(super) fn value(&self, scalar: &NodeData) -> &str {
        let source = if scalar.owned { self.arena.as_str() } else { self.text.as_str() };
        let start = scalar.value as usize;
        source.get(start..start + scalar.len as usize).unwrap_or_default()
    }

    /// Whether there are aliases in it.
    pub fn has_aliases(&self) -> bool {
        self.has_aliases
    }

    /// Whether every node is what it looks like: no aliases, and nothing that a template fills in.
    pub(super) fn is_literal(&self) -> bool {
        !self.has_aliases && self.marks.is_none()
    }

    /// Pays for reading `nodes` nodes through an alias; `false` if the budget is used up.
    pub(super) fn spend(&self, nodes: u32) -> bool {
        let cost = 1 + nodes / 4;
        let before =
            self.alias_budget.update(Ordering::Relaxed, Ordering::Relaxed, |left| left.saturating_sub(cost));
        before > cost
    }
}

impl std::fmt::Debug for Tree<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // No values: they may be secrets.
        write!(f, "tree of {} nodes from {:?}", self.nodes.len(), self.text)
    }
}

/// Builds a [`Tree`]; used by both producers. Offsets are those of the text that is read.
pub(super) struct TreeBuilder {
    nodes: Vec<NodeData>,
    arena: String,
    comments: Vec<Range<usize>>,
    has_aliases: bool,
    /// Open collections: their id and their last child.
    open: Vec<(u32, u32)>,
}

/// Where a scalar's value is.
#[derive(Clone, Copy)]
pub(super) enum Value<'v> {
    /// The text has it, at these bytes.
    Slice(usize, usize),
    /// Not written that way in the text: folded, unescaped.
    Owned(&'v str),
    /// The arena has it, from this byte to its present end.
    Arena(usize),
}

impl TreeBuilder {
    /// A builder for a text of `len` bytes.
    pub(super) fn new(len: usize) -> Self {
        Self {
            nodes: Vec::with_capacity(len / 20 + 4),
            arena: String::new(),
            comments: Vec::new(),
            has_aliases: false,
            open: Vec::with_capacity(16),
        }
    }

    fn push(&mut self, data: NodeData) -> u32 {
        let id = Span::new(self.nodes.len()..usize::MAX).start;
        self.nodes.push(data);
        if let Some((parent, last)) = self.open.last_mut() {
            let first = *last == NONE;
            let link = if first { *parent } else { *last };
            *last = id;
            if let Some(node) = self.nodes.get_mut(link as usize) {
                if first { node.child = id } else { node.next = id }
            }
        }
        id
    }

    /// Adds a scalar and gives its id.
    pub(super) fn scalar(&mut self, bytes: Range<usize>, value: Value<'_>, style: Style, tag: Tag) -> u32 {
        let (value, owned) = match value {
            Value::Slice(start, end) => (start..end, false),
            Value::Owned(text) => {
                let start = self.arena.len();
                self.arena.push_str(text);
                (start..self.arena.len(), true)
            }
            Value::Arena(start) => (start..self.arena.len(), true),
        };
        let value = Span::new(value);
        let data = NodeData::new(bytes, Kind::Scalar);
        self.push(NodeData { value: value.start, len: value.len(), style, tag, owned, ..data })
    }

    /// Adds an alias for the node `target`.
    pub(super) fn alias(&mut self, bytes: Range<usize>, target: u32) {
        self.has_aliases = true;
        self.push(NodeData { value: target, ..NodeData::new(bytes, Kind::Alias) });
    }

    /// Opens a mapping or sequence; what follows are its children until it is closed.
    pub(super) fn open(&mut self, at: usize, kind: Kind) -> u32 {
        let id = self.push(NodeData::new(at..at, kind));
        self.open.push((id, NONE));
        id
    }

    /// Closes the innermost collection, written in brackets, after the bracket at the end.
    pub(super) fn close(&mut self, end: usize) {
        self.finish_collection(|_| Span::new(end..end).start);
    }

    /// Closes the innermost collection, written in lines: it ends with its last child.
    pub(super) fn close_block(&mut self) {
        self.finish_collection(|last| last.end);
    }

    fn finish_collection(&mut self, end: impl FnOnce(&NodeData) -> u32) {
        let Some((id, last)) = self.open.pop() else { return };
        let len = self.nodes.len() - id as usize;
        let last = if last == NONE { id } else { last };
        let end = self.nodes.get(last as usize).map_or(0, end);
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.end = end;
            node.len = Span::new(0..len).end;
        }
    }

    /// Whether the node is still open: an alias to it would contain itself.
    pub(super) fn is_open(&self, id: u32) -> bool {
        self.open.iter().any(|(open, _)| *open == id)
    }

    /// How many collections are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether the innermost open collection is a mapping.
    pub(super) fn is_in_mapping(&self) -> bool {
        let innermost = self.open.last().and_then(|(id, _)| self.nodes.get(*id as usize));
        innermost.is_some_and(|node| node.kind == Kind::Mapping)
    }

    /// The end of the node that was added last; zero if there is none.
    pub(super) fn last_end(&self) -> usize {
        self.nodes.last().map_or(0, |node| node.end as usize)
    }

    /// The nodes so far, in the order of the text.
    pub(super) fn nodes(&self) -> &[NodeData] {
        &self.nodes
    }

    /// The value of a scalar among them.
    pub(super) fn text_of<'v>(&'v self, node: &NodeData, source: &'v str) -> &'v str {
        let from = if node.owned { self.arena.as_str() } else { source };
        let start = node.value as usize;
        from.get(start..start + node.len as usize).unwrap_or_default()
    }

    /// The comments so far, in the order in which they were read.
    pub(super) fn comments(&self) -> &[Range<usize>] {
        &self.comments
    }

    /// Adds a comment, from `#` to the end of its line.
    pub(super) fn comment(&mut self, bytes: Range<usize>) {
        self.comments.push(bytes);
    }

    /// Where values that the text does not have are written, to be handed over as [`Value::Arena`].
    pub(super) fn arena(&mut self) -> &mut String {
        &mut self.arena
    }

    /// The tree, which from now on owns the text that it was read from.
    pub(super) fn finish(mut self, text: Text<'_>) -> Tree<'_> {
        if !self.comments.is_sorted_by_key(|comment| comment.start) {
            self.comments.sort_by_key(|comment| comment.start);
        }
        let comments = self.comments.into_iter().map(|bytes| text.outer(bytes)).collect();
        Tree {
            text,
            nodes: self.nodes,
            arena: self.arena,
            comments,
            has_aliases: self.has_aliases,
            alias_budget: AtomicU32::new(ALIAS_BUDGET),
            ancestry: OnceLock::new(),
            marks: None,
        }
    }
}
