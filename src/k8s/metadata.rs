//! Where objects keep annotations and labels: their own metadata and that of their pod templates.

use super::Object;
use crate::yaml::{Entry, Get, Node};

/// Metadata of an object or of a template in it.
#[derive(Clone, Copy, Debug)]
pub struct Metadata<'a> {
    /// Its mapping.
    pub node: Node<'a>,
    /// The kind of object that it describes: `Pod` in a pod template.
    pub kind: &'a str,
}

impl<'a> Metadata<'a> {
    /// The metadata in `object`: its own, and for built-in workloads that of their templates.
    pub fn all(object: &'a Object<'_>) -> impl Iterator<Item = Metadata<'a>> {
        let own = object.root.get("metadata").value().map(|node| Metadata { node, kind: &object.id.kind });
        own.into_iter().chain(object.templates.iter().copied())
    }

    /// Its annotations as written.
    pub fn annotations(self) -> impl Iterator<Item = Entry<'a>> {
        self.node.get("annotations").value().into_iter().flat_map(Node::entries)
    }

    /// Its labels as written.
    pub fn labels(self) -> impl Iterator<Item = Entry<'a>> {
        self.node.get("labels").value().into_iter().flat_map(Node::entries)
    }
}

/// The metadata of the templates in a built-in workload.
pub(super) fn find_templates<'a>(object: &Object<'a>) -> Vec<Metadata<'a>> {
    if !is_built_in(object) {
        return Vec::new();
    }
    let (spec, job) = (object.root.get("spec"), object.root.get("spec").get("jobTemplate"));
    let templates = [
        (spec.get("template"), "Pod"),
        (job, "Job"),
        (job.get("spec").get("template"), "Pod"),
        (object.root.get("template"), "Pod"),
    ];
    let metadata =
        |(template, kind): (Get<'a>, _)| Some(Metadata { node: template.get("metadata").value()?, kind });
    templates.into_iter().filter_map(metadata).collect()
}

/// Whether the object is of an API that Kubernetes itself brings.
pub fn is_built_in(object: &Object<'_>) -> bool {
    match object.group() {
        "" => object.id.api_version == "v1",
        "apps" | "autoscaling" | "batch" | "extensions" | "policy" => true,
        group => group.ends_with(".k8s.io") && group != "kustomize.config.k8s.io",
    }
}

/// Whether the object is one of those that identities are made of: Secrets, ServiceAccounts, roles and bindings.
pub fn is_identity(object: &Object<'_>) -> bool {
    let kinds: &[&str] = match object.group() {
        "" => &["Secret", "ServiceAccount"],
        "rbac.authorization.k8s.io" => &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
        _ => &[],
    };
    kinds.contains(&object.id.kind.as_str())
}
