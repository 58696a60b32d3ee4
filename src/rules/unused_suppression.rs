//! The engine says it: see `engine::suppress`.

use super::{Check, Rule};

pub(super) static RULE: Rule = rule!("unused-suppression", Check::Engine);
