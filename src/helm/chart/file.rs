//! What is remembered of one file of a chart: enough to judge its gates when the whole chart was read.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use memchr::memmem;

use super::super::gate::{self, Expression, Helper};
use super::super::template::{ActionKind, Template, scan};
use super::forms::Forms;
use super::release::{Branch, VersionField};
use crate::span::{FileId, Span};
use crate::yaml::{self, Document};

/// What a template that asks the cluster for more than its version has somewhere.
const MARKS_OF_QUESTIONS: [&str; 2] = ["APIVersions", "lookup \""];
/// What a template that cares for the version of Kubernetes has somewhere.
const MARKS: [&str; 3] = ["semverCompare", "ubeVersion", "ubeTargetVersion"];

/// A file of a chart that has to do with versions of Kubernetes.
#[derive(Debug)]
pub struct ChartFile {
    /// Which file.
    pub(super) file: FileId,
    /// Root-relative.
    pub(super) path: String,
    /// The folder of the outermost chart; for a template only.
    pub(super) chart: Option<Arc<str>>,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    Metadata(VersionField),
    Template(Questions, Forms),
}

/// What a template asks, and what is needed to answer it.
#[derive(Debug, Default)]
pub(super) struct Questions {
    pub(super) asked: Vec<Question>,
    /// By name, and by the `define` in which they are made.
    pub(super) assignments: HashMap<(Option<u32>, String), Assignment>,
    pub(super) helpers: Vec<(String, Helper)>,
}

/// A pipeline that may depend on the version of Kubernetes.
#[derive(Debug)]
pub(super) struct Question {
    /// Its text and where that stands.
    pub(super) text: String,
    pub(super) span: Span,
    pub(super) expression: Expression,
    /// The `define` in which it stands, by its start.
    pub(super) define: Option<u32>,
    /// If it is a condition, its branch, and the one that follows.
    pub(super) branches: Option<(Branch, Option<Branch>)>,
}

#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) at: u32,
    /// Nothing where it is not one plain value: it is assigned twice, or by `range $x := …`.
    pub(super) value: Option<Expression>,
}

/// Whether a path is that of a Chart.yaml.
pub fn is_metadata(path: &str) -> bool {
    path == "Chart.yaml" || path.ends_with("/Chart.yaml")
}

impl ChartFile {
    /// Reads a file for what it has to do with versions of Kubernetes; nothing if it has not. `chart` is the folder of the
    /// outermost chart of which it is a template.
    pub fn read(file: FileId, path: &str, chart: Option<Arc<str>>, text: &str) -> Option<Self> {
        let has = |mark: &str| memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
        if !MARKS.into_iter().chain(MARKS_OF_QUESTIONS).any(has) {
            return None;
        }
        let content = match chart {
            Some(_) => {
                let template = scan(text)?;
                let (questions, forms) = (Questions::of(&template, text), Forms::of(&template, text));
                let is_empty = questions.asked.is_empty() && questions.helpers.is_empty() && forms.is_empty();
                (!is_empty).then_some(Content::Template(questions, forms))?
            }
            None => Content::Metadata(is_metadata(path).then(|| version_field(file, text))??),
        };
        Some(Self { file, path: path.to_owned(), chart, content })
    }
}

fn version_field(file: FileId, text: &str) -> Option<VersionField> {
    let chunk = yaml::split(text).into_iter().next()?;
    let document = Document::read(text, &chunk);
    let node = document.tree()?.root()?.get("kubeVersion").value()?;
    let written = text.get(node.span().range())?.to_owned();
    let (constraint, span) = (node.text()?.to_owned(), node.span());
    Some(VersionField { file, span, constraint, written, is_editable: node.is_editable() })
}

impl Questions {
    pub(super) fn of(template: &Template<'_>, text: &str) -> Self {
        let mut questions = Self::default();
        for define in template.defines() {
            let body = text.get(define.body.range()).unwrap_or_default();
            if speaks_of_versions(body) {
                let helper = Helper::parse(template.pieces(define.body));
                questions.helpers.push((define.name.to_owned(), helper));
            }
        }
        questions.read_actions(template);
        questions
    }

    fn read_actions(&mut self, template: &Template<'_>) {
        let mut defines: Vec<Span> = template.defines().map(|define| define.body).collect();
        defines.sort_unstable();
        for (index, action) in template.actions().iter().enumerate() {
            let at = action.span.start;
            let before = defines.partition_point(|body| body.start <= at);
            let last = before.checked_sub(1).and_then(|last| defines.get(last));
            let define = last.filter(|body| at < body.end).map(|body| body.start);
            let is_condition = matches!(action.kind, ActionKind::If | ActionKind::ElseIf);
            let assigned = self.assign(action.kind, action.pipeline, at, define);
            let matters = speaks_of_versions(action.pipeline)
                || action.pipeline.contains('$') && (is_condition || assigned);
            let is_pipeline = !matches!(
                action.kind,
                ActionKind::Comment | ActionKind::End | ActionKind::Define | ActionKind::Else
            );
            if !(matters && is_pipeline) {
                continue;
            }
            let Ok(expression) = Expression::parse(action.pipeline) else { continue };
            let start = action.pipeline_start;
            let span = Span { start, end: start.saturating_add(Span::new(0..action.pipeline.len()).end) };
            let then = || branch(template, index);
            let otherwise = || Some(branch(template, template.next_branch(index)?));
            let branches = is_condition.then(|| (then(), otherwise()));
            let text = action.pipeline.to_owned();
            self.asked.push(Question { text, span, expression, define, branches });
        }
    }

    fn remember(&mut self, variable: String, define: Option<u32>, at: u32, value: Option<Expression>) {
        match self.assignments.entry((define, variable)) {
            Entry::Occupied(mut known) => known.get_mut().value = None,
            Entry::Vacant(place) => drop(place.insert(Assignment { at, value })),
        }
    }

    /// Remembers what an action does to variables; says whether it assigns one.
    fn assign(&mut self, kind: ActionKind, pipeline: &str, at: u32, define: Option<u32>) -> bool {
        if kind == ActionKind::Assignment {
            if let Ok(gate::Action::Assign { variable, value }) = gate::Action::parse(pipeline) {
                self.remember(variable, define, at, Some(value));
            }
            return true;
        }
        let Some((names, _)) = pipeline.split_once(":=").filter(|(names, _)| names.starts_with('$')) else {
            return false;
        };
        for name in names.split(',') {
            let variable = name.trim().trim_start_matches('$').to_owned();
            self.remember(variable, define, at, None);
        }
        false
    }
}

/// The branch that action number `head` starts.
fn branch(template: &Template<'_>, head: usize) -> Branch {
    let next = template.actions().get(head + 1);
    let is_guard =
        next.is_some_and(|next| next.kind == ActionKind::Silent || next.pipeline.ends_with("fail"));
    Branch { head: template.actions().get(head).map(|action| action.span).unwrap_or_default(), is_guard }
}

fn speaks_of_versions(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}
