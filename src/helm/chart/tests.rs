use std::sync::Arc;

use super::*;
use crate::k8s::KubeVersions;
use crate::span::FileId;

/// The charts of files given as (chart, path, text).
pub(super) fn charts(files: &[(Option<&str>, &str, &str)]) -> Vec<Chart> {
    let read = |(id, (chart, path, text)): (u32, &(Option<&str>, &str, &str))| {
        ChartFile::read(FileId(id), path, chart.map(Arc::from), text)
    };
    let files = (0..).zip(files).filter_map(read).collect();
    Chart::group(files).into_values().map(Chart::new).collect()
}

pub(super) fn gates(template: &str) -> Vec<Gate> {
    charts(&[(Some("c"), "c/templates/a.yaml", template)]).into_iter().flat_map(|chart| chart.gates).collect()
}

const GATE: &str = "{{ if semverCompare \">=1.24\" .Capabilities.KubeVersion.Version }}{{ end }}";

#[test]
fn what_does_not_care_for_versions_is_not_remembered() {
    for (chart, path, text) in [
        (Some("c"), "c/templates/a.yaml", "{{ if .Values.a }}a: 1{{ end }}"),
        (Some("c"), "c/templates/a.yaml", "{{/* KubeVersion: semverCompare */}}"),
        (Some("c"), "c/templates/a.yaml", "{{ if semverCompare "),
        (None, "c/Chart.yaml", "name: c\n"),
        (None, "c/values.yaml", "kubeVersion: 1\n"),
        (None, "c/Chart.yaml", "kubeVersion: [1]\n"),
        (None, "c/Chart.yaml", "# kubeVersion\n- a\n"),
    ] {
        let file = ChartFile::read(FileId(0), path, chart.map(Arc::from), text);
        assert!(file.is_none(), "{text}");
    }
}

#[test]
fn places_are_those_of_the_file() {
    let text = format!("a: 1\né: {GATE}");
    let gates = gates(&text);
    let comparison = gates[0].comparisons[0].at.clone();
    assert_eq!(text.get(gates[0].place(&comparison).range()), Some("\">=1.24\""));
    assert_eq!(gates[0].written(&comparison), "\">=1.24\"");
}

#[test]
fn variables_are_those_of_the_template_and_assigned_once_before() {
    let gate = "{{ if semverCompare \">=1.24\" $v }}{{ end }}";
    let assign = "{{ $v := .Capabilities.KubeVersion.Version }}";
    for (text, is_known) in [
        (format!("{assign}{gate}"), true),
        (format!("{gate}{assign}"), false),
        (format!("{assign}{{{{ $v = .Values.v }}}}{gate}"), false),
        (format!("{{{{ range $v := .Values.versions }}}}{gate}{{{{ end }}}}{assign}"), false),
        (format!("{{{{ define \"d\" }}}}{assign}{{{{ end }}}}{gate}"), false),
        (format!("{{{{ define \"d\" }}}}{assign}{gate}{{{{ end }}}}"), true),
    ] {
        let is_found = gates(&text).iter().flat_map(|gate| &gate.comparisons).any(|it| !it.set.is_unknown());
        assert_eq!(is_found, is_known, "{text}");
    }
}

#[test]
fn helpers_are_known_to_all_charts_of_a_release_unless_they_differ() {
    let helper = |body: &str| format!("{{{{ define \"v\" }}}}{{{{ {body} }}}}{{{{ end }}}}");
    let version = helper(".Capabilities.KubeVersion.Version");
    let gate = "{{ if semverCompare \">=1.24\" (include \"v\" .) }}{{ end }}";
    let is_known = |other: &str, chart: &str| {
        let path = format!("{chart}/templates/a.yaml");
        let charts = charts(&[
            (Some("c"), "c/templates/_a.tpl", &version),
            (Some("c"), "c/charts/b/templates/_a.tpl", other),
            (Some(chart), &path, gate),
        ]);
        let gates: Vec<_> = charts.into_iter().flat_map(|chart| chart.gates).collect();
        gates.iter().flat_map(|gate| &gate.comparisons).any(|it| !it.set.is_unknown())
    };
    assert!(is_known("", "c"));
    assert!(is_known(&version, "c"), "twice the same");
    assert!(!is_known(&helper("default \"1.20\" .Values.KubeVersion"), "c"));
    assert!(!is_known("", "d"), "another chart");
}

