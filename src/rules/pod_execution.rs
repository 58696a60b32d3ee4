//! A role that lets somebody run commands in pods.

use super::{Check, Rule, Sink, risk};
use crate::world::rbac::Rights;

pub(super) static RULE: Rule = rule!("pod-execution", Check::Rights(check));

const ADVICE: &str = "a command in a pod has its token and its Secrets; leave this out, or give it in the \
     namespaces where it is needed";

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    risk::report(rights, RULE.id, ADVICE, sink);
}
