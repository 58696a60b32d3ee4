//! Helm: charts, their templates and the versions of Kubernetes for which a template says something.

pub mod constraint;
pub mod gate;
mod version;

pub use version::{Version, VersionError};
