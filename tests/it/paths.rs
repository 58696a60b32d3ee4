//! `saudit identities --paths`: who is or could become master of the cluster.

use serde_json::{Value, json};

use crate::project::{Outcome, Project};

/// The ServiceAccount ops/operator, with cluster-admin.
const MASTER: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: operator, namespace: ops}\n---\n\
                      apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: operator}\n\
                      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\n\
                      subjects: [{kind: ServiceAccount, name: operator, namespace: ops}]\n";

fn account(namespace: &str, name: &str) -> String {
    format!("apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}, namespace: {namespace}}}\n")
}

/// `group resources verbs [names]`, separated by `;`, with `core` for the core group.
fn rules(rules: &str) -> String {
    let rule = |rule: &str| {
        let words: Vec<_> = rule.split_whitespace().collect();
        let (group, resources, verbs) = (words[0], words[1], words[2]);
        let names = words.get(3).map_or(String::new(), |names| format!(", resourceNames: [{names}]"));
        let list = |words: &str| words.replace('*', "'*'");
        let (group, resources, verbs) = (list(group), list(resources), list(verbs));
        let group = if group == "core" { "''" } else { &group };
        format!("{{apiGroups: [{group}], resources: [{resources}], verbs: [{verbs}]{names}}}")
    };
    rules.split(';').map(rule).collect::<Vec<_>>().join(", ")
}

/// A role with these rules, bound to a ServiceAccount: in a namespace, or everywhere.
fn given(place: Option<&str>, (namespace, name): (&str, &str), allowed: &str) -> String {
    let own = place.map_or(String::new(), |place| format!(", namespace: {place}"));
    let kind = if place.is_some() { "Role" } else { "ClusterRole" };
    let api = "apiVersion: rbac.authorization.k8s.io/v1";
    format!(
        "{api}\nkind: {kind}\nmetadata: {{name: of-{name}{own}}}\nrules: [{}]\n---\n{api}\nkind: {kind}Binding\n\
         metadata: {{name: of-{name}{own}}}\nroleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: of-{name}}}\n\
         subjects: [{{kind: ServiceAccount, name: {name}, namespace: {namespace}}}]\n",
        rules(allowed)
    )
}

fn pod(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: ops}}\n\
         spec: {{serviceAccountName: operator, {spec}containers: [{{name: c, image: i}}]}}\n"
    )
}

fn token(namespace: &str, name: &str, account: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata: {{name: {name}, \
         namespace: {namespace}, annotations: {{kubernetes.io/service-account.name: {account}}}}}\n"
    )
}

fn list(files: &[(&str, &str)]) -> Outcome {
    Project::new(files).run(&["identities", "--paths", "-o", "json"])
}

/// One line for each identity: its name, what is known, and each step.
fn paths(files: &[(&str, &str)]) -> Vec<String> {
    let outcome = list(files);
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    report["identities"].as_array().unwrap().iter().map(line).collect()
}

fn line(identity: &Value) -> String {
    let escalation = &identity["escalation"];
    let name = |account: &Value| {
        format!("{}/{}", account["namespace"].as_str().unwrap_or("-"), account["name"].as_str().unwrap())
    };
    let steps = escalation["steps"].as_array().unwrap().iter().map(|step| {
        let rights = step["rights"].as_array().unwrap();
        let rights: Vec<_> =
            rights.iter().map(|right| format!("{} {}", right["verb"], right["resource"])).collect();
        format!(", {} -> {}", rights.join(" + "), name(&step["to"])).replace('"', "")
    });
    format!("{} {}{}", name(identity), escalation["status"].as_str().unwrap(), steps.collect::<String>())
}

/// What is known of ci/builder beside the master, if it is given this, and this stands in the same file.
fn builder(place: Option<&str>, allowed: &str, more: &str) -> String {
    let own = given(place, ("ci", "builder"), allowed);
    let text = [MASTER, &account("ci", "builder"), &own, more].join("---\n");
    let lines = paths(&[("all.yaml", &text)]);
    lines.iter().find_map(|line| line.strip_prefix("ci/builder ")).unwrap().to_owned()
}

