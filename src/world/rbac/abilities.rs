//! Which primitives roles grant: each rule and each role is looked at once, however many bindings give it.

use std::collections::HashMap;
use std::ptr;

use super::granted::{GrantedRole, GrantedRule};
use super::policy::PolicyRule;
use super::primitive::{Granted, Primitive, Restriction, primitives};
use super::rights::Rights;

/// A primitive that a role grants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ability<'w> {
    pub(super) primitive: &'static Primitive,
    /// The first of its rules that grants it.
    pub(super) by: GrantedRule<'w>,
    /// The place of that among its rules.
    index: usize,
    /// Whether it grants it for more than some names.
    pub(super) is_whole: bool,
}

/// What all roles and their rules grant.
#[derive(Debug, Default)]
pub(super) struct Abilities<'w> {
    of_rules: HashMap<*const PolicyRule, Box<[Granted<'w>]>>,
    of_roles: HashMap<*const GrantedRole<'w>, Vec<Ability<'w>>>,
}

impl<'w> Abilities<'w> {
    pub(super) fn new(rights: &Rights<'w>) -> Self {
        let mut abilities = Self::default();
        for role in rights.grants().iter().map(|grant| &*grant.role).chain(rights.unbound()) {
            abilities.look_at(role);
        }
        abilities
    }

    fn look_at(&mut self, role: &GrantedRole<'w>) {
        let Self { of_rules, of_roles } = self;
        of_roles.entry(ptr::from_ref(role)).or_insert_with(|| {
            let mut all: HashMap<usize, Ability<'w>> = HashMap::new();
            for (index, by) in role.rules.iter().copied().enumerate() {
                let of_rule = of_rules.entry(ptr::from_ref(by.rule));
                for granted in of_rule.or_insert_with(|| primitives(by.rule, true).collect()) {
                    let primitive = granted.primitive;
                    let new = Ability { primitive, by, index, is_whole: false };
                    let known = all.entry(primitive.rank).or_insert(new);
                    known.is_whole |= granted.restriction != Restriction::ToSome;
                }
            }
            let mut all: Vec<_> = all.into_values().collect();
            all.sort_unstable_by_key(|ability| ability.primitive.rank);
            all
        });
    }

    /// What a rule grants, the strongest first; `is_cluster` says whether it holds in all namespaces.
    pub(super) fn of_rule(&self, rule: &PolicyRule, is_cluster: bool) -> impl Iterator<Item = Granted<'w>> {
        let granted = self.of_rules.get(&ptr::from_ref(rule)).into_iter().flatten().copied();
        granted.filter(move |granted| is_cluster || !granted.primitive.is_cluster_only)
    }

    /// What a role grants, the strongest first.
    pub(super) fn of_role(
        &self,
        role: &GrantedRole<'w>,
        is_cluster: bool,
    ) -> impl Iterator<Item = Ability<'w>> {
        let abilities = self.of_roles.get(&ptr::from_ref(role)).into_iter().flatten().copied();
        abilities.filter(move |ability| is_cluster || !ability.primitive.is_cluster_only)
    }

    /// The first rule of a role that grants one of these primitives.
    pub(super) fn first_of(
        &self,
        role: &GrantedRole<'w>,
        is_cluster: bool,
        ids: &[&str],
    ) -> Option<GrantedRule<'w>> {
        let found = self.of_role(role, is_cluster).filter(|ability| ids.contains(&ability.primitive.id));
        found.min_by_key(|ability| ability.index).map(|ability| ability.by)
    }
}
