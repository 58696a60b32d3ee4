//! A version range that says something else on the versions of EKS and GKE than on those of Kubernetes.

use std::collections::HashMap;

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix, Place};
use crate::helm::chart::{Chart, Gate, VersionField};
use crate::helm::constraint::{Constraint, Mode};
use crate::helm::gate::{GateSet, Patch, VersionGate, Witness, ignores_vendors, witness};
use crate::k8s::{KubeVersions, NEWEST_KNOWN};
use crate::span::{Edit, FileId, Span};

pub(super) static RULE: Rule = rule!("helm-gate-ignores-prerelease", Check::Chart(check));

const ADD: &str =
    "add `-0`, so that versions with a vendor's suffix, which are pre-releases to Helm, are compared too";
const REWRITE: &str = "to Helm a vendor's suffix is a pre-release; write a range such as `>=1.24.0-0` or `<1.24.0-0` that says so";

fn check(chart: &Chart, sink: &mut Sink<'_>) {
    let lost = chart.twins.iter().filter(|twins| twins.are_lost_on_vendors());
    let lost = lost.flat_map(|twins| [(twins.newer, twins.older), (twins.older, twins.newer)]);
    let lost: HashMap<usize, usize> = lost.collect();
    for (index, gate) in chart.gates.iter().enumerate() {
        let twin = lost.get(&index).and_then(|twin| chart.gates.get(*twin));
        gate.comparisons.iter().for_each(|comparison| check_comparison(gate, comparison, twin, sink));
    }
    chart.fields.iter().for_each(|field| check_field(field, sink));
}

/// `twin`: the gate that together with this one leaves out the versions of vendors.
fn check_comparison(gate: &Gate, comparison: &VersionGate, twin: Option<&Gate>, sink: &mut Sink<'_>) {
    // What the rest of a condition makes good is no mistake.
    let is_mended = |set: &GateSet| set.is_known() && ignores_vendors(set).and(gate.range).is_empty();
    if gate.condition.as_ref().is_some_and(|condition| is_mended(&condition.set)) {
        return;
    }
    let Some(found) = Found::of(&comparison.set, gate.range) else { return };
    let name = short(&comparison.constraint);
    let Witness { answer, .. } = found.witness;
    let message = format!("{name} is {answer} on {} although {} on {}", found.vendor, !answer, found.plain);
    let span = gate.place(&comparison.at);
    let written = gate.written(&comparison.at);
    let draft = found.draft(gate.file, span, &comparison.constraint, message, Some(written));
    sink.report(match twin.and_then(|twin| Some((twin, twin.comparisons.first()?))) {
        Some((twin, other)) => {
            let (span, path) = (twin.place(&other.at), other.constraint.clone());
            let place = Place { file: twin.file, span, path, object: None };
            draft.related(place, "this is false there too: neither is rendered on EKS and GKE")
        }
        None => draft,
    });
}

fn check_field(field: &VersionField, sink: &mut Sink<'_>) {
    let Some(found) = field.set().and_then(|set| Found::of(&set, KubeVersions::range(0..=NEWEST_KNOWN)))
    else {
        return;
    };
    let does = if found.witness.answer { "accepts" } else { "refuses" };
    let not = if found.witness.answer { "refuses" } else { "accepts" };
    let name = short(&field.constraint);
    let message = format!("`kubeVersion` {name} {does} {} although it {not} {}", found.vendor, found.plain);
    let written = field.is_editable.then_some(field.written.as_str());
    sink.report(found.draft(field.file, field.span, &field.constraint, message, written));
}

/// On which versions a range ignores vendors.
struct Found {
    versions: KubeVersions,
    witness: Witness,
    vendor: String,
    plain: String,
}

impl Found {
    fn of(set: &GateSet, range: KubeVersions) -> Option<Self> {
        let versions = ignores_vendors(set).and(range);
        let witness = witness(set, versions)?;
        let patch = if witness.flavour.patch == Patch::First { 0 } else { 3 };
        let plain = format!("v1.{}.{patch}", witness.minor);
        Some(Self { versions, witness, vendor: format!("{plain}-gke.100"), plain })
    }

    /// `written`: the constraint with its quotes, where it may be edited.
    fn draft(
        &self,
        file: FileId,
        span: Span,
        constraint: &str,
        message: String,
        written: Option<&str>,
    ) -> Draft {
        let rewritten = Constraint::parse(constraint).ok().and_then(|it| it.with_pre_releases(constraint));
        let mut help = match &rewritten {
            Some(rewritten) => format!("{ADD}: `{rewritten}`"),
            None => REWRITE.to_owned(),
        };
        if self.witness.flavour.helm == Mode::UpTo318 {
            help.push_str("; Helm 3.19 and later do not need it here");
        }
        let replaced = written.zip(rewritten).and_then(|(written, new)| requoted(written, constraint, &new));
        let fix = replaced.map(|text| Fix::safe([Edit::replace(span, text)]));
        let place = Place { file, span, path: constraint.to_owned(), object: None };
        Draft::new(place, message).help(help).fix(fix).for_chart(self.versions)
    }
}

/// `written` with `new` in the place of `old`, if nothing but quotes stands around it.
fn requoted(written: &str, old: &str, new: &str) -> Option<String> {
    let (before, after) = written.split_once(old)?;
    (before == after && ["", "\"", "'", "`"].contains(&before)).then(|| format!("{before}{new}{after}"))
}

/// A constraint as a message names it.
fn short(constraint: &str) -> String {
    if constraint.chars().count() > 24 { "this range".to_owned() } else { format!("`{constraint}`") }
}
