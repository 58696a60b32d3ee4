//! `saudit can-i` and `saudit who-can`.

use std::path::Path;

use serde_json::{Value, json};

use crate::project::{Outcome, Project};

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/rights/cluster");

const BUILDER: &str = "system:serviceaccount:ci:builder";
const WATCHER: &str = "system:serviceaccount:ci:watcher";
const KEEPER: &str = "system:serviceaccount:ci:keeper";
const DEPLOYER: &str = "system:serviceaccount:shop:deployer";
const IDLE: &str = "system:serviceaccount:shop:idle";

/// A copy of the fixture: a small cluster.
fn cluster() -> Project {
    let project = Project::new(&[]);
    for entry in std::fs::read_dir(Path::new(FIXTURE)).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), project.path(entry.file_name().to_str().unwrap())).unwrap();
    }
    project
}

fn can_i(project: &Project, who: &str, question: &str) -> Outcome {
    let arguments = ["can-i", "--as", who].into_iter().chain(question.split(' '));
    project.run(&arguments.collect::<Vec<_>>())
}

fn check(project: &Project, cases: &[(&str, &str, i32)]) {
    for (who, question, expected) in cases {
        let outcome = can_i(project, who, question);
        assert_eq!(outcome.status, *expected, "{who}: {question}\n{}{}", outcome.stdout, outcome.stderr);
        let first = if *expected == 0 { "yes\n" } else { "no\n" };
        assert!(outcome.stdout.starts_with(first), "{who}: {question}\n{}", outcome.stdout);
    }
}

#[test]
fn a_role_binding_gives_a_cluster_role_in_its_namespace() {
    check(
        &cluster(),
        &[
            (BUILDER, "get secrets", 0),
            (BUILDER, "get secrets -n ci", 0),
            (BUILDER, "get secrets -n shop", 1),
            (BUILDER, "get secrets -A", 1),
            (BUILDER, "create pods --subresource exec", 0),
            (BUILDER, "create serviceaccounts/keeper --subresource token", 0),
            (BUILDER, "create deployments.v1.apps", 0),
            (BUILDER, "create roles", 1),
            (BUILDER, "get pods --subresource log", 0),
            (BUILDER, "get nodes", 1),
            (BUILDER, "* *", 1),
            ("system:serviceaccount:other:builder", "get secrets -n ci", 1),
        ],
    );
}

#[test]
fn roles_are_aggregated() {
    check(
        &cluster(),
        &[
            // `view` is extended by a label, and part of `edit`.
            (BUILDER, "get widgets.example.com", 0),
            (BUILDER, "list wd", 0),
            (BUILDER, "delete widgets", 1),
            // Rules that are written into an aggregated ClusterRole are overwritten.
            (WATCHER, "get secrets -A", 1),
            (WATCHER, "list nodes", 0),
            (WATCHER, "list endpoints -A", 0),
        ],
    );
}

#[test]
fn paths_and_what_has_no_namespace_are_for_cluster_role_bindings() {
    check(
        &cluster(),
        &[
            (WATCHER, "get /metrics", 0),
            (WATCHER, "get /probe/", 0),
            (WATCHER, "get /probe/x/y", 0),
            (WATCHER, "get /prob", 1),
            (WATCHER, "post /metrics", 1),
            (WATCHER, "get nodes", 1),
            (WATCHER, "get nodes -n ci", 1),
            (WATCHER, "get namespaces/ci", 0),
            (WATCHER, "get ns/ci -n shop", 0),
            (WATCHER, "get namespaces", 1),
            (KEEPER, "get /version", 0),
            ("jane", "get /version", 0),
        ],
    );
}

