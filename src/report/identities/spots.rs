//! Where things are, as people count: each file is read once, whatever the order in which it is asked for.

use std::collections::{BTreeMap, HashMap};

use super::{Entry, Inventory, escalation};
use crate::finding::Place;
use crate::report::{Unit, Views, escape};
use crate::span::{FileId, Span};
use crate::world::Resolution;

/// The places of an inventory.
pub(super) struct Spots<'w> {
    inventory: Inventory<'w>,
    known: HashMap<(FileId, Span), (usize, usize)>,
}

/// A place: line and column count from 1, the column in characters.
#[derive(Clone, Copy)]
pub(super) struct Spot<'w> {
    /// Relative to the root.
    pub(super) path: &'w str,
    /// Relative to the working directory.
    shown: &'w str,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl<'w> Spots<'w> {
    /// Looks all places up that a report of `inventory` may name.
    pub(super) fn new(inventory: &Inventory<'w>) -> Self {
        let mut wanted: BTreeMap<FileId, Vec<Span>> = BTreeMap::new();
        for place in inventory.entries.iter().flat_map(places) {
            wanted.entry(place.file).or_default().push(place.span);
        }
        let views = Views::new(inventory.sources);
        let mut known = HashMap::new();
        for (file, spans) in wanted {
            let view = views.get(file);
            known.extend(spans.into_iter().map(|span| {
                let region = view.region(span, Unit::Chars);
                ((file, span), (region.line, region.column))
            }));
        }
        Self { inventory: *inventory, known }
    }

    /// Where a place is.
    pub(super) fn at(&self, place: &Place) -> Spot<'w> {
        let source = self.inventory.sources.get(place.file);
        let (path, shown) = source.map_or(("", ""), |source| (&*source.path, &*source.shown));
        let (line, column) = self.known.get(&(place.file, place.span)).copied().unwrap_or((1, 1));
        Spot { path, shown, line, column }
    }
}

impl std::fmt::Display for Spot<'_> {
    /// `deploy/sa.yaml:4`, for people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", escape::line(self.shown), self.line)
    }
}

fn places<'w>(entry: &'w Entry<'w>) -> impl Iterator<Item = &'w Place> {
    let identity = entry.identity;
    let grants = identity.grants.iter().flat_map(|grant| {
        let role = grant.role.and_then(|(_, resolution)| target(resolution));
        std::iter::once(&grant.fact.place).chain(role)
    });
    let path = entry.path.iter().flat_map(escalation::places);
    identity.places().chain(target(identity.account)).chain(grants).chain(path)
}

/// Where the object is that a name leads to, or should have led to.
pub(super) fn target(resolution: Resolution<'_>) -> Option<&Place> {
    use Resolution::{Found, Misspelled, OtherKind, OtherNamespace, Removed};
    match resolution {
        Found(fact) | OtherNamespace(fact, _) | OtherKind(Some(fact)) | Removed(fact) | Misspelled(fact) => {
            Some(&fact.place)
        }
        _ => None,
    }
}
