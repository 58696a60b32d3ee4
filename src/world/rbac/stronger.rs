//! ServiceAccounts that are worth running as: those with rights in all namespaces that lead further.

use std::collections::{HashMap, HashSet};
use std::ptr;

use super::abilities::Abilities;
use super::granted::GrantedRole;
use super::rights::{Rights, RoleGrant, Scope};
use super::subjects::{Grantee, grantees};
use crate::world::fact::{AccountReference, Fact};
use crate::world::index::{CROWD, Distance, World};

/// The namespace of the ServiceAccounts of Kubernetes' own controllers: some of them may do everything
/// (`pkg/controller/clusterroleaggregation`, with `--use-service-account-credentials`).
const SYSTEM_NAMESPACE: &str = "kube-system";

/// Somebody who has more rights than whoever may run pods as it.
#[derive(Clone, Copy, Debug)]
pub enum Stronger<'w> {
    /// One of Kubernetes' own controllers: every cluster has those.
    Controller,
    /// A ServiceAccount, with the binding that makes it strong.
    Account(&'w AccountReference, &'w Fact),
}

/// The strong ServiceAccounts by their namespaces.
pub(super) struct StrongAccounts<'w> {
    world: &'w World,
    by_namespace: HashMap<Option<&'w str>, Vec<(&'w AccountReference, &'w Fact)>>,
    names: HashSet<(Option<&'w str>, &'w str)>,
}

impl<'w> StrongAccounts<'w> {
    pub(super) fn new(rights: &Rights<'w>, abilities: &Abilities<'w>) -> Self {
        let world = rights.world;
        let mut strong = Self { world, by_namespace: HashMap::new(), names: HashSet::new() };
        let mut known: HashMap<*const GrantedRole<'_>, bool> = HashMap::new();
        for grant in rights.grants().iter().filter(|grant| grant.scope.is_cluster()) {
            let Some(binding) = grant.written().map(|written| written.fact) else { continue };
            let role = &*grant.role;
            if !*known.entry(ptr::from_ref(role)).or_insert_with(|| is_strong(role, abilities)) {
                continue;
            }
            for grantee in grantees(world, binding) {
                let Grantee::Account(account) = grantee else { continue };
                let namespace = world.namespace_of(binding, &account.home);
                if strong.names.insert((namespace, &account.name.text)) {
                    strong.by_namespace.entry(namespace).or_default().push((account, binding));
                }
            }
        }
        strong
    }

    /// Somebody stronger than all to whom `grant` gives its role, where it holds.
    pub(super) fn stronger_than(&self, grant: &RoleGrant<'w>, binding: &'w Fact) -> Option<Stronger<'w>> {
        let namespace = match grant.scope {
            Scope::Cluster | Scope::Namespace(Some(SYSTEM_NAMESPACE)) => return Some(Stronger::Controller),
            Scope::Namespace(namespace) => namespace,
        };
        let is_weak = |grantee: Grantee<'w>| match grantee {
            Grantee::Account(account) => {
                let home = self.world.namespace_of(binding, &account.home);
                !self.names.contains(&(home, &*account.name.text))
            }
            Grantee::Principal(_) => true,
        };
        if !grantees(self.world, binding).any(is_weak) {
            return None;
        }
        let near = self.by_namespace.get(&namespace).into_iter().flatten().take(CROWD);
        let mut near = near.filter(|(_, by)| self.world.distance(binding, by) < Distance::Apart);
        near.next().map(|(account, by)| Stronger::Account(account, by))
    }
}

/// Whether a role leads further than it says where it is given in all namespaces.
fn is_strong<'w>(role: &GrantedRole<'w>, abilities: &Abilities<'w>) -> bool {
    let is_complete = |ids: &[&str]| ids.is_empty() || abilities.first_of(role, true, ids).is_some();
    role.everything.is_some()
        || abilities.of_role(role, true).any(|ability| {
            let primitive = ability.primitive;
            primitive.rule.is_some() && ability.is_whole && is_complete(&primitive.with)
        })
}
