//! A role that is bound to a `default` ServiceAccount.

use super::wording::with_name;
use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::world::rbac::{Rights, RoleGrant, Scope, WrittenBinding};
use crate::world::{AccountReference, DEFAULT_ACCOUNT, Resolution};

pub(super) static RULE: Rule = rule!("bound-default-service-account", Check::Rights(check));

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    let world = rights.world;
    for grant in rights.grants() {
        let Some(written) = grant.written() else { continue };
        let resolution = world.role(written.fact, written.role);
        // A role that does not exist gives nothing, and that is the finding.
        if resolution.is_wrong() {
            continue;
        }
        for account in written.accounts(world).filter(|account| *account.name.text == *DEFAULT_ACCOUNT) {
            sink.report(draft(account, grant, written, resolution));
        }
    }
}

fn draft(
    account: &AccountReference,
    grant: &RoleGrant<'_>,
    written: WrittenBinding<'_>,
    resolution: Resolution<'_>,
) -> Draft {
    let (kind, name) = (&written.role.kind.text, &written.role.name.text);
    let place = account.name.place.clone();
    let everything = grant.everything().filter(|_| grant.scope == Scope::Cluster);
    let draft = if everything.is_some() {
        let message =
            with_name("ServiceAccount default may do everything in the cluster, by ClusterRole ", name, "");
        Draft::new(place, message).help(
            "every pod of that namespace that names no ServiceAccount owns the cluster; give the workload that needs it a \
             ServiceAccount of its own, and bind a role that allows what it does",
        )
    } else {
        Draft::new(place, format!("{kind} {name} is bound to ServiceAccount default")).help(
            "every pod of that namespace that names no ServiceAccount has these rights; give the workload that needs them \
             a ServiceAccount of its own, and bind that",
        )
    };
    match resolution {
        Resolution::Found(fact) => {
            draft.related(fact.place.clone(), format!("{kind} {name} is defined here"))
        }
        _ => draft,
    }
}