#[test]
fn names_and_subresources_are_compared_as_text() {
    check(
        &cluster(),
        &[
            (KEEPER, "get secrets/key", 0),
            (KEEPER, "get secrets/other", 1),
            (KEEPER, "get secrets", 1),
            (KEEPER, "list secrets", 1),
            (KEEPER, "list secrets/key", 0),
            (KEEPER, "create secrets/key", 1),
            (KEEPER, "create secrets", 1),
            (KEEPER, "create serviceaccounts/builder --subresource token", 0),
            (KEEPER, "create serviceaccounts/watcher --subresource token", 1),
            (KEEPER, "get deployments.apps --subresource scale", 1),
            (WATCHER, "get pods --subresource log", 0),
            (WATCHER, "get pods -n ci", 1),
            (WATCHER, "get pods/log -n ci", 1),
            (WATCHER, "get pods --subresource status", 0),
            (WATCHER, "get deployments --subresource status", 1),
        ],
    );
}

#[test]
fn users_and_groups_are_subjects_too() {
    let with = |rest: &str| format!("delete jobs.batch -n shop{rest}");
    check(
        &cluster(),
        &[
            ("jane", &with(""), 0),
            ("jane", "delete jobs -n ci", 1),
            ("joe", &with(""), 1),
            ("joe", &with(" --as-group devs"), 0),
            // By the name of its user.
            (KEEPER, &with(""), 0),
            // By a group that it is in by itself.
            (BUILDER, &with(""), 0),
            (DEPLOYER, &with(""), 3),
            ("anybody", "get pods -n shop", 0),
            ("system:anonymous", "get pods -n shop", 1),
            ("root", "escalate clusterroles --as-group system:masters", 0),
            ("root", "* * -A --as-group system:masters", 0),
        ],
    );
}

#[test]
fn a_subject_without_a_namespace_is_nobody_in_a_cluster_role_binding() {
    let project = cluster();
    check(&project, &[(IDLE, "get secrets", 1), ("system:serviceaccount:ci:idle", "get secrets", 1)]);
    assert!(!project.run(&["who-can", "*", "*", "-o", "json"]).stdout.contains("idle"));
}

#[test]
fn a_role_that_is_not_in_the_input_makes_a_no_uncertain() {
    let project = cluster();
    check(
        &project,
        &[(DEPLOYER, "get secrets", 3), (DEPLOYER, "get secrets -n ci", 1), (DEPLOYER, "get pods", 0)],
    );
    let outcome = can_i(&project, DEPLOYER, "get secrets");
    let named =
        "ClusterRole/release-manager (not in the input), bound by RoleBinding/deployer (bindings.yaml:45:73)";
    assert!(outcome.stdout.contains(named), "{}", outcome.stdout);
    let answer: Value =
        serde_json::from_str(&can_i(&project, DEPLOYER, "get secrets -o json").stdout).unwrap();
    assert_eq!((&answer["answer"], &answer["chains"]), (&json!("unknown"), &json!([])));
    assert_eq!(answer["unknown"][0]["role"]["status"], "not-in-input");
    let listed = can_i(&project, DEPLOYER, "--list");
    assert_eq!(listed.status, 0);
    assert!(
        listed.stderr.contains("the list may be incomplete: ClusterRole release-manager"),
        "{}",
        listed.stderr
    );
}

#[test]
fn a_yes_names_its_chain() {
    let project = cluster();
    let outcome = can_i(&project, BUILDER, "get wd");
    for part in [
        "get widgets.example.com in namespace ci (-n asks about another), as system:serviceaccount:ci:builder",
        "ServiceAccount builder (bindings.yaml:7:32)",
        "RoleBinding/builder (bindings.yaml:4:18), in namespace ci",
        "ClusterRole/edit (built-in)",
        "resources [widgets] (roles.yaml:7:3), aggregated from ClusterRole/widgets-viewer",
    ] {
        assert!(outcome.stdout.contains(part), "{part}\n{}", outcome.stdout);
    }
    let answer: Value = serde_json::from_str(&can_i(&project, BUILDER, "get wd -o json").stdout).unwrap();
    assert_eq!(answer["version"], 1);
    let chain = &answer["chains"][0];
    assert_eq!(chain["subject"]["at"], json!({"path": "bindings.yaml", "line": 7, "column": 32}));
    assert_eq!((&chain["role"]["status"], &chain["assumed"]), (&json!("built-in"), &json!(false)));
    assert_eq!(chain["rule"]["at"], json!({"path": "roles.yaml", "line": 7, "column": 3}));
    assert_eq!(chain["rule"]["object"]["name"], "widgets-viewer");
}

