//! Pods, and everything that holds a template of them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Object;
use super::accounts::Home;
use super::path::FieldPath;
use super::table::rows;
use super::volume::{ProjectedSource, TOKEN_MOUNT_PATH, TokenRequest, Volume, VolumeSource};
use crate::yaml::{Entry, Get, Kind, Node};

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/pod-specs.csv"));

/// The annotation of the copy that a kubelet makes of a static pod (`pkg/kubelet/types/pod_update.go`).
const MIRROR_POD: &str = "kubernetes.io/config.mirror";

#[derive(Debug)]
struct Place {
    group: &'static str,
    path: FieldPath,
    home: Home<'static>,
}

/// Where pod specs are, by kind.
static PLACES: LazyLock<HashMap<&str, Vec<Place>>> = LazyLock::new(|| {
    let mut places = HashMap::<&str, Vec<Place>>::new();
    for row @ [_group, kind, _, _, _] in rows(TABLE) {
        if let Some(place) = Place::parse(row) {
            places.entry(kind).or_default().push(place);
        }
    }
    places
});

/// The kinds that hold pod specs.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    PLACES.keys().copied()
}

impl Place {
    fn parse([group, _kind, path, namespace, _source]: [&'static str; 5]) -> Option<Self> {
        let home = match namespace {
            "own" => Home::Own,
            "elsewhere" => Home::Elsewhere,
            _ => return None,
        };
        Some(Self { group, path: FieldPath::parse(path)?, home })
    }
}

/// What a pod is to run: the core type `PodSpec`, wherever it stands.
#[derive(Clone, Copy, Debug)]
pub struct PodSpec<'a> {
    /// Its mapping.
    pub node: Node<'a>,
    /// In which namespace the pods run, and with them their ServiceAccount and Secrets.
    pub home: Home<'a>,
}

/// A container of a pod.
#[derive(Clone, Copy, Debug)]
pub struct Container<'a> {
    /// Its mapping.
    pub node: Node<'a>,
    /// Which of the pod's lists it stands in.
    pub list: ContainerList,
}

/// The lists of containers in a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerList {
    /// `initContainers`
    Init,
    /// `containers`
    Regular,
    /// `ephemeralContainers`
    Ephemeral,
}

/// A Secret that a pod uses.
#[derive(Clone, Copy, Debug)]
pub struct SecretReference<'a> {
    /// Its name.
    pub node: Node<'a>,
    /// What for.
    pub use_: SecretUse,
}

/// How a pod uses a Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretUse {
    /// As a volume.
    Volume,
    /// As a source of a projected volume.
    Projected,
    /// As the value of one environment variable.
    Env,
    /// Its keys as environment variables.
    EnvFrom,
    /// To pull images.
    ImagePull,
    /// Handed to a CSI driver.
    Csi,
}

impl<'a> PodSpec<'a> {
    /// The ServiceAccount that the pods run as: `serviceAccountName`, or else its deprecated alias `serviceAccount`
    /// (`pkg/apis/core/v1/conversion.go`). Absent means `default`.
    pub fn service_account(self) -> Get<'a> {
        match written(self.node.get("serviceAccountName")) {
            Get::Absent => written(self.node.get("serviceAccount")),
            found => found,
        }
    }

    /// Its containers: init, regular, ephemeral.
    pub fn containers(self) -> impl Iterator<Item = Container<'a>> {
        [
            ("initContainers", ContainerList::Init),
            ("containers", ContainerList::Regular),
            ("ephemeralContainers", ContainerList::Ephemeral),
        ]
        .into_iter()
        .flat_map(move |(key, list)| self.list(key).map(move |node| Container { node, list }))
    }

    /// Its volumes.
    pub fn volumes(self) -> impl Iterator<Item = Volume<'a>> {
        self.list("volumes").map(|node| Volume { node })
    }

    /// The token projections of its volumes, each with its volume.
    pub fn token_requests(self) -> impl Iterator<Item = (Volume<'a>, TokenRequest<'a>)> {
        self.volumes().flat_map(|volume| {
            volume.projected_sources().filter_map(move |source| match source {
                ProjectedSource::ServiceAccountToken(request) => Some((volume, request)),
                _ => None,
            })
        })
    }

    /// The mounts of all containers, by the name of the volume.
    pub fn mounts_by_volume(self) -> HashMap<&'a str, Vec<VolumeMount<'a>>> {
        let mut mounts = HashMap::<&str, Vec<_>>::new();
        for mount in self.containers().flat_map(Container::volume_mounts) {
            if let Some(name) = mount.name() {
                mounts.entry(name).or_default().push(mount);
            }
        }
        mounts
    }

    /// Where it names Secrets.
    pub fn secret_references(self) -> impl Iterator<Item = SecretReference<'a>> {
        let refer = |use_| move |node| SecretReference { node, use_ };
        let pulled = self.list("imagePullSecrets").filter_map(|item| item.get("name").value());
        self.volumes()
            .flat_map(volume_secrets)
            .chain(self.containers().flat_map(Container::secret_references))
            .chain(pulled.map(refer(SecretUse::ImagePull)))
    }

    fn list(self, key: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
        let list = self.node.get(key).value();
        list.into_iter().flat_map(Node::items).filter(|item| item.kind() == Kind::Mapping)
    }
}

