//! How well something rendered fits a node of a template.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::HashMap;

use crate::yaml::{Entry, Expression, Kind, Node};

/// Steps of work that may still be done: templates and streams may come from a stranger.
#[derive(Debug)]
pub struct Budget(Cell<u32>);

impl Default for Budget {
    /// Enough for some thousand findings in large templates.
    fn default() -> Self {
        Self(Cell::new(20_000_000))
    }
}

impl Budget {
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
    /// So many bytes of it are written there.
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
        Some(Expression { is_whole: false, text: mixed }) => fit_mixed(&mixed, text),
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
    let mut written = text.len() - rest.len();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let found = if parts.peek().is_some() {
            rest.find(part).and_then(|at| rest.get(at + part.len()..))
        } else {
            rest.strip_suffix(part)
        };
        let Some(behind) = found else { return Fit::Not };
        (rest, written) = (behind, written + part.len());
    }
    if written > 0 { Fit::Partly(written) } else { Fit::Loose }
}

/// How much of a rendered node is written in a template, and how much cannot come from there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Likeness {
    misses: u32,
    hits: u32,
}

impl Likeness {
    const MISS: Self = Self { misses: 1, hits: 0 };

    /// The key by which the better one is the smaller.
    pub(super) fn rank(self) -> (u32, Reverse<u32>) {
        (self.misses, Reverse(self.hits))
    }

    fn and(self, other: Self) -> Self {
        Self {
            misses: self.misses.saturating_add(other.misses),
            hits: self.hits.saturating_add(other.hits),
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
            Fit::Partly(_) => Self { misses: 0, hits: 1 },
            Fit::Same => Self { misses: 0, hits: 2 },
        }
    }

    fn of_mappings(template: Node<'_>, rendered: Node<'_>, budget: &Budget) -> Self {
        let values: HashMap<_, _> =
            rendered.entries().filter_map(|Entry { key, value }| Some((key.text()?, value))).collect();
        // Branches of a condition may each have the key: the one that fits counts.
        let mut best: HashMap<&str, Self> = HashMap::new();
        let mut is_open = template.is_unknown();
        for Entry { key, value } in template.entries() {
            let Some(name) = key.text() else {
                is_open = true;
                continue;
            };
            let Some(rendered) = values.get(name) else { continue };
            let likeness = Self::of(value, *rendered, budget);
            let known = best.entry(name).or_insert(likeness);
            if likeness.rank() < known.rank() {
                *known = likeness;
            }
        }
        let unexplained = if is_open { 0 } else { values.len().saturating_sub(best.len()) };
        let unexplained = Self { misses: u32::try_from(unexplained).unwrap_or(u32::MAX), hits: 0 };
        best.into_values().fold(unexplained, Self::and)
    }

    /// Items may be left out or repeated, so only those that say by a name which one they are count.
    fn of_sequences(template: Node<'_>, rendered: Node<'_>, budget: &Budget) -> Self {
        let named = |node: Node<'_>| item_name(node).and_then(|name| name.text().map(str::to_owned));
        let by_name: HashMap<_, _> =
            rendered.items().filter_map(|item| Some((named(item)?, item))).collect();
        let pairs = template.items().filter_map(|item| Some((item, by_name.get(&named(item)?)?)));
        pairs.fold(Self::default(), |sum, (item, rendered)| sum.and(Self::of(item, *rendered, budget)))
    }
}

/// What an item of a list is called: its `name`, or the item itself if it is a scalar.
pub(super) fn item_name(item: Node<'_>) -> Option<Node<'_>> {
    match item.kind() {
        Kind::Scalar => Some(item),
        Kind::Mapping => item.get("name").value(),
        _ => None,
    }
}