#[test]
fn what_looks_like_a_token_in_a_path_is_covered_in_all_answers() {
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWRlLXVwIn0.bWFkZS11cA";
    let objects = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop}\n---\napiVersion: \
                   rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: web, namespace: shop}\nroleRef: \
                   {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\nsubjects: [{kind: \
                   ServiceAccount, name: web, namespace: shop}]\n";
    let project = Project::new(&[(&format!("{token}/web.yaml"), objects)]);
    for arguments in [
        "can-i get pods -n shop --as system:serviceaccount:shop:web -o json",
        "who-can get pods -n shop -o json",
        "identities -o json",
        "graph --format json",
    ] {
        let out = project.run(&arguments.split(' ').collect::<Vec<_>>()).stdout;
        assert!(out.contains("\"path\": \"***") && !out.contains("bWFkZS11cA"), "{arguments}: {out}");
    }
}

#[test]
fn a_no_says_where_it_would_be_a_yes() {
    let project = cluster();
    for (who, question, says) in [
        (BUILDER, "get secrets -n shop", "RoleBinding/builder allows it only in namespace ci"),
        (
            WATCHER,
            "get nodes",
            "RoleBinding/watcher does not allow it: nodes have no namespace, and it is for one",
        ),
        ("nobody", "get secrets", "nothing in the input has to do with nobody"),
    ] {
        let outcome = can_i(&project, who, question);
        assert!(outcome.stdout.contains(says), "{}", outcome.stdout);
    }
    assert!(!can_i(&project, IDLE, "get secrets").stdout.contains("nothing in the input"));
}

const ALONE: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: agent}\n---\n\
    apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: agent}\n\
    rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]\n---\n\
    apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: agent}\n\
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: agent}\n\
    subjects: [{kind: ServiceAccount, name: agent}]\n";

#[test]
fn a_namespace_that_is_not_written_is_taken_for_that_of_the_account() {
    let project = Project::new(&[("all.yaml", ALONE)]);
    let agent = "system:serviceaccount:ci:agent";
    check(&project, &[(agent, "get secrets", 0), (agent, "get secrets -n kube-system", 1)]);
    let yes = can_i(&project, agent, "get secrets");
    assert!(
        yes.stdout.contains("note       RoleBinding/agent writes no namespace; taken for ci"),
        "{}",
        yes.stdout
    );
    let no = can_i(&project, agent, "get secrets -n kube-system");
    assert!(
        no.stdout.contains("only in its namespace, which it does not write; taken for ci"),
        "{}",
        no.stdout
    );
    let list = can_i(&project, agent, "--list --no-headers");
    assert!(list.stdout.contains("ci (assumed)\n") && !list.stdout.contains("Verbs"), "{}", list.stdout);
    // The namespace of the release makes it certain.
    check(&project, &[(agent, "get secrets --release-namespace shop", 1)]);
    let told = can_i(&project, agent, "get secrets --release-namespace ci");
    assert!(told.status == 0 && !told.stdout.contains("note"), "{}", told.stdout);
    let who = project.run(&["who-can", "get", "secrets", "-n", "prod"]);
    assert!(who.stdout.contains("RoleBinding/agent writes no namespace; taken for prod"), "{}", who.stdout);
    assert!(who.stdout.contains("\nServiceAccount prod/agent\n"), "{}", who.stdout);
}

