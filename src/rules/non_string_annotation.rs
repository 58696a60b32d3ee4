//! An annotation or label whose value is read as something else than a string.

use super::wording::shortened;
use super::{Check, Rule, Sink};
use crate::finding::{Confidence, Fix};
use crate::k8s::Object;
use crate::k8s::metadata::{Metadata, is_built_in};
use crate::k8s::names::is_placeholder;
use crate::yaml::{Entry, Kind, Node, Type, rewrite};

pub(super) static RULE: Rule = rule!("non-string-annotation", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    if is_read_by_a_client(object) {
        return;
    }
    for metadata in Metadata::all(object) {
        metadata.annotations().for_each(|entry| report(object, "annotation", entry, sink));
        metadata.labels().for_each(|entry| report(object, "label", entry, sink));
    }
}

/// Whether the object may never reach the API server: then whoever reads it decides what a number is.
fn is_read_by_a_client(object: &Object<'_>) -> bool {
    // Custom resources have a domain in their group; client-side files such as skaffold's have none.
    let is_api_object = is_built_in(object) || object.group().contains('.');
    // Backstage; kustomize; calicoctl, whose typed structures make strings of these values.
    let is_of_a_client =
        ["backstage.io", "kustomize.config.k8s.io", "projectcalico.org"].contains(&object.group());
    // kustomize and kpt leave such objects out of what they print.
    let is_local = object.annotation("config.kubernetes.io/local-config").found().is_some();
    !is_api_object || is_of_a_client || is_local
}

fn report(object: &Object<'_>, what: &str, entry: Entry<'_>, sink: &mut Sink<'_>) {
    let Some((key, (read, decoded))) = entry.key.text().zip(other_type(entry.value)) else { return };
    let message = format!("{what} `{}` is a {read}, not a string", shortened(key, 60));
    let help = format!(
        "put it in quotes; the API server rejects the object: `cannot unmarshal {decoded} into Go struct field \
         ObjectMeta.metadata.{what}s of type string`"
    );
    let fix = rewrite::quote(entry).map(|edit| Fix::safe([edit]));
    let draft = object.draft(entry.value, message).help(help).fix(fix);
    // kustomize reads `yes` and `on` as strings and quotes them, so that such a file may work by way of kustomize.
    let only_yaml_1_1 = read == "bool"
        && entry
            .value
            .text()
            .is_some_and(|text| !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false"));
    sink.report(if only_yaml_1_1 { draft.confidence(Confidence::Medium) } else { draft });
}

/// What a value is instead of a string, in the words of YAML and of the API server.
fn other_type(value: Node<'_>) -> Option<(&'static str, &'static str)> {
    match value.kind() {
        _ if value.is_unknown() => None,
        Kind::Mapping if !is_filled_in(value) => Some(("mapping", "object")),
        Kind::Sequence if !is_filled_in(value) => Some(("list", "array")),
        Kind::Scalar => match value.scalar()?.read() {
            Type::Bool(_) => Some(("bool", "bool")),
            Type::Int(_) | Type::Float => Some(("number", "number")),
            Type::Str | Type::Null => None,
        },
        _ => None,
    }
}

/// Whether a mapping or list is a placeholder without quotes: `{{ x }}`, `{X}`, `[[ x ]]`, `[X]`.
fn is_filled_in(value: Node<'_>) -> bool {
    let stands_in = |node: Node<'_>| node.kind() != Kind::Scalar || node.text().is_some_and(is_placeholder);
    value.entries().any(|entry| stands_in(entry.key) || entry.value.is_null())
        || value.items().any(|item| item.kind() == Kind::Sequence || item.text().is_some_and(is_placeholder))
}
