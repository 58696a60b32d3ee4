//! The rights that a cluster gives by itself: the rules of its roles in `rules/data/built-in-role-rules.csv`, who has them in
//! `rules/data/built-in-bindings.csv`.
//!
//! Both come from `plugin/pkg/auth/authorizer/rbac/bootstrappolicy` of kubernetes/kubernetes, with feature gates at their
//! defaults: `testdata` of 1.31 to 1.37, and the code of 1.25 to 1.30. What has no `since` is at least as old as 1.25. The
//! roles `admin`, `edit` and `view` have no rules of their own: [`AGGREGATED`].

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lifecycle::minor;
use super::table::{api_group, rows, words};
use super::versions::KubeVersions;

const RULES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/built-in-role-rules.csv"));
const BINDINGS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/built-in-bindings.csv"));

/// The built-in ClusterRoles with an `aggregationRule`, and the label of the ClusterRoles that they take their rules from. Its
/// value is `"true"`.
pub const AGGREGATED: [(&str, &str); 3] = [
    ("admin", "rbac.authorization.k8s.io/aggregate-to-admin"),
    ("edit", "rbac.authorization.k8s.io/aggregate-to-edit"),
    ("view", "rbac.authorization.k8s.io/aggregate-to-view"),
];

/// The built-in ClusterRoles that others aggregate, and the label by which they do.
pub const AGGREGATION_LABELS: [(&str, &str); 5] = [
    ("edit", "rbac.authorization.k8s.io/aggregate-to-admin"),
    ("system:aggregate-to-admin", "rbac.authorization.k8s.io/aggregate-to-admin"),
    ("system:aggregate-to-edit", "rbac.authorization.k8s.io/aggregate-to-edit"),
    ("system:aggregate-to-view", "rbac.authorization.k8s.io/aggregate-to-view"),
    ("view", "rbac.authorization.k8s.io/aggregate-to-edit"),
];

/// A rule of a built-in role.
#[derive(Debug)]
pub struct BuiltInRule {
    /// The role.
    pub role: &'static str,
    /// The namespace of a Role; `None` for a ClusterRole.
    pub namespace: Option<&'static str>,
    /// `verbs`.
    pub verbs: Vec<&'static str>,
    /// `apiGroups`; the core group is the empty string.
    pub groups: Vec<&'static str>,
    /// `resources`, with subresources: `pods/log`.
    pub resources: Vec<&'static str>,
    /// `resourceNames`; none allow any name.
    pub names: Vec<&'static str>,
    /// `nonResourceURLs`; a rule has either these or resources.
    pub urls: Vec<&'static str>,
    /// The first minor that has it.
    pub since: Option<u8>,
    /// The first minor that no longer has it.
    pub until: Option<u8>,
}

/// What a built-in binding gives to one subject.
#[derive(Debug)]
pub struct BuiltInBinding {
    /// The binding.
    pub name: &'static str,
    /// The namespace of a RoleBinding and of its Role; `None` for a ClusterRoleBinding, which gives a ClusterRole.
    pub namespace: Option<&'static str>,
    /// The role that it gives.
    pub role: &'static str,
    /// `User`, `Group` or `ServiceAccount`.
    pub subject_kind: &'static str,
    /// The namespace of a ServiceAccount.
    pub subject_namespace: Option<&'static str>,
    /// The name of the subject.
    pub subject: &'static str,
    /// The first minor that has it.
    pub since: Option<u8>,
}

static ALL_RULES: LazyLock<Vec<BuiltInRule>> = LazyLock::new(|| rows(RULES).map(BuiltInRule::read).collect());

static ALL_BINDINGS: LazyLock<Vec<BuiltInBinding>> =
    LazyLock::new(|| rows(BINDINGS).map(BuiltInBinding::read).collect());

/// The namespace and the name of a role.
type RoleKey<'a> = (Option<&'a str>, &'a str);

/// The table is sorted, so that the rules of a role stand together.
static RULES_OF: LazyLock<HashMap<RoleKey<'_>, &[BuiltInRule]>> = LazyLock::new(|| {
    let roles = ALL_RULES.chunk_by(|a, b| a.key() == b.key());
    roles.filter_map(|rules| Some((rules.first()?.key(), rules))).collect()
});

impl BuiltInRule {
    fn read(row: [&'static str; 10]) -> Self {
        let [role, namespace, verbs, groups, resources, names, urls, since, until, _source] = row;
        Self {
            role,
            namespace: filled(namespace),
            verbs: words(verbs),
            groups: words(groups).into_iter().map(api_group).collect(),
            resources: words(resources),
            names: words(names),
            urls: words(urls),
            since: minor(since),
            until: minor(until),
        }
    }

    fn key(&self) -> RoleKey<'static> {
        (self.namespace, self.role)
    }

