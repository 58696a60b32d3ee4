//! A field that a target does not have, or drops.

use super::{Check, Rule, Sink};
use crate::finding::Confidence;
use crate::k8s::{Availability, KubeVersions, Object, new_fields};

pub(super) static RULE: Rule = rule!("unavailable-field", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let context = sink.context();
    for (key, field) in new_fields(object) {
        let (unknown, off) = (field.unknown().and(context.targets), field.off().and(context.targets));
        let missing = unknown.or(off);
        if missing.is_empty() {
            continue;
        }
        // Somebody may have turned the gate on.
        let confidence = if unknown.is_empty() { Confidence::Medium } else { Confidence::High };
        let available = KubeVersions::ALL.without(field.unknown()).without(field.off());
        sink.report(
            object
                .draft(key, message(field))
                .help(help(field, unknown, off))
                .kubernetes(missing)
                .confidence(confidence)
                .persona(context.persona_for_new(available)),
        );
    }
}

fn message(field: Availability) -> String {
    let name = field.field;
    match field.on_since {
        Some(since) => format!("`{name}` comes with Kubernetes 1.{since}"),
        None => format!("`{name}` needs the feature gate {}", field.gate),
    }
}

fn help(field: Availability, unknown: KubeVersions, off: KubeVersions) -> String {
    let dropped =
        || format!("Kubernetes {off} drops it without a word unless the feature gate {} is on", field.gate);
    match (unknown.is_empty(), off.is_empty()) {
        (true, _) => dropped(),
        (false, true) => format!("Kubernetes {unknown} does not know it; deploy it only to later versions"),
        (false, false) => format!("{}; Kubernetes {unknown} does not know it", dropped()),
    }
}