const RBAC: &str = "rbac.authorization.k8s.io";

#[test]
fn what_makes_a_master() {
    for (allowed, is_master) in [
        ("* * *", true),
        ("* * * some-name", false),
        ("core * *", true),
        ("apps * *", false),
        ("* pods,secrets *", false),
        (&format!("{RBAC} clusterroles escalate,patch"), true),
        (&format!("{RBAC} clusterroles *"), true),
        (&format!("{RBAC} clusterroles escalate"), false),
        (&format!("{RBAC} clusterroles bind;{RBAC} clusterrolebindings create"), true),
        (&format!("{RBAC} clusterroles bind cluster-admin;{RBAC} clusterrolebindings create"), true),
        (&format!("{RBAC} clusterroles bind view;{RBAC} clusterrolebindings create"), false),
        (&format!("{RBAC} clusterroles bind"), false),
        (&format!("{RBAC} clusterrolebindings bind,create"), false),
        (&format!("{RBAC} clusterroles,clusterrolebindings create,update,patch"), false),
        ("core users impersonate", true),
        ("core users impersonate jane", false),
        ("core groups impersonate", false),
        ("core groups,serviceaccounts impersonate", true),
        ("core groups impersonate system:masters;core serviceaccounts impersonate", true),
        ("core groups impersonate developers;core serviceaccounts impersonate web", false),
        (
            "certificates.k8s.io certificatesigningrequests,certificatesigningrequests/approval *;\
          certificates.k8s.io signers approve",
            true,
        ),
        (
            "certificates.k8s.io certificatesigningrequests,certificatesigningrequests/approval *;\
          certificates.k8s.io signers approve kubernetes.io/kubelet-serving",
            false,
        ),
    ] {
        // Without anybody whom it could become for certain.
        let own = given(None, ("ci", "builder"), allowed);
        let lines = paths(&[("all.yaml", &[&account("ci", "builder"), "---\n", &own].concat())]);
        assert_eq!(lines == ["ci/builder certain"], is_master, "{allowed}: {lines:?}");
        assert_ne!(builder(Some("ci"), allowed, ""), "certain", "{allowed}, in one namespace");
    }
}

#[test]
fn ways_to_another_account_of_a_namespace() {
    let (runs, sealed) = (pod("worker", ""), pod("worker", "automountServiceAccountToken: false, "));
    let deployed = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: worker, namespace: ops}\n\
                    spec: {template: {spec: {serviceAccountName: operator, containers: [{name: c, image: i}]}}}\n";
    let (held, other) = (token("ops", "key", "operator"), token("ops", "key", "someone"));
    let bind = format!("{RBAC} clusterroles bind;{RBAC} rolebindings create");
    for (allowed, more, right) in [
        ("core serviceaccounts/token create", "", "create serviceaccounts/token"),
        ("core serviceaccounts/token create operator", "", "create serviceaccounts/token"),
        ("core serviceaccounts/token create web", "", ""),
        ("core serviceaccounts create", "", ""),
        ("core pods create", "", "create pods"),
        ("core pods create worker", "", ""),
        ("apps deployments create", "", "create deployments"),
        ("extensions deployments create", "", ""),
        ("batch cronjobs create", "", "create cronjobs"),
        ("core secrets create", "", ""),
        ("core secrets get", "", ""),
        ("core secrets create,watch", "", "create secrets + watch secrets"),
        ("core secrets create;core secrets get key", "", ""),
        ("core secrets list", &held, "list secrets"),
        ("core secrets list", &other, ""),
        ("core secrets get key", &held, "get secrets"),
        ("core secrets get web", &held, ""),
        ("core serviceaccounts impersonate", "", "impersonate serviceaccounts"),
        ("core serviceaccounts impersonate operator", "", "impersonate serviceaccounts"),
        ("core serviceaccounts impersonate web", "", ""),
        ("core pods/exec create", "", ""),
        ("core pods/exec create", &runs, "create pods/exec"),
        ("core pods/exec create worker", &runs, "create pods/exec"),
        ("core pods/exec create web", &runs, ""),
        ("core pods/exec create", &sealed, ""),
        ("core pods/exec create", deployed, "create pods/exec"),
        ("core pods/exec create worker", deployed, ""),
        ("core pods/exec get", &runs, ""),
        ("core pods patch", &runs, "patch pods"),
        ("core pods/ephemeralcontainers update", &runs, "update pods/ephemeralcontainers"),
        ("apps deployments patch", "", ""),
        ("apps deployments patch", deployed, "patch deployments"),
        ("apps deployments patch worker", deployed, "patch deployments"),
        ("apps deployments patch web", deployed, ""),
        ("apps daemonsets patch", deployed, ""),
        ("core nodes/proxy get", &runs, ""),
        (&bind, "", "bind clusterroles + create rolebindings"),
        (&format!("{RBAC} rolebindings create,bind"), "", ""),
        ("* * *", "", "create serviceaccounts/token"),
    ] {
        let wanted = match right {
            "" => "none-known".to_owned(),
            right => format!("certain, {right} -> ops/operator"),
        };
        assert_eq!(builder(Some("ops"), allowed, more), wanted, "{allowed}");
        if !right.is_empty() {
            assert_eq!(builder(Some("shop"), allowed, more), "none-known", "{allowed}, in another namespace");
        }
    }
    let everywhere = builder(None, "core nodes/proxy get", &runs);
    assert_eq!(everywhere, "certain, get nodes/proxy -> ops/operator");
}

