//! What a ServiceAccount can do with the rights that it has: everything, or become another one.

use std::collections::HashMap;
use std::fmt;

use super::granted::Origin;
use super::joins::Reach;
use super::policy::PolicyRule;
use super::powers::{Held, Power};
use super::requester::{ALL_ACCOUNTS, AUTHENTICATED};
use super::rights::{Granter, Rights, RoleGrant, Scope};
use crate::world::fact::Fact;
use crate::world::identities::{Grant, Identity};
use crate::world::index::{Distance, Namespaces, World, compare};
use crate::world::resolve::Resolution;

/// Bindings to a group that are looked at: every ServiceAccount is in it.
const MOST_OF_GROUP: usize = 50;

/// A right that somebody uses.
#[derive(Clone, Copy, Debug)]
pub struct UsedRight<'r, 'w> {
    /// Its verb; `*` for everything.
    pub verb: &'static str,
    /// The resource: `serviceaccounts`.
    pub resource: &'static str,
    /// `token` of `serviceaccounts/token`; empty for the resource itself.
    pub subresource: &'static str,
    /// The binding that gives it.
    pub grant: &'r RoleGrant<'w>,
    /// The rule of its role that allows it.
    pub rule: &'w PolicyRule,
}

impl fmt::Display for UsedRight<'_, '_> {
    /// `create pods`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.verb, self.subresource) {
            ("*", _) => f.write_str("do everything"),
            (verb, "") => write!(f, "{verb} {}", self.resource),
            (verb, subresource) => write!(f, "{verb} {}/{subresource}", self.resource),
        }
    }
}

/// How somebody becomes another ServiceAccount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// By a token of it.
    Token,
    /// As a pod of it.
    Pod,
    /// By saying so.
    Impersonation,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "gets a token of",
            Self::Pod => "runs as",
            Self::Impersonation => "acts as",
        })
    }
}

/// What makes somebody the master of a cluster: rights that hold everywhere, all of one row.
///
/// Whoever may impersonate any user may be `system:kube-controller-manager`, whom every cluster lets read all Secrets and
/// request all tokens (`bootstrappolicy/policy.go`); for a group a user is needed as well, and any ServiceAccount is one.
const GOALS: &[&[Power]] = &[
    &[Power::Everything],
    &[Power::Escalate, Power::ChangeClusterRoles],
    &[Power::BindClusterRoles, Power::WriteClusterRoleBindings],
    &[Power::ImpersonateUsers],
    &[Power::ImpersonateGroups, Power::ImpersonateAccounts],
    &[Power::ApproveSigner, Power::ApproveCertificates, Power::RequestCertificates, Power::ReadCertificates],
];

/// Becomes a ServiceAccount with all of some rights, none of which may be limited to names.
const RECIPES: &[(&[Power], Reach, Outcome)] = &[
    (&[Power::CreatePods], Reach::Account, Outcome::Pod),
    (&[Power::CreateSecrets, Power::ReadSecrets], Reach::Account, Outcome::Token),
    (&[Power::BindClusterRoles, Power::CreateRoleBindings], Reach::Account, Outcome::Token),
];

/// Becomes a ServiceAccount with one right that may be limited to names; those of nodes say nothing of pods.
fn reach(held: &Held<'_>, scope: Scope<'_>) -> Option<(Reach, Outcome)> {
    Some(match held.way.power {
        Power::ReachKubelets if scope == Scope::Cluster && held.names.is_empty() => {
            (Reach::Pod, Outcome::Pod)
        }
        Power::CreateTokens => (Reach::Account, Outcome::Token),
        Power::ImpersonateAccounts => (Reach::Account, Outcome::Impersonation),
        Power::ReadSecrets => (Reach::Token, Outcome::Token),
        Power::ExecuteInPods | Power::AttachToPods | Power::ChangePods => (Reach::Pod, Outcome::Pod),
        Power::ChangeWorkloads => (Reach::Workload(held.way.resource), Outcome::Pod),
        _ => return None,
    })
}

/// A way from one ServiceAccount to others.
#[derive(Debug)]
pub(super) struct Lead<'r, 'w> {
    /// The rights that it takes.
    pub(super) rights: Vec<UsedRight<'r, 'w>>,
    pub(super) outcome: Outcome,
    /// Whom it leads to.
    pub(super) reach: Reach,
    /// In which namespace.
    pub(super) scope: Scope<'w>,
    /// The only object of which it holds, if it is limited.
    pub(super) name: Option<&'w str>,
    /// The binding because of which it holds there.
    pub(super) binding: &'w Fact,
    pub(super) is_sure: bool,
}

/// A right of one ServiceAccount.
#[derive(Clone, Copy)]
struct Holding<'r, 'w> {
    grant: &'r RoleGrant<'w>,
    binding: &'w Fact,
    held: Held<'w>,
    is_sure: bool,
}

impl<'r, 'w> Holding<'r, 'w> {
    fn right(&self) -> UsedRight<'r, 'w> {
        let Held { way, verb, rule, .. } = self.held;
        let (resource, subresource) = (way.resource, way.subresource);
        UsedRight { verb, resource, subresource, grant: self.grant, rule: rule.rule }
    }
}

