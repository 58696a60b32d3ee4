//! The clusters for which gates are tried: every minor in every flavour, each by two versions. Where the two disagree, the
//! answer of the flavour is unknown.

use std::sync::LazyLock;

use super::super::Version;
use super::set::{Build, Patch};

/// A cluster as Helm's capabilities show it.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) minor: u8,
    pub(super) patch: Patch,
    pub(super) build: Build,
    /// `.Capabilities.KubeVersion.Version` and `.GitVersion`.
    pub(super) version: String,
    /// The same, read.
    pub(super) parsed: Option<Version>,
    /// `.Capabilities.KubeVersion.Minor`, always a string.
    pub(super) minor_text: String,
}

/// `.Capabilities.KubeVersion.Major`.
pub(super) const MAJOR: &str = "1";

/// A patch and a suffix that differ in everything a gate may look at and should not.
const SAMPLES: [(Patch, Build, &str); 12] = [
    (Patch::First, Build::Plain, "0"),
    (Patch::First, Build::Plain, "0+k3s1"),
    (Patch::Later, Build::Plain, "1"),
    (Patch::Later, Build::Plain, "25+rke2r1"),
    (Patch::First, Build::Vendor, "0-eks-4360b32"),
    (Patch::First, Build::Vendor, "0-gke.100"),
    (Patch::Later, Build::Vendor, "1-eks-4360b32"),
    (Patch::Later, Build::Vendor, "25-gke.1000"),
    (Patch::First, Build::VendorWithPlus, "0-eks-4360b32"),
    (Patch::First, Build::VendorWithPlus, "0-gke.100"),
    (Patch::Later, Build::VendorWithPlus, "1-eks-4360b32"),
    (Patch::Later, Build::VendorWithPlus, "25-gke.1000"),
];

static CLUSTERS: LazyLock<Vec<Cluster>> = LazyLock::new(|| {
    (0..64)
        .flat_map(|minor| SAMPLES.map(|(patch, build, rest)| Cluster::new(minor, patch, build, rest)))
        .collect()
});

impl Cluster {
    /// All of them.
    pub(super) fn all() -> &'static [Self] {
        &CLUSTERS
    }

    fn new(minor: u8, patch: Patch, build: Build, rest: &str) -> Self {
        let version = format!("v1.{minor}.{rest}");
        let plus = if build == Build::VendorWithPlus { "+" } else { "" };
        let parsed = Version::parse(&version).ok();
        Self { minor, patch, build, version, parsed, minor_text: format!("{minor}{plus}") }
    }
}
