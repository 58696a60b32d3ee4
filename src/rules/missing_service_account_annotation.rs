//! A token Secret that names no ServiceAccount.

use super::{Check, Rule, Sink};
use crate::k8s::Object;
use crate::k8s::identity_annotation::{NameAnnotation, SecretType};
use crate::k8s::known::TOKEN_TYPE;
use crate::script::Script;

pub(super) static RULE: Rule =
    rule!("missing-service-account-annotation", Check::Object(check), in scripts by_command);

const HELP: &str = "name the ServiceAccount in this annotation; without it the API server rejects the Secret: \
                    `metadata.annotations[kubernetes.io/service-account.name]: Required value`";

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let Some(claim) = object.secret_claim() else { return };
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

/// `kubectl create secret` has no way to write an annotation. What it only prints may get one further on.
fn by_command(script: &Script<'_>, sink: &mut Sink<'_>) {
    let commands = script.commands().iter().filter(|command| command.creates_secret());
    for command in commands.filter(|command| !command.has_flag("--dry-run") && script.is_run(command)) {
        let Some(type_) = command.flag(&["--type"]).filter(|type_| type_.text == TOKEN_TYPE) else {
            continue;
        };
        let message = "`kubectl create secret` cannot name the ServiceAccount of a token Secret";
        sink.report(script.draft(type_.range(), message).help(
            "use `kubectl create token`, or apply a manifest with the annotation; without it the API server rejects the \
             Secret: `metadata.annotations[kubernetes.io/service-account.name]: Required value`",
        ));
    }
}
