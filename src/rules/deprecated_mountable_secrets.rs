//! A limit on mountable Secrets, which Kubernetes wants to give up.

use super::{Check, Rule, Sink};
use crate::k8s::Object;
use crate::k8s::mountable_secrets::{Limit, limit};

pub(super) static RULE: Rule = rule!("deprecated-mountable-secrets", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let Some((entry, Limit::On)) = limit(object) else { return };
    let message = "`kubernetes.io/enforce-mountable-secrets` is deprecated";
    let help = "give what must not be seen by this ServiceAccount's pods a namespace of its own; the annotation does not \
                look at projected volumes";
    sink.report(object.draft(entry.key, message).help(help));
}
