//! Helm charts, read without Helm.

pub mod template;
