//! What an answer depends on, in words.

use crate::report::{escape, words};
use crate::world::Home;
use crate::world::rbac::{Chain, Granter, Origin, Request, Requester, RoleGrant, Scope, Subject};

/// `RoleBinding/builder`
pub(super) fn binding(grant: &RoleGrant<'_>) -> String {
    let name = match grant.binding {
        Granter::Written(fact) => &fact.object.name,
        Granter::BuiltIn(name) => name,
    };
    escape::line(&format!("{}/{name}", binding_kind(grant)))
}

/// `RoleBinding` or `ClusterRoleBinding`.
pub(super) fn binding_kind(grant: &RoleGrant<'_>) -> &'static str {
    match grant.scope {
        Scope::Cluster => "ClusterRoleBinding",
        Scope::Namespace(_) => "RoleBinding",
    }
}

/// Kind, namespace and name of a subject, as it is written.
pub(super) fn subject(subject: Subject<'_>) -> (&'static str, Option<&str>, &str) {
    match subject {
        Subject::Account(account) => {
            let namespace = match &account.home {
                Home::Named(namespace) => Some(&**namespace),
                Home::Own | Home::Elsewhere => None,
            };
            ("ServiceAccount", namespace, &account.name.text)
        }
        Subject::Principal(principal) if principal.is_group => ("Group", None, &principal.name.text),
        Subject::Principal(principal) => ("User", None, &principal.name.text),
        Subject::BuiltIn(binding) => (binding.subject_kind, binding.subject_namespace, binding.subject),
    }
}

/// `ClusterRole/view`
pub(super) fn role(grant: &RoleGrant<'_>) -> String {
    escape::line(&format!("{}/{}", grant.role.kind(), grant.role.name))
}

/// Which namespace is taken for one that is not written; `None` if nothing has to be taken for anything.
pub(super) fn assumption(chain: &Chain<'_, '_>, taken: Option<&str>) -> Option<String> {
    if !chain.is_assumed {
        return None;
    }
    let taken = match taken {
        Some(namespace) => format!("; taken for {}", escape::line(namespace)),
        None => String::new(),
    };
    let of_binding = binding(chain.grant);
    let Granter::Written(fact) = chain.grant.binding else { return None };
    Some(match (chain.grant.scope, chain.subject) {
        (Scope::Namespace(None), _) if fact.object.namespace.is_empty() => {
            format!("{of_binding} writes no namespace{taken}")
        }
        (Scope::Namespace(None), _) => format!("what sets the namespace of {of_binding} was not read{taken}"),
        (_, Subject::Account(account)) => {
            let name = escape::line(&account.name.text);
            format!("the namespace of ServiceAccount {name} in {of_binding} is not known{taken}")
        }
        _ => return None,
    })
}

/// The namespace that is taken for one that is not written: that of the ServiceAccount, or the one that is asked about.
pub(super) fn taken<'a>(
    requester: Option<&'a Requester<'_>>,
    request: Option<&'a Request<'_>>,
) -> Option<&'a str> {
    let home = requester.and_then(|requester| requester.account.as_ref()?.namespace.as_deref());
    home.or_else(|| match request? {
        Request::Resource(request) => request.bound_namespace(),
        Request::Url { .. } => None,
    })
}

/// Why it is not known what a role allows.
pub(super) fn unknown(grant: &RoleGrant<'_>) -> String {
    let why = match grant.role.origin {
        Origin::Missing(resolution) => words::reason(resolution),
        Origin::Written(_) | Origin::BuiltIn => "read in part".to_owned(),
    };
    format!("{} ({why}), bound by {}", role(grant), binding(grant))
}
