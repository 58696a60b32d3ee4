//! `serviceAccount` and `serviceAccountName` that name different ServiceAccounts.

use super::{Check, Rule, Sink};
use crate::finding::Fix;
use crate::k8s::Object;
use crate::k8s::names::is_placeholder;
use crate::yaml::removal::remove_line;
use crate::yaml::{Entry, Get};

pub(super) static RULE: Rule = rule!("conflicting-service-account-fields", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    for spec in object.pod_specs() {
        let (Some(old), Some(new)) =
            (name(spec.node.get("serviceAccount")), name(spec.node.get("serviceAccountName")))
        else {
            continue;
        };
        if old.value.as_str() == new.value.as_str() {
            continue;
        }
        let edit = remove_line(spec.node, old);
        sink.report(
            object
                .draft(old.value, "`serviceAccount` names another ServiceAccount than `serviceAccountName`")
                .help("remove `serviceAccount`: `serviceAccountName` wins, without a warning")
                .related(object.place(new.value), "the pod runs as this one")
                .fix(edit.map(|edit| Fix::unsafe_([edit]))),
        );
    }
}

/// A name that is written out.
fn name(found: Get<'_>) -> Option<Entry<'_>> {
    let is_name = |name: &str| !name.is_empty() && !is_placeholder(name);
    found.found().filter(|entry| entry.value.as_str().is_some_and(is_name))
}
