//! A role that lets somebody decide what the API server admits, or answer in its place.

use super::{Check, Rule, Sink, risk};
use crate::world::rbac::Rights;

pub(super) static RULE: Rule = rule!("admission-control-write", Check::Rights(check));

const ADVICE: &str = "who writes these sees or changes what others send, Secrets too; name the objects that it \
     needs in `resourceNames`, and leave installing them to whoever installs the program";

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    risk::report(rights, RULE.id, ADVICE, sink);
}
