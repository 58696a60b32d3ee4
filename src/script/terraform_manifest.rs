//! What Terraform's `kubernetes_secret` and `kubernetes_service_account` (each also `…_v1`) would send, written as a
//! manifest: their annotations, and the type of the Secret.

use memchr::memmem;

use super::hcl::{Token, Tokens};
use super::terraform::{Argument, Expression, for_each_argument};
use super::words::Value;
use super::{Script, terraform_lookup};
use crate::span::Span;
use crate::yaml::{Segment, Text};

/// As many of one file are read.
pub(super) const MAX_RESOURCES: usize = 500;

/// Stands for what Terraform works out.
pub(super) const PLACEHOLDER: &str = "${computed}";

/// A manifest for each resource whose annotations and type are written there.
pub(super) fn find(script: &Script<'_>) -> Vec<Text<'static>> {
    let text = script.text.as_str();
    let mut found = Vec::new();
    let mut done = 0;
    for at in memmem::find_iter(text.as_bytes(), "resource \"kubernetes_") {
        if at < done || found.len() >= MAX_RESOURCES {
            continue;
        }
        let mut tokens = Tokens::new(text, at);
        if let Some((kind, label)) = head(&mut tokens) {
            found.extend(
                Resource::read(&mut tokens).and_then(|resource| resource.manifest(script, kind, label)),
            );
        }
        done = tokens.at;
    }
    found
}

/// Reads `resource "TYPE" "LABEL" {`.
fn head<'t>(tokens: &mut Tokens<'t>) -> Option<(&'static str, Value<'t>)> {
    let (Token::Name(_), Token::Text(kind), Token::Text(label), Token::Open) =
        (tokens.next()?, tokens.next()?, tokens.next()?, tokens.next()?)
    else {
        return None;
    };
    match kind.text.strip_suffix("_v1").unwrap_or(kind.text) {
        "kubernetes_service_account" => Some(("ServiceAccount", label)),
        "kubernetes_secret" => Some(("Secret", label)),
        _ => None,
    }
}

/// What a resource says of itself.
#[derive(Default)]
struct Resource<'t> {
    name: Option<Expression<'t>>,
    /// Whether the API server completes its name.
    has_generated_name: bool,
    type_: Option<Expression<'t>>,
    annotations: Vec<(Value<'t>, Expression<'t>)>,
}

impl<'t> Resource<'t> {
    /// None if a part of it is worked out by Terraform.
    fn read(tokens: &mut Tokens<'t>) -> Option<Self> {
        let mut resource = Self::default();
        let mut is_known = true;
        let (mut in_metadata, mut in_annotations) = (false, false);
        for_each_argument(tokens, |depth, argument| match argument {
            Argument::Block(key) => {
                in_annotations = in_metadata && depth == 2 && key == "annotations";
                in_metadata = if depth == 1 { key == "metadata" } else { in_metadata };
                // Of a `dynamic` block.
                is_known &= !(depth == 2 && key == "content");
            }
            Argument::Value(key, value) => match (depth, key.text) {
                (1, "type") => resource.type_ = Some(value),
                (2, "annotations") if in_metadata => is_known = false,
                (2, "name") if in_metadata => resource.name = Some(value),
                (2, "generate_name") if in_metadata => resource.has_generated_name = true,
                (3, _) if in_annotations => resource.annotations.push((key, value)),
                _ => {}
            },
        });
        is_known.then_some(resource)
    }

    fn manifest(&self, script: &Script<'_>, kind: &str, label: Value<'_>) -> Option<Text<'static>> {
        let mut text = Writer::new(script, label);
        text.glue(&format!("apiVersion: v1\nkind: {kind}\nmetadata:\n  name: "))?;
        match self.name {
            None if self.has_generated_name => text.glue("\"\"")?,
            name => text.expression(name.unwrap_or(Expression::Text(label)))?,
        }
        if !self.annotations.is_empty() {
            text.glue("\n  annotations:")?;
        }
        for (key, value) in &self.annotations {
            text.near = *key;
            text.glue("\n    ")?;
            text.expression(Expression::Text(*key))?;
            text.glue(": ")?;
            text.expression(*value)?;
        }
        if let Some(type_) = self.type_ {
            text.glue("\ntype: ")?;
            text.expression(type_)?;
        }
        text.glue("\n")?;
        Some(text.finish())
    }
}

/// Writes the manifest, and remembers where its pieces come from.
pub(super) struct Writer<'s, 't> {
    script: &'s Script<'t>,
    content: String,
    segments: Vec<Segment>,
    /// What stands nearest to that which nobody wrote.
    near: Value<'s>,
}

impl<'s, 't> Writer<'s, 't> {
    pub(super) fn new(script: &'s Script<'t>, near: Value<'s>) -> Self {
        Self { script, content: String::new(), segments: Vec::new(), near }
    }

    pub(super) fn finish(self) -> Text<'static> {
        Text::pieced(self.content, self.segments)
    }

    pub(super) fn push(&mut self, written: &str, from: Value<'_>, exact: bool) -> Option<()> {
        let inner = u32::try_from(self.content.len()).ok()?;
        let outer: Span = self.script.text.outer(from.range());
        self.segments.push(Segment { inner, outer, exact });
        self.content.push_str(written);
        Some(())
    }

    pub(super) fn glue(&mut self, text: &str) -> Option<()> {
        self.push(text, self.near, false)
    }

    /// A string in quotes; what Terraform works out becomes a placeholder.
    pub(super) fn expression(&mut self, expression: Expression<'s>) -> Option<()> {
        let value = expression.value();
        self.near = value;
        self.glue("\"")?;
        match expression {
            Expression::Text(value) if value.text.contains("${") && value.text.contains(['"', '\\']) => {
                self.push(PLACEHOLDER, value, false)?;
            }
            Expression::Text(value) => {
                if !value.text.is_empty() {
                    self.push(value.text, value, true)?;
                }
            }
            Expression::Reference(value) => match terraform_lookup::name_of(self.script, value.start) {
                Some(name) => self.push(name, value, false)?,
                None => self.push(&format!("${{{}}}", value.text), value, false)?,
            },
        }
        self.glue("\"")
    }
}
