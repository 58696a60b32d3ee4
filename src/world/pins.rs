//! Versions of Kubernetes for which something in the repository has a chart of the repository rendered.

use std::collections::HashMap;

use super::deployment;
use super::fact::{Detail, Fact};
use super::folders::{folder_of, is_within, with_parents};
use super::index::World;
use super::kustomize::join;
use crate::k8s::{KubeVersions, Object};
use crate::yaml::Node;

/// Where kustomize looks for charts (`api/types/helmchartargs.go`).
const CHART_HOME: &str = "charts";

/// Something that has a chart rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The folder of the chart, if it is one of this repository.
    chart: String,
    /// For which version; `None` if it does not say, so that it is the version of some cluster.
    version: Option<KubeVersions>,
}

impl Pin {
    /// What an object has rendered: Argo CD's (`pkg/apis/application/v1alpha1/types.go`) for the version that it names, a
    /// HelmRelease of Flux (`api/v2/helmrelease_types.go` of helm-controller) always for that of the cluster.
    pub(super) fn all(object: &Object<'_>) -> Vec<Pin> {
        if object.is("helm.toolkit.fluxcd.io", "HelmRelease") {
            let Some(chart) = object.at_path(&["spec", "chart", "spec"]).value() else { return Vec::new() };
            let is_local =
                chart.get("sourceRef").get("kind").value().and_then(Node::text) == Some("GitRepository");
            let folder = chart.get("chart").value().and_then(Node::text).and_then(|path| join("", path));
            return folder
                .filter(|_| is_local)
                .map(|chart| Pin { chart, version: None })
                .into_iter()
                .collect();
        }
        let sources = deployment::application(object).into_iter().flat_map(deployment::sources);
        let pin = |source: Node<'_>| {
            let chart = join("", source.get("path").value()?.text()?)?;
            Some(Pin { chart, version: version(source.get("helm").get("kubeVersion").value()) })
        };
        sources.filter_map(pin).collect()
    }

    /// What a kustomization in `folder` has rendered (`absChartHome` in
    /// `api/internal/builtins/HelmChartInflationGenerator.go`).
    pub(super) fn of_kustomization(root: Node<'_>, folder: &str) -> Vec<Pin> {
        let text = |node: Node<'_>, key: &str| {
            node.get(key).value().and_then(Node::text).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let globals = root.get("helmGlobals").value();
        let home = globals.and_then(|globals| text(globals, "chartHome"));
        let home = home.unwrap_or_else(|| CHART_HOME.to_owned());
        let charts = root.get("helmCharts").value().into_iter().flat_map(Node::items);
        let pin = |chart: Node<'_>| {
            let name = text(chart, "name")?;
            let path = match (text(chart, "repo"), text(chart, "version")) {
                (Some(_), Some(version)) => format!("{home}/{name}-{version}/{name}"),
                _ => format!("{home}/{name}"),
            };
            Some(Pin { chart: join(folder, &path)?, version: version(chart.get("kubeVersion").value()) })
        };
        charts.filter_map(pin).collect()
    }
}

/// One version, as Helm's `--kube-version` takes it.
fn version(node: Option<Node<'_>>) -> Option<KubeVersions> {
    let text = node?.text()?;
    let is_one = text.chars().all(|c| c.is_ascii_alphanumeric() || ['.', '-', '+'].contains(&c));
    KubeVersions::parse(text).ok().filter(|_| is_one && !text.contains(".."))
}

/// For which versions charts are rendered, by their folders.
#[derive(Debug, Default)]
pub struct Pins(HashMap<String, Pinned>);

#[derive(Debug)]
struct Pinned {
    versions: KubeVersions,
    /// Whether the cluster decides somewhere.
    is_open: bool,
}

impl Default for Pinned {
    fn default() -> Self {
        Self { versions: KubeVersions::NONE, is_open: false }
    }
}

impl World {
    /// For which versions charts are rendered.
    pub fn pins(&self) -> Pins {
        let mut pins = Pins::default();
        for pin in self.facts().flat_map(pins_of) {
            let pinned = pins.0.entry(pin.chart.clone()).or_default();
            match pin.version {
                Some(version) => pinned.versions = pinned.versions.or(version),
                None => pinned.is_open = true,
            }
        }
        pins
    }
}

fn pins_of(fact: &Fact) -> &[Pin] {
    match &fact.detail {
        Detail::Opens { pins, .. } => pins,
        Detail::Kustomization(kustomization) => &kustomization.pins,
        _ => &[],
    }
}

