//! What every cluster allows: its ClusterRoles and ClusterRoleBindings
//! (`plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go`).

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::policy::{PolicyRule, Word};
use super::role::LabelSelector;
use crate::k8s::KubeVersions;
use crate::k8s::built_in_rights::{self, AGGREGATED, AGGREGATION_LABELS, BuiltInRule};
use crate::span::Span;

/// The label of all of them.
const BOOTSTRAPPING: (&str, &str) = ("kubernetes.io/bootstrapping", "rbac-defaults");

/// Namespace and name of a role; a ClusterRole has no namespace.
type Key = (Option<&'static str>, &'static str);

static ROLES: LazyLock<BTreeMap<Key, Vec<(KubeVersions, PolicyRule)>>> = LazyLock::new(|| {
    let mut roles: BTreeMap<_, Vec<_>> =
        AGGREGATED.iter().map(|(name, _)| ((None, *name), Vec::new())).collect();
    for rule in built_in_rights::rules() {
        roles.entry((rule.namespace, rule.role)).or_default().push((rule.versions(), policy(rule)));
    }
    roles
});

static SELECTORS: LazyLock<HashMap<&str, [LabelSelector; 1]>> = LazyLock::new(|| {
    AGGREGATED.iter().map(|(name, label)| (*name, [LabelSelector::of_label(label, "true")])).collect()
});

/// Reads the table of the roles that every cluster has, so that it need not be waited for.
pub fn read_built_in_roles() {
    LazyLock::force(&ROLES);
}

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
    ROLES.keys().filter(|(namespace, _)| namespace.is_none()).map(|(_, name)| *name)
}

/// The namespace of a Role that every cluster has: this one, or if that is not known the first with such a Role.
pub(super) fn home_of_role(name: &str, namespace: Option<&str>) -> Option<&'static str> {
    let mut homes = ROLES.keys().filter(|(_, own)| *own == name).filter_map(|(home, _)| *home);
    homes.find(|home| namespace.is_none_or(|namespace| namespace == *home))
}

/// Whether it is known what the ClusterRole allows.
pub(super) fn is_known(name: &str) -> bool {
    ROLES.contains_key(&(None, name))
}

/// The rules that a role has in any of `versions`, but for those that it takes from others.
pub(super) fn rules(
    namespace: Option<&'static str>,
    name: &str,
    versions: KubeVersions,
) -> impl Iterator<Item = &'static PolicyRule> {
    let role = ROLES.iter().find(|(key, _)| **key == (namespace, name));
    let rules = role.into_iter().flat_map(|(_, rules)| rules);
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
    AGGREGATION_LABELS.contains(&(role, key)).then_some("true")
}
