//! A near miss of a field that concerns an identity.

use super::once::Once;
use super::wording::misspelling;
use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix};
use crate::k8s::Object;
use crate::k8s::fields::{self, Typed};
use crate::k8s::metadata::{Metadata, is_built_in, is_identity};
use crate::k8s::near_miss::{Name, left_out_words, near_miss};
use crate::yaml::{Entry, Kind, rewrite};

pub(super) static RULE: Rule = rule!("misspelled-field", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    for typed in fields::typed_nodes(object) {
        each_misspelled(object, typed, sink);
    }
    if is_built_in(object) {
        metadata_of_workload(object, sink);
    }
    if is_identity(object)
        && let Some(draft) = annotations_at_top(object)
    {
        sink.report(draft);
    }
}

fn each_misspelled(object: &Object<'_>, typed: Typed<'_>, sink: &mut Sink<'_>) {
    let mut absent = Once::default();
    for entry in typed.node.entries() {
        if let Some(draft) = misspelled(object, typed, entry, &mut absent) {
            sink.report(draft);
        }
    }
}

/// A field that its type does not have, near to one that concerns an identity.
fn misspelled(object: &Object<'_>, typed: Typed<'_>, entry: Entry<'_>, absent: &mut Once) -> Option<Draft> {
    let wrong = entry.key.text()?;
    let known = || typed.fields.iter().map(|field| field.known);
    if known().any(|name| name.text() == wrong) {
        return None;
    }
    let right = near_miss(wrong, known()).or_else(|| left_out_words(wrong, known()))?;
    let field = typed.fields.iter().find(|field| field.name == right)?;
    let mapping = typed.node;
    let is_free = || mapping.kind() == Kind::Mapping && mapping.get(right).is_absent();
    field.is_identity.then(|| draft(object, entry, right, absent.of(field.name, is_free)))
}

/// The metadata of pods, workloads and other objects that are no type of the table.
fn metadata_of_workload(object: &Object<'_>, sink: &mut Sink<'_>) {
    let own =
        fields::typed_nodes(object).find(|typed| typed.type_ == "ObjectMeta").map(|typed| typed.node.span());
    for metadata in Metadata::all(object).filter(|metadata| Some(metadata.node.span()) != own) {
        each_misspelled(object, Typed::new(metadata.node, "ObjectMeta"), sink);
    }
}

/// `annotation:` beside `metadata:`: misspelled, and in the wrong place.
fn annotations_at_top(object: &Object<'_>) -> Option<Draft> {
    let entry = object.root.entries().find(|entry| {
        entry.key.text().is_some_and(|key| near_miss(key, [Name::new("annotations")]).is_some())
    })?;
    let wrong = entry.key.text()?;
    Some(
        object
            .draft(entry.key, misspelling(wrong, "metadata.annotations"))
            .help("write `annotations` below `metadata`, with an entry `key: value` for each annotation"),
    )
}

/// `is_free`: the right field is not there.
fn draft(object: &Object<'_>, entry: Entry<'_>, right: &str, is_free: bool) -> Draft {
    let wrong = entry.key.text().unwrap_or_default();
    let fix = rewrite::scalar(entry.key, right).filter(|_| is_free).map(|edit| Fix::safe([edit]));
    object.draft(entry.key, misspelling(wrong, right)).help(help(right)).fix(fix)
}

fn help(right: &str) -> &'static str {
    match right {
        "automountServiceAccountToken" => {
            "the API server does not know the field and rejects or drops it: the token is mounted as if nothing were \
             written"
        }
        "serviceAccountName" | "serviceAccount" => {
            "the API server does not know the field and rejects or drops it: the pod runs as `default`"
        }
        _ => {
            "the API server does not know the field: `kubectl apply` rejects the object, other clients drop the field"
        }
    }
}
