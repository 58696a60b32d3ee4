//! How well something rendered fits a node of a template.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::shape::{Fit, fit};
use crate::yaml::{Entry, Kind, Node};

/// Steps of work that may still be done: templates and streams may come from a stranger.
#[derive(Debug)]
pub(in super::super) struct Budget(Cell<u32>);

impl Budget {
    /// Enough for texts of so many bytes, unless they are made to be hard.
    pub(in super::super) fn for_bytes(bytes: usize) -> Self {
        Self(Cell::new(u32::try_from(bytes.saturating_mul(8)).unwrap_or(u32::MAX).saturating_add(500_000)))
    }

    /// Takes one step; nothing once they are used up.
    pub(super) fn step(&self) -> Option<()> {
        self.steps(1)
    }

    /// The entries of a mapping, each of which takes a step.
    pub(super) fn entries<'a>(&self, node: Node<'a>) -> impl Iterator<Item = Entry<'a>> {
        node.entries().take_while(|_| self.step().is_some())
    }

    /// The items of a list, each of which takes a step.
    pub(super) fn items<'a>(&self, node: Node<'a>) -> impl Iterator<Item = Node<'a>> {
        node.items().take_while(|_| self.step().is_some())
    }

    /// Takes so many steps; nothing once they are used up.
    pub(super) fn steps(&self, count: usize) -> Option<()> {
        let left = u32::try_from(count).ok().and_then(|count| self.0.get().checked_sub(count));
        self.0.set(left.unwrap_or_default());
        left.map(|_| ())
    }
}

/// How much of a rendered node is written in a template, and how much cannot come from there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Likeness {
    /// What cannot come from there.
    misses: u32,
    /// What is written there.
    hits: u32,
    /// What is written there, but was not rendered: a condition may have left it out.
    surplus: u32,
}

impl Likeness {
    const MISS: Self = Self { misses: 1, hits: 0, surplus: 0 };

    /// The key by which the better one is the smaller.
    pub(super) fn rank(self) -> (u32, Reverse<u32>, u32) {
        (self.misses, Reverse(self.hits), self.surplus)
    }

    fn hits(count: u32) -> Self {
        Self { hits: count, ..Self::default() }
    }

    fn and(self, other: Self) -> Self {
        Self {
            misses: self.misses.saturating_add(other.misses),
            hits: self.hits.saturating_add(other.hits),
            surplus: self.surplus.saturating_add(other.surplus),
        }
    }

    /// Compares both, as far as the budget goes.
    pub(super) fn of(template: Node<'_>, rendered: Node<'_>, budget: &Budget) -> Self {
        if budget.step().is_none() {
            return Self::default();
        }
        match (template.kind(), rendered.kind()) {
            (Kind::Scalar, Kind::Scalar) => Self::of_scalars(template, rendered, budget),
            (Kind::Mapping, Kind::Mapping) => Self::of_mappings(template, rendered, budget),
            (Kind::Sequence, Kind::Sequence) => Self::of_sequences(template, rendered, budget),
            _ if template.is_unknown() || template.is_null() => Self::default(),
            _ => Self::MISS,
        }
    }

    fn of_scalars(template: Node<'_>, rendered: Node<'_>, budget: &Budget) -> Self {
        let Some(text) = rendered.text() else { return Self::default() };
        match fit(template, text, budget) {
            Fit::Not => Self::MISS,
            Fit::Loose => Self::default(),
            Fit::Partly(_) => Self::hits(1),
            Fit::Same => Self::hits(2),
        }
    }

    fn of_mappings(template: Node<'_>, rendered: Node<'_>, budget: &Budget) -> Self {
        let values = budget.entries(rendered).filter_map(|Entry { key, value }| Some((key.text()?, value)));
        let values: HashMap<_, _> = values.collect();
        // Branches of a condition may each have the key: the one that fits counts.
        let mut best: HashMap<&str, Self> = HashMap::new();
        let mut is_open = template.is_unknown();
        let mut rest = Self::default();
        for Entry { key, value } in budget.entries(template) {
            let Some(name) = key.text() else {
                is_open = true;
                continue;
            };
            let Some(rendered) = values.get(name) else {
                rest.surplus = rest.surplus.saturating_add(1);
                continue;
            };
            let likeness = Self::of(value, *rendered, budget);
            let known = best.entry(name).or_insert(likeness);
            if likeness.rank() < known.rank() {
                *known = likeness;
            }
        }
        if !is_open {
            let unexplained = values.len().saturating_sub(best.len());
            rest.misses = u32::try_from(unexplained).unwrap_or(u32::MAX);
        }
        best.into_values().fold(rest, Self::and)
    }

    /// Items may be left out or repeated. Those that say by a name which one they are are compared, of the others only
    /// what is written in them.
    fn of_sequences(template: Node<'_>, rendered: Node<'_>, budget: &Budget) -> Self {
        let name = |item: &Node<'_>| item_name(*item).and_then(Node::text).map(str::to_owned);
        let named: HashMap<_, _> =
            budget.items(rendered).filter_map(|item| Some((name(&item)?, item))).collect();
        let mut sum = Self::default();
        for item in budget.items(template) {
            let Some(name) = name(&item) else { continue };
            match named.get(&name) {
                Some(rendered) => sum = sum.and(Self::of(item, *rendered, budget)),
                None => sum.surplus = sum.surplus.saturating_add(1),
            }
        }
        let unnamed = |node: Node<'_>| -> HashSet<String> {
            let unnamed = budget.items(node).filter(|item| name(item).is_none());
            unnamed.flat_map(|item| scalars(item, budget)).collect()
        };
        let (written, rendered) = (unnamed(template), unnamed(rendered));
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let hits = Self::hits(count(written.intersection(&rendered).count()));
        sum.and(hits).and(Self { surplus: count(written.difference(&rendered).count()), ..Self::default() })
    }
}

/// The literal scalars in a node, keys not among them.
fn scalars(node: Node<'_>, budget: &Budget) -> Vec<String> {
    let (mut found, mut ahead) = (Vec::new(), vec![node]);
    while let Some(node) = ahead.pop() {
        if budget.step().is_none() {
            break;
        }
        found.extend(node.text().map(str::to_owned));
        ahead.extend(node.items().chain(node.entries().map(|entry| entry.value)));
    }
    found
}

/// What an item of a list is called: its `name`, or the item itself if it is a scalar.
pub(super) fn item_name(item: Node<'_>) -> Option<Node<'_>> {
    match item.kind() {
        Kind::Scalar => Some(item),
        Kind::Mapping => item.get("name").value(),
        _ => None,
    }
}
