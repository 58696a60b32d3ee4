//! A near miss of a built-in Secret type.

use super::wording::misspelling;
use super::{Check, Rule, Sink};
use crate::finding::Fix;
use crate::k8s::Object;
use crate::k8s::identity_annotation::{SecretType, judge};
use crate::k8s::known::TOKEN_TYPE;
use crate::yaml::rewrite;

pub(super) static RULE: Rule = rule!("misspelled-secret-type", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let Some(SecretType::Misspelled(node, right)) = judge(object).map(|claim| claim.type_) else { return };
    let help = if right == TOKEN_TYPE {
        "any type is accepted, but only the right one gets a token, and a type never changes: delete the live Secret \
         before you apply the mended one. The token it then gets never expires"
    } else {
        "any type is accepted, but only the right one is checked and used, and a type never changes: delete the live \
         Secret before you apply the mended one"
    };
    let fix = rewrite::scalar(node, right).map(|edit| Fix::unsafe_([edit]));
    let draft = object.draft(node, misspelling(node.text().unwrap_or_default(), right));
    sink.report(draft.help(help).fix(fix));
}
