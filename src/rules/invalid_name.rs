//! A name that the API server rejects, or that nothing can have.

use super::wording::shortened;
use super::{Check, Rule, Sink};
use crate::finding::{Confidence, Persona};
use crate::k8s::known::SERVICE_ACCOUNT_NAME;
use crate::k8s::metadata::is_built_in;
use crate::k8s::names::{NameRule, is_placeholder};
use crate::k8s::{Binding, Object};
use crate::yaml::Get;

pub(super) static RULE: Rule = rule!("invalid-name", Check::Object(check));

/// What a name is for.
#[derive(Clone, Copy)]
struct What<'a> {
    noun: &'a str,
    rule: NameRule,
    wrong: Wrong,
}

/// What becomes of a wrong name.
#[derive(Clone, Copy)]
enum Wrong {
    /// The API server rejects the object, or the pods that come of it.
    Rejected,
    /// The API server takes any annotation that is not empty; the token controller deletes the Secret.
    Annotation,
    /// `ValidateRoleBindingSubject` looks at the names of subjects, not at their namespaces.
    Subject,
}

const ACCOUNT: What<'_> = What { noun: "ServiceAccount", rule: NameRule::Subdomain, wrong: Wrong::Rejected };
const SECRET: What<'_> = What { noun: "Secret", ..ACCOUNT };
const NAMESPACE: What<'_> = What { noun: "namespace", rule: NameRule::Label, wrong: Wrong::Rejected };
const ROLE: What<'_> = What { noun: "role", rule: NameRule::PathSegment, wrong: Wrong::Rejected };

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    for pod_spec in object.pod_specs() {
        // Of two fields that differ only one counts; that is conflicting-service-account-fields.
        look(object, pod_spec.service_account(), ACCOUNT, sink);
    }
    if !is_built_in(object) {
        return;
    }
    look(object, object.at_path(&["metadata", "namespace"]), NAMESPACE, sink);
    let name = object.at_path(&["metadata", "name"]);
    match (object.group(), object.id.kind.as_str()) {
        ("", "ServiceAccount") => look(object, name, ACCOUNT, sink),
        ("", "Namespace") => look(object, name, NAMESPACE, sink),
        ("", "Secret") => {
            look(object, name, SECRET, sink);
            let account = object.annotation(SERVICE_ACCOUNT_NAME);
            look(object, account, What { wrong: Wrong::Annotation, ..ACCOUNT }, sink);
        }
        ("rbac.authorization.k8s.io", kind) => {
            look(object, name, What { noun: kind, ..ROLE }, sink);
            look(object, object.at_path(&["roleRef", "name"]), ROLE, sink);
            subjects(object, sink);
        }
        _ => {}
    }
}

fn subjects(object: &Object<'_>, sink: &mut Sink<'_>) {
    let subjects = object.binding().into_iter().flat_map(Binding::subjects);
    for subject in subjects.filter(|subject| subject.is_service_account()) {
        // A name with a colon is malformed-subject's.
        if !subject.has_qualified_name() {
            look(object, subject.node.get("name"), ACCOUNT, sink);
        }
        look(object, subject.namespace(), What { wrong: Wrong::Subject, ..NAMESPACE }, sink);
    }
}

/// Empty names are other mistakes; what is not a string is a wrong type; placeholders are filled in later.
fn look(object: &Object<'_>, written: Get<'_>, what: What<'_>, sink: &mut Sink<'_>) {
    let Some(node) = written.value() else { return };
    let Some(name) = node.as_str().filter(|name| !name.is_empty() && !is_placeholder(name)) else { return };
    let Some(reason) = what.rule.reject(name) else { return };
    let message = format!("`{}` is no name for a {}", shortened(name, 60), what.noun);
    let draft = object.draft(node, message).help(help(name, what, &reason));
    sink.report(match what.wrong {
        Wrong::Rejected | Wrong::Annotation => draft,
        Wrong::Subject => draft.confidence(Confidence::Medium).persona(Persona::Pedantic),
    });
}

fn help(name: &str, what: What<'_>, reason: &str) -> String {
    let is_user =
        ["system:serviceaccount:", "system:serviceaccounts:"].iter().any(|prefix| name.starts_with(prefix));
    match what.wrong {
        _ if is_user && what.noun == ACCOUNT.noun => {
            "this is how the API server calls the user; write the bare name of the ServiceAccount".to_owned()
        }
        Wrong::Rejected => format!("the API server rejects it: {reason}"),
        Wrong::Annotation => format!("no ServiceAccount can have it, so no token comes of this: {reason}"),
        Wrong::Subject => format!("no namespace can have it, so the subject matches nothing: {reason}"),
    }
}
