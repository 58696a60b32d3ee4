//! What to take out of a manifest to remove entries of a list.

use crate::k8s::Object;
use crate::span::{Edit, Span};
use crate::yaml::{Node, removal};

/// The lines of the entries in a ServiceAccount's `secrets`, to be removed.
#[derive(Debug, Default)]
pub struct Removals {
    /// The whole list with its key, if it can be removed.
    pub all: Option<Span>,
    /// Each entry, in the order of [`ServiceAccount::secrets`](super::ServiceAccount::secrets), if it can be removed.
    pub each: Vec<Option<Span>>,
}

impl Removals {
    /// How to remove `items` of the list `key` of `object`. Nothing for what was rendered.
    pub(super) fn of(object: &Object<'_>, key: &str, items: &[Node<'_>]) -> Self {
        let Some(entry) = object.root.get(key).found().filter(|_| !object.is_rendered()) else {
            return Self { all: None, each: vec![None; items.len()] };
        };
        let span = |edit: Edit| edit.span;
        let each = items.iter().map(|item| removal::remove_item(entry.value, *item).map(span));
        Self { all: removal::remove_list(object.root, entry).map(span), each: each.collect() }
    }
}
