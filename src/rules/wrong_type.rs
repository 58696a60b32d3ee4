//! A value of a type that the API server rejects, in a field that concerns identity.

use super::{Check, Rule, Sink};
use crate::finding::{Confidence, Draft, Fix};
use crate::k8s::Object;
use crate::k8s::fields::{self, Field, Shape};
use crate::k8s::identity_annotation::NameAnnotation;
use crate::k8s::names::is_placeholder;
use crate::span::Edit;
use crate::yaml::{Entry, Kind, Node, Scalar, Type, rewrite};

pub(super) static RULE: Rule = rule!("wrong-type", Check::Object(check));

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    // An annotation that is written as text in the place of the mapping is reported by the rule that says so.
    let text = match object.secret_claim().map(|claim| claim.name) {
        Some(NameAnnotation::Text(node, _)) => Some(node.span()),
        _ => None,
    };
    for typed in fields::typed_nodes(object) {
        for field in typed.fields.iter().filter(|field| field.is_identity) {
            let Some(entry) = typed.node.get(field.name).found() else { continue };
            if let Some(is) =
                wrong_type(field.shape, entry.value).filter(|_| Some(entry.value.span()) != text)
            {
                sink.report(draft(object, field, entry, is));
            }
            if let Some(draft) = bare_item(object, field, entry.value) {
                sink.report(draft);
            }
        }
    }
}

fn draft(object: &Object<'_>, field: &Field, entry: Entry<'_>, is: &str) -> Draft {
    let takes = match field.shape {
        Shape::String => "a string",
        Shape::Bool => "a boolean",
        Shape::Int => "a whole number",
        Shape::List => "a list",
        Shape::Map => "a mapping",
        Shape::Any => "anything",
    };
    let edit = match field.shape {
        Shape::String => rewrite::quote(entry),
        Shape::Bool | Shape::Int => unquote(field.shape, entry.value),
        Shape::List | Shape::Map | Shape::Any => None,
    };
    let draft = object
        .draft(entry.value, format!("`{}` takes {takes}, this is {is}", field.name))
        .help("the API server rejects the object: it cannot decode the value")
        .fix(edit.map(|edit| Fix::safe([edit])));
    if is_boolean_of_yaml_1_1(entry.value) { draft.confidence(Confidence::Medium) } else { draft }
}

/// The first item that is a bare name where a mapping belongs: `imagePullSecrets: [registry]`.
fn bare_item(object: &Object<'_>, field: &Field, list: Node<'_>) -> Option<Draft> {
    if field.holds.is_empty() {
        return None;
    }
    let item = list.items().find(|item| item.as_str().is_some_and(|text| !is_placeholder(text)))?;
    let draft =
        object.draft(item, format!("`{}` takes a list of mappings, this item is a string", field.name));
    Some(match field.holds {
        "LocalObjectReference" | "ObjectReference" => draft
            .help("write `- name: <name>`; the API server rejects the object: it cannot decode the value"),
        _ => draft.help("the API server rejects the object: it cannot decode the value"),
    })
}

/// `yes`, `off` …: kustomize reads them as strings and quotes them, so that such a file may work by way of kustomize.
fn is_boolean_of_yaml_1_1(node: Node<'_>) -> bool {
    node.scalar().is_some_and(|scalar| {
        let is_json = ["true", "false"].iter().any(|word| scalar.text().eq_ignore_ascii_case(word));
        matches!(scalar.read(), Type::Bool(_)) && !is_json
    })
}

/// What `node` is, if the API server would reject it in a field of this shape. Text that stands for something that is
/// filled in later may become anything.
fn wrong_type(shape: Shape, node: Node<'_>) -> Option<&'static str> {
    let is = match node.kind() {
        Kind::Alias => return None,
        _ if node.is_unknown() => return None,
        Kind::Mapping if is_template(node) => return None,
        Kind::Mapping => (Shape::Map, "a mapping"),
        Kind::Sequence => (Shape::List, "a list"),
        Kind::Scalar => match node.scalar()?.read() {
            Type::Null => return None,
            Type::Bool(_) => (Shape::Bool, "a boolean"),
            Type::Int(_) => (Shape::Int, "a number"),
            Type::Float => number_with_point(shape, node.scalar()?),
            Type::Str => return wrong_text(shape, node.as_str()?),
        },
    };
    (shape != Shape::Any && shape != is.0).then_some(is.1)
}

/// What `3600.0` is: a whole number, as the API server never sees the point.
fn number_with_point(shape: Shape, scalar: Scalar<'_>) -> (Shape, &'static str) {
    match shape {
        Shape::Int if scalar.as_int().is_some() => (Shape::Int, "a number"),
        Shape::Int if scalar.is_fraction() => (Shape::Any, "a fraction"),
        _ => (Shape::Any, "a number"),
    }
}

/// What text is, where no text may stand. For booleans and numbers only what plainly is one, in quotes.
fn wrong_text(shape: Shape, text: &str) -> Option<&'static str> {
    match shape {
        Shape::String | Shape::Any => None,
        Shape::Bool => boolean(text).map(|_| "a string"),
        Shape::Int => (is_number(text) || is_duration(text)).then_some("a string"),
        Shape::List | Shape::Map => (!is_placeholder(text)).then_some("a string"),
    }
}

/// `{{ … }}` without quotes reads as a mapping with a mapping as its key; `(…)` as a key is an expression of a test.
fn is_template(node: Node<'_>) -> bool {
    node.entries().any(|entry| entry.key.text().is_none_or(|key| key.starts_with('(')))
}

/// The value without its quotes.
fn unquote(shape: Shape, node: Node<'_>) -> Option<Edit> {
    let text = node.as_str().filter(|_| node.is_editable())?;
    let plain = match shape {
        Shape::Bool => boolean(text)?.to_owned(),
        // A leading zero would make it octal.
        _ if is_number(text) && !(text.len() > 1 && text.starts_with('0')) => text.to_owned(),
        _ => return None,
    };
    let source = node.tree().text().as_str().get(node.inner())?;
    source.starts_with(['"', '\'']).then(|| Edit::replace(node.span(), plain))
}

fn boolean(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some("true"),
        "false" | "no" | "off" => Some("false"),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() < 19 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `1h`, `24h`, `30m`: what people write where seconds belong.
fn is_duration(text: &str) -> bool {
    text.strip_suffix(['s', 'm', 'h', 'd', 'w', 'y']).is_some_and(is_number)
}
