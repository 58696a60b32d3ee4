//! Volumes of a pod, and the tokens that the kubelet asks for on its behalf.

use super::Object;
use crate::yaml::{Get, Kind, Node};

/// Where the API server mounts a pod's own token
/// (`DefaultAPITokenMountPath` in `plugin/pkg/admission/serviceaccount/admission.go`).
pub(super) const TOKEN_MOUNT_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The name that the API server gives its token volume starts so (`ServiceAccountVolumeName` in the same file).
const TOKEN_VOLUME_PREFIX: &str = "kube-api-access-";

/// A lifetime of exactly 3,607 s, for the API server's own audience, makes a token of one year
/// (`pkg/registry/core/serviceaccount/storage/token.go`).
pub const EXTENDED_TOKEN_SECONDS: i64 = 3607;

/// The shortest lifetime of a token that the API server accepts, in seconds (`validateProjectionSources` in
/// `pkg/apis/core/validation/validation.go`, `validateTokenRequests` in `pkg/apis/storage/validation/validation.go`).
pub const MIN_TOKEN_SECONDS: i64 = 600;

/// The longest lifetime that it accepts, in seconds.
pub const MAX_TOKEN_SECONDS: i64 = 1 << 32;

/// A volume of a pod.
#[derive(Clone, Copy, Debug)]
pub struct Volume<'a> {
    /// Its mapping.
    pub node: Node<'a>,
}

/// What a volume holds.
#[derive(Clone, Copy, Debug)]
pub enum VolumeSource<'a> {
    /// A Secret, with the node of its name.
    Secret(Option<Node<'a>>),
    /// A ConfigMap, with the node of its name.
    ConfigMap(Option<Node<'a>>),
    /// Several sources in one folder: see [`Volume::projected_sources`].
    Projected,
    /// A folder of the node.
    HostPath,
    /// A new, empty folder.
    EmptyDir,
    /// A CSI volume, with the node of the name of the Secret that its driver gets.
    Csi(Option<Node<'a>>),
    /// Anything else.
    Other,
}

impl<'a> Volume<'a> {
    /// The name that mounts refer to.
    pub fn name(self) -> Option<&'a str> {
        self.node.get("name").value().and_then(Node::as_str)
    }

    /// What it holds.
    pub fn source(self) -> VolumeSource<'a> {
        let name = |source: Node<'a>, key| source.get(key).value();
        for entry in self.node.entries().filter(|entry| !entry.value.is_null()) {
            return match entry.key.text() {
                Some("secret") => VolumeSource::Secret(name(entry.value, "secretName")),
                Some("configMap") => VolumeSource::ConfigMap(name(entry.value, "name")),
                Some("projected") => VolumeSource::Projected,
                Some("hostPath") => VolumeSource::HostPath,
                Some("emptyDir") => VolumeSource::EmptyDir,
                Some("csi") => VolumeSource::Csi(entry.value.get("nodePublishSecretRef").get("name").value()),
                _ => continue,
            };
        }
        VolumeSource::Other
    }

    /// The sources of a projected volume; nothing for other volumes.
    pub fn projected_sources(self) -> impl Iterator<Item = ProjectedSource<'a>> {
        self.node
            .get("projected")
            .get("sources")
            .value()
            .into_iter()
            .flat_map(Node::items)
            .map(ProjectedSource::read)
    }

    /// Whether the API server made it: the volume that automounting adds to a live pod.
    pub fn is_automounted(self) -> bool {
        self.name().is_some_and(|name| name.starts_with(TOKEN_VOLUME_PREFIX))
    }
}

/// One source of a projected volume.
#[derive(Clone, Copy, Debug)]
pub enum ProjectedSource<'a> {
    /// A token of the pod's ServiceAccount.
    ServiceAccountToken(TokenRequest<'a>),
    /// A Secret, with the node of its name.
    Secret(Option<Node<'a>>),
    /// A ConfigMap, with the node of its name.
    ConfigMap(Option<Node<'a>>),
    /// Fields of the pod.
    DownwardApi,
    /// Certificates to trust.
    ClusterTrustBundle,
    /// A certificate of the pod's own.
    PodCertificate,
    /// Anything else, or nothing that can be read.
    Other,
}

impl<'a> ProjectedSource<'a> {
    fn read(node: Node<'a>) -> Self {
        for entry in node.entries().filter(|entry| !entry.value.is_null()) {
            let name = || entry.value.get("name").value();
            return match entry.key.text() {
                Some("serviceAccountToken") => {
                    Self::ServiceAccountToken(TokenRequest { key: entry.key, node: entry.value })
                }
                Some("secret") => Self::Secret(name()),
                Some("configMap") => Self::ConfigMap(name()),
                Some("downwardAPI") => Self::DownwardApi,
                Some("clusterTrustBundle") => Self::ClusterTrustBundle,
                Some("podCertificate") => Self::PodCertificate,
                _ => continue,
            };
        }
        Self::Other
    }
}

/// What the kubelet asks the API server for: a token for one audience and a time.
#[derive(Clone, Copy, Debug)]
pub struct TokenRequest<'a> {
    /// What to point at where a field is missing: the key `serviceAccountToken`, or the item of `tokenRequests`.
    pub key: Node<'a>,
    /// Its mapping.
    pub node: Node<'a>,
}

impl<'a> TokenRequest<'a> {
    /// For whom the token is.
    pub fn audience(self) -> Get<'a> {
        self.node.get("audience")
    }

    /// Whether it is certain that no audience is written, so that the token is for the API server.
    pub fn lacks_audience(self) -> bool {
        match self.audience() {
            Get::Found(entry) => entry.value.is_null() || entry.value.as_str() == Some(""),
            Get::Absent => true,
            Get::Unknown => false,
        }
    }

    /// The lifetime asked for, in seconds, with the node that says it. 3,600 where nothing is written.
    pub fn expiration_seconds(self) -> Option<(i64, Node<'a>)> {
        let node = self.node.get("expirationSeconds").value()?;
        Some((node.scalar()?.as_int()?, node))
    }

    /// Whether the token lives for a year whatever it asks for, as automounted ones do: the node of the 3,607 seconds.
    pub fn extended(self) -> Option<Node<'a>> {
        let (seconds, node) = self.expiration_seconds()?;
        (seconds == EXTENDED_TOKEN_SECONDS && self.lacks_audience()).then_some(node)
    }

    /// The file of the token, below the mount point. CSI drivers get theirs another way and have none.
    pub fn path(self) -> Get<'a> {
        self.node.get("path")
    }
}

impl<'a> Object<'a> {
    /// The tokens that a CSI driver gets for every pod that mounts its volumes: `CSIDriver.spec.tokenRequests[]`.
    pub fn csi_token_requests(&self) -> impl Iterator<Item = TokenRequest<'a>> + use<'a> {
        let requests = self.at_path(&["spec", "tokenRequests"]).value();
        let requests = requests.filter(|_| self.is("storage.k8s.io", "CSIDriver"));
        requests
            .into_iter()
            .flat_map(Node::items)
            .filter(|node| node.kind() == Kind::Mapping)
            .map(|node| TokenRequest { key: node, node })
    }
}
