//! Something else than a token projection in the place of the pod's own token.

use std::collections::HashMap;

use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::k8s::{Container, Object, ProjectedSource, Volume, VolumeSource, is_generated_token_name};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("shadowed-token-mount", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    for spec in object.pod_specs() {
        let mounts = spec.containers().flat_map(Container::volume_mounts);
        let mounts: Vec<_> = mounts.filter(|mount| mount.is_token_mount()).collect();
        if mounts.is_empty() || object.is_dump() {
            continue;
        }
        let account = spec.service_account().value().and_then(Node::as_str);
        let volumes: HashMap<_, _> =
            spec.volumes().filter_map(|volume| Some((volume.name()?, volume))).collect();
        for mount in mounts {
            let what = mount.name().and_then(|name| shadow(*volumes.get(name)?, account));
            if let (Some(path), Some(what)) = (mount.path(), what) {
                sink.report(draft(object, path, what));
            }
        }
    }
}

fn draft(object: &Object<'_>, path: Node<'_>, what: &str) -> Draft {
    object.draft(path, format!("{what} is mounted over the pod's own token")).help(
        "clients take what lies here for the pod's identity; mount it elsewhere, or project a serviceAccountToken",
    )
}

/// What a volume brings to a pod that runs as `account`, if that is neither a token that is renewed nor an empty folder
/// that keeps the token out.
fn shadow(volume: Volume<'_>, account: Option<&str>) -> Option<&'static str> {
    let is_generated = |name: &str| is_generated_token_name(name, |prefix| account == Some(prefix));
    Some(match volume.source() {
        // A token Secret that Kubernetes once made is reported as that.
        VolumeSource::Secret(Some(name)) if name.as_str().is_some_and(is_generated) => return None,
        VolumeSource::Secret(_) => "a Secret",
        VolumeSource::ConfigMap(_) => "a ConfigMap",
        VolumeSource::HostPath => "a folder of the node",
        VolumeSource::Projected if projects_only_stored_secrets(volume) => "a projected Secret",
        _ => return None,
    })
}

/// Whether a projected volume holds a Secret and surely no token of the pod's own.
fn projects_only_stored_secrets(volume: Volume<'_>) -> bool {
    let mut has_secret = false;
    let no_token = volume.projected_sources().all(|source| {
        has_secret |= matches!(source, ProjectedSource::Secret(_));
        !matches!(source, ProjectedSource::ServiceAccountToken(_) | ProjectedSource::Other)
    });
    no_token && has_secret
}
