//! A token of a ServiceAccount in a file, which has expired.

use super::leak::day;
use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::credential::{self, Jwt};
use crate::finding::Draft;
use crate::k8s::Manifest;

pub(super) static RULE: Rule = rule!("expired-committed-token", Check::Credential(check));

fn check(manifest: &Manifest<'_>, sink: &mut Sink<'_>) {
    let today = sink.context().today;
    for found in credential::tokens(manifest) {
        let Jwt::ServiceAccount(token) = &found.jwt else { continue };
        let Some(expires) = token.expires.filter(|_| token.is_expired(today)) else { continue };
        let after = format!(", expired since {}", day(expires));
        let message = fitted("token of ServiceAccount ", &token.to_string(), &after);
        sink.report(Draft::new(found.place, message).help(format!(
            "it opens nothing any more: remove it, and look for what wrote it here; `{}` gives one when it is needed",
            token.request()
        )));
    }
}
