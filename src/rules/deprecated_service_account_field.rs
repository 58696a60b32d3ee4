//! A pod that names its ServiceAccount by the deprecated field alone.

use super::{Check, Rule, Sink};
use crate::finding::Fix;
use crate::k8s::Object;
use crate::yaml::{Get, rewrite};

pub(super) static RULE: Rule = rule!("deprecated-service-account-field", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    for spec in object.pod_specs() {
        let written = spec.node.get("serviceAccountName");
        let Get::Found(entry) = spec.service_account() else { continue };
        if entry.key.text() != Some("serviceAccount") || entry.value.as_str().is_none() {
            continue;
        }
        let edit = if written.is_absent() { rewrite::scalar(entry.key, "serviceAccountName") } else { None };
        sink.report(
            object
                .draft(entry.key, "`serviceAccount` is the deprecated name of `serviceAccountName`")
                .help("rename the field; the API server fills in both")
                .fix(edit.map(|edit| Fix::safe([edit]))),
        );
    }
}
