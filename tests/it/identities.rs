//! `saudit identities`: who uses which ServiceAccount, and with what token.

use serde_json::{Value, json};

use crate::project::{Outcome, Project};

const ACCOUNT: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: builder, namespace: ci}\n\
                       automountServiceAccountToken: false\nsecrets: [{name: builder-token}]\n";
const TOKEN: &str = "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata: {name: \
                     builder-token, namespace: ci, annotations: {kubernetes.io/service-account.name: builder}}\n";

fn pod(name: &str, namespace: &str, spec: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}{namespace}}}\nspec: {{{spec}containers: []}}\n"
    )
}

fn binding(kind: &str, role: &str, subject: &str) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {role}-binding, namespace: ci}}\n\
         roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}\n\
         subjects: [{{kind: ServiceAccount, name: {subject}, namespace: ci}}]\n"
    )
}

/// The identities in the JSON that is printed.
fn identities(outcome: &Outcome) -> Vec<Value> {
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(report["version"], 1);
    report["identities"].as_array().unwrap().clone()
}

/// `namespace/name status` of each.
fn named(outcome: &Outcome) -> Vec<String> {
    let line = |identity: &Value| {
        let text = |key: &str| identity[key].as_str().unwrap_or("-").to_owned();
        format!("{}/{} {}", text("namespace"), text("name"), text("status"))
    };
    identities(outcome).iter().map(line).collect()
}

fn users(identity: &Value) -> Vec<(String, Value)> {
    let users = identity["users"].as_array().unwrap().iter();
    users
        .map(|user| (user["object"]["name"].as_str().unwrap().to_owned(), user["token_mounted"].clone()))
        .collect()
}

fn list(files: &[(&str, &str)]) -> Outcome {
    Project::new(files).run(&["identities", "-o", "json"])
}

#[test]
fn an_account_has_users_tokens_and_bindings() {
    let pods = [
        pod("quiet", ", namespace: ci", "serviceAccountName: builder, "),
        pod("loud", ", namespace: ci", "serviceAccountName: builder, automountServiceAccountToken: true, "),
        pod("holder", ", namespace: ci", "volumes: [{name: t, secret: {secretName: builder-token}}], "),
    ];
    let bindings =
        [binding("RoleBinding", "edit", "builder"), binding("ClusterRoleBinding", "no-such", "builder")];
    let outcome = list(&[
        ("account.yaml", ACCOUNT),
        ("token.yaml", TOKEN),
        ("pods.yaml", &pods.join("---\n")),
        ("bindings.yaml", &bindings.join("---\n")),
    ]);
    assert_eq!(named(&outcome), ["ci/builder defined", "ci/default built-in"]);
    let [builder, default] = &identities(&outcome)[..] else { panic!("two") };
    assert_eq!(builder["definition"], json!({"path": "account.yaml", "line": 3, "column": 18}));
    assert_eq!(builder["automount"], false);
    assert_eq!(users(builder), [("quiet".to_owned(), json!(false)), ("loud".to_owned(), json!(true))]);
    let token = &builder["tokens"][0];
    assert_eq!((&token["works"], &token["listed"]), (&json!(true), &json!(true)));
    assert_eq!(token["users"][0]["object"]["name"], "holder", "it takes the token without being the account");
    let bindings = builder["bindings"].as_array().unwrap();
    let facts: Vec<_> = bindings
        .iter()
        .map(|binding| json!([binding["cluster_wide"], binding["namespace"], binding["role"]["status"]]))
        .collect();
    assert_eq!(facts, [json!([false, "ci", "built-in"]), json!([true, null, "not-in-input"])]);
    assert_eq!(users(default), [("holder".to_owned(), json!(true))]);
}

#[test]
fn what_is_only_named_says_why() {
    let fields = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: build, namespace: ci}\n\
                  spec: {serviceAccountName: bilder}\n";
    let elsewhere = pod("elsewhere", ", namespace: shop", "serviceAccountName: builder, ");
    let outcome = list(&[
        ("account.yaml", ACCOUNT),
        ("workflow.yaml", fields),
        ("elsewhere.yaml", &elsewhere),
        ("far.yaml", &pod("far", ", namespace: far", "serviceAccountName: agent, ")),
        ("invalid.yaml", &pod("invalid", ", namespace: far", "serviceAccountName: Bad_Name, ")),
        ("open.yaml", &pod("open", ", namespace: far", "serviceAccountName: $ACCOUNT, ")),
        ("scripted.yaml", &pod("scripted", ", namespace: far", "serviceAccountName: made, ")),
        ("setup.sh", "kubectl create serviceaccount made -n far\n"),
    ]);
    assert_eq!(
        named(&outcome),
        [
            "ci/bilder misspelled",
            "ci/builder defined",
            "far/$ACCOUNT unclear",
            "far/Bad_Name invalid-name",
            "far/agent not-in-input",
            "far/made created",
            "shop/builder other-namespace",
        ]
    );
    let list = identities(&outcome);
    assert_eq!((&list[0]["near"]["path"], &list[0]["near"]["line"]), (&json!("account.yaml"), &json!(3)));
    assert_eq!(list[0]["users"][0]["as"], "field");
    assert_eq!(list[4]["users"][0]["token_mounted"], Value::Null, "its ServiceAccount was not read");
}

