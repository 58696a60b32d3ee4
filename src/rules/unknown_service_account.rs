//! A pod or custom resource that names a ServiceAccount which nothing creates.

use std::collections::HashSet;

use super::lost_name::LostName;
use super::{Check, Rule, Sink};
use crate::world::{AccountReference, Fact, World};

pub(super) static RULE: Rule = rule!("unknown-service-account", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for fact in world.facts() {
        let pods = fact.pods.iter().filter_map(|pod| pod.account.as_ref());
        let fields = fact.fields.iter().filter(|_| !fact.has_subjects_in_fields());
        let uses = pods.map(|account| (account, true)).chain(fields.map(|account| (account, false)));
        let mut seen = HashSet::new();
        for (account, is_pod) in uses {
            if seen.insert((&account.name.text, &account.home)) {
                look(world, fact, account, is_pod, sink);
            }
        }
    }
}

fn look(world: &World, fact: &Fact, account: &AccountReference, is_pod: bool, sink: &mut Sink<'_>) {
    let namespace = world.namespace_of(fact, &account.home);
    let lost = LostName {
        kind: "ServiceAccount",
        name: &account.name,
        from: fact,
        verb: if is_pod { "runs as" } else { "names" },
        namespace,
        effect: &effect(fact, &account.name.text, namespace, is_pod),
    };
    if let Some(draft) = lost.draft(world, world.account(fact, account)) {
        sink.report(draft);
    }
}

/// Only the admission of pods looks for the ServiceAccount (`plugin/pkg/admission/serviceaccount`).
fn effect(fact: &Fact, name: &str, namespace: Option<&str>, is_pod: bool) -> String {
    let kind = &fact.object.kind;
    if !is_pod {
        return format!("the {kind} is accepted, but its operator finds no such ServiceAccount");
    }
    let whose = namespace.map(|namespace| format!(" {namespace}/{name}")).unwrap_or_default();
    let error = format!("`error looking up service account{whose}: serviceaccount \"{name}\" not found`");
    match kind.as_str() {
        "Pod" => format!("the API server rejects the pod: {error}"),
        _ => format!("the {kind} is accepted, but its pods never appear: {error}"),
    }
}
