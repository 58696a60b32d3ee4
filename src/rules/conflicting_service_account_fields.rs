//! `serviceAccount` and `serviceAccountName` that name different ServiceAccounts.

use super::{Check, Rule, Sink};
use crate::finding::Fix;
use crate::k8s::Object;
use crate::k8s::names::is_placeholder;
use crate::yaml::removal::remove_line;
use crate::yaml::{Get, Node};

pub(super) static RULE: Rule = rule!("conflicting-service-account-fields", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    for spec in object.pod_specs() {
        let (Some(old), Some(new)) =
            (name(spec.node.get("serviceAccount")), name(spec.node.get("serviceAccountName")))
        else {
            continue;
        };
        if old.as_str() == new.as_str() {
            continue;
        }
        let edit = remove_line(spec.node, "serviceAccount");
        sink.report(
            object
                .draft(old, "`serviceAccount` names another ServiceAccount than `serviceAccountName`")
                .help("remove `serviceAccount`: `serviceAccountName` wins, without a warning")
                .related(object.place(new), "the pod runs as this one")
                .fix(edit.map(|edit| Fix::unsafe_([edit]))),
        );
    }
}

/// The node of a name that is written out.
fn name(found: Get<'_>) -> Option<Node<'_>> {
    found.value().filter(|node| node.as_str().is_some_and(|name| !name.is_empty() && !is_placeholder(name)))
}
