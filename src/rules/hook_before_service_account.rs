//! A hook that runs as a ServiceAccount which Helm creates only afterwards.

use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::finding::{Confidence, Draft};
use crate::world::{Fact, Hook, Name, World};

pub(super) static RULE: Rule = rule!("hook-before-service-account", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for fact in world.facts().filter(|fact| fact.hook.is_some()) {
        for pod in &fact.pods {
            if let (Some(account), Some(used)) = (world.account_after(fact, pod), &pod.account) {
                sink.report(draft(fact, &used.name, account));
            }
        }
    }
}

fn draft(hook: &Fact, name: &Name, account: &Fact) -> Draft {
    let kind = &hook.object.kind;
    let message = fitted(
        &format!("this pre-install {kind} runs as ServiceAccount "),
        &name.text,
        ", which is created after it",
    );
    let effect = match kind.as_str() {
        "Pod" => "the API server rejects the pod, and the install fails",
        _ => "its pods never appear, and `helm install` waits for them in vain",
    };
    let draft = Draft::new(name.place.clone(), message)
        .help(format!(
            "{effect}; make it a post-install hook, or give it a ServiceAccount of its own that is a pre-install hook \
             of lower weight"
        ))
        .related(account.place.clone(), when(account));
    // Values may decide which of the two is rendered.
    if hook.is_template || account.is_template { draft.confidence(Confidence::Medium) } else { draft }
}

fn when(account: &Fact) -> &'static str {
    match account.hook.as_deref() {
        None => "the ServiceAccount is no hook: Helm creates it with the release",
        Some(Hook::At { is_pre_install: true, .. }) => "the ServiceAccount is a hook of higher weight",
        Some(_) => "the ServiceAccount is a hook of another event",
    }
}
