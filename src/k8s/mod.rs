//! Kubernetes: objects, where they keep their ServiceAccounts, tokens and Secrets, and what the API makes of them.

pub mod identity_annotation;
pub mod known;
mod manifest;
pub mod metadata;
pub mod names;
pub mod near_miss;
mod object;
mod versions;

pub use manifest::{Manifest, Standing};
pub use object::{Object, Origin};
pub use versions::{KubeVersions, NEWEST_KNOWN, SUPPORTED, VersionError};
