//! What identities may do: bindings, the roles that they give, and what the rules of those allow, as the RBAC authorizer of
//! Kubernetes decides it.

mod abilities;
mod audience;
mod binding;
mod bound_accounts;
mod built_in;
mod creators;
mod granted;
mod held;
mod holdings;
mod joins;
mod judge;
mod list;
mod mistake;
mod partners;
mod paths;
mod policy;
#[cfg(test)]
mod policy_tests;
mod powers;
mod primitive;
mod request;
mod requester;
mod rights;
mod risk;
#[cfg(test)]
mod risk_tests;
mod role;
mod stronger;
mod subjects;
mod who_can;
mod written;

pub use audience::{Audience, Exposed, Exposure};
pub(in crate::world) use binding::binding;
pub use bound_accounts::BoundAccounts;
pub use built_in::read_built_in_roles;
pub use creators::{Creators, NAMELESS_VERBS};
pub use granted::{GrantedRole, GrantedRule, Origin};
pub use held::Held;
pub use holdings::{Outcome, UsedRight};
pub use list::{List, Right, Target};
pub use mistake::{Mistake, MistakeKind};
pub use paths::{Goal, Path, Paths, Step};
pub use policy::{ANY, PolicyRule, Word};
pub use primitive::{Granted, Primitive, Restriction, primitives};
pub use request::{Request, ResourceRequest};
pub use requester::{ALL_ACCOUNTS, ANONYMOUS, AUTHENTICATED, Account, MASTERS, Requester, UNAUTHENTICATED};
pub use rights::{Chain, Decision, Granter, Rights, RoleGrant, Scope, Subject};
pub use risk::{Bindings, HeldPrimitive, Risk, Site};
pub use role::{LabelSelector, Role};
pub use stronger::Stronger;
pub use subjects::{Grantee, grantees};
pub use who_can::{Reach, SubjectKind, Who, WhoCan};
pub use written::WrittenBinding;
