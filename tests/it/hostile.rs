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
fn many_fixes_are_worked_through() {
    assert!(findings(LIST.to_owned() + &PINNED.repeat(5_000)) >= 5_000);
}
