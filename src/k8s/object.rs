//! A Kubernetes object as it stands in a document.

use std::borrow::Cow;
use std::sync::Arc;

use super::PodSpec;
use super::fields::{self, Typed};
use super::identity_annotation::{self, SecretClaim};
use super::metadata::{self, Metadata};
use crate::finding::{Draft, ObjectId, Place};
use crate::span::FileId;
use crate::yaml::{Document, Get, Kind, Node};

/// What a template writes as the namespace of a release: the same as to write none.
pub const RELEASE_NAMESPACE: &str = "{{ .Release.Namespace }}";

/// More branches of a template that each give an object its `apiVersion` are not looked at.
const MAX_BRANCHES: usize = 16;

/// About so many times rules read each part of an object. One that an alias leads to is paid for as often: a list may
/// have any number of them.
const READERS: u32 = 64;

/// Where a document comes from, as far as its objects need to know.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The file.
    pub file: FileId,
    /// The path in `# Source: …`, if `helm template` rendered it.
    pub rendered_from: Option<String>,
}

/// An object: something with `apiVersion` and `kind`.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    /// Its mapping.
    pub root: Node<'a>,
    /// What it calls itself.
    pub id: Arc<ObjectId>,
    /// Where it comes from.
    pub origin: &'a Origin,
    /// What many rules ask for, found once.
    pub(super) pod_specs: Vec<PodSpec<'a>>,
    pub(super) typed_nodes: Vec<Typed<'a>>,
    pub(super) templates: Vec<Metadata<'a>>,
    pub(super) claim: Option<SecretClaim<'a>>,
}

impl<'a> Object<'a> {
    /// The objects of a document: one, or the items of a `List` or of OpenShift's `Template` (each an object of its
    /// own).
    pub fn all(document: &'a Document<'a>, origin: &'a Origin) -> Vec<Object<'a>> {
        let Some(object) = document.tree().and_then(|tree| Self::at(tree.root()?, None, origin)) else {
            return Vec::new();
        };
        match object.list_items() {
            Some(items) => items.filter_map(|item| Self::at(item, Some(&object), origin)).collect(),
            None => vec![object],
        }
    }

    /// The items, if this is a `List`, a `…List` or a `Template`. Items of a `…List` inherit its kind where they write
    /// none.
    fn list_items(&self) -> Option<impl Iterator<Item = Node<'a>> + use<'a>> {
        let is_template = self.id.kind == "Template" && ["", "template.openshift.io"].contains(&self.group());
        let key = match self.id.kind.as_str() {
            _ if is_template => "objects",
            kind if kind.ends_with("List") => "items",
            _ => return None,
        };
        let items = self.root.get(key).value().filter(|items| items.kind() == Kind::Sequence)?;
        Some(items.items().filter(|item| item.may_be_read(READERS)))
    }

    fn at(root: Node<'a>, list: Option<&Object<'a>>, origin: &'a Origin) -> Option<Object<'a>> {
        let typed = list.and_then(|list| list.id.kind.strip_suffix("List")).filter(|kind| !kind.is_empty());
        let inherited = |field: fn(&ObjectId) -> &str| typed.and(list).map(|list| field(&list.id));
        // A strategic merge patch says what to change in an object; it is none.
        if root.get("$patch").found().is_some() {
            return None;
        }
        let kind = root.get("kind").value().and_then(Node::as_str);
        let api_version = root.get("apiVersion").value().and_then(|version| match version.as_str() {
            None if version.is_unknown() => usual_api_version(kind?),
            literal => literal,
        });
        let api_version = api_version.or_else(|| inherited(|id| &id.api_version))?;
        let kind = kind.or(typed)?;
        let id = Arc::new(identity(root, api_version, kind));
        let mut object = Object {
            root,
            id,
            origin,
            pod_specs: Vec::new(),
            typed_nodes: Vec::new(),
            templates: Vec::new(),
            claim: None,
        };
        object.pod_specs = object.find_pod_specs();
        object.typed_nodes = fields::find_typed_nodes(&object);
        object.templates = metadata::find_templates(&object);
        object.claim = identity_annotation::judge(&object);
        Some(object)
    }

    /// The API group: the empty string for core. What other tools write without a slash (`v2`, `v1alpha1`) is not
    /// core, which only has `v1`, but as a whole a group of its own.
    pub fn group(&self) -> &str {
        match self.id.api_version.split_once('/') {
            Some((group, _)) => group,
            None if self.id.api_version == "v1" => "",
            None => &self.id.api_version,
        }
    }

    /// Its `apiVersion` where it is written out, to point at; in a template that of each branch, of the first few.
    pub fn api_versions(&self) -> impl Iterator<Item = (Node<'a>, &'a str)> + use<'a> {
        let has_branches = self.root.tree().has_holes();
        let branches = has_branches
            .then(|| self.root.alternatives("apiVersion").take(MAX_BRANCHES).map(|entry| entry.value));
        let one = if has_branches { None } else { self.root.get("apiVersion").value() };
        branches.into_iter().flatten().chain(one).filter_map(|node| Some((node, node.as_str()?)))
    }

    /// Whether it is of this group and kind, in any version.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.id.kind == kind && self.group() == group
    }

