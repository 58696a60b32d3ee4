//! Who may do what: all bindings with the roles that they give.

use std::collections::{HashMap, HashSet};
use std::ptr;
use std::sync::{Arc, OnceLock};

use super::granted::{GrantedRole, GrantedRule, Origin, Roles};
use super::request::Request;
use super::requester::{MASTERS, Requester};
use super::risk::{self, Risk};
use crate::k8s::KubeVersions;
use crate::k8s::built_in_rights;
use crate::world::fact::{AccountReference, Fact, Home};
use crate::world::index::{Namespaces, World, compare};

/// What identities may do, as far as the bindings and roles were read.
#[derive(Debug)]
pub struct Rights<'w> {
    /// What was read.
    pub world: &'w World,
    /// The versions of Kubernetes that are asked about.
    pub versions: KubeVersions,
    grants: Vec<RoleGrant<'w>>,
    /// The grants by the name of a subject, with the subject.
    by_account: HashMap<&'w str, Vec<(usize, &'w AccountReference)>>,
    /// The grants that every cluster has for a ServiceAccount, by namespace and name.
    built_in_accounts: HashMap<(&'w str, &'w str), Vec<usize>>,
    by_user: HashMap<&'w str, Vec<usize>>,
    by_group: HashMap<&'w str, Vec<usize>>,
    /// The grant of each binding.
    by_binding: HashMap<*const Fact, usize>,
    /// Roles that a binding gives.
    bound: HashSet<*const Fact>,
    /// Roles that no binding gives.
    unbound: Vec<Arc<GrantedRole<'w>>>,
    /// What leads further than it says, once somebody asked.
    risks: OnceLock<Vec<Risk<'w>>>,
}

/// A binding with its role.
#[derive(Debug)]
pub struct RoleGrant<'w> {
    /// The RoleBinding or ClusterRoleBinding.
    pub binding: Granter<'w>,
    /// Where it holds.
    pub scope: Scope<'w>,
    /// The role.
    pub role: Arc<GrantedRole<'w>>,
}

