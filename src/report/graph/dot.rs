//! DOT, the language of Graphviz (<https://graphviz.org/doc/info/lang.html>).

use std::fmt::Write;

use super::{by_site, is_built_in, is_missing, label, relation, title};
use crate::report::spots::Spots;
use crate::world::graph::{Edge, Graph, Node, Part, Relation};

const HEAD: &str = "\
digraph saudit {
  graph [rankdir=LR, ranksep=0.8, nodesep=0.15, fontname=\"Helvetica\", fontsize=12];
  node [fontname=\"Helvetica\", fontsize=10, height=0.3, margin=\"0.12,0.05\"];
  edge [fontname=\"Helvetica\", fontsize=8, color=\"#666666\", fontcolor=\"#444444\", arrowsize=0.6];
";

/// The graph, with a cluster for each namespace and one for what has none.
pub(super) fn text(graph: &Graph<'_>, spots: &Spots<'_>) -> String {
    let mut text = HEAD.to_owned();
    for (number, (site, nodes)) in by_site(graph).enumerate() {
        let title = title(site);
        if let Some(title) = &title {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  subgraph cluster_{number} {{\n    label={};", quoted([title]));
            text.push_str("    style=\"filled,rounded\"; color=\"#bbbbbb\"; fillcolor=\"#f7f7f7\";\n");
        }
        let indent = if title.is_some() { "    " } else { "  " };
        for (index, node) in nodes {
            let _ = writeln!(text, "{indent}n{index} [{}];", attributes(node, spots));
        }
        if title.is_some() {
            text.push_str("  }\n");
        }
    }
    for edge in &graph.edges {
        let _ = writeln!(text, "  n{} -> n{} [{}];", edge.from, edge.to, line(edge));
    }
    text.push_str("}\n");
    text
}

fn attributes(node: &Node<'_>, spots: &Spots<'_>) -> String {
    let (shape, colour) = match node.part {
        Part::Workload => ("box", "#ffffff"),
        Part::TokenSecret => ("note", "#fff2cc"),
        Part::Kubeconfig => ("note", "#ffe0cc"),
        Part::Account => ("ellipse", "#dae8fc"),
        Part::User | Part::Group => ("octagon", "#dae8fc"),
        Part::Binding => ("box", "#e8f4e4"),
        Part::Role => ("component", "#e1d5e7"),
    };
    let colour = if is_built_in(node) { "#dddddd" } else { colour };
    let mut text = format!("label={}, shape={shape}, fillcolor=\"{colour}\"", quoted(label(node)));
    let rounded = if node.part == Part::Binding { ",rounded" } else { "" };
    let dashed = if is_missing(node) { ",dashed" } else { "" };
    let _ = write!(text, ", style=\"filled{rounded}{dashed}\"");
    if node.is_cluster_admin {
        text.push_str(", color=\"#cc0000\", fontcolor=\"#cc0000\", penwidth=2");
    }
    if let Some(place) = node.place {
        let _ = write!(text, ", tooltip={}", quoted([spots.at(place).to_string()]));
    }
    text
}

fn line(edge: &Edge<'_>) -> String {
    let mut text = format!("label=\"{}\"", relation(edge.relation));
    if edge.relation == (Relation::TokenOf { works: false }) {
        text.push_str(", style=dotted");
    }
    text
}

/// Lines as one quoted string. In labels and tooltips, backslashes and entities of HTML have a meaning
/// (<https://graphviz.org/docs/attr-types/escString/>).
fn quoted(lines: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let lines = lines.into_iter().map(|line| {
        line.as_ref().chars().fold(String::new(), |mut text, c| {
            match c {
                '\\' | '"' => text.extend(['\\', c]),
                '&' => text.push_str("&amp;"),
                c => text.push(c),
            }
            text
        })
    });
    format!("\"{}\"", lines.collect::<Vec<_>>().join("\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_string_ends_it_or_has_a_meaning() {
        for (lines, written) in [
            (&["Role", "web"][..], r#""Role\nweb""#),
            (&[r#"a"]; b [x="#], r#""a\"]; b [x=""#),
            (&[r"\N\", r"\"], r#""\\N\\\n\\""#),
            (&["&lt;&#34;", "<b>x</b>"], r#""&amp;lt;&amp;#34;\n<b>x</b>""#),
        ] {
            assert_eq!(quoted(lines), written);
        }
    }
}
