//! A token Secret that pins the UID of its ServiceAccount.

use super::{Check, Rule, Sink};
use crate::finding::Fix;
use crate::k8s::Object;

pub(super) static RULE: Rule = rule!("pinned-token-uid", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    if !object.is("", "Secret") {
        return;
    }
    let Some(uid) = object.annotation("kubernetes.io/service-account.uid").found() else { return };
    sink.report(
        object
            .draft(uid.key, "this token Secret pins the UID of its ServiceAccount")
            .help("remove the annotation; the token controller writes it"),
    );
    let _ = Fix::safe([]);
}
