//! From when to when the API server serves a kind, and what takes its place.
//!
//! `rules/data/api-lifecycle.csv` comes from the lifecycle tags of `k8s.io/api` 1.8 to 1.37
//! (`zz_generated.prerelease-lifecycle.go`), corrected where the changelogs or the API server say otherwise.
//! `rules/data/api-changes.csv` says what else changes with the version, after the Deprecated API Migration Guide
//! (`docs/reference/using-api/deprecation-guide`).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::table::rows;
use super::versions::{KubeVersions, NEWEST_KNOWN};

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/api-lifecycle.csv"));
const CHANGES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/api-changes.csv"));

/// Group, version and kind.
type Key = (&'static str, &'static str, &'static str);

/// The life of one kind in one version of its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    key: Key,
    /// The first minor that serves it.
    pub introduced: u8,
    /// The first minor that warns of it.
    pub deprecated: Option<u8>,
    /// The first minor that no longer serves it. After [`NEWEST_KNOWN`] it is only planned, and may move.
    pub removed: Option<u8>,
    successor: Option<Key>,
    /// Whether an object may change to its successor as it stands, but for `apiVersion`.
    pub is_drop_in: bool,
}

static LIFECYCLES: LazyLock<HashMap<Key, Lifecycle>> = LazyLock::new(|| {
    let lifecycles = rows(TABLE).filter_map(Lifecycle::parse);
    lifecycles.map(|lifecycle| (lifecycle.key, lifecycle)).collect()
});

/// By `apiVersion`.
static KINDS: LazyLock<HashMap<String, Vec<Lifecycle>>> = LazyLock::new(|| {
    let mut kinds: HashMap<_, Vec<_>> = HashMap::new();
    for lifecycle in rows(TABLE).filter_map(Lifecycle::parse) {
        kinds.entry(lifecycle.api_version()).or_default().push(lifecycle);
    }
    kinds
});

static CHANGES_BY_KEY: LazyLock<HashMap<Key, &str>> = LazyLock::new(|| {
    rows(CHANGES).map(|[group, version, kind, changes]| ((group, version, kind), changes)).collect()
});

impl Lifecycle {
    fn parse(row: [&'static str; 10]) -> Option<Self> {
        let [
            group,
            version,
            kind,
            introduced,
            deprecated,
            removed,
            new_group,
            new_version,
            new_kind,
            drop_in,
        ] = row;
        Some(Self {
            key: (group, version, kind),
            introduced: minor(introduced)?,
            deprecated: minor(deprecated),
            removed: minor(removed),
            successor: (!new_kind.is_empty()).then_some((new_group, new_version, new_kind)),
            is_drop_in: drop_in == "yes",
        })
    }

    /// The life of a kind of Kubernetes itself; `None` for all others.
    pub fn of(api_version: &str, kind: &str) -> Option<Self> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let lifecycles: &HashMap<(&str, &str, &str), Self> = &LIFECYCLES;
        lifecycles.get(&(group, version, kind)).copied()
    }

    /// The kinds of a group and version of Kubernetes itself, in the order of the table; none for all others.
    pub fn kinds_of(api_version: &str) -> &'static [Self] {
        KINDS.get(api_version).map_or(&[], Vec::as_slice)
    }

    /// As `apiVersion` says it: `v1`, `apps/v1`.
    pub fn api_version(&self) -> String {
        match self.key {
            ("", version, _) => version.to_owned(),
            (group, version, _) => format!("{group}/{version}"),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> &'static str {
        self.key.2
    }

    /// The versions that do not serve it yet.
    pub fn not_yet(&self) -> KubeVersions {
        KubeVersions::before(self.introduced)
    }

    /// The versions that no longer serve it. Removals that are only planned do not count.
    pub fn gone(&self) -> KubeVersions {
        let is_known = |minor: &u8| *minor <= NEWEST_KNOWN;
        self.removed.filter(is_known).map_or(KubeVersions::NONE, KubeVersions::since)
    }

    /// The versions that serve it.
    pub fn served(&self) -> KubeVersions {
        KubeVersions::ALL.without(self.not_yet()).without(self.gone())
    }

    /// Whether all of `versions` serve it.
    pub fn serves(&self, versions: KubeVersions) -> bool {
        versions.without(self.served()).is_empty()
    }

    /// The versions that serve it and warn of it.
    pub fn fading(&self) -> KubeVersions {
        self.deprecated.map_or(KubeVersions::NONE, KubeVersions::since).and(self.served())
    }

    /// What takes its place on `versions`: the nearest successor that all of them serve, or else the last.
    pub fn successor(&self, versions: KubeVersions) -> Option<Self> {
        let next = |lifecycle: &Self| LIFECYCLES.get(&lifecycle.successor?).copied();
        let successors = || std::iter::successors(next(self), next);
        successors().find(|successor| successor.serves(versions)).or_else(|| successors().last())
    }

    /// What must change besides `apiVersion`, as far as the migration guide says, without a full stop.
    pub fn changes(&self) -> Option<&'static str> {
        CHANGES_BY_KEY.get(&self.key).copied()
    }
}

