//! A role that lets somebody get tokens of other ServiceAccounts.

use super::{Check, Rule, Sink, risk};
use crate::world::rbac::Rights;

pub(super) static RULE: Rule = rule!("token-minting", Check::Rights(check));

const ADVICE: &str = "a token of another ServiceAccount gives all its rights; name the ServiceAccounts in \
     `resourceNames`, or leave asking for tokens to the kubelet";

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    risk::report(rights, RULE.id, ADVICE, sink);
}
