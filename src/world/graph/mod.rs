//! Who is who and who gets what, as a graph: workloads, ServiceAccounts, token Secrets, kubeconfigs, bindings, roles, users
//! and groups.
//!
//! Every edge leads from whoever can use something towards what that gives in the end: from a workload to its
//! ServiceAccount, from there to bindings, from those to roles.

mod builder;
mod filter;

use std::borrow::Cow;

use super::fact::Fact;
use super::index::World;
use super::rbac::Rights;
use super::resolve::Resolution;
use crate::finding::Place;

/// The graph, in an order that only depends on what was read.
#[derive(Debug, Default)]
pub struct Graph<'w> {
    /// By site, kind, name and place.
    pub nodes: Vec<Node<'w>>,
    /// By their nodes.
    pub edges: Vec<Edge<'w>>,
}

/// Something that has to do with identities.
#[derive(Clone, Debug)]
pub struct Node<'w> {
    /// What part it plays.
    pub part: Part,
    /// `Deployment`, `ServiceAccount`, `Kubeconfig`, `Group` …
    pub kind: &'w str,
    /// Its name; that of its file for a kubeconfig.
    pub name: Cow<'w, str>,
    /// Where it lives.
    pub site: Site<'w>,
    /// What is known of it; `None` for what is no object of Kubernetes: users, groups and kubeconfigs.
    pub resolution: Option<Resolution<'w>>,
    /// Where it is defined, or else first named.
    pub place: Option<&'w Place>,
    /// Whether it is as good as cluster-admin: a ClusterRole that allows everything, a ClusterRoleBinding that gives it, and
    /// whoever is a subject of that.
    pub is_cluster_admin: bool,
}

/// The part that a node plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Something that runs pods, or whose fields name a ServiceAccount.
    Workload,
    /// A token Secret.
    TokenSecret,
    /// A kubeconfig with credentials in it.
    Kubeconfig,
    /// A ServiceAccount.
    Account,
    /// A user.
    User,
    /// A group.
    Group,
    /// A RoleBinding or ClusterRoleBinding.
    Binding,
    /// A Role or ClusterRole.
    Role,
}

/// Where something lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Site<'w> {
    /// Not in the cluster: users, groups, files.
    Outside,
    /// In a namespace; `None` if it is not known in which.
    Namespace(Option<&'w str>),
    /// In no namespace.
    Cluster,
}

/// How two nodes have to do with each other.
#[derive(Clone, Debug)]
pub struct Edge<'w> {
    /// The place of the one among the nodes.
    pub from: usize,
    /// The place of the other.
    pub to: usize,
    /// What it is or does to the other.
    pub relation: Relation,
    /// Where that is written; `None` for what the API server does by itself.
    pub place: Option<&'w Place>,
}

/// What one node is or does to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The pods of a workload run as a ServiceAccount.
    RunsAs {
        /// Whether the API server mounts a token into them; `None` if that cannot be told.
        mounts_token: Option<bool>,
    },
    /// A field of an object names a ServiceAccount.
    Names,
    /// An operator makes the ServiceAccount for the object.
    Makes,
    /// A workload has a token Secret as a volume.
    Mounts,
    /// A workload has a token Secret in its environment, or hands it to a driver.
    Reads,
    /// A token Secret is for a ServiceAccount.
    TokenOf {
        /// Whether it gets a token and keeps it.
        works: bool,
    },
    /// A kubeconfig lets its holder log in as somebody.
    HoldsCredentialOf,
    /// A ServiceAccount or user is in a group.
    MemberOf,
    /// Somebody is among the subjects of a binding.
    SubjectOf,
    /// A binding gives a role.
    Gives,
    /// A ClusterRole takes its rules from another one.
    Aggregates,
}

impl Relation {
    /// What it is called, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::RunsAs { .. } => "runs as",
            Self::Names => "names",
            Self::Makes => "makes",
            Self::Mounts => "mounts",
            Self::Reads => "reads",
            Self::TokenOf { .. } => "token of",
            Self::HoldsCredentialOf => "holds credential of",
            Self::MemberOf => "member of",
            Self::SubjectOf => "subject of",
            Self::Gives => "gives",
            Self::Aggregates => "aggregates",
        }
    }
}

impl<'w> Graph<'w> {
    /// The graph of all that was read.
    pub fn new(rights: &Rights<'w>) -> Self {
        builder::Builder::new(rights.world).build(rights)
    }
}

impl<'w> Node<'w> {
    fn of(world: &'w World, fact: &'w Fact, part: Part) -> Self {
        Self {
            part,
            kind: &fact.object.kind,
            name: Cow::Borrowed(&fact.object.name),
            site: site(world, fact),
            resolution: Some(Resolution::Found(fact)),
            place: Some(&fact.place),
            is_cluster_admin: false,
        }
    }

    /// Where it is defined.
    pub fn definition(&self) -> Option<&'w Place> {
        match self.resolution {
            None | Some(Resolution::Found(_)) => self.place.filter(|_| self.is_read()),
            Some(_) => None,
        }
    }

    /// Whether it was read, rather than only named.
    fn is_read(&self) -> bool {
        !matches!(self.part, Part::User | Part::Group)
    }
}

/// Where an object lives. Of a custom resource that says no namespace, a definition may tell that it has none.
fn site<'w>(world: &'w World, fact: &'w Fact) -> Site<'w> {
    let namespace = world.namespace(fact);
    let is_cluster = match fact.object.kind.as_str() {
        "ClusterRole" | "ClusterRoleBinding" => true,
        _ if fact.has_subjects_in_fields() => true,
        kind if fact.object.namespace.is_empty() => {
            let group = fact.object.api_version.split_once('/').map_or("", |(group, _)| group);
            let resource = world.resource(format!("{kind}.{group}").trim_end_matches('.'));
            resource.is_some_and(|resource| !resource.is_namespaced)
        }
        _ => false,
    };
    if is_cluster { Site::Cluster } else { Site::Namespace(namespace) }
}
