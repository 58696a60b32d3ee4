//! Terraform's resources `kubernetes_service_account`, `kubernetes_secret`, `kubernetes_role`, `kubernetes_cluster_role`
//! (each also `…_v1`), `kubernetes_manifest` and `kubectl_manifest` with `yamlencode`.
//!
//! Names are literals, `var.x` with a default in the same file, or `local.x` that is assigned once. Modules, `for_each`
//! and functions are not followed.

use std::collections::HashMap;

use memchr::memmem;

use super::hcl::{Token, Tokens};
use super::words::Value;
use super::{CreatedKind, Found};

/// Adds what the resources of `text` create.
pub(super) fn find<'t>(text: &'t str, found: &mut Found<'t>) {
    let mut done = 0;
    let mut defaults = None;
    for at in memmem::find_iter(text.as_bytes(), "resource \"kube") {
        if at < done {
            continue;
        }
        let mut tokens = Tokens::new(text, at);
        if let Some((kind, resource)) = resource(&mut tokens)
            && let Some(name) = resource.name
        {
            let defaults = defaults.get_or_insert_with(|| defaults_of(text));
            let literal = |value: Expression<'t>| value.literal(defaults, found);
            let (known, namespace) = (literal(name), resource.namespace.and_then(literal));
            match known {
                Some(known) => found.add_literal(kind, known, namespace, name.value().span()),
                None => found.add_nameless(kind, namespace, name.value().span()),
            }
        }
        done = tokens.at;
    }
}

/// What is assigned to an argument.
#[derive(Clone, Copy)]
pub(super) enum Expression<'t> {
    Text(Value<'t>),
    Reference(Value<'t>),
}

impl<'t> Expression<'t> {
    pub(super) fn value(self) -> Value<'t> {
        match self {
            Self::Text(value) | Self::Reference(value) => value,
        }
    }

    /// The string that it stands for, if that can be known.
    fn literal(self, defaults: &HashMap<&str, Option<&'t str>>, found: &Found<'t>) -> Option<&'t str> {
        let reference = match self {
            Self::Text(value) if !value.text.contains("${") => return Some(value.text),
            Self::Text(value) => value.text.strip_prefix("${")?.strip_suffix('}')?.trim(),
            Self::Reference(value) => value.text,
        };
        match reference.split_once('.')? {
            ("var", name) => defaults.get(name).copied().flatten(),
            ("local", name) => found.variables.get(name),
            _ => None,
        }
    }
}

/// The arguments of a resource that say what it makes.
#[derive(Default)]
struct Resource<'t> {
    api_version: Option<&'t str>,
    kind: Option<&'t str>,
    name: Option<Expression<'t>>,
    namespace: Option<Expression<'t>>,
}

/// Reads `resource "TYPE" "LABEL" { … }`. None if it is written otherwise, or makes something else.
fn resource<'t>(tokens: &mut Tokens<'t>) -> Option<(CreatedKind, Resource<'t>)> {
    let (Token::Name(_), Token::Text(kind), Token::Text(_), Token::Open) =
        (tokens.next()?, tokens.next()?, tokens.next()?, tokens.next()?)
    else {
        return None;
    };
    let kind = kind.text.strip_suffix("_v1").unwrap_or(kind.text);
    let kind = match kind {
        "kubernetes_service_account" => Some(CreatedKind::ServiceAccount),
        "kubernetes_secret" => Some(CreatedKind::Secret),
        "kubernetes_role" => Some(CreatedKind::Role),
        "kubernetes_cluster_role" => Some(CreatedKind::ClusterRole),
        "kubernetes_manifest" | "kubectl_manifest" => None,
        _ => return None,
    };
    let mut resource = Resource::default();
    let mut metadata = None;
    for_each_argument(tokens, |path, argument| match argument {
        Argument::Block("metadata") if path <= 2 => metadata = Some(path + 1),
        Argument::Value(key, value) => match key.text {
            "name" if metadata == Some(path) => resource.name = Some(value),
            "namespace" if metadata == Some(path) => resource.namespace = Some(value),
            "kind" if path == 2 => resource.kind = Some(value.value().text),
            "apiVersion" if path == 2 => resource.api_version = Some(value.value().text),
            _ => {}
        },
        Argument::Block(_) if metadata > Some(path) => metadata = None,
        Argument::Block(_) => {}
    });
    let kind = kind.or_else(|| CreatedKind::of(resource.api_version?, resource.kind?))?;
    Some((kind, resource))
}

/// A piece of a block.
pub(super) enum Argument<'t> {
    /// `key {` or `key = {`.
    Block(&'t str),
    /// `key = value`.
    Value(Value<'t>, Expression<'t>),
}

/// Shows the arguments of a block, whose `{` was read, with their depth (1 for its own), up to its end.
pub(super) fn for_each_argument<'t>(tokens: &mut Tokens<'t>, mut show: impl FnMut(usize, Argument<'t>)) {
    let none = Value { text: "", start: 0 };
    let mut depth = 1;
    let mut key = none;
    let mut assigned = false;
    for token in tokens {
        match token {
            Token::Open => {
                show(depth, Argument::Block(key.text));
                depth += 1;
            }
            Token::Close => depth -= 1,
            Token::Equals => {
                assigned = true;
                continue;
            }
            Token::Text(value) if assigned => show(depth, Argument::Value(key, Expression::Text(value))),
            Token::Name(value) if assigned => show(depth, Argument::Value(key, Expression::Reference(value))),
            Token::Text(value) | Token::Name(value) => {
                key = value;
                continue;
            }
            Token::Number(_) | Token::Heredoc | Token::Symbol(_) => {}
        }
        (key, assigned) = (none, false);
        if depth == 0 {
            return;
        }
    }
}

/// `variable "x" { default = "…" }` of the whole text. None for a variable that is declared differently twice.
fn defaults_of(text: &str) -> HashMap<&str, Option<&str>> {
    let mut defaults = HashMap::new();
    let mut done = 0;
    for at in memmem::find_iter(text.as_bytes(), "variable \"") {
        if at < done {
            continue;
        }
        let mut tokens = Tokens::new(text, at);
        if let (Some(Token::Name(_)), Some(Token::Text(name)), Some(Token::Open)) =
            (tokens.next(), tokens.next(), tokens.next())
        {
            let mut default = None;
            for_each_argument(&mut tokens, |depth, argument| {
                if let (1, Argument::Value(key, Expression::Text(value))) = (depth, argument)
                    && key.text == "default"
                {
                    default = Some(value.text);
                }
            });
            defaults
                .entry(name.text)
                .and_modify(|known: &mut Option<_>| *known = known.filter(|known| Some(*known) == default))
                .or_insert(default);
        }
        done = tokens.at;
    }
    defaults
}
