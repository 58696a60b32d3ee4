//! What a role gives to those who are given it, judged once for all bindings that are alike.

use std::collections::HashMap;
use std::ptr;
use std::sync::Arc;

use super::abilities::{Abilities, Ability};
use super::granted::{GrantedRole, GrantedRule, Origin};
use super::partners::Partners;
use super::policy::{ANY, PolicyRule, Word};
use super::primitive::{Granted, Primitive, Restriction};
use super::rights::{Rights, RoleGrant, Scope};
use super::risk::{Bindings, HeldPrimitive, Risk, Site};
use super::stronger::{StrongAccounts, Stronger};
use super::subjects::{Grantee, grantees};
use super::written::WrittenBinding;
use crate::finding::Persona;
use crate::world::builtin;
use crate::world::fact::Fact;

/// The ClusterRoles of every cluster that take part in every namespace: whom they are given may run as all its
/// ServiceAccounts, and get their tokens.
const EDITORS: [&str; 2] = ["admin", "edit"];

/// The rule that speaks of [`EDITORS`].
const TOKEN_MINTING: &str = "token-minting";

pub(super) struct Judge<'r, 'w> {
    rights: &'r Rights<'w>,
    abilities: Abilities<'w>,
    partners: Partners<'w>,
    strong: StrongAccounts<'w>,
}

/// A role where it holds, with what those who are given it have besides.
pub(super) struct Bound<'r, 'w> {
    role: &'r GrantedRole<'w>,
    scope: Scope<'w>,
    /// The binding, if any gives it.
    by: Option<&'w Fact>,
    /// Who wants to hear of the worst.
    loudest: Persona,
    /// For each primitive that needs what the role does not give, by its rank: the rule of another role that does.
    partners: Vec<(usize, Option<GrantedRule<'w>>)>,
    stronger: Option<Stronger<'w>>,
}

/// What bindings have in common that give the same.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Kind<'w> {
    role: *const GrantedRole<'w>,
    is_cluster: bool,
    loudest: Persona,
    has_partners: Vec<bool>,
    has_stronger: bool,
}

impl<'r, 'w> Judge<'r, 'w> {
    pub(super) fn new(rights: &'r Rights<'w>) -> Self {
        let abilities = Abilities::new(rights);
        let partners = Partners::new(rights, &abilities);
        let strong = StrongAccounts::new(rights, &abilities);
        Self { rights, abilities, partners, strong }
    }

    /// What a binding gives, unless it is Kubernetes' own or gives everything, which is a matter of its own.
    pub(super) fn bound(&self, grant: &'r RoleGrant<'w>) -> Option<(Bound<'r, 'w>, &'w Fact)> {
        let (world, role) = (self.rights.world, &*grant.role);
        let gives_all = role.everything.is_some() && grant.scope.is_cluster();
        let WrittenBinding { fact, binding, .. } = grant.written().filter(|_| !gives_all)?;
        let mut theirs = grantees(world, fact).peekable();
        if theirs.peek().is_none() && binding.has_told_subjects() {
            return None;
        }
        let has_account = theirs.any(|grantee| matches!(grantee, Grantee::Account(_)));
        // People are trusted with more than programs.
        let loudest = if has_account { Persona::Regular } else { Persona::Pedantic };
        let needing = self.needing(role, grant.scope);
        let partners = needing.map(|primitive| {
            let by = (grant, fact);
            (primitive.rank, self.partners.find(self.rights, &self.abilities, by, &primitive.with))
        });
        let stronger = self.minds_stronger(role, grant.scope).then(|| self.strong.stronger_than(grant, fact));
        let (partners, stronger) = (partners.collect(), stronger.flatten());
        Some((Bound { role, scope: grant.scope, by: Some(fact), loudest, partners, stronger }, fact))
    }

    /// What a role would give that nothing binds.
    pub(super) fn unbound(&self, role: &'r GrantedRole<'w>) -> Option<Bound<'r, 'w>> {
        if builtin::is_reserved(role.name) {
            return None;
        }
        let scope = if role.is_cluster { Scope::Cluster } else { Scope::Namespace(None) };
        let partners = self.needing(role, scope).map(|primitive| (primitive.rank, None)).collect();
        let stronger = role.is_cluster.then_some(Stronger::Controller);
        Some(Bound { role, scope, by: None, loudest: Persona::Pedantic, partners, stronger })
    }

