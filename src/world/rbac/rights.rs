//! Who may do what: all bindings with the roles that they give.

use std::collections::{HashMap, HashSet};
use std::ptr;
use std::sync::{Arc, OnceLock};

use super::granted::{GrantedRole, GrantedRule, Origin, Roles};
use super::held::Holders;
use super::paths::Paths;
use super::request::Request;
use super::requester::{MASTERS, Requester};
use super::risk::{self, Risk};
use crate::k8s::KubeVersions;
use crate::k8s::built_in_rights::{self, BuiltInBinding};
use crate::world::fact::{AccountReference, Fact, Principal};
use crate::world::identities::Identity;
use crate::world::index::World;

/// What identities may do, as far as the bindings and roles were read.
#[derive(Debug)]
pub struct Rights<'w> {
    /// What was read.
    pub world: &'w World,
    /// The versions of Kubernetes that are asked about.
    pub versions: KubeVersions,
    pub(super) grants: Vec<RoleGrant<'w>>,
    /// To whom they are given.
    pub(super) holders: Holders<'w>,
    /// The grant of each binding, by the binding's address.
    by_binding: HashMap<usize, usize>,
    /// Roles that no binding gives.
    unbound: Vec<Arc<GrantedRole<'w>>>,
    /// Whether so many ClusterRoles are aggregated that not all of them were followed.
    pub is_cut: bool,
    /// What leads further than it says, once somebody asked.
    risks: OnceLock<Vec<Risk<'w>>>,
    /// All ServiceAccounts, once somebody asked.
    identities: OnceLock<Vec<Identity<'w>>>,
    /// The addresses of token Secrets that lead to all rights, and whether that is certain, once somebody asked.
    leading: OnceLock<HashMap<usize, bool>>,
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

