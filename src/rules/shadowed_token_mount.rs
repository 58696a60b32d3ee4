//! Something else than a token projection in the place of the pod's own token.

use super::{Check, Rule, Sink};
use crate::k8s::{
    Object, PodSpec, ProjectedSource, Volume, VolumeMount, VolumeSource, is_generated_token_name,
};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("shadowed-token-mount", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    if object.is_dump() {
        return;
    }
    for spec in object.pod_specs() {
        for mount in spec.containers().flat_map(|container| container.volume_mounts()) {
            if let Some((node, what)) = shadow(spec, mount) {
                sink.report(object.draft(node, format!("{what} is mounted over the pod's own token")).help(
                    "clients take what lies here for the pod's identity; mount it elsewhere, \
                             or project a serviceAccountToken here",
                ));
            }
        }
    }
}

/// The path of a mount in the place of the pod's token, and what it brings, if that is neither a token that is renewed
/// nor an empty folder that keeps the token out.
fn shadow<'a>(spec: PodSpec<'a>, mount: VolumeMount<'a>) -> Option<(Node<'a>, &'static str)> {
    let path = mount.path().filter(|_| mount.is_token_mount())?;
    let name = mount.name()?;
    let volume = spec.volumes().find(|volume| volume.name() == Some(name))?;
    let what = match volume.source() {
        // A token Secret that Kubernetes once made is reported as that.
        VolumeSource::Secret(name) if name.and_then(Node::as_str).is_some_and(is_generated_token_name) => {
            return None;
        }
        VolumeSource::Secret(_) => "a Secret",
        VolumeSource::ConfigMap(_) => "a ConfigMap",
        VolumeSource::HostPath => "a folder of the node",
        VolumeSource::Projected if projects_only_stored_secrets(volume) => "a projected Secret",
        _ => return None,
    };
    Some((path, what))
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
