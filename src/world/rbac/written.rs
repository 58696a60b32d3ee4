//! Bindings that people write, as opposed to those that Kubernetes makes for itself.

use super::granted::GrantedRule;
use super::policy::PolicyRule;
use super::rights::{Granter, RoleGrant};
use crate::world::fact::{AccountReference, Binding, Fact, Home, RoleReference};
use crate::world::index::World;

/// Bindings with such names are made by Kubernetes or its installer.
const RESERVED: [&str; 2] = ["system:", "kubeadm:"];

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
        let is_own = RESERVED.iter().any(|prefix| fact.object.name.starts_with(prefix));
        let binding = fact.binding().filter(|_| !fact.is_dump && !is_own)?;
        Some(Self { fact, binding, role: binding.role.as_ref()? })
    }

    /// The ServiceAccounts among its subjects. The API server rejects a ClusterRoleBinding whose subject has no namespace;
    /// a kustomization may set it.
    pub fn accounts(self, world: &World) -> impl Iterator<Item = &'w AccountReference> {
        let is_mended = world.is_kustomized(self.fact);
        self.binding.accounts.iter().filter(move |account| is_mended || account.home != Home::Elsewhere)
    }
}

impl<'w> RoleGrant<'w> {
    /// The binding, if somebody wrote it.
    pub fn written(&self) -> Option<WrittenBinding<'w>> {
        match self.binding {
            Granter::Written(fact) => WrittenBinding::of(fact),
            Granter::BuiltIn(_) => None,
        }
    }

    /// The rule by which it gives what `cluster-admin` gives, under that name or another; where it holds is another
    /// question. What a Role allows is not meant.
    pub fn everything(&self) -> Option<GrantedRule<'w>> {
        let is_everything = |granted: &GrantedRule<'_>| PolicyRule::is_everything(granted.rule);
        self.role.rules.iter().copied().find(is_everything).filter(|_| self.role.is_cluster)
    }
}
