//! A rule of a role with a wildcard.

use super::{Check, Rule, Sink, risk};
use crate::world::rbac::Rights;

pub(super) static RULE: Rule = rule!("wildcard-rule", Check::Rights(check));

const ADVICE: &str = "write out what it needs: the wildcard also allows what this version of Kubernetes does \
     not know yet";

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    risk::report(rights, RULE.id, ADVICE, sink);
}
