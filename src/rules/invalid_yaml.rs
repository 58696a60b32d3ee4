//! A Kubernetes document that kubectl cannot read.

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix};
use crate::k8s::Manifest;
use crate::yaml::Content;

pub(super) static RULE: Rule = rule!("invalid-yaml", Check::Document(check));

fn check(manifest: &Manifest<'_>, sink: &mut Sink<'_>) {
    let Content::Broken(error) = &manifest.document.content else { return };
    let help =
        error.help.as_deref().unwrap_or("kubectl refuses the document; what else the file holds was checked");
    let draft = Draft::new(manifest.place(error.span), error.message.as_str()).help(help);
    let fix = (!error.repair.is_empty()).then(|| Fix::safe(error.repair.as_slice()));
    sink.report(draft.fix(fix));
}
