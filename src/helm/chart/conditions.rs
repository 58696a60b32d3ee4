//! Under which conditions a place of a template becomes text.

use super::super::gate::{Evaluator, Expression, GateSet, Scope};
use super::super::template::{self, ActionKind, Condition, Template};
use super::file::Questions;
use super::release::{Chart, Names};
use crate::span::Span;

/// What decides whether a place of a template becomes text.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// The clusters on which it may.
    pub gate: GateSet,
    /// Whether something besides the cluster decides: values, or whoever calls a named template.
    pub depends_on_values: bool,
    /// Whether the cluster is asked for an API that it serves (`.Capabilities.APIVersions`).
    pub asks_for_apis: bool,
}

/// The conditions of one template.
#[derive(Debug)]
pub struct Conditions<'c> {
    chart: &'c Chart,
    template: Template<'c>,
    questions: Questions,
    evaluator: Evaluator,
}

impl Chart {
    /// The conditions in a template of the chart; `None` if Helm cannot read it.
    pub fn conditions<'c>(&'c self, text: &'c str) -> Option<Conditions<'c>> {
        let template = template::scan(text)?;
        let questions = Questions::of(&template, text);
        Some(Conditions { chart: self, template, questions, evaluator: Evaluator::default() })
    }
}

impl Conditions<'_> {
    /// What decides about `place`.
    pub fn reach(&mut self, place: Span) -> Reach {
        let Self { chart, template, questions, evaluator } = self;
        let define = template.defines().find(|define| define.body.contains(place));
        let (helpers, define) = (&chart.helpers, define.map(|define| define.body.start));
        let mut reach =
            Reach { gate: GateSet::ALWAYS, depends_on_values: define.is_some(), asks_for_apis: false };
        for Condition { action, is_negated } in template.conditions(place) {
            reach.asks_for_apis |= action.pipeline.contains("APIVersions");
            let scope = Names { helpers, questions, define, at: action.span.start };
            let gate = match action.kind {
                ActionKind::If | ActionKind::ElseIf => gate(action.pipeline, &scope, evaluator),
                _ => GateSet::UNKNOWN,
            };
            let gate = if is_negated { gate.negate() } else { gate };
            reach.depends_on_values |= !gate.is_known();
            reach.gate = reach.gate.and(gate);
        }
        reach
    }
}

fn gate(condition: &str, scope: &dyn Scope, evaluator: &mut Evaluator) -> GateSet {
    Expression::parse(condition).map_or(GateSet::UNKNOWN, |condition| evaluator.gate(&condition, scope))
}
