//! Kubernetes: objects, where they keep their ServiceAccounts, tokens and Secrets, and what the API makes of them.

mod object;
mod versions;

pub use object::{Manifest, Object, Origin, looks_like_object};
pub use versions::{KubeVersions, NEWEST_KNOWN, SUPPORTED, VersionError};
