//! Which ServiceAccounts a right leads to: those that it names, and that stand near enough to its binding to be told to be
//! in one cluster with it.

use std::collections::HashMap;

use super::powers::resource_of;
use super::rights::Scope;
use crate::world::fact::Fact;
use crate::world::folders::with_parents;
use crate::world::identities::{Identity, Way};
use crate::world::index::World;
use crate::world::unit::Unit;

/// Bindings of a ServiceAccount that is not defined near which it is taken to be.
const MOST_PLACES: usize = 8;

/// By what a right takes hold of a ServiceAccount. What the name is that a right may be limited to depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reach {
    /// By itself.
    Account,
    /// By a Secret that holds its token.
    Token,
    /// By a pod that has its token.
    Pod,
    /// By a workload, of this resource, whose pods run as it.
    Workload(&'static str),
}

/// Something that a right may take hold of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handle<'w> {
    pub(super) reach: Reach,
    /// The name that a right may be limited to.
    pub(super) name: Option<&'w str>,
    /// Whether it is there, and has a token.
    pub(super) is_sure: bool,
}

/// By what rights may take hold of a ServiceAccount.
pub(super) fn handles<'w>(identity: &Identity<'w>) -> Vec<Handle<'w>> {
    let mut handles = vec![Handle { reach: Reach::Account, name: Some(identity.name), is_sure: true }];
    for token in identity.tokens.iter().filter(|token| token.works) {
        let name = Some(token.secret.fact.object.name.as_str());
        handles.push(Handle { reach: Reach::Token, name, is_sure: true });
    }
    for user in &identity.users {
        let Way::Pod(pod) = user.way else { continue };
        if pod.is_partial {
            continue;
        }
        let (kind, name) = (user.fact.object.kind.as_str(), user.fact.object.name.as_str());
        let mounts = identity.mounts_into(user);
        if mounts != Some(false) {
            // The names of other pods are made up when they are created.
            let name = (kind == "Pod").then_some(name);
            handles.push(Handle { reach: Reach::Pod, name, is_sure: mounts.is_some() });
        }
        if let Some(resource) = resource_of(kind) {
            handles.push(Handle { reach: Reach::Workload(resource), name: Some(name), is_sure: true });
        }
    }
    handles
}

/// Where a ServiceAccount is: where it is defined, or else where something is given to it.
pub(super) fn places<'w>(identity: &Identity<'w>) -> Vec<&'w Fact> {
    match identity.definition() {
        Some(fact) => vec![fact],
        None => identity.grants.iter().map(|grant| grant.fact).take(MOST_PLACES).collect(),
    }
}

/// Where the binding of a right stands, as seen from whom it leads to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Spot<'w> {
    /// In this folder.
    In(&'w str),
    /// In this folder or below it.
    Within(&'w str),
    /// In this unit.
    Unit(Unit),
    /// Anywhere.
    Anywhere,
}

/// By what a right is found again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key<'w> {
    reach: Reach,
    scope: Scope<'w>,
    name: Option<&'w str>,
    spot: Spot<'w>,
}

/// Rights that lead on, each in every list in which it may be looked for; a list is handed out once.
#[derive(Debug, Default)]
pub(super) struct Joins<'w> {
    lists: HashMap<Key<'w>, Vec<usize>>,
}

impl<'w> Joins<'w> {
    /// Adds a right, by its index, that `binding` gives in `scope`.
    pub(super) fn add(
        &mut self,
        world: &'w World,
        index: usize,
        (reach, name): (Reach, Option<&'w str>),
        (scope, binding): (Scope<'w>, &'w Fact),
    ) {
        let mut spots: Vec<_> = world.units(binding).into_iter().map(Spot::Unit).collect();
        if scope != Scope::Namespace(None) {
            let folder = world.folder(binding);
            spots.push(Spot::In(folder));
            spots.extend(with_parents(folder).map(Spot::Within));
            if reach == Reach::Account {
                spots.push(Spot::Anywhere);
            }
        }
        for spot in spots {
            self.lists.entry(Key { reach, scope, name, spot }).or_default().push(index);
        }
    }

    /// The rights that lead to what stands in `place` and is in `namespace`. Where that is not written, a RoleBinding
    /// without namespace leads to it in one unit.
    pub(super) fn take(
        &mut self,
        world: &'w World,
        handle: Handle<'w>,
        namespace: Option<&'w str>,
        place: &'w Fact,
    ) -> Vec<usize> {
        let folder = world.folder(place);
        let units = || world.units(place).into_iter().map(Spot::Unit);
        let folders = std::iter::once(Spot::Within(folder)).chain(with_parents(folder).map(Spot::In));
        let around: Vec<_> = units().chain(folders).collect();
        let mut found = self.take_at(handle, Scope::Cluster, around.iter());
        if namespace.is_some() {
            found.extend(self.take_at(handle, Scope::Namespace(namespace), around.iter()));
        } else {
            let units: Vec<_> = units().collect();
            found.extend(self.take_at(handle, Scope::Namespace(None), units.iter()));
        }
        found
    }

    /// The rights that lead to a ServiceAccount that every cluster has.
    pub(super) fn take_anywhere(&mut self, name: &'w str, namespace: &'w str) -> Vec<usize> {
        let handle = Handle { reach: Reach::Account, name: Some(name), is_sure: false };
        let mut found = self.take_at(handle, Scope::Cluster, std::iter::once(&Spot::Anywhere));
        let scope = Scope::Namespace(Some(namespace));
        found.extend(self.take_at(handle, scope, std::iter::once(&Spot::Anywhere)));
        found
    }

    fn take_at<'s>(
        &mut self,
        handle: Handle<'w>,
        scope: Scope<'w>,
        spots: impl Iterator<Item = &'s Spot<'w>>,
    ) -> Vec<usize>
    where
        'w: 's,
    {
        let Handle { reach, name, .. } = handle;
        let names = if name.is_some() { &[None, name][..] } else { &[None] };
        let mut found = Vec::new();
        for spot in spots {
            for name in names {
                let key = Key { reach, scope, name: *name, spot: spot.clone() };
                found.extend(self.lists.remove(&key).unwrap_or_default());
            }
        }
        found
    }
}
