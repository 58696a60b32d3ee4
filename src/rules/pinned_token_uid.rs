//! A token Secret that pins the UID of its ServiceAccount.

use super::{Check, Rule, Sink};
use crate::finding::Fix;
use crate::k8s::{Object, Secret, UID_ANNOTATION};
use crate::yaml::removal::remove_line;

pub(super) static RULE: Rule = rule!("pinned-token-uid", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let Some(uid) = object.secret().and_then(Secret::pinned_uid) else { return };
    let annotations = object.at_path(&["metadata", "annotations"]).value();
    let edit = annotations.and_then(|annotations| remove_line(annotations, uid));
    sink.report(
        object
            .draft(uid.key, format!("`{UID_ANNOTATION}` ties this token Secret to one ServiceAccount of one cluster"))
            .help("remove the annotation: the token controller writes it, and deletes Secrets where it does not match")
            .fix(edit.map(|edit| Fix::safe([edit]))),
    );
}
