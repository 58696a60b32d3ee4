//! The references to ServiceAccounts that kustomize changes when it changes a ServiceAccount's name.

use super::{Object, RBAC_GROUP};
use crate::yaml::Node;

const TEMPLATE: &[&str] = &["spec", "template", "spec", "serviceAccountName"];

/// The fields by kind, in any group (`api/internal/konfig/builtinpluginconsts/namereference.go`). Neither ReplicaSet nor
/// `serviceAccount` is there.
const FIELDS: [(&str, &[&str]); 7] = [
    ("CronJob", &["spec", "jobTemplate", "spec", "template", "spec", "serviceAccountName"]),
    ("DaemonSet", TEMPLATE),
    ("Deployment", TEMPLATE),
    ("Job", TEMPLATE),
    ("Pod", &["spec", "serviceAccountName"]),
    ("ReplicationController", TEMPLATE),
    ("StatefulSet", TEMPLATE),
];

impl Object<'_> {
    /// Whether kustomize changes `node`, the name of a ServiceAccount, together with the name of that ServiceAccount.
    pub fn is_known_to_kustomize(&self, node: Node<'_>) -> bool {
        let is_subject = self.group() == RBAC_GROUP && self.id.kind.ends_with("Binding");
        let field = FIELDS.iter().find(|(kind, _)| *kind == self.id.kind);
        let found = field.and_then(|(_, path)| self.at_path(path).value());
        is_subject || found.is_some_and(|found| found.span() == node.span())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_object;

    #[test]
    fn the_kind_and_the_field_decide() {
        let pod = "spec: {template: {spec: {serviceAccountName: x}}}";
        for (header, rest, known) in [
            ("apiVersion: apps/v1\nkind: Deployment", pod, true),
            ("apiVersion: apps.kruise.io/v1\nkind: StatefulSet", pod, true),
            ("apiVersion: apps/v1\nkind: ReplicaSet", pod, false),
            ("apiVersion: apps/v1\nkind: Deployment", "spec: {template: {spec: {serviceAccount: x}}}", false),
            ("apiVersion: v1\nkind: PodTemplate", "template: {spec: {serviceAccountName: x}}", false),
        ] {
            with_object(&format!("{header}\n{rest}\n"), |object| {
                let spec = object.pod_specs().next().unwrap();
                let name = spec.service_account().value().unwrap();
                assert_eq!(object.is_known_to_kustomize(name), known, "{header} {rest}");
            });
        }
    }
}
