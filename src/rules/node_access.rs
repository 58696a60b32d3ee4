//! A role that lets somebody act through nodes.

use super::{Check, Rule, Sink, risk};
use crate::world::rbac::Rights;

pub(super) static RULE: Rule = rule!("node-access", Check::Rights(check));

const ADVICE: &str = "ask for `nodes/metrics`, `nodes/stats`, `nodes/log` or `nodes/healthz` rather than \
     `nodes/proxy`, and leave nodes to their kubelets and controllers";

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    risk::report(rights, RULE.id, ADVICE, sink);
}