/// The rights of one ServiceAccount that give a power.
#[derive(Default)]
pub(super) struct Holdings<'r, 'w> {
    all: Vec<Holding<'r, 'w>>,
    /// Where each power is had without limits: by the first that is sure, or by any.
    unlimited: HashMap<(Scope<'w>, Power), Holding<'r, 'w>>,
    /// In the order in which they were met.
    scopes: Vec<Scope<'w>>,
}

impl<'r, 'w> Holdings<'r, 'w> {
    /// Takes what a binding gives in.
    pub(super) fn add(
        &mut self,
        (grant, binding): (&'r RoleGrant<'w>, &'w Fact),
        powers: &[Held<'w>],
        is_sure: bool,
    ) {
        for held in powers {
            let holding = Holding { grant, binding, held: *held, is_sure };
            if reach(held, grant.scope).is_some() {
                self.all.push(holding);
            }
            if held.names.is_empty() {
                let known = self.unlimited.entry((grant.scope, held.way.power)).or_insert(holding);
                if is_sure && !known.is_sure {
                    *known = holding;
                }
            }
        }
        if !powers.is_empty() && self.scopes.last() != Some(&grant.scope) {
            self.scopes.push(grant.scope);
        }
    }

    /// All of these powers in one place: each by a right for that place or for all.
    fn together(&self, powers: &[Power], scope: Scope<'w>) -> Option<Vec<Holding<'r, 'w>>> {
        let find = |power: &Power| {
            let here = self.unlimited.get(&(scope, *power));
            here.or_else(|| self.unlimited.get(&(Scope::Cluster, *power))).copied()
        };
        powers.iter().map(find).collect()
    }

    /// What makes it the master of the cluster, and whether that is sure.
    pub(super) fn goal(&self) -> Option<(Vec<UsedRight<'r, 'w>>, bool)> {
        let goals = GOALS.iter().filter_map(|powers| self.together(powers, Scope::Cluster));
        let is_sure = |holdings: &Vec<Holding<'_, '_>>| holdings.iter().all(|holding| holding.is_sure);
        let best = goals.min_by_key(|holdings| !is_sure(holdings))?;
        Some((best.iter().map(Holding::right).collect(), is_sure(&best)))
    }

    /// The ways to other ServiceAccounts.
    pub(super) fn leads(&self) -> Vec<Lead<'r, 'w>> {
        let mut leads = Vec::new();
        for holding in &self.all {
            leads.extend(single(holding));
        }
        for scope in &self.scopes {
            for (powers, reach, outcome) in RECIPES {
                let holdings = self.together(powers, *scope);
                let own = holdings.iter().flatten().find(|holding| holding.grant.scope == *scope);
                let (Some(holdings), Some(own)) = (&holdings, own) else { continue };
                leads.push(Lead {
                    rights: holdings.iter().map(Holding::right).collect(),
                    outcome: *outcome,
                    reach: *reach,
                    scope: *scope,
                    name: None,
                    binding: own.binding,
                    is_sure: holdings.iter().all(|holding| holding.is_sure),
                });
            }
        }
        leads
    }
}

/// The ways that one right gives, for each name that it is limited to.
fn single<'r, 'w>(holding: &Holding<'r, 'w>) -> Vec<Lead<'r, 'w>> {
    let Some((reach, outcome)) = reach(&holding.held, holding.grant.scope) else { return Vec::new() };
    let lead = |name| Lead {
        rights: vec![holding.right()],
        outcome,
        reach,
        scope: holding.grant.scope,
        name,
        binding: holding.binding,
        // What a process does with what somebody types is not known.
        is_sure: holding.is_sure && holding.held.way.power != Power::AttachToPods,
    };
    match holding.held.names {
        [] => vec![lead(None)],
        names => names.iter().map(|name| lead(Some(&*name.text))).collect(),
    }
}

/// The bindings that give something to a ServiceAccount, as far as it is told that they mean this one, each with whether
/// that is sure: those that name it, and those that name its groups and stand near it.
pub(super) fn grants_of<'r, 'w>(
    rights: &'r Rights<'w>,
    identity: &Identity<'w>,
) -> Vec<(&'r RoleGrant<'w>, &'w Fact, bool)> {
    let world = rights.world;
    let is_accepted = |grant: &&Grant<'w>| world.accepts_subject(grant.fact, grant.subject);
    let is_told = |grant: &&Grant<'w>| {
        let role = grant.role.map(|(_, resolution)| resolution);
        matches!(role, Some(Resolution::Found(_) | Resolution::BuiltIn))
    };
    let own = identity.grants.iter().filter(is_accepted).filter(is_told);
    let mut grants: Vec<_> = own
        .filter_map(|grant| {
            let sure = is_sure(world, identity, grant);
            Some((rights.grant_of(grant.fact)?, grant.fact, sure))
        })
        .collect();
    let Some(definition) = identity.definition() else { return grants };
    let of_namespace = identity.namespace.map(|namespace| format!("{ALL_ACCOUNTS}:{namespace}"));
    for group in [Some(ALL_ACCOUNTS), Some(AUTHENTICATED), of_namespace.as_deref()].into_iter().flatten() {
        for grant in rights.grants_to_group(group).take(MOST_OF_GROUP) {
            let Granter::Written(binding) = grant.binding else { continue };
            let is_near = |fact: &Fact| world.distance(binding, fact) < Distance::Apart;
            let has_role = match grant.role.origin {
                Origin::Written(role) => is_near(role),
                Origin::BuiltIn => true,
                Origin::Missing(_) => false,
            };
            if has_role && is_near(definition) {
                grants.push((grant, binding, true));
            }
        }
    }
    grants
}

/// Whether a binding certainly names this ServiceAccount: in one tree, the namespaces are written; or they stand together.
fn is_sure(world: &World, identity: &Identity<'_>, grant: &Grant<'_>) -> bool {
    let said = world.namespace_of(grant.fact, &grant.subject.home);
    let is_same = said.is_some() && compare(identity.namespace, said) == Namespaces::Same;
    // In another tree of folders, the same names may be those of another cluster.
    let is_near = |fact: &Fact| match world.distance(grant.fact, fact) {
        Distance::Apart => false,
        distance => is_same || distance <= Distance::SameUnit,
    };
    identity.definition().map_or(is_same, is_near)
}
