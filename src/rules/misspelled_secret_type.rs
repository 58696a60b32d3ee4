//! A near miss of a built-in Secret type.

use super::wording::misspelling;
use super::{Check, Rule, Sink};
use crate::finding::Fix;
use crate::k8s::Object;
use crate::k8s::identity_annotation::SecretType;
use crate::k8s::known::{self, TOKEN_TYPE};
use crate::script::{Command, Script, Value};
use crate::yaml::rewrite;

pub(super) static RULE: Rule = rule!("misspelled-secret-type", Check::Object(check), in scripts by_command);

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let Some(SecretType::Misspelled(node, right)) = object.secret_claim().map(|claim| claim.type_) else {
        return;
    };
    let fix = rewrite::scalar(node, right).map(|edit| Fix::unsafe_([edit]));
    let draft = object.draft(node, misspelling(node.text().unwrap_or_default(), right));
    sink.report(draft.help(help(right)).fix(fix));
}

fn help(right: &str) -> &'static str {
    if right == TOKEN_TYPE {
        "any type is accepted, but only the right one gets a token, and a type never changes: delete the live Secret \
         before you apply the mended one. The token it then gets never expires"
    } else {
        "any type is accepted, but only the right one is checked and used, and a type never changes: delete the live \
         Secret before you apply the mended one"
    }
}

/// `--type` of `kubectl create secret`, and the type that a list of Secrets is to have.
fn by_command(script: &Script<'_>, sink: &mut Sink<'_>) {
    for command in script.commands() {
        let created = command.flag(&["--type"]).filter(|_| command.creates_secret());
        let (written, is_created) = (created.or_else(|| selected(command)), created.is_some());
        let mistake = written.and_then(|written| Some((written, meant(written.text)?)));
        let Some((written, right)) = mistake.filter(|_| script.is_run(command)) else { continue };
        let help = if is_created { help(right) } else { "no Secret has this type, so the list is empty" };
        sink.report(script.draft(written.range(), misspelling(written.text, right)).help(help));
    }
}

/// The type in `--field-selector type=…`.
fn selected<'t>(command: &Command<'t>) -> Option<Value<'t>> {
    let selector = command.flag(&["--field-selector"])?;
    let at = selector.text.find("type=")? + "type=".len();
    let text = selector.text.get(at..)?.trim_start_matches('=').split(',').next()?;
    Some(Value { text, start: selector.start + selector.text.find(text)? })
}

/// The built-in type that was meant; with something behind it (`kubernetes.io/service-account-token:viewer`), too.
fn meant(written: &str) -> Option<&'static str> {
    let is_more = written.strip_prefix(TOKEN_TYPE).is_some_and(|rest| rest.starts_with([':', '/', '=']));
    if is_more { Some(TOKEN_TYPE) } else { known::meant_secret_type(written) }
}
