//! Whom a binding gives its role, as far as a person who wrote it cares.

use super::requester::{ALL_ACCOUNTS, Account, Requester};
use super::rights::{Granter, RoleGrant};
use crate::world::builtin;
use crate::world::fact::{AccountReference, Fact, Home, Principal};
use crate::world::index::World;
use crate::world::pods::DEFAULT_ACCOUNT;

/// Bindings and roles with such names are made by Kubernetes or its installer.
const RESERVED: [&str; 2] = ["system:", "kubeadm:"];

/// Somebody to whom a binding gives its role.
#[derive(Clone, Copy, Debug)]
pub enum Grantee<'w> {
    /// A ServiceAccount.
    Account(&'w AccountReference),
    /// A user or group.
    Principal(&'w Principal),
}

impl Grantee<'_> {
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
    pub(super) fn requester<'w>(self, world: &'w World, from: &'w Fact) -> Requester<'w>
    where
        Self: 'w,
    {
        match self {
            Self::Account(account) => Requester::account(Account {
                namespace: world
                    .namespace_of(from, &account.home)
                    .map(|namespace| namespace.to_owned().into()),
                name: account.name.text.to_string().into(),
            }),
            Self::Principal(principal) => {
                let name = principal.name.text.to_string();
                let (user, groups) =
                    if principal.is_group { (String::new(), vec![name.into()]) } else { (name, Vec::new()) };
                Requester { user: user.into(), groups, account: None }
            }
        }
    }
}

impl<'w> RoleGrant<'w> {
    /// Its binding, if somebody wrote that by hand for somebody else than Kubernetes itself.
    pub fn written_binding(&self) -> Option<&'w Fact> {
        let Granter::Written(fact) = self.binding else { return None };
        (!fact.is_dump && !is_reserved(&fact.object.name)).then_some(fact)
    }
}

/// Whether Kubernetes or its installer makes what has this name.
pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.iter().any(|prefix| name.starts_with(prefix))
}

/// To whom a binding gives its role, but for Kubernetes' own accounts, users and groups, and for subjects that the API server
/// rejects.
pub fn grantees<'w>(world: &'w World, binding: &'w Fact) -> impl Iterator<Item = Grantee<'w>> {
    let is_accepted =
        move |account: &&AccountReference| account.home != Home::Elsewhere || world.is_kustomized(binding);
    let is_own = move |account: &&AccountReference| {
        let namespace = world.namespace_of(binding, &account.home);
        *account.name.text == *DEFAULT_ACCOUNT
            || namespace.is_none()
            || !builtin::is_account(&account.name.text, namespace)
    };
    let binding = binding.binding().into_iter();
    let accounts = binding.clone().flat_map(|binding| &binding.accounts);
    let accounts = accounts.filter(is_accepted).filter(is_own).map(Grantee::Account);
    let principals = binding.flat_map(|binding| &binding.principals).filter(|principal| is_theirs(principal));
    accounts.chain(principals.map(Grantee::Principal))
}

/// Whether it is a user or group of people, or all ServiceAccounts of a namespace.
fn is_theirs(principal: &Principal) -> bool {
    let name = &principal.name.text;
    let is_namespace = name.strip_prefix(ALL_ACCOUNTS).is_some_and(|rest| rest.starts_with(':'));
    !is_reserved(name) || principal.is_group && is_namespace
}
