//! `--helm`: charts rendered by a program, here a shell script that stands for it.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::project::{Outcome, Project};

const CHART: &str = "apiVersion: v2\nname: ci\nversion: 1.0.0\n";

const TEMPLATE: &str = "\
{{- if semverCompare \">=1.24\" .Capabilities.KubeVersion.Version }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-token
  annotations:
    kubernetes.io/sevice-account.name: {{ .Release.Name }}
type: kubernetes.io/service-account-token
{{- end }}
";

/// What the chart becomes, as a command of the shell.
const SECRET: &str = "printf '%s\\n' --- '# Source: ci/templates/token.yaml' 'apiVersion: v1' 'kind: Secret' 'metadata:' \
                      '  name: release-token' '  annotations:' '    kubernetes.io/sevice-account.name: release' \
                      'type: kubernetes.io/service-account-token'";

/// A project with the files, and a `helm` in `bin/` that knows `$version` and the chart's folder as `$chart`.
fn project(files: &[(&str, &str)], helm: &str, script: &str) -> Project {
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = version ] && echo {helm} && exit\nversion=$5 chart=$7\necho \"$version $chart\" >> CALLS\n{script}\n"
    );
    let project = Project::new(&[files, &[("bin/.keep", "")]].concat());
    let script = script.replace("CALLS", &project.path("calls").to_string_lossy());
    // A program of its own writes it: while this one has it open, other tests may start a child that then has it, too,
    // and what is open cannot be run.
    let write = "printf %s \"$1\" > \"$0\" && chmod +x \"$0\"";
    let mut command = Command::new("/bin/sh");
    command.args(["-c", write]).arg(project.path("bin/helm")).arg(script);
    assert!(command.status().unwrap().success());
    project
}

fn chart(script: &str) -> Project {
    project(&[("chart/Chart.yaml", CHART), ("chart/templates/token.yaml", TEMPLATE)], "v4.3.1", script)
}

fn run(project: &Project, arguments: &[&str]) -> Outcome {
    let mut command =
        project.command(&["check", "--helm", "--select=misspelled-annotation", "--kube-version=1.22..1.27"]);
    command.args(arguments).env("PATH", project.path("bin"));
    Outcome::from(command.output().unwrap())
}

fn finding(outcome: &Outcome) -> Value {
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{}", outcome.stdout);
    findings[0].clone()
}

fn calls(project: &Project) -> Vec<String> {
    let mut calls: Vec<_> =
        fs::read_to_string(project.path("calls")).unwrap_or_default().lines().map(str::to_owned).collect();
    calls.sort();
    calls
}

#[test]
fn a_chart_is_rendered_where_its_gates_change() {
    let project = chart("case $version in v1.2[4-9].9) SECRET;; esac".replace("SECRET", SECRET).as_str());
    let found = finding(&run(&project, &["-o", "json"]));
    assert_eq!((&found["path"], &found["line"]), (&"chart/templates/token.yaml".into(), &7.into()));
    assert_eq!(found["kubernetes"], "1.24 to 1.27", "{found}");
    assert!(
        found["help"]
            .as_str()
            .unwrap()
            .ends_with("it is not so where the version has a vendor's suffix, as on EKS and GKE")
    );
    let folder = project.path("chart").canonicalize().unwrap();
    let versions =
        ["22", "24", "27"].into_iter().flat_map(|minor| ["", "-gke.1000"].map(|suffix| (minor, suffix)));
    let expected: Vec<_> =
        versions.map(|(minor, suffix)| format!("v1.{minor}.9{suffix} {}", folder.display())).collect();
    assert_eq!(calls(&project), expected);
}

#[test]
fn what_holds_for_all_versions_is_said_once() {
    let found = finding(&run(&chart(SECRET), &["-o", "json"]));
    assert_eq!(found["kubernetes"], "1.22 to 1.27", "{found}");
    assert_eq!(found["related"].as_array().map(Vec::len), Some(0), "{found}");
    let text = run(&chart(SECRET), &[]);
    assert!(text.stdout.contains("1 chart rendered"), "{}", text.stdout);
    assert!(!text.stdout.contains("on Kubernetes"), "{}", text.stdout);
}

