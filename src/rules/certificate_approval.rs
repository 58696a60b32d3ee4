//! A role that lets somebody approve certificates that log in as anybody.

use super::{Check, Rule, Sink, risk};
use crate::world::rbac::Rights;

pub(super) static RULE: Rule = rule!("certificate-approval", Check::Rights(check));

const ADVICE: &str = "name the signers in `resourceNames` that it approves for, and none of \
     `kubernetes.io/kube-apiserver-client`, whose certificates log in as anybody";

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    risk::report(rights, RULE.id, ADVICE, sink);
}
