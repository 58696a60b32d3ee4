//! Everything that was read, as owned facts: which objects there are and how they name each other.

mod applied;
mod builds;
mod builtin;
mod collect;
mod content;
mod deployment;
mod duplicates;
mod fact;
mod folders;
mod gated;
pub mod graph;
mod hooks;
mod identities;
mod index;
mod inputs;
mod kubeconfig;
mod kustomize;
mod left_behind;
mod names;
mod neighbours;
mod pins;
mod pods;
pub mod rbac;
mod removals;
mod resolve;
mod resources;
mod symbolic;
mod token;
mod token_use;
mod unit;

pub use collect::may_matter;
pub use deployment::Deployment;
pub use duplicates::{Duplicate, Together};
pub use fact::{
    AccountReference, Binding, BlockEntry, BooleanWord, Detail, Fact, Flag, Home, Name, Opening, Pod,
    Principal, Reference, RoleReference, ServiceAccount, Token,
};
pub use gated::TokenUse;
pub use hooks::Hook;
pub use identities::{Grant, Holder, Identity, IdentityToken, User, Way};
pub use index::{Distance, Namespaces, Read, World};
pub use kubeconfig::{Kubeconfig, Login, Owner};
pub use kustomize::{Changes, Kustomization};
pub use left_behind::LeftBehind;
pub use names::Referent;
pub use pins::{Pin, Pins};
pub use pods::DEFAULT_ACCOUNT;
pub use removals::Removals;
pub use resolve::Resolution;
pub use resources::{KnownResource, without_version};
pub use token::TokenSecret;
