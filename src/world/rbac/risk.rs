//! What rules of roles let somebody do that leads further than it says: which primitives, through which bindings.

use std::collections::HashMap;
use std::ptr;

use super::granted::{GrantedRole, GrantedRule, Origin};
use super::policy::{ANY, PolicyRule, Word};
use super::primitive::{Granted, Restriction, primitives};
use super::rights::{Rights, RoleGrant, Scope};
use super::stronger::{StrongAccounts, Stronger};
use super::subjects::{Grantee, grantees};
use super::written::WrittenBinding;
use crate::finding::Persona;
use crate::world::builtin;
use crate::world::fact::Fact;
use crate::world::index::{CROWD, Distance, Namespaces, compare};

/// The ClusterRoles of every cluster that take part in every namespace: whom they are given may run as all its
/// ServiceAccounts, and get their tokens.
const EDITORS: [&str; 2] = ["admin", "edit"];

/// The rule that speaks of wildcards.
const WILDCARD_RULE: &str = "wildcard-rule";
/// The rule that speaks of [`EDITORS`].
const TOKEN_MINTING: &str = "token-minting";

/// A rule of a role, or a binding of a role that every cluster has, that gives more than it says.
#[derive(Debug)]
pub struct Risk<'w> {
    /// What a person would edit.
    pub site: Site<'w>,
    /// A wildcard in the rule, with the list that it stands in.
    pub wildcard: Option<(&'static str, &'w Word)>,
    /// The primitives, the loudest and strongest first; what others of them imply is left out.
    pub held: Vec<HeldPrimitive<'w>>,
    /// Who wants to hear of it.
    pub persona: Persona,
    /// Where it holds through the first of its bindings.
    pub scope: Scope<'w>,
    /// The bindings that give it, the worst first; none if nothing binds the role.
    pub bindings: Vec<&'w Fact>,
}

/// What a person would edit.
#[derive(Clone, Copy, Debug)]
pub enum Site<'w> {
    /// A rule of a role, and the role through which it is given.
    Rule(GrantedRule<'w>),
    /// The role that a binding names, as its rules are not theirs to edit.
    Reference(&'w Fact),
}

/// A primitive that somebody has.
#[derive(Clone, Copy, Debug)]
pub struct HeldPrimitive<'w> {
    /// What the rule grants.
    pub granted: Granted<'w>,
    /// Who wants to hear of it.
    pub persona: Persona,
    /// Another rule that it needs, and that the same identity has.
    pub with: Option<GrantedRule<'w>>,
    /// As whom pods can be run, if it is about that.
    pub stronger: Option<Stronger<'w>>,
}

impl Risk<'_> {
    /// The id of the rule that reports it.
    pub fn rule_id(&self) -> Option<&'static str> {
        match (&self.site, self.wildcard) {
            (Site::Rule(_), Some(_)) => Some(WILDCARD_RULE),
            _ => self.held.first()?.granted.primitive.rule,
        }
    }

    /// Its worst, and who stands behind that, first.
    fn key(&self) -> (Persona, usize) {
        (self.persona, self.held.first().map_or(usize::MAX, |held| held.granted.primitive.rank))
    }

    /// Takes in what the same rule gives through other bindings.
    fn merge(&mut self, mut other: Self) {
        if other.key() < self.key() {
            std::mem::swap(self, &mut other);
        }
        self.bindings.extend(other.bindings);
    }
}

/// Judges all rules of all roles, each once.
pub(super) fn risks<'w>(rights: &Rights<'w>) -> Vec<Risk<'w>> {
    let judge = Judge { rights, strong: StrongAccounts::new(rights) };
    let (mut risks, mut known): (Vec<Risk<'w>>, HashMap<*const PolicyRule, usize>) = Default::default();
    let bound = rights.grants().iter().flat_map(|grant| judge.grant(grant));
    for risk in bound.chain(rights.unbound().flat_map(|role| judge.unbound(role))) {
        let Site::Rule(granted) = risk.site else {
            risks.push(risk);
            continue;
        };
        let next = risks.len();
        match risks.get_mut(*known.entry(ptr::from_ref(granted.rule)).or_insert(next)) {
            Some(first) => first.merge(risk),
            None => risks.push(risk),
        }
    }
    risks
}

struct Judge<'r, 'w> {
    rights: &'r Rights<'w>,
    strong: StrongAccounts<'w>,
}

