//! Where things are, as people count: each file is read once, whatever the order in which it is asked for.

use std::collections::HashMap;

use super::{Unit, Views, escape};
use crate::finding::Place;
use crate::input::Sources;
use crate::span::{FileId, Span};
use crate::world::Resolution;

/// The places that a report names.
pub(super) struct Spots<'w> {
    sources: &'w Sources,
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
    /// Looks all places up that a report may name.
    pub(super) fn new<'p>(sources: &'w Sources, places: impl IntoIterator<Item = &'p Place>) -> Self {
        let mut places: Vec<_> = places.into_iter().collect();
        places.sort_by_key(|place| place.file);
        let views = Views::locating(sources, places.iter().copied());
        let known = places.into_iter().map(|place| {
            let (_, region) = views.locate(place, Unit::Chars);
            ((place.file, place.span), (region.line, region.column))
        });
        Self { sources, known: known.collect() }
    }

    /// Where a place is.
    pub(super) fn at(&self, place: &Place) -> Spot<'w> {
        let source = self.sources.get(place.file);
        let (path, shown) = source.map_or(("", ""), |source| (&*source.path, &*source.shown));
        let (line, column) = self.known.get(&(place.file, place.span)).copied().unwrap_or((1, 1));
        Spot { path, shown, line, column }
    }
}

impl Spot<'_> {
    /// `deploy/sa.yaml:4:9`, for people.
    pub(super) fn exact(&self) -> String {
        format!("{self}:{}", self.column)
    }
}

impl std::fmt::Display for Spot<'_> {
    /// `deploy/sa.yaml:4`, for people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", escape::line(self.shown), self.line)
    }
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
