//! A branch of a template that no version renders.

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Persona, Place};
use crate::helm::chart::{Chart, Condition, Gate};
use crate::k8s::KubeVersions;

pub(super) static RULE: Rule = rule!("helm-gate-dead-branch", Check::Chart(check));

/// Why a branch is dead, for the message and the help.
struct Reason {
    who: &'static str,
    help: &'static str,
    persona: Persona,
}

const CHART: Reason = Reason {
    who: "no version that `kubeVersion` allows renders this branch",
    help: "remove the branch, or mend its condition or `kubeVersion` in Chart.yaml",
    persona: Persona::Regular,
};
const TARGETS: Reason = Reason {
    who: "no target version renders this branch",
    help: "remove the branch when the chart drops the versions for which it is",
    persona: Persona::Pedantic,
};

fn check(chart: &Chart, sink: &mut Sink<'_>) {
    let targets = sink.context().targets;
    for gate in &chart.gates {
        let Some(condition) = &gate.condition else { continue };
        if gate.has_own_range && report(gate, condition, gate.range, &CHART, sink) {
            continue;
        }
        report(gate, condition, targets.and(gate.range), &TARGETS, sink);
    }
}

/// Reports the branch that is dead in `versions`, if there is one.
fn report(
    gate: &Gate,
    condition: &Condition,
    versions: KubeVersions,
    reason: &Reason,
    sink: &mut Sink<'_>,
) -> bool {
    let (span, why) = match (condition.set.constant_over(versions), condition.otherwise) {
        (Some(false), _) if !condition.then.is_guard => (condition.then.head, "its condition never holds"),
        (Some(true), Some(otherwise)) if !otherwise.is_guard => {
            (otherwise.head, "the condition before it always holds")
        }
        _ => return false,
    };
    let place = Place { file: gate.file, span, path: gate.text.clone(), object: None };
    let draft = Draft::new(place, format!("{}: {why}", reason.who)).help(reason.help);
    sink.report(draft.persona(reason.persona).for_chart(versions));
    true
}
