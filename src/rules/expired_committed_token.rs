//! A token of a ServiceAccount in a file, which has expired.

use super::leak::{day, in_text};
use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::credential::{self, Jwt, ServiceAccountToken};
use crate::finding::{Draft, Place};
use crate::k8s::Manifest;
use crate::script::Script;

pub(super) static RULE: Rule =
    rule!("expired-committed-token", Check::Credential(check), in scripts in_script);

fn check(manifest: &Manifest<'_>, sink: &mut Sink<'_>) {
    for found in credential::tokens(manifest) {
        let Jwt::ServiceAccount(token) = &found.jwt else { continue };
        report(found.place, token, sink);
    }
}

fn in_script(script: &Script<'_>, sink: &mut Sink<'_>) {
    for (place, token) in in_text(script) {
        report(place, &token, sink);
    }
}

/// Reports a token if it has expired.
fn report(place: Place, token: &ServiceAccountToken, sink: &mut Sink<'_>) {
    let today = sink.context().today;
    let Some(expires) = token.expires.filter(|_| token.is_expired(today)) else { return };
    let after = format!(", expired since {}", day(expires));
    let message = fitted("token of ServiceAccount ", &token.to_string(), &after);
    sink.report(Draft::new(place, message).help(format!(
        "it opens nothing any more: remove it, and look for what wrote it here; `{}` gives one when it is needed",
        token.request()
    )));
}
