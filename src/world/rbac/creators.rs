//! Who may create objects of any name.

use std::collections::{HashMap, HashSet};
use std::ptr;

use super::granted::GrantedRole;
use super::held::Holders;
use super::policy::{PolicyRule, Word};
use super::rights::{Rights, RoleGrant};
use super::subjects::subjects;
use crate::world::index::CROWD;

/// The verbs of requests that name no object.
pub const NAMELESS_VERBS: [&str; 2] = ["create", "deletecollection"];

/// So many rights of those who are given a role are looked at.
const MOST: usize = 4 * CROWD;

/// The bindings that let somebody create something, whatever its name.
#[derive(Debug)]
pub struct Creators<'r, 'w> {
    rights: &'r Rights<'w>,
    holders: Holders<'w>,
}

impl<'r, 'w> Creators<'r, 'w> {
    /// Looks through all roles.
    pub fn new(rights: &'r Rights<'w>) -> Self {
        let mut known: HashMap<*const GrantedRole<'w>, bool> = HashMap::new();
        let mut creates = |role: &GrantedRole<'w>| {
            *known.entry(ptr::from_ref(role)).or_insert_with(|| {
                role.is_partial || role.rules.iter().any(|granted| granted.rule.creates_any())
            })
        };
        let creating: Vec<_> = rights.grants().iter().map(|grant| creates(&grant.role)).collect();
        let is_wanted = |index: usize| creating.get(index).copied().unwrap_or_default();
        Self { rights, holders: rights.holders.only(is_wanted) }
    }

    /// The rules by which somebody who is given one of `grants` may create something; `None` if those are not known, or are
    /// too many.
    pub fn rules(&self, grants: impl Iterator<Item = &'r RoleGrant<'w>>) -> Option<Vec<&'w PolicyRule>> {
        let bindings = grants.filter_map(|grant| grant.binding.fact());
        let subjects = bindings.flat_map(|fact| subjects(fact).map(move |subject| (fact, subject)));
        let requesters = subjects.map(|(fact, subject)| subject.requester(self.rights.world, fact));
        let held = requesters
            .take(MOST)
            .flat_map(|requester| self.rights.held_among(&self.holders, &requester, CROWD));
        let (mut rules, mut seen) = (Vec::new(), HashSet::new());
        for (count, held) in held.enumerate() {
            let role = &*held.grant.role;
            if role.is_partial || count == MOST || rules.len() > CROWD {
                return None;
            }
            if seen.insert(ptr::from_ref(role)) {
                rules.extend(role.rules.iter().map(|granted| granted.rule).filter(|rule| rule.creates_any()));
            }
        }
        Some(rules)
    }
}

impl PolicyRule {
    /// Whether it lets somebody create something, whatever its name.
    pub fn creates_any(&self) -> bool {
        self.resource_names.is_empty() && NAMELESS_VERBS.iter().any(|verb| self.has_verb(verb))
    }

    /// Whether it allows `verb` on objects of any name, on some of the resources of `other`.
    pub fn creates_for(&self, other: &Self, verb: &str) -> bool {
        let has_resource = |word: &Word| self.has_resource(&word.text, "");
        let has_group = |word: &Word| self.has_group(&word.text);
        self.resource_names.is_empty()
            && self.has_verb(verb)
            && other.resources.iter().any(has_resource)
            && other.api_groups.iter().any(has_group)
    }
}
