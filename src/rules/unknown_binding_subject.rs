//! A binding that gives something to a ServiceAccount which nothing creates.

use std::collections::HashSet;

use super::lost_name::LostName;
use super::{Check, Rule, Sink};
use crate::world::{AccountReference, Fact, World};

pub(super) static RULE: Rule = rule!("unknown-binding-subject", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for fact in world.facts() {
        let subjects = fact.binding().into_iter().flat_map(|binding| &binding.accounts);
        let fields = fact.fields.iter().filter(|_| fact.has_subjects_in_fields());
        let mut seen = HashSet::new();
        for account in subjects.chain(fields) {
            if seen.insert((&account.name.text, &account.home)) {
                look(world, fact, account, sink);
            }
        }
    }
}

fn look(world: &World, fact: &Fact, account: &AccountReference, sink: &mut Sink<'_>) {
    let lost = LostName {
        kind: "ServiceAccount",
        name: &account.name,
        from: fact,
        verb: "names",
        namespace: world.namespace_of(fact, &account.home),
        effect: &effect(fact),
    };
    if let Some(draft) = lost.draft(world, world.account(fact, account)) {
        sink.report(draft);
    }
}

fn effect(fact: &Fact) -> String {
    let gain = match (fact.binding().and_then(|binding| binding.role.as_ref()), fact.object.kind.as_str()) {
        (Some(role), _) => format!("gets {} {}", role.kind.text, role.name.text),
        (None, "FlowSchema") => return "the FlowSchema is accepted, but has nobody to match".to_owned(),
        (None, kind) => format!("gets what this {kind} gives"),
    };
    format!(
        "nobody has the right, until somebody creates a ServiceAccount of that name there: that one {gain}"
    )
}
