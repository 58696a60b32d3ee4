//! Roles, and bindings: whom they give which role.

use super::Object;
use super::names::is_placeholder;
use crate::yaml::{Get, Kind, Node, Type};

/// The API group of roles and bindings.
pub const RBAC_GROUP: &str = "rbac.authorization.k8s.io";

/// A RoleBinding or ClusterRoleBinding of [`RBAC_GROUP`]; OpenShift has kinds of the same names in groups of its own.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    root: Node<'a>,
    /// Whether it is a ClusterRoleBinding.
    pub is_cluster: bool,
}

/// The role that a binding gives.
#[derive(Clone, Copy, Debug)]
pub struct RoleRef<'a> {
    /// Its mapping.
    pub node: Node<'a>,
}

/// Somebody to whom a binding gives its role.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its mapping.
    pub node: Node<'a>,
}

/// A Role or ClusterRole of [`RBAC_GROUP`].
#[derive(Clone, Copy, Debug)]
pub struct Role<'a> {
    root: Node<'a>,
    /// Whether it is a ClusterRole.
    pub is_cluster: bool,
}

/// What a role allows.
#[derive(Clone, Copy, Debug)]
pub struct PolicyRule<'a> {
    /// Its mapping.
    pub node: Node<'a>,
}

impl<'a> Role<'a> {
    /// Its `rules`.
    pub fn rules(self) -> impl Iterator<Item = PolicyRule<'a>> {
        let rules = self.root.get("rules").value().into_iter().flat_map(Node::items);
        rules.filter(|node| node.kind() == Kind::Mapping).map(|node| PolicyRule { node })
    }

    /// Which ClusterRoles it takes its rules from.
    pub fn aggregation_rule(self) -> Get<'a> {
        self.root.get("aggregationRule")
    }
}

impl<'a> Binding<'a> {
    /// Its `roleRef`, if one is written.
    pub fn role_ref(self) -> Option<RoleRef<'a>> {
        let node = self.root.get("roleRef").value()?;
        (node.kind() == Kind::Mapping).then_some(RoleRef { node })
    }

    /// Its `subjects`.
    pub fn subjects(self) -> impl Iterator<Item = Subject<'a>> {
        let subjects = self.root.get("subjects").value().into_iter().flat_map(Node::items);
        subjects.filter(|node| node.kind() == Kind::Mapping).map(|node| Subject { node })
    }
}

impl<'a> RoleRef<'a> {
    /// `Role` or `ClusterRole`, if it is right.
    pub fn kind(self) -> Option<Node<'a>> {
        self.node.get("kind").value()
    }

    /// The role's name.
    pub fn name(self) -> Option<Node<'a>> {
        self.node.get("name").value()
    }

    /// [`RBAC_GROUP`], which is also what absence means (`pkg/apis/rbac/v1/defaults.go`).
    pub fn api_group(self) -> Get<'a> {
        self.node.get("apiGroup")
    }
}

impl<'a> Subject<'a> {
    /// `ServiceAccount`, `User` or `Group`, if it is right.
    pub fn kind(self) -> Option<Node<'a>> {
        self.node.get("kind").value()
    }

    /// Whether it is a ServiceAccount.
    pub fn is_service_account(self) -> bool {
        self.kind().and_then(Node::as_str) == Some("ServiceAccount")
    }

    /// Its name.
    pub fn name(self) -> Option<Node<'a>> {
        self.node.get("name").value()
    }

    /// Whether it is a ServiceAccount by the name of a user or with its namespace in front, which has colons:
    /// `system:serviceaccount:ci:builder`, `ci:builder`.
    pub fn has_qualified_name(self) -> bool {
        let name = self.name().and_then(Node::as_str).filter(|_| self.is_service_account());
        name.is_some_and(|name| name.contains(':') && !is_placeholder(name))
    }

    /// The namespace of a ServiceAccount.
    pub fn namespace(self) -> Get<'a> {
        self.node.get("namespace")
    }

    /// Whether it is a ServiceAccount with no namespace written, or an empty one: a RoleBinding takes its own for it, a
    /// ClusterRoleBinding is rejected (`pkg/apis/rbac/validation/validation.go`).
    pub fn lacks_namespace(self) -> bool {
        let is_empty = |node: Node<'_>| {
            node.scalar().is_some_and(|scalar| scalar.read() == Type::Null || scalar.as_str() == Some(""))
        };
        self.is_service_account()
            && match self.namespace() {
                Get::Absent => true,
                Get::Found(entry) => is_empty(entry.value),
                Get::Unknown => false,
            }
    }

    /// The empty string for a ServiceAccount, [`RBAC_GROUP`] for others; absence means the right one
    /// (`pkg/apis/rbac/v1/defaults.go`).
    pub fn api_group(self) -> Get<'a> {
        self.node.get("apiGroup")
    }
}

impl<'a> Object<'a> {
    /// It as a binding, if it is one.
    pub fn binding(&self) -> Option<Binding<'a>> {
        let is_cluster = match self.id.kind.as_str() {
            "RoleBinding" => false,
            "ClusterRoleBinding" => true,
            _ => return None,
        };
        (self.group() == RBAC_GROUP).then_some(Binding { root: self.root, is_cluster })
    }

    /// It as a role, if it is one.
    pub fn role(&self) -> Option<Role<'a>> {
        let is_cluster = match self.id.kind.as_str() {
            "Role" => false,
            "ClusterRole" => true,
            _ => return None,
        };
        (self.group() == RBAC_GROUP).then_some(Role { root: self.root, is_cluster })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_object;
    use super::*;

    #[test]
    fn a_role_has_rules() {
        let rest = "kind: ClusterRole\naggregationRule: {}\nrules: [{verbs: [get]}, text]\n";
        with_object(&format!("apiVersion: {RBAC_GROUP}/v1\n{rest}"), |object| {
            let role = object.role().unwrap();
            assert!(role.is_cluster && role.aggregation_rule().found().is_some());
            assert_eq!(role.rules().count(), 1);
        });
        with_object(&format!("apiVersion: iam.aws.crossplane.io/v1beta1\n{rest}"), |object| {
            assert!(object.role().is_none());
        });
    }

    #[test]
    fn a_binding_names_a_role_and_subjects() {
        let rest = "kind: RoleBinding\nroleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, \
                    name: builder, namespace: ci}, {kind: Group, name: devs}, text]\n";
        with_object(&format!("apiVersion: {RBAC_GROUP}/v1\n{rest}"), |object| {
            let binding = object.binding().unwrap();
            let text = |node: Option<Node<'_>>| node.and_then(Node::as_str).unwrap_or_default().to_owned();
            assert_eq!(text(binding.role_ref().and_then(RoleRef::name)), "view");
            let subjects: Vec<_> =
                binding.subjects().map(|s| (s.is_service_account(), text(s.name()))).collect();
            assert_eq!(subjects, [(true, "builder".to_owned()), (false, "devs".to_owned())]);
        });
        with_object(&format!("apiVersion: authorization.openshift.io/v1\n{rest}"), |object| {
            assert!(object.binding().is_none());
        });
    }
}
