//! A workload that runs as `default`, with its token.

use super::{Check, Rule, Sink};
use crate::finding::{Confidence, Draft};
use crate::world::{DEFAULT_ACCOUNT, Home, Pod, World};

pub(super) static RULE: Rule = rule!("default-service-account", Check::World(check));

/// Kinds whose operators give the pods a ServiceAccount where none is written.
const BRING_THEIR_OWN: [&str; 2] = ["EventListener", "Pooler"];

fn check(world: &World, sink: &mut Sink<'_>) {
    for fact in world.facts().filter(|fact| !BRING_THEIR_OWN.contains(&fact.object.kind.as_str())) {
        for pod in fact.written_pods().filter(|pod| runs_as_default(pod) && world.is_automounted(fact, pod)) {
            let place = pod.account.as_ref().map_or(&pod.place, |account| &account.name.place);
            // A patch that cannot be followed may name another.
            let confidence = if world.may_be_patched(fact) { Confidence::Low } else { Confidence::High };
            sink.report(
                Draft::new(
                    place.clone(),
                    "this pod runs as ServiceAccount default and gets its token mounted",
                )
                .help(
                    "set automountServiceAccountToken: false, or if it talks to the API server give it a \
                     ServiceAccount of its own",
                )
                .confidence(confidence),
            );
        }
    }
}

fn runs_as_default(pod: &Pod) -> bool {
    pod.home == Home::Own
        && !pod.account_is_unknown
        && pod.account_name().is_none_or(|name| name == DEFAULT_ACCOUNT)
}
