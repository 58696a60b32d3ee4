//! What a right needs besides, where another binding gives that to the same identity.

use std::collections::HashSet;

use super::abilities::Abilities;
use super::granted::GrantedRule;
use super::held::Holders;
use super::rights::{Rights, RoleGrant, Scope};
use super::subjects::grantees;
use crate::world::fact::Fact;
use crate::world::index::{CROWD, Distance, Namespaces, compare};

/// The bindings that give what other rights need.
pub(super) struct Partners<'w> {
    holders: Holders<'w>,
}

impl<'w> Partners<'w> {
    pub(super) fn new(rights: &Rights<'w>, abilities: &Abilities<'w>) -> Self {
        let all = rights.grants().iter().flat_map(|grant| abilities.of_role(&grant.role, true));
        let needed: HashSet<&str> = all.flat_map(|ability| &ability.primitive.with).copied().collect();
        let gives = |grant: &RoleGrant<'w>| {
            let mut given = abilities.of_role(&grant.role, grant.scope.is_cluster());
            given.any(|ability| needed.contains(ability.primitive.id))
        };
        let is_wanted = |index: usize| rights.grants().get(index).is_some_and(gives);
        Self { holders: rights.holders.only(is_wanted) }
    }

    /// The rule by which somebody whom `binding` gives `grant` has one of these primitives by another binding. Of a crowd
    /// of bindings, the first are looked at.
    pub(super) fn find(
        &self,
        rights: &Rights<'w>,
        abilities: &Abilities<'w>,
        (grant, binding): (&RoleGrant<'w>, &'w Fact),
        ids: &[&str],
    ) -> Option<GrantedRule<'w>> {
        let world = rights.world;
        let subjects = grantees(world, binding).take(CROWD);
        let others = subjects
            .flat_map(|grantee| rights.held_among(&self.holders, &grantee.requester(world, binding), CROWD));
        let others = others.take(CROWD).filter(|held| !held.is_assumed).map(|held| held.grant);
        others
            .filter(|other| is_together(rights, grant, other))
            .find_map(|other| abilities.first_of(&other.role, other.scope.is_cluster(), ids))
    }
}

/// Whether two bindings hold in a common namespace, and are written by one hand.
fn is_together(rights: &Rights<'_>, a: &RoleGrant<'_>, b: &RoleGrant<'_>) -> bool {
    let is_near = match (a.written(), b.written()) {
        (Some(a), Some(b)) => rights.world.distance(a.fact, b.fact) < Distance::Apart,
        _ => false,
    };
    is_near
        && match (a.scope, b.scope) {
            (Scope::Namespace(a), Scope::Namespace(b)) => compare(a, b) == Namespaces::Same,
            _ => true,
        }
}
