//! Charts: what their templates ask about the version of Kubernetes, and what `kubeVersion` in Chart.yaml promises.

mod body;
mod choice;
mod conditions;
mod file;
#[cfg(test)]
mod form_tests;
mod forms;
mod lookup;
mod pairs;
mod release;
mod steps;
#[cfg(test)]
mod tests;
mod twins;

pub use choice::{ApiBranch, ApiChoice, ApiQuestion, GoneOffline};
pub use conditions::{Conditions, Reach};
pub use file::{ChartFile, is_metadata};
pub use lookup::LookupGuard;
pub use release::{Branch, Chart, Condition, DEFAULT_RANGE, Gate, VersionField};
pub use steps::{Step, steps};
pub use twins::Twins;
