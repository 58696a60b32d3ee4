//! A token Secret that works.

use super::wording::{fitted, shortened};
use super::{Check, Rule, Sink};
use crate::finding::{Draft, Persona};
use crate::k8s::known::TOKEN_TYPE;
use crate::k8s::{Object, TokenState};
use crate::script::Script;
use crate::world::rbac::Rights;
use crate::world::{Resolution, TokenSecret, World};

pub(super) static RULE: Rule = rule!("long-lived-token-secret", Check::Rights(check), in scripts by_script);

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    for secret in rights.world.token_secrets().filter(|secret| secret.token.works) {
        let (account, leads_on) = (rights.world.account_of(secret), rights.leads_on(secret.fact));
        // One that surely leads to all rights is for privileged-token-secret.
        if !account.is_wrong() && leads_on != Some(true) {
            sink.report(draft(rights.world, secret, account, leads_on.is_some()));
        }
    }
}

fn draft(world: &World, secret: TokenSecret<'_>, account: Resolution<'_>, may_lead_on: bool) -> Draft {
    let account_name = secret.token.account.as_ref().map(|account| &*account.name.text);
    let of_account = account_name.map_or(String::new(), |name| format!(" for ServiceAccount {name}"));
    let cleaner = match world.listing_of(secret) {
        // What comes of it is for adopted-token-secret to say.
        Some(_) => "Kubernetes cleans it up only because its ServiceAccount lists it;",
        None => "Kubernetes never cleans it up;",
    };
    let message = match secret.fact.object.name.as_str() {
        "" => format!("this token Secret{of_account} never expires"),
        own => format!("token Secret {own}{of_account} never expires"),
    };
    let more =
        if may_lead_on { "; it may lead to cluster-admin: see `saudit identities --paths`" } else { "" };
    let draft = Draft::new(secret.token.type_place.clone(), message).help(format!(
        "{cleaner} in pods use a projected serviceAccountToken; outside the cluster `kubectl create token` or OIDC \
         federation{more}"
    ));
    match account {
        Resolution::Found(fact) => {
            let name = account_name.unwrap_or_default();
            draft.related(fact.place.clone(), format!("ServiceAccount {name} is defined here"))
        }
        _ => draft,
    }
}

/// One that a script makes, or a page of documentation shows.
fn by_script(script: &Script<'_>, sink: &mut Sink<'_>) {
    if !script.text.as_str().contains(TOKEN_TYPE) {
        return;
    }
    script.samples(|manifest| {
        let drafts = manifest.objects.iter().filter_map(shown);
        drafts.for_each(|draft| sink.report(draft.persona(Persona::Pedantic)));
    });
}

fn shown(object: &Object<'_>) -> Option<Draft> {
    let secret = object.secret()?;
    let TokenState::Works(account) = secret.token_state()? else { return None };
    let (name, account) = (&object.id.name, account.value.text().unwrap_or_default());
    // What Terraform works out says little.
    let is_computed = account.contains("${") && account.contains('.');
    let of_account = if is_computed { String::new() } else { format!(" for {}", shortened(account, 40)) };
    let is_long = name.contains("${") && name.chars().count() > 40;
    let message = if name.is_empty() || is_long {
        format!("this token Secret{of_account} never expires")
    } else {
        fitted("token Secret ", name, &format!("{of_account} never expires"))
    };
    Some(object.draft(secret.type_()?, message).help(
        "in pods use a projected serviceAccountToken; outside the cluster `kubectl create token` or OIDC federation",
    ))
}