#[test]
fn the_grammar_is_that_of_kubectl() {
    let project = cluster();
    for (arguments, status, says) in [
        ("get pods/log --as jane", 1, "the subresource is `pods --subresource log`"),
        (
            "get gadgets.example.org --as jane",
            1,
            "doesn't have a resource type 'gadgets' in group 'example.org'",
        ),
        ("get gadgets --as jane", 1, "doesn't have a resource type 'gadgets': "),
        ("get nodes -n ci --as jane", 1, "resource 'nodes' is not namespace scoped\n"),
        (
            "get regions -n ci --as jane",
            1,
            "resource 'regions' is not namespace scoped in group 'example.com'",
        ),
        ("touch pods --as jane", 1, "verb 'touch' is not a known verb"),
        ("list /metrics --as jane", 1, "verb 'list' is not a known verb"),
        ("create secrets/key --as jane", 1, "key is left out"),
        ("get /metrics --subresource log --as jane", 2, "--subresource cannot be used with a path"),
        ("get pods", 2, "--as"),
        ("get --as jane", 2, "<TYPE>"),
        ("get pods --list --as jane", 2, "cannot be used with"),
        ("--list -A --as jane", 2, "cannot be used with"),
        ("get pods -n ci -A --as jane", 2, "cannot be used with"),
        ("get pods --no-headers --as jane", 2, "cannot be used with"),
        ("get pods --as jane -f gone", 2, "does not exist"),
    ] {
        let outcome = project.run(&["can-i"].into_iter().chain(arguments.split(' ')).collect::<Vec<_>>());
        assert_eq!(outcome.status, status, "{arguments}: {}{}", outcome.stdout, outcome.stderr);
        assert!(outcome.stderr.contains(says), "{arguments}: {}", outcome.stderr);
    }
    for fine in ["get users", "impersonate groups", "PODS get"] {
        let fine = fine.replace("PODS get", "get PODS");
        let outcome = can_i(&project, "jane", &fine);
        assert_eq!((outcome.status, &*outcome.stderr), (1, ""), "{fine}");
    }
}

#[test]
fn a_resource_without_a_group_is_that_of_the_rules_that_name_it() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n\
                rules: [{apiGroups: [argoproj.io], resources: [rollouts], verbs: [get]}]\n---\n\
                apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: r}\n\
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}\n\
                subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}]\n";
    let outcome = can_i(&Project::new(&[("r.yaml", role)]), "jane", "get rollouts");
    assert_eq!(outcome.status, 0, "{}", outcome.stdout);
    assert!(outcome.stderr.contains("taken for rollouts.argoproj.io"), "{}", outcome.stderr);
}

#[test]
fn quiet_says_it_by_the_exit_status() {
    let project = cluster();
    for (question, status) in [("get secrets", 0), ("get nodes -n ci", 1)] {
        let outcome = can_i(&project, BUILDER, &format!("{question} -q"));
        assert_eq!((outcome.status, &*outcome.stdout, &*outcome.stderr), (status, "", ""));
    }
}

#[test]
fn paths_and_streams_are_read() {
    let project = cluster();
    let (agent, arguments) = ("system:serviceaccount:ci:agent", ["get", "secrets", "-f", "-"]);
    let asks = [&["can-i", "--as", agent][..], &arguments].concat();
    assert_eq!(project.run_with_stdin(&asks, ALONE).status, 0);
    check(&project, &[(BUILDER, "get secrets -f bindings.yaml", 0), (BUILDER, "get wd -f bindings.yaml", 0)]);
    check(&project, &[(BUILDER, "get widgets.example.com -f bindings.yaml --no-world", 1)]);
    check(&project, &[(KEEPER, "get secrets/key -f bindings.yaml --no-world", 3)]);
    check(&project, &[(KEEPER, "get secrets/key -f bindings.yaml -f roles.yaml --no-world", 0)]);
    // Only bindings of the paths count.
    check(&project, &[(BUILDER, "get secrets -f roles.yaml", 1)]);
    let empty = Project::new(&[("a.yaml", "a: b\n")]);
    check(&empty, &[("jane", "get secrets", 3), ("jane", "get /version", 0)]);
}