    /// The versions that have it.
    pub fn versions(&self) -> KubeVersions {
        let gone = self.until.map_or(KubeVersions::NONE, KubeVersions::since);
        self.since.map_or(KubeVersions::ALL, KubeVersions::since).without(gone)
    }
}

impl BuiltInBinding {
    fn read(row: [&'static str; 8]) -> Self {
        let [name, namespace, role, subject_kind, subject_namespace, subject, since, _source] = row;
        Self {
            name,
            namespace: filled(namespace),
            role,
            subject_kind,
            subject_namespace: filled(subject_namespace),
            subject,
            since: minor(since),
        }
    }

    /// The versions that have it.
    pub fn versions(&self) -> KubeVersions {
        self.since.map_or(KubeVersions::ALL, KubeVersions::since)
    }
}

/// The rules of all built-in roles, sorted by role.
pub fn rules() -> &'static [BuiltInRule] {
    &ALL_RULES
}

/// The rules of a built-in ClusterRole, or of a built-in Role in `namespace`; none for other roles, and for those that only
/// aggregate.
pub fn rules_of(namespace: Option<&str>, role: &str) -> &'static [BuiltInRule] {
    let rules: &HashMap<RoleKey<'_>, &'static [BuiltInRule]> = &RULES_OF;
    rules.get(&(namespace, role)).copied().unwrap_or_default()
}

/// The built-in bindings, one for each subject. `system:node` has none: nodes have their own authorizer.
pub fn bindings() -> &'static [BuiltInBinding] {
    &ALL_BINDINGS
}

