//! The annotation of a token Secret on a Secret that is none.

use super::{Check, Rule, Sink};
use crate::finding::{Fix, Persona};
use crate::k8s::Object;
use crate::k8s::identity_annotation::{NameAnnotation, SecretType};
use crate::k8s::known::{SERVICE_ACCOUNT_NAME, TOKEN_TYPE};
use crate::span::Edit;
use crate::yaml::{Node, rewrite};

pub(super) static RULE: Rule = rule!("token-annotation-without-type", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    // In a template, one of several branches may write the right type.
    if object.root.alternatives("type").any(|entry| entry.value.as_str() == Some(TOKEN_TYPE)) {
        return;
    }
    let Some(claim) = object.secret_claim() else { return };
    let (entry, misspelled) = match claim.name {
        NameAnnotation::Right(entry) => (entry, false),
        NameAnnotation::Misspelled(entry) => (entry, true),
        _ => return,
    };
    let (primary, typed) = match claim.type_ {
        SecretType::Absent => (entry.key, insert_type(object)),
        SecretType::Opaque(node) => (node, rewrite::scalar(node, TOKEN_TYPE)),
        _ => return,
    };
    let mut edits = typed.map(|edit| vec![edit]);
    if misspelled {
        let renamed = rewrite::scalar(entry.key, SERVICE_ACCOUNT_NAME);
        edits = edits.zip(renamed).map(|(mut edits, renamed)| {
            edits.push(renamed);
            edits
        });
    }
    let draft =
        object.draft(primary, "this Secret names a ServiceAccount but is `Opaque`: it never gets a token");
    let draft = draft.help(help(entry.key, misspelled)).fix(edits.map(Fix::unsafe_));
    sink.report(if has_data(object) { draft.persona(Persona::Pedantic) } else { draft });
}

fn help(key: Node<'_>, misspelled: bool) -> String {
    let also = if misspelled {
        format!("; `{}` is also a misspelling of `{SERVICE_ACCOUNT_NAME}`", key.text().unwrap_or_default())
    } else {
        String::new()
    };
    format!(
        "a token Secret needs `type: {TOKEN_TYPE}`{also}. A type never changes: delete the live Secret first. Its \
         token never expires; prefer `kubectl create token` or a projected volume"
    )
}

fn insert_type(object: &Object<'_>) -> Option<Edit> {
    let kind = object.root.get("kind").found()?;
    let written = object.root.get("type").is_absent();
    rewrite::insert_below(object.root, kind, &format!("type: {TOKEN_TYPE}")).filter(|_| written)
}

/// With data of its own it is no empty Secret; the annotation may only be a note.
fn has_data(object: &Object<'_>) -> bool {
    ["data", "stringData"]
        .iter()
        .any(|key| object.root.get(key).value().is_some_and(|data| data.entries().next().is_some()))
}
