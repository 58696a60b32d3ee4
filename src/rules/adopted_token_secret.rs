//! A hand-made token Secret that its ServiceAccount lists.

use std::collections::HashSet;

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix, Persona};
use crate::span::{Edit, Span};
use crate::world::{Fact, Name, ServiceAccount, TokenSecret, World};

pub(super) static RULE: Rule = rule!("adopted-token-secret", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    let read_by_scripts: HashSet<&str> =
        world.token_lookups().filter_map(|(_, lookup)| lookup.name.as_deref()).collect();
    // What was read from a cluster may be what Kubernetes made there itself.
    for fact in world.facts().filter(|fact| !fact.is_dump) {
        let Some(account) = fact.service_account() else { continue };
        let adopted: Vec<_> = account.secrets.iter().map(|entry| adopted(world, fact, entry)).collect();
        let is_all = adopted.iter().all(Option::is_some);
        for ((entry, own), secret) in account.secrets.iter().zip(&account.removals.each).zip(adopted) {
            let Some(secret) = secret else { continue };
            let lines = if is_all { account.removals.all } else { *own };
            let is_read = read_by_scripts.contains(fact.object.name.as_str());
            sink.report(draft(account, entry, secret, lines.filter(|_| !is_read), is_read));
        }
    }
}

fn adopted<'w>(world: &'w World, account: &Fact, entry: &Name) -> Option<TokenSecret<'w>> {
    world.adopted_by(account, entry).filter(|secret| secret.token.works && !secret.fact.is_dump)
}

fn draft(
    account: &ServiceAccount,
    entry: &Name,
    secret: TokenSecret<'_>,
    lines: Option<Span>,
    is_read: bool,
) -> Draft {
    let name = &entry.text;
    let draft = Draft::new(
        entry.place.clone(),
        format!("token Secret {name} counts as auto-generated, as `secrets` lists it"),
    )
    .related(secret.fact.place.clone(), format!("token Secret {name} is defined here"));
    if account.limits_secrets {
        // Then it is the entry that lets pods mount the Secret.
        return draft
            .help("the token is invalidated after a year unused; let pods project a token, and remove the entry")
            .persona(Persona::Pedantic);
    }
    if is_read {
        return draft
            .help(
                "the token is invalidated after a year unused; let the script that reads the entry call `kubectl create \
                 token`, and remove the entry",
            )
            .persona(Persona::Pedantic);
    }
    draft
        .help(
            "remove the entry, nothing needs it; because of it the API server warns on every use of the token, \
             which is invalidated after a year unused and deleted after another",
        )
        .fix(lines.map(|lines| Fix::unsafe_([Edit::replace(lines, "")])))
}
