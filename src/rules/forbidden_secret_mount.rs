//! A pod that uses a Secret which its ServiceAccount does not let it use.

use std::collections::HashSet;

use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::k8s::names::is_placeholder;
use crate::k8s::{SecretUse, is_generated_token_name};
use crate::world::{DEFAULT_ACCOUNT, Fact, Name, Pod, Reference, ServiceAccount, World};

pub(super) static RULE: Rule = rule!("forbidden-secret-mount", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for fact in world.facts() {
        for pod in fact.written_pods() {
            let Some(account) = world.account_of_pod(fact, pod).filter(|account| !account.is_dump) else {
                continue;
            };
            match account.service_account() {
                Some(limits) if limits.limits_secrets => judge(world, fact, pod, (account, limits), sink),
                _ => {}
            }
        }
    }
}

/// Nobody lists more Secrets than this, and a stranger may list any number.
const MOST_LISTED: usize = 500;

/// What `limitSecretReferences` of `plugin/pkg/admission/serviceaccount/admission.go` looks at: no projected volumes, and
/// nothing that is handed to drivers.
fn judge(
    world: &World,
    fact: &Fact,
    pod: &Pod,
    (account, limits): (&Fact, &ServiceAccount),
    sink: &mut Sink<'_>,
) {
    let may_be_renamed = world.is_kustomized(fact) || world.is_kustomized(account);
    let mut said = HashSet::new();
    for Reference { secret, use_, .. } in &pod.references {
        let (list, listed) = match use_ {
            SecretUse::Volume | SecretUse::Env | SecretUse::EnvFrom => ("secrets", &limits.secrets),
            SecretUse::ImagePull => ("imagePullSecrets", &limits.pull_secrets),
            SecretUse::Projected | SecretUse::Csi => continue,
        };
        let is_listed =
            listed.len() > MOST_LISTED || listed.iter().any(|name| is_same(name, secret, may_be_renamed));
        // A Secret that Kubernetes no longer makes is missing altogether.
        let is_lost = is_generated_token_name(&secret.text, |name| pod.account_name() == Some(name));
        if is_listed || is_lost || is_placeholder(&secret.text) || !said.insert((list, &secret.text)) {
            continue;
        }
        let name = pod.account_name().unwrap_or(DEFAULT_ACCOUNT);
        let kind = if *use_ == SecretUse::ImagePull { "imagePullSecret" } else { "secret" };
        sink.report(
            Draft::new(
                secret.place.clone(),
                format!("Secret {} is not in `{list}` of ServiceAccount {name}", secret.text),
            )
            .help(format!(
                "the API server rejects the pod: it \"is not allowed because service account {name} does not \
                 reference that {kind}\"; add the Secret to `{list}`, or remove the annotation kubernetes.io/enforce-mountable-secrets"
            ))
            .related(account.place.clone(), format!("ServiceAccount {name} limits its Secrets here")),
        );
    }
}

/// Whether an entry of the ServiceAccount is the Secret that a pod uses. Kustomize renames what pods use, but not what
/// ServiceAccounts list: there the full name has to be written.
fn is_same(listed: &Name, used: &Name, may_be_renamed: bool) -> bool {
    listed.text == used.text
        || is_placeholder(&listed.text)
        || (may_be_renamed && listed.text.contains(&*used.text))
}
