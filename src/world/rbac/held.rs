//! What somebody has by which binding, and what of it allows what.

use std::collections::HashMap;

use super::request::Request;
use super::requester::Requester;
use super::rights::{Chain, Rights, RoleGrant, Scope, Subject};
use crate::world::index::{Namespaces, compare};

/// The subjects of bindings by their names, each with the indices of the grants that they have.
#[derive(Debug, Default)]
pub(super) struct Holders<'w> {
    /// By the names of ServiceAccounts, whatever their namespaces.
    pub(super) accounts: ByName<'w>,
    pub(super) users: ByName<'w>,
    pub(super) groups: ByName<'w>,
}

type ByName<'w> = HashMap<&'w str, Vec<(usize, Subject<'w>)>>;

impl<'w> Holders<'w> {
    /// Those who have a grant for which `is_wanted` says so, with those grants only.
    pub(super) fn only(&self, is_wanted: impl Fn(usize) -> bool) -> Self {
        let part = |all: &ByName<'w>| {
            let wanted = all.iter().map(|(name, held)| {
                let held: Vec<_> = held.iter().filter(|(index, _)| is_wanted(*index)).copied().collect();
                (*name, held)
            });
            wanted.filter(|(_, held)| !held.is_empty()).collect()
        };
        Self { accounts: part(&self.accounts), users: part(&self.users), groups: part(&self.groups) }
    }
}

/// A role that somebody has by one of the subjects of a binding.
#[derive(Clone, Copy, Debug)]
pub struct Held<'r, 'w> {
    /// The binding, with the role.
    pub grant: &'r RoleGrant<'w>,
    /// Who of its subjects that is.
    pub subject: Subject<'w>,
    /// Whether it is only taken to be theirs: a namespace is not written.
    pub is_assumed: bool,
}

impl<'w> Rights<'w> {
    /// What somebody is given, a binding once: those that every cluster has, then those that were read.
    pub fn held_by<'r>(&'r self, requester: &Requester<'_>) -> Vec<Held<'r, 'w>> {
        self.held_among(&self.holders, requester, usize::MAX)
    }

    /// The same of the grants that `holders` have; by each of the names that somebody has the first `most` only.
    pub(super) fn held_among<'r>(
        &'r self,
        holders: &Holders<'w>,
        requester: &Requester<'_>,
        most: usize,
    ) -> Vec<Held<'r, 'w>> {
        let mut held: Vec<(usize, Held<'r, 'w>)> = Vec::new();
        if let Some(account) = &requester.account {
            let subjects = holders.accounts.get(&*account.name).into_iter().flatten().take(most);
            held.extend(subjects.filter_map(|(index, subject)| {
                let is_assumed = self.is_assumed(*index, *subject, account.namespace.as_deref())?;
                Some((*index, Held { grant: self.grants.get(*index)?, subject: *subject, is_assumed }))
            }));
        }
        let users = holders.users.get(&*requester.user);
        let groups = requester.groups.iter().filter_map(|group| holders.groups.get(&**group));
        let subjects = users.into_iter().chain(groups).flat_map(|held| held.iter().take(most));
        held.extend(subjects.filter_map(|(index, subject)| {
            Some((*index, Held { grant: self.grants.get(*index)?, subject: *subject, is_assumed: false }))
        }));
        held.sort_by_key(|(index, held)| (*index, held.is_assumed));
        held.dedup_by_key(|(index, _)| *index);
        held.into_iter().map(|(_, held)| held).collect()
    }

    /// Whether the ServiceAccount of that namespace is the subject only if a namespace that is not written is taken for its;
    /// `None` if it is another one.
    fn is_assumed(&self, grant: usize, subject: Subject<'w>, namespace: Option<&str>) -> Option<bool> {
        let home = self.namespace_of(self.grants.get(grant)?, subject);
        match compare(namespace, home) {
            Namespaces::Same => Some(false),
            Namespaces::Unknown => Some(true),
            Namespaces::Different => None,
        }
    }

    /// Everything that allows `requester` what `request` says; what is certain first.
    pub fn chains<'r>(&'r self, requester: &Requester<'_>, request: &Request<'_>) -> Vec<Chain<'r, 'w>> {
        let held = self.held_by(requester);
        let chain = |held: &Held<'r, 'w>| held.rule_for(request, held.is_assumed_for(requester, request)?);
        let mut chains: Vec<_> = held.iter().filter_map(chain).collect();
        chains.sort_by_key(|chain| chain.is_assumed);
        chains
    }
}

impl<'r, 'w> Held<'r, 'w> {
    /// Where it holds. A RoleBinding that writes no namespace is taken to stand in that of the ServiceAccount.
    pub fn scope<'a>(&self, requester: &'a Requester<'_>) -> Scope<'a>
    where
        'w: 'a,
    {
        let home = requester.account.as_ref().and_then(|account| account.namespace.as_deref());
        match self.grant.scope {
            Scope::Namespace(own) => Scope::Namespace(own.or(home)),
            Scope::Cluster => Scope::Cluster,
        }
    }

    /// Whether it holds for `request` only if a namespace that is not written is taken for the right one; `None` if it does
    /// not hold there.
    pub fn is_assumed_for(&self, requester: &Requester<'_>, request: &Request<'_>) -> Option<bool> {
        let is_far = self.scope(requester).is_assumed_for(request)?;
        Some(is_far || self.is_assumed || self.grant.scope == Scope::Namespace(None))
    }

    /// The rule that allows `request`, wherever the binding holds.
    pub fn rule_for(&self, request: &Request<'_>, is_assumed: bool) -> Option<Chain<'r, 'w>> {
        let rule = self.grant.rule_for(request)?;
        Some(Chain { grant: self.grant, subject: self.subject, rule, is_assumed })
    }
}

impl Scope<'_> {
    /// Whether it takes an unwritten namespace for that of `request`; `None` if it does not hold there. Paths and what has
    /// no namespace are for ClusterRoleBindings only.
    pub(super) fn is_assumed_for(self, request: &Request<'_>) -> Option<bool> {
        let Self::Namespace(own) = self else { return Some(false) };
        let Request::Resource(request) = request else { return None };
        match compare(own, Some(request.bound_namespace()?)) {
            Namespaces::Same => Some(false),
            Namespaces::Unknown => Some(true),
            Namespaces::Different => None,
        }
    }
}