/// The minor of `1.24`.
pub(super) fn minor(text: &str) -> Option<u8> {
    text.strip_prefix("1.")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::table::assert_well_formed;
    use super::*;

    fn of(api_version: &str, kind: &str) -> Lifecycle {
        Lifecycle::of(api_version, kind).unwrap()
    }

    #[test]
    fn kinds_are_found_by_their_group_and_version() {
        let kinds =
            |api_version: &str| Lifecycle::kinds_of(api_version).iter().map(Lifecycle::kind).collect();
        let cases: [(&str, Vec<&str>); 3] = [
            (
                "certificates.k8s.io/v1",
                vec!["CertificateSigningRequest", "ClusterTrustBundle", "PodCertificateRequest"],
            ),
            ("example.com/v1", vec![]),
            ("policy", vec![]),
        ];
        for (api_version, expected) in cases {
            let found: Vec<&str> = kinds(api_version);
            assert_eq!(found, expected, "{api_version}");
        }
        assert!(Lifecycle::kinds_of("v1").iter().any(|it| it.kind() == "ServiceAccount"));
    }

    #[test]
    fn every_row_is_read() {
        assert_well_formed::<10>(TABLE);
        assert_eq!(LIFECYCLES.len(), rows::<10>(TABLE).count());
        for row @ [group, version, kind, introduced, deprecated, removed, .., drop_in] in rows::<10>(TABLE) {
            let name = format!("{group}/{version} {kind}");
            for text in [introduced, deprecated, removed] {
                assert!(text.is_empty() || minor(text).is_some_and(|minor| minor < 64), "{name}: {text}");
            }
            let lifecycle = Lifecycle::parse(row).unwrap();
            assert!(["", "yes", "no"].contains(&drop_in), "{name}");
            assert_eq!(drop_in.is_empty(), lifecycle.successor.is_none(), "{name}");
            assert!(lifecycle.removed.is_none_or(|removed| removed > lifecycle.introduced), "{name}");
        }
    }

    #[test]
    fn changes_are_those_of_known_kinds() {
        assert_well_formed::<4>(CHANGES);
        for (key, changes) in &*CHANGES_BY_KEY {
            let lifecycle = LIFECYCLES.get(key).unwrap();
            assert!(lifecycle.removed.is_some() && !lifecycle.is_drop_in, "{key:?}");
            assert!(!changes.is_empty() && !changes.ends_with('.'), "{key:?}");
        }
    }

    #[test]
    fn successors_are_known_and_end() {
        for lifecycle in LIFECYCLES.values() {
            let (mut at, mut steps) = (lifecycle, 0);
            while let Some(key) = at.successor {
                (at, steps) = (LIFECYCLES.get(&key).unwrap(), steps + 1);
                assert!(steps < 5, "{lifecycle:?} goes round in circles");
            }
        }
    }

    #[test]
    fn a_drop_in_is_the_last_version_of_the_same_kind() {
        for lifecycle in LIFECYCLES.values().filter(|lifecycle| lifecycle.is_drop_in) {
            let successor = LIFECYCLES.get(&lifecycle.successor.unwrap()).unwrap();
            assert_eq!((successor.key.0, successor.key.2), (lifecycle.key.0, lifecycle.key.2));
            assert!(successor.successor.is_none() && successor.removed.is_none(), "{lifecycle:?}");
        }
    }

    #[test]
    fn a_kind_comes_fades_and_goes() {
        let cron_job = of("batch/v1beta1", "CronJob");
        assert_eq!(cron_job.not_yet(), KubeVersions::before(8));
        assert_eq!(cron_job.served(), KubeVersions::range(8..=24));
        assert_eq!(cron_job.fading(), KubeVersions::range(21..=24));
        assert_eq!(cron_job.gone(), KubeVersions::since(25));
        // Deprecated in the version that removed it.
        assert!(of("batch/v2alpha1", "CronJob").fading().is_empty());
        let endpoints = of("v1", "Endpoints");
        assert_eq!((endpoints.fading(), endpoints.gone()), (KubeVersions::since(33), KubeVersions::NONE));
        assert_eq!(of("v1", "Secret").served(), KubeVersions::ALL);
    }

    #[test]
    fn what_is_planned_is_not_yet_so() {
        let claim = of("resource.k8s.io/v1beta1", "ResourceClaim");
        assert!(claim.removed.is_some_and(|removed| removed > NEWEST_KNOWN));
        assert_eq!((claim.gone(), claim.fading()), (KubeVersions::NONE, KubeVersions::since(35)));
    }

    #[test]
    fn the_successor_is_one_that_the_versions_serve() {
        let schema = of("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema");
        for (versions, api_version) in [
            (KubeVersions::range(26..=31), "flowcontrol.apiserver.k8s.io/v1beta3"),
            (KubeVersions::range(29..=37), "flowcontrol.apiserver.k8s.io/v1"),
            // None is served by all of these.
            (KubeVersions::range(26..=37), "flowcontrol.apiserver.k8s.io/v1"),
        ] {
            assert_eq!(schema.successor(versions).unwrap().api_version(), api_version, "{versions}");
        }
        assert_eq!(of("policy/v1beta1", "PodSecurityPolicy").successor(KubeVersions::ALL), None);
        let slice = of("v1", "Endpoints").successor(KubeVersions::since(33)).unwrap();
        assert_eq!((slice.api_version().as_str(), slice.kind()), ("discovery.k8s.io/v1", "EndpointSlice"));
    }

    #[test]
    fn equal_kinds_of_other_groups_are_strangers() {
        for (api_version, kind) in [
            ("talos.dev/v1alpha1", "ServiceAccount"),
            ("authorization.openshift.io/v1", "Role"),
            ("v1beta1", "CronJob"),
            ("batch/v1beta1", "cronjob"),
            ("apps/v1beta1", "Ingress"),
            ("", ""),
        ] {
            assert_eq!(Lifecycle::of(api_version, kind), None, "{api_version} {kind}");
        }
    }
}
