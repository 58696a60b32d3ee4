//! ServiceAccounts to which something may give a role.

use std::collections::HashSet;
use std::ptr;

use super::requester::{ALL_ACCOUNTS, AUTHENTICATED};
use crate::k8s::names::is_placeholder;
use crate::world::fact::{AccountReference, Binding, Fact, Principal};
use crate::world::folders::with_parents;
use crate::world::index::{CROWD, Namespaces, World, compare};
use crate::world::names::Referent;

/// The ServiceAccounts that may have more rights than every cluster gives to all of them.
///
/// A caution, no fact: who is among them may have none, but who is not has none as far as was read.
#[derive(Debug)]
pub struct BoundAccounts<'w> {
    world: &'w World,
    /// Those that a binding or a field of another object names, or may name.
    named: HashSet<*const Fact>,
    /// The namespaces whose ServiceAccounts a binding names as a group.
    namespaces: HashSet<&'w str>,
    /// The folders of bindings of which it is not told whom near them they mean.
    vague: HashSet<&'w str>,
    /// Those folders and the ones above them.
    above_vague: HashSet<&'w str>,
}

impl<'w> BoundAccounts<'w> {
    /// Looks through all bindings that were read.
    pub fn new(world: &'w World) -> Self {
        let (named, namespaces) = (HashSet::new(), HashSet::new());
        let mut bound = Self { world, named, namespaces, vague: HashSet::new(), above_vague: HashSet::new() };
        for fact in world.facts() {
            if let Some(binding) = fact.binding() {
                bound.take(fact, binding);
            }
            for field in &fact.fields {
                bound.take_account(fact, field);
            }
        }
        bound
    }

    /// Whether something may give a role to the ServiceAccount `account`; also where that cannot be known, as not all was
    /// read that could.
    pub fn has(&self, account: &'w Fact) -> bool {
        let (world, name, folder) = (self.world, &*account.object.name, self.world.folder(account));
        let namespace = world.namespace(account);
        self.named.contains(&ptr::from_ref(account))
            || world.bound_names.contains(name)
            || world.is_crowded(Referent::ServiceAccount, name)
            || world.is_open(account)
            || world.is_open_namespace(namespace)
            || namespace.map_or(!self.namespaces.is_empty(), |own| self.namespaces.contains(own))
            || self.above_vague.contains(folder)
            || with_parents(folder).any(|folder| self.vague.contains(folder))
    }

    fn take(&mut self, fact: &'w Fact, binding: &'w Binding) {
        if !binding.has_told_subjects() {
            self.take_vague(fact);
        }
        for account in &binding.accounts {
            self.take_account(fact, account);
        }
        for principal in &binding.principals {
            self.take_principal(fact, principal);
        }
    }

    fn take_account(&mut self, fact: &'w Fact, account: &'w AccountReference) {
        let (world, name) = (self.world, &*account.name.text);
        if is_placeholder(name) {
            self.take_vague(fact);
        }
        let namespace = world.namespace_of(fact, &account.home);
        let named = world.named(Referent::ServiceAccount, name).take(CROWD);
        let is_meant = |found: &&Fact| compare(namespace, world.namespace(found)) != Namespaces::Different;
        self.named.extend(named.filter(is_meant).map(ptr::from_ref));
    }

    fn take_principal(&mut self, fact: &'w Fact, principal: &'w Principal) {
        let name = &*principal.name.text;
        let of_namespace = name.strip_prefix(ALL_ACCOUNTS).and_then(|rest| rest.strip_prefix(':'));
        match of_namespace {
            _ if !principal.is_group => {}
            Some(namespace) if is_placeholder(namespace) => self.take_vague(fact),
            Some(namespace) => {
                self.namespaces.insert(namespace);
            }
            None if [ALL_ACCOUNTS, AUTHENTICATED].contains(&name) => self.take_vague(fact),
            None => {}
        }
    }

    fn take_vague(&mut self, fact: &'w Fact) {
        let folder = self.world.folder(fact);
        if self.vague.insert(folder) {
            self.above_vague.extend(with_parents(folder));
        }
    }
}
