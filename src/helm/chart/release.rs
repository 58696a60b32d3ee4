//! A chart as it is released: with the charts that it contains.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex};

use super::super::constraint::Constraint;
use super::super::gate::{
    Evaluator, Expression, GateSet, Helper, MinorMisuse, Scope, VersionGate, minor_misuses, swapped,
};
use super::choice::ApiChoice;
use super::file::{ChartFile, Content, Question, Questions};
use super::lookup::LookupGuard;
use super::twins::Twins;
use crate::k8s::{KubeVersions, NEWEST_KNOWN};
use crate::span::{FileId, Span};

/// What a chart is taken to be for that does not say: from the oldest Kubernetes that Helm 3 was made for.
pub const DEFAULT_RANGE: KubeVersions = KubeVersions::range(16..=NEWEST_KNOWN);

/// A chart with the charts that it contains, as far as it has to do with versions of Kubernetes.
#[derive(Debug, Default)]
pub struct Chart {
    /// `kubeVersion` of its Chart.yaml, and of those in it.
    pub fields: Vec<VersionField>,
    /// What its templates ask.
    pub gates: Vec<Gate>,
    /// Those of its gates that should exclude and complete each other.
    pub twins: Vec<Twins>,
    /// Where its templates choose by what the cluster serves.
    pub choices: Vec<ApiChoice>,
    /// Objects that it makes only where they are not there yet.
    pub lookups: Vec<LookupGuard>,
    pub(super) helpers: Helpers,
    /// The versions that each `kubeVersion` allows, by the folder of its Chart.yaml.
    ranges: Vec<(String, KubeVersions)>,
    /// For which clusters conditions hold that mean the same everywhere in it: those that were asked about.
    pub(super) conditions: Mutex<HashMap<String, GateSet>>,
}

/// `kubeVersion` in a Chart.yaml.
#[derive(Debug)]
pub struct VersionField {
    /// The Chart.yaml.
    pub file: FileId,
    /// Its value there.
    pub span: Span,
    /// What it says.
    pub constraint: String,
    /// The same as it is written, with quotes if there are any.
    pub written: String,
    /// Whether an edit of the value changes this field and nothing else.
    pub is_editable: bool,
}

impl VersionField {
    /// The clusters that it allows, if Helm can read it.
    pub fn set(&self) -> Option<GateSet> {
        Constraint::parse(&self.constraint).ok().map(|constraint| GateSet::of(&constraint))
    }
}

/// A pipeline that depends on the version of Kubernetes, or means to.
#[derive(Debug)]
pub struct Gate {
    /// The template.
    pub file: FileId,
    /// The pipeline, as written.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// The versions that the chart is for.
    pub range: KubeVersions,
    /// Whether `kubeVersion` says so.
    pub has_own_range: bool,
    /// Each `semverCompare` with a constraint that is written out. Its place is in the pipeline.
    pub comparisons: Vec<VersionGate>,
    /// Constraints that stand where the version must be, in the pipeline.
    pub swapped: Vec<Range<usize>>,
    /// Misuses of the minor, in the pipeline.
    pub misuses: Vec<MinorMisuse>,
    /// If it is the condition of an `if`.
    pub condition: Option<Condition>,
}

/// The condition of an `if` or `else if`.
#[derive(Debug)]
pub struct Condition {
    /// For which clusters it holds: not the same for all.
    pub set: GateSet,
    /// What is rendered where it holds.
    pub then: Branch,
    /// What is rendered where it does not.
    pub otherwise: Option<Branch>,
}

/// A branch of an `if`.
#[derive(Debug, Clone, Copy)]
pub struct Branch {
    /// The action that it starts with.
    pub head: Span,
    /// Whether it does nothing but to stop the render.
    pub is_guard: bool,
}

impl Gate {
    /// What is written at `at` in the pipeline.
    pub fn written(&self, at: &Range<usize>) -> &str {
        self.text.get(at.clone()).unwrap_or_default()
    }

    /// The file's bytes for bytes of the pipeline.
    pub fn place(&self, at: &Range<usize>) -> Span {
        Span::new(at.clone()).shift(self.span.start)
    }
}

impl Chart {
    /// The files of each chart, by its folder; helpers of one chart are known to all charts in it.
    pub fn group(files: Vec<ChartFile>) -> BTreeMap<Arc<str>, Vec<ChartFile>> {
        let charts: BTreeSet<Arc<str>> = files.iter().filter_map(|file| file.chart.clone()).collect();
        let mut groups: BTreeMap<Arc<str>, Vec<ChartFile>> = BTreeMap::new();
        for file in files {
            let chart = file.chart.clone().unwrap_or_else(|| {
                let folder = folder_of(&file.path);
                let mut outward = std::iter::successors(Some(folder), |folder| outer(folder));
                let around = outward.find_map(|folder| charts.get(folder));
                around.cloned().unwrap_or_else(|| folder.into())
            });
            groups.entry(chart).or_default().push(file);
        }
        groups
    }

