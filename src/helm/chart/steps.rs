//! For which versions of Kubernetes it is worth rendering a chart.

use super::super::gate::{Flavour, GateSet};
use super::release::Gate;
use crate::k8s::KubeVersions;

/// More versions than this are not rendered.
const MOST: usize = 8;

/// A version that stands for others: no gate tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The minor to render for.
    pub minor: u8,
    /// The versions for which the outcome is the same.
    pub versions: KubeVersions,
}

/// The versions of `targets` at which some gate changes its answer, with the first and the last target. If there are very
/// many, those between the first and the newest are left out.
pub fn steps<'g>(gates: impl IntoIterator<Item = &'g Gate>, targets: KubeVersions) -> Vec<Step> {
    let sets: Vec<GateSet> = gates.into_iter().flat_map(sets).collect();
    let changes = |minor: u8| sets.iter().any(|set| changes_at(set, minor));
    let last = targets.minors().last();
    let mut steps: Vec<Step> = Vec::new();
    let mut before = None;
    for minor in targets.minors() {
        let versions = KubeVersions::range(minor..=minor);
        let passed = before.map_or(minor..=minor, |before| before + 1..=minor);
        before = Some(minor);
        match steps.last_mut() {
            Some(step) if Some(minor) != last && !passed.into_iter().any(changes) => {
                step.versions = step.versions.or(versions);
            }
            _ => steps.push(Step { minor, versions }),
        }
    }
    let surplus = steps.len().saturating_sub(MOST);
    steps.drain(1.min(steps.len())..(1 + surplus).min(steps.len()));
    steps
}

fn sets(gate: &Gate) -> impl Iterator<Item = GateSet> {
    let comparisons = gate.comparisons.iter().map(|comparison| comparison.set);
    comparisons.chain(gate.condition.as_ref().map(|condition| condition.set))
}

/// Whether the answer for 1.`minor` is another than for the version before it.
fn changes_at(set: &GateSet, minor: u8) -> bool {
    let Some(before) = minor.checked_sub(1) else { return false };
    Flavour::all().any(|flavour| set.verdict(minor, flavour) != set.verdict(before, flavour))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::chart::{Chart, ChartFile};
    use crate::span::FileId;

    fn minors(constraints: &[String], targets: &str) -> Vec<(u8, Vec<u8>)> {
        let gate = |constraint: &String| {
            format!(
                "{{{{ if semverCompare \"{constraint}\" .Capabilities.KubeVersion.Version }}}}\na: b\n{{{{ end }}}}\n"
            )
        };
        let text: String = constraints.iter().map(gate).collect::<Vec<_>>().concat();
        let file = ChartFile::read(FileId(0), "templates/a.yaml", Some("".into()), &text);
        let chart = Chart::new(file.into_iter().collect());
        let targets = KubeVersions::parse(targets).unwrap();
        let steps = steps(&chart.gates, targets);
        steps.iter().map(|step| (step.minor, step.versions.minors().collect())).collect()
    }

    #[test]
    fn versions_between_gates_are_alike() {
        let gates = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        for (constraints, targets, expected) in [
            (&[][..], "1.30..1.33", vec![(30, vec![30, 31, 32]), (33, vec![33])]),
            (&[], "1.30", vec![(30, vec![30])]),
            (&[">=1.24-0"], "1.22..1.27", vec![(22, vec![22, 23]), (24, vec![24, 25, 26]), (27, vec![27])]),
            (&[">=1.24-0"], "1.30..1.31", vec![(30, vec![30]), (31, vec![31])]),
            (&[">=1.24-0", "<1.26"], "1.23,1.25,1.27", vec![(23, vec![23]), (25, vec![25]), (27, vec![27])]),
        ] {
            assert_eq!(minors(&gates(constraints), targets), expected, "{constraints:?} {targets}");
        }
    }

    #[test]
    fn of_very_many_the_newest_are_taken() {
        let constraints: Vec<_> = (20..36).map(|minor| format!(">=1.{minor}-0")).collect();
        let steps: Vec<_> = minors(&constraints, "1.19..1.37").into_iter().map(|(minor, _)| minor).collect();
        assert_eq!(steps, [19, 30, 31, 32, 33, 34, 35, 37]);
    }
}
