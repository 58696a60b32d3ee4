//! Who asks, and which subjects of bindings that is (`pkg/registry/rbac/validation/rule.go`).

use std::borrow::Cow;

use crate::k8s::names::service_account_of_user;

/// A ServiceAccount, a user or a member of groups, as the API server knows it after authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requester<'a> {
    /// The name of the user: `system:serviceaccount:ci:builder` for a ServiceAccount.
    pub user: Cow<'a, str>,
    /// Its groups, with those that the API server adds.
    pub groups: Vec<Cow<'a, str>>,
    /// The ServiceAccount, if it is one.
    pub account: Option<Account<'a>>,
}

/// A ServiceAccount by its names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account<'a> {
    /// Its namespace; `None` if it is not known.
    pub namespace: Option<Cow<'a, str>>,
    /// Its name.
    pub name: Cow<'a, str>,
}

/// Members may do everything, whatever is bound (`pkg/registry/rbac/escalation_check.go`).
pub const MASTERS: &str = "system:masters";
/// Everybody whom the API server knows.
pub const AUTHENTICATED: &str = "system:authenticated";
/// Everybody else.
pub const UNAUTHENTICATED: &str = "system:unauthenticated";
/// The user that everybody else is.
pub const ANONYMOUS: &str = "system:anonymous";
/// All ServiceAccounts.
pub const ALL_ACCOUNTS: &str = "system:serviceaccounts";

impl<'a> Requester<'a> {
    /// A ServiceAccount, with the groups that it is in (`apiserver pkg/authentication/serviceaccount/util.go`).
    pub fn account(account: Account<'a>) -> Self {
        let namespace = account.namespace.as_deref();
        let user = format!("system:serviceaccount:{}:{}", namespace.unwrap_or_default(), account.name);
        let own = namespace.map(|namespace| Cow::Owned(format!("{ALL_ACCOUNTS}:{namespace}")));
        let groups = [Cow::Borrowed(ALL_ACCOUNTS), Cow::Borrowed(AUTHENTICATED)].into_iter().chain(own);
        Self { groups: groups.collect(), user: user.into(), account: Some(account) }
    }

    /// The user with this name, who is a ServiceAccount if it has the name of one, and its groups.
    pub fn user(name: &'a str, groups: impl IntoIterator<Item = &'a str>) -> Self {
        let mut requester = if let Some((namespace, name)) = service_account_of_user(name) {
            Self::account(Account { namespace: Some(namespace.into()), name: name.into() })
        } else {
            let group = if name == ANONYMOUS { UNAUTHENTICATED } else { AUTHENTICATED };
            Self { user: name.into(), groups: vec![group.into()], account: None }
        };
        for group in groups {
            if !requester.is_in(group) {
                requester.groups.push(group.into());
            }
        }
        requester
    }

    /// Whether it is a member of a group.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|own| own == group)
    }
}
