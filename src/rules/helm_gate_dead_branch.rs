//! A branch of a template that no version renders.

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Persona, Place};
use crate::helm::chart::{Chart, Condition, Gate};
use crate::k8s::KubeVersions;

pub(super) static RULE: Rule = rule!("helm-gate-dead-branch", Check::Chart(check));

const OF_CHART: &str = "`kubeVersion` in Chart.yaml allows no such version; remove what is never rendered";
const OF_TARGETS: &str = "none of the target versions renders it; remove it when the chart drops the others";

fn check(chart: &Chart, sink: &mut Sink<'_>) {
    let targets = sink.context().targets;
    for gate in &chart.gates {
        let Some(condition) = &gate.condition else { continue };
        if gate.has_own_range && report(gate, condition, gate.range, (OF_CHART, Persona::Regular), sink) {
            continue;
        }
        report(gate, condition, targets.and(gate.range), (OF_TARGETS, Persona::Pedantic), sink);
    }
}

/// Reports the branch that is dead in `versions`, if there is one.
fn report(
    gate: &Gate,
    condition: &Condition,
    versions: KubeVersions,
    (help, persona): (&str, Persona),
    sink: &mut Sink<'_>,
) -> bool {
    let (span, message) = match (condition.set.constant_over(versions), condition.otherwise) {
        (Some(false), _) => {
            (condition.action, "this branch is never rendered: its condition holds for no version")
        }
        (Some(true), Some(otherwise)) => {
            (otherwise, "this branch is never rendered: the condition before it always holds")
        }
        _ => return false,
    };
    let place = Place { file: gate.file, span, path: gate.text.clone(), object: None };
    sink.report(Draft::new(place, message).help(help).persona(persona).for_chart(versions));
    true
}
