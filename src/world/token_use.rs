//! Whether a pod uses the token that it is given, as far as its manifest tells, and how to keep it out.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::k8s::{Object, PodSpec};
use crate::span::Edit;
use crate::yaml::{Node, rewrite};

/// What tells that a program talks to the API server or shows its token to somebody: clients and their settings, the place of
/// the token, and what puts such a program beside others (`vault.hashicorp.com/agent-inject`, `linkerd.io/inject`). In small
/// letters.
const SIGNS: [&str; 30] = [
    "akeyless",
    "apiserver",
    "conjur",
    "consul",
    "dapr.io",
    "helm install",
    "helm upgrade",
    "in-cluster",
    "in_cluster",
    "incluster",
    "istio",
    "k8s-api",
    "kube-api",
    "kubeconfig",
    "kubectl",
    "kubernetes.default",
    "kubernetes.io/serviceaccount",
    "kubernetes_",
    "kuma.io",
    "leader-elect",
    "leader_elect",
    "leaderelect",
    "linkerd",
    "metadata.namespace",
    "oc login",
    "spiffe",
    "spire",
    "tokenreview",
    "vault",
    "workflow",
];

static ANY_SIGN: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(SIGNS).ok());

/// What is in the names of images that talk to the API server by trade.
const IMAGES: [&str; 5] = ["controller", "helm", "k8s", "kube", "operator"];

/// Whether something in the object or in the images of the pod tells that it may use its token.
pub(super) fn may_use_token(object: &Object<'_>, spec: PodSpec<'_>) -> bool {
    let text = object.root.tree().text().as_str().get(object.root.inner()).unwrap_or_default();
    let image = |node: Node<'_>| {
        let name = node.text().unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        IMAGES.iter().any(|part| name.contains(part))
    };
    ANY_SIGN.as_ref().is_some_and(|signs| signs.is_match(text))
        || spec.containers().filter_map(|container| container.node.get("image").value()).any(image)
}

/// The edit that keeps the token out of the pods: `true` becomes `false`, or a line goes below the name of the ServiceAccount.
pub(super) fn opt_out(object: &Object<'_>, spec: PodSpec<'_>) -> Option<Edit> {
    if object.is_rendered() {
        return None;
    }
    if let Some(written) = spec.node.get("automountServiceAccountToken").value() {
        return rewrite::scalar(written, "false");
    }
    let names = ["serviceAccountName", "serviceAccount"];
    let entry = names.iter().find_map(|name| spec.node.get(name).found())?;
    rewrite::insert_below(spec.node, entry, "automountServiceAccountToken: false")
}