    /// Evaluates the gates of the files of a chart.
    pub fn new(files: Vec<ChartFile>) -> Self {
        let (mut helpers, mut fields, mut templates) = (Helpers::default(), Vec::new(), Vec::new());
        for ChartFile { file, path, content, .. } in files {
            match content {
                Content::Metadata(field) => fields.push((folder_of(&path).to_owned(), field)),
                Content::Template(mut questions, forms) => {
                    helpers.add(std::mem::take(&mut questions.helpers));
                    templates.push((file, path, questions, forms));
                }
            }
        }
        let ranges = fields.iter().filter_map(|(folder, field): &(String, VersionField)| {
            Some((folder.clone(), field.set()?.possible()))
        });
        let ranges: Vec<_> = ranges.collect();
        let mut answers = Answers::default();
        let mut gates = Vec::new();
        for (file, path, questions, _) in &templates {
            let own = own_range(path, &ranges);
            let range = own.unwrap_or(DEFAULT_RANGE);
            for question in &questions.asked {
                let (define, at) = (question.define, question.span.start);
                let scope = Names { helpers: &helpers, questions, define, at };
                let judged = answers.to(question, &scope).gate(question);
                gates.extend(judged.map(|gate| Gate {
                    file: *file,
                    range,
                    has_own_range: own.is_some(),
                    ..gate
                }));
            }
        }
        let pairs: Vec<_> =
            templates.iter().map(|(file, path, _, it)| (*file, path.as_str(), &it.pairs)).collect();
        let twins = Twins::all(&gates, &pairs);
        let (mut choices, mut lookups) = (Vec::new(), Vec::new());
        for (file, path, _, forms) in templates {
            let range = own_range(&path, &ranges).unwrap_or(DEFAULT_RANGE);
            choices.extend(forms.choices.into_iter().map(|it| ApiChoice { file, range, ..it }));
            lookups.extend(forms.lookups.into_iter().map(|it| LookupGuard { file, range, ..it }));
        }
        let fields = fields.into_iter().map(|(_, field)| field).collect();
        let conditions = Mutex::default();
        Self { fields, gates, twins, choices, lookups, helpers, ranges, conditions }
    }

    /// The versions for which the template at `path` is, if its Chart.yaml or one around that says so.
    pub fn range(&self, path: &str) -> Option<KubeVersions> {
        own_range(path, &self.ranges)
    }
}

/// What a pipeline comes to.
#[derive(Clone)]
struct Answer {
    comparisons: Vec<VersionGate>,
    swapped: Vec<Range<usize>>,
    misuses: Vec<MinorMisuse>,
    /// For which clusters it holds, if it is a condition.
    set: Option<GateSet>,
}

/// What the pipelines of a chart come to. Many are written more than once.
#[derive(Default)]
struct Answers<'q> {
    evaluator: Evaluator,
    /// By the text, and whether it is a condition.
    known: HashMap<(&'q str, bool), Answer>,
}

impl<'q> Answers<'q> {
    fn to(&mut self, question: &'q Question, scope: &Names<'_>) -> Answer {
        let key = (question.text.as_str(), question.branches.is_some());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let answer = Answer::to(question, scope, &mut self.evaluator);
        if !Expression::has_variables(&question.text) {
            self.known.insert(key, answer.clone());
        }
        answer
    }
}

impl Answer {
    fn to(question: &Question, scope: &Names<'_>, evaluator: &mut Evaluator) -> Self {
        let expression = &question.expression;
        let comparisons = VersionGate::all(expression, scope, evaluator);
        // The first is the outermost.
        let whole = comparisons.first().filter(|_| VersionGate::is_one(expression)).map(|gate| gate.set);
        Self {
            swapped: swapped(expression),
            misuses: minor_misuses(expression, scope),
            set: question.branches.map(|_| whole.unwrap_or_else(|| evaluator.gate(expression, scope))),
            comparisons,
        }
    }

    /// The gate that the question is, if it is one about versions.
    fn gate(self, question: &Question) -> Option<Gate> {
        let Self { comparisons, swapped, misuses, set } = self;
        let depends = |set: &GateSet| set.constant_over(KubeVersions::ALL).is_none() && !set.is_unknown();
        let set = set.filter(depends);
        let condition =
            question.branches.zip(set).map(|((then, otherwise), set)| Condition { set, then, otherwise });
        let is_one =
            !comparisons.is_empty() || !swapped.is_empty() || !misuses.is_empty() || condition.is_some();
        is_one.then(|| Gate {
            file: FileId(0),
            text: question.text.clone(),
            span: question.span,
            range: DEFAULT_RANGE,
            has_own_range: false,
            comparisons,
            swapped,
            misuses,
            condition,
        })
    }
}

/// The versions for which the charts around a template are, if they say.
fn own_range(path: &str, ranges: &[(String, KubeVersions)]) -> Option<KubeVersions> {
    let around = ranges.iter().filter(|(folder, _)| holds(folder, path));
    let range = around.map(|(_, range)| *range).reduce(KubeVersions::and)?.and(DEFAULT_RANGE);
    (!range.is_empty()).then_some(range)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn holds(folder: &str, path: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The folder of the chart that holds the chart in `folder`, if there is one.
fn outer(folder: &str) -> Option<&str> {
    match folder.rfind("/charts/") {
        Some(at) => folder.get(..at),
        None => folder.starts_with("charts/").then_some(""),
    }
}

/// The named templates of a chart; nothing for a name that is given to several that differ.
#[derive(Debug, Default)]
pub(super) struct Helpers(HashMap<String, Option<Helper>>);

impl Helpers {
    fn add(&mut self, helpers: Vec<(String, Helper)>) {
        for (name, helper) in helpers {
            match self.0.get_mut(&name) {
                Some(known) => *known = known.take().filter(|known| *known == helper),
                None => drop(self.0.insert(name, Some(helper))),
            }
        }
    }
}

/// What names stand for at a place of a template.
pub(super) struct Names<'c> {
    pub(super) helpers: &'c Helpers,
    pub(super) questions: &'c Questions,
    /// The `define` in which it stands, by its start.
    pub(super) define: Option<u32>,
    pub(super) at: u32,
}

impl Scope for Names<'_> {
    fn variable(&self, name: &str) -> Option<&Expression> {
        let assignment = self.questions.assignments.get(&(self.define, name.to_owned()))?;
        assignment.value.as_ref().filter(|_| assignment.at < self.at)
    }

    fn helper(&self, name: &str) -> Option<&Helper> {
        self.helpers.0.get(name)?.as_ref()
    }
}
