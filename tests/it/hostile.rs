//! Whole runs over input made to hurt, large enough that quadratic work would show as minutes.

use std::io;

use saudit::engine;
use saudit::report::{Concise, Reporter};

use crate::support;

const LIST: &str = "apiVersion: v1\nkind: List\nitems:\n";
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n";
const PINNED: &str = "\
- apiVersion: v1
  kind: Secret
  metadata:
    name: app-token
    annotations:
      kubernetes.io/service-account.name: app
      kubernetes.io/service-account.uid: 2c9c8ad2-3c1f-4a3e-8a7b-6a2f1f0f0b11
  type: kubernetes.io/service-account-token
";

/// Audits `text`, mends it and writes a report; gives the number of findings.
fn findings(text: String) -> usize {
    let files = [("a.yaml".to_owned(), text)];
    let run = support::run(&files, &support::options());
    let fixed = engine::mend(&files[0].1, &run.findings, true);
    assert_eq!(fixed.applied > 0, fixed.text != files[0].1);
    Concise::default().write(&run, &mut io::sink()).unwrap();
    run.findings.len()
}

#[test]
fn many_comments_are_worked_through() {
    let items = "- apiVersion: v1\n  kind: ServiceAccount\n  # saudit: ignore[x]\n  metadata:\n    name: a\n";
    assert!(findings(LIST.to_owned() + &items.repeat(10_000)) >= 10_000);
}

#[test]
fn many_objects_are_worked_through() {
    let items = "- apiVersion: v1\n  kind: ConfigMap\n  data: {a: b, a: c}\n";
    assert!(findings(LIST.to_owned() + &items.repeat(20_000)) >= 20_000);
}

#[test]
fn large_objects_are_worked_through() {
    let volumes = "  - {emptyDir: {}, emptyDir: {}}\n";
    assert!(findings(format!("{POD}  volumes:\n{}", volumes.repeat(20_000))) >= 20_000);
    let keys: Vec<_> = (0..20_000).map(|key| format!("    k{key}: 1\n    k{key}: 2\n")).collect();
    assert!(findings(format!("{POD}  x:\n  - name: a\n{}", keys.concat())) >= 20_000);
    assert!(findings(format!("{POD}  nodeSelector:\n{}", keys.concat())) >= 20_000);
}

#[test]
fn many_credentials_are_worked_through() {
    let page = saudit::rules::find("committed-token").unwrap().meta().body;
    let token = page.split_whitespace().find(|word| word.starts_with("eyJ")).unwrap();
    assert_eq!(findings(format!("{{a: [{}]}}\n", format!("{token}, ").repeat(5_000))), 5_000);
    let user = format!("- {{name: a, user: {{token: {token}}}}}\n");
    let config = format!("apiVersion: v1\nkind: Config\nusers:\n{}", user.repeat(5_000));
    assert_eq!(findings(config.clone()), 5_000);
    assert_eq!(findings(format!("a: |\n  {}", config.replace('\n', "\n  "))), 5_000);
    let long = "QUJD".repeat(100_000);
    let aliases = ", *x".repeat(50_000);
    assert_eq!(findings(format!("a: &x {{token: {long}}}\nb: [*x{aliases}]\nkind: Config\nusers: []\n")), 0);
    let secret = "- {apiVersion: v1, kind: Secret, data: *x}\n".repeat(500);
    assert_eq!(findings(format!("x: &x {{token: {long}}}\n{LIST}{secret}")), 0);
    let user = "- {name: a, user: *x}\n".repeat(10_000);
    let config = format!("apiVersion: v1\nkind: Config\nx: &x {{token: {long}}}\nusers:\n{user}");
    assert_eq!(findings(config), 0);
}

#[test]
fn many_fixes_are_worked_through() {
    assert!(findings(LIST.to_owned() + &PINNED.repeat(5_000)) >= 5_000);
}

/// `text` as often as there are numbers, each with its own for `#`.
fn numbered(text: &str, count: usize) -> String {
    (0..count).map(|number| text.replace('#', &number.to_string())).collect()
}

#[test]
fn many_roles_of_the_wrong_kind_are_worked_through() {
    const RBAC: &str = "apiVersion: rbac.authorization.k8s.io/v1\nmetadata: ";
    let role = format!("{RBAC}{{namespace: n#, name: x}}\nkind: Role\nrules: []\n---\n");
    let reference = "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: x}\n---\n";
    let binding =
        format!("{RBAC}{{namespace: here, name: b#}}\nkind: RoleBinding\nsubjects: []\n{reference}");
    let files = [
        ("roles/all.yaml".to_owned(), numbered(&role, 6_000)),
        ("bindings/all.yaml".to_owned(), numbered(&binding, 6_000)),
    ];
    assert_eq!(support::run(&files, &support::options()).summary.objects, 12_000);
}

#[test]
fn a_large_base_of_many_overlays_is_worked_through() {
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a#}\n---\n";
    let overlays = (0..2_000).map(|number| {
        let text = format!("namePrefix: p{number}-\nresources: [../base/all.yaml]\n");
        (format!("o{number}/kustomization.yaml"), text)
    });
    let files: Vec<_> = overlays.chain([("base/all.yaml".to_owned(), numbered(account, 2_000))]).collect();
    assert_eq!(support::run(&files, &support::options()).summary.objects, 2_000);
}
