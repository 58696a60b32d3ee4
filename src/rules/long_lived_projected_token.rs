//! A projected token that lives for more than a day.

use super::{Check, Rule, Sink};
use crate::k8s::{MAX_TOKEN_SECONDS, Object, PodSpec};

pub(super) static RULE: Rule = rule!("long-lived-projected-token", Check::Object(check));

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let max = i64::try_from(sink.context().max_token_lifetime).unwrap_or(i64::MAX);
    for (_, request) in object.pod_specs().flat_map(PodSpec::token_requests) {
        let Some((seconds, node)) = request.expiration_seconds() else { continue };
        // Beyond what the API server accepts, that is the finding.
        if seconds > max && seconds <= MAX_TOKEN_SECONDS {
            sink.report(
                object.draft(node, format!("this projected token lives for {}", in_words(seconds))).help(
                    "an hour (3600) is enough: the kubelet renews the file well before the token expires",
                ),
            );
        }
    }
}

fn in_words(seconds: i64) -> String {
    if seconds < 2 * DAY { format!("{} hours", seconds / HOUR) } else { format!("{} days", seconds / DAY) }
}