#[test]
fn rights_of_two_places_meet_where_the_narrower_holds() {
    let read = given(None, ("ci", "builder"), "core secrets get");
    let create = |place| given(Some(place), ("ci", "builder"), "core secrets create");
    let of = |more: &str| {
        let text = [MASTER, &account("ci", "builder"), &read, more].join("---\n");
        paths(&[("all.yaml", &text)]).remove(1)
    };
    assert_eq!(of(&create("ops")), "ci/builder certain, create secrets + get secrets -> ops/operator");
    assert_eq!(of(&create("shop")), "ci/builder none-known");
}

#[test]
fn what_is_not_certain_is_possible() {
    assert_eq!(
        builder(Some("ops"), "core pods/attach create", &pod("worker", "")),
        "possible, create pods/attach -> ops/operator"
    );
    let controller = "kube-system/clusterrole-aggregation-controller";
    let everywhere = given(None, ("ci", "builder"), "core pods create");
    let text = [&account("ci", "builder"), "---\n", &everywhere].concat();
    assert_eq!(paths(&[("a.yaml", &text)]), [format!("ci/builder possible, create pods -> {controller}")]);
    let unseen = [MASTER.split_once("---\n").unwrap().1, "---\n", &account("ci", "builder"), "---\n"]
        .concat()
        + &given(Some("ops"), ("ci", "builder"), "core pods create");
    let lines = paths(&[("a.yaml", &unseen)]);
    assert_eq!(lines[1], "ci/builder possible, create pods -> ops/operator", "it is not in the input");
}

#[test]
fn a_token_secret_whose_path_is_only_possible_says_so() {
    let check = |allowed: &str| {
        let own = given(Some("ops"), ("ci", "builder"), allowed);
        let secret = token("ci", "key", "builder");
        let text = [MASTER, &account("ci", "builder"), &own, &pod("worker", ""), &secret].join("---\n");
        let select = "--select=long-lived-token-secret,privileged-token-secret";
        let outcome = Project::new(&[("all.yaml", &text)]).run(&["check", select, "-o", "json"]);
        (outcome.rules(), outcome.stdout.contains("it may lead to cluster-admin"))
    };
    let (long_lived, privileged) =
        ("long-lived-token-secret".to_owned(), "privileged-token-secret".to_owned());
    assert_eq!(check("core pods/exec create"), (vec![privileged], false));
    assert_eq!(check("core pods/attach create"), (vec![long_lived.clone()], true));
    assert_eq!(check("core pods get"), (vec![long_lived], false));
}

