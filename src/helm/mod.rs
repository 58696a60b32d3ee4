//! Helm: what its templates are made of, and which versions of Kubernetes its conditions let through.

pub mod chart;
pub mod constraint;
pub mod gate;
pub mod template;
mod version;

pub use version::{Version, VersionError};