/// A binding.
#[derive(Clone, Copy, Debug)]
pub enum Granter<'w> {
    /// It was read.
    Written(&'w Fact),
    /// A ClusterRoleBinding that every cluster has, by its name.
    BuiltIn(&'static str),
}

/// Where a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'w> {
    /// In all namespaces, and for what has none.
    Cluster,
    /// In one namespace; `None` if it is not known which.
    Namespace(Option<&'w str>),
}

/// Why somebody may do something.
#[derive(Clone, Copy, Debug)]
pub struct Chain<'r, 'w> {
    /// The binding, with the role.
    pub grant: &'r RoleGrant<'w>,
    /// The rule of that role.
    pub rule: GrantedRule<'w>,
    /// Whether it depends on a namespace that is not written.
    pub is_assumed: bool,
}

/// Whether somebody may do something.
#[derive(Clone, Debug)]
pub enum Decision<'r, 'w> {
    /// Members of [`MASTERS`] may do everything.
    Master,
    /// A rule allows it.
    Allowed(Chain<'r, 'w>),
    /// Nothing that was read allows it.
    Denied {
        /// What could allow it: bindings to roles that are not in the input, or that were read in part.
        unknown: Vec<&'r RoleGrant<'w>>,
    },
}

impl<'w> Rights<'w> {
    /// Joins bindings with their roles. What clusters have by themselves is taken as in any of `versions`.
    pub fn new(world: &'w World, versions: KubeVersions) -> Self {
        let mut roles = Roles::new(world, versions);
        let mut rights = Self {
            world,
            versions,
            grants: Vec::new(),
            by_account: HashMap::new(),
            built_in_accounts: HashMap::new(),
            by_user: HashMap::new(),
            by_group: HashMap::new(),
            by_binding: HashMap::new(),
            bound: HashSet::new(),
            unbound: Vec::new(),
            risks: OnceLock::new(),
        };
        for binding in built_in_rights::bindings() {
            let role = roles.built_in(binding.role, None);
            let index = rights.grants.len();
            match binding.subject_kind {
                "Group" => rights.by_group.entry(binding.subject).or_default().push(index),
                "User" => rights.by_user.entry(binding.subject).or_default().push(index),
                _ => {
                    let account = (binding.subject_namespace, binding.subject);
                    rights.built_in_accounts.entry(account).or_default().push(index);
                }
            }
            let binding = Granter::BuiltIn(binding.name);
            rights.grants.push(RoleGrant { binding, scope: Scope::Cluster, role });
        }
        for fact in world.facts() {
            rights.take(fact, &mut roles);
        }
        let is_unbound =
            |fact: &&Fact| fact.role().is_some() && !rights.bound.contains(&ptr::from_ref(*fact));
        rights.unbound = world.facts().filter(is_unbound).map(|fact| roles.written(fact)).collect();
        rights
    }

    fn take(&mut self, fact: &'w Fact, roles: &mut Roles<'w>) {
        let Some(binding) = fact.binding() else { return };
        let Some(role) = &binding.role else { return };
        let role = roles.given(fact, role);
        let scope =
            if binding.is_cluster { Scope::Cluster } else { Scope::Namespace(self.world.namespace(fact)) };
        let index = self.grants.len();
        for account in &binding.accounts {
            // The API server rejects a ClusterRoleBinding whose subject has no namespace.
            if account.home != Home::Elsewhere || self.world.is_kustomized(fact) {
                self.by_account.entry(&account.name.text).or_default().push((index, account));
            }
        }
        for principal in &binding.principals {
            let names = if principal.is_group { &mut self.by_group } else { &mut self.by_user };
            names.entry(&principal.name.text).or_default().push(index);
        }
        let origin = match role.origin {
            Origin::Written(fact) => Some(fact),
            _ => None,
        };
        let given = role.rules.iter().filter_map(|rule| rule.role).chain(origin);
        self.bound.extend(given.map(ptr::from_ref));
        self.by_binding.insert(ptr::from_ref(fact), index);
        self.grants.push(RoleGrant { binding: Granter::Written(fact), scope, role });
    }

    /// All bindings with their roles: those that every cluster has, then those that were read, in the order of the files.
    pub fn grants(&self) -> &[RoleGrant<'w>] {
        &self.grants
    }

    /// What a binding gives.
    pub fn grant_of(&self, binding: &Fact) -> Option<&RoleGrant<'w>> {
        self.grants.get(*self.by_binding.get(&ptr::from_ref(binding))?)
    }

    /// The roles that no binding gives, by themselves or aggregated.
    pub fn unbound(&self) -> impl Iterator<Item = &GrantedRole<'w>> {
        self.unbound.iter().map(|role| &**role)
    }

    /// What leads further than it says: for each rule of a role the worst that it gives to somebody.
    pub fn risks(&self) -> &[Risk<'w>] {
        self.risks.get_or_init(|| risk::risks(self))
    }

    /// What somebody is given, each with whether that depends on a namespace that is not written; a binding once.
    pub fn grants_to(&self, requester: &Requester<'_>) -> Vec<(&RoleGrant<'w>, bool)> {
        let mut given: Vec<(usize, bool)> = Vec::new();
        if let Some(account) = &requester.account {
            for (index, subject) in self.by_account.get(&*account.name).into_iter().flatten() {
                match self.compare_home(*index, subject, account.namespace.as_deref()) {
                    Namespaces::Same => given.push((*index, false)),
                    Namespaces::Unknown => given.push((*index, true)),
                    Namespaces::Different => {}
                }
            }
            let key = (account.namespace.as_deref().unwrap_or_default(), &*account.name);
            given.extend(self.built_in_accounts.get(&key).into_iter().flatten().map(|index| (*index, false)));
        }
        given.extend(self.by_user.get(&*requester.user).into_iter().flatten().map(|index| (*index, false)));
        for group in &requester.groups {
            given.extend(self.by_group.get(&**group).into_iter().flatten().map(|index| (*index, false)));
        }
        given.sort_unstable();
        given.dedup_by_key(|(index, _)| *index);
        given.into_iter().filter_map(|(index, assumed)| Some((self.grants.get(index)?, assumed))).collect()
    }

    /// How the namespace of a ServiceAccount compares with the one that a subject of a binding says.
    fn compare_home(&self, grant: usize, subject: &AccountReference, namespace: Option<&str>) -> Namespaces {
        let Some(RoleGrant { binding: Granter::Written(fact), .. }) = self.grants.get(grant) else {
            return Namespaces::Different;
        };
        compare(namespace, self.world.namespace_of(fact, &subject.home))
    }

    /// Whether `requester` may do what `request` says: the first binding that is certain to allow it, or any.
    pub fn decide<'r>(&'r self, requester: &Requester<'_>, request: &Request<'_>) -> Decision<'r, 'w> {
        if requester.is_in(MASTERS) {
            return Decision::Master;
        }
        let (mut assumed, mut unknown) = (None, Vec::new());
        for (grant, is_assumed) in self.grants_to(requester) {
            let Some(is_far) = grant.scope.is_assumed_for(request) else { continue };
            let is_assumed = is_assumed || is_far;
            match grant.rule_for(request) {
                Some(rule) if !is_assumed => return Decision::Allowed(Chain { grant, rule, is_assumed }),
                Some(rule) => assumed = assumed.or(Some(Chain { grant, rule, is_assumed })),
                None if grant.role.is_partial => unknown.push(grant),
                None => {}
            }
        }
        assumed.map_or(Decision::Denied { unknown }, Decision::Allowed)
    }
}

impl<'w> RoleGrant<'w> {
    /// The rule of its role that allows `request`, wherever it holds.
    pub fn rule_for(&self, request: &Request<'_>) -> Option<GrantedRule<'w>> {
        self.role.rules.iter().copied().find(|granted| granted.rule.allows(request))
    }
}

impl Scope<'_> {
    /// Whether it holds in all namespaces.
    pub fn is_cluster(self) -> bool {
        self == Self::Cluster
    }

    /// Whether it takes an unwritten namespace for that of `request`; `None` if it does not hold there. Paths and what has
    /// no namespace are for ClusterRoleBindings only.
    fn is_assumed_for(self, request: &Request<'_>) -> Option<bool> {
        let Self::Namespace(own) = self else { return Some(false) };
        let Request::Resource(request) = request else { return None };
        match compare(own, Some(request.bound_namespace()?)) {
            Namespaces::Same => Some(false),
            Namespaces::Unknown => Some(true),
            Namespaces::Different => None,
        }
    }
}
