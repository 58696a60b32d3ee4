//! What Helm rendered, and the chart beside it: findings are said of the template.

use serde_json::Value;

use crate::project::{Outcome, Project};

const CHART: &str = "apiVersion: v2\nname: ci\nversion: 1.0.0\n";

const TEMPLATE: &str = "{{- if .Values.token }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-token
  annotations:
    kubernetes.io/sevice-account.name: {{ .Release.Name }}
type: kubernetes.io/service-account-token
{{- end }}
";

/// What Helm makes of [`TEMPLATE`].
fn rendered(source: &str, release: &str) -> String {
    format!(
        "---\n# Source: {source}\napiVersion: v1\nkind: Secret\nmetadata:\n  name: {release}-token\n  annotations:\n    \
         kubernetes.io/sevice-account.name: {release}\ntype: kubernetes.io/service-account-token\n"
    )
}

fn stream(release: &str) -> String {
    rendered("ci/templates/token.yaml", release)
}

fn chart() -> [(&'static str, &'static str); 2] {
    [("charts/runner/Chart.yaml", CHART), ("charts/runner/templates/token.yaml", TEMPLATE)]
}

fn check(project: &Project, arguments: &[&str], stdin: &str) -> Outcome {
    let select = "--select=misspelled-annotation,unused-suppression";
    project.run_with_stdin(&[&["check", select, "-o", "json"], arguments].concat(), stdin)
}

/// Where each finding lies: `path:line`, and where it was rendered.
fn places(outcome: &Outcome) -> Vec<String> {
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let place = |it: &Value| format!("{}:{}", it["path"].as_str().unwrap(), it["line"]);
    let place_of = |finding: &Value| {
        let related = finding["related"].as_array().unwrap().iter();
        let related: Vec<_> = related.filter(|it| it["message"] == "rendered here").map(place).collect();
        [vec![place(finding)], related].concat().join(" < ")
    };
    report["findings"].as_array().unwrap().iter().map(place_of).collect()
}

fn fingerprint(outcome: &Outcome) -> String {
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    report["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
}

const IN_TEMPLATE: &str = "charts/runner/templates/token.yaml:7";

#[test]
fn findings_are_said_of_the_template() {
    let project = Project::new(&[&chart()[..], &[("out.yaml", &stream("a"))]].concat());
    assert_eq!(places(&check(&project, &["out.yaml"], "")), [format!("{IN_TEMPLATE} < out.yaml:8")]);
    assert_eq!(places(&check(&project, &["-"], &stream("a"))), [format!("{IN_TEMPLATE} < <stdin>:8")]);
}

#[test]
fn several_rendered_texts_give_one_finding() {
    let (one, other) = (stream("a"), stream("b"));
    let project = Project::new(&[&chart()[..], &[("a.yaml", &one), ("b.yaml", &other)]].concat());
    let all = check(&project, &["a.yaml", "b.yaml"], "");
    assert_eq!(places(&all), [format!("{IN_TEMPLATE} < a.yaml:8 < b.yaml:8")]);
    let alone = check(&project, &["b.yaml"], "");
    assert_eq!(fingerprint(&all), fingerprint(&alone), "no release has an identity of its own");
    let output_dir = rendered("ci/templates/token.yaml", "a");
    let project = Project::new(&[&chart()[..], &[("out/ci/templates/token.yaml", &output_dir)]].concat());
    let found = places(&check(&project, &["."], ""));
    assert_eq!(found, [format!("{IN_TEMPLATE} < out/ci/templates/token.yaml:8")]);
}

#[test]
fn without_its_template_a_finding_stays_where_it_was_found() {
    let project = Project::new(&chart());
    for source in
        ["other/templates/token.yaml", "ci/templates/gone.yaml", "ci/charts/sub/templates/token.yaml"]
    {
        assert_eq!(places(&check(&project, &["-"], &rendered(source, "a"))), ["<stdin>:8"], "{source}");
    }
    assert_eq!(places(&check(&project, &["--no-world", "-"], &stream("a"))), ["<stdin>:8"]);
    let twice = [("a/Chart.yaml", CHART), ("a/templates/token.yaml", TEMPLATE)];
    let project = Project::new(&[&chart()[..], &twice].concat());
    assert_eq!(places(&check(&project, &["-"], &stream("a"))), ["<stdin>:8"], "two charts of one name");
}

#[test]
fn charts_within_charts_are_found() {
    let parent = "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n- {name: ci, alias: builds}\n";
    let project = Project::new(&[
        ("shop/Chart.yaml", parent),
        ("shop/charts/ci/Chart.yaml", CHART),
        ("shop/charts/ci/templates/token.yaml", TEMPLATE),
    ]);
    for source in ["shop/charts/builds/templates/token.yaml", "shop\\charts\\ci\\templates\\token.yaml"] {
        let found = places(&check(&project, &["-"], &rendered(source, "a")));
        assert_eq!(found, ["shop/charts/ci/templates/token.yaml:7 < <stdin>:8"], "{source}");
    }
}

#[test]
fn suppressions_count_in_the_template_and_in_what_was_rendered() {
    let annotation = "    kubernetes.io/sevice";
    let ignore = "    # saudit: ignore[misspelled-annotation] known\n";
    let ignored = stream("a").replace(annotation, &format!("{ignore}{annotation}"));
    let project = Project::new(&chart());
    assert!(places(&check(&project, &["-"], &ignored)).is_empty(), "in what was rendered");
    let both = Project::new(&[&chart()[..], &[("a.yaml", &ignored), ("b.yaml", &stream("b"))]].concat());
    let found = places(&check(&both, &["a.yaml", "b.yaml"], ""));
    assert_eq!(found.len(), 1, "one text does not speak for the other: {found:?}");
    let config =
        "ignore:\n- {rule: misspelled-annotation, paths: PATHS, object: Secret/a-token, reason: known}\n";
    for paths in ["[out.yaml]", "[charts/**]"] {
        let config = config.replace("PATHS", paths);
        let project =
            Project::new(&[&chart()[..], &[("out.yaml", &stream("a")), ("saudit.yaml", &config)]].concat());
        assert!(places(&check(&project, &["out.yaml"], "")).is_empty(), "{paths}");
    }
}

#[test]
fn what_was_rendered_is_not_mended() {
    let project = Project::new(&[&chart()[..], &[("out.yaml", &stream("a"))]].concat());
    let outcome = project.run(&["check", "--select=misspelled-annotation", "--fix", "out.yaml"]);
    assert_eq!(outcome.status, 1, "{}", outcome.stderr);
    let text = |name| std::fs::read_to_string(project.path(name)).unwrap();
    assert_eq!(
        (text("out.yaml"), text("charts/runner/templates/token.yaml")),
        (stream("a"), TEMPLATE.to_owned())
    );
}
