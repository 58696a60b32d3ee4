//! Charts: their gates, and what these do to findings in their templates.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::analyse::guard;
use super::{Options, Run};
use crate::finding::{Finding, Persona};
use crate::helm::chart::{Chart, ChartFile, Reach};
use crate::input::Sources;
use crate::k8s::KubeVersions;
use crate::rules::{self, Check, Sink};
use crate::span::FileId;
use crate::world::World;

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

    /// Runs the rules about charts.
    pub(super) fn run_rules(&self, options: &Options, run: &mut Run) {
        for rule in &options.rules {
            let Check::Chart(check) = rule.check else { continue };
            let mut sink = Sink::new(rule.meta(), options.context, &mut run.findings);
            if guard(|| self.0.values().for_each(|chart| check(chart, &mut sink))).is_none() {
                let failure = format!("internal error in the rule {}; please report it", rule.id);
                run.summary.skip("(all charts)", &failure, true);
            }
        }
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
        let narrowed = by_file.into_par_iter().flat_map_iter(|(file, findings)| {
            let chart = world.chart(file).and_then(|folder| self.0.get(folder));
            narrow_file(file, findings, chart.unwrap_or(&Chart::default()), sources)
        });
        let narrowed: Vec<_> = narrowed.collect();
        others.extend(narrowed);
        *findings = others;
    }
}

/// Whether a finding is about the chart or about its own suppressions, and not about what is rendered.
fn is_about_chart(finding: &Finding) -> bool {
    let check = rules::find(finding.rule.id).map(|rule| &rule.check);
    matches!(check, None | Some(Check::Chart(_) | Check::Engine))
}

fn narrow_file(file: FileId, findings: Vec<Finding>, chart: &Chart, sources: &Sources) -> Vec<Finding> {
    let Some(source) = sources.get(file) else { return findings };
    let Some(decoded) = source.read_again() else { return findings };
    let Some(mut conditions) = chart.conditions(&decoded.text) else { return findings };
    let range = chart.range(&source.path).unwrap_or(KubeVersions::ALL);
    let narrowed = findings.into_iter().filter_map(|finding| {
        let reach = conditions.reach(finding.place.span);
        narrow(finding, reach, range)
    });
    narrowed.collect()
}

/// The finding as far as its place is rendered. What only some versions object to is judged by what the chart says that
/// it is for, too, and is quieter where values decide: a chart may bring an old kind for old clusters. Where a condition
/// asks the cluster what it serves, nothing is wrong.
fn narrow(mut finding: Finding, reach: Reach, range: KubeVersions) -> Option<Finding> {
    let rule = rules::find(finding.rule.id)?;
    let is_about_api = finding.rule.group == "version" && matches!(rule.check, Check::Object(_));
    if is_about_api && reach.asks_for_apis {
        return None;
    }
    if is_about_api && reach.depends_on_values {
        finding.persona = finding.persona.max(Persona::Pedantic);
    }
    let is_versioned = finding.versions != KubeVersions::ALL;
    let rendered = reach.gate.possible().and(if is_versioned { range } else { KubeVersions::ALL });
    let kubernetes = finding.kubernetes.and(rendered);
    finding.partial |= kubernetes != finding.kubernetes;
    finding.kubernetes = kubernetes;
    (!kubernetes.is_empty()).then_some(finding)
}
