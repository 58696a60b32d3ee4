//! Two gates, one for newer and one for older versions, that both leave a version out, or both take it.

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Place};
use crate::helm::chart::{Chart, Gate, Twins};
use crate::helm::gate::{Patch, VersionGate};
use crate::k8s::KubeVersions;

pub(super) static RULE: Rule = rule!("helm-gates-leave-gap", Check::Chart(check));

const HELP: &str = "let one be the opposite of the other, such as `>=1.24-0` and `<1.24-0`, or write one `if` with an `else`";

fn check(chart: &Chart, sink: &mut Sink<'_>) {
    for twins in &chart.twins {
        let (Some(newer), Some(older)) = (chart.gates.get(twins.newer), chart.gates.get(twins.older)) else {
            continue;
        };
        check_twins(twins, newer, older, sink);
    }
}

/// What vendors' versions alone miss comes from a range without `-0`: `helm-gate-ignores-prerelease` says it.
fn check_twins(twins: &Twins, newer: &Gate, older: &Gate, sink: &mut Sink<'_>) {
    let (Some(since), Some(before)) = (newer.comparisons.first(), older.comparisons.first()) else { return };
    let Some(witness) = twins.on_plain_versions().max_by_key(|it| it.flavour.patch == Patch::Later) else {
        return;
    };
    // `>` leaves out the version that it names; nobody means that here.
    let is_upper_odd = since.constraint.trim_start().starts_with('>') && !since.constraint.contains('=');
    let (odd, odd_gate, twin, twin_gate) =
        if is_upper_odd { (since, newer, before, older) } else { (before, older, since, newer) };
    let patch = if witness.flavour.patch == Patch::First { 0 } else { 3 };
    let version = |set: KubeVersions| Some(format!("v1.{}.{patch}", set.minors().last()?));
    let message = match (version(witness.neither), version(witness.both)) {
        (Some(gap), _) => {
            format!("neither this nor {} holds on {gap}: nothing is rendered there", short(twin))
        }
        (None, Some(overlap)) => {
            format!("this and {} both hold on {overlap}: it is rendered twice there", short(twin))
        }
        (None, None) => return,
    };
    let versions =
        twins.on_plain_versions().fold(KubeVersions::NONE, |all, it| all.or(it.neither).or(it.both));
    let draft = Draft::new(place(odd_gate, odd), message).help(HELP).for_chart(versions);
    sink.report(draft.related(place(twin_gate, twin), "the other one of the two"));
}

fn place(gate: &Gate, comparison: &VersionGate) -> Place {
    let (span, path) = (gate.place(&comparison.at), comparison.constraint.clone());
    Place { file: gate.file, span, path, object: None }
}

/// A constraint as a message names it.
fn short(comparison: &VersionGate) -> String {
    let constraint = &comparison.constraint;
    if constraint.chars().count() > 24 { "its twin".to_owned() } else { format!("`{constraint}`") }
}
