//! A role that lets somebody get rights that it does not have.

use super::{Check, Rule, Sink, risk};
use crate::world::rbac::Rights;

pub(super) static RULE: Rule = rule!("privilege-escalation", Check::Rights(check));

const ADVICE: &str = "give it the rights that it hands out itself rather than this verb, or name the roles, \
     users or groups that it needs in `resourceNames`";

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    risk::report(rights, RULE.id, ADVICE, sink);
}
