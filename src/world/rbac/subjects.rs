//! Whom a binding gives its role, as far as a person who wrote it cares.

use std::borrow::Cow;

use super::requester::{ALL_ACCOUNTS, Account, Requester};
use crate::world::builtin;
use crate::world::fact::{AccountReference, Fact, Home, Principal};
use crate::world::index::World;
use crate::world::pods::DEFAULT_ACCOUNT;

/// Somebody to whom a binding gives its role.
#[derive(Clone, Copy, Debug)]
pub enum Grantee<'w> {
    /// A ServiceAccount.
    Account(&'w AccountReference),
    /// A user or group.
    Principal(&'w Principal),
}

impl<'w> Grantee<'w> {
    /// Whom a person would call it, as the binding `from` names it: `ServiceAccount ci/deployer`.
    pub fn called(self, world: &World, from: &Fact) -> String {
        match self {
            Self::Account(account) => match world.namespace_of(from, &account.home) {
                Some(namespace) => format!("ServiceAccount {namespace}/{}", account.name.text),
                None => format!("ServiceAccount {}", account.name.text),
            },
            Self::Principal(principal) if principal.is_group => format!("group {}", principal.name.text),
            Self::Principal(principal) => format!("user {}", principal.name.text),
        }
    }

    /// Who asks the API server as it, for the binding `from`.
    pub(super) fn requester(self, world: &'w World, from: &'w Fact) -> Requester<'w> {
        match self {
            Self::Account(account) => Requester::account(Account {
                namespace: world.namespace_of(from, &account.home).map(Cow::Borrowed),
                name: Cow::Borrowed(&account.name.text),
            }),
            Self::Principal(principal) => {
                let name = Cow::Borrowed(&*principal.name.text);
                let (user, groups) =
                    if principal.is_group { (Cow::default(), vec![name]) } else { (name, Vec::new()) };
                Requester { user, groups, account: None }
            }
        }
    }
}

impl World {
    /// Whether the API server takes a ServiceAccount among the subjects of `binding`. It rejects a ClusterRoleBinding whose
    /// subject has no namespace; a kustomization may set it.
    pub(super) fn accepts_subject(&self, binding: &Fact, account: &AccountReference) -> bool {
        account.home != Home::Elsewhere || self.is_kustomized(binding)
    }
}

/// All subjects of a binding of which it is told who they are.
pub(super) fn subjects(binding: &Fact) -> impl Iterator<Item = Grantee<'_>> {
    let binding = binding.binding().into_iter();
    let accounts = binding.clone().flat_map(|binding| &binding.accounts).map(Grantee::Account);
    accounts.chain(binding.flat_map(|binding| &binding.principals).map(Grantee::Principal))
}

/// To whom a binding gives its role, but for Kubernetes' own accounts, users and groups, and for subjects that the API server
/// rejects.
pub fn grantees<'w>(world: &'w World, binding: &'w Fact) -> impl Iterator<Item = Grantee<'w>> {
    subjects(binding).filter(move |grantee| match grantee {
        Grantee::Account(account) => {
            world.accepts_subject(binding, account) && is_written(world, binding, account)
        }
        Grantee::Principal(principal) => is_theirs(principal),
    })
}

/// Whether somebody makes or uses the ServiceAccount, rather than Kubernetes itself.
fn is_written(world: &World, binding: &Fact, account: &AccountReference) -> bool {
    let namespace = world.namespace_of(binding, &account.home);
    *account.name.text == *DEFAULT_ACCOUNT
        || namespace.is_none()
        || !builtin::is_account(&account.name.text, namespace)
}

/// Whether it is a user or group of people, or all ServiceAccounts of a namespace.
fn is_theirs(principal: &Principal) -> bool {
    let name = &principal.name.text;
    let is_namespace = name.strip_prefix(ALL_ACCOUNTS).is_some_and(|rest| rest.starts_with(':'));
    !builtin::is_reserved(name) || principal.is_group && is_namespace
}
