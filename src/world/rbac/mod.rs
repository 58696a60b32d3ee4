//! What identities may do: bindings, the roles that they give, and what the rules of those allow, as the RBAC authorizer of
//! Kubernetes decides it.

mod binding;
mod built_in;
mod granted;
mod holdings;
mod joins;
mod paths;
mod policy;
#[cfg(test)]
mod policy_tests;
mod powers;
mod request;
mod requester;
mod rights;
mod role;

pub(in crate::world) use binding::binding;
pub use granted::{GrantedRole, GrantedRule, Origin};
pub use holdings::{Outcome, Right};
pub use paths::{Goal, Path, Paths, Step};
pub use policy::{ANY, PolicyRule, Word};
pub use request::{Request, ResourceRequest};
pub use requester::{ALL_ACCOUNTS, ANONYMOUS, AUTHENTICATED, Account, MASTERS, Requester, UNAUTHENTICATED};
pub use rights::{Chain, Decision, Granter, Rights, RoleGrant, Scope};
pub use role::{LabelSelector, Role};