#[test]
fn a_default_account_is_that_of_its_namespace() {
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: ci}\n\
                   automountServiceAccountToken: false\n";
    let here = pod("here", ", namespace: ci", "");
    let files = [
        ("account/sa.yaml", account),
        ("a/pod.yaml", &here),
        ("b/pod.yaml", &pod("unknown", "", "")),
        ("c/pod.yaml", &pod("other", ", namespace: shop", "")),
    ];
    let outcome = list(&files);
    assert_eq!(named(&outcome), ["-/default built-in", "ci/default defined", "shop/default built-in"]);
    let list = identities(&outcome);
    assert_eq!(users(&list[0]), [("unknown".to_owned(), json!(true))]);
    assert_eq!(users(&list[1]), [("here".to_owned(), json!(false))]);
    let project = Project::new(&files);
    let told = project.run(&["identities", "-o", "json", "--namespace", "ci"]);
    assert_eq!(named(&told), ["ci/default defined", "shop/default built-in"]);
}

#[test]
fn one_of_several_far_away_is_not_taken_for_the_one_that_is_meant() {
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: agent}\n";
    let user = pod("user", "", "serviceAccountName: agent, ");
    let one = [("a/sa.yaml", account), ("b/pod.yaml", &user)];
    assert_eq!(users(&identities(&list(&one))[0]).len(), 1, "there is only this one");
    let two = [("a/sa.yaml", account), ("b/pod.yaml", &user), ("c/sa.yaml", account)];
    assert_eq!(named(&list(&two)), ["-/agent unclear", "-/agent defined", "-/agent defined"]);
    let beside = [("a/sa.yaml", account), ("c/pod.yaml", &user), ("c/sa.yaml", account)];
    assert_eq!(users(&identities(&list(&beside))[1]).len(), 1);
}

#[test]
fn of_two_accounts_in_one_build_the_one_in_the_same_folder_is_meant() {
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: agent}\n";
    let outcome = list(&[
        ("kustomization.yaml", "resources: [a/sa.yaml, b/sa.yaml, b/pod.yaml]\n"),
        ("a/sa.yaml", account),
        ("b/sa.yaml", account),
        ("b/pod.yaml", &pod("user", "", "serviceAccountName: agent, ")),
    ]);
    let list = identities(&outcome);
    assert_eq!((users(&list[0]).len(), users(&list[1]).len()), (0, 1), "{list:?}");
}

