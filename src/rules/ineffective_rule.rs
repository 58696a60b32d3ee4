//! Rules of roles that match nothing.

use std::collections::HashMap;
use std::ptr;

use super::wording::fitted;
use super::{Check, Rule, Sink, mistaken_words};
use crate::finding::{Draft, Persona};
use crate::world::Fact;
use crate::world::rbac::{PolicyRule, Rights, Role, RoleGrant, Scope};

pub(super) static RULE: Rule = rule!("ineffective-rule", Check::Rights(check));

/// The bindings that give what a role says, by itself or aggregated.
type Givers<'r, 'w> = HashMap<*const Fact, Vec<&'r RoleGrant<'w>>>;

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    let givers = givers(rights);
    let is_written = |fact: &&Fact| !fact.is_dump && !fact.object.name.starts_with("system:");
    for fact in rights.world.facts().filter(is_written) {
        let Some(role) = fact.role() else { continue };
        if let Some(draft) = overwritten(fact, role) {
            sink.report(draft);
            continue;
        }
        let given_by = givers.get(&ptr::from_ref(fact)).map_or(&[][..], Vec::as_slice);
        for rule in &role.rules {
            mistaken_words::report(rights, role, rule, sink);
            if let Some(draft) = urls_in_namespace(rule, given_by) {
                sink.report(draft);
            }
            if let Some(draft) = named_creation(rights, role, rule, given_by) {
                sink.report(draft);
            }
        }
    }
}

fn givers<'r, 'w>(rights: &'r Rights<'w>) -> Givers<'r, 'w> {
    let mut givers = Givers::new();
    for grant in rights.grants() {
        for role in grant.role.rules.iter().filter_map(|granted| granted.role) {
            let grants = givers.entry(ptr::from_ref(role)).or_default();
            if !grants.last().is_some_and(|last| ptr::eq(*last, grant)) {
                grants.push(grant);
            }
        }
    }
    givers
}

/// Rules that the controller replaces by those that it aggregates.
fn overwritten(fact: &Fact, role: &Role) -> Option<Draft> {
    let place = role.rules_place.clone().filter(|_| !role.rules.is_empty())?;
    // In the text of Kubernetes' own roles, as a cluster prints it, the controller has filled them in.
    if role.label("kubernetes.io/bootstrapping").is_some() {
        return None;
    }
    let selectors = role.aggregation.as_ref().filter(|_| fact.object.kind == "ClusterRole")?;
    let message = "these rules are replaced by those that the aggregationRule selects";
    (!selectors.is_empty()).then(|| {
        Draft::new(place, message).help(
            "write `rules: []` here, and put the rules into a ClusterRole of their own with a label that is selected",
        )
    })
}

/// Paths that are no resources are asked for in no namespace, so that RoleBindings are not looked at.
fn urls_in_namespace(rule: &PolicyRule, given_by: &[&RoleGrant<'_>]) -> Option<Draft> {
    let first = rule.urls.first()?;
    let is_in_namespace =
        |grant: &&RoleGrant<'_>| matches!(grant.scope, Scope::Namespace(_)) && grant.role.is_cluster;
    let binding = given_by.first()?.written()?;
    if !given_by.iter().all(is_in_namespace) {
        return None;
    }
    let message = fitted("a RoleBinding does not give ", &first.text, ": it is in no namespace");
    Some(
        Draft::new(rule.at(first)?, message)
            // A ClusterRoleBinding may stand where it is not read: in a script, or in another repository.
            .persona(Persona::Pedantic)
            .help(
                "bind the ClusterRole with a ClusterRoleBinding, or put this rule into one that is bound so",
            )
            .related(binding.role.name.place.clone(), "it is bound here"),
    )
}

/// `create` with names, which the authorizer does not know yet, unless who has the rule may create it by another one.
fn named_creation<'w>(
    rights: &Rights<'w>,
    all: &Role,
    rule: &PolicyRule,
    given_by: &[&RoleGrant<'w>],
) -> Option<Draft> {
    let verb = rule.verbs.iter().find(|word| ["create", "deletecollection"].contains(&&*word.text))?;
    let is_plain = rule.resources.iter().all(|word| !word.text.contains(['/', '*']));
    if rule.resource_names.is_empty() || rule.resources.is_empty() || !is_plain || all.is_partial {
        return None;
    }
    let is_granted = all.rules.iter().any(|other| other.creates_for(rule, &verb.text))
        || given_by.iter().any(|grant| {
            rights.others_of(grant).iter().any(|other| {
                other.role.is_partial
                    || other.role.rules.iter().any(|granted| granted.rule.creates_for(rule, &verb.text))
            })
        });
    let message = format!("`{}` with resourceNames matches nothing", verb.text);
    (!is_granted).then_some(())?;
    Some(Draft::new(rule.at(verb)?, message).persona(Persona::Pedantic).help(
        "the name is not known when the API server asks; write the verb in a rule without resourceNames",
    ))
}
