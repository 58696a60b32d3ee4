//! A near miss of a kind that identities are made of.

use std::sync::LazyLock;

use super::wording::misspelling;
use super::{Check, Rule, Sink};
use crate::finding::Fix;
use crate::k8s::near_miss::{Name, near_miss, normalize};
use crate::k8s::{Object, RBAC_GROUP};
use crate::yaml::{Node, rewrite};

pub(super) static RULE: Rule = rule!("misspelled-kind", Check::Object(check));

/// Kinds of core `v1`. Of these only Secret and ServiceAccount are ours; the others are other names.
static CORE: LazyLock<[Name<'_>; 19]> = LazyLock::new(|| {
    [
        "Binding",
        "ComponentStatus",
        "Config",
        "ConfigMap",
        "Endpoints",
        "Event",
        "LimitRange",
        "List",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "Pod",
        "PodTemplate",
        "ReplicationController",
        "ResourceQuota",
        "Secret",
        "Service",
        "ServiceAccount",
    ]
    .map(Name::new)
});
static RBAC: LazyLock<[Name<'_>; 4]> =
    LazyLock::new(|| ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"].map(Name::new));

/// What there never was, written as one word.
const TOKEN_KIND: &str = "serviceaccounttoken";

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let Some(kind) = object.root.get("kind").value() else { return };
    match object.group() {
        "" if object.id.api_version == "v1" => core(object, kind, sink),
        RBAC_GROUP => report(object, kind, &*RBAC, |_| true, sink),
        _ => {}
    }
}

fn core(object: &Object<'_>, kind: Node<'_>, sink: &mut Sink<'_>) {
    let wrong = kind.text().unwrap_or_default();
    if wrong.len() >= TOKEN_KIND.len() && normalize(wrong) == TOKEN_KIND {
        let help = "a token Secret is `kind: Secret` with `type: kubernetes.io/service-account-token`; a token that \
                    expires comes from `kubectl create token` or a projected volume";
        sink.report(object.draft(kind, format!("`v1` has no kind `{wrong}`")).help(help));
    } else {
        report(object, kind, &*CORE, |right| ["Secret", "ServiceAccount"].contains(&right), sink);
    }
}

/// Reports `kind` if it is a near miss of one of the `known` kinds that is `ours`.
fn report(
    object: &Object<'_>,
    kind: Node<'_>,
    known: &[Name<'static>],
    ours: fn(&str) -> bool,
    sink: &mut Sink<'_>,
) {
    let Some(wrong) = kind.as_str().filter(|kind| !kind.ends_with("List")) else { return };
    let right = near_miss(wrong, known.iter().copied()).filter(|right| ours(right));
    let Some(right) = right else { return };
    let help = "kinds are singular, one word, and keep their capitals; the API server knows no other";
    let fix = rewrite::scalar(kind, right).map(|edit| Fix::safe([edit]));
    sink.report(object.draft(kind, misspelling(wrong, right)).help(help).fix(fix));
}
