//! A token of a ServiceAccount in a file.

use super::leak::{draft, in_text, logins_in};
use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::credential::{self, Jwt, OtherToken, opaque_token};
use crate::k8s::Manifest;
use crate::script::Script;
use crate::span::Span;
use crate::yaml::Text;

pub(super) static RULE: Rule = rule!("committed-token", Check::Credential(check), in scripts in_script);

fn in_script(script: &Script<'_>, sink: &mut Sink<'_>) {
    let today = sink.context().today;
    let valid: Vec<_> = in_text(script).into_iter().filter(|(_, token)| !token.is_expired(today)).collect();
    let logins = if valid.is_empty() { Vec::new() } else { logins_in(script) };
    for (place, token) in valid.into_iter().filter(|(place, _)| !is_in(&logins, place.span)) {
        sink.report(draft(place, &token));
    }
}

fn check(manifest: &Manifest<'_>, sink: &mut Sink<'_>) {
    let today = sink.context().today;
    // What a kubeconfig's user logs in with is for static-kubeconfig-credential.
    let tokens: Vec<_> = credential::tokens(manifest).into_iter().filter(|found| !found.is_login).collect();
    let logins = if tokens.is_empty() { Vec::new() } else { logins_in_commands(manifest) };
    for found in tokens.into_iter().filter(|found| !is_in(&logins, found.place.span)) {
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

/// The tokens in kubeconfigs that commands in a document write.
fn logins_in_commands(manifest: &Manifest<'_>) -> Vec<Span> {
    let document = manifest.document;
    let text = Text::slice(document.text, document.span.start);
    logins_in(&Script::in_yaml(manifest.place(document.span).file, "", &text, &[]))
}

fn is_in(logins: &[Span], token: Span) -> bool {
    let after = logins.partition_point(|login| login.start <= token.start);
    after.checked_sub(1).and_then(|at| logins.get(at)).is_some_and(|login| login.contains(token))
}