fn filled(cell: &'static str) -> Option<&'static str> {
    (!cell.is_empty()).then_some(cell)
}

#[cfg(test)]
mod tests {
    use super::super::resources::Resource;
    use super::super::table::assert_well_formed;
    use super::super::versions::NEWEST_KNOWN;
    use super::*;

    /// Whether a ClusterRole has a right by its own rules on 1.`minor`.
    fn allows(role: &str, minor: u8, verb: &str, group: &str, resource: &str) -> bool {
        rules_of(None, role).iter().any(|rule| {
            rule.versions().contains(minor)
                && rule.verbs.contains(&verb)
                && rule.groups.contains(&group)
                && rule.resources.contains(&resource)
        })
    }

    fn opens(role: &str, minor: u8, url: &str) -> bool {
        let mut rules = rules_of(None, role).iter();
        rules.any(|rule| rule.versions().contains(minor) && rule.verbs == ["get"] && rule.urls.contains(&url))
    }

    #[test]
    fn every_row_is_read() {
        assert_well_formed::<10>(RULES);
        assert_well_formed::<8>(BINDINGS);
        for row in rows::<10>(RULES) {
            let [role, .., since, until, source] = row;
            assert!(!role.is_empty() && !source.is_empty(), "{row:?}");
            for version in [since, until] {
                assert!(version.is_empty() || minor(version).is_some_and(|it| it <= NEWEST_KNOWN), "{row:?}");
            }
        }
        for row in rows::<8>(BINDINGS) {
            let [name, _, role, kind, namespace, subject, since, source] = row;
            assert!([name, role, subject, source].iter().all(|cell| !cell.is_empty()), "{row:?}");
            assert!(["User", "Group", "ServiceAccount"].contains(&kind), "{row:?}");
            assert_eq!(kind == "ServiceAccount", !namespace.is_empty(), "{row:?}");
            assert!(since.is_empty() || minor(since).is_some(), "{row:?}");
        }
    }

    #[test]
    fn a_rule_is_about_resources_or_urls() {
        for rule in rules() {
            assert!(!rule.verbs.is_empty() && !rule.versions().is_empty(), "{rule:?}");
            assert_eq!(rule.urls.is_empty(), !rule.resources.is_empty(), "{rule:?}");
            assert_eq!(rule.groups.is_empty(), rule.resources.is_empty(), "{rule:?}");
            assert!(rule.names.is_empty() || rule.urls.is_empty(), "{rule:?}");
        }
    }

    #[test]
    fn rules_name_resources_that_are_known() {
        for rule in rules() {
            for group in &rule.groups {
                for text in rule.resources.iter().filter(|text| !text.starts_with('*')) {
                    let (name, subresource) = text.split_once('/').unwrap_or((text, ""));
                    let resource = Resource::of(group, name).unwrap_or_else(|| panic!("{group} {name}"));
                    let is_known = ["", "finalizers"].contains(&subresource)
                        || resource.subresources.contains(&subresource);
                    assert!(is_known, "{group} {text}");
                }
            }
        }
    }

    #[test]
    fn bindings_give_roles_with_rules() {
        for binding in bindings() {
            let rules = rules_of(binding.namespace, binding.role);
            assert!(!rules.is_empty(), "{binding:?}");
            let versions = rules.iter().map(BuiltInRule::versions).fold(KubeVersions::NONE, KubeVersions::or);
            assert!(binding.versions().without(versions).is_empty(), "{binding:?}");
        }
    }

    #[test]
    fn roles_that_aggregate_have_parts_but_no_rules() {
        for (role, label) in AGGREGATED {
            assert!(rules_of(None, role).is_empty(), "{role}");
            assert!(AGGREGATION_LABELS.iter().any(|(_, own)| *own == label), "{role}");
        }
        let is_aggregated = |role: &str| AGGREGATED.iter().any(|(own, _)| *own == role);
        for (part, _) in AGGREGATION_LABELS {
            assert!(is_aggregated(part) || !rules_of(None, part).is_empty(), "{part}");
        }
    }

    #[test]
    fn edit_gives_every_service_account_of_its_namespace() {
        for (verb, resource) in [
            ("create", "serviceaccounts/token"),
            ("impersonate", "serviceaccounts"),
            ("get", "secrets"),
            ("create", "secrets"),
            ("create", "pods"),
            ("create", "pods/exec"),
        ] {
            assert!(allows("system:aggregate-to-edit", 30, verb, "", resource), "{verb} {resource}");
            assert!(!allows("system:aggregate-to-view", 30, verb, "", resource), "{verb} {resource}");
        }
        assert!(allows("system:aggregate-to-view", 30, "get", "", "pods/log"));
        // CVE-2021-25740
        assert!(!allows("system:aggregate-to-edit", 30, "update", "", "endpoints"));
    }

    #[test]
    fn everyone_may_look_around() {
        let groups = |role: &str| {
            let bindings = bindings().iter().filter(|it| it.role == role && it.subject_kind == "Group");
            bindings.map(|it| it.subject).collect::<Vec<_>>()
        };
        assert_eq!(groups("cluster-admin"), ["system:masters"]);
        for role in ["system:basic-user", "system:discovery"] {
            assert_eq!(groups(role), ["system:authenticated"], "{role}");
        }
        assert_eq!(groups("system:public-info-viewer"), ["system:authenticated", "system:unauthenticated"]);
        assert_eq!(groups("system:service-account-issuer-discovery"), ["system:serviceaccounts"]);
        assert!(groups("system:node").is_empty());
        assert!(
            opens("system:discovery", 30, "/api/*") && opens("system:public-info-viewer", 30, "/version")
        );
    }

    #[test]
    fn rights_come_and_go_with_versions() {
        const RESOURCE: &str = "resource.k8s.io";
        for (role, verb, group, resource, since) in [
            ("system:aggregate-to-edit", "create", RESOURCE, "resourceclaims", 34),
            ("system:aggregate-to-view", "list", "events.k8s.io", "events", 35),
            ("system:basic-user", "create", "authentication.k8s.io", "selfsubjectreviews", 27),
            (
                "system:cluster-trust-bundle-discovery",
                "get",
                "certificates.k8s.io",
                "clustertrustbundles",
                37,
            ),
            ("system:kube-scheduler", "patch", RESOURCE, "resourceclaims/binding", 36),
            ("system:kubelet-api-admin", "*", "", "nodes/pods", 33),
            ("system:node", "get", "", "serviceaccounts", 34),
            ("system:node-proxier", "list", "networking.k8s.io", "servicecidrs", 33),
        ] {
            assert!(allows(role, since, verb, group, resource), "{role} {resource}");
            assert!(!allows(role, since - 1, verb, group, resource), "{role} {resource}");
        }
        assert!(allows("system:aggregate-to-view", 25, "list", "", "events"));
        assert!(opens("system:monitoring", 36, "/statusz") && !opens("system:monitoring", 35, "/statusz"));
        assert!(opens("system:monitoring", 35, "/metrics"));
        assert!(allows("system:kubelet-api-admin", 26, "*", "", "nodes/spec"));
        assert!(!allows("system:kubelet-api-admin", 27, "*", "", "nodes/spec"));
    }

    #[test]
    fn a_role_of_a_namespace_is_no_cluster_role() {
        let reader = "extension-apiserver-authentication-reader";
        let [rule] = rules_of(Some("kube-system"), reader) else { panic!("one rule") };
        assert_eq!(
            (&*rule.resources, &*rule.names),
            (&["configmaps"][..], &["extension-apiserver-authentication"][..])
        );
        assert!(rules_of(None, reader).is_empty() && rules_of(Some("default"), reader).is_empty());
        assert!(rules_of(Some("kube-system"), "cluster-admin").is_empty());
        assert!(!rules_of(None, "cluster-admin").is_empty() && rules_of(None, "shop").is_empty());
    }
}
