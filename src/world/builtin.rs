//! ServiceAccounts and roles that a cluster has by itself.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::names::Referent;
use crate::k8s::rows;

const ACCOUNTS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/built-in-accounts.csv"));
const ROLES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/built-in-roles.csv"));

/// How names start that Kubernetes and its installer keep for what they make themselves: no manifest of a user defines such
/// roles, bindings, users or groups.
const RESERVED: [&str; 2] = ["system:", "kubeadm:"];

/// What OpenShift makes in every namespace (`openshift/openshift-controller-manager`), with the roles that show that it is
/// meant: elsewhere people give these names themselves.
const OPENSHIFT_ACCOUNTS: [&str; 2] = ["builder", "deployer"];
const OPENSHIFT_ROLES: [&str; 2] = ["system:deployer", "system:image-"];

/// What OpenShift Pipelines makes in every namespace (`tektoncd/operator`).
const PIPELINES_ACCOUNT: &str = "pipeline";

/// The namespace of each ServiceAccount; the empty string for those in every namespace.
static ACCOUNT_NAMESPACES: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| rows(ACCOUNTS).map(|[name, namespace, _source]| (name, namespace)).collect());

/// The namespace of each role; the empty string for ClusterRoles.
static ROLE_NAMESPACES: LazyLock<HashMap<(&str, &str), &str>> =
    LazyLock::new(|| rows(ROLES).map(|[kind, name, namespace, _source]| ((kind, name), namespace)).collect());

/// Whether Kubernetes or its installer makes what has this name: a role, a binding, a user or a group.
pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a cluster has the ServiceAccount by itself. `namespace` is `None` if it is not known.
pub(super) fn is_account(name: &str, namespace: Option<&str>) -> bool {
    ACCOUNT_NAMESPACES.get(name).is_some_and(|own| is_in(own, namespace))
}

/// Whether clusters of some distribution have the ServiceAccount by themselves. `role` is what it is given.
pub(super) fn may_be_account(name: &str, role: Option<&str>) -> bool {
    let is_openshift = role.is_some_and(|role| OPENSHIFT_ROLES.iter().any(|prefix| role.starts_with(prefix)));
    name == PIPELINES_ACCOUNT || is_openshift && OPENSHIFT_ACCOUNTS.contains(&name)
}

/// Whether a cluster has the role by itself.
pub(super) fn is_role(referent: Referent, name: &str, namespace: Option<&str>) -> bool {
    is_reserved(name)
        || ROLE_NAMESPACES.get(&(referent.kind(), name)).is_some_and(|own| is_in(own, namespace))
}

fn is_in(own: &str, namespace: Option<&str>) -> bool {
    own.is_empty() || namespace.is_none_or(|namespace| namespace == own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::assert_well_formed;

    #[test]
    fn every_row_is_read() {
        assert_well_formed::<3>(ACCOUNTS);
        assert_well_formed::<4>(ROLES);
    }

    #[test]
    fn built_in_names_are_known_where_they_are() {
        assert!(is_account("default", Some("anywhere")));
        assert!(is_account("horizontal-pod-autoscaler", Some("kube-system")));
        assert!(is_account("horizontal-pod-autoscaler", None), "a kustomization may set it");
        assert!(!is_account("horizontal-pod-autoscaler", Some("keda")));
        assert!(is_role(Referent::ClusterRole, "view", None));
        assert!(!is_role(Referent::Role, "cluster-admin", None), "it is a ClusterRole");
        assert!(is_role(Referent::Role, "extension-apiserver-authentication-reader", Some("kube-system")));
        assert!(!is_role(Referent::Role, "extension-apiserver-authentication-reader", Some("default")));
        assert!(is_role(Referent::ClusterRole, "system:auth-delegator", None));
    }
}
