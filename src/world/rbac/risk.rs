//! What rules of roles let somebody do that leads further than it says: which primitives, through which bindings.

use std::collections::HashMap;
use std::ptr;
use std::sync::Arc;

use super::granted::GrantedRule;
use super::judge::{Bound, Judge, Kind};
use super::policy::{PolicyRule, Word};
use super::primitive::Granted;
use super::rights::{Rights, Scope};
use super::stronger::Stronger;
use crate::finding::Persona;
use crate::world::fact::Fact;

/// So many bindings that give one thing are remembered.
const MOST: usize = 100;

/// The rule that speaks of wildcards.
const WILDCARD_RULE: &str = "wildcard-rule";

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
    /// The bindings that give it; none if nothing binds the role.
    pub bindings: Arc<Bindings<'w>>,
}

/// Bindings that give the same.
#[derive(Debug, Default)]
pub struct Bindings<'w> {
    /// The worst, then the others as they were read; of very many only the first.
    pub first: Vec<&'w Fact>,
    /// How many there are.
    pub count: usize,
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
}

/// Judges all rules of all roles: each once for all bindings that are alike.
pub(super) fn risks<'w>(rights: &Rights<'w>) -> Vec<Risk<'w>> {
    let is_written = rights.grants().iter().any(|grant| grant.written().is_some());
    if !is_written && rights.unbound().next().is_none() {
        return Vec::new();
    }
    let judge = Judge::new(rights);
    let mut all = Collection::default();
    for (order, grant) in rights.grants().iter().enumerate() {
        if let Some((bound, binding)) = judge.bound(grant) {
            all.take(&judge, &bound, (order, binding));
        }
    }
    for bound in rights.unbound().filter_map(|role| judge.unbound(role)) {
        for risk in judge.written(&bound) {
            all.add(risk, None);
        }
    }
    all.with_bindings()
}

/// What was found so far.
#[derive(Default)]
struct Collection<'w> {
    /// Each with the kinds of bindings that give it, the worst first.
    risks: Vec<(Risk<'w>, Vec<usize>)>,
    by_rule: HashMap<*const PolicyRule, usize>,
    kinds: HashMap<Kind<'w>, usize>,
    /// For each kind.
    members: Vec<Members<'w>>,
}

/// The bindings of one kind.
struct Members<'w> {
    /// With their places among all.
    bindings: Vec<(usize, &'w Fact)>,
    /// What they give of rules that nobody can edit.
    built_in: Vec<HeldPrimitive<'w>>,
}

impl<'w> Collection<'w> {
    /// Takes in what a binding gives.
    fn take(&mut self, judge: &Judge<'_, 'w>, bound: &Bound<'_, 'w>, binding: (usize, &'w Fact)) {
        let next = self.members.len();
        let kind = *self.kinds.entry(bound.kind()).or_insert(next);
        if kind == next {
            self.members.push(Members { bindings: Vec::new(), built_in: judge.built_in(bound) });
            for risk in judge.written(bound) {
                self.add(risk, Some(kind));
            }
        }
        let Some(Members { bindings, built_in }) = self.members.get_mut(kind) else { return };
        bindings.push(binding);
        if let Some(risk) = bound.reference(binding.1, built_in) {
            self.risks.push((risk, Vec::new()));
        }
    }

    /// Takes in what a rule gives through bindings of one kind, or would give.
    fn add(&mut self, risk: Risk<'w>, kind: Option<usize>) {
        let Site::Rule(granted) = risk.site else { return };
        let next = self.risks.len();
        match self.risks.get_mut(*self.by_rule.entry(ptr::from_ref(granted.rule)).or_insert(next)) {
            Some((first, kinds)) if risk.key() < first.key() => {
                *first = risk;
                kinds.splice(0..0, kind);
            }
            Some((_, kinds)) => kinds.extend(kind),
            None => self.risks.push((risk, Vec::from_iter(kind))),
        }
    }

    fn with_bindings(self) -> Vec<Risk<'w>> {
        let Self { risks, members, .. } = self;
        // Most rules of a role are given by the same bindings.
        let mut known: HashMap<Vec<usize>, Arc<Bindings<'w>>> = HashMap::new();
        let with_bindings = risks.into_iter().map(|(risk, kinds)| {
            if kinds.is_empty() {
                return risk;
            }
            let of_kinds = |kinds: &[usize]| {
                let lists = kinds.iter().filter_map(|kind| members.get(*kind));
                Arc::new(Bindings::new(lists.map(|members| members.bindings.as_slice())))
            };
            let bindings = match known.get(&kinds) {
                Some(known) => Arc::clone(known),
                None => Arc::clone(known.entry(kinds.clone()).or_insert(of_kinds(&kinds))),
            };
            Risk { bindings, ..risk }
        });
        with_bindings.collect()
    }
}

impl<'w> Bindings<'w> {
    /// From lists in the order of all bindings, the first of which has the worst.
    fn new<'l>(lists: impl Iterator<Item = &'l [(usize, &'w Fact)]> + Clone) -> Self
    where
        'w: 'l,
    {
        let count = lists.clone().map(<[_]>::len).sum();
        let worst = lists.clone().find_map(<[_]>::first);
        let mut others: Vec<_> = lists.flat_map(|list| list.iter().take(MOST)).collect();
        others.retain(|(order, _)| worst.is_none_or(|(worst, _)| worst != order));
        others.sort_unstable_by_key(|(order, _)| *order);
        let first = worst.into_iter().chain(others).take(MOST).map(|(_, fact)| *fact);
        Self { first: first.collect(), count }
    }

    /// One of its own.
    pub(super) fn one(binding: &'w Fact) -> Arc<Self> {
        Arc::new(Self { first: vec![binding], count: 1 })
    }
}
