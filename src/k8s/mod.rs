//! Kubernetes: objects, where they keep their ServiceAccounts, tokens and Secrets, and what the API makes of them.

mod accounts;
mod object;
mod path;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod versions;
mod volume;
mod workload;

pub use accounts::{Home, ServiceAccountReference};
pub use object::{Manifest, Object, Origin};
pub use versions::{KubeVersions, NEWEST_KNOWN, SUPPORTED, VersionError};
pub use volume::{
    EXTENDED_TOKEN_SECONDS, ProjectedSource, TOKEN_MOUNT_PATH, TokenRequest, Volume, VolumeSource,
};
pub use workload::{Container, ContainerList, PodSpec, SecretReference, SecretUse, VolumeMount};