/// Null and the empty string count as not written.
fn written(found: Get<'_>) -> Get<'_> {
    match found {
        Get::Found(Entry { value, .. }) if value.is_null() || value.as_str() == Some("") => Get::Absent,
        found => found,
    }
}

fn volume_secrets(volume: Volume<'_>) -> impl Iterator<Item = SecretReference<'_>> {
    let own = match volume.source() {
        VolumeSource::Secret(name) => name.map(|node| SecretReference { node, use_: SecretUse::Volume }),
        VolumeSource::Csi(name) => name.map(|node| SecretReference { node, use_: SecretUse::Csi }),
        _ => None,
    };
    let projected = volume.projected_sources().filter_map(|source| match source {
        ProjectedSource::Secret(Some(node)) => Some(SecretReference { node, use_: SecretUse::Projected }),
        _ => None,
    });
    own.into_iter().chain(projected)
}

/// A volume as a container sees it.
#[derive(Clone, Copy, Debug)]
pub struct VolumeMount<'a> {
    /// Its mapping.
    pub node: Node<'a>,
}

impl<'a> VolumeMount<'a> {
    /// The name of the volume.
    pub fn name(self) -> Option<&'a str> {
        self.node.get("name").value().and_then(Node::as_str)
    }

    /// The node of the path.
    pub fn path(self) -> Option<Node<'a>> {
        self.node.get("mountPath").value()
    }

    /// Whether it takes the place where the API server mounts the pod's own token. The API server compares the text.
    pub fn is_token_mount(self) -> bool {
        self.path().and_then(Node::as_str) == Some(TOKEN_MOUNT_PATH)
    }
}

impl<'a> Container<'a> {
    /// Its mounts.
    pub fn volume_mounts(self) -> impl Iterator<Item = VolumeMount<'a>> {
        self.list("volumeMounts").map(|node| VolumeMount { node })
    }

    /// Where its environment names Secrets.
    pub fn secret_references(self) -> impl Iterator<Item = SecretReference<'a>> {
        let env =
            self.list("env").filter_map(|item| item.get("valueFrom").get("secretKeyRef").get("name").value());
        let env_from = self.list("envFrom").filter_map(|item| item.get("secretRef").get("name").value());
        env.map(|node| SecretReference { node, use_: SecretUse::Env })
            .chain(env_from.map(|node| SecretReference { node, use_: SecretUse::EnvFrom }))
    }

    fn list(self, key: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.node.get(key).value().into_iter().flat_map(Node::items)
    }
}

impl<'a> Object<'a> {
    /// The pod specs in this object: its own, or those of its templates.
    pub fn pod_specs(&self) -> impl Iterator<Item = PodSpec<'a>> {
        self.pod_specs.iter().copied()
    }

    pub(super) fn find_pod_specs(&self) -> Vec<PodSpec<'a>> {
        let of_kind = PLACES.get(self.id.kind.as_str()).into_iter().flatten();
        let places = of_kind.filter(|place| place.group == self.group());
        let specs = places.flat_map(|place| {
            let found = place.path.find(self.root).into_iter().map(|found| found.node);
            found.map(|node| PodSpec { node, home: place.home })
        });
        specs.filter(|spec| spec.node.kind() == Kind::Mapping).collect()
    }

    /// Whether it was read from a cluster rather than written by hand: it carries what only the API server writes.
    pub fn is_dump(&self) -> bool {
        let has = |node: Option<Node<'_>>, field: &str| {
            node.is_some_and(|node| written(node.get(field)).found().is_some())
        };
        let (metadata, status) =
            (self.root.get("metadata").value(), written(self.root.get("status")).value());
        let observed = ["containerStatuses", "hostIP", "observedGeneration", "startTime"];
        has(metadata, "managedFields")
            || has(metadata, "resourceVersion")
            || status.is_some() && has(metadata, "uid")
            || observed.iter().any(|field| has(status, field))
            || self.annotation(MIRROR_POD).found().is_some()
    }
}

#[cfg(test)]
mod tests;
