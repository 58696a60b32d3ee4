//! What identities may do: bindings, the roles that they give, and what the rules of those allow, as the RBAC authorizer of
//! Kubernetes decides it.

mod audience;
mod binding;
mod built_in;
mod granted;
mod held;
mod list;
mod mistake;
mod policy;
#[cfg(test)]
mod policy_tests;
mod request;
mod requester;
mod rights;
mod role;
mod who_can;
mod written;

pub use audience::{Audience, Exposed, Exposure};
pub(in crate::world) use binding::binding;
pub use granted::{GrantedRole, GrantedRule, Origin};
pub use held::Held;
pub use list::{List, Right, Target};
pub use mistake::{Mistake, MistakeKind};
pub use policy::{ANY, PolicyRule, Word};
pub use request::{Request, ResourceRequest};
pub use requester::{ALL_ACCOUNTS, ANONYMOUS, AUTHENTICATED, Account, MASTERS, Requester, UNAUTHENTICATED};
pub use rights::{Chain, Decision, Granter, Rights, RoleGrant, Scope, Subject};
pub use role::{LabelSelector, Role};
pub use who_can::{Reach, SubjectKind, Who, WhoCan};
pub use written::WrittenBinding;
