//! A key that its mapping has twice.

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Persona, Place};
use crate::k8s::Manifest;
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("duplicate-key", Check::Document(check));

const HELP: &str =
    "kubectl and Helm drop the earlier value without a word, kustomize refuses the file; keep one";

/// Longer keys are not repeated in the message.
const LONGEST_KEY: usize = 50;

fn check(manifest: &Manifest<'_>, sink: &mut Sink<'_>) {
    let Some(tree) = manifest.document.tree() else { return };
    for duplicate in tree.duplicates() {
        let name = duplicate.last.name().unwrap_or_default();
        let short = name.len() <= LONGEST_KEY && !name.contains(char::is_control);
        let key = if short { format!("key `{name}`") } else { "this key".to_owned() };
        let is_same = is_same(duplicate.first.value, duplicate.last.value);
        let message = format!("{key} is written twice; only the last one counts");
        sink.report(
            Draft::new(place(manifest, duplicate.last.key), message)
                .help(HELP)
                .related(place(manifest, duplicate.first.key), "written first here, and dropped")
                // Twice the same changes nothing for kubectl.
                .persona(if is_same { Persona::Pedantic } else { Persona::Regular }),
        );
    }
}

fn place(manifest: &Manifest<'_>, key: Node<'_>) -> Place {
    match manifest.object_around(key) {
        Some(object) => object.place(key),
        None => Place {
            path: key.tree().root().map(|root| key.path_from(root)).unwrap_or_default(),
            ..manifest.place(key.span())
        },
    }
}

/// Whether both are written alike.
fn is_same(one: Node<'_>, other: Node<'_>) -> bool {
    let text = one.tree().text().as_str();
    text.get(one.inner()) == text.get(other.inner())
}
