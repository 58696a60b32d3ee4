//! A token Secret that works.

use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::world::{Resolution, TokenSecret, World};

pub(super) static RULE: Rule = rule!("long-lived-token-secret", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for secret in world.token_secrets().filter(|secret| secret.token.works) {
        let account = world.account_of(secret);
        if !account.is_wrong() {
            sink.report(draft(world, secret, account));
        }
    }
}

fn draft(world: &World, secret: TokenSecret<'_>, account: Resolution<'_>) -> Draft {
    let name = secret.token.account.as_ref().map_or("a ServiceAccount", |account| &account.name.text);
    let cleaner = match world.listing_of(secret) {
        // What comes of it is for adopted-token-secret to say.
        Some(_) => "Kubernetes cleans it up only because its ServiceAccount lists it;",
        None => "Kubernetes never cleans it up;",
    };
    let message = format!("token Secret {} for ServiceAccount {name} never expires", secret.fact.object.name);
    let draft = Draft::new(secret.token.type_place.clone(), message).help(format!(
        "{cleaner} in pods use a projected serviceAccountToken; outside the cluster `kubectl create token` or OIDC federation"
    ));
    match account {
        Resolution::Found(fact) => {
            draft.related(fact.place.clone(), format!("ServiceAccount {name} is defined here"))
        }
        _ => draft,
    }
}
