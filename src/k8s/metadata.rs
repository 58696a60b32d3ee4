//! Where objects keep annotations and labels: their own metadata and that of their pod templates.

use super::Object;
use crate::yaml::{Entry, Node};

/// Where the templates of built-in workloads have their metadata.
const TEMPLATES: [&[&str]; 4] = [
    &["spec", "template", "metadata"],
    &["spec", "jobTemplate", "metadata"],
    &["spec", "jobTemplate", "spec", "template", "metadata"],
    &["template", "metadata"],
];

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
        let templates = TEMPLATES.into_iter().filter(|_| is_built_in(object)).filter_map(|path| {
            let kind = if path == ["spec", "jobTemplate", "metadata"] { "Job" } else { "Pod" };
            object.at_path(path).value().map(|node| Metadata { node, kind })
        });
        own.into_iter().chain(templates)
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