#[test]
fn broken_tokens_are_told_from_those_that_work() {
    let secret = |name: &str, rest: &str| {
        format!(
            "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata: {{name: {name}, \
             namespace: {rest}, annotations: {{kubernetes.io/service-account.name: builder}}}}\n"
        )
    };
    let frozen = secret("frozen", "ci") + "immutable: true\n";
    let lost = secret("lost", "shop") + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
    let live =
        secret("live", "ci, resourceVersion: '7', uid: 3f6d0c1e, creationTimestamp: '2024-01-01T00:00:00Z'")
            .replace("builder}", "builder, kubernetes.io/service-account.uid: 2c9c8ad2}");
    let project = Project::new(&[
        ("sa.yaml", ACCOUNT),
        ("a.yaml", &frozen),
        ("live.yaml", &live),
        ("b.yaml", &lost),
        ("token.yaml", TOKEN),
    ]);
    let found = identities(&project.run(&["identities", "-o", "json"]));
    let works = |identity: &Value| {
        let tokens = identity["tokens"].as_array().unwrap().iter();
        tokens.map(|token| token["works"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((works(&found[0]), works(&found[1])), (vec![false, true, true], vec![false]));
    assert!(project.run(&["identities"]).stdout.contains(" frozen (broken) +2 "));
}

#[test]
fn the_paths_choose_and_the_repository_tells() {
    let user = pod("user", ", namespace: ci", "serviceAccountName: builder, ");
    let other = pod("other", ", namespace: ci", "serviceAccountName: other, ");
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: ci}\n";
    let project = Project::new(&[
        ("a/sa.yaml", ACCOUNT),
        ("b/pod.yaml", &user),
        ("c/pod.yaml", &other),
        ("namespace.yaml", namespace),
    ]);
    let run = |arguments: &[&str]| project.run(&[&["identities", "-o", "json"], arguments].concat());
    assert_eq!(named(&run(&["b"])), ["ci/builder defined"]);
    assert_eq!(users(&identities(&run(&["a"]))[0]).len(), 1, "its user stands elsewhere");
    assert_eq!(named(&run(&["b", "--no-world"])), ["ci/builder not-in-input"]);
    assert_eq!(named(&run(&["--name", "other"])), ["ci/other missing"]);
    assert_eq!(named(&run(&[])).len(), 2);
    let piped = project.run_with_stdin(&["identities", "-o", "json", "-"], &user);
    assert_eq!(named(&piped), ["ci/builder defined"]);
}

#[test]
fn exit_status_says_whether_anything_was_read() {
    let project = Project::new(&[
        ("none/a.yaml", "a: b\n"),
        ("map/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"),
    ]);
    for (arguments, status, says) in [
        (&["none", "--no-world"][..], 3, "no Kubernetes object found\n"),
        (&["map"], 0, "no such ServiceAccount is defined or named\n"),
        (&["gone"], 2, "does not exist"),
        (&["map", "-o", "yaml"], 2, "invalid value"),
    ] {
        let outcome = project.run(&[&["identities"], arguments].concat());
        assert_eq!(outcome.status, status, "{arguments:?}");
        assert!(outcome.stderr.contains(says), "{arguments:?}: {}", outcome.stderr);
    }
    assert_eq!(project.run_with_stdin(&["identities", "-"], "\u{0}").status, 2, "no text");
}

#[test]
fn every_format_is_harmless() {
    let hostile =
        "\"\\e[31m::error::\\u202e ##[group] eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWRlLXVwIn0.bWFkZS11cA\"";
    let account = format!(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {hostile}, namespace: {hostile}}}\n"
    );
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: token, annotations: {kubernetes.io/service-account.name: \
                  app}}\ntype: kubernetes.io/service-account-token\ndata: {token: bWFkZS11cC10b2tlbg==}\n";
    let user = pod(hostile, "", &format!("serviceAccountName: {hostile}, "));
    let grant = binding("RoleBinding", "role", hostile).replace("name: role}", &format!("name: {hostile}}}"));
    let text = [&account, secret, &user, &grant].join("---\n");
    let project = Project::new(&[("a.yaml", &text)]);
    for format in ["table", "full", "json"] {
        let outcome = project.run(&["identities", "-o", format]);
        assert_eq!(outcome.status, 0, "{}", outcome.stderr);
        for bad in ["\u{1b}", "\u{202e}", "##[", "bWFkZS11cA", "bWFkZS11cC10b2tlbg", "\n::"] {
            assert!(!outcome.stdout.contains(bad), "{format}: {bad:?} in {}", outcome.stdout);
        }
        assert!(outcome.stdout.contains("[31m"), "{format}: it is shown all the same");
    }
}

#[test]
fn a_crowd_is_worked_through() {
    let objects = (0..50_000).map(|number| {
        format!(
            "- {{apiVersion: v1, kind: ServiceAccount, metadata: {{name: a{number}}}}}\n\
             - {{apiVersion: v1, kind: Pod, metadata: {{name: p}}, spec: {{serviceAccountName: a{number}}}}}\n"
        )
    });
    let text = format!("apiVersion: v1\nkind: List\nitems:\n{}", objects.collect::<String>());
    let outcome = Project::new(&[("all.yaml", &text)]).run(&["identities"]);
    assert_eq!((outcome.status, outcome.stdout.lines().count()), (0, 50_001), "{}", outcome.stderr);
}

#[test]
fn a_crowd_of_one_name_is_worked_through() {
    let objects = "- {apiVersion: v1, kind: ServiceAccount, metadata: {name: a}}\n\
                   - {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {serviceAccountName: a}}\n\
                   - {apiVersion: v1, kind: Secret, metadata: {name: t, annotations: {kubernetes.io/service-account.name: a}}, \
                   type: kubernetes.io/service-account-token}\n";
    let text = format!("apiVersion: v1\nkind: List\nitems:\n{}", objects.repeat(20_000));
    let outcome = Project::new(&[("all.yaml", &text)]).run(&["identities"]);
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.contains("cannot be told"), "whose they are");
}
