//! A token Secret above its ServiceAccount in one file.

use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::finding::{Draft, Persona};
use crate::world::{Resolution, World};

pub(super) static RULE: Rule = rule!("token-before-service-account", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for secret in world.token_secrets().filter(|secret| world.is_applied_in_order(secret.fact)) {
        let Resolution::Found(account) = world.account_of(secret) else { continue };
        if account.file() != secret.fact.file() || account.span() < secret.fact.span() {
            continue;
        }
        let name = &account.object.name;
        let message = fitted("token Secret stands before its ServiceAccount ", name, "");
        let draft = Draft::new(secret.fact.place.clone(), message)
            .help("`kubectl apply` sends documents in order: put the ServiceAccount first")
            .related(account.place.clone(), format!("ServiceAccount {name} is defined here"));
        sink.report(match world.application_of(secret.fact) {
            Some(place) => draft.related(place.clone(), "the file is applied here"),
            None => draft.persona(Persona::Pedantic),
        });
    }
}
