//! Mappings with near misses by the thousand: were all of a mapping looked through for each, that would show as minutes.

use saudit::engine;

use crate::support;

const MANY: usize = 10_000;

/// How often `rule` speaks of a text.
fn found(rule: &str, head: &str, line: &str) -> usize {
    let text = head.to_owned() + &line.repeat(MANY);
    let run = support::run(&[("a.yaml".to_owned(), text.clone())], &support::options());
    engine::mend(&text, &run.findings, true);
    run.findings.iter().filter(|finding| finding.rule.id == rule).count()
}

#[test]
fn each_is_found_without_a_look_at_all_others() {
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n";
    for (rule, head, line) in [
        ("misspelled-field", account.to_owned(), "imagePullSecret: []\n"),
        ("misspelled-field", format!("{account}imagePullSecrets: []\n"), "imagePullSecret: []\n"),
        ("misspelled-field", pod.to_owned(), "  annotation: {}\n"),
        (
            "misspelled-annotation",
            format!("{account}  annotations:\n"),
            "    kubernetes.io/enforce-mountable-secret: \"true\"\n",
        ),
        ("misplaced-annotation", account.to_owned(), "  kubernetes.io/enforce-mountable-secrets: \"true\"\n"),
        (
            "misplaced-annotation",
            format!("{account}  labels:\n"),
            "    kubernetes.io/enforce-mountable-secrets: \"true\"\n",
        ),
        (
            "misplaced-annotation",
            format!("{pod}  annotations:\n"),
            "    azure.workload.identity/use: \"true\"\n",
        ),
    ] {
        assert_eq!(found(rule, &head, line), MANY, "{head}{line}");
    }
}
