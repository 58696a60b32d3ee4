//! Whole runs over input made to hurt, large enough that quadratic work would show as minutes.

use std::io;
use std::time::{Duration, Instant};

use saudit::engine;
use saudit::report::{Concise, Reporter};

use crate::support;

/// Far above what linear work needs, even in a debug build on a busy machine; far below quadratic.
const PATIENCE: Duration = Duration::from_secs(30);

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
fn findings(name: &str, text: String) -> usize {
    let files = [("a.yaml".to_owned(), text)];
    let started = Instant::now();
    let within = |step: &str| {
        let elapsed = started.elapsed();
        assert!(elapsed < PATIENCE, "{name}: {step} after {elapsed:?}");
    };
    let run = support::run(&files, &support::options());
    within("audited");
    let fixed = engine::mend(&files[0].1, &run.findings, true);
    within("mended");
    assert_eq!(fixed.applied > 0, fixed.text != files[0].1);
    Concise.write(&run, &mut io::sink()).unwrap();
    within("reported");
    run.findings.len()
}

#[test]
fn many_comments_take_linear_time() {
    let items = "- apiVersion: v1\n  kind: ServiceAccount\n  # saudit: ignore[x]\n  metadata:\n    name: a\n";
    assert!(findings("comments", LIST.to_owned() + &items.repeat(10_000)) >= 10_000);
}

#[test]
fn many_objects_take_linear_time() {
    let items = "- apiVersion: v1\n  kind: ConfigMap\n  data: {a: b, a: c}\n";
    assert!(findings("list items", LIST.to_owned() + &items.repeat(20_000)) >= 20_000);
}

#[test]
fn large_objects_take_linear_time() {
    let volumes = "  - {emptyDir: {}, emptyDir: {}}\n";
    assert!(findings("volumes", format!("{POD}  volumes:\n{}", volumes.repeat(20_000))) >= 20_000);
    let keys: Vec<_> = (0..20_000).map(|key| format!("    k{key}: 1\n    k{key}: 2\n")).collect();
    assert!(findings("keys of an item", format!("{POD}  x:\n  - name: a\n{}", keys.concat())) >= 20_000);
    assert!(findings("keys", format!("{POD}  nodeSelector:\n{}", keys.concat())) >= 20_000);
}

#[test]
fn many_fixes_take_linear_time() {
    assert!(findings("fixes", LIST.to_owned() + &PINNED.repeat(5_000)) >= 5_000);
}
