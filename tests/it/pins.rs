//! Charts that the repository renders for versions of Kubernetes that it names.

use serde_json::Value;

use crate::project::Project;

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.0.0\n";
/// Gone in 1.25.
const CRON_JOB: &str =
    "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata:\n  name: {{ .Release.Name }}\nspec: {}\n";
/// Comes with 1.23. Nothing is remembered of it.
const SCALER: &str =
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: shop\nspec: {}\n";
const TOKEN: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: shop\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: \
                     shop-token\n  annotations:\n    kubernetes.io/service-account.name: shop\ntype: \
                     kubernetes.io/service-account-token\n";

/// An Application of the chart in `charts/shop`.
fn application(helm: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: shop\nspec:\n  source:\n    \
         repoURL: https://git.example.com/shop.git\n    path: charts/shop\n{helm}"
    )
}

/// File, rule and versions of the findings about versions.
fn findings(files: &[(&str, &str)], arguments: &[&str]) -> Vec<String> {
    let charts = ["charts/shop", "charts/other"];
    let names: Vec<_> = charts.iter().map(|chart| format!("{chart}/Chart.yaml")).collect();
    let metadata = names.iter().map(|name| (name.as_str(), CHART));
    let files: Vec<_> = metadata.chain(files.iter().copied()).collect();
    let select = ["check", "--persona", "pedantic", "--select", "version", "-o", "json"];
    let outcome = Project::new(&files).run(&[&select[..], arguments].concat());
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let finding = |finding: &Value| {
        let name = text(&finding["path"]).rsplit('/').next().unwrap().to_owned();
        format!("{name} {} {}", text(&finding["rule"]), text(&finding["kubernetes"]))
    };
    report["findings"].as_array().unwrap().iter().map(finding).collect()
}

const TEMPLATES: [(&str, &str); 4] = [
    ("charts/other/templates/other.yaml", CRON_JOB),
    ("charts/shop/templates/cron.yaml", CRON_JOB),
    ("charts/shop/templates/scaler.yaml", SCALER),
    ("charts/shop/templates/token.yaml", TOKEN),
];

#[test]
fn what_renders_a_chart_names_its_targets() {
    let pinned = application("    helm:\n      kubeVersion: v1.22.3\n");
    let open = application("");
    let symbolic = application("    helm:\n      kubeVersion: '{{version}}'\n");
    let kustomization =
        "helmGlobals:\n  chartHome: ../charts\nhelmCharts:\n- name: shop\n  kubeVersion: \"1.24\"\n";
    let other = "other.yaml removed-api 1.35 to 1.37";
    let cron = "cron.yaml removed-api 1.35 to 1.37";
    for (more, expected) in [
        (&[][..], &[other, cron][..]),
        (
            &[("apps/shop.yaml", &*pinned)],
            &[
                other,
                "cron.yaml deprecated-api 1.22",
                "scaler.yaml removed-api 1.22",
                "token.yaml redundant-token-secret 1.22",
            ],
        ),
        (&[("kustomize/kustomization.yaml", kustomization)], &[other, "cron.yaml deprecated-api 1.24"]),
        (
            &[("apps/shop.yaml", &pinned), ("kustomize/kustomization.yaml", kustomization)],
            &[
                other,
                "cron.yaml deprecated-api 1.22, 1.24",
                "scaler.yaml removed-api 1.22",
                "token.yaml redundant-token-secret 1.22",
            ],
        ),
        // The cluster of the other Application decides.
        (
            &[("apps/shop.yaml", &pinned), ("apps/test.yaml", &open)],
            &[
                other,
                "cron.yaml deprecated-api 1.22",
                "cron.yaml removed-api 1.35 to 1.37",
                "scaler.yaml removed-api 1.22",
                "token.yaml redundant-token-secret 1.22",
            ],
        ),
        (&[("apps/shop.yaml", &open)], &[other, cron]),
        (&[("apps/shop.yaml", &symbolic)], &[other, cron]),
    ] {
        let files = [&TEMPLATES[..], more].concat();
        assert_eq!(findings(&files, &[]), expected, "{more:?}");
    }
}

#[test]
fn versions_that_the_user_names_count_more() {
    let pinned = application("    helm:\n      kubeVersion: v1.22.3\n");
    let files = [&TEMPLATES[..], &[("apps/shop.yaml", &*pinned)]].concat();
    let configured = [&files[..], &[("saudit.yaml", "kube-version: \"1.26\"\n")]].concat();
    let expected = ["other.yaml removed-api 1.26", "cron.yaml removed-api 1.26"];
    assert_eq!(findings(&files, &["--kube-version", "1.26"]), expected);
    assert_eq!(findings(&configured, &[]), expected);
}

#[test]
fn a_suppression_for_another_version_is_not_called_unused() {
    let ignore =
        |text: &str, version| text.replacen(version, &format!("{version} # saudit: ignore[removed-api]"), 1);
    let (cron, scaler) = (ignore(CRON_JOB, "v1beta1"), ignore(SCALER, "v2"));
    let files = |helm: &str| {
        let application = application(helm);
        let (cron, scaler) =
            (("charts/shop/templates/cron.yaml", &*cron), ("charts/other/templates/scaler.yaml", &*scaler));
        findings(&[("apps/shop.yaml", &application), cron, scaler], &["--select", "unused-suppression"])
    };
    let unused = "scaler.yaml unused-suppression 1.35 to 1.37";
    assert_eq!(files(""), [unused]);
    assert_eq!(files("    helm:\n      kubeVersion: 1.22.0\n"), [unused, "cron.yaml deprecated-api 1.22"]);
}
