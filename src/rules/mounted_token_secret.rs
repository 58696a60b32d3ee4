//! A pod that uses a token Secret.

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix};
use crate::k8s::{SecretUse, is_generated_token_name};
use crate::span::Edit;
use crate::world::{Home, Pod, Reference, TokenSecret, World};

pub(super) static RULE: Rule = rule!("mounted-token-secret", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for fact in world.facts().filter(|fact| !fact.is_dump) {
        let own = fact.pods.iter().filter(|pod| pod.home == Home::Own);
        for (pod, reference) in
            own.flat_map(|pod| pod.references.iter().map(move |reference| (pod, reference)))
        {
            // Over the pod's own token it is shadowed-token-mount's business, unless Kubernetes could have made it.
            let is_account = |name: &str| pod.account_name() == Some(name);
            if reference.is_token_mount && !is_generated_token_name(&reference.secret.text, is_account) {
                continue;
            }
            let way = match reference.use_ {
                SecretUse::Volume | SecretUse::Projected => "mounts",
                SecretUse::Env | SecretUse::EnvFrom => "takes into its environment",
                _ => continue,
            };
            let Some(secret) = world.token_secret_for(fact, &reference.secret.text) else { continue };
            // A Secret that gets no token is reported itself.
            if !secret.token.works || world.account_of(secret).is_wrong() {
                continue;
            }
            let name = &reference.secret.text;
            let message = format!("this pod {way} token Secret {name}, which never expires");
            sink.report(
                Draft::new(reference.secret.place.clone(), message)
                    .help("run it as that ServiceAccount and use a projected serviceAccountToken volume instead")
                    .related(secret.fact.place.clone(), format!("token Secret {name} is defined here"))
                    .fix(projection(pod, reference, secret)),
            );
        }
    }
}

/// The same files by projection, as the API server mounts them (`plugin/pkg/admission/serviceaccount`); only for a pod
/// that runs as the ServiceAccount of the Secret.
const PROJECTED: &str = "projected:
  sources:
    - serviceAccountToken:
        path: token
        expirationSeconds: 3600
    - configMap:
        name: kube-root-ca.crt
        items:
          - key: ca.crt
            path: ca.crt
    - downwardAPI:
        items:
          - path: namespace
            fieldRef:
              fieldPath: metadata.namespace";

fn projection(pod: &Pod, reference: &Reference, secret: TokenSecret<'_>) -> Option<Fix> {
    let volume = reference.volume?;
    let account = &secret.token.account.as_ref()?.name;
    if pod.account_name().unwrap_or("default") != &*account.text {
        return None;
    }
    let indent = " ".repeat(volume.indent as usize);
    let text = PROJECTED.replace('\n', &format!("\n{indent}"));
    Some(Fix::unsafe_([Edit::replace(volume.span, text)]))
}
