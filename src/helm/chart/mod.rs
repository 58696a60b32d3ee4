//! Charts: what their templates ask about the version of Kubernetes, and what `kubeVersion` in Chart.yaml promises.

mod conditions;
mod file;
mod release;
#[cfg(test)]
mod tests;

pub use conditions::{Conditions, Reach};
pub use file::{ChartFile, is_metadata};
pub use release::{Branch, Chart, Condition, DEFAULT_RANGE, Gate, VersionField};
