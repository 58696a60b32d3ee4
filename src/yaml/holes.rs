//! Trees with holes: text in which something that YAML cannot read, such as a template's actions, was replaced by
//! placeholders or left out.
//!
//! A scalar with a hole is no literal, and a mapping into which unknown lines go may have any key.

use std::borrow::Cow;
use std::ops::Range;

use super::node::Node;
use super::text::Text;
use super::tree::{Kind, NodeData, Style, Tree};
use crate::span::Span;

/// A place where something else stands in the file than in the text that is read as YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hole<'t> {
    /// The placeholder's bytes in the text that is read; empty where nothing was put in its place.
    pub inner: Span,
    /// What stands there in the file, without its delimiters.
    pub source: &'t str,
    /// Whether it says something only where it stands, so that the same elsewhere means something else.
    pub is_local: bool,
}

/// A place where lines may appear that are not in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The byte of the text that is read.
    pub inner: u32,
    /// What the lines may become part of.
    pub reach: Reach,
}

/// What unknown lines may become part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The value that is awaited here: they follow `key:` or `-`.
    Value,
    /// The collection whose entries have this column.
    Column(u32),
    /// Everything that is open here.
    Open,
    /// The collection that ends here, if its entries have this column: it may go on elsewhere.
    Ended(u32),
}

/// The holes and gaps of a text, each in order.
#[derive(Clone, Debug)]
pub struct Holes<'t> {
    /// Placeholders.
    pub holes: Vec<Hole<'t>>,
    /// Unknown lines.
    pub gaps: Vec<Gap>,
    /// How equal expressions are made to look equal.
    pub normalise: fn(&str) -> String,
}

/// What a scalar that is no literal says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Expression {
    /// The expression without its delimiters, or the text with its expressions in `{{ … }}`. Equal expressions have
    /// equal texts.
    pub text: String,
    /// Whether it is nothing but one expression.
    pub is_whole: bool,
    /// Whether an equal one elsewhere may mean something else.
    pub is_local: bool,
}

/// What is known of a tree's holes.
pub(super) struct Marks<'t> {
    holes: Holes<'t>,
    /// Nodes with unknown content, sorted.
    opaque: Vec<u32>,
}

impl<'t> Marks<'t> {
    /// Finds the nodes that the gaps of `holes` belong to.
    pub(super) fn new(holes: Holes<'t>, text: &str, nodes: &[NodeData]) -> Self {
        let mut sweep =
            Sweep { text, nodes, next: 0, line: 0, seen: 0, open: Vec::new(), opaque: Vec::new() };
        for gap in &holes.gaps {
            sweep.gap(*gap);
        }
        let mut opaque = sweep.opaque;
        opaque.sort_unstable();
        opaque.dedup();
        Self { holes, opaque }
    }

    pub(super) fn is_opaque(&self, id: u32) -> bool {
        self.opaque.binary_search(&id).is_ok()
    }

    /// The holes in these bytes of the text.
    fn within(&self, inner: &Range<usize>) -> &[Hole<'t>] {
        let Span { start, end } = Span::new(inner.clone());
        let first = self.holes.holes.partition_point(|hole| hole.inner.end <= start);
        let rest = self.holes.holes.get(first..).unwrap_or_default();
        rest.get(..rest.partition_point(|hole| hole.inner.start < end)).unwrap_or_default()
    }

    pub(super) fn is_holed(&self, inner: &Range<usize>) -> bool {
        !self.within(inner).is_empty()
    }

    fn expression(&self, text: &str, value: Range<usize>) -> Option<Expression> {
        let normalise = self.holes.normalise;
        let holes = self.within(&value);
        if let [hole] = holes
            && hole.inner == Span::new(value.clone())
        {
            let (text, is_local) = (normalise(hole.source), hole.is_local);
            return Some(Expression { text, is_whole: true, is_local });
        }
        let mut mixed = String::new();
        let mut at = value.start;
        for hole in holes {
            mixed.push_str(text.get(at..hole.inner.start as usize)?);
            mixed.push_str("{{ ");
            mixed.push_str(&normalise(hole.source));
            mixed.push_str(" }}");
            at = hole.inner.end as usize;
        }
        mixed.push_str(text.get(at..value.end)?);
        let is_local = holes.iter().any(|hole| hole.is_local);
        (!holes.is_empty()).then_some(Expression { text: mixed, is_whole: false, is_local })
    }
}

impl Node<'_> {
    /// The expression that stands in the place of a literal scalar; `None` for literals, and for blocks (`|`) whatever
    /// they hold.
    pub fn expression(self) -> Option<Expression> {
        let marks = self.tree().marks()?;
        let (inner, text) = (self.inner(), self.tree().text().as_str());
        let value = match self.style()? {
            Style::Plain => inner,
            Style::Single | Style::Double => inner.start + 1..inner.end.saturating_sub(1),
            Style::Literal | Style::Folded => return None,
        };
        marks.expression(text, value)
    }
}

impl<'a> Node<'a> {
    /// The text of a string; of an expression that says the same wherever it stands, that: `{{ .Values.name }}`.
    pub fn told(self) -> Option<Cow<'a, str>> {
        if let Some(text) = self.as_str() {
            return Some(Cow::Borrowed(text));
        }
        let Expression { text, is_whole, .. } =
            self.expression().filter(|expression| !expression.is_local)?;
        Some(Cow::Owned(if is_whole { format!("{{{{ {text} }}}}") } else { text }))
    }
}

