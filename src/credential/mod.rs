//! Credentials of Kubernetes: tokens of ServiceAccounts and kubeconfigs, wherever in a file they stand.
//!
//! What is told of one are its claims and where it stands. Its text is looked at and let go: nothing here keeps a token,
//! a signature, a key or a password.

mod base64;
mod certificate;
mod claims;
mod held;
mod jwt;
mod kubeconfig;
mod plausible;
mod sites;
#[cfg(test)]
mod tests;

pub use certificate::{Certificate, is_private_key};
pub use claims::{BoundObject, Jwt, OtherToken, ServiceAccountToken, TokenClass};
pub use held::{Credential, Held, held, held_by};
pub use jwt::{find, parse};
pub use kubeconfig::{Cluster, Kubeconfig, User, is_plausible_setting};
pub use plausible::{is_plausible_password, is_plausible_token};
pub use sites::{Sighting, Site, each_kubeconfig, may_be_in, may_be_in_text, opaque_token, scan, tokens};
