//! A token Secret above its ServiceAccount in one file.

use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::world::{Resolution, World};

pub(super) static RULE: Rule = rule!("token-before-service-account", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for secret in world.token_secrets().filter(|secret| world.is_applied_in_order(secret.fact)) {
        let Resolution::Found(account) = world.account_of(secret) else { continue };
        if account.file() != secret.fact.file() || account.span() < secret.fact.span() {
            continue;
        }
        let name = &account.object.name;
        sink.report(
            Draft::new(
                secret.fact.place.clone(),
                format!("token Secret stands before its ServiceAccount {name}"),
            )
            .help("`kubectl apply` sends documents in order: put the ServiceAccount first")
            .related(account.place.clone(), format!("ServiceAccount {name} is defined here")),
        );
    }
}
