//! Kubernetes: objects, where they keep their ServiceAccounts, tokens and Secrets, and what the API makes of them.

pub mod known;
pub mod names;
pub mod near_miss;
mod object;
mod versions;

pub use object::{Manifest, Object, Origin};
pub use versions::{KubeVersions, NEWEST_KNOWN, SUPPORTED, VersionError};
