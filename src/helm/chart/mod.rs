//! Charts: what their templates ask about the version of Kubernetes, and what `kubeVersion` in Chart.yaml promises.

mod file;
mod release;
mod steps;
#[cfg(test)]
mod tests;

pub use file::{ChartFile, is_metadata};
pub use release::{Branch, Chart, Condition, Gate, VersionField};
pub use steps::{Step, steps};
