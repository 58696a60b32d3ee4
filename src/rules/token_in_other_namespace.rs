//! A token Secret whose ServiceAccount lives in another namespace.

use super::lost_name::loudest;
use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::world::{AccountReference, Resolution, World};

pub(super) static RULE: Rule = rule!("token-in-other-namespace", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for secret in world.token_secrets() {
        let Resolution::OtherNamespace(account, confidence) = world.account_of(secret) else { continue };
        let Some(AccountReference { name, .. }) = &secret.token.account else { continue };
        let own = &secret.fact.object.namespace;
        let are_written = !own.is_empty() && !account.object.namespace.is_empty();
        let (message, help) = if are_written {
            let message = format!(
                "ServiceAccount {} is in namespace {}, this Secret in {own}",
                name.text, account.object.namespace
            );
            (message, "move the Secret to the namespace of its ServiceAccount; the token controller deletes it here".to_owned())
        } else {
            let written = if own.is_empty() { &account.object.namespace } else { own };
            let message =
                format!("ServiceAccount {} and this Secret do not name the same namespace", name.text);
            (
                message,
                format!(
                    "unless released into {written}, the token controller deletes the Secret: write the same namespace on both"
                ),
            )
        };
        sink.report(
            Draft::new(name.place.clone(), message)
                .help(help)
                .related(account.place.clone(), format!("ServiceAccount {} is defined here", name.text))
                .confidence(confidence)
                .persona(loudest(confidence)),
        );
    }
}
