//! What every cluster allows: its ClusterRoles and ClusterRoleBindings
//! (`plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go`).

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::policy::{PolicyRule, Word};
use super::role::LabelSelector;
use crate::k8s::KubeVersions;
use crate::k8s::built_in_rights::{self, BuiltInRule};
use crate::span::Span;

/// The ClusterRoles that take their rules from others, with the label that selects those.
const AGGREGATED: [(&str, &str); 3] = [
    ("admin", "rbac.authorization.k8s.io/aggregate-to-admin"),
    ("edit", "rbac.authorization.k8s.io/aggregate-to-edit"),
    ("view", "rbac.authorization.k8s.io/aggregate-to-view"),
];

/// The ClusterRoles that others take their rules from, with the label that says so.
const LABELS: [(&str, &str); 5] = [
    ("edit", "rbac.authorization.k8s.io/aggregate-to-admin"),
    ("system:aggregate-to-admin", "rbac.authorization.k8s.io/aggregate-to-admin"),
    ("system:aggregate-to-edit", "rbac.authorization.k8s.io/aggregate-to-edit"),
    ("system:aggregate-to-view", "rbac.authorization.k8s.io/aggregate-to-view"),
    ("view", "rbac.authorization.k8s.io/aggregate-to-edit"),
];

/// The label of all of them.
const BOOTSTRAPPING: (&str, &str) = ("kubernetes.io/bootstrapping", "rbac-defaults");

static ROLES: LazyLock<BTreeMap<&str, Vec<(KubeVersions, PolicyRule)>>> = LazyLock::new(|| {
    let mut roles: BTreeMap<_, Vec<_>> = AGGREGATED.iter().map(|(name, _)| (*name, Vec::new())).collect();
    for rule in built_in_rights::cluster_role_rules() {
        roles.entry(rule.role).or_default().push((rule.versions(), policy(rule)));
    }
    roles
});

static SELECTORS: LazyLock<HashMap<&str, [LabelSelector; 1]>> = LazyLock::new(|| {
    AGGREGATED.iter().map(|(name, label)| (*name, [LabelSelector::of_label(label, "true")])).collect()
});

fn policy(rule: &BuiltInRule) -> PolicyRule {
    let words = |texts: &[&'static str]| -> Vec<Word> {
        texts.iter().map(|text| Word { text: (*text).into(), span: Span::default() }).collect()
    };
    PolicyRule {
        verbs: words(&rule.verbs),
        api_groups: words(&rule.groups),
        resources: words(&rule.resources),
        resource_names: words(&rule.names),
        urls: words(&rule.urls),
        place: None,
        is_partial: false,
    }
}

/// The names of the ClusterRoles.
pub(super) fn cluster_roles() -> impl Iterator<Item = &'static str> {
    ROLES.keys().copied()
}

/// Whether it is known what the ClusterRole allows.
pub(super) fn is_known(name: &str) -> bool {
    ROLES.contains_key(name)
}

/// The rules that a ClusterRole has in any of `versions`, but for those that it takes from others.
pub(super) fn rules(name: &str, versions: KubeVersions) -> impl Iterator<Item = &'static PolicyRule> {
    let rules = ROLES.get(name).into_iter().flatten();
    rules.filter(move |(since, _)| !since.and(versions).is_empty()).map(|(_, rule)| rule)
}

/// Which ClusterRoles a ClusterRole takes its rules from.
pub(super) fn selectors(name: &str) -> &'static [LabelSelector] {
    SELECTORS.get(name).map_or(&[], |selectors| selectors)
}

/// The value of a label of a ClusterRole.
pub(super) fn label(role: &str, key: &str) -> Option<&'static str> {
    if key == BOOTSTRAPPING.0 {
        return Some(BOOTSTRAPPING.1);
    }
    LABELS.contains(&(role, key)).then_some("true")
}
