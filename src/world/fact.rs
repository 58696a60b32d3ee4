//! What is remembered of an object when its document is gone: owned, small, with positions.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::kustomize::Kustomization;
use crate::finding::{ObjectId, Place};
use crate::k8s::known::SERVICE_ACCOUNT_NAME;
use crate::k8s::{
    Container, Home, Manifest, Object, PodSpec, SecretReference, SecretUse, Standing, TokenState, VolumeMount,
};
use crate::span::{FileId, Span};
use crate::yaml::{Entry, Node, Tree};

/// What is remembered of an object.
#[derive(Debug)]
pub struct Fact {
    /// What it calls itself.
    pub object: Arc<ObjectId>,
    /// Its name, to point at; its kind where it has none.
    pub place: Place,
    /// The unit of deployment that it belongs to.
    pub unit: Unit,
    /// Whether it was read from a cluster rather than written by hand.
    pub is_dump: bool,
    /// What it is.
    pub detail: Detail,
}

/// Objects that are applied together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Plain manifests: a folder without its subfolders; root-relative, the empty string for the root.
    Folder(Arc<str>),
    /// What `helm template` printed: this file.
    Rendered(FileId),
}

/// The parts of an object that others refer to, or that refer to others.
#[derive(Debug)]
pub enum Detail {
    /// A ServiceAccount.
    ServiceAccount {
        /// Its `secrets` and `imagePullSecrets`.
        secrets: Vec<Reference>,
    },
    /// A Secret.
    Secret {
        /// What makes it a token Secret, if it is one.
        token: Option<Token>,
    },
    /// Something with pods in it.
    Workload {
        /// What each pod spec names.
        pods: Vec<Pod>,
    },
    /// A kustomization.
    Kustomization(Kustomization),
    /// Brings objects that cannot be read here: a Flux HelmRelease, an Argo CD Application …
    Opens {
        /// Into which namespace, if it says so.
        namespace: Option<Box<str>>,
    },
    /// Makes an operator create ServiceAccounts: an OLM ClusterServiceVersion, an eksctl ClusterConfig …
    Creates {
        /// Their names.
        accounts: Vec<Box<str>>,
    },
}

/// A Secret of type `kubernetes.io/service-account-token`.
#[derive(Debug)]
pub struct Token {
    /// The `type`, to point at.
    pub type_place: Place,
    /// What can be told from the Secret alone.
    pub works: bool,
    /// The ServiceAccount that its annotation names.
    pub account: Option<Name>,
}

/// A name that is written somewhere.
#[derive(Debug)]
pub struct Name {
    /// The name.
    pub text: Box<str>,
    /// Where it is written.
    pub place: Place,
    /// Whether its bytes may be replaced.
    pub editable: bool,
}

/// A Secret that is named.
#[derive(Debug)]
pub struct Reference {
    /// The Secret's name.
    pub secret: Name,
    /// What for; `None` in a ServiceAccount.
    pub use_: Option<SecretUse>,
    /// The volume's `secret:`, if a projected volume could be written in its place.
    pub volume: Option<BlockEntry>,
    /// Whether it is mounted where the pod's own token belongs.
    pub is_token_mount: bool,
}

/// A key and its value in block style, alone on their lines.
#[derive(Clone, Copy, Debug)]
pub struct BlockEntry {
    /// From the key to the end of the value.
    pub span: Span,
    /// Blanks before the key.
    pub indent: u32,
}

/// One pod spec.
#[derive(Debug)]
pub struct Pod {
    /// The ServiceAccount that it names.
    pub account: Option<Box<str>>,
    /// The namespace that its pods run in, if it is not the object's own.
    pub home: PodHome,
    /// The Secrets that it uses.
    pub references: Vec<Reference>,
}

/// Where pods run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodHome {
    /// In the namespace of the object.
    Own,
    /// The object does not say.
    Elsewhere,
}

