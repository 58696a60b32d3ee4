//! Whole runs over many rights of many identities, so many that quadratic work would show as minutes.

use saudit::engine::Run;
use saudit::finding::Finding;

use crate::project::Project;
use crate::support;

const RBAC: &str = "apiVersion: rbac.authorization.k8s.io/v1\nmetadata: ";
const TOKENS: &str =
    "- {apiGroups: [''], resources: [serviceaccounts/token], resourceNames: [a#], verbs: [create]}\n";
const ESCALATE: &str = "- {apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate]}\n";
const WRITE: &str = "- {apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [update]}\n";
const CREATE: &str = "- {apiGroups: [''], resources: [secrets], resourceNames: [a#], verbs: [create]}\n";
const WRONG: &str = "- {apiGroups: [apps], resources: [pods], verbs: [get]}\n";

/// `text` as often as there are numbers, each with its own for `#`.
fn numbered(text: &str, count: usize) -> String {
    (0..count).map(|number| text.replace('#', &number.to_string())).collect()
}

fn role(name: &str, rules: &str) -> String {
    format!("{RBAC}{{name: {name}}}\nkind: ClusterRole\nrules:\n{rules}---\n")
}

/// A ClusterRoleBinding for each of so many ServiceAccounts.
fn bindings(name: &str, role: &str, count: usize) -> String {
    let reference =
        format!("roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}");
    let subjects = "subjects: [{kind: ServiceAccount, namespace: ns, name: s#}]";
    numbered(
        &format!("{RBAC}{{name: {name}#}}\nkind: ClusterRoleBinding\n{reference}\n{subjects}\n---\n"),
        count,
    )
}

fn run(parts: &[String]) -> Run {
    support::run(&[("a.yaml".to_owned(), parts.concat())], &support::options())
}

fn of<'r>(run: &'r Run, rule: &str) -> Vec<&'r Finding> {
    run.findings.iter().filter(|finding| finding.rule.id == rule).collect()
}

#[test]
fn many_bindings_of_a_long_role_are_worked_through() {
    let run = run(&[role("r", &numbered(TOKENS, 3_000)), bindings("b", "r", 3_000)]);
    let found = of(&run, "token-minting");
    assert_eq!(found.len(), 3_000);
    for finding in found {
        assert!(finding.message.contains("ServiceAccount ns/s0 and"), "{}", finding.message);
        let last = finding.related.last().unwrap();
        assert!(
            last.message.contains("ClusterRoleBinding b3 gives it, too, and 2996 more"),
            "{}",
            last.message
        );
    }
}

#[test]
fn many_bindings_that_complete_each_other_are_worked_through() {
    let roles = role("r", &ESCALATE.repeat(1_500)) + &role("q", &WRITE.repeat(1_500));
    let run = run(&[roles, bindings("b", "r", 1_500), bindings("c", "q", 1_500)]);
    let escalations = of(&run, "privilege-escalation");
    let is_complete = |finding: &&&Finding| finding.message.contains("`escalate`");
    assert_eq!(escalations.iter().filter(is_complete).count(), 1_500);
}

#[test]
fn many_rules_that_create_named_objects_are_worked_through() {
    let lonely = run(&[role("r", &numbered(CREATE, 1_500)), bindings("b", "r", 1_500)]);
    assert_eq!(of(&lonely, "ineffective-rule").len(), 1_500);
    let helped = role("q", "- {apiGroups: [''], resources: [secrets], verbs: [create]}\n");
    let run =
        run(&[role("r", &numbered(CREATE, 1_500)), bindings("b", "r", 1_500), helped, bindings("c", "q", 1)]);
    assert_eq!(of(&run, "ineffective-rule").len(), 0, "one of them may create Secrets by another role");
}

#[test]
fn many_rights_of_everybody_are_worked_through() {
    let everybody = "- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:authenticated}\n";
    let reference = "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}";
    let binding = format!(
        "{RBAC}{{name: b}}\nkind: ClusterRoleBinding\n{reference}\nsubjects:\n{}",
        everybody.repeat(3_000)
    );
    let run = run(&[role("r", &numbered(TOKENS, 3_000)), binding]);
    assert_eq!(of(&run, "public-binding").len(), 3_000);
}

#[test]
fn many_words_of_a_rule_are_worked_through() {
    let words: Vec<_> = (0..8_000).map(|number| format!("w{number}")).collect();
    let words = words.join(", ");
    let rule = format!("- {{apiGroups: ['', {words}], resources: [{words}], verbs: [Get, {words}]}}\n");
    let found = run(&[role("r", &rule), role("q", &WRONG.repeat(4_000))]);
    assert_eq!(of(&found, "ineffective-rule").len(), 1 + 4_000);
}

#[test]
fn roles_that_aggregate_each_other_without_end_are_worked_through() {
    let selectors = "aggregationRule: {clusterRoleSelectors: [{matchLabels: {x: y}}]}";
    let whole =
        numbered(&format!("{RBAC}{{name: a#}}\nkind: ClusterRole\n{selectors}\nrules: []\n---\n"), 1_000);
    let part = numbered(
        &format!("{RBAC}{{name: p#, labels: {{x: y}}}}\nkind: ClusterRole\nrules: [{{verbs: [get]}}]\n---\n"),
        400,
    );
    let project = Project::new(&[("a.yaml", &(whole + &part))]);
    let drawn = project.run(&["graph", "--format", "json"]);
    assert!(drawn.stderr.contains("not all of those are drawn"), "{}", drawn.stderr);
    let edges = drawn.stdout.matches("\"aggregates\"").count();
    assert!((100_000..101_000).contains(&edges), "{edges}");
}
