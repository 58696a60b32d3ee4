//! A pod that uses a token Secret.

use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::k8s::SecretUse;
use crate::world::{Detail, PodHome, World};

pub(super) static RULE: Rule = rule!("mounted-token-secret", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for fact in world.facts().filter(|fact| !fact.is_dump) {
        let Detail::Workload { pods } = &fact.detail else { continue };
        for reference in pods.iter().filter(|pod| pod.home == PodHome::Own).flat_map(|pod| &pod.references) {
            let way = match reference.use_ {
                Some(SecretUse::Volume | SecretUse::Projected) => "mounts",
                Some(SecretUse::Env | SecretUse::EnvFrom) => "takes into its environment",
                _ => continue,
            };
            let Some(secret) = world.token_secret_for(fact, &reference.secret.text) else { continue };
            let name = &reference.secret.text;
            let message = format!("this pod {way} token Secret {name}, which never expires");
            sink.report(
                Draft::new(reference.secret.place.clone(), message)
                    .help("run it as that ServiceAccount and use a projected serviceAccountToken volume instead")
                    .related(secret.fact.place.clone(), format!("token Secret {name} is defined here")),
            );
        }
    }
}