#[test]
fn the_shortest_path_is_shown_and_the_strongest_come_first() {
    let accounts: Vec<_> = ["a", "b", "c", "d", "e"].map(|name| account(name, name)).into();
    let pods = "core pods create";
    let rights = [
        given(Some("ops"), ("a", "a"), pods),
        given(Some("a"), ("b", "b"), pods),
        given(Some("b"), ("c", "c"), pods),
        // A shorter way, a circle, and one who can become itself.
        given(Some("ops"), ("c", "c"), pods).replace("of-c", "short"),
        given(Some("c"), ("a", "a"), pods).replace("of-a", "circle"),
        given(Some("d"), ("d", "d"), pods),
        given(Some("e"), ("d", "d"), pods).replace("of-d", "there"),
        given(Some("d"), ("e", "e"), pods),
    ];
    let text = [&accounts[..], &rights[..], &[MASTER.to_owned()]].concat().join("---\n");
    assert_eq!(
        paths(&[("all.yaml", &text)]),
        [
            "ops/operator certain",
            "a/a certain, create pods -> ops/operator",
            "c/c certain, create pods -> ops/operator",
            "b/b certain, create pods -> a/a, create pods -> ops/operator",
            "d/d none-known",
            "e/e none-known",
        ]
    );
}

#[test]
fn steps_stay_in_one_tree() {
    let own =
        [account("ci", "builder"), given(Some("ops"), ("ci", "builder"), "core pods create")].join("---\n");
    let of = |own_path: &str, path: &str, more: &[(&str, &str)]| {
        let files = [&[(own_path, own.as_str()), (path, MASTER)], more].concat();
        paths(&files).into_iter().find(|line| line.starts_with("ci/builder")).unwrap()
    };
    let known = "ci/builder certain, create pods -> ops/operator";
    assert_eq!(of("one/a.yaml", "two/b.yaml", &[]), "ci/builder none-known");
    assert_eq!(of("one/a.yaml", "one/below/b.yaml", &[]), known);
    assert_eq!(of("one/below/a.yaml", "one/b.yaml", &[]), known);
    assert_eq!(of("one-a/a.yaml", "one/b.yaml", &[]), "ci/builder none-known");
    let build = ("kustomization.yaml", "resources: [one/a.yaml, two/b.yaml]\n");
    assert_eq!(of("one/a.yaml", "two/b.yaml", &[build]), known);
}

#[test]
fn namespaces_that_are_not_written_are_one_in_one_unit() {
    let bare = |text: &str| text.replace(", namespace: ops", "").replace(", namespace: ci", "");
    let master =
        bare(MASTER).replace("name: operator}]", "name: operator, namespace: '{{ .Release.Namespace }}'}]");
    let own = bare(
        &[account("ci", "builder"), given(Some("ops"), ("ci", "builder"), "core pods create")].join("---\n"),
    );
    let chart = ("chart/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n");
    let one = [chart, ("chart/templates/a.yaml", &own), ("chart/templates/b.yaml", &master)];
    assert_eq!(paths(&one)[1], "-/builder certain, create pods -> -/operator");
    let other = ("other/Chart.yaml", "apiVersion: v2\nname: o\nversion: 1.0.0\n");
    let two = [chart, other, ("other/templates/a.yaml", &own), ("chart/templates/b.yaml", &master)];
    assert_eq!(paths(&two)[1], "-/builder none-known");
}

#[test]
fn groups_of_accounts_have_rights_too() {
    for (group, is_member) in [
        ("system:serviceaccounts", true),
        ("system:authenticated", true),
        ("system:serviceaccounts:ci", true),
        ("system:serviceaccounts:shop", false),
        ("system:unauthenticated", false),
    ] {
        let own = given(Some("ops"), ("ci", "builder"), "core pods create").replace(
            "kind: ServiceAccount, name: builder, namespace: ci",
            &format!("kind: Group, apiGroup: {RBAC}, name: '{group}'"),
        );
        let text = [MASTER, &account("ci", "builder"), &own].join("---\n");
        let known = paths(&[("all.yaml", &text)])[1].ends_with("certain, create pods -> ops/operator");
        assert_eq!(known, is_member, "{group}");
    }
}

