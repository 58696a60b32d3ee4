//! A token that pods get mounted and that is good for nothing, as its ServiceAccount has no rights.

use super::wording::with_name;
use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix};
use crate::world::rbac::BoundAccounts;
use crate::world::{AccountReference, DEFAULT_ACCOUNT, Fact, Pod, World};

pub(super) static RULE: Rule = rule!("unused-automounted-token", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    let bound = BoundAccounts::new(world);
    for fact in world.facts().filter(|fact| is_told(fact) && fact.makes_pods_as_written()) {
        for pod in fact.written_pods().filter(|pod| !pod.may_use_token && world.is_automounted(fact, pod)) {
            let Some(named) = pod.account.as_ref() else { continue };
            let account = world.account_of_pod(fact, pod).filter(|account| is_told(account));
            let Some(account) = account.filter(|account| is_judged(account, pod)) else { continue };
            if !bound.has(account) && !world.may_be_patched(fact) {
                sink.report(draft(pod, named, account));
            }
        }
    }
}

/// Whether what it says does not hang on values of a chart, and did not come from a cluster.
fn is_told(fact: &Fact) -> bool {
    !fact.is_template && !fact.is_dump
}

/// Whether it is a ServiceAccount of which no other rule speaks: of `default` default-service-account does, and of a pod
/// that wants what its ServiceAccount refuses automount-override.
fn is_judged(account: &Fact, pod: &Pod) -> bool {
    let refuses = account.service_account().and_then(|account| account.automount.as_ref());
    let is_overruled = pod.automount.is_some() && refuses.is_some_and(|flag| !flag.value);
    account.object.name != DEFAULT_ACCOUNT && !is_overruled
}

fn draft(pod: &Pod, named: &AccountReference, account: &Fact) -> Draft {
    let name = &named.name.text;
    let place = pod.automount.as_ref().map_or(&named.name.place, |flag| &flag.place);
    let message = with_name("this pod mounts a token of ServiceAccount ", name, ", which has no rights");
    Draft::new(place.clone(), message)
        .help(
            "nothing that was read binds a role to it; set automountServiceAccountToken: false in the pod, unless it shows \
             the token to somebody",
        )
        .related(account.place.clone(), format!("ServiceAccount {name} is defined here"))
        .fix(pod.opt_out.as_deref().cloned().map(|edit| Fix::unsafe_([edit])))
}