impl Pins {
    /// Whether nothing is rendered for a version that is named.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|pinned| pinned.versions.is_empty())
    }

    /// The versions for which the template at `path`, of the outermost chart in the folder `chart`, is rendered, if one is
    /// named; with `usual` where the cluster decides, too. What renders a chart renders its subcharts.
    pub fn of(&self, path: &str, chart: &str, usual: KubeVersions) -> Option<KubeVersions> {
        let around = with_parents(folder_of(path)).take_while(|folder| is_within(folder, chart));
        let pinned: Vec<_> = around.filter_map(|folder| self.0.get(folder)).collect();
        let named = pinned.iter().fold(KubeVersions::NONE, |all, pinned| all.or(pinned.versions));
        let is_open = pinned.iter().any(|pinned| pinned.is_open);
        (!named.is_empty()).then(|| if is_open { named.or(usual) } else { named })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::testing::with_object;
    use crate::yaml::{Document, split};

    fn only(minor: u8) -> Option<KubeVersions> {
        Some(KubeVersions::range(minor..=minor))
    }

    fn pairs(pins: &[Pin]) -> Vec<(&str, Option<KubeVersions>)> {
        pins.iter().map(|pin| (pin.chart.as_str(), pin.version)).collect()
    }

    #[test]
    fn argo_cd_and_flux_name_charts() {
        let argo = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n";
        let set = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  template:\n    spec:\n";
        let flux = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {chart: {spec: ";
        for (yaml, expected) in [
            (
                format!("{argo}  source: {{path: ./charts/a, helm: {{kubeVersion: v1.24.3}}}}\n"),
                vec![("charts/a", only(24))],
            ),
            (
                format!(
                    "{argo}  sources:\n  - {{path: a, helm: {{kubeVersion: 1.30}}}}\n  - {{chart: b, helm: {{kubeVersion: \
                     '1.30'}}}}\n  - {{path: c}}\n"
                ),
                vec![("a", only(30)), ("c", None)],
            ),
            (
                format!("{set}      source: {{path: a, helm: {{kubeVersion: '{{{{version}}}}'}}}}\n"),
                vec![("a", None)],
            ),
            (format!("{set}      source: {{path: a, helm: {{kubeVersion: 1.2..1.9}}}}\n"), vec![("a", None)]),
            (format!("{argo}  source: {{path: a, helm: {{kubeVersion: '>=1.24'}}}}\n"), vec![("a", None)]),
            (format!("{flux}{{chart: ./a, sourceRef: {{kind: GitRepository}}}}}}}}\n"), vec![("a", None)]),
            (format!("{flux}{{chart: a, sourceRef: {{kind: HelmRepository}}}}}}}}\n"), vec![]),
        ] {
            let pins = with_object(&yaml, Pin::all);
            assert_eq!(pairs(&pins), expected, "{yaml}");
        }
    }

    #[test]
    fn kustomize_looks_for_charts_beside_the_kustomization() {
        for (yaml, expected) in [
            ("helmCharts: [{name: a, kubeVersion: '1.25'}]", vec![("app/charts/a", only(25))]),
            ("helmCharts: [{name: a, version: '2'}]", vec![("app/charts/a", None)]),
            (
                "helmCharts: [{name: a, version: '2', repo: x, kubeVersion: 1.25.0}]",
                vec![("app/charts/a-2/a", only(25))],
            ),
            (
                "helmGlobals: {chartHome: ../home}\nhelmCharts: [{name: a, kubeVersion: 1.25.0}]",
                vec![("home/a", only(25))],
            ),
            ("helmGlobals: {chartHome: /home}\nhelmCharts: [{name: a}]", vec![]),
        ] {
            let document = Document::read(yaml, split(yaml).first().unwrap());
            let pins = Pin::of_kustomization(document.tree().unwrap().root().unwrap(), "app");
            assert_eq!(pairs(&pins), expected, "{yaml}");
        }
    }

    #[test]
    fn all_that_render_a_chart_count() {
        let usual = KubeVersions::range(35..=37);
        let mut pins = Pins::default();
        let pinned = |versions, is_open| Pinned { versions, is_open };
        pins.0.insert("a".to_owned(), pinned(KubeVersions::range(22..=22), false));
        pins.0.insert("a/charts/b".to_owned(), pinned(KubeVersions::range(24..=24), false));
        pins.0.insert("c".to_owned(), pinned(KubeVersions::range(23..=23), true));
        pins.0.insert("d".to_owned(), pinned(KubeVersions::NONE, true));
        for (path, chart, expected) in [
            ("a/templates/x.yaml", "a", only(22)),
            ("a/charts/b/templates/x.yaml", "a", only(22).map(|a| a.or(KubeVersions::range(24..=24)))),
            ("c/templates/x.yaml", "c", only(23).map(|c| c.or(usual))),
            ("d/templates/x.yaml", "d", None),
            ("a/e/templates/x.yaml", "a/e", None),
        ] {
            assert_eq!(pins.of(path, chart, usual), expected, "{path}");
        }
    }
}
