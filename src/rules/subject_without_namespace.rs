//! A ServiceAccount that a ClusterRoleBinding names without its namespace.

use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::finding::{Confidence, Draft, Persona};
use crate::k8s::names::is_placeholder;
use crate::world::{AccountReference, Fact, Resolution, World};

pub(super) static RULE: Rule = rule!("subject-without-namespace", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    // Where a kustomization builds on the file, it writes the namespace.
    for fact in world.facts().filter(|fact| !world.is_kustomized(fact)) {
        // Without a role it is a patch: the binding that it patches may say the namespace.
        let Some(binding) = fact.binding().filter(|binding| binding.role.is_some()) else { continue };
        for (index, account) in
            binding.without_namespace().filter(|(_, account)| !is_placeholder(&account.name.text))
        {
            let draft = draft(world, fact, index, account);
            sink.report(if fact.is_dump || is_for_kustomize(world, fact, account) {
                draft.confidence(Confidence::Low).persona(Persona::Pedantic)
            } else {
                draft
            });
        }
    }
}

/// Whether the file was written for the kustomization beside it, which only leaves it out. A file with everything in it
/// is for kubectl.
fn is_for_kustomize(world: &World, fact: &Fact, account: &AccountReference) -> bool {
    let is_complete =
        matches!(world.account(fact, account), Resolution::Found(found) if found.file() == fact.file());
    world.is_beside_kustomization(fact) && !is_complete
}

fn draft(world: &World, fact: &Fact, index: usize, account: &AccountReference) -> Draft {
    let name = &account.name.text;
    let message = fitted("ServiceAccount ", name, " needs a `namespace` in a ClusterRoleBinding");
    let draft = Draft::new(account.name.place.clone(), message);
    let error = format!("the API server rejects the binding: `subjects[{index}].namespace: Required value`");
    match world.account(fact, account) {
        Resolution::Found(found) => {
            let namespace = world.namespace(found);
            let hint = namespace.map(|namespace| format!("; write `namespace: {namespace}`"));
            draft
                .help(error + &hint.unwrap_or_default())
                .related(found.place.clone(), format!("ServiceAccount {name} is defined here"))
        }
        _ => draft.help(error),
    }
}
