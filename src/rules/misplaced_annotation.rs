//! Annotations, and the type of a Secret, where they do nothing.

use super::label_commands;
use super::once::Once;
use super::relocate::{self, METADATA};
use super::wording::shortened;
use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix, Persona};
use crate::k8s::Object;
use crate::k8s::identity_annotation::{Misplaced, NameAnnotation, SecretType};
use crate::k8s::known::{self, Known};
use crate::k8s::metadata::{Metadata, is_built_in, is_identity};
use crate::yaml::Entry;

pub(super) static RULE: Rule =
    rule!("misplaced-annotation", Check::Object(check), in scripts label_commands::check);

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    if !is_built_in(object) {
        return;
    }
    if let Some(draft) = flat(object) {
        return sink.report(draft);
    }
    let top = top_level(object);
    if let Some(draft) = misplaced_type(object, top) {
        sink.report(draft);
    }
    if let Some(top) = top {
        let help = "indent it below `metadata`; the API server rejects the object (`unknown field \"annotations\"`) \
                    or drops the field";
        let draft = object.draft(top.key, "`annotations` stands beside `metadata`, not in it");
        sink.report(draft.help(help).fix(relocate::indent_below_metadata(object, top).map(Fix::unsafe_)));
    }
    if let Some(draft) = misplaced_name(object) {
        sink.report(draft);
    }
    for metadata in Metadata::all(object) {
        let in_labels = metadata.labels().map(|entry| (entry, "labels"));
        let in_metadata = metadata.node.entries().map(|entry| (entry, "metadata"));
        let mut copied = Once::default();
        for (entry, place) in in_labels.chain(in_metadata) {
            if let Some(draft) = misplaced_key(object, metadata, entry, place, &mut copied) {
                sink.report(draft);
            }
        }
        let mut needed = Once::default();
        let labels =
            metadata.annotations().filter_map(|entry| misplaced_label(object, metadata, entry, &mut needed));
        labels.for_each(|draft| sink.report(draft));
    }
}

/// Everything flat: `metadata:` is empty and its fields stand at the top.
fn flat(object: &Object<'_>) -> Option<Draft> {
    let metadata = object.root.get("metadata").found().filter(|entry| entry.value.is_null())?;
    let at_top = |field: &&str| object.root.get(field).found().is_some();
    let fields: Vec<_> = METADATA.into_iter().filter(at_top).map(|field| format!("`{field}`")).collect();
    let verb = if fields.len() == 1 { "stands" } else { "stand" };
    (is_identity(object) && !fields.is_empty()).then(|| {
        object
            .draft(
                metadata.key,
                format!("`metadata` is empty: {} {verb} beside it, not in it", fields.join(", ")),
            )
            .help("indent the fields that belong to `metadata`, and the annotations below `annotations`")
            .fix(relocate::indent_flat(object).map(Fix::unsafe_))
    })
}

/// `annotations:` beside `metadata:`.
fn top_level<'a>(object: &Object<'a>) -> Option<Entry<'a>> {
    let top = object.root.get("annotations").found()?;
    let is_ours =
        |entry: Entry<'_>| entry.key.text().and_then(known::find).is_some_and(Known::is_identity_annotation);
    (is_identity(object) || top.value.entries().any(is_ours)).then_some(top)
}

fn misplaced_type(object: &Object<'_>, top: Option<Entry<'_>>) -> Option<Draft> {
    let SecretType::Misplaced(entry) = object.secret_claim()?.type_ else { return None };
    if top.is_some_and(|top| top.value.span().contains(entry.key.span())) {
        return None;
    }
    Some(
        object
            .draft(entry.key, "`type` is a field of the Secret itself: here it does nothing")
            .help("move it to the top of the object; as it stands the Secret is `Opaque` and gets no token")
            .fix(relocate::dedent_type(object, entry).map(Fix::unsafe_)),
    )
}

fn misplaced_name(object: &Object<'_>) -> Option<Draft> {
    let right = known::SERVICE_ACCOUNT_NAME;
    match object.secret_claim()?.name {
        NameAnnotation::Text(node, true) => Some(
            object
                .draft(node, "the annotation is written as text, not as an entry of `annotations`")
                .help(format!("write `{right}: <name>`, with a space after the colon")),
        ),
        NameAnnotation::Misplaced(Misplaced::AtTop(entry)) => Some(
            object
                .draft(entry.key, "the annotation stands at the top of the object")
                .help(format!("put it below `metadata.annotations`, as `{right}`")),
        ),
        // A near miss: the right key is found like that of any other object.
        NameAnnotation::Misplaced(Misplaced::InLabels(entry)) if entry.key.text() != Some(right) => {
            Some(elsewhere(object, entry, "labels", right))
        }
        NameAnnotation::Misplaced(Misplaced::InMetadata(entry)) if entry.key.text() != Some(right) => {
            Some(elsewhere(object, entry, "metadata", right))
        }
        _ => None,
    }
}

/// An identity annotation among the labels or directly in `metadata`.
fn misplaced_key(
    object: &Object<'_>,
    metadata: Metadata<'_>,
    entry: Entry<'_>,
    place: &str,
    copied: &mut Once,
) -> Option<Draft> {
    let known = entry.key.text().and_then(known::find).filter(|known| known.is_identity_annotation())?;
    if !known.is_on(metadata.kind) {
        return None;
    }
    let draft = elsewhere(object, entry, place, known.text());
    let draft = draft.fix(relocate::move_to_annotations(metadata.node, entry, place).map(Fix::unsafe_));
    let is_there = || metadata.annotations().any(|other| other.key.text() == Some(known.text()));
    let is_copy = copied.of(known.text(), is_there);
    Some(if is_copy { draft.persona(Persona::Pedantic) } else { draft })
}

/// A label of pods among the annotations: webhooks select pods by label.
fn misplaced_label(
    object: &Object<'_>,
    metadata: Metadata<'_>,
    entry: Entry<'_>,
    needed: &mut Once,
) -> Option<Draft> {
    let known = entry.key.text().and_then(known::find).filter(|known| known.is_identity_label())?;
    let label = known.text();
    let is_absent = || metadata.node.get("labels").get(label).is_absent();
    let is_needed = metadata.kind == "Pod" && needed.of(label, is_absent);
    is_needed.then(|| {
        object
            .draft(entry.key, format!("`{label}` stands in `annotations`, not in `labels`"))
            .help(format!("it {} as a label of the pod only: move it to `labels`", known.meaning()))
    })
}

fn elsewhere(object: &Object<'_>, entry: Entry<'_>, place: &str, right: &str) -> Draft {
    let key = shortened(entry.key.text().unwrap_or_default(), 50);
    object
        .draft(entry.key, format!("`{key}` stands in `{place}`, not in `annotations`"))
        .help(format!("Kubernetes reads `{right}` only from `metadata.annotations`"))
}
