//! How well something rendered fits a node of a template.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::yaml::{Entry, Expression, Kind, Node};

/// Steps of work that may still be done: templates and streams may come from a stranger.
#[derive(Debug)]
pub struct Budget(Cell<u32>);

impl Budget {
    /// Enough for texts of so many bytes, unless they are made to be hard.
    pub fn for_bytes(bytes: usize) -> Self {
        Self(Cell::new(u32::try_from(bytes.saturating_mul(8)).unwrap_or(u32::MAX).saturating_add(500_000)))
    }

    /// Takes one step; nothing once they are used up.
    pub(super) fn step(&self) -> Option<()> {
        let left = self.0.get().checked_sub(1)?;
        self.0.set(left);
        Some(())
    }
}

/// How well a rendered text fits a scalar of a template. Orders from worse to better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It cannot come from there.
    Not,
    /// Anything may come from there.
    Loose,
    /// So many letters and digits of it are written there.
    Partly(usize),
    /// It is written there.
    Same,
}

/// How well a rendered text fits a node of a template.
pub(super) fn fit(template: Node<'_>, text: &str) -> Fit {
    if let Some(literal) = template.text() {
        return if literal == text { Fit::Same } else { Fit::Not };
    }
    match template.expression() {
        Some(Expression { is_whole: false, text: mixed, .. }) => fit_mixed(&mixed, text),
        Some(_) => Fit::Loose,
        None if template.is_unknown() => Fit::Loose,
        None => Fit::Not,
    }
}

/// `mixed` has expressions in `{{ … }}`; what is around them must be there in the same order.
fn fit_mixed(mixed: &str, text: &str) -> Fit {
    let mut parts = mixed.split("{{ ").enumerate().map(|(at, part)| match part.rsplit_once(" }}") {
        Some((_, literal)) if at > 0 => literal,
        _ => part,
    });
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return Fit::Not };
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let mut written = text.strip_suffix(rest).map_or(0, letters);
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let found = if parts.peek().is_some() {
            rest.find(part).and_then(|at| rest.get(at + part.len()..))
        } else {
            rest.strip_suffix(part)
        };
        let Some(behind) = found else { return Fit::Not };
        (rest, written) = (behind, written + letters(part));
    }
    if written > 0 { Fit::Partly(written) } else { Fit::Loose }
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
            (Kind::Scalar, Kind::Scalar) => Self::of_scalars(template, rendered),
            (Kind::Mapping, Kind::Mapping) => Self::of_mappings(template, rendered, budget),
            (Kind::Sequence, Kind::Sequence) => Self::of_sequences(template, rendered, budget),
            _ if template.is_unknown() || template.is_null() => Self::default(),
            _ => Self::MISS,
        }
    }

    fn of_scalars(template: Node<'_>, rendered: Node<'_>) -> Self {
        let Some(text) = rendered.text() else { return Self::default() };
        match fit(template, text) {
            Fit::Not => Self::MISS,
            Fit::Loose => Self::default(),
            Fit::Partly(_) => Self::hits(1),
            Fit::Same => Self::hits(2),
        }
    }

    fn of_mappings(template: Node<'_>, rendered: Node<'_>, budget: &Budget) -> Self {
        let values: HashMap<_, _> =
            rendered.entries().filter_map(|Entry { key, value }| Some((key.text()?, value))).collect();
        // Branches of a condition may each have the key: the one that fits counts.
        let mut best: HashMap<&str, Self> = HashMap::new();
        let mut is_open = template.is_unknown();
        let mut rest = Self::default();
        for Entry { key, value } in template.entries() {
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
        let named: HashMap<_, _> = rendered.items().filter_map(|item| Some((name(&item)?, item))).collect();
        let mut sum = Self::default();
        for item in template.items() {
            let Some(name) = name(&item) else { continue };
            match named.get(&name) {
                Some(rendered) => sum = sum.and(Self::of(item, *rendered, budget)),
                None => sum.surplus = sum.surplus.saturating_add(1),
            }
        }
        let unnamed = |node: Node<'_>| -> HashSet<String> {
            let items = node.items().filter(|item| name(item).is_none());
            items.flat_map(|item| scalars(item, budget)).collect()
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
