//! A role that lets somebody read Secrets without naming them.

use super::{Check, Rule, Sink, risk};
use crate::world::rbac::Rights;

pub(super) static RULE: Rule = rule!("secret-reading", Check::Rights(check));

const ADVICE: &str = "Secrets hold the tokens of ServiceAccounts, and `list` and `watch` show their values, \
     too; name the Secrets in `resourceNames`, or bind the role in the namespaces that it \
     needs";

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    risk::report(rights, RULE.id, ADVICE, sink);
}
