//! A name that the API server rejects.

use super::wording::shortened;
use super::{Check, Rule, Sink};
use crate::k8s::Object;
use crate::k8s::known::SERVICE_ACCOUNT_NAME;
use crate::k8s::metadata::is_built_in;
use crate::k8s::names::{NameRule, is_placeholder};
use crate::yaml::{Get, Node};

pub(super) static RULE: Rule = rule!("invalid-name", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    for pod_spec in object.pod_specs() {
        for field in ["serviceAccountName", "serviceAccount"] {
            look(object, pod_spec.node.get(field), "ServiceAccount", NameRule::Subdomain, sink);
        }
    }
    if !is_built_in(object) {
        return;
    }
    look(object, object.at_path(&["metadata", "namespace"]), "namespace", NameRule::Label, sink);
    let name = object.at_path(&["metadata", "name"]);
    match (object.group(), object.id.kind.as_str()) {
        ("", "ServiceAccount") => look(object, name, "ServiceAccount", NameRule::Subdomain, sink),
        ("", "Namespace") => look(object, name, "namespace", NameRule::Label, sink),
        ("", "Secret") => {
            look(object, name, "Secret", NameRule::Subdomain, sink);
            let account = object.annotation(SERVICE_ACCOUNT_NAME);
            look(object, account, "ServiceAccount", NameRule::Subdomain, sink);
        }
        ("rbac.authorization.k8s.io", kind) => {
            look(object, name, kind, NameRule::PathSegment, sink);
            look(object, object.at_path(&["roleRef", "name"]), "role", NameRule::PathSegment, sink);
            subjects(object, sink);
        }
        _ => {}
    }
}

fn subjects(object: &Object<'_>, sink: &mut Sink<'_>) {
    for subject in object.root.get("subjects").value().into_iter().flat_map(Node::items) {
        if subject.get("kind").value().and_then(Node::as_str) != Some("ServiceAccount") {
            continue;
        }
        look(object, subject.get("name"), "ServiceAccount", NameRule::Subdomain, sink);
        look(object, subject.get("namespace"), "namespace", NameRule::Label, sink);
    }
}

/// Empty names are other mistakes; what is not a string is a wrong type; placeholders are filled in later.
fn look(object: &Object<'_>, written: Get<'_>, what: &str, rule: NameRule, sink: &mut Sink<'_>) {
    let Some(node) = written.value() else { return };
    let Some(name) = node.as_str().filter(|name| !name.is_empty() && !is_placeholder(name)) else { return };
    let Some(reason) = rule.reject(name) else { return };
    let message = format!("`{}` is no name for a {what}", shortened(name, 60));
    let user =
        ["system:serviceaccount:", "system:serviceaccounts:"].iter().any(|prefix| name.starts_with(prefix));
    let help = if user && what == "ServiceAccount" {
        "this is how the API server calls the user; write the bare name of the ServiceAccount".to_owned()
    } else {
        format!("the API server rejects it: {reason}")
    };
    sink.report(object.draft(node, message).help(help));
}
