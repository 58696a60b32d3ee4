//! Bindings that people write, as opposed to those that Kubernetes makes for itself.

use super::granted::GrantedRule;
use super::rights::{RoleGrant, Scope};
use crate::world::builtin;
use crate::world::fact::{AccountReference, Binding, Fact, RoleReference};
use crate::world::index::World;

/// A binding to a role that somebody wrote.
#[derive(Clone, Copy, Debug)]
pub struct WrittenBinding<'w> {
    /// The RoleBinding or ClusterRoleBinding.
    pub fact: &'w Fact,
    /// What it says.
    pub binding: &'w Binding,
    /// The role that it names.
    pub role: &'w RoleReference,
}

impl<'w> WrittenBinding<'w> {
    /// A fact, if it is such a binding: it was not read from a cluster, and has no name that Kubernetes keeps.
    pub fn of(fact: &'w Fact) -> Option<Self> {
        let is_own = builtin::is_reserved(&fact.object.name);
        let binding = fact.binding().filter(|_| !fact.is_dump && !is_own)?;
        Some(Self { fact, binding, role: binding.role.as_ref()? })
    }

    /// The ServiceAccounts among its subjects that the API server takes.
    pub fn accounts(self, world: &World) -> impl Iterator<Item = &'w AccountReference> {
        self.binding.accounts.iter().filter(move |account| world.accepts_subject(self.fact, account))
    }
}

impl<'w> RoleGrant<'w> {
    /// The binding, if somebody wrote it.
    pub fn written(&self) -> Option<WrittenBinding<'w>> {
        self.binding.fact().and_then(WrittenBinding::of)
    }

    /// The rule by which it gives what `cluster-admin` gives, in the whole cluster under that name or another, in one
    /// namespace under that name.
    pub fn everything(&self) -> Option<GrantedRule<'w>> {
        let rule = self.role.everything?;
        (self.scope == Scope::Cluster || rule.role.is_none()).then_some(rule)
    }
}
