//! Settings: defaults, then `saudit.yaml`, then `SAUDIT_*` in the environment, then the command line.

mod file;
mod ignores;
mod quantity;
mod schema;
mod select;
mod settings;

pub use file::{CONFIG_NAMES, ConfigFile, FailOn, IgnoreEntry, OverrideEntry, find};
pub use ignores::{ConfigIgnore, ObjectPattern};
pub use quantity::{ByteSize, Lifetime, QuantityError};
pub use schema::schema;
pub use select::{Decision, Selection, rule_named};
pub use settings::{RunFlags, Settings, View};

/// What `saudit init` writes: every setting with its default, commented out.
pub const TEMPLATE: &str = include_str!("template.yaml");
