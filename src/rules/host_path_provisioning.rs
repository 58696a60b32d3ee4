//! A role that lets somebody create PersistentVolumes.

use super::{Check, Rule, Sink, risk};
use crate::world::rbac::Rights;

pub(super) static RULE: Rule = rule!("host-path-provisioning", Check::Rights(check));

const ADVICE: &str = "a PersistentVolume may offer any path of a node, whatever pods may mount by themselves; \
     leave creating volumes to a provisioner, and let others claim";

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    risk::report(rights, RULE.id, ADVICE, sink);
}
