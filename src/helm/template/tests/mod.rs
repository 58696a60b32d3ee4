//! Tests of reading templates.

mod documents;
mod hostile;
mod properties;
mod shapes;

use super::{Template, read};
use crate::yaml::{Kind, Node, Tree};

/// A tree in one line: `<e>` is an expression, `<"a{{ e }}">` text with one, and `?` what is not known.
fn shown(node: Node<'_>) -> String {
    let unknown = if node.is_unknown() { "?" } else { "" };
    match node.kind() {
        Kind::Mapping => {
            let entries = node.entries().map(|entry| format!("{}: {}", shown(entry.key), shown(entry.value)));
            format!("{unknown}{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Kind::Sequence => {
            format!("{unknown}[{}]", node.items().map(shown).collect::<Vec<_>>().join(", "))
        }
        _ => match (node.expression(), node.text()) {
            (Some(expression), None) if expression.is_whole => format!("<{}>", expression.text),
            (Some(expression), None) => format!("<{:?}>", expression.text),
            (None, Some(text)) => if node.is_null() { "null" } else { text }.to_owned(),
            (None, None) => unknown.to_owned(),
            (Some(_), Some(_)) => panic!("a literal with an expression"),
        },
    }
}

/// The documents of a template, each in one line; everything must be read.
fn documents(text: &str) -> Vec<String> {
    let template = read(text);
    assert_eq!(template.not_analysed, [], "{text}");
    roots(&template).map(shown).collect()
}

fn roots<'a>(template: &'a Template<'_>) -> impl Iterator<Item = Node<'a>> {
    template.documents.iter().filter_map(|document| document.document.tree().and_then(Tree::root))
}
