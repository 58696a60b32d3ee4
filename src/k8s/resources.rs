//! The resources that Kubernetes serves, and those that it only asks its authorizers about: `rules/data/resources.csv`.
//!
//! The table comes from `api/discovery` of kubernetes/kubernetes 1.36 and 1.37, from `k8s.io/api` for what is gone, and from
//! the parts that ask authorizers about names without a resource behind them: the kubelet (`nodes/stats`), impersonation
//! (`users`), signers of certificates. Every resource may also have `finalizers`, which
//! `OwnerReferencesPermissionEnforcement` asks for. Resources of CustomResourceDefinitions are not known here.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lifecycle::minor;
use super::table::{api_group, rows, words};

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/resources.csv"));

/// The verbs that authorizers are asked about, for whatever resource (`kubectl/pkg/cmd/auth/cani.go`; `attest` from 1.37 on).
pub const RESOURCE_VERBS: [&str; 15] = [
    "approve",
    "attest",
    "bind",
    "create",
    "delete",
    "deletecollection",
    "escalate",
    "get",
    "impersonate",
    "list",
    "patch",
    "sign",
    "update",
    "use",
    "watch",
];

/// What rules of roles name in `resources`.
#[derive(Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its API group; the core group is the empty string.
    pub group: &'static str,
    /// Its name, as rules write it: the plural.
    pub name: &'static str,
    /// The kind of its objects; `None` for a name that only authorizers are asked about, such as `users`.
    pub kind: Option<&'static str>,
    /// Whether its objects live in namespaces.
    pub is_namespaced: bool,
    /// What kubectl takes for its name: `po`.
    pub short_names: Vec<&'static str>,
    /// Its subresources in any version, without its own name: `log`.
    pub subresources: Vec<&'static str>,
    /// The first minor whose API server has it in no version of its group.
    pub until: Option<u8>,
}

/// In the order in which kubectl prefers them: what is gone comes last, the core group first.
static RESOURCES: LazyLock<Vec<Resource>> = LazyLock::new(|| {
    let mut resources: Vec<_> = rows(TABLE).map(Resource::read).collect();
    resources.sort_by_key(|it| (it.until.is_some(), it.kind.is_none(), !it.group.is_empty()));
    resources
});

static BY_NAME: LazyLock<HashMap<(&str, &str), &Resource>> =
    LazyLock::new(|| RESOURCES.iter().map(|it| ((it.group, it.name), it)).collect());

impl Resource {
    fn read(row: [&'static str; 8]) -> Self {
        let [group, name, kind, namespaced, short_names, subresources, until, _source] = row;
        Self {
            group: api_group(group),
            name,
            kind: (!kind.is_empty()).then_some(kind),
            is_namespaced: namespaced == "yes",
            short_names: words(short_names),
            subresources: words(subresources),
            until: minor(until),
        }
    }

    /// The resource that a rule of a role names; `None` for one that Kubernetes does not have.
    pub fn of(group: &str, name: &str) -> Option<&'static Self> {
        let resources: &HashMap<(&str, &str), &'static Self> = &BY_NAME;
        resources.get(&(group, name)).copied()
    }

    /// Whether kubectl takes `name` for it: the plural or the singular in any case, or a short name.
    fn is_called(&self, name: &str) -> bool {
        let is_singular = |kind: &str| kind.eq_ignore_ascii_case(name);
        self.name.eq_ignore_ascii_case(name)
            || self.kind.is_some_and(is_singular)
            || self.short_names.contains(&name)
    }
}

/// All resources. Where groups share a name, the one that kubectl prefers comes first.
pub fn resources() -> &'static [Resource] {
    &RESOURCES
}

/// The resources that kubectl takes `text` for, the one that it prefers first, those that are gone last: a plural, a singular
/// or a short name, alone or with a group (`deploy.apps`, or its beginning as in `ingress.networking`) or with a version and a
/// group (`deployments.v1.apps`, `pods.v1.`). After `ResourcesFor` of `k8s.io/apimachinery/pkg/api/meta/restmapper.go`.
pub fn named(text: &str) -> impl Iterator<Item = &'static Resource> {
    let (name, group) = text.split_once('.').unwrap_or((text, ""));
    let called = move || RESOURCES.iter().filter(move |it| it.is_called(name));
    let exact = (!group.is_empty()).then(|| without_version(group).unwrap_or(group));
    let is_exact = exact.is_some_and(|exact| called().any(|it| it.group == exact));
    called().filter(move |it| match exact {
        Some(exact) if is_exact => it.group == exact,
        _ => it.group.starts_with(group),
    })
}

