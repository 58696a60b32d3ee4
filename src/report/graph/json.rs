//! JSON for scripts. Version 1; fields and words may be added to it, nothing else changes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;

use serde::Serialize;

use super::Drawing;
use crate::report::json::{Looked, Tool, masked};
use crate::report::spots::{Spot, Spots};
use crate::report::{shapes, words, write_json};
use crate::world::graph::{Edge, Node, Part, Relation, Site};

#[derive(Serialize)]
struct Report<'a> {
    version: u8,
    tool: Tool,
    summary: Totals<'a>,
    nodes: Vec<Item<'a>>,
    edges: Vec<Link<'a>>,
}

#[derive(Serialize)]
struct Totals<'a> {
    nodes: usize,
    edges: usize,
    #[serde(flatten)]
    looked: Looked<'a>,
}

#[derive(Serialize)]
struct Item<'a> {
    /// Kind, namespace and name; of several such nodes the later ones are numbered.
    id: String,
    r#type: &'static str,
    kind: String,
    /// `null` where it has none, and where it is not known.
    namespace: Option<String>,
    name: String,
    /// `null` for what is no object of the cluster.
    status: Option<&'static str>,
    cluster_admin: bool,
    /// Where it is defined.
    #[serde(flatten)]
    at: At<'a>,
}

#[derive(Serialize)]
struct Link<'a> {
    from: String,
    to: String,
    kind: &'static str,
    /// Of `runs-as`: whether the API server mounts a token into the pods.
    token_mounted: Option<bool>,
    /// Of `token-of`: whether the Secret gets a token and keeps it.
    works: Option<bool>,
    /// Where it is written.
    #[serde(flatten)]
    at: At<'a>,
}

#[derive(Default, Serialize)]
struct At<'a> {
    path: Option<Cow<'a, str>>,
    line: Option<usize>,
    column: Option<usize>,
}

impl<'a> From<Spot<'a>> for At<'a> {
    fn from(Spot { path, line, column, .. }: Spot<'a>) -> Self {
        Self { path: Some(shapes::mask(path)), line: Some(line), column: Some(column) }
    }
}

/// Writes the graph as JSON: lines and columns from 1, columns in characters, paths relative to the root.
pub(super) fn write(drawing: &Drawing<'_>, spots: &Spots<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let Drawing { graph, summary, .. } = *drawing;
    let ids = ids(&graph.nodes);
    let id = |index: usize| ids.get(index).cloned().unwrap_or_default();
    let report = Report {
        version: 1,
        tool: Tool::THIS,
        summary: Totals { nodes: graph.nodes.len(), edges: graph.edges.len(), looked: Looked::from(summary) },
        nodes: graph.nodes.iter().zip(&ids).map(|(node, id)| item(node, id, spots)).collect(),
        edges: graph.edges.iter().map(|edge| link(edge, id, spots)).collect(),
    };
    write_json(&report, out)
}

fn ids(nodes: &[Node<'_>]) -> Vec<String> {
    let mut uses: HashMap<String, usize> = HashMap::new();
    let numbered = |node: &Node<'_>| {
        let parts = [Some(node.kind), namespace(node), Some(&*node.name)];
        let id = masked(&parts.into_iter().flatten().collect::<Vec<_>>().join("/"));
        let count = uses.entry(id.clone()).or_default();
        *count += 1;
        // No name has such a character, no path of a file ends so.
        if *count == 1 { id } else { format!("{id}#{count}") }
    };
    nodes.iter().map(numbered).collect()
}

fn namespace<'w>(node: &Node<'w>) -> Option<&'w str> {
    match node.site {
        Site::Namespace(namespace) => namespace,
        Site::Outside | Site::Cluster => None,
    }
}

fn item<'a>(node: &Node<'_>, id: &str, spots: &Spots<'a>) -> Item<'a> {
    Item {
        id: id.to_owned(),
        r#type: match node.part {
            Part::Workload => "workload",
            Part::TokenSecret => "token-secret",
            Part::Kubeconfig => "kubeconfig",
            Part::Account => "service-account",
            Part::User => "user",
            Part::Group => "group",
            Part::Binding => "binding",
            Part::Role => "role",
        },
        kind: masked(node.kind),
        namespace: namespace(node).map(masked),
        name: masked(&node.name),
        status: node.resolution.map(words::status),
        cluster_admin: node.is_cluster_admin,
        at: node.definition().map(|place| spots.at(place).into()).unwrap_or_default(),
    }
}

fn link<'a>(edge: &Edge<'_>, id: impl Fn(usize) -> String, spots: &Spots<'a>) -> Link<'a> {
    let (token_mounted, works) = match edge.relation {
        Relation::RunsAs { mounts_token } => (mounts_token, None),
        Relation::TokenOf { works } => (None, Some(works)),
        _ => (None, None),
    };
    Link {
        from: id(edge.from),
        to: id(edge.to),
        kind: word(edge.relation),
        token_mounted,
        works,
        at: edge.place.map(|place| spots.at(place).into()).unwrap_or_default(),
    }
}

fn word(relation: Relation) -> &'static str {
    match relation {
        Relation::RunsAs { .. } => "runs-as",
        Relation::Names => "names",
        Relation::Makes => "makes",
        Relation::Mounts => "mounts",
        Relation::Reads => "reads",
        Relation::TokenOf { .. } => "token-of",
        Relation::HoldsCredentialOf => "holds-credential-of",
        Relation::MemberOf => "member-of",
        Relation::SubjectOf => "subject-of",
        Relation::Gives => "gives",
        Relation::Aggregates => "aggregates",
    }
}
