//! A token of a ServiceAccount in a file.

use super::leak::{help, validity};
use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::credential::{self, Jwt, base64, is_plausible_token, parse};
use crate::finding::Draft;
use crate::k8s::{Manifest, Object};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("committed-token", Check::AnyDocument(check));

fn check(manifest: &Manifest<'_>, sink: &mut Sink<'_>) {
    let today = sink.context().today;
    // What a kubeconfig's user logs in with is for static-kubeconfig-credential.
    let tokens = credential::tokens(manifest).into_iter().filter(|found| !found.is_login);
    for found in tokens.filter(|found| !found.token.is_expired(today)) {
        let (account, until) = validity(&found.token);
        let message = fitted("token of ServiceAccount ", &account, &until);
        sink.report(Draft::new(found.place, message).help(help(&found.token)));
    }
    for object in &manifest.objects {
        if let Some(token) = opaque_token(object) {
            let message = fitted("token Secret ", &object.id.name, " has its token written here");
            sink.report(object.draft(token, message).help(
                "leave `token` out: Kubernetes fills it in; if this one was ever good, delete the Secret to end it",
            ));
        }
    }
}

/// What a token Secret has for its token, if that may be one but is none of a ServiceAccount that tells of itself.
fn opaque_token<'a>(object: &Object<'a>) -> Option<Node<'a>> {
    object.secret().filter(|secret| secret.is_token_secret())?;
    let value = |key| object.at_path(&[key, "token"]).value();
    let plain = value("stringData").filter(|node| node.as_str().is_some_and(is_opaque));
    plain.or_else(|| {
        value("data").filter(|node| {
            let text = node.as_str().and_then(base64::decode_text);
            text.is_some_and(|text| is_opaque(&text))
        })
    })
}

fn is_opaque(text: &str) -> bool {
    match parse(text.trim()) {
        Some(Jwt::ServiceAccount(_)) => false,
        Some(Jwt::Other(_)) => true,
        None => is_plausible_token(text.trim()),
    }
}
