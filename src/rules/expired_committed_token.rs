//! A token of a ServiceAccount in a file, which has expired.

use super::leak::day;
use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::credential;
use crate::finding::Draft;
use crate::k8s::Manifest;

pub(super) static RULE: Rule = rule!("expired-committed-token", Check::AnyDocument(check));

fn check(manifest: &Manifest<'_>, sink: &mut Sink<'_>) {
    let today = sink.context().today;
    for found in credential::tokens(manifest).into_iter().filter(|found| found.token.is_expired(today)) {
        let Some(expires) = found.token.expires else { continue };
        let after = format!(", expired since {}", day(expires));
        let message = fitted("token of ServiceAccount ", &found.token.to_string(), &after);
        sink.report(Draft::new(found.place, message).help(format!(
            "it opens nothing any more: remove it, and look for what wrote it here; `{}` gives one when it is needed",
            found.token.request()
        )));
    }
}