/// A role where it holds, with the binding that gives it, if any does.
#[derive(Clone, Copy)]
struct Bound<'r, 'w> {
    role: &'r GrantedRole<'w>,
    scope: Scope<'w>,
    by: Option<(&'r RoleGrant<'w>, &'w Fact)>,
    /// Who wants to hear of the worst.
    loudest: Persona,
}

impl<'w> Judge<'_, 'w> {
    /// What a binding gives, unless it is Kubernetes' own or gives everything, which is a matter of its own.
    fn grant<'r>(&'r self, grant: &'r RoleGrant<'w>) -> Vec<Risk<'w>> {
        let (world, rules) = (self.rights.world, &grant.role.rules);
        let has_everything = rules.iter().any(|granted| granted.rule.is_everything());
        let Some(written) = grant.written().filter(|_| !(has_everything && grant.scope.is_cluster())) else {
            return Vec::new();
        };
        let WrittenBinding { fact: binding, .. } = written;
        let mut theirs = grantees(world, binding).peekable();
        if theirs.peek().is_none() && written.binding.has_told_subjects() {
            return Vec::new();
        }
        let has_account = theirs.any(|grantee| matches!(grantee, Grantee::Account(_)));
        // People are trusted with more than programs.
        let loudest = if has_account { Persona::Regular } else { Persona::Pedantic };
        let bound = Bound { role: &grant.role, scope: grant.scope, by: Some((grant, binding)), loudest };
        let mut risks: Vec<_> = self.written(bound, has_everything).collect();
        risks.extend(self.built_in(bound, binding));
        risks
    }

    /// What a role would give that nothing binds.
    fn unbound<'r>(&'r self, role: &'r GrantedRole<'w>) -> Vec<Risk<'w>> {
        if builtin::is_reserved(role.name) {
            return Vec::new();
        }
        let has_everything = role.rules.iter().any(|granted| granted.rule.is_everything());
        let scope = if role.is_cluster { Scope::Cluster } else { Scope::Namespace(None) };
        let bound = Bound { role, scope, by: None, loudest: Persona::Pedantic };
        self.written(bound, has_everything).collect()
    }

    /// The rules that somebody wrote. One that allows everything leaves nothing to say of the others, and what one
    /// gives, others need not say again.
    fn written<'r>(
        &'r self,
        bound: Bound<'r, 'w>,
        has_everything: bool,
    ) -> impl Iterator<Item = Risk<'w>> + 'r {
        let rules = bound.role.rules.iter().filter(move |granted| {
            granted.role.is_some_and(|role| !role.is_dump && bound.owns(role))
                && (!has_everything || granted.rule.is_everything())
        });
        let mut judged: Vec<_> = rules.map(|granted| (*granted, self.held(bound, granted.rule))).collect();
        drop_implied(judged.iter_mut().map(|(_, held)| held).collect());
        judged.into_iter().filter_map(move |(granted, held)| {
            let wildcard = wildcard(granted.rule);
            let persona = match (wildcard, held.first()) {
                (Some(_), _) => Persona::Pedantic,
                (None, first) => first?.persona,
            };
            let bindings = bound.by.iter().map(|(_, binding)| *binding).collect();
            let site = Site::Rule(granted);
            Some(Risk { site, wildcard, held, persona, scope: bound.scope, bindings })
        })
    }

    /// What a role has of rules that every cluster has: nobody can edit those, but the binding can name another role.
    fn built_in(&self, bound: Bound<'_, 'w>, binding: &'w Fact) -> Option<Risk<'w>> {
        let rules = || bound.role.rules.iter().filter(|granted| granted.role.is_none());
        // In one namespace, too, cluster-admin is a matter of its own.
        if rules().any(|granted| granted.rule.is_everything()) {
            return None;
        }
        let mut held: Vec<_> = rules().flat_map(|granted| self.held(bound, granted.rule)).collect();
        if EDITORS.contains(&bound.role.name) {
            held.retain(|held| held.granted.primitive.rule == Some(TOKEN_MINTING) && held.with.is_none());
        }
        held.sort_by_key(|held| (held.persona, held.granted.primitive.rank));
        drop_implied(vec![&mut held]);
        held.dedup_by_key(|held| held.granted.primitive.rank);
        let persona = held.first()?.persona;
        let site = Site::Reference(binding);
        Some(Risk { site, wildcard: None, held, persona, scope: bound.scope, bindings: vec![binding] })
    }

    /// The primitives that a rule of a role gives.
    fn held(&self, bound: Bound<'_, 'w>, rule: &'w PolicyRule) -> Vec<HeldPrimitive<'w>> {
        let is_cluster = bound.scope.is_cluster();
        let mut all: Vec<_> = primitives(rule, is_cluster)
            .filter(|granted| granted.primitive.rule.is_some())
            .filter(|granted| !granted.primitive.versions.and(self.rights.versions).is_empty())
            .filter_map(|granted| self.complete(bound, rule, granted))
            .collect();
        all.sort_by_key(|held| (held.persona, held.granted.primitive.rank));
        all
    }

    /// A primitive with what it needs, if that is there.
    fn complete(
        &self,
        bound: Bound<'_, 'w>,
        rule: &'w PolicyRule,
        granted: Granted<'w>,
    ) -> Option<HeldPrimitive<'w>> {
        let primitive = granted.primitive;
        let is_cluster = bound.scope.is_cluster();
        let mut held =
            HeldPrimitive { granted, persona: granted.persona(is_cluster), with: None, stronger: None };
        if !primitive.with.is_empty() {
            let partner = self.partner(bound, rule, &primitive.with)?;
            held.with = Some(partner).filter(|partner| !ptr::eq(partner.rule, rule));
        }
        if primitive.needs_stronger {
            held.stronger = Some(self.stronger(bound)?);
        }
        if primitive.is_worse_beside_stronger && !is_cluster {
            held.stronger = self.stronger(bound).filter(|_| granted.restriction != Restriction::ToSome);
            held.persona = if held.stronger.is_some() { granted.persona(true) } else { held.persona };
        }
        held.persona = held.persona.max(bound.loudest);
        Some(held)
    }

    fn stronger(&self, bound: Bound<'_, 'w>) -> Option<Stronger<'w>> {
        match bound.by {
            Some((grant, binding)) => self.strong.stronger_than(grant, binding),
            None => bound.scope.is_cluster().then_some(Stronger::Controller),
        }
    }

    /// The rule by which whoever has the role has one of these primitives, too: the same rule, one of the same role, or of
    /// another one that the same identity is given.
    fn partner(&self, bound: Bound<'_, 'w>, rule: &PolicyRule, ids: &[&str]) -> Option<GrantedRule<'w>> {
        let is_cluster = bound.scope.is_cluster();
        let own = || bound.role.rules.iter().filter(|granted| has_one(granted.rule, is_cluster, ids));
        if let Some(found) = own().find(|granted| ptr::eq(granted.rule, rule)).or_else(|| own().next()) {
            return Some(*found);
        }
        let (grant, binding) = bound.by?;
        let world = self.rights.world;
        let requesters =
            grantees(world, binding).take(CROWD).map(|grantee| grantee.requester(world, binding));
        requesters.into_iter().find_map(|requester| {
            let others = self.rights.grants_to(&requester).into_iter().take(CROWD);
            others.filter(|(other, is_assumed)| !is_assumed && self.is_together(grant, other)).find_map(
                |(other, _)| {
                    let is_cluster = other.scope.is_cluster();
                    other.role.rules.iter().copied().find(|granted| has_one(granted.rule, is_cluster, ids))
                },
            )
        })
    }

    /// Whether two bindings hold in a common namespace, and are written by one hand.
    fn is_together(&self, a: &RoleGrant<'_>, b: &RoleGrant<'_>) -> bool {
        let is_near = match (a.written(), b.written()) {
            (Some(a), Some(b)) => self.rights.world.distance(a.fact, b.fact) < Distance::Apart,
            _ => false,
        };
        is_near
            && match (a.scope, b.scope) {
                (Scope::Namespace(a), Scope::Namespace(b)) => compare(a, b) == Namespaces::Same,
                _ => true,
            }
    }
}

