//! A pod that asks for the token which its ServiceAccount keeps from pods.

use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::world::{DEFAULT_ACCOUNT, World};

pub(super) static RULE: Rule = rule!("automount-override", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for fact in world.facts() {
        for pod in fact.written_pods() {
            let Some(asked) = pod.automount.as_ref().filter(|flag| flag.value) else { continue };
            let Some(account) = world.account_of_pod(fact, pod).filter(|account| !account.is_dump) else {
                continue;
            };
            let refused = account.service_account().and_then(|account| account.automount.as_ref());
            let Some(refused) = refused.filter(|flag| !flag.value) else { continue };
            let name = pod.account_name().unwrap_or(DEFAULT_ACCOUNT);
            sink.report(
                Draft::new(
                    asked.place.clone(),
                    format!("this pod mounts a token although ServiceAccount {name} says not to"),
                )
                .help("the pod's own word counts; remove the line unless the pod talks to the API server")
                .related(refused.place.clone(), format!("ServiceAccount {name} turns automounting off here")),
            );
        }
    }
}
