//! The rules: one page (`rules/<id>.md`), one file here and one folder of fixtures each, and two sorted lines below.

/// Declares a rule by its id and its check. A missing page does not compile.
macro_rules! rule {
    ($id:literal, $check:expr) => {
        $crate::rules::Rule {
            id: $id,
            meta: std::sync::LazyLock::new(|| {
                $crate::rules::page(
                    $id,
                    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $id, ".md")),
                )
            }),
            check: $check,
        }
    };
}

mod meta;
mod sink;

mod duplicate_key;
mod ignored_text;
mod invalid_yaml;
mod pinned_token_uid;

use std::sync::LazyLock;

pub use meta::{Meta, PageError, Scope, Status};
pub use sink::Sink;

use crate::k8s::{Manifest, Object};
use crate::world::World;

/// A rule: its page and its check.
pub struct Rule {
    /// The rule's id.
    pub id: &'static str,
    meta: LazyLock<Meta>,
    /// What it does.
    pub check: Check,
}

/// The one thing that a rule implements.
#[derive(Clone, Copy)]
pub enum Check {
    /// Looks at one object at a time, in parallel.
    Object(fn(&Object<'_>, &mut Sink<'_>)),
    /// Looks at all objects that were read, once.
    World(fn(&World, &mut Sink<'_>)),
    /// Looks at one document at a time, readable or not, in parallel.
    Document(fn(&Manifest<'_>, &mut Sink<'_>)),
    /// The engine reports it: suppressions.
    Engine,
}

impl Rule {
    /// What its page says.
    pub fn meta(&'static self) -> &'static Meta {
        &self.meta
    }
}

/// All rules, sorted by id.
pub static ALL: &[&Rule] =
    &[&duplicate_key::RULE, &ignored_text::RULE, &invalid_yaml::RULE, &pinned_token_uid::RULE];

/// The rule with this id or former id.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.id == id || rule.meta().aliases.iter().any(|alias| alias == id))
}

#[expect(clippy::panic, reason = "only a page of this repository can be wrong, and a test reads them all")]
fn page(id: &'static str, page: &'static str) -> Meta {
    Meta::parse(id, page).unwrap_or_else(|error| panic!("{error}"))
}
