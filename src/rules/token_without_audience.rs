//! A projected token for the API server, mounted where something else reads it.

use super::{Check, Rule, Sink};
use crate::k8s::{Object, VolumeMount};

pub(super) static RULE: Rule = rule!("token-without-audience", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    for spec in object.pod_specs() {
        // A year-long token is said by its own rule; an audience mends that too.
        let mut requests = spec
            .token_requests()
            .filter(|(volume, _)| !volume.is_automounted())
            .filter(|(_, request)| request.lacks_audience() && request.extended().is_none())
            .peekable();
        if requests.peek().is_none() || object.is_dump() {
            continue;
        }
        let mounts = spec.mounts_by_volume();
        for (volume, request) in requests {
            if is_for_others(volume.name().and_then(|name| mounts.get(name)).map_or(&[], Vec::as_slice)) {
                sink.report(
                    object
                        .draft(request.key, "this projected token has no `audience`: it opens the API server")
                        .help("name the service that the token is for; whoever gets it can then not use it elsewhere"),
                );
            }
        }
    }
}

/// Whether a volume with these mounts is mounted, but nowhere in the place of the pod's own API token.
fn is_for_others(mounts: &[VolumeMount<'_>]) -> bool {
    let is_standard = |path: &str| path.contains("/run/secrets/kubernetes.io/serviceaccount");
    let mut paths = mounts.iter().filter_map(|mount| mount.path()?.as_str()).peekable();
    paths.peek().is_some() && paths.all(|path| !is_standard(path))
}