#[test]
fn built_in_roles_are_those_of_the_version() {
    let edit = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: e, namespace: ci}\n\
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}\n\
                subjects: [{kind: ServiceAccount, name: builder}]\n";
    let project = Project::new(&[("e.yaml", edit)]);
    let question = "create resourceclaims.resource.k8s.io --kube-version";
    check(&project, &[(BUILDER, &format!("{question} 1.34"), 0), (BUILDER, &format!("{question} 1.33"), 1)]);
}

fn rows(outcome: &Outcome) -> Vec<Vec<&str>> {
    outcome
        .stdout
        .lines()
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect()
}

#[test]
fn a_list_is_merged_and_sorted_as_kubectl_does_it() {
    let project = cluster();
    let outcome = can_i(&project, KEEPER, "--list -n ci");
    let rows = rows(&outcome);
    assert_eq!(rows[0], ["Resources", "Non-Resource URLs", "Resource Names", "Verbs", "Where"]);
    assert_eq!(rows[1], ["serviceaccounts/token", "[]", "[builder]", "[create]", "ci"]);
    assert!(rows.contains(&vec!["secrets", "[]", "[key]", "[get update create list]", "ci"]), "{rows:?}");
    assert!(rows.contains(&vec!["[/healthz]", "[]", "[get]", "cluster"]), "{rows:?}");
    assert!(!outcome.stdout.contains("*.batch"), "what holds in shop");
    assert!(can_i(&project, KEEPER, "--list").stdout.contains("*.batch"));
    let verbs: Vec<_> = rows.iter().skip(1).map(|row| row[row.len() - 2]).collect();
    assert!(verbs.is_sorted(), "{verbs:?}");
    // What a RoleBinding cannot give.
    let watcher = can_i(&project, WATCHER, "--list").stdout;
    let nodes: Vec<_> = watcher.lines().filter(|line| line.starts_with("nodes ")).collect();
    assert!(nodes.len() == 1 && nodes[0].contains("[list]"), "{nodes:?}");
    assert_eq!(watcher.lines().filter(|line| line.contains("[/metrics]")).count(), 1);
    let json = can_i(&project, KEEPER, "--list -o json").stdout;
    let list: Value = serde_json::from_str(&json).unwrap();
    let rights = list["rights"].as_array().unwrap();
    let key = rights.iter().find(|right| right["name"] == "key").unwrap();
    assert_eq!((&key["resource"], &key["namespace"]), (&json!("secrets"), &json!("ci")));
    assert_eq!(key["chains"][0]["rule"]["at"]["path"], "roles.yaml");
    assert_eq!(list["complete"], true);
}

fn names(outcome: &Outcome) -> Vec<String> {
    let answer: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let own = answer["identities"].as_array().unwrap().iter().filter(|it| it["built_in"] == false);
    own.map(|it| format!("{} {}", it["kind"].as_str().unwrap(), it["name"].as_str().unwrap())).collect()
}

#[test]
fn who_can_lists_everybody() {
    let project = cluster();
    for (arguments, expected) in [
        ("get secrets", &["ServiceAccount builder"][..]),
        ("get secrets -n ci", &["ServiceAccount builder"]),
        ("get secrets -n shop", &[]),
        ("get secrets/key", &["ServiceAccount builder", "ServiceAccount keeper"]),
        ("list nodes", &["ServiceAccount watcher"]),
        ("get nodes", &[]),
        ("get /metrics", &["ServiceAccount watcher"]),
        ("get ns/ci", &["ServiceAccount builder", "ServiceAccount watcher"]),
        (
            "delete deployments -n shop",
            // The ServiceAccount is there by the name of its user.
            &["ServiceAccount keeper", "User jane", "Group devs", "Group system:serviceaccounts:ci"],
        ),
    ] {
        let outcome = project
            .run(&["who-can", "-o", "json"].into_iter().chain(arguments.split(' ')).collect::<Vec<_>>());
        assert_eq!(outcome.status, 0, "{}", outcome.stderr);
        assert_eq!(names(&outcome), expected, "{arguments}");
    }
    let text = project.run(&["who-can", "get", "secrets"]).stdout;
    assert!(text.starts_with("can get secrets in any namespace:\n\nServiceAccount ci/builder\n"), "{text}");
    assert!(text.contains("--built-in lists them") && !text.contains("system:masters"), "{text}");
    assert!(text.contains("ClusterRole/release-manager (not in the input)"), "{text}");
    assert!(
        project.run(&["who-can", "get", "secrets", "--built-in"]).stdout.contains("Group system:masters")
    );
    assert!(
        project.run(&["who-can", "get", "nodes"]).stdout.starts_with("nobody in the input can get nodes\n")
    );
    let empty = Project::new(&[("a.yaml", "a: b\n")]).run(&["who-can", "get", "secrets"]);
    assert_eq!((empty.status, &*empty.stderr), (3, "no Kubernetes object found\n"));
}

