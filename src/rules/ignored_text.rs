//! Text in a manifest that kubectl never reads.

use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::k8s::Manifest;
use crate::yaml::{Kind, Node, Tree};

pub(super) static RULE: Rule = rule!("ignored-text", Check::Document(check));

fn check(manifest: &Manifest<'_>, sink: &mut Sink<'_>) {
    for ignored in &manifest.document.ignored {
        sink.report(Draft::new(manifest.place(ignored.span), ignored.message.as_str()).help(ignored.help));
    }
    let root = manifest.document.tree().and_then(Tree::root);
    let list = root.filter(|root| is_list(*root));
    let nested = manifest.objects.iter().filter(|object| list.is_some() && is_list(object.root));
    for object in nested {
        let Some(kind) = object.root.get("kind").value() else { continue };
        sink.report(
            object
                .draft(kind, "a `List` inside a `List`: kubectl reads only one level")
                .help("put the items of the inner list into the outer one"),
        );
    }
}

fn is_list(node: Node<'_>) -> bool {
    let kind = node.get("kind").value().and_then(Node::as_str);
    kind == Some("List") && node.get("items").value().is_some_and(|items| items.kind() == Kind::Sequence)
}
