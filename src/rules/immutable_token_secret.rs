//! A token Secret that cannot be filled, because it is immutable.

use super::{Check, Rule, Sink};
use crate::finding::Fix;
use crate::k8s::{Object, Secret, TokenState};
use crate::yaml::removal::remove_line;

pub(super) static RULE: Rule = rule!("immutable-token-secret", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    // A Secret that the API server rejects for want of a ServiceAccount is reported as that.
    let Some(TokenState::Immutable(immutable)) = object.secret().and_then(Secret::token_state) else {
        return;
    };
    sink.report(
        object
            .draft(immutable.value, "`immutable: true` keeps this token Secret empty for ever")
            .help(
                "remove the line and delete the live Secret first, as `immutable` cannot be unset; \
                 that makes a token that never expires, so a projected token is better",
            )
            .fix(remove_line(object.root, immutable).map(|edit| Fix::unsafe_([edit]))),
    );
}
