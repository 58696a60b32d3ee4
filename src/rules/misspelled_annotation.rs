//! A near miss of an annotation or label that gives or limits an identity.

use super::once::Once;
use super::wording::misspelling;
use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix, Persona};
use crate::k8s::Object;
use crate::k8s::identity_annotation::{NameAnnotation, SecretClaim, SecretType, key_in_text};
use crate::k8s::known::{self, Known, SERVICE_ACCOUNT_NAME};
use crate::k8s::metadata::{Metadata, is_built_in};
use crate::script::Script;
use crate::yaml::{Entry, rewrite};

pub(super) static RULE: Rule = rule!("misspelled-annotation", Check::Object(check), in scripts by_command);

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    if !is_built_in(object) {
        return;
    }
    let claim = object.secret_claim();
    let is_named = claim
        .as_ref()
        .is_some_and(|claim| matches!(claim.name, NameAnnotation::Right(_) | NameAnnotation::Empty(_)));
    if let Some(draft) = claim.and_then(|claim| name_of_secret(object, claim)) {
        sink.report(draft);
    }
    for metadata in Metadata::all(object) {
        let mut absent = Once::default();
        for (entry, is_label) in with_labels(metadata) {
            if let Some(draft) = other_key(object, metadata, entry, is_label, is_named, &mut absent) {
                sink.report(draft);
            }
        }
    }
}

fn with_labels(metadata: Metadata<'_>) -> impl Iterator<Item = (Entry<'_>, bool)> {
    let annotations = metadata.annotations().map(|entry| (entry, false));
    annotations.chain(metadata.labels().map(|entry| (entry, true)))
}

/// The annotation that names the ServiceAccount of a token Secret. Without the type, token-annotation-without-type has
/// its say.
fn name_of_secret(object: &Object<'_>, claim: SecretClaim<'_>) -> Option<Draft> {
    let help = "the API server does not see the annotation and rejects the Secret: \
                `metadata.annotations[kubernetes.io/service-account.name]: Required value`";
    match (claim.name, claim.type_) {
        (NameAnnotation::Misspelled(_), SecretType::Absent | SecretType::Opaque(_)) => None,
        (NameAnnotation::Misspelled(entry), type_) => {
            let wrong = entry.key.text().unwrap_or_default();
            let edit = rewrite::scalar(entry.key, SERVICE_ACCOUNT_NAME);
            let fix = edit.map(|edit| match type_ {
                SecretType::Token(_) => Fix::safe([edit]),
                _ => Fix::unsafe_([edit]),
            });
            let draft = object.draft(entry.key, misspelling(wrong, SERVICE_ACCOUNT_NAME)).fix(fix);
            Some(if type_.means_token() { draft.help(help) } else { draft.help("nothing reads this key") })
        }
        (NameAnnotation::Text(node, false), _) => {
            let wrong = key_in_text(node.text().unwrap_or_default());
            let help =
                format!("write it as an entry of `metadata.annotations`: `{SERVICE_ACCOUNT_NAME}: <name>`");
            Some(object.draft(node, misspelling(wrong, SERVICE_ACCOUNT_NAME)).help(help))
        }
        _ => None,
    }
}

/// `is_named`: the Secret names its ServiceAccount by the right key.
fn other_key(
    object: &Object<'_>,
    metadata: Metadata<'_>,
    entry: Entry<'_>,
    is_label: bool,
    is_named: bool,
    absent: &mut Once,
) -> Option<Draft> {
    let wrong = entry.key.text()?;
    let known = known::meant_key(wrong, metadata.kind)?;
    let right = known.text();
    if right == SERVICE_ACCOUNT_NAME {
        return (is_named && !is_label).then(|| surplus_name(object, entry));
    }
    let field = if known.is_label() { "labels" } else { "annotations" };
    let is_absent = absent.of(right, || metadata.node.get(field).get(right).is_absent());
    let is_free = is_absent && is_label == known.is_label();
    let edit = rewrite::scalar(entry.key, right).filter(|_| is_free);
    Some(
        object
            .draft(entry.key, misspelling(wrong, right))
            .help(help(known, field))
            .fix(edit.map(|edit| Fix::safe([edit]))),
    )
}

fn help(known: Known, field: &str) -> String {
    format!("nothing reads this key; `{}` belongs in `{field}`: {}", known.text(), known.meaning())
}

/// A near miss beside the right annotation: harmless, but nothing reads it.
fn surplus_name(object: &Object<'_>, entry: Entry<'_>) -> Draft {
    object
        .draft(entry.key, misspelling(entry.key.text().unwrap_or_default(), SERVICE_ACCOUNT_NAME))
        .help("nothing reads this key, and the right one is there: remove it")
        .persona(Persona::Pedantic)
}

/// `kubectl annotate` and `kubectl label`.
fn by_command(script: &Script<'_>, sink: &mut Sink<'_>) {
    for command in script.commands() {
        let Some((kind, _)) = command.resource() else { continue };
        for key in command.metadata_keys() {
            if let Some(known) = known::meant_key(key.text, kind).filter(|_| script.is_run(command)) {
                let field = if known.is_label() { "labels" } else { "annotations" };
                let draft = script.draft(key.range(), misspelling(key.text, known.text()));
                sink.report(draft.help(help(known, field)));
            }
        }
    }
}
