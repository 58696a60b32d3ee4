//! A token Secret of a chart that is rendered for other versions than those that need it.

use std::collections::HashSet;

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Persona, Place};
use crate::helm::chart::{DEFAULT_RANGE, Reach};
use crate::helm::gate::{Build, Flavour};
use crate::k8s::KubeVersions;
use crate::span::{FileId, Span};
use crate::world::{TokenSecret, TokenUse, World};

pub(super) static RULE: Rule = rule!("token-secret-gate-mismatch", Check::World(check));

/// The first version that makes no token Secrets (KEP-2799).
const NONE_MADE: u8 = 24;

fn check(world: &World, sink: &mut Sink<'_>) {
    let uses = world.gated_uses();
    for found in &uses {
        check_use(world, found, sink);
    }
    let in_pods: HashSet<_> =
        uses.iter().filter(|found| found.is_pod).map(|found| key(found.secret)).collect();
    for secret in world.gated_token_secrets().filter(|secret| !in_pods.contains(&key(*secret))) {
        check_need(world, secret, sink);
    }
}

fn key(secret: TokenSecret<'_>) -> (FileId, Span) {
    (secret.fact.place.file, secret.fact.place.span)
}

/// The versions for which a place may be rendered, and those for which it surely is not. Only versions without a suffix
/// are looked at: what vendors' suffixes change is helm-gate-ignores-prerelease's business.
fn rendered(reach: &Reach) -> (KubeVersions, KubeVersions) {
    let plain = || Flavour::all().filter(|flavour| flavour.build == Build::Plain);
    let range = reach.range.unwrap_or(DEFAULT_RANGE);
    let not = plain().fold(range, |all, flavour| all.and(reach.gate.fails(flavour)));
    (range.without(not), not)
}

/// A place that needs a Secret on versions for which it is not rendered.
fn check_use(world: &World, found: &TokenUse<'_>, sink: &mut Sink<'_>) {
    let secret = &found.secret.fact.place;
    let (Some(of_use), Some(of_secret)) = (world.reach(&found.name.place), world.reach(secret)) else {
        return;
    };
    let ((used, _), (made, not_made)) = (rendered(of_use), rendered(of_secret));
    let missing = used.and(not_made);
    if missing.is_empty() {
        return;
    }
    // A name too many in `secrets` does no harm, and values may say the same as the condition.
    let is_mild = !found.is_pod || of_use.depends_on_values;
    let persona = if is_mild { Persona::Pedantic } else { Persona::Regular };
    let message = format!("this token Secret is used for Kubernetes {missing}, but not rendered");
    let draft = Draft::new(found.name.place.clone(), message)
        .help(format!("it is rendered for {made} and used for {used}: give both the same condition"))
        .persona(persona)
        .for_chart(missing);
    let decider = of_secret.decider.map(|span| Place { span, ..secret.clone() });
    sink.report(draft.related(decider.unwrap_or(secret.clone()), "for which versions it is rendered"));
}

/// A Secret that nothing in its chart uses and that is rendered where the cluster makes one by itself, but not where it
/// makes none.
fn check_need(world: &World, secret: TokenSecret<'_>, sink: &mut Sink<'_>) {
    let place = &secret.fact.place;
    let Some((reach, span)) = world.reach(place).and_then(|reach| Some((reach, reach.decider?))) else {
        return;
    };
    let (made, not_made) = rendered(reach);
    let is_made = |minor| made.contains(minor);
    let (message, help) = if is_made(NONE_MADE - 1) && !made.and(KubeVersions::since(NONE_MADE)).is_empty() {
        return;
    } else if is_made(NONE_MADE - 1) && not_made.contains(NONE_MADE) {
        let message = format!("this renders the token Secret only for {made}, which makes tokens itself");
        (message, "from 1.24 on none is made: turn the condition round (`>=1.24-0`)")
    } else if is_made(NONE_MADE + 1) && not_made.contains(NONE_MADE) {
        let message =
            "this renders no token Secret for Kubernetes 1.24, the first that makes none".to_owned();
        (message, "`>=1.24-0` is true from 1.24.0 on, whatever the vendor")
    } else {
        return;
    };
    let needed = not_made.and(KubeVersions::since(NONE_MADE));
    let place_of_gate = Place { span, ..place.clone() };
    let draft = Draft::new(place_of_gate, message).help(help).for_chart(needed);
    sink.report(draft.related(place.clone(), "the token Secret"));
}
