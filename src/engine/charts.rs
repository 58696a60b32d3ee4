//! Charts: their gates, and what these do to findings in their templates.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::analyse::guard;
use super::{Options, Run};
use crate::finding::{Applicability, Finding, Fix, Persona};
use crate::helm::chart::{Chart, ChartFile, Conditions, Reach};
use crate::input::Sources;
use crate::k8s::KubeVersions;
use crate::rules::{self, Check, Sink};
use crate::span::{FileId, Span};
use crate::world::World;

/// Rules about token Secrets that work: who switches one on in the values has a choice.
const ABOUT_HEALTHY_TOKENS: [&str; 3] =
    ["adopted-token-secret", "long-lived-token-secret", "mounted-token-secret"];

/// The charts of a run, by their folders.
pub(super) struct Charts(BTreeMap<Arc<str>, Chart>);

impl Charts {
    /// Puts together what was read of each chart.
    pub(super) fn new(files: Vec<ChartFile>, run: &mut Run) -> Self {
        let groups: Vec<_> = Chart::group(files).into_iter().collect();
        let number = groups.len();
        let charts = groups.into_par_iter();
        let charts: BTreeMap<_, _> =
            charts.filter_map(|(folder, files)| Some((folder, guard(|| Chart::new(files))?))).collect();
        if charts.len() < number {
            run.summary.skip("(all charts)", "internal error in reading a chart; please report it", true);
        }
        Self(charts)
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Chart> {
        self.0.values()
    }

    /// The chart of a template.
    fn of(&self, file: FileId, world: &World) -> Option<&Chart> {
        world.chart(file).and_then(|folder| self.0.get(folder))
    }

    /// Runs the rules about charts.
    pub(super) fn run_rules(&self, options: &Options, run: &mut Run) {
        for rule in &options.rules {
            let Check::Chart(check) = rule.check else { continue };
            let mut sink = Sink::new(rule.meta(), options.context, &mut run.findings);
            for (folder, chart) in &self.0 {
                if guard(|| check(chart, &mut sink)).is_none() {
                    let failure = format!("internal error in the rule {}; please report it", rule.id);
                    run.summary.skip(if folder.is_empty() { "." } else { folder }, &failure, true);
                }
            }
        }
    }

    /// Tells the world for which versions token Secrets in templates are rendered, and the places that name them.
    pub(super) fn tell(&self, world: &mut World, sources: &Sources) {
        let mut by_file: BTreeMap<FileId, Vec<Span>> = BTreeMap::new();
        for place in world.gated_places() {
            by_file.entry(place.file).or_default().push(place.span);
        }
        let reaches = by_file.into_iter().filter_map(|(file, places)| {
            with_conditions(file, self.of(file, world), sources, |conditions| {
                places.into_iter().map(|place| ((file, place), conditions.reach(place))).collect::<Vec<_>>()
            })
        });
        let reaches = reaches.flatten().collect();
        world.set_reaches(reaches);
    }

    /// Takes from each finding in a template the versions for which its place is not rendered, and drops those that hold
    /// for no version.
    pub(super) fn narrow(&self, findings: &mut Vec<Finding>, world: &World, sources: &Sources) {
        let (templated, mut others): (Vec<_>, Vec<_>) = std::mem::take(findings)
            .into_iter()
            .partition(|finding| world.chart(finding.place.file).is_some() && !is_about_chart(finding));
        let mut by_file: BTreeMap<FileId, Vec<Finding>> = BTreeMap::new();
        for finding in templated {
            by_file.entry(finding.place.file).or_default().push(finding);
        }
        let narrowed = by_file.into_par_iter().flat_map_iter(|(file, mut findings)| {
            with_conditions(file, self.of(file, world), sources, |conditions| {
                narrow_all(&mut findings, conditions);
            });
            findings
        });
        let narrowed: Vec<_> = narrowed.collect();
        others.extend(narrowed);
        *findings = others;
    }
}

/// Whether a finding is about the chart, about its own suppressions, or about what lies open in its text, and not about
/// what is rendered.
fn is_about_chart(finding: &Finding) -> bool {
    let check = rules::find(finding.rule.id).map(|rule| &rule.check);
    matches!(check, None | Some(Check::Chart(_) | Check::Credential(_) | Check::Engine))
}

/// Hands over the conditions of a template, unless it cannot be read.
fn with_conditions<T>(
    file: FileId,
    chart: Option<&Chart>,
    sources: &Sources,
    work: impl FnOnce(&mut Conditions<'_>) -> T,
) -> Option<T> {
    let source = sources.get(file)?;
    let decoded = source.text()?;
    let unknown = Chart::default();
    let mut conditions = chart.unwrap_or(&unknown).conditions(&source.path, &decoded.text)?;
    Some(work(&mut conditions))
}

fn narrow_all(findings: &mut Vec<Finding>, conditions: &mut Conditions<'_>) {
    findings.retain_mut(|finding| {
        let is_literal = |fix: &Fix| !fix.edits.iter().any(|edit| conditions.has_action(edit.span));
        finding.fix = finding.fix.take().filter(is_literal);
        narrow(finding, conditions.reach(finding.place.span))
    });
}

/// Takes from a finding what is not rendered; says whether anything is left. What only some versions object to is judged
/// by what the chart says that it is for, too, and is quieter where values decide: a chart may bring an old kind for old
/// clusters. Where a condition asks the cluster what it serves, nothing is wrong.
fn narrow(finding: &mut Finding, reach: Reach) -> bool {
    let Some(rule) = rules::find(finding.rule.id) else { return true };
    let is_about_api = finding.rule.group == "version" && matches!(rule.check, Check::Object(_));
    let is_about_install = rule.id == "hook-before-service-account";
    if is_about_api && reach.asks_for_apis || is_about_install && reach.depends_on_release {
        return false;
    }
    if let Some(fix) = finding.fix.as_mut().filter(|_| is_about_api && reach.decider.is_some()) {
        // The branches of a chart for several versions were weighed by somebody.
        fix.applicability = Applicability::Unsafe;
    }
    let is_choice = ABOUT_HEALTHY_TOKENS.contains(&rule.id);
    if (is_about_api || is_choice) && reach.depends_on_values {
        finding.persona = finding.persona.max(Persona::Pedantic);
    }
    let range = reach.range.filter(|_| finding.versions != KubeVersions::ALL);
    let rendered = reach.gate.possible().and(range.unwrap_or(KubeVersions::ALL));
    let kubernetes = finding.kubernetes.and(rendered);
    finding.partial |= kubernetes != finding.kubernetes;
    finding.kubernetes = kubernetes;
    !kubernetes.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_rules_about_healthy_tokens() {
        for id in ABOUT_HEALTHY_TOKENS {
            assert!(rules::find(id).is_some(), "{id}");
        }
    }
}