#[test]
fn the_range_is_that_of_all_charts_around() {
    let range = |outer: &str, inner: &str| {
        let field = |constraint: &str| format!("kubeVersion: \"{constraint}\"\n");
        let charts = charts(&[
            (None, "c/Chart.yaml", &field(outer)),
            (None, "c/charts/b/Chart.yaml", &field(inner)),
            (None, "cc/Chart.yaml", &field("<1.17-0")),
            (Some("c"), "c/charts/b/templates/a.yaml", GATE),
        ]);
        let gate = charts.into_iter().flat_map(|chart| chart.gates).next().unwrap();
        (gate.range.to_string(), gate.has_own_range)
    };
    let default = KubeVersions::range(16..=crate::k8s::NEWEST_KNOWN).to_string();
    for (outer, inner, expected, has_own) in [
        (">=1.20-0 <1.30-0", ">=1.25-0", "1.25 to 1.29", true),
        (">=1.20-0 <1.30-0", "", "1.20 to 1.29", true),
        ("not a range", "==1.2", &default, false),
        (">=2.0-0", "*", &default, false),
    ] {
        assert_eq!(range(outer, inner), (expected.to_owned(), has_own), "{outer} {inner}");
    }
}

#[test]
fn fields_without_templates_are_charts_of_their_own() {
    let charts = charts(&[
        (None, "Chart.yaml", "kubeVersion: '>=1.20'\n"),
        (None, "a/Chart.yaml", "kubeVersion: '>=1.21'\n"),
        (Some(""), "templates/a.yaml", GATE),
    ]);
    let shapes: Vec<_> = charts.iter().map(|chart| (chart.fields.len(), chart.gates.len())).collect();
    assert_eq!(shapes, [(1, 1), (1, 0)]);
}

#[test]
fn a_branch_that_only_stops_the_render_is_a_guard() {
    for (body, is_guard) in [
        ("{{ fail \"no\" }}", true),
        ("{{ printf \"no\" | fail }}", true),
        ("a: 1", false),
        ("{{ .a }}", false),
    ] {
        let text = format!("{}{body}{{{{ else }}}}b{{{{ end }}}}", GATE.trim_end_matches("{{ end }}"));
        let gates = gates(&text);
        let condition = gates[0].condition.as_ref().unwrap();
        assert_eq!(condition.then.is_guard, is_guard, "{text}");
        assert!(condition.otherwise.is_some_and(|branch| !branch.is_guard));
    }
}

#[test]
fn the_same_text_is_another_gate_where_its_variables_are_others() {
    let define = |name: &str, value: &str| {
        let gate = "{{ if semverCompare \">=1.24-0\" $v }}{{ end }}";
        format!("{{{{ define \"{name}\" }}}}{{{{ $v := {value} }}}}{gate}{{{{ end }}}}\n")
    };
    let text = define("a", ".Capabilities.KubeVersion.Version") + &define("b", ".Values.v");
    let gates = gates(&text);
    let is_unknown: Vec<_> = gates.iter().map(|gate| gate.comparisons[0].set.is_unknown()).collect();
    assert_eq!(is_unknown, [false, true]);
}

/// It would take minutes if each were evaluated.
#[test]
fn a_gate_that_is_written_very_often_is_evaluated_once() {
    const MANY: usize = 20_000;
    let gates = gates(&GATE.repeat(MANY));
    assert_eq!(gates.len(), MANY);
    assert!(gates.iter().all(|gate| gate.condition.is_some()));
}