    /// Whether a tool rendered it: then a fix belongs in what it was rendered from.
    pub fn is_rendered(&self) -> bool {
        self.origin.rendered_from.is_some()
    }

    /// What is at a path of keys: `object.at_path(&["metadata", "annotations"])`.
    pub fn at_path(&self, keys: &[&str]) -> Get<'a> {
        let Some((first, rest)) = keys.split_first() else { return Get::Absent };
        rest.iter().fold(self.root.get(first), |found, key| found.get(key))
    }

    /// What is under an annotation key.
    pub fn annotation(&self, key: &str) -> Get<'a> {
        self.at_path(&["metadata", "annotations", key])
    }

    /// A place in this object, to point at.
    pub fn place(&self, node: Node<'_>) -> Place {
        Place {
            file: self.origin.file,
            span: node.span(),
            path: node.path_from(self.root),
            object: Some(Arc::clone(&self.id)),
        }
    }

    /// A finding at `node` of this object. Where an alias leads there, the use is a related place.
    pub fn draft(&self, node: Node<'_>, message: impl Into<String>) -> Draft {
        let draft = Draft::new(self.place(node), message);
        match node.alias() {
            Some(span) => {
                let place = Place { span, ..self.place(node) };
                draft.related(place, "used through this alias")
            }
            None => draft,
        }
    }
}

/// What an object with the mapping `root` calls itself.
pub fn identity(root: Node<'_>, api_version: &str, kind: &str) -> ObjectId {
    let namespace = written_in_metadata(root, "namespace").filter(|namespace| namespace != RELEASE_NAMESPACE);
    ObjectId {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        namespace: namespace.unwrap_or_default(),
        name: written_in_metadata(root, "name").unwrap_or_default(),
    }
}

/// What an object says of itself in its metadata, in a scalar of whatever type.
fn written_in_metadata(root: Node<'_>, key: &str) -> Option<String> {
    let node = root.get("metadata").get(key).value()?;
    node.text().map(str::to_owned).or_else(|| node.told().map(Cow::into_owned))
}

/// The version under which Kubernetes serves a kind that has to do with identities. Charts often choose the version of
/// an API by an expression; the kind alone says which one is meant.
fn usual_api_version(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "Pod" | "Secret" | "ServiceAccount" => "v1",
        "DaemonSet" | "Deployment" | "ReplicaSet" | "StatefulSet" => "apps/v1",
        "CronJob" | "Job" => "batch/v1",
        "ClusterRole" | "ClusterRoleBinding" | "Role" | "RoleBinding" => "rbac.authorization.k8s.io/v1",
        _ => return None,
    })
}
