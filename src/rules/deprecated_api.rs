//! A kind that a target still serves, and that is going.

use super::{Check, Rule, Sink, successor};
use crate::k8s::{Lifecycle, Object};

pub(super) static RULE: Rule = rule!("deprecated-api", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let Some(api) = Lifecycle::of(&object.id.api_version, &object.id.kind) else { return };
    let Some(api_version) = object.root.get("apiVersion").value() else { return };
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
