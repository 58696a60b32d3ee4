//! A token Secret that Kubernetes before 1.24 makes anyway.

use std::collections::HashSet;

use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::world::{TokenSecret, World};

pub(super) static RULE: Rule = rule!("redundant-token-secret", Check::World(check));

/// What the token controller makes has a name that nobody can write down before, so a Secret that something names is of
/// use. One that its ServiceAccount lists keeps the controller from making another (`hasReferencedToken` in
/// `pkg/controller/serviceaccount/tokens_controller.go` of 1.23).
fn check(world: &World, sink: &mut Sink<'_>) {
    if sink.context().targets.and(RULE.meta().kubernetes).is_empty() {
        return;
    }
    let pods = world.facts().flat_map(|fact| &fact.pods);
    let used: HashSet<_> =
        pods.flat_map(|pod| &pod.references).map(|reference| &*reference.secret.text).collect();
    let hand_made = world.token_secrets().filter(|secret| secret.token.works && !secret.fact.is_dump);
    for secret in hand_made.filter(|secret| !used.contains(secret.fact.object.name.as_str())) {
        if !world.account_of(secret).is_wrong() && world.listing_of(secret).is_none() {
            sink.report(draft(secret));
        }
    }
}

fn draft(secret: TokenSecret<'_>) -> Draft {
    let account = secret.token.account.as_ref().map_or("", |account| &account.name.text);
    let message =
        fitted("before Kubernetes 1.24 ServiceAccount ", account, " has a token Secret without this one");
    Draft::new(secret.fact.place.clone(), message).help(
        "leave it out there: one Secret that never expires is enough; in a chart, render it only for 1.24 and later",
    )
}
