//! The fields of the types that carry an identity: `rules/data/fields.csv`, generated from `k8s.io/api` up to 1.37 with
//! the fields of older releases.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Object;
use super::near_miss::Name;
use super::table::rows;
use crate::yaml::{Kind, Node};

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/fields.csv"));

/// A field of a type.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// The same, to compare misspellings with.
    pub known: Name<'static>,
    /// Whether it says something about an identity.
    pub is_identity: bool,
    /// What may be written there, besides null.
    pub shape: Shape,
    /// The type of its value, or of each item; the empty string if it is not in the table.
    pub holds: &'static str,
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    String,
    /// A boolean.
    Bool,
    /// A whole number.
    Int,
    /// A list.
    List,
    /// A mapping.
    Map,
    /// More than one of these.
    Any,
}

impl Shape {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "string" => Self::String,
            "bool" => Self::Bool,
            "int" => Self::Int,
            "list" => Self::List,
            "map" => Self::Map,
            "any" => Self::Any,
            _ => return None,
        })
    }
}

/// A mapping whose type is known.
#[derive(Clone, Copy, Debug)]
pub struct Typed<'a> {
    /// The mapping.
    pub node: Node<'a>,
    /// The name of its type in Kubernetes' Go packages: `PodSpec`, `Subject`. Two types called `TokenRequest` are told
    /// apart: that of CSI drivers is `CSIDriverTokenRequest`.
    pub type_: &'static str,
    /// The fields of that type.
    pub fields: &'static [Field],
}

impl<'a> Typed<'a> {
    /// A mapping of the type called `type_`.
    pub fn new(node: Node<'a>, type_: &'static str) -> Self {
        Self { node, type_, fields: of(type_) }
    }
}

/// Fields by type, sorted by name.
static FIELDS: LazyLock<HashMap<&str, Vec<Field>>> = LazyLock::new(|| {
    let mut fields = HashMap::<&str, Vec<Field>>::new();
    for [type_, name, identity, shape, holds] in rows(TABLE) {
        if let Some(shape) = Shape::parse(shape) {
            let known = Name::new(name);
            let field = Field { name, known, is_identity: identity == "yes", shape, holds };
            fields.entry(type_).or_default().push(field);
        }
    }
    fields
});

/// All fields of a type; none if it is not in the table.
pub fn of(type_: &str) -> &'static [Field] {
    FIELDS.get(type_).map_or(&[], Vec::as_slice)
}

/// Every mapping in `object` whose type is known: the object itself, its metadata, pod specs, containers, volumes,
/// subjects, rules … Parents come first.
pub fn typed_nodes<'a>(object: &Object<'a>) -> impl Iterator<Item = Typed<'a>> {
    object.typed_nodes.iter().copied()
}

pub(super) fn find_typed_nodes<'a>(object: &Object<'a>) -> Vec<Typed<'a>> {
    let own = root_type(object).map(|type_| Typed::new(object.root, type_));
    let metadata = own.is_none().then(|| workload_metadata(object)).flatten();
    let specs = object.pod_specs().map(|spec| Typed::new(spec.node, "PodSpec"));
    let mut open: Vec<_> = own.into_iter().chain(metadata).chain(specs).filter(is_mapping).collect();
    open.reverse();
    let mut found = Vec::new();
    while let Some(typed) = open.pop() {
        open.extend(children(typed));
        found.push(typed);
    }
    found
}

/// The metadata of a built-in workload.
fn workload_metadata<'a>(object: &Object<'a>) -> Option<Typed<'a>> {
    let is_built_in = ["", "apps", "batch", "extensions"].contains(&object.group());
    let holds_pods = is_built_in && object.pod_specs().next().is_some();
    let node = object.root.get("metadata").value().filter(|_| holds_pods)?;
    Some(Typed::new(node, "ObjectMeta"))
}

