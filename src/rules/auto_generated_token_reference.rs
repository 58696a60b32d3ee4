//! A reference to a Secret that the control plane made before 1.24.

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Persona};
use crate::k8s::is_generated_token_name;
use crate::world::{Fact, Name, Referent, World};

pub(super) static RULE: Rule = rule!("auto-generated-token-reference", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for fact in world.facts() {
        if let Some(account) = fact.service_account() {
            for name in account.secrets.iter().chain(&account.pull_secrets) {
                judge(world, fact, Some(&fact.object.name), name, sink);
            }
        }
        for pod in &fact.pods {
            for reference in &pod.references {
                judge(world, fact, pod.account_name(), &reference.secret, sink);
            }
        }
    }
}

fn judge(world: &World, fact: &Fact, account: Option<&str>, name: &Name, sink: &mut Sink<'_>) {
    let is_account = |name: &str| account == Some(name) || world.has_account_beside(fact, name);
    if !is_generated_token_name(&name.text, is_account) || world.defines(Referent::Secret, &name.text) {
        return;
    }
    let help = if fact.service_account().is_some() {
        "remove the entry; Kubernetes 1.24 and later make no token Secret"
    } else {
        "use a projected serviceAccountToken volume, and ConfigMap kube-root-ca.crt for the certificate"
    };
    let draft = Draft::new(
        name.place.clone(),
        format!("Secret {} was made by Kubernetes before 1.24 only", name.text),
    );
    let persona = if fact.is_dump { Persona::Pedantic } else { Persona::Regular };
    sink.report(draft.help(help).persona(persona));
}
