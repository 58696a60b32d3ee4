//! A kind that a target still serves, and that is going.

use super::{Check, Rule, Sink, successor};
use crate::k8s::{Lifecycle, Object};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("deprecated-api", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    for (node, api_version) in object.api_versions() {
        if let Some(api) = Lifecycle::of(api_version, &object.id.kind) {
            judge(object, api, node, sink);
        }
    }
}

fn judge(object: &Object<'_>, api: Lifecycle, api_version: Node<'_>, sink: &mut Sink<'_>) {
    let targets = sink.context().targets;
    let fading = api.fading().and(targets);
    let Some(deprecated) = api.deprecated.filter(|_| !fading.is_empty()) else { return };
    let when = match api.removed {
        Some(removed) => format!("is deprecated, gone in 1.{removed}"),
        None => format!("is deprecated since 1.{deprecated}"),
    };
    sink.report(
        object
            .draft(api_version, format!("`{}` {} {when}", api.api_version(), api.kind()))
            .help(successor::advice(api, fading))
            .fix(successor::fix(api, api_version, targets))
            .kubernetes(fading),
    );
}
