//! Under which conditions a place of a template becomes text.

use std::collections::HashMap;
use std::sync::PoisonError;

use super::super::gate::{Evaluator, Expression, GateSet, Scope};
use super::super::template::{self, Action, ActionKind, Condition, Template};
use super::file::Questions;
use super::release::{Chart, Names};
use crate::k8s::KubeVersions;
use crate::span::Span;

/// What decides whether a place of a template becomes text.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// The clusters on which it may.
    pub gate: GateSet,
    /// The versions that the chart is for, if it says so.
    pub range: Option<KubeVersions>,
    /// The innermost condition by which the cluster's version decides.
    pub decider: Option<Span>,
    /// Whether something besides the cluster decides: values, or whoever calls a named template.
    pub depends_on_values: bool,
    /// Whether it decides whether this is an install or an upgrade (`.Release.IsInstall`).
    pub depends_on_release: bool,
    /// Whether the cluster is asked for an API that it serves (`.Capabilities.APIVersions`).
    pub asks_for_apis: bool,
}

/// The conditions of one template.
#[derive(Debug)]
pub struct Conditions<'c> {
    chart: &'c Chart,
    range: Option<KubeVersions>,
    template: Template<'c>,
    questions: Questions,
    evaluator: Evaluator,
    /// What is known of the conditions that were asked about, by the starts of their actions.
    known: HashMap<u32, Known>,
}

/// What is known of a condition.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// For which clusters it holds.
    gate: GateSet,
    asks_for_apis: bool,
    depends_on_release: bool,
}

impl Chart {
    /// The conditions in the template at `path`; `None` if Helm cannot read it.
    pub fn conditions<'c>(&'c self, path: &str, text: &'c str) -> Option<Conditions<'c>> {
        let template = template::scan(text)?;
        let questions = Questions::of(&template, text);
        let range = self.range(path);
        Some(Conditions {
            chart: self,
            range,
            template,
            questions,
            evaluator: Evaluator::default(),
            known: HashMap::new(),
        })
    }

    fn gate(&self, action: &Action<'_>, scope: &dyn Scope, evaluator: &mut Evaluator) -> GateSet {
        if !matches!(action.kind, ActionKind::If | ActionKind::ElseIf) {
            return GateSet::UNKNOWN;
        }
        let conditions = || self.conditions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = conditions().get(action.pipeline) {
            return *known;
        }
        let condition = Expression::parse(action.pipeline).ok();
        let gate = condition.map_or(GateSet::UNKNOWN, |condition| evaluator.gate(&condition, scope));
        if !Expression::has_variables(action.pipeline) {
            conditions().insert(action.pipeline.to_owned(), gate);
        }
        gate
    }
}

impl Conditions<'_> {
    /// Whether an action stands in these bytes, at least in part.
    pub fn has_action(&self, bytes: Span) -> bool {
        let actions = self.template.actions();
        let first = actions.partition_point(|action| action.span.end <= bytes.start);
        actions.get(first).is_some_and(|action| action.span.start < bytes.end)
    }

    /// What decides about `place`.
    pub fn reach(&mut self, place: Span) -> Reach {
        let Self { chart, range, template, questions, evaluator, known } = self;
        let (helpers, define) = (&chart.helpers, template.define_around(place));
        let mut reach = Reach {
            gate: GateSet::ALWAYS,
            range: *range,
            decider: None,
            depends_on_values: define.is_some(),
            depends_on_release: false,
            asks_for_apis: false,
        };
        for Condition { action, is_negated } in template.conditions(place) {
            let Known { gate, asks_for_apis, depends_on_release } =
                *known.entry(action.span.start).or_insert_with(|| {
                    let scope = Names { helpers, questions, define, at: action.span.start };
                    Known {
                        gate: chart.gate(action, &scope, evaluator),
                        asks_for_apis: action.pipeline.contains("APIVersions"),
                        depends_on_release: action.pipeline.contains(".Release.Is"),
                    }
                });
            reach.asks_for_apis |= asks_for_apis;
            reach.depends_on_release |= depends_on_release;
            let gate = if is_negated { gate.negate() } else { gate };
            reach.depends_on_values |= !gate.is_known();
            if !gate.is_unknown() && gate.constant_over(KubeVersions::ALL).is_none() {
                let length = Span::new(0..action.pipeline.len()).end;
                reach.decider = Some(Span::new(0..length as usize).shift(action.pipeline_start));
            }
            reach.gate = reach.gate.and(gate);
        }
        reach
    }
}
