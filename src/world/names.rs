//! Objects by name.

use std::collections::HashMap;

use super::fact::{Detail, Fact};
use crate::script::CreatedKind;

/// What a name refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Referent {
    /// A ServiceAccount.
    ServiceAccount,
    /// A Secret.
    Secret,
    /// A Role.
    Role,
    /// A ClusterRole.
    ClusterRole,
}

impl Referent {
    /// What refers to `fact` refers to this.
    pub(super) fn of(fact: &Fact) -> Option<Self> {
        Some(match fact.detail {
            Detail::ServiceAccount(_) => Self::ServiceAccount,
            Detail::Secret { .. } => Self::Secret,
            Detail::Role(_) if fact.object.kind == "ClusterRole" => Self::ClusterRole,
            Detail::Role(_) => Self::Role,
            _ => return None,
        })
    }

    /// As Kubernetes calls it.
    pub fn kind(self) -> &'static str {
        match self {
            Self::ServiceAccount => "ServiceAccount",
            Self::Secret => "Secret",
            Self::Role => "Role",
            Self::ClusterRole => "ClusterRole",
        }
    }
}

/// Something for each name, apart for each kind of object.
#[derive(Debug)]
pub(super) struct Names<T>([HashMap<Box<str>, T>; 4]);

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| HashMap::new()))
    }
}

impl<T: Default> Names<T> {
    pub(super) fn get(&self, referent: Referent, name: &str) -> Option<&T> {
        self.0.get(referent as usize)?.get(name)
    }

    /// What is there for a name; new if nothing is.
    pub(super) fn entry(&mut self, referent: Referent, name: &str) -> &mut T {
        let [accounts, secrets, roles, cluster_roles] = &mut self.0;
        let names = match referent {
            Referent::ServiceAccount => accounts,
            Referent::Secret => secrets,
            Referent::Role => roles,
            Referent::ClusterRole => cluster_roles,
        };
        names.entry(name.into()).or_default()
    }
}

impl From<CreatedKind> for Referent {
    fn from(kind: CreatedKind) -> Self {
        match kind {
            CreatedKind::ServiceAccount => Self::ServiceAccount,
            CreatedKind::Secret => Self::Secret,
            CreatedKind::Role => Self::Role,
            CreatedKind::ClusterRole => Self::ClusterRole,
        }
    }
}