#[test]
fn what_cannot_be_rendered_is_said() {
    for (script, arguments, expected) in [
        (
            "echo 'Error: no \u{1b}[2Jvalues eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVzIn0.c2lnbmF0dXJl' >&2; exit 1",
            &[][..],
            "chart/Chart.yaml: not rendered: no ",
        ),
        ("while :; do :; done", &["--helm-timeout=200"], "it took longer than 0.2 s"),
        ("exit 7", &[], "it gave no reason"),
        ("case $version in v1.24.9) exit 1;; esac", &[], "not rendered for v1.24.9: it gave no reason"),
    ] {
        let outcome = run(&chart(script), &[&["-v"], arguments].concat());
        assert!(outcome.stdout.contains(expected), "{script}: {}", outcome.stdout);
        assert_eq!(outcome.status, 1, "{script}: the raw template has it too");
        assert!(
            !outcome.stdout.contains('\u{1b}') && !outcome.stdout.contains("c2lnbmF0dXJl"),
            "{}",
            outcome.stdout
        );
        let strict = run(&chart(script), &[&["--strict"], arguments].concat());
        assert_eq!(strict.status, 2, "{script}");
    }
}

#[test]
fn some_releases_of_helm_hide_what_vendors_get() {
    let files = [("chart/Chart.yaml", CHART), ("chart/templates/token.yaml", TEMPLATE)];
    let project = project(&files, "v3.19.0+g1", SECRET);
    let outcome = run(&project, &[]);
    assert!(outcome.stdout.contains("helm 3.19 drops the suffixes of vendors"), "{}", outcome.stdout);
    assert!(calls(&project).iter().all(|call| !call.contains("gke")));
}

#[test]
fn without_helm_the_run_fails() {
    let project = Project::new(&[("chart/Chart.yaml", CHART)]);
    let outcome = run(&project, &[]);
    assert_eq!(outcome.status, 2);
    assert!(outcome.stderr.contains("helm is not installed"), "{}", outcome.stderr);
    let named = project.run(&["check", "--helm=gone/helm"]);
    assert_eq!(named.status, 2, "{}", named.stderr);
}

#[test]
fn libraries_and_parts_of_charts_are_not_rendered() {
    let library = "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n";
    let files = [
        ("chart/Chart.yaml", "apiVersion: v2\nname: ci\nversion: 1.0.0\nkubeVersion: '>=1.26-0'\n"),
        ("chart/charts/part/Chart.yaml", CHART),
        ("lib/Chart.yaml", library),
        ("other/Chart.yaml", CHART),
    ];
    let project = project(&files, "v4.3.1", "true");
    run(&project, &["chart", "lib"]);
    let calls = calls(&project);
    assert!(calls.iter().all(|call| call.ends_with("/chart")), "only what is asked for: {calls:?}");
    assert_eq!(calls.len(), 4, "only versions that the chart is for: {calls:?}");
    assert!(calls.first().is_some_and(|call| call.starts_with("v1.26.9")), "{calls:?}");
}

#[test]
fn comments_of_the_template_count() {
    for comment in [
        "{{- /* saudit: ignore[misspelled-annotation] known */}}",
        "# saudit: ignore[misspelled-annotation] known",
    ] {
        let template = TEMPLATE.replace("    kubernetes.io", &format!("    {comment}\n    kubernetes.io"));
        let project = project(
            &[("chart/Chart.yaml", CHART), ("chart/templates/token.yaml", &template)],
            "v4.3.1",
            SECRET,
        );
        let outcome = run(&project, &["--select=misspelled-annotation,unused-suppression", "-o", "json"]);
        assert!(outcome.rules().is_empty(), "{}", outcome.stdout);
        let without = project.run(&["check", "--select=unused-suppression", "-o", "json"]);
        assert!(without.rules().is_empty(), "without helm nobody can tell: {}", without.stdout);
    }
}

#[test]
fn a_template_that_was_not_read_is_said_of_the_chart() {
    let script = SECRET.replace("ci/templates", "ci/charts/packed/templates");
    let project = project(&[("chart/Chart.yaml", CHART)], "v4.3.1", &script);
    let found = finding(&run(&project, &["-o", "json"]));
    assert_eq!(found["path"], "chart/Chart.yaml");
}

#[test]
fn a_chart_with_a_link_out_of_the_project_is_not_rendered() {
    let project = chart(SECRET);
    std::os::unix::fs::symlink("/etc", project.path("chart/files")).unwrap();
    let outcome = run(&project, &["-o", "json"]);
    assert!(outcome.stdout.contains("not rendered: helm would follow its link files out of the root"));
    assert!(calls(&project).is_empty());
}