/// A subject of a binding.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'w> {
    /// A ServiceAccount.
    Account(&'w AccountReference),
    /// A user or a group.
    Principal(&'w Principal),
    /// One of a binding that every cluster has.
    BuiltIn(&'static BuiltInBinding),
}

impl<'w> Granter<'w> {
    /// It as it was read.
    pub fn fact(self) -> Option<&'w Fact> {
        match self {
            Self::Written(fact) => Some(fact),
            Self::BuiltIn(_) => None,
        }
    }
}

/// Where a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// Whom of its subjects it gives that to.
    pub subject: Subject<'w>,
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
        Self::by(world, versions, |_| true)
    }

    /// The same by those bindings only for which `counts` says so.
    pub fn by(world: &'w World, versions: KubeVersions, counts: impl Fn(&Fact) -> bool) -> Self {
        let mut roles = Roles::new(world, versions);
        let mut rights = Self {
            world,
            versions,
            grants: Vec::new(),
            holders: Holders::default(),
            by_binding: HashMap::new(),
            unbound: Vec::new(),
            is_cut: false,
            risks: OnceLock::new(),
            identities: OnceLock::new(),
            leading: OnceLock::new(),
        };
        for binding in built_in_rights::bindings() {
            if !binding.versions().and(versions).is_empty() {
                rights.take_built_in(binding, &mut roles);
            }
        }
        for fact in world.facts().filter(|fact| counts(fact)) {
            rights.take(fact, &mut roles);
        }
        let bound = rights.bound();
        let is_unbound = |fact: &&Fact| fact.role().is_some() && !bound.contains(&ptr::from_ref(*fact));
        rights.unbound = world.facts().filter(is_unbound).map(|fact| roles.written(fact)).collect();
        rights.is_cut = roles.is_cut;
        rights
    }

    fn take_built_in(&mut self, binding: &'static BuiltInBinding, roles: &mut Roles<'w>) {
        let (role, scope) = match binding.namespace {
            None => (roles.built_in(binding.role, None), Scope::Cluster),
            Some(namespace) => {
                (roles.built_in_role(namespace, binding.role), Scope::Namespace(Some(namespace)))
            }
        };
        let names = match binding.subject_kind {
            "Group" => &mut self.holders.groups,
            "User" => &mut self.holders.users,
            _ => &mut self.holders.accounts,
        };
        let subject = Subject::BuiltIn(binding);
        names.entry(binding.subject).or_default().push((self.grants.len(), subject));
        self.grants.push(RoleGrant { binding: Granter::BuiltIn(binding.name), scope, role });
    }

    fn take(&mut self, fact: &'w Fact, roles: &mut Roles<'w>) {
        let Some(binding) = fact.binding() else { return };
        let Some(role) = &binding.role else { return };
        let role = roles.given(fact, role);
        let scope =
            if binding.is_cluster { Scope::Cluster } else { Scope::Namespace(self.world.namespace(fact)) };
        let index = self.grants.len();
        for account in &binding.accounts {
            if self.world.accepts_subject(fact, account) {
                self.holders
                    .accounts
                    .entry(&account.name.text)
                    .or_default()
                    .push((index, Subject::Account(account)));
            }
        }
        for principal in &binding.principals {
            let Holders { groups, users, .. } = &mut self.holders;
            let names = if principal.is_group { groups } else { users };
            names.entry(&principal.name.text).or_default().push((index, Subject::Principal(principal)));
        }
        self.by_binding.insert(ptr::from_ref(fact).addr(), index);
        self.grants.push(RoleGrant { binding: Granter::Written(fact), scope, role });
    }

    /// The roles that a binding gives, by themselves or aggregated.
    fn bound(&self) -> HashSet<*const Fact> {
        let (mut seen, mut bound) = (HashSet::new(), HashSet::new());
        for role in self.grants.iter().map(|grant| &grant.role) {
            if seen.insert(Arc::as_ptr(role)) {
                let origin = match role.origin {
                    Origin::Written(fact) => Some(fact),
                    _ => None,
                };
                let given = role.rules.iter().filter_map(|rule| rule.role).chain(origin);
                bound.extend(given.map(ptr::from_ref));
            }
        }
        bound
    }

    /// All bindings with their roles: those that every cluster has, then those that were read, in the order of the files.
    pub fn grants(&self) -> &[RoleGrant<'w>] {
        &self.grants
    }

    /// What a binding gives.
    pub fn grant_of(&self, binding: &Fact) -> Option<&RoleGrant<'w>> {
        self.grants.get(*self.by_binding.get(&ptr::from_ref(binding).addr())?)
    }

    /// The roles that no binding gives, by themselves or aggregated.
    pub fn unbound(&self) -> impl Iterator<Item = &GrantedRole<'w>> {
        self.unbound.iter().map(|role| &**role)
    }

    /// What a group is given.
    pub(super) fn grants_to_group(&self, group: &str) -> impl Iterator<Item = &RoleGrant<'w>> {
        self.holders.groups.get(group).into_iter().flatten().filter_map(|(index, _)| self.grants.get(*index))
    }

    /// What leads further than it says: for each rule of a role the worst that it gives to somebody.
    pub fn risks(&self) -> &[Risk<'w>] {
        self.risks.get_or_init(|| risk::risks(self))
    }

    /// Whether the token of a Secret leads to all rights, surely (`true`) or perhaps; `None` if no way is known.
    pub fn leads_on(&self, secret: &Fact) -> Option<bool> {
        let find = || Paths::new(self, self.identities()).of_tokens();
        self.leading.get_or_init(find).get(&ptr::from_ref(secret).addr()).copied()
    }

    /// All ServiceAccounts of what was read.
    pub fn identities(&self) -> &[Identity<'w>] {
        self.identities.get_or_init(|| self.world.identities())
    }

    /// Whether `requester` may do what `request` says: the first binding that is certain to allow it, or any.
    pub fn decide<'r>(&'r self, requester: &Requester<'_>, request: &Request<'_>) -> Decision<'r, 'w> {
        if requester.is_in(MASTERS) {
            return Decision::Master;
        }
        let (mut assumed, mut unknown) = (None, Vec::new());
        for held in self.held_by(requester) {
            let Some(is_assumed) = held.is_assumed_for(requester, request) else { continue };
            match held.rule_for(request, is_assumed) {
                Some(chain) if !is_assumed => return Decision::Allowed(chain),
                Some(chain) => assumed = assumed.or(Some(chain)),
                None if held.grant.role.is_partial => unknown.push(held.grant),
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
}
