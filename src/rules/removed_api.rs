//! A kind that a target does not serve: not any more, or not yet.

use super::{Check, Rule, Sink, successor};
use crate::finding::Persona;
use crate::k8s::{Lifecycle, Object};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("removed-api", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    for (node, api_version) in object.api_versions() {
        let Some(api) = Lifecycle::of(api_version, &object.id.kind) else { continue };
        check_gone(object, api, node, sink);
        check_not_yet(object, api, node, sink);
    }
}

fn check_gone(object: &Object<'_>, api: Lifecycle, api_version: Node<'_>, sink: &mut Sink<'_>) {
    let targets = sink.context().targets;
    let Some(removed) = api.removed.filter(|_| !api.gone().and(targets).is_empty()) else { return };
    let message = format!("`{}` {} is gone in Kubernetes 1.{removed}", api.api_version(), api.kind());
    // Nobody applies what was read from a cluster that had it, and a fragment is a patch at rest.
    let is_at_rest = object.is_dump() || is_fragment(object);
    let persona = if is_at_rest { Persona::Pedantic } else { Persona::Regular };
    sink.report(
        object
            .draft(api_version, message)
            .help(successor::advice(api, api.gone().and(targets)))
            .fix(successor::fix(api, api_version, targets))
            .kubernetes(api.gone())
            .persona(persona),
    );
}

fn check_not_yet(object: &Object<'_>, api: Lifecycle, api_version: Node<'_>, sink: &mut Sink<'_>) {
    if api.not_yet().and(sink.context().targets).is_empty() {
        return;
    }
    let since = api.introduced;
    let message = format!("`{}` {} comes with Kubernetes 1.{since}", api.api_version(), api.kind());
    let help = format!("Kubernetes before 1.{since} does not know it; deploy it only to later versions");
    let persona = sink.context().persona_for_new(api.served());
    sink.report(object.draft(api_version, message).help(help).kubernetes(api.not_yet()).persona(persona));
}

/// Whether an object lacks what its kind needs: it has only metadata, or is a CustomResourceDefinition of nothing, as
/// kubebuilder lays ready for conversion webhooks.
fn is_fragment(object: &Object<'_>) -> bool {
    let is_head = |name: &str| ["apiVersion", "kind", "metadata"].contains(&name);
    object.root.entries().all(|entry| entry.name().is_some_and(|name| is_head(&name)))
        || (object.id.kind == "CustomResourceDefinition" && object.at_path(&["spec", "names"]).is_absent())
}