    /// The primitives that need what the role does not give.
    fn needing(
        &self,
        role: &'r GrantedRole<'w>,
        scope: Scope<'w>,
    ) -> impl Iterator<Item = &'static Primitive> {
        let is_cluster = scope.is_cluster();
        let primitives = self.abilities.of_role(role, is_cluster).map(|ability| ability.primitive);
        primitives.filter(move |primitive| {
            !primitive.with.is_empty() && self.abilities.first_of(role, is_cluster, &primitive.with).is_none()
        })
    }

    /// Whether it matters to what a role gives that there is somebody stronger.
    fn minds_stronger(&self, role: &GrantedRole<'w>, scope: Scope<'_>) -> bool {
        let is_cluster = scope.is_cluster();
        self.abilities.of_role(role, is_cluster).any(|Ability { primitive, .. }| {
            primitive.needs_stronger || primitive.is_worse_beside_stronger && !is_cluster
        })
    }

    /// The rules that somebody wrote. One that allows everything leaves nothing to say of the others, and what one
    /// gives, others need not say again.
    pub(super) fn written(&self, bound: &Bound<'_, 'w>) -> Vec<Risk<'w>> {
        let has_everything = bound.role.everything.is_some();
        let rules = bound.role.rules.iter().filter(|granted| {
            granted.role.is_some_and(|role| !role.is_dump && bound.owns(role))
                && (!has_everything || granted.rule.is_everything())
        });
        let mut judged: Vec<_> = rules.map(|granted| (*granted, self.held(bound, granted.rule))).collect();
        drop_implied(judged.iter_mut().map(|(_, held)| held).collect());
        let risks = judged.into_iter().filter_map(|(granted, held)| {
            let wildcard = wildcard(granted.rule);
            let persona = match (wildcard, held.first()) {
                (Some(_), _) => Persona::Pedantic,
                (None, first) => first?.persona,
            };
            let (site, bindings) = (Site::Rule(granted), Arc::default());
            Some(Risk { site, wildcard, held, persona, scope: bound.scope, bindings })
        });
        risks.collect()
    }

    /// What a role has of rules that every cluster has.
    pub(super) fn built_in(&self, bound: &Bound<'_, 'w>) -> Vec<HeldPrimitive<'w>> {
        let rules = || bound.role.rules.iter().filter(|granted| granted.role.is_none());
        // In one namespace, too, cluster-admin is a matter of its own.
        if rules().any(|granted| granted.rule.is_everything()) {
            return Vec::new();
        }
        let mut held: Vec<_> = rules().flat_map(|granted| self.held(bound, granted.rule)).collect();
        if EDITORS.contains(&bound.role.name) {
            held.retain(|held| held.granted.primitive.rule == Some(TOKEN_MINTING) && held.with.is_none());
        }
        held.sort_by_key(|held| (held.persona, held.granted.primitive.rank));
        drop_implied(vec![&mut held]);
        held.dedup_by_key(|held| held.granted.primitive.rank);
        held
    }

    /// The primitives that a rule of a role gives.
    fn held(&self, bound: &Bound<'_, 'w>, rule: &'w PolicyRule) -> Vec<HeldPrimitive<'w>> {
        let granted = self.abilities.of_rule(rule, bound.scope.is_cluster());
        let mut all: Vec<_> = granted
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
        bound: &Bound<'_, 'w>,
        rule: &'w PolicyRule,
        granted: Granted<'w>,
    ) -> Option<HeldPrimitive<'w>> {
        let primitive = granted.primitive;
        let is_cluster = bound.scope.is_cluster();
        let mut held =
            HeldPrimitive { granted, persona: granted.persona(is_cluster), with: None, stronger: None };
        if !primitive.with.is_empty() {
            let mut own = self.abilities.of_rule(rule, is_cluster);
            if !own.any(|granted| primitive.with.contains(&granted.primitive.id)) {
                held.with = Some(self.partner(bound, primitive)?);
            }
        }
        if primitive.needs_stronger {
            held.stronger = Some(bound.stronger?);
        }
        if primitive.is_worse_beside_stronger && !is_cluster {
            held.stronger = bound.stronger.filter(|_| granted.restriction != Restriction::ToSome);
            held.persona = if held.stronger.is_some() { granted.persona(true) } else { held.persona };
        }
        held.persona = held.persona.max(bound.loudest);
        Some(held)
    }

    /// The rule by which whoever has the role has what a primitive needs: one of the role, or of another one that the same
    /// identity is given.
    fn partner(&self, bound: &Bound<'_, 'w>, primitive: &Primitive) -> Option<GrantedRule<'w>> {
        let own = self.abilities.first_of(bound.role, bound.scope.is_cluster(), &primitive.with);
        own.or_else(|| bound.partner(primitive))
    }
}

impl<'w> Bound<'_, 'w> {
    pub(super) fn kind(&self) -> Kind<'w> {
        Kind {
            role: ptr::from_ref(self.role),
            is_cluster: self.scope.is_cluster(),
            loudest: self.loudest,
            has_partners: self.partners.iter().map(|(_, partner)| partner.is_some()).collect(),
            has_stronger: self.stronger.is_some(),
        }
    }

    /// What another role gives that `primitive` needs.
    fn partner(&self, primitive: &Primitive) -> Option<GrantedRule<'w>> {
        self.partners.iter().find(|(rank, _)| *rank == primitive.rank)?.1
    }

    /// Nobody can edit the rules that every cluster has, but the binding can name another role: with what bindings of this
    /// kind hold of them.
    pub(super) fn reference(&self, binding: &'w Fact, held: &[HeldPrimitive<'w>]) -> Option<Risk<'w>> {
        let persona = held.first()?.persona;
        let own = held.iter().map(|held| HeldPrimitive {
            with: held.with.map(|with| self.partner(held.granted.primitive).unwrap_or(with)),
            stronger: held.stronger.and(self.stronger),
            ..*held
        });
        let (site, held) = (Site::Reference(binding), own.collect());
        Some(Risk {
            site,
            wildcard: None,
            held,
            persona,
            scope: self.scope,
            bindings: Bindings::one(binding),
        })
    }

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

/// The first wildcard in the lists of a rule about resources, with the name of the list.
fn wildcard(rule: &PolicyRule) -> Option<(&'static str, &Word)> {
    let lists = [("verbs", &rule.verbs), ("resources", &rule.resources), ("apiGroups", &rule.api_groups)];
    let mut lists = lists.into_iter().filter(|_| !rule.resources.is_empty());
    lists.find_map(|(key, words)| Some((key, words.iter().find(|word| *word.text == *ANY)?)))
}
