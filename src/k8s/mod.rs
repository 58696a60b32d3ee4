//! Kubernetes: objects, where they keep their ServiceAccounts, tokens and Secrets, and what the API makes of them.

mod accounts;
mod availability;
pub mod built_in_rights;
mod custom_resource;
pub mod fields;
pub mod identity_annotation;
pub mod known;
mod kustomize;
mod lifecycle;
mod manifest;
pub mod metadata;
pub mod mountable_secrets;
pub mod names;
pub mod near_miss;
mod object;
mod path;
mod rbac;
pub mod rbac_fault;
pub mod resources;
mod secret;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod versions;
mod volume;
mod workload;

pub use accounts::{Home, ServiceAccountReference};
pub use availability::{Availability, new_fields};
pub use custom_resource::CustomResource;
pub use lifecycle::Lifecycle;
pub use manifest::{Manifest, Standing};
pub use object::{Object, Origin, RELEASE_NAMESPACE, identity};
pub use rbac::{Binding, PolicyRule, RBAC_GROUP, Role, RoleRef, Subject};
pub use secret::{Secret, TokenState, UID_ANNOTATION, is_generated_token_name};
#[cfg(test)]
pub(crate) use table::assert_well_formed;
pub(crate) use table::rows;
pub use versions::{KubeVersions, NEWEST_KNOWN, SUPPORTED, VersionError};
pub use volume::{
    EXTENDED_TOKEN_SECONDS, MAX_TOKEN_SECONDS, MIN_TOKEN_SECONDS, ProjectedSource, TokenRequest, Volume,
    VolumeSource,
};
pub use workload::{Container, ContainerList, PodSpec, SecretReference, SecretUse, VolumeMount};

/// The kinds with pods in them or with fields that name ServiceAccounts, of whatever group.
pub fn kinds_with_accounts() -> impl Iterator<Item = &'static str> {
    workload::kinds().chain(accounts::kinds())
}