/// The group of `v1.apps`.
fn without_version(text: &str) -> Option<&str> {
    let (version, group) = text.split_once('.')?;
    version.strip_prefix('v')?.starts_with(|c: char| c.is_ascii_digit()).then_some(group)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::super::table::assert_well_formed;
    use super::super::versions::NEWEST_KNOWN;
    use super::*;

    const LIFECYCLES: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/api-lifecycle.csv"));

    /// What rules would write: `pods`, `deployments.apps`.
    fn names(text: &str) -> Vec<String> {
        let full_name = |it: &Resource| match it.group {
            "" => it.name.to_owned(),
            group => format!("{}.{group}", it.name),
        };
        named(text).map(full_name).collect()
    }

    #[test]
    fn every_row_is_read() {
        assert_well_formed::<8>(TABLE);
        assert_eq!(BY_NAME.len(), rows::<8>(TABLE).count(), "one row for each resource of a group");
        for [group, name, kind, namespaced, .., until, source] in rows::<8>(TABLE) {
            let at = format!("{name}.{group}");
            assert!(!group.is_empty() && !name.is_empty() && !source.is_empty(), "{at}");
            assert_eq!(name, name.to_ascii_lowercase());
            assert!(kind.is_empty() || kind.starts_with(|c: char| c.is_ascii_uppercase()), "{at}");
            assert!(["yes", "no"].contains(&namespaced), "{at}");
            assert!(until.is_empty() || minor(until).is_some(), "{at}");
        }
    }

    #[test]
    fn lists_are_sorted_and_hold_words() {
        for it in resources() {
            for list in [&it.short_names, &it.subresources] {
                assert!(list.is_sorted_by(|a, b| a < b), "{it:?}");
            }
            assert!(it.subresources.iter().all(|subresource| !subresource.contains('/')), "{it:?}");
        }
    }

    /// The resources agree with the table of API versions: the same kinds, which end with the last version that has them.
    #[test]
    fn kinds_end_with_their_last_version() {
        let mut ends: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for [group, _, kind, _, _, removed, ..] in rows::<10>(LIFECYCLES) {
            let removed = minor(removed).filter(|removed| *removed <= NEWEST_KNOWN);
            ends.entry((group, kind)).or_default().push(removed);
        }
        // They are the bodies of `pods/eviction` and `serviceaccounts/token`.
        for subresource in [("policy", "Eviction"), ("authentication.k8s.io", "TokenRequest")] {
            assert!(ends.remove(&subresource).is_some());
        }
        // Kubernetes has them, but not `k8s.io/api`.
        let elsewhere = [("metrics.k8s.io", "NodeMetrics"), ("metrics.k8s.io", "PodMetrics")];
        let dummy = ("extensions", "ReplicationControllerDummy");
        for it in resources() {
            let Some(kind) = it.kind else { continue };
            let key = (it.group, kind);
            match ends.remove(&key) {
                Some(versions) => {
                    let end = versions.iter().copied().collect::<Option<BTreeSet<_>>>();
                    assert_eq!(it.until, end.and_then(|end| end.last().copied()), "{key:?}");
                }
                None => assert!(elsewhere.contains(&key) || key == dummy, "{key:?}"),
            }
        }
        assert!(ends.is_empty(), "no resource for {ends:?}");
    }

    #[test]
    fn what_kubectl_takes_is_found() {
        for (text, expected) in [
            ("po", vec!["pods"]),
            ("pod", vec!["pods"]),
            ("Pod", vec!["pods"]),
            ("pods", vec!["pods", "pods.metrics.k8s.io"]),
            ("pods.v1.", vec!["pods"]),
            ("deploy", vec!["deployments.apps", "deployments.extensions"]),
            ("deployment", vec!["deployments.apps", "deployments.extensions"]),
            ("deployments.apps", vec!["deployments.apps"]),
            ("deployments.v1.apps", vec!["deployments.apps"]),
            ("deployments.extensions", vec!["deployments.extensions"]),
            ("deployments.extensions/v1beta1", vec![]),
            ("ingress", vec!["ingresses.networking.k8s.io", "ingresses.extensions"]),
            ("ing.networking", vec!["ingresses.networking.k8s.io"]),
            ("events", vec!["events", "events.events.k8s.io"]),
            ("ev.events.k8s.io", vec!["events.events.k8s.io"]),
            ("endpoints", vec!["endpoints"]),
            ("sa", vec!["serviceaccounts"]),
            ("nodes", vec!["nodes", "nodes.metrics.k8s.io", "nodes.authentication.k8s.io"]),
            ("users", vec!["users", "users.authentication.k8s.io"]),
            ("psp", vec!["podsecuritypolicies.extensions", "podsecuritypolicies.policy"]),
            ("PO", vec![]),
            ("deployments.foo.apps", vec![]),
            ("pods.apps", vec![]),
            ("prometheuses", vec![]),
            ("pods/log", vec![]),
            ("*", vec![]),
            ("", vec![]),
            (".", vec![]),
            (".apps", vec![]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn a_resource_is_found_by_what_a_rule_says() {
        let pods = Resource::of("", "pods").unwrap();
        assert!(pods.is_namespaced && pods.until.is_none());
        assert!(pods.subresources.contains(&"exec") && pods.subresources.contains(&"ephemeralcontainers"));
        assert!(!Resource::of("", "nodes").unwrap().is_namespaced);
        assert_eq!(Resource::of("extensions", "deployments").unwrap().until, Some(16));
        assert_eq!(Resource::of("certificates.k8s.io", "signers").unwrap().kind, None);
        for (group, name) in [("", "deployments"), ("core", "pods"), ("apps", "Deployment"), ("", "po")] {
            assert_eq!(Resource::of(group, name), None, "{group} {name}");
        }
    }
}