impl<'t> Tree<'t> {
    /// Whether something may stand in it that the text does not show.
    pub fn has_holes(&self) -> bool {
        self.marks().is_some()
    }

    /// Reads a single document with holes.
    ///
    /// # Errors
    /// The first thing that is not YAML.
    pub fn parse_holed(text: Text<'t>, holes: Holes<'t>) -> Result<Self, super::SyntaxError> {
        let mut tree = Self::parse(text)?;
        tree.mark(holes);
        Ok(tree)
    }
}

/// One walk through nodes and gaps.
struct Sweep<'s> {
    text: &'s str,
    nodes: &'s [NodeData],
    /// The first node that is not passed yet.
    next: u32,
    /// Start of the line of the byte `seen`.
    line: usize,
    seen: usize,
    /// The collections around the node that was passed last.
    open: Vec<Open>,
    opaque: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Open {
    id: u32,
    /// One past its last node.
    after: u32,
    column: u32,
    is_mapping: bool,
    children: u32,
    /// Whether it and all around it are marked.
    is_marked: bool,
}

impl Sweep<'_> {
    fn node(&self, id: u32) -> Option<&NodeData> {
        self.nodes.get(id as usize)
    }

    fn gap(&mut self, gap: Gap) {
        while self.node(self.next).is_some_and(|node| node.start < gap.inner) {
            self.pass();
        }
        match gap.reach {
            Reach::Value => self.mark_awaited(),
            Reach::Column(column) => self.mark_at(Some(column)),
            Reach::Open => self.mark_at(None),
            Reach::Ended(column) => {
                let ended = self.open.iter().rev().take_while(|open| open.after <= self.next);
                self.opaque.extend(ended.filter(|open| open.column == column).map(|open| open.id));
            }
        }
    }

    fn pass(&mut self) {
        let (id, Some(node)) = (self.next, self.nodes.get(self.next as usize)) else { return };
        while self.open.pop_if(|open| open.after <= id).is_some() {}
        if let Some(parent) = self.open.last_mut() {
            parent.children += 1;
        }
        if matches!(node.kind, Kind::Mapping | Kind::Sequence) {
            let column = self.column(node.start as usize);
            let is_mapping = node.kind == Kind::Mapping;
            let after = id.saturating_add(node.len);
            self.open.push(Open { id, after, column, is_mapping, children: 0, is_marked: false });
        }
        self.next += 1;
    }

    /// The column of a byte behind those asked for before.
    fn column(&mut self, at: usize) -> u32 {
        let passed = self.text.as_bytes().get(self.seen..at).unwrap_or_default();
        if let Some(newline) = memchr::memrchr(b'\n', passed) {
            self.line = self.seen + newline + 1;
        }
        self.seen = self.seen.max(at);
        Span::new(self.line..at).len()
    }

    /// Whether the node passed last is a key whose value comes later.
    fn is_behind_key(&self) -> bool {
        let is_scalar = self.last().is_some_and(|node| node.kind == Kind::Scalar);
        is_scalar && self.open.last().is_some_and(|open| open.is_mapping && open.children % 2 == 1)
    }

    fn last(&self) -> Option<&NodeData> {
        self.node(self.next.checked_sub(1)?)
    }

    /// Whether the node passed last is a value that has no text yet, or is a block of lines.
    fn is_behind_open_value(&self) -> bool {
        let is_open = |node: &NodeData| {
            node.kind == Kind::Scalar
                && (node.start == node.end || matches!(node.style, Style::Literal | Style::Folded))
        };
        !self.is_behind_key() && self.last().is_some_and(is_open)
    }

    fn mark_awaited(&mut self) {
        if self.is_behind_open_value() {
            self.opaque.push(self.next - 1);
        } else if self.node(self.next).is_some() {
            self.opaque.push(self.next);
        }
    }

    /// Marks what lines at a column may belong to; without one, all that is open.
    fn mark_at(&mut self, column: Option<u32>) {
        let here = self.open.last().map_or(0, |open| open.column);
        if (self.is_behind_key() || self.is_behind_open_value()) && column.is_none_or(|column| column >= here)
        {
            self.mark_awaited();
            if column.is_some_and(|column| column > here) {
                return;
            }
        }
        match column {
            Some(column) => {
                // A list may have the column of the key that it belongs to.
                let mut fitting = self.open.iter().rev().skip_while(|open| open.column > column).peekable();
                let innermost = fitting.peek().map(|open| open.column);
                let fitting = fitting.take_while(|open| Some(open.column) == innermost && !open.is_marked);
                self.opaque.extend(fitting.map(|open| open.id));
            }
            None => self.mark_all(),
        }
        self.mark_next(column);
    }

    fn mark_all(&mut self) {
        for open in self.open.iter_mut().rev().take_while(|open| !open.is_marked) {
            open.is_marked = true;
            self.opaque.push(open.id);
        }
    }

    /// The lines may be the first of a collection whose other entries follow.
    fn mark_next(&mut self, column: Option<u32>) {
        let Some(node) = self.node(self.next) else { return };
        if node.kind == Kind::Scalar || node.kind == Kind::Alias {
            return;
        }
        let before = self.text.get(..node.start as usize).unwrap_or_default();
        let line = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |at| at + 1);
        let margin = before.get(line..).unwrap_or_default();
        let at = Span::new(0..margin.len()).len();
        // Behind a dash it is an item by itself.
        if !margin.trim_start_matches(' ').is_empty() {
            return;
        }
        if self.open.is_empty() || column.is_none_or(|column| column == at) {
            self.opaque.push(self.next);
        }
    }
}
