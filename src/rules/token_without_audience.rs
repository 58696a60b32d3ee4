//! A projected token for the API server, mounted where something else reads it.

use super::{Check, Rule, Sink};
use crate::k8s::{Object, PodSpec, TOKEN_MOUNT_PATH, Volume};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("token-without-audience", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    if object.is_dump() {
        return;
    }
    for spec in object.pod_specs() {
        for (volume, request) in spec.token_requests() {
            // A year-long token is said by its own rule; an audience mends that too.
            if request.lacks_audience() && request.extended().is_none() && is_for_others(spec, volume) {
                sink.report(
                    object
                        .draft(request.key, "this projected token has no `audience`: it opens the API server")
                        .help("name the service that the token is for; whoever gets it can then not use it elsewhere"),
                );
            }
        }
    }
}

/// Whether the volume is mounted, but nowhere in the place of the pod's own API token.
fn is_for_others(spec: PodSpec<'_>, volume: Volume<'_>) -> bool {
    let mut paths = spec.mount_paths(volume).filter_map(Node::as_str).peekable();
    let is_standard = |path: &str| {
        path.ends_with("/secrets/kubernetes.io/serviceaccount") || path.starts_with(TOKEN_MOUNT_PATH)
    };
    !volume.is_automounted()
        && paths.peek().is_some()
        && paths.all(|path| !is_standard(path.trim_end_matches('/')))
}
