//! An annotation or label whose value is read as a number or a bool.

use super::wording::shortened;
use super::{Check, Rule, Sink};
use crate::finding::{Confidence, Fix};
use crate::k8s::Object;
use crate::k8s::metadata::{Metadata, is_built_in};
use crate::yaml::{Entry, Type, rewrite};

pub(super) static RULE: Rule = rule!("non-string-annotation", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    // Custom resources have a domain in their group; client-side files such as skaffold's have none.
    if !is_built_in(object) && !object.group().contains('.') || object.group() == "kustomize.config.k8s.io" {
        return;
    }
    for metadata in Metadata::all(object) {
        metadata.annotations().for_each(|entry| report(object, "annotation", entry, sink));
        metadata.labels().for_each(|entry| report(object, "label", entry, sink));
    }
}

fn report(object: &Object<'_>, what: &str, entry: Entry<'_>, sink: &mut Sink<'_>) {
    let (Some(key), Some(scalar)) = (entry.key.text(), entry.value.scalar()) else { return };
    let read = match scalar.read() {
        Type::Bool(_) => "bool",
        Type::Int(_) | Type::Float => "number",
        Type::Str | Type::Null => return,
    };
    let message = format!("{what} `{}` is a {read}, not a string", shortened(key, 60));
    let help = format!(
        "put it in quotes; the API server rejects the object: `cannot unmarshal {read} into Go struct field \
         ObjectMeta.metadata.{what}s of type string`"
    );
    let fix = rewrite::quote(entry).map(|edit| Fix::safe([edit]));
    let draft = object.draft(entry.value, message).help(help).fix(fix);
    // kustomize reads `yes` and `on` as strings and quotes them, so that such a file may work by way of kustomize.
    let only_yaml_1_1 = read == "bool"
        && !scalar.text().eq_ignore_ascii_case("true")
        && !scalar.text().eq_ignore_ascii_case("false");
    sink.report(if only_yaml_1_1 { draft.confidence(Confidence::Medium) } else { draft });
}
