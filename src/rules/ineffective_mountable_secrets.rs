//! A limit on mountable Secrets that is off, because Kubernetes cannot read its value.

use super::wording::shortened;
use super::{Check, Rule, Sink};
use crate::finding::Fix;
use crate::k8s::Object;
use crate::k8s::mountable_secrets::{Limit, limit};
use crate::yaml::rewrite;

pub(super) static RULE: Rule = rule!("ineffective-mountable-secrets", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let Some((entry, Limit::Unread { means_on })) = limit(object) else { return };
    let value = entry.value.as_str().unwrap_or_default();
    let message = format!("the limit on mountable Secrets is off: its value is `{}`", shortened(value, 40));
    let edit = rewrite::string(entry.value, "true").filter(|_| means_on);
    sink.report(
        object
            .draft(entry.value, message)
            .help("write `\"true\"`; a value that Kubernetes does not know is ignored, and pods may use any Secret")
            .fix(edit.map(|edit| Fix::safe([edit]))),
    );
}
