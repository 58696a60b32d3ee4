//! What a binding says: which role, and whom it gives it to.

use crate::k8s::names::service_account_of_user;
use crate::k8s::{self, Object, RELEASE_NAMESPACE, Subject};
use crate::world::collect::name;
use crate::world::fact::{AccountReference, Binding, Home, Name, Principal, RoleReference};
use crate::yaml::{Entry, Get};

/// Reads a binding, if the object is one.
pub(in crate::world) fn binding(object: &Object<'_>) -> Option<Binding> {
    let binding = object.binding()?;
    let role = binding.role_ref().filter(|role| role.wrong_kind(binding).is_none()).and_then(|role| {
        let kind = name(object, role.kind()?)?;
        let is_cluster = match &*kind.text {
            "ClusterRole" => true,
            "Role" => false,
            _ => return None,
        };
        Some(RoleReference { is_cluster, kind, name: name(object, role.name()?)? })
    });
    let (mut accounts, mut without_namespace, mut principals) = (Vec::new(), Vec::new(), Vec::new());
    for (index, subject) in binding.subjects().enumerate() {
        let Some(account) = subject_account(object, binding, subject) else {
            principals.extend(principal(object, subject));
            continue;
        };
        if binding.is_cluster && subject.lacks_namespace() {
            without_namespace.push((accounts.len(), index));
        }
        accounts.push(account);
    }
    Some(Binding { is_cluster: binding.is_cluster, role, accounts, principals, without_namespace })
}

/// The ServiceAccount that a subject is, by its name or by its name as a user. What malformed-subject reports is nobody.
fn subject_account(
    object: &Object<'_>,
    binding: k8s::Binding<'_>,
    subject: Subject<'_>,
) -> Option<AccountReference> {
    let written = name(object, subject.name().filter(|_| subject.wrong_name().is_none())?)?;
    if !subject.is_service_account() {
        let is_user = subject.kind()?.as_str() == Some("User");
        let is_literal = !written.text.contains("{{");
        let (namespace, account) =
            service_account_of_user(&written.text).filter(|_| is_user && is_literal)?;
        let home = Home::Named(namespace.into());
        return Some(AccountReference {
            name: Name { text: account.into(), editable: false, ..written },
            home,
            is_known_to_kustomize: false,
        });
    }
    let home = match subject.namespace() {
        Get::Found(Entry { value, .. }) if value.told().is_some_and(|namespace| !namespace.is_empty()) => {
            let namespace = value.told()?;
            let is_own = namespace == RELEASE_NAMESPACE && object.id.namespace.is_empty();
            if is_own { Home::Own } else { Home::Named(namespace.into()) }
        }
        _ if subject.lacks_namespace() && !binding.is_cluster => Home::Own,
        _ => Home::Elsewhere,
    };
    let is_known_to_kustomize = subject.name().is_some_and(|node| object.is_known_to_kustomize(node));
    Some(AccountReference { name: written, home, is_known_to_kustomize })
}

/// The user or group that a subject is.
fn principal(object: &Object<'_>, subject: Subject<'_>) -> Option<Principal> {
    let is_group = match subject.kind()?.as_str()? {
        "Group" => true,
        "User" => false,
        _ => return None,
    };
    if subject.wrong_name().is_some() || subject.wrong_group().is_some() {
        return None;
    }
    Some(Principal { is_group, name: name(object, subject.name()?)? })
}