/// Kinds that bring objects which cannot be read here.
const OPENERS: &[(&str, &str)] = &[
    ("argoproj.io", "Application"),
    ("argoproj.io", "ApplicationSet"),
    ("helm.toolkit.fluxcd.io", "HelmRelease"),
    ("helm.cattle.io", "HelmChart"),
    ("kustomize.toolkit.fluxcd.io", "Kustomization"),
    ("operators.coreos.com", "Subscription"),
    ("source.toolkit.fluxcd.io", "HelmRepository"),
];

impl Fact {
    /// What is worth remembering of a document in the file `path` (root-relative).
    pub fn all(manifest: &Manifest<'_>, path: &str) -> Vec<Fact> {
        let folder = folder_of(path);
        if let Some(tree) = manifest.document.tree()
            && Kustomization::is_named(path)
        {
            return Self::kustomization(tree, manifest.origin.file, folder).into_iter().collect();
        }
        if manifest.standing != Standing::Kubernetes {
            return Vec::new();
        }
        let unit = match manifest.origin.rendered_from {
            Some(_) => Unit::Rendered(manifest.origin.file),
            None => Unit::Folder(Arc::from(folder)),
        };
        manifest.objects.iter().filter_map(|object| Self::of(object, &unit)).collect()
    }

    fn kustomization(tree: &Tree<'_>, file: FileId, folder: &str) -> Option<Fact> {
        let root = tree.root()?;
        let object = Arc::new(ObjectId { kind: "Kustomization".to_owned(), ..ObjectId::default() });
        Some(Fact {
            place: Place { file, span: root.span(), path: String::new(), object: Some(Arc::clone(&object)) },
            object,
            unit: Unit::Folder(Arc::from(folder)),
            is_dump: false,
            detail: Detail::Kustomization(Kustomization::read(root, folder)),
        })
    }

    fn of(object: &Object<'_>, unit: &Unit) -> Option<Fact> {
        let detail = match (object.group(), object.id.kind.as_str()) {
            ("", "ServiceAccount") => Detail::ServiceAccount { secrets: account_secrets(object) },
            ("", "Secret") => Detail::Secret { token: token(object) },
            key if OPENERS.contains(&key) => Detail::Opens { namespace: target_namespace(object) },
            _ if object.service_account_references().any(|reference| reference.created) => {
                let created = object.service_account_references().filter(|reference| reference.created);
                Detail::Creates { accounts: created.map(|reference| reference.name.into()).collect() }
            }
            _ => {
                let pods: Vec<_> = object.pod_specs().map(|spec| pod(object, spec)).collect();
                if pods.iter().all(|pod| pod.references.is_empty()) {
                    return None;
                }
                Detail::Workload { pods }
            }
        };
        let name = object.at_path(&["metadata", "name"]).value();
        let node = name.or_else(|| object.root.get("kind").value()).unwrap_or(object.root);
        Some(Fact {
            object: Arc::clone(&object.id),
            place: object.place(node),
            unit: unit.clone(),
            is_dump: object.is_dump(),
            detail,
        })
    }

    /// Whether it stands in plain manifests rather than in rendered ones.
    pub fn is_plain(&self) -> bool {
        matches!(self.unit, Unit::Folder(_))
    }

    /// The file that it stands in.
    pub fn file(&self) -> FileId {
        self.place.file
    }

    /// Where it stands in its file.
    pub fn span(&self) -> Span {
        self.place.span
    }
}

/// The namespace into which an object of [`OPENERS`] brings others, if it says so.
fn target_namespace(object: &Object<'_>) -> Option<Box<str>> {
    let paths: [&[&str]; 3] = [
        &["spec", "targetNamespace"],
        &["spec", "destination", "namespace"],
        &["spec", "template", "spec", "destination", "namespace"],
    ];
    let written = paths.iter().find_map(|path| object.at_path(path).value().and_then(Node::as_str));
    written.or(Some(&object.id.namespace)).filter(|namespace| !namespace.is_empty()).map(Box::from)
}

