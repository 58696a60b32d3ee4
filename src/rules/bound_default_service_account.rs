//! A role that is bound to a `default` ServiceAccount.

use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::world::{AccountReference, DEFAULT_ACCOUNT, Fact, Home, Resolution, RoleReference, World};

pub(super) static RULE: Rule = rule!("bound-default-service-account", Check::World(check));

/// Bindings with such names are made by Kubernetes or its installer.
const RESERVED: [&str; 2] = ["system:", "kubeadm:"];

fn check(world: &World, sink: &mut Sink<'_>) {
    let is_written =
        |fact: &&Fact| !fact.is_dump && !RESERVED.iter().any(|prefix| fact.object.name.starts_with(prefix));
    for fact in world.facts().filter(is_written) {
        let Some(binding) = fact.binding() else { continue };
        let Some(role) = &binding.role else { continue };
        // The API server rejects a ClusterRoleBinding whose subject has no namespace.
        let is_accepted =
            |account: &&AccountReference| account.home != Home::Elsewhere || world.is_kustomized(fact);
        let subjects = binding.accounts.iter().filter(|account| *account.name.text == *DEFAULT_ACCOUNT);
        for account in subjects.filter(is_accepted) {
            let resolution = world.role(fact, role);
            // A role that does not exist gives nothing, and that is the finding.
            if !resolution.is_wrong() {
                sink.report(draft(account, role, resolution));
            }
        }
    }
}

fn draft(account: &AccountReference, role: &RoleReference, resolution: Resolution<'_>) -> Draft {
    let (kind, name) = (&role.kind.text, &role.name.text);
    let draft = Draft::new(
        account.name.place.clone(),
        format!("{kind} {name} is bound to ServiceAccount default"),
    )
    .help(
        "every pod of that namespace that names no ServiceAccount has these rights; give the workload that needs them \
         a ServiceAccount of its own, and bind that",
    );
    match resolution {
        Resolution::Found(fact) => {
            draft.related(fact.place.clone(), format!("{kind} {name} is defined here"))
        }
        _ => draft,
    }
}
