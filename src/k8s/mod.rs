//! Kubernetes: objects, where they keep their ServiceAccounts, tokens and Secrets, and what the API makes of them.

mod manifest;
mod object;
mod versions;

pub use manifest::{Manifest, Standing};
pub use object::{Object, Origin};
pub use versions::{KubeVersions, NEWEST_KNOWN, SUPPORTED, VersionError};
