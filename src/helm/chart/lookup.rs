//! Objects that a chart makes only where they are not there yet: `if not (lookup …)`.

use std::collections::HashMap;

use super::super::gate::{Action, Expression};
use super::super::template::Template;
use super::body::{Bodies, Form};
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

/// Longer pipelines are not looked at: each is searched once for every condition that uses it.
const MAX_PIPELINE: usize = 1024;

/// The variables of a file that hold what `lookup` found.
#[derive(Default)]
pub(super) struct Lookups<'t>(HashMap<String, Option<Lookup<'t>>>);

/// What is looked up: the kind, and the text that asks for it.
#[derive(Clone)]
struct Lookup<'t> {
    kind: String,
    text: &'t str,
}

impl<'t> Lookups<'t> {
    /// Remembers an assignment; nothing of a variable that is assigned twice.
    pub(super) fn assign(&mut self, pipeline: &'t str) {
        let Ok(Action::Assign { variable, value }) = Action::parse(pipeline) else { return };
        let kind = looked_up(&value).filter(|_| pipeline.len() <= MAX_PIPELINE);
        let lookup = kind.map(|kind| Lookup { kind: kind.to_owned(), text: pipeline });
        self.0.entry(variable).and_modify(|known| *known = None).or_insert(lookup);
    }

    /// The object that the condition number `index` makes only where it is not there.
    pub(super) fn guard(
        &self,
        template: &Template<'t>,
        index: usize,
        bodies: &mut Bodies<'_>,
    ) -> Option<LookupGuard> {
        let action = template.actions().get(index).filter(|it| it.pipeline.len() <= MAX_PIPELINE)?;
        let is_hopeful = action.pipeline.contains("lookup") || action.pipeline.contains('$');
        let condition = is_hopeful.then(|| Expression::parse(action.pipeline).ok()).flatten()?;
        let Lookup { kind, text } = conjuncts(&condition).find_map(|it| self.missing(it, action.pipeline))?;
        let body = bodies
            .read(template.region(index)?.body)
            .filter(|body| body.form == Form::Objects && !body.is_kept)?;
        let is_same = body.kind.as_deref() == Some(&kind) && names(text, body.name.as_deref()?);
        let start = action.pipeline_start;
        let span = Span { start, end: start.saturating_add(Span::new(0..action.pipeline.len()).end) };
        let text = action.pipeline.to_owned();
        let (file, range, is_token) = (FileId(0), KubeVersions::NONE, body.has_token);
        is_same.then_some(LookupGuard { file, range, text, span, kind, is_token })
    }

    /// What a condition of `pipeline` looks up and does not find where it holds.
    fn missing(&self, condition: &Expression, pipeline: &'t str) -> Option<Lookup<'t>> {
        let Expression::Call { function, arguments, .. } = condition else { return None };
        let [object] = arguments.as_slice() else { return None };
        if !["not", "empty"].contains(&function.as_str()) {
            return None;
        }
        match object {
            Expression::Variable(name) => self.0.get(name)?.clone(),
            object => Some(Lookup { kind: looked_up(object)?.to_owned(), text: pipeline }),
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
            let unquoted = action.strip_suffix("quote").and_then(|it| it.trim_end().strip_suffix('|'));
            unquoted.unwrap_or(action).trim().to_owned()
        }
        None => format!("\"{name}\""),
    };
    let mut found = asking.match_indices(&wanted);
    found.any(|(at, _)| {
        let rest = asking.get(at + wanted.len()..).unwrap_or_default();
        rest.chars().next().is_none_or(|next| " )\"\t\n".contains(next)) && !wanted.is_empty()
    })
}
