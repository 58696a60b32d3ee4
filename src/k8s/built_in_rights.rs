//! What every cluster allows: the rules of its ClusterRoles, and its ClusterRoleBindings
//! (`plugin/pkg/auth/authorizer/rbac/bootstrappolicy`).

use std::sync::LazyLock;

use super::{KubeVersions, rows};

const RULES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/built-in-role-rules.csv"));
const BINDINGS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/built-in-bindings.csv"));

static ALL_RULES: LazyLock<Vec<BuiltInRule>> = LazyLock::new(|| rows(RULES).map(rule).collect());

static ALL_BINDINGS: LazyLock<Vec<BuiltInBinding>> = LazyLock::new(|| rows(BINDINGS).map(binding).collect());

/// A rule of a ClusterRole that every cluster has.
#[derive(Debug)]
pub struct BuiltInRule {
    /// The ClusterRole.
    pub role: &'static str,
    /// `verbs`.
    pub verbs: Vec<&'static str>,
    /// `apiGroups`.
    pub groups: Vec<&'static str>,
    /// `resources`.
    pub resources: Vec<&'static str>,
    /// `resourceNames`.
    pub names: Vec<&'static str>,
    /// `nonResourceURLs`.
    pub urls: Vec<&'static str>,
    /// The first minor release that has it, if not all have it.
    pub since: Option<u8>,
}

/// A subject of a ClusterRoleBinding that every cluster has.
#[derive(Debug)]
pub struct BuiltInBinding {
    /// The ClusterRoleBinding.
    pub name: &'static str,
    /// The ClusterRole.
    pub role: &'static str,
    /// `User`, `Group` or `ServiceAccount`.
    pub subject_kind: &'static str,
    /// The namespace of a ServiceAccount.
    pub subject_namespace: &'static str,
    /// The subject's name.
    pub subject: &'static str,
}

impl BuiltInRule {
    /// The versions that have it.
    pub fn versions(&self) -> KubeVersions {
        self.since.map_or(KubeVersions::ALL, KubeVersions::since)
    }
}

fn rule([role, verbs, groups, resources, names, urls, since, _source]: [&'static str; 8]) -> BuiltInRule {
    let words = |text: &'static str| -> Vec<_> {
        text.split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| if word == "core" { "" } else { word })
            .collect()
    };
    let since = since.strip_prefix("1.").and_then(|minor| minor.parse().ok());
    let (verbs, groups, resources) = (words(verbs), words(groups), words(resources));
    BuiltInRule { role, verbs, groups, resources, names: words(names), urls: words(urls), since }
}

fn binding(
    [name, role, subject_kind, subject_namespace, subject, _source]: [&'static str; 6],
) -> BuiltInBinding {
    BuiltInBinding { name, role, subject_kind, subject_namespace, subject }
}

/// The rules of all ClusterRoles that every cluster has.
pub fn cluster_role_rules() -> impl Iterator<Item = &'static BuiltInRule> {
    ALL_RULES.iter()
}

/// The subjects of all ClusterRoleBindings that every cluster has.
pub fn bindings() -> impl Iterator<Item = &'static BuiltInBinding> {
    ALL_BINDINGS.iter()
}
