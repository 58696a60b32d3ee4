//! A command, or Terraform, that asks for a token that lives longer than it needs to.

use std::time::Duration;

use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::k8s::MAX_TOKEN_SECONDS;
use crate::script::Script;

pub(super) static RULE: Rule = rule!("long-token-request", Check::Script(check));

fn check(script: &Script<'_>, sink: &mut Sink<'_>) {
    let longest = Duration::from_secs(sink.context().max_token_lifetime);
    // out-of-range-token-lifetime speaks of more than that.
    let possible = Duration::from_secs(MAX_TOKEN_SECONDS.unsigned_abs());
    for request in script.requested_lifetimes() {
        let Ok(lifetime) = request.lifetime else { continue };
        if lifetime > longest && lifetime <= possible {
            let seconds = || format!("{} seconds", lifetime.as_secs());
            let written = request.written.map_or_else(seconds, str::to_owned);
            let draft = script.draft(request.range, fitted("asks for a token that lives for ", &written, ""));
            sink.report(draft.help(
                "ask for as long as one run takes; the API server may hand out a shorter one without failing, and \
                 nobody can revoke a longer one but by deleting the ServiceAccount",
            ));
        }
    }
}
