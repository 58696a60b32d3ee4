//! Mermaid flowcharts (<https://mermaid.js.org/syntax/flowchart.html>).

use std::fmt::Write;

use super::{by_site, is_built_in, is_missing, label, relation, title};
use crate::world::graph::{Graph, Node, Part, Relation};

/// Mermaid draws no more edges and no longer text unless it is told to (`maxEdges`, `maxTextSize`).
const MOST_EDGES: usize = 500;
const LONGEST: usize = 50_000;

/// Some of the nodes.
type Choice = fn(&Node<'_>) -> bool;

/// How some of the nodes are drawn: a name, the style, and which they are.
const CLASSES: [(&str, &str, Choice); 3] = [
    ("builtin", "fill:#ddd", is_built_in),
    ("missing", "stroke-dasharray:4 4", is_missing),
    ("admin", "stroke:#c00,stroke-width:3px,color:#c00", |node| node.is_cluster_admin),
];

/// The graph, with a subgraph for each namespace and one for what has none.
pub(super) fn text(graph: &Graph<'_>) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for (number, (site, nodes)) in by_site(graph).enumerate() {
        let title = title(site);
        if let Some(title) = &title {
            // Writing to a string does not fail.
            let _ = writeln!(text, "subgraph s{number}[\"{}\"]", encoded(title));
        }
        for (index, node) in nodes {
            let _ = writeln!(text, "{}", shape(index, node));
        }
        if title.is_some() {
            text.push_str("end\n");
        }
    }
    for edge in &graph.edges {
        let (from, to, words) = (edge.from, edge.to, relation(edge.relation));
        let arrow = if edge.relation == (Relation::TokenOf { works: false }) { "-.->" } else { "-->" };
        let _ = writeln!(text, "n{from} {arrow}|\"{words}\"| n{to}");
    }
    for (name, style, is_in) in CLASSES {
        let nodes = graph.nodes.iter().enumerate().filter(|(_, node)| is_in(node));
        let nodes: Vec<_> = nodes.map(|(index, _)| format!("n{index}")).collect();
        if !nodes.is_empty() {
            let _ = writeln!(text, "classDef {name} {style}\nclass {} {name}", nodes.join(","));
        }
    }
    text
}

/// Whether Mermaid refuses to draw it by default.
pub(super) fn is_too_large(graph: &Graph<'_>, text: &str) -> bool {
    graph.edges.len() > MOST_EDGES || text.len() > LONGEST
}

fn shape(index: usize, node: &Node<'_>) -> String {
    let (open, close) = match node.part {
        Part::Workload => ("[", "]"),
        Part::TokenSecret => ("[(", ")]"),
        Part::Kubeconfig => ("[/", "/]"),
        Part::Account => ("([", "])"),
        Part::User | Part::Group => ("{{", "}}"),
        Part::Binding => ("(", ")"),
        Part::Role => ("[[", "]]"),
    };
    let lines: Vec<_> = label(node).iter().map(|line| encoded(line)).collect();
    format!("n{index}{open}\"{}\"{close}", lines.join("<br/>"))
}

/// Text as nothing but text: what is no letter, digit, blank, dash, dot, comma or slash is written by its number
/// (<https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters>). That leaves no quotes, no markup, no
/// directive (`%%{`) and no Markdown.
fn encoded(text: &str) -> String {
    text.chars().fold(String::new(), |mut text, c| {
        if c.is_alphanumeric() || matches!(c, ' ' | '-' | '.' | ',' | '/' | '(' | ')' | '…') {
            text.push(c);
        } else {
            let _ = write!(text, "#{};", u32::from(c));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_no_meaning() {
        for (text, written) in [
            ("Role web-1.x", "Role web-1.x"),
            (r#"a"]; b["#, "a#34;#93;#59; b#91;"),
            ("<img src=x>", "#60;img src#61;x#62;"),
            ("%%{init}%%", "#37;#37;#123;init#125;#37;#37;"),
            ("`**x**` #quot;", "#96;#42;#42;x#42;#42;#96; #35;quot#59;"),
            ("größe", "größe"),
        ] {
            assert_eq!(encoded(text), written);
        }
    }
}