impl<'w> Bound<'_, 'w> {
    /// Whether it speaks for the rules of `role`: a role that nothing binds only for its own.
    fn owns(&self, role: &'w Fact) -> bool {
        match (self.by, self.role.origin) {
            (None, Origin::Written(own)) => ptr::eq(own, role),
            _ => true,
        }
    }
}

/// Leaves out of the rules of a role what one of them says more strongly, and as loudly.
fn drop_implied(mut rules: Vec<&mut Vec<HeldPrimitive<'_>>>) {
    let mut loudest: HashMap<&str, Persona> = HashMap::new();
    for held in rules.iter().flat_map(|held| held.iter()) {
        let persona = loudest.entry(held.granted.primitive.id).or_insert(held.persona);
        *persona = held.persona.min(*persona);
    }
    let is_implied = |held: &HeldPrimitive<'_>| {
        let mut by = held.granted.primitive.implied_by.iter();
        by.any(|id| loudest.get(id).is_some_and(|persona| *persona <= held.persona))
    };
    for held in &mut rules {
        held.retain(|held| !is_implied(held));
    }
}

fn has_one(rule: &PolicyRule, is_cluster: bool, ids: &[&str]) -> bool {
    primitives(rule, is_cluster).any(|granted| ids.contains(&granted.primitive.id))
}

/// The first wildcard in the lists of a rule about resources, with the name of the list.
fn wildcard(rule: &PolicyRule) -> Option<(&'static str, &Word)> {
    let lists = [("verbs", &rule.verbs), ("resources", &rule.resources), ("apiGroups", &rule.api_groups)];
    let mut lists = lists.into_iter().filter(|_| !rule.resources.is_empty());
    lists.find_map(|(key, words)| Some((key, words.iter().find(|word| *word.text == *ANY)?)))
}