#[test]
fn every_step_names_its_binding_and_its_rule() {
    let own = given(Some("ops"), ("ci", "builder"), "core pods create");
    let text = [MASTER, &account("ci", "builder"), &own].join("---\n");
    let project = Project::new(&[("all.yaml", &text)]);
    let report: Value = serde_json::from_str(&list(&[("all.yaml", &text)]).stdout).unwrap();
    let step = &report["identities"][1]["escalation"]["steps"][0];
    assert_eq!(
        (&step["namespace"], &step["cluster_wide"], &step["by"]),
        (&json!("ops"), &json!(false), &json!("pod"))
    );
    let right = &step["rights"][0];
    assert_eq!(right["binding"]["object"]["name"], "of-builder");
    assert_eq!(right["role"], json!({"kind": "Role", "name": "of-builder"}));
    assert_eq!(right["rule"], json!({"path": "all.yaml", "line": 18, "column": 9}));
    let full = project.run(&["identities", "--paths", "-o", "full"]).stdout;
    let told = "  escalation may create pods (RoleBinding/of-builder all.yaml:22, Role/of-builder all.yaml:18) in ops, \
                and so runs as ops/operator\n             may do everything (ClusterRoleBinding/operator all.yaml:7, \
                ClusterRole/cluster-admin built-in)\n";
    assert!(full.contains(told), "{full}");
    let table = project.run(&["identities", "--paths"]).stdout;
    let cells: Vec<_> = table.lines().map(|line| line.contains("  via ops/operator  ")).collect();
    assert_eq!(cells, [false, false, true], "{table}");
    let without = project.run(&["identities", "-o", "json"]).stdout;
    assert!(!without.contains("escalation"), "only on request");
}

#[test]
fn a_crowd_whose_members_can_all_become_each_other_is_worked_through() {
    let object = |number: usize| {
        format!(
            "- {{apiVersion: v1, kind: ServiceAccount, metadata: {{name: a{number}, namespace: n{number}}}}}\n\
             - {{apiVersion: {RBAC}/v1, kind: ClusterRoleBinding, metadata: {{name: b{number}}}, roleRef: {{apiGroup: {RBAC}, \
             kind: ClusterRole, name: pods}}, subjects: [{{kind: ServiceAccount, name: a{number}, namespace: n{number}}}]}}\n"
        )
    };
    let role = format!(
        "- {{apiVersion: {RBAC}/v1, kind: ClusterRole, metadata: {{name: pods}}, rules: [{{apiGroups: [''], resources: \
         [pods, secrets, serviceaccounts/token], verbs: [create, list]}}]}}\n"
    );
    let crowd: String = (0..2_000).map(object).collect();
    let text = format!("apiVersion: v1\nkind: List\nitems:\n{role}{crowd}");
    let lines = paths(&[("crowd.yaml", &text), ("master.yaml", MASTER)]);
    assert_eq!(lines.len(), 2_001);
    let near = lines.iter().filter(|line| line.contains(" certain, ") && line.ends_with("-> ops/operator"));
    assert_eq!(near.count(), 2_000);
}

#[test]
fn a_long_chain_is_followed_for_some_steps_only() {
    let link = |number: usize| {
        let (own, next) = (format!("n{number}"), format!("n{}", number + 1));
        [account(&own, &own), given(Some(&next), (&own, &own), "core pods create")].join("---\n")
    };
    let chain: Vec<_> = (0..30).map(link).collect();
    let last = MASTER.replace("ops", "n30");
    let lines = paths(&[("all.yaml", &[&chain.join("---\n"), "---\n", &last].concat())]);
    let longest = lines.iter().filter(|line| line.contains("certain")).map(|line| line.matches("->").count());
    assert_eq!(longest.collect::<Vec<_>>(), (0..=8).collect::<Vec<_>>());
}
