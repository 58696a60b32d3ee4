//! Objects that a chart makes only where they are not there yet: `if not (lookup …)`.

use std::collections::HashMap;

use super::super::gate::{Action, Expression};
use super::super::template::Template;
use super::body::Bodies;
use crate::k8s::KubeVersions;
use crate::span::{FileId, Span};

/// A ServiceAccount or Secret that is rendered where `lookup` does not find it: the next upgrade does, so it is no longer
/// rendered, and Helm deletes what a release no longer has.
#[derive(Debug)]
pub struct LookupGuard {
    /// The template.
    pub file: FileId,
    /// The versions that the chart is for.
    pub range: KubeVersions,
    /// The condition as written.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// The kind of the object.
    pub kind: String,
    /// Whether it is a token Secret.
    pub is_token: bool,
}

/// The variables of a file that hold what `lookup` found, with the text that asks.
#[derive(Default)]
pub(super) struct Lookups<'t>(HashMap<String, Option<&'t str>>);

impl<'t> Lookups<'t> {
    /// Remembers an assignment; nothing of a variable that is assigned twice.
    pub(super) fn assign(&mut self, pipeline: &'t str) {
        let Ok(Action::Assign { variable, value }) = Action::parse(pipeline) else { return };
        let lookup = looked_up(&value).map(|_| pipeline);
        self.0.entry(variable).and_modify(|known| *known = None).or_insert(lookup);
    }

    /// The object that the condition number `index` makes only where it is not there.
    pub(super) fn guard(
        &self,
        template: &Template<'t>,
        index: usize,
        bodies: &mut Bodies<'_>,
    ) -> Option<LookupGuard> {
        let action = template.actions().get(index)?;
        let is_hopeful = action.pipeline.contains("lookup") || action.pipeline.contains('$');
        let condition = Expression::parse(action.pipeline).ok().filter(|_| is_hopeful)?;
        let (kind, asking) = conjuncts(&condition).find_map(|part| self.missing(part, action.pipeline))?;
        let body = bodies.read(template.region(index)?.body).filter(|body| body.is_objects && !body.is_kept)?;
        let is_same = body.kind.as_deref() == Some(&kind) && names(&asking, body.name.as_deref()?);
        let start = action.pipeline_start;
        let span = Span { start, end: start.saturating_add(Span::new(0..action.pipeline.len()).end) };
        let text = action.pipeline.to_owned();
        let (file, range, is_token) = (FileId(0), KubeVersions::NONE, body.has_token);
        is_same.then_some(LookupGuard { file, range, text, span, kind, is_token })
    }

    /// If a condition holds where a ServiceAccount or Secret is missing: its kind, and the text that asks for it.
    fn missing(&self, condition: &Expression, pipeline: &str) -> Option<(String, String)> {
        let Expression::Call { function, arguments, .. } = condition else { return None };
        let [object] = arguments.as_slice() else { return None };
        if !["not", "empty"].contains(&function.as_str()) {
            return None;
        }
        match object {
            Expression::Variable(name) => {
                let asking = self.0.get(name).copied().flatten()?;
                let Ok(Action::Assign { value, .. }) = Action::parse(asking) else { return None };
                Some((looked_up(&value)?.to_owned(), asking.to_owned()))
            }
            object => Some((looked_up(object)?.to_owned(), pipeline.to_owned())),
        }
    }
}

/// The parts of a condition that must all hold.
fn conjuncts(condition: &Expression) -> impl Iterator<Item = &Expression> {
    let parts = match condition {
        Expression::Call { function, arguments, .. } if function == "and" => arguments.as_slice(),
        other => std::slice::from_ref(other),
    };
    parts.iter()
}

/// Which kind of identity `lookup` asks for: one object, by its name.
fn looked_up(call: &Expression) -> Option<&str> {
    let Expression::Call { function, arguments, .. } = call else { return None };
    match arguments.as_slice() {
        [Expression::Text { value: version, .. }, Expression::Text { value: kind, .. }, _, _name]
            if function == "lookup" && version == "v1" =>
        {
            ["ServiceAccount", "Secret"].contains(&kind.as_str()).then_some(kind)
        }
        _ => None,
    }
}

/// Whether a text that asks names an object as the object itself does: `{{ include "x" . | quote }}`, `deployer`.
fn names(asking: &str, name: &str) -> bool {
    let wanted = match name.strip_prefix("{{").and_then(|name| name.strip_suffix("}}")) {
        Some(action) => {
            let action = action.trim_matches('-').trim();
            action.strip_suffix("quote").and_then(|it| it.trim_end().strip_suffix('|')).unwrap_or(action).trim().to_owned()
        }
        None => format!("\"{name}\""),
    };
    let mut found = asking.match_indices(&wanted);
    found.any(|(at, _)| {
        let rest = asking.get(at + wanted.len()..).unwrap_or_default();
        rest.chars().next().is_none_or(|next| " )\"\t\n".contains(next)) && !wanted.is_empty()
    })
}
