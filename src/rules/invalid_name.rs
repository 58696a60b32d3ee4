//! A name that the API server rejects.

use super::wording::shortened;
use super::{Check, Rule, Sink};
use crate::k8s::Object;
use crate::k8s::known::SERVICE_ACCOUNT_NAME;
use crate::k8s::metadata::is_built_in;
use crate::k8s::names::{NameRule, is_placeholder};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("invalid-name", Check::Object(check));

/// Where built-in workloads have their PodSpec.
const POD_SPECS: [&[&str]; 4] = [
    &["spec"],
    &["spec", "template", "spec"],
    &["spec", "jobTemplate", "spec", "template", "spec"],
    &["template", "spec"],
];

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    if !is_built_in(object) {
        return;
    }
    let mut at = |path: &[&str], what: &str, rule: NameRule| {
        if let Some(node) = object.at_path(path).value() {
            report(object, node, what, rule, sink);
        }
    };
    at(&["metadata", "namespace"], "namespace", NameRule::Label);
    match (object.group(), object.id.kind.as_str()) {
        ("", kind @ ("Secret" | "ServiceAccount")) => at(&["metadata", "name"], kind, NameRule::Subdomain),
        ("", "Namespace") => at(&["metadata", "name"], "namespace", NameRule::Label),
        (
            "rbac.authorization.k8s.io",
            kind @ ("ClusterRole" | "ClusterRoleBinding" | "Role" | "RoleBinding"),
        ) => {
            at(&["metadata", "name"], kind, NameRule::PathSegment);
            at(&["roleRef", "name"], "role", NameRule::PathSegment);
            subjects(object, sink);
            return;
        }
        _ => {}
    }
    if object.is("", "Secret")
        && let Some(node) = object.annotation(SERVICE_ACCOUNT_NAME).value()
    {
        report(object, node, "ServiceAccount", NameRule::Subdomain, sink);
    }
    for pod_spec in POD_SPECS.into_iter().filter_map(|path| object.at_path(path).value()) {
        for field in ["serviceAccountName", "serviceAccount"] {
            if let Some(node) = pod_spec.get(field).value() {
                report(object, node, "ServiceAccount", NameRule::Subdomain, sink);
            }
        }
    }
}

fn subjects(object: &Object<'_>, sink: &mut Sink<'_>) {
    for subject in object.root.get("subjects").value().into_iter().flat_map(Node::items) {
        if subject.get("kind").value().and_then(Node::as_str) != Some("ServiceAccount") {
            continue;
        }
        if let Some(name) = subject.get("name").value() {
            report(object, name, "ServiceAccount", NameRule::Subdomain, sink);
        }
        if let Some(namespace) = subject.get("namespace").value() {
            report(object, namespace, "namespace", NameRule::Label, sink);
        }
    }
}

/// Empty names are other mistakes; what is not a string is a wrong type; placeholders are filled in later.
fn report(object: &Object<'_>, node: Node<'_>, what: &str, rule: NameRule, sink: &mut Sink<'_>) {
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
