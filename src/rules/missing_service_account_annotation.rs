//! A token Secret that names no ServiceAccount.

use super::{Check, Rule, Sink};
use crate::k8s::Object;
use crate::k8s::identity_annotation::{NameAnnotation, SecretType, judge};

pub(super) static RULE: Rule = rule!("missing-service-account-annotation", Check::Object(check));

const HELP: &str = "name the ServiceAccount in this annotation; without it the API server rejects the Secret: \
                    `metadata.annotations[kubernetes.io/service-account.name]: Required value`";

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let Some(claim) = judge(object) else { return };
    let SecretType::Token(type_) = claim.type_ else { return };
    let draft = match claim.name {
        NameAnnotation::Missing => {
            object.draft(type_, "token Secret lacks the annotation `kubernetes.io/service-account.name`")
        }
        NameAnnotation::Empty(entry) => {
            object.draft(entry.key, "the annotation `kubernetes.io/service-account.name` is empty")
        }
        _ => return,
    };
    sink.report(draft.help(HELP));
}
