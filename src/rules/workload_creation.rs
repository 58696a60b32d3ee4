//! A role that lets somebody run pods where a stronger ServiceAccount lives.

use super::{Check, Rule, Sink, risk};
use crate::world::rbac::Rights;

pub(super) static RULE: Rule = rule!("workload-creation", Check::Rights(check));

const ADVICE: &str = "whoever creates a pod chooses its ServiceAccount, and gets its rights; keep strong \
     ServiceAccounts in a namespace where nobody else runs pods";

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    risk::report(rights, RULE.id, ADVICE, sink);
}