/// The type of an object that is itself one of the types in the table.
fn root_type(object: &Object<'_>) -> Option<&'static str> {
    Some(match (object.id.api_version.as_str(), object.group(), object.id.kind.as_str()) {
        ("v1", _, "Secret") => "Secret",
        ("v1", _, "ServiceAccount") => "ServiceAccount",
        (_, "rbac.authorization.k8s.io", "ClusterRole") => "ClusterRole",
        (_, "rbac.authorization.k8s.io", "ClusterRoleBinding") => "ClusterRoleBinding",
        (_, "rbac.authorization.k8s.io", "Role") => "Role",
        (_, "rbac.authorization.k8s.io", "RoleBinding") => "RoleBinding",
        (_, "storage.k8s.io", "CSIDriver") => "CSIDriver",
        (_, "authentication.k8s.io", "TokenRequest") => "TokenRequest",
        _ => return None,
    })
}

/// The typed mappings directly below one, last first.
fn children(typed: Typed<'_>) -> Vec<Typed<'_>> {
    let held = typed.fields.iter().filter(|field| !field.holds.is_empty());
    let mut children: Vec<_> = held
        .filter_map(|field| Some((field, typed.node.get(field.name).value()?)))
        .flat_map(|(field, value)| {
            let single = (field.shape == Shape::Map).then_some(value);
            let items = (field.shape == Shape::List).then(|| value.items());
            let nodes = single.into_iter().chain(items.into_iter().flatten());
            let fields = of(field.holds);
            nodes.map(move |node| Typed { node, type_: field.holds, fields })
        })
        .filter(is_mapping)
        .collect();
    children.reverse();
    children
}

fn is_mapping(typed: &Typed<'_>) -> bool {
    typed.node.kind() == Kind::Mapping
}

#[cfg(test)]
mod tests {
    use super::super::table::assert_well_formed;
    use super::super::testing::with_object;
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert_well_formed::<5>(TABLE);
        for [type_, name, identity, shape, holds] in rows(TABLE) {
            assert!(Shape::parse(shape).is_some() && ["yes", "no"].contains(&identity), "{type_}.{name}");
            assert!(holds.is_empty() || !of(holds).is_empty(), "{type_}.{name} holds an unknown type");
            assert!(
                holds.is_empty() || matches!(Shape::parse(shape), Some(Shape::List | Shape::Map)),
                "{type_}.{name}"
            );
        }
    }

    #[test]
    fn no_type_contains_itself() {
        fn depth(type_: &str, budget: u8) -> u8 {
            assert!(budget > 0, "{type_} goes round in circles");
            of(type_)
                .iter()
                .filter(|field| !field.holds.is_empty())
                .map(|f| depth(f.holds, budget - 1))
                .max()
                .map_or(0, |d| d + 1)
        }
        for [type_, ..] in rows::<5>(TABLE).map(|[type_, ..]| [type_]) {
            assert!(depth(type_, 10) < 10, "{type_}");
        }
    }

    fn types(yaml: &str) -> Vec<&'static str> {
        with_object(yaml, |object| typed_nodes(object).map(|typed| typed.type_).collect())
    }

    #[test]
    fn typed_mappings_are_found_where_they_are() {
        assert_eq!(
            types("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {}\n"),
            ["Secret", "ObjectMeta"]
        );
        let pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      \
                   containers: [{name: a, env: [{name: A}]}]\n      volumes: [{name: v, projected: {sources: \
                   [{serviceAccountToken: {path: token}}]}}]\n";
        assert_eq!(
            types(pod),
            [
                "ObjectMeta",
                "PodSpec",
                "Container",
                "EnvVar",
                "Volume",
                "ProjectedVolumeSource",
                "VolumeProjection",
                "ServiceAccountTokenProjection"
            ]
        );
        let binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nsubjects: [{kind: User}, x]\n\
                       roleRef: {kind: Role}\n";
        assert_eq!(types(binding), ["RoleBinding", "RoleRef", "Subject"]);
    }

    #[test]
    fn kinds_of_other_groups_are_not_typed() {
        for yaml in [
            "apiVersion: talos.dev/v1alpha1\nkind: ServiceAccount\nmetadata: {name: a}\n",
            "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec: {template: {spec: {containers: []}}}\n",
            "apiVersion: authorization.openshift.io/v1\nkind: RoleBinding\nsubjects: []\n",
        ] {
            assert!(types(yaml).is_empty(), "{yaml}");
        }
    }
}