#[test]
fn every_answer_is_harmless() {
    let hostile =
        "\"\\e[31m::error::\\u202e ##[group] eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWRlLXVwIn0.bWFkZS11cA\"";
    let text = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: {hostile}}}\n\
         rules: [{{apiGroups: [{hostile}, ''], resources: [{hostile}, pods], verbs: [{hostile}, get]}}]\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {{name: {hostile}}}\n\
         roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {hostile}}}\n\
         subjects: [{{kind: User, name: jane}}, {{kind: Group, name: {hostile}}}]\n"
    );
    let project = Project::new(&[("a.yaml", &text)]);
    for arguments in [
        &["can-i", "get", "pods", "--as", "jane"][..],
        &["can-i", "get", "\u{1b}[31m\u{202e}", "--as", "\u{1b}[31m##[group]"],
        &["can-i", "--list", "--as", "jane"],
        &["who-can", "get", "pods"],
    ] {
        for format in ["text", "json"] {
            let outcome = project.run(&[arguments, &["-o", format]].concat());
            assert!(outcome.status < 4 && outcome.status != 2, "{}", outcome.stderr);
            for bad in ["\u{1b}", "\u{202e}", "##[", "bWFkZS11cA", "\n::"] {
                let all = format!("{}{}", outcome.stdout, outcome.stderr);
                assert!(!all.contains(bad), "{arguments:?} {format}: {bad:?} in {all}");
            }
        }
    }
}

#[test]
fn rules_of_a_stranger_are_worked_through() {
    let words =
        |letter: char| (0..3000).map(|number| format!("{letter}{number}")).collect::<Vec<_>>().join(", ");
    let text = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: r}}\n\
         rules: [{{apiGroups: [{}], resources: [{}], verbs: [{}], resourceNames: [{}]}}]\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {{name: r}}\n\
         roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}}\n\
         subjects: [{{kind: User, name: jane}}]\n",
        words('g'),
        words('r'),
        words('v'),
        words('n')
    );
    let project = Project::new(&[("a.yaml", &text)]);
    let outcome = can_i(&project, "jane", "--list");
    assert!(outcome.status == 0 && outcome.stderr.contains("the list is cut"), "{}", outcome.stderr);
    check(&project, &[("jane", "v2999 r2999.g2999/n2999", 0)]);
}

/// A binding that cannot be read may give anything.
#[test]
fn a_no_is_not_certain_where_something_cannot_be_read() {
    let binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: x\nroleRef: []\n";
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: ns}\n";
    let project = Project::new(&[("binding.yaml", binding), ("account.yaml", account)]);
    let who = "system:serviceaccount:ns:a";
    let outcome = can_i(&project, who, "get pods");
    assert_eq!(outcome.status, 3, "{}", outcome.stdout);
    assert!(outcome.stdout.contains("could not be read"), "{}", outcome.stdout);
    let said: Value = serde_json::from_str(&can_i(&project, who, "get pods -o json").stdout).unwrap();
    assert_eq!(said["answer"], json!("unknown"));
    assert_eq!(can_i(&project, who, "get pods -f account.yaml").status, 1);
}