fn account_secrets(object: &Object<'_>) -> Vec<Reference> {
    ["secrets", "imagePullSecrets"]
        .into_iter()
        .filter_map(|key| object.root.get(key).value())
        .flat_map(Node::items)
        .filter_map(|item| item.get("name").value())
        .filter_map(|node| {
            let secret = name(object, node)?;
            Some(Reference { secret, use_: None, volume: None, is_token_mount: false })
        })
        .collect()
}

fn token(object: &Object<'_>) -> Option<Token> {
    let secret = object.secret()?;
    let type_ = secret.type_().filter(|_| secret.is_token_secret())?;
    let account = object.annotation(SERVICE_ACCOUNT_NAME).value();
    Some(Token {
        type_place: object.place(type_),
        works: secret.token_state().is_some_and(TokenState::works),
        account: account.and_then(|node| name(object, node)),
    })
}

fn pod(object: &Object<'_>, spec: PodSpec<'_>) -> Pod {
    let volumes = secret_volumes(spec);
    let reference = |found: SecretReference<'_>| {
        let volume = volumes.get(&found.node.span());
        Some(Reference {
            secret: name(object, found.node)?,
            use_: Some(found.use_),
            volume: volume.and_then(|volume| volume.block).filter(|_| !object.is_rendered()),
            is_token_mount: volume.is_some_and(|volume| volume.is_token_mount),
        })
    };
    Pod {
        account: spec.service_account().value().and_then(Node::as_str).map(Box::from),
        home: if spec.home == Home::Own { PodHome::Own } else { PodHome::Elsewhere },
        references: spec.secret_references().filter_map(reference).collect(),
    }
}

struct SecretVolume {
    block: Option<BlockEntry>,
    is_token_mount: bool,
}

/// The Secret volumes of a pod, by the place of the Secret's name.
fn secret_volumes(spec: PodSpec<'_>) -> HashMap<Span, SecretVolume> {
    let mounts = spec.containers().flat_map(Container::volume_mounts);
    let over_token: HashSet<_> =
        mounts.filter(|mount| mount.is_token_mount()).filter_map(VolumeMount::name).collect();
    let mut volumes = HashMap::new();
    for volume in spec.volumes() {
        let Some(entry) = volume.node.get("secret").found() else { continue };
        let Some(name) = entry.value.get("secretName").value() else { continue };
        let is_token_mount = volume.name().is_some_and(|name| over_token.contains(name));
        volumes.insert(name.span(), SecretVolume { block: replaceable(entry), is_token_mount });
    }
    volumes
}

/// The `secret:` of a volume, if it stands in block style and says nothing but the Secret's name.
fn replaceable(entry: Entry<'_>) -> Option<BlockEntry> {
    let mut keys = entry.value.entries().map(|entry| entry.key.text());
    if !(keys.all(|key| key == Some("secretName"))
        && entry.key.is_editable()
        && entry.value.alias().is_none())
    {
        return None;
    }
    let text = entry.key.tree().text().as_str();
    let (key, value) = (entry.key.inner(), entry.value.inner());
    let before = text.get(..key.start)?;
    let indent = before.get(before.rfind('\n')? + 1..)?;
    let is_block = text.get(key.end..value.start)?.contains('\n') && indent.bytes().all(|byte| byte == b' ');
    let span = entry.key.span().to(entry.value.span());
    is_block.then(|| BlockEntry { span, indent: Span::new(0..indent.len()).len() })
}

fn name(object: &Object<'_>, node: Node<'_>) -> Option<Name> {
    let text = node.as_str().filter(|text| !text.is_empty())?;
    Some(Name {
        text: text.into(),
        place: object.place(node),
        editable: node.is_editable() && !object.is_rendered(),
    })
}

/// The folder of a root-relative path; the empty string for the root.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
