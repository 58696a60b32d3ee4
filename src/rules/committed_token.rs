//! A token of a ServiceAccount in a file.

use super::leak::{draft, in_text};
use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::credential::{self, Jwt, OtherToken, opaque_token};
use crate::k8s::Manifest;
use crate::script::Script;

pub(super) static RULE: Rule = rule!("committed-token", Check::Credential(check), in scripts in_script);

fn in_script(script: &Script<'_>, sink: &mut Sink<'_>) {
    let today = sink.context().today;
    for (place, token) in in_text(script).into_iter().filter(|(_, token)| !token.is_expired(today)) {
        sink.report(draft(place, &token));
    }
}

fn check(manifest: &Manifest<'_>, sink: &mut Sink<'_>) {
    let today = sink.context().today;
    // What a kubeconfig's user logs in with is for static-kubeconfig-credential.
    for found in credential::tokens(manifest).into_iter().filter(|found| !found.is_login) {
        let Jwt::ServiceAccount(token) = &found.jwt else { continue };
        if !token.is_expired(today) {
            sink.report(draft(found.place, token));
        }
    }
    for object in &manifest.objects {
        let is_over = |token: &OtherToken| token.is_expired(today);
        if let Some((token, _)) =
            opaque_token(object).filter(|(_, claims)| !claims.as_ref().is_some_and(is_over))
        {
            let message = fitted("token Secret ", &object.id.name, " has its token written here");
            sink.report(object.draft(token, message).help(
                "leave `token` out: Kubernetes fills it in; if this one was ever good, delete the Secret to end it",
            ));
        }
    }
}
