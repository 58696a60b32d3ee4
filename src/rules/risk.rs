//! What several rules say of a rule of a role that gives more than it says: who gets what, and by which chain.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::Sink;
use super::wording::fitted;
use crate::finding::{Draft, Place};
use crate::world::rbac::{
    Bindings, GrantedRule, Grantee, HeldPrimitive, Restriction, Rights, Risk, Scope, Site, Stronger, grantees,
};
use crate::world::{Fact, Resolution, World};

/// The label of a ClusterRole whose rules one of `view`, `edit`, `admin` takes over.
const AGGREGATE_TO: &str = "rbac.authorization.k8s.io/aggregate-to-";

/// What to do where the role is Kubernetes' own.
const OWN_ROLE: &str = "every cluster has this role, and it allows more than most programs need; write a role that allows what is needed, and bind that";

/// How many bindings a finding shows besides the first.
const SHOWN: usize = 3;

/// Reports what belongs to `rule`; `advice` says what to do.
pub(super) fn report(rights: &Rights<'_>, rule: &str, advice: &str, sink: &mut Sink<'_>) {
    // Most rules of a role are given by the same bindings.
    let mut bound: HashMap<*const Bindings<'_>, String> = HashMap::new();
    for risk in rights.risks().iter().filter(|risk| risk.rule_id() == Some(rule)) {
        let who = match risk.bindings.first.as_slice() {
            [] => whoever(risk),
            bindings => {
                let known = bound.entry(Arc::as_ptr(&risk.bindings));
                known.or_insert_with(|| who(rights.world, bindings)).clone()
            }
        };
        if let Some(draft) = draft(rights, risk, &who, advice) {
            sink.report(draft);
        }
    }
}

fn draft(rights: &Rights<'_>, risk: &Risk<'_>, who: &str, advice: &str) -> Option<Draft> {
    let world = rights.world;
    let (place, message) = place_and_message(world, risk, who)?;
    let mut draft = Draft::new(place, message).persona(risk.persona).help(help(risk, advice));
    if let (None, Some(first)) = (risk.wildcard, risk.held.first()) {
        draft = draft.kubernetes(first.granted.primitive.versions);
    }
    draft = with_bindings(rights, risk, draft);
    for held in risk.held.iter().take(1) {
        draft = with_needed(world, held, draft);
    }
    // Other bindings beside the first are no steps of one chain.
    Some(if risk.bindings.count == 1 { draft.flow() } else { draft })
}

fn place_and_message(world: &World, risk: &Risk<'_>, who: &str) -> Option<(Place, String)> {
    let first = risk.held.first();
    let lets = |first: &HeldPrimitive<'_>| match first.stronger {
        Some(Stronger::Account(..)) => format!(" {}", may(world, first)),
        _ => format!(" {}{}", may(world, first), at(risk.scope)),
    };
    Some(match (risk.site, risk.wildcard, first) {
        (Site::Rule(granted), Some((key, wildcard)), first) => {
            let place = granted.rule.at(wildcard)?;
            let message = match first {
                Some(first) => fitted(&format!("`*` in {key} lets "), who, &lets(first)),
                None => fitted(&format!("`*` in {key} gives "), who, " rights that are not written out"),
            };
            (place, message)
        }
        (Site::Rule(rule), None, Some(first)) => {
            let granted = first.granted;
            let before = format!("`{}` on {} lets ", granted.verb.text, granted.resource.text);
            (rule.rule.at(granted.word())?, fitted(&before, who, &lets(first)))
        }
        (Site::Reference(binding), _, Some(first)) => {
            let role = binding.binding()?.role.as_ref()?;
            let before = format!("{} {} lets ", role.kind.text, role.name.text);
            (role.name.place.clone(), fitted(&before, who, &lets(first)))
        }
        (_, _, None) => return None,
    })
}

/// Who gets it: `ServiceAccount ci/deployer and 2 more`.
fn who(world: &World, bindings: &[&Fact]) -> String {
    let Some(first) = bindings.first() else { return String::new() };
    let Some(called) = grantees(world, first).next().map(|grantee| grantee.called(world, first)) else {
        return format!("the subjects of {} {}", first.object.kind, first.object.name);
    };
    let all: BTreeSet<_> = bindings
        .iter()
        .flat_map(|binding| grantees(world, binding).map(|grantee| grantee.called(world, binding)))
        .collect();
    match all.len() {
        0 | 1 => called,
        count => format!("{called} and {} more", count - 1),
    }
}

