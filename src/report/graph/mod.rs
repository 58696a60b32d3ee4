//! Pictures of who may do what, and the same for scripts.

mod dot;
mod json;
mod mermaid;

use std::io;

use clap::ValueEnum;

use super::spots::Spots;
use super::{escape, words};
use crate::engine::Summary;
use crate::input::Sources;
use crate::world::Resolution;
use crate::world::graph::{Graph, Node, Relation, Site};

/// A longer line of a label is cut, in characters; hardly any name is longer (most are DNS labels).
const WIDEST: usize = 63;

/// How a graph is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// For Graphviz: `dot -Tsvg`.
    #[default]
    Dot,
    /// For Markdown on GitHub, GitLab and in many editors.
    Mermaid,
    /// For scripts; versioned.
    Json,
}

/// A graph, and what is needed to print it.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'w> {
    /// The graph.
    pub graph: &'w Graph<'w>,
    /// The files, to look names and text up.
    pub sources: &'w Sources,
    /// What was read.
    pub summary: &'w Summary,
}

impl Drawing<'_> {
    /// Writes the graph in one format.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, format: GraphFormat, out: &mut dyn io::Write) -> io::Result<()> {
        match format {
            GraphFormat::Dot => out.write_all(dot::text(self.graph, &self.spots()).as_bytes()),
            GraphFormat::Mermaid => out.write_all(mermaid::text(self.graph).as_bytes()),
            GraphFormat::Json => json::write(self, &self.spots(), out),
        }
    }

    /// Whether Mermaid refuses to draw it, unless it is configured otherwise.
    pub fn is_too_large_for_mermaid(&self) -> bool {
        mermaid::is_too_large(self.graph, &mermaid::text(self.graph))
    }

    fn spots(&self) -> Spots<'_> {
        let nodes = self.graph.nodes.iter().filter_map(|node| node.place);
        Spots::new(self.sources, nodes.chain(self.graph.edges.iter().filter_map(|edge| edge.place)))
    }
}

/// Each node with its number, those of one site together.
fn by_site<'g, 'w>(graph: &'g Graph<'w>) -> impl Iterator<Item = (Site<'w>, Vec<(usize, &'g Node<'w>)>)> {
    let mut numbers = 0..;
    let groups = graph.nodes.chunk_by(|a, b| a.site == b.site);
    groups.filter_map(move |nodes| Some((nodes.first()?.site, numbers.by_ref().zip(nodes).collect())))
}

/// What stands above the nodes of a site; nothing for those outside of the cluster.
fn title(site: Site<'_>) -> Option<String> {
    match site {
        Site::Outside => None,
        Site::Namespace(Some(namespace)) => Some(line(&format!("namespace {namespace}"))),
        Site::Namespace(None) => Some("namespace not known".to_owned()),
        Site::Cluster => Some("cluster-scoped".to_owned()),
    }
}

/// The lines of a node's label: its kind, its name, and what there is to know of it.
fn label(node: &Node<'_>) -> Vec<String> {
    let known = node.resolution.filter(|resolution| !matches!(resolution, Resolution::Found(_)));
    let admin = node.is_cluster_admin.then(|| "cluster-admin".to_owned());
    let remarks: Vec<_> = known.map(words::reason).into_iter().chain(admin).collect();
    let mut lines = vec![line(node.kind), line(&node.name)];
    if !remarks.is_empty() {
        lines.push(line(&format!("({})", remarks.join(", "))));
    }
    lines
}

fn line(text: &str) -> String {
    let text = escape::line(text);
    if text.chars().count() <= WIDEST {
        return text;
    }
    text.chars().take(WIDEST - 1).chain(['…']).collect()
}

/// Whether nothing that was read makes it.
fn is_missing(node: &Node<'_>) -> bool {
    use Resolution::{BuiltIn, Created, Found};
    node.resolution.is_some_and(|resolution| !matches!(resolution, Found(_) | BuiltIn | Created))
}

fn is_built_in(node: &Node<'_>) -> bool {
    matches!(node.resolution, Some(Resolution::BuiltIn))
}

/// What stands at an edge.
fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::RunsAs { mounts_token: Some(false) } => "runs as, no token",
        Relation::TokenOf { works: false } => "token of (broken)",
        other => other.words(),
    }
}
