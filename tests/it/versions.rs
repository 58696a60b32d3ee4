//! The same manifest on one Kubernetes and on another.

use saudit::k8s::KubeVersions;
use serde_json::Value;

use crate::project::{Outcome, Project};
use crate::support;

/// Deprecated in 1.21, gone in 1.25.
const POLICY: &str =
    "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: web\nspec: {}\n";
/// Gone in 1.22.
const ROLE: &str =
    "apiVersion: rbac.authorization.k8s.io/v1beta1\nkind: Role\nmetadata:\n  name: web\nrules: []\n";
/// Comes with 1.36.
const ADMISSION: &str = "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingAdmissionPolicy\n\
                         metadata:\n  name: web\nspec: {}\n";

const SELECT: [&str; 6] =
    ["check", "--persona", "pedantic", "--select", "version,removed-api", "--allow-empty"];

fn check(project: &Project, more: &[&str]) -> Outcome {
    project.run(&[&SELECT[..], more].concat())
}

/// Rule, versions and persona of each finding.
fn findings(outcome: &Outcome) -> Vec<[String; 3]> {
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|f| ["rule", "kubernetes", "persona"].map(|key| text(f, key))).collect()
}

#[test]
fn findings_hold_for_the_versions_that_are_asked_about() {
    for (file, versions, expected) in [
        (POLICY, "1.20", &[][..]),
        (POLICY, "1.23..1.24", &[["deprecated-api", "1.23 to 1.24", "pedantic"]]),
        (
            POLICY,
            "1.24..1.26",
            &[["deprecated-api", "1.24", "pedantic"], ["removed-api", "1.25 to 1.26", "regular"]],
        ),
        (
            POLICY,
            ">=1.24",
            &[["deprecated-api", "1.24", "pedantic"], ["removed-api", "1.25 and later", "regular"]],
        ),
        (ADMISSION, "1.35..1.36", &[["removed-api", "1.35", "regular"]]),
        (ADMISSION, "1.36", &[]),
        // Nobody has said that 1.35 matters.
        (ADMISSION, "", &[["removed-api", "1.35", "pedantic"]]),
        (ROLE, "", &[["removed-api", "1.35 to 1.37", "regular"]]),
        (
            &*format!("{}a: b\n", ROLE.trim_end_matches("rules: []\n")),
            "",
            &[["removed-api", "1.35 to 1.37", "regular"]],
        ),
        (ROLE.trim_end_matches("rules: []\n"), "", &[["removed-api", "1.35 to 1.37", "pedantic"]]),
    ] {
        let project = Project::new(&[("a.yaml", file)]);
        let arguments = if versions.is_empty() { vec![] } else { vec!["--kube-version", versions] };
        let outcome = check(&project, &[&arguments[..], &["-o", "json"]].concat());
        assert_eq!(findings(&outcome), expected, "{versions}: {file}");
    }
}

#[test]
fn a_range_is_the_report_for_an_upgrade() {
    let project = Project::new(&[("policy.yaml", POLICY), ("role.yaml", ROLE)]);
    let range = ["--kube-version", "1.21..1.25", "--by-version"];
    let concise = check(&project, &[&range[..], &["-o", "concise"]].concat());
    assert_eq!(
        concise.stdout,
        "Kubernetes 1.21 to 1.24: 1 finding\n\
         policy.yaml:1:13: low[deprecated-api] `policy/v1beta1` PodSecurityPolicy is deprecated, gone in 1.25\n\
         Kubernetes 1.21: 1 finding\n\
         role.yaml:1:13: low[deprecated-api] `rbac.authorization.k8s.io/v1beta1` Role is deprecated, gone in 1.22\n\
         Kubernetes 1.22 to 1.25: 1 finding\n\
         role.yaml:1:13: high[removed-api] `rbac.authorization.k8s.io/v1beta1` Role is gone in Kubernetes 1.22\n\
         Kubernetes 1.25: 1 finding\n\
         policy.yaml:1:13: high[removed-api] `policy/v1beta1` PodSecurityPolicy is gone in Kubernetes 1.25\n"
    );
    let text = check(&project, &range).stdout;
    let headings: Vec<_> = text.lines().filter(|line| line.starts_with("Kubernetes ")).collect();
    assert_eq!(headings.len(), 4, "{text}");
    assert!(!text.contains("note: on Kubernetes"), "{text}");
    assert_eq!(check(&project, &["--by-version", "--statistics"]).status, 2);
}

#[test]
fn every_api_is_judged_once_for_each_version() {
    let table = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/api-lifecycle.csv"));
    let mut options = support::options();
    options.context.targets = KubeVersions::ALL;
    options.rules.retain(|rule| ["removed-api", "deprecated-api"].contains(&rule.id));
    for row in table.lines().skip(1) {
        let mut columns = row.split(',');
        let [group, version, kind] = [(); 3].map(|()| columns.next().unwrap());
        let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
        let text = format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {{}}\n");
        let run = support::run(&[("a.yaml".to_owned(), text)], &options);
        let mut judged = KubeVersions::NONE;
        for finding in &run.findings {
            assert!(finding.kubernetes.and(judged).is_empty(), "{row}: two findings for one version");
            judged = judged.or(finding.kubernetes);
            assert!(finding.message.chars().count() <= 100, "{}", finding.message);
        }
        assert_eq!(judged.is_empty(), columns.eq(["1.0", "", "", "", "", "", ""]), "{row}");
    }
}