/// Who gets what nothing binds.
fn whoever(risk: &Risk<'_>) -> String {
    let Site::Rule(GrantedRule { role: Some(fact), .. }) = risk.site else {
        return "whoever is bound".to_owned();
    };
    let labels = fact.role().into_iter().flat_map(|role| &role.labels);
    let mut aggregating = labels.filter(|(_, value)| **value == *"true");
    match aggregating.find_map(|(key, _)| key.text.strip_prefix(AGGREGATE_TO)) {
        Some(role) => format!("everybody who has {role}"),
        None => format!("whoever is bound to {}", fact.object.name),
    }
}

fn may(world: &World, held: &HeldPrimitive<'_>) -> String {
    match held.stronger {
        Some(Stronger::Account(account, by)) => {
            let called = Grantee::Account(account).called(world, by);
            held.granted.may().replace("any ServiceAccount", &called)
        }
        _ => held.granted.may().to_owned(),
    }
}

fn at(scope: Scope<'_>) -> String {
    match scope {
        Scope::Namespace(Some(namespace)) if !namespace.contains("{{") => format!(" in {namespace}"),
        _ => String::new(),
    }
}

fn help(risk: &Risk<'_>, advice: &str) -> String {
    let mut help = match risk.site {
        Site::Rule(_) => advice.to_owned(),
        Site::Reference(_) => OWN_ROLE.to_owned(),
    };
    if let Some(held) = risk.held.first()
        && held.granted.restriction != Restriction::No
    {
        help += "; `resourceNames` restrict this already";
    }
    let mut others: Vec<_> = risk.held.iter().map(|held| held.granted.may()).collect();
    others.dedup();
    others = others.split_off(others.len().min(1));
    if !others.is_empty() {
        let source = if matches!(risk.site, Site::Rule(_)) { "rule" } else { "role" };
        help.extend(["; the same ", source, " lets it ", &others.join(", "), ", too"]);
    }
    help
}

/// The chain from somebody to the rule, and other bindings.
fn with_bindings(rights: &Rights<'_>, risk: &Risk<'_>, mut draft: Draft) -> Draft {
    let Some((first, others)) = risk.bindings.first.split_first() else { return draft };
    for grantee in grantees(rights.world, first).take(1) {
        draft = with_account(rights.world, first, grantee, draft);
    }
    if let Site::Rule(GrantedRule { role: Some(role), .. }) = risk.site {
        let given = rights.grant_of(first).map(|grant| &grant.role);
        let called = |fact: &Fact| format!("{} {}", fact.object.kind, fact.object.name);
        draft = draft.related(first.place.clone(), format!("{} gives it", called(first)));
        draft = match given.filter(|given| *given.name != role.object.name) {
            Some(given) => draft.related(
                role.place.clone(),
                format!("{} is aggregated into {} {}", called(role), given.kind(), given.name),
            ),
            None => draft.related(role.place.clone(), format!("{} has the rule", called(role))),
        };
    }
    for (index, other) in others.iter().take(SHOWN).enumerate() {
        let rest = risk.bindings.count.saturating_sub(1 + SHOWN);
        let more = if index + 1 == SHOWN && rest > 0 { format!(", and {rest} more") } else { String::new() };
        let label = format!("{} {} gives it, too{more}", other.object.kind, other.object.name);
        draft = draft.related(other.place.clone(), label);
    }
    draft
}

fn with_account(world: &World, binding: &Fact, grantee: Grantee<'_>, draft: Draft) -> Draft {
    let Grantee::Account(account) = grantee else { return draft };
    match world.account(binding, account) {
        Resolution::Found(fact) => {
            draft.related(fact.place.clone(), format!("{} is defined here", grantee.called(world, binding)))
        }
        _ => draft,
    }
}

/// What else makes it: another rule of the same identity, or somebody stronger.
fn with_needed(world: &World, held: &HeldPrimitive<'_>, mut draft: Draft) -> Draft {
    if let Some(GrantedRule { rule, .. }) = held.with
        && let Some(place) = rule.place.clone()
    {
        draft = draft.related(place, "it has what this needs from this rule");
    }
    if let Some(Stronger::Account(account, by)) = held.stronger {
        let called = Grantee::Account(account).called(world, by);
        let label = format!("{} {} makes {called} stronger", by.object.kind, by.object.name);
        draft = draft.related(by.place.clone(), label);
    }
    draft
}
