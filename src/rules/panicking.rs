//! Rules that panic, one for each way to look at things, for tests.

use super::{Check, Rule};

/// What a panic might say of what was read.
pub(crate) const SECRET: &str = "hu9Kx!rt2m";

/// Each under the id of a rule that looks at the same.
pub(crate) static ALL: [Rule; 8] = [
    rule!("wrong-type", Check::Object(|_, _| panic!("{SECRET}"))),
    rule!("duplicate-object", Check::World(|_, _| panic!("{SECRET}"))),
    rule!("wildcard-rule", Check::Rights(|_, _| panic!("{SECRET}"))),
    rule!("helm-gate-dead-branch", Check::Chart(|_, _| panic!("{SECRET}"))),
    rule!("duplicate-key", Check::Document(|_, _| panic!("{SECRET}"))),
    rule!("committed-token", Check::Credential(|_, _| panic!("{SECRET}"))),
    rule!("auto-generated-token-lookup", Check::Script(|_, _| panic!("{SECRET}"))),
    rule!("misspelled-annotation", Check::Engine, in scripts |_, _| panic!("{SECRET}")),
];
