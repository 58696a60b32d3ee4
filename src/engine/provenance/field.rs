//! Which field of a template's object a rendered field is.

use std::borrow::Cow;

use super::likeness::{Budget, Likeness, item_name};
use super::objects::Pattern;
use super::shape::{Fit, fit};
use crate::span::Span;
use crate::yaml::{Entry, Kind, Node};

/// More places than this that a field may come from are not followed.
const CROWD: usize = 16;

/// A node of a template from which something was rendered.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Counterpart<'t> {
    /// What to point at.
    pub(in super::super) node: Node<'t>,
    /// Whether it is the field itself; otherwise it is what stands closest around it.
    pub(in super::super) is_field: bool,
}

/// One step down from a node.
enum Step<'r> {
    Key { name: Cow<'r, str> },
    Item { index: usize, item: Node<'r> },
}

/// The way to a place.
struct Trail<'r> {
    steps: Vec<Step<'r>>,
    end: Node<'r>,
    /// Whether the place is the key, not the value, of the last step.
    on_key: bool,
}

/// A node of a template, and the key at which it stands.
#[derive(Clone, Copy)]
struct Spot<'t> {
    node: Node<'t>,
    key: Option<Node<'t>>,
}

impl<'t> Pattern<'t> {
    /// Where the bytes `span` of a rendered object, which this one became, come from.
    pub(in super::super) fn counterpart(
        &self,
        rendered: Node<'_>,
        span: Span,
        budget: &Budget,
    ) -> Counterpart<'t> {
        let trail = Trail::to(span, rendered, budget);
        let mut spots = vec![Spot { node: self.root, key: None }];
        for step in &trail.steps {
            let below: Vec<_> = spots.iter().flat_map(|spot| spot.below(step, budget)).take(CROWD).collect();
            if below.is_empty() {
                return Counterpart { node: self.around(&spots), is_field: false };
            }
            spots = below;
        }
        let likeness = |spot: &&Spot<'t>| Likeness::of(spot.node, trail.end, budget).rank();
        let best = if trail.on_key { spots.first() } else { spots.iter().min_by_key(likeness) };
        let node = best.map(|spot| spot.key.filter(|_| trail.on_key).unwrap_or(spot.node));
        let node = node.filter(|_| !trail.steps.is_empty()).unwrap_or(self.head);
        Counterpart { node, is_field: true }
    }

    /// What to point at where a field of `spots` is not to be seen.
    fn around(&self, spots: &[Spot<'t>]) -> Node<'t> {
        let Some(spot) = spots.first() else { return self.head };
        let item = || item_name(spot.node).or_else(|| spot.node.entries().next().map(|entry| entry.key));
        match spot.key {
            Some(key) => key,
            None if spot.node.span() == self.root.span() => self.head,
            None => item().unwrap_or(spot.node),
        }
    }
}

impl<'r> Trail<'r> {
    /// The way from `top` to the innermost node around `span`.
    fn to(span: Span, top: Node<'r>, budget: &Budget) -> Self {
        let mut trail = Self { steps: Vec::new(), end: top, on_key: false };
        while !trail.on_key && trail.end.span() != span {
            let Some((step, node, on_key)) = inward(trail.end, span, budget) else { break };
            trail.steps.push(step);
            (trail.end, trail.on_key) = (node, on_key);
        }
        trail
    }
}

/// One step towards `span`.
fn inward<'r>(node: Node<'r>, span: Span, budget: &Budget) -> Option<(Step<'r>, Node<'r>, bool)> {
    if node.kind() == Kind::Mapping {
        for entry in node.entries() {
            budget.step()?;
            let on_key = !entry.value.span().contains(span);
            if !on_key || entry.key.span().contains(span) {
                let node = if on_key { entry.key } else { entry.value };
                return Some((Step::Key { name: entry.name()? }, node, on_key));
            }
        }
        return None;
    }
    for (index, item) in node.items().enumerate() {
        budget.step()?;
        if item.span().contains(span) {
            return Some((Step::Item { index, item }, item, false));
        }
    }
    None
}

impl<'t> Spot<'t> {
    fn below(&self, step: &Step<'_>, budget: &Budget) -> Vec<Spot<'t>> {
        match step {
            Step::Key { name } => self.at_key(name, budget),
            Step::Item { index, item } => self.at_item(*index, *item, budget),
        }
    }

    /// The entries with this key; or, if there are none, those whose key is an expression that may give it.
    fn at_key(&self, name: &str, budget: &Budget) -> Vec<Spot<'t>> {
        let spot = |Entry { key, value }| Spot { node: value, key: Some(key) };
        let entries = || budget.entries(self.node);
        let named = entries().filter(|entry| entry.name().is_some_and(|key| key == name));
        let named: Vec<_> = named.map(spot).take(CROWD).collect();
        if !named.is_empty() {
            return named;
        }
        let may_be =
            |entry: &Entry<'t>| entry.key.text().is_none() && fit(entry.key, name, budget) > Fit::Not;
        entries().filter(may_be).map(spot).take(CROWD).collect()
    }

    /// The items that `rendered`, the item at `index`, may come from: by name, then by likeness, then by position.
    fn at_item(&self, index: usize, rendered: Node<'_>, budget: &Budget) -> Vec<Spot<'t>> {
        let name = item_name(rendered).and_then(Node::text);
        let named = |item: Node<'t>| match (name, item_name(item)) {
            (Some(name), Some(written)) => fit(written, name, budget),
            (Some(_), None) if item.kind() == Kind::Mapping && !item.is_unknown() => Fit::Not,
            _ => Fit::Loose,
        };
        let mut found: Vec<(_, Spot<'t>)> = Vec::new();
        for (at, node) in budget.items(self.node).enumerate() {
            let name = named(node);
            if name > Fit::Not {
                let likeness = Likeness::of(node, rendered, budget).rank();
                found.push(((std::cmp::Reverse(name), likeness, at != index), Spot { node, key: None }));
            }
        }
        let best = found.iter().map(|(rank, _)| *rank).min();
        found.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, spot)| spot).collect()
    }
}
