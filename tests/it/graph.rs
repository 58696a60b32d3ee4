//! `saudit graph`: who may do what, as a picture.

use std::collections::HashSet;
use std::path::Path;

use serde_json::Value;

use crate::docs::{assert_within, settle, with_section};
use crate::project::{Outcome, Project};

/// A copy of the files in a folder of fixtures.
fn project(folder: &str) -> Project {
    let project = Project::new(&[]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for path in paths.filter(|path| path.is_file()) {
        std::fs::copy(&path, project.path(path.file_name().unwrap().to_str().unwrap())).unwrap();
    }
    project
}

fn draw(project: &Project, arguments: &[&str]) -> Outcome {
    let outcome = project.run(&[&["graph"], arguments].concat());
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    outcome
}

fn json(project: &Project, arguments: &[&str]) -> Value {
    let outcome = draw(project, &[arguments, &["--format", "json"]].concat());
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(report["version"], 1);
    report
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

/// `id status` of each node; with `!` for what is as good as cluster-admin.
fn nodes(report: &Value) -> Vec<String> {
    let line = |node: &Value| {
        let admin = if node["cluster_admin"] == true { " !" } else { "" };
        format!("{} {}{admin}", text(&node["id"]), text(&node["status"]))
    };
    report["nodes"].as_array().unwrap().iter().map(line).collect()
}

/// `from kind to` of each edge.
fn edges(report: &Value) -> Vec<String> {
    let line =
        |edge: &Value| format!("{} {} {}", text(&edge["from"]), text(&edge["kind"]), text(&edge["to"]));
    report["edges"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn pictures_are_as_they_were() {
    let project = project("graph/shop");
    settle("tests/data/graph.dot", &draw(&project, &[]).stdout);
    settle("tests/data/graph.mmd", &draw(&project, &["--format", "mermaid"]).stdout);
}

#[test]
fn the_graph_in_the_readme_is_a_real_one() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- graph: ").unwrap();
    let folder = rest.split_once(" -->").unwrap().0;
    let project = project(folder.strip_prefix("fixtures/").unwrap());
    let picture = draw(&project, &["--format", "mermaid"]).stdout;
    let open = format!("<!-- graph: {folder} -->");
    let section = format!("```mermaid\n{picture}```\n");
    settle("README.md", &with_section(&readme, &open, "<!-- /graph -->", &section));
    let (_, rest) = readme.split_once("<!-- graph json -->\n```json\n").unwrap();
    let shown: Value = serde_json::from_str(rest.split_once("```").unwrap().0).unwrap();
    let real = json(&project, &[]);
    assert_within(&shown, &real);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for list in ["nodes", "edges"] {
        assert_eq!(keys(&shown[list][0]), keys(&real[list][0]));
    }
}

#[test]
fn everything_has_its_place() {
    let report = json(&project("graph/shop"), &[]);
    assert_eq!(
        nodes(&report),
        [
            "Kubeconfig/kubeconfig -",
            "User/jane -",
            "User/ops unclear",
            "Group/system:serviceaccounts:shop -",
            "CronJob/ci/release defined",
            "Secret/ci/deployer-token defined",
            "ServiceAccount/ci/deployer defined !",
            "ServiceAccount/ci/releaser not-in-input",
            "Deployment/shop/cart defined",
            "ServiceAccount/shop/cart defined",
            "RoleBinding/shop/cart defined",
            "RoleBinding/shop/viewers defined",
            "Role/shop/cart-config not-in-input",
            "ClusterRoleBinding/deployer defined !",
            "ClusterRole/carts-view defined",
            "ClusterRole/cluster-admin built-in !",
            "ClusterRole/shop-view defined",
        ]
    );
    assert_eq!(
        edges(&report),
        [
            "Kubeconfig/kubeconfig holds-credential-of User/ops",
            "Kubeconfig/kubeconfig holds-credential-of ServiceAccount/ci/deployer",
            "User/jane subject-of RoleBinding/shop/viewers",
            "Group/system:serviceaccounts:shop subject-of RoleBinding/shop/viewers",
            "CronJob/ci/release mounts Secret/ci/deployer-token",
            "CronJob/ci/release runs-as ServiceAccount/ci/releaser",
            "Secret/ci/deployer-token token-of ServiceAccount/ci/deployer",
            "ServiceAccount/ci/deployer subject-of ClusterRoleBinding/deployer",
            "Deployment/shop/cart runs-as ServiceAccount/shop/cart",
            "ServiceAccount/shop/cart member-of Group/system:serviceaccounts:shop",
            "ServiceAccount/shop/cart subject-of RoleBinding/shop/cart",
            "RoleBinding/shop/cart gives Role/shop/cart-config",
            "RoleBinding/shop/viewers gives ClusterRole/shop-view",
            "ClusterRoleBinding/deployer gives ClusterRole/cluster-admin",
            "ClusterRole/shop-view aggregates ClusterRole/carts-view",
        ]
    );
    let edge =
        |kind: &str| report["edges"].as_array().unwrap().iter().find(|edge| edge["kind"] == kind).unwrap();
    assert_eq!(edge("token-of")["works"], true);
    assert_eq!(
        (&edge("runs-as")["token_mounted"], &edge("runs-as")["path"]),
        (&Value::Null, &"workloads.yaml".into())
    );
    assert_eq!(report["nodes"][7]["path"], Value::Null, "nothing defines it");
    assert_eq!(
        (&report["nodes"][6]["path"], &report["nodes"][6]["line"]),
        (&"accounts.yaml".into(), &4.into())
    );
}

#[test]
fn an_identity_has_its_neighbours_and_no_others() {
    let project = project("graph/shop");
    let around = |arguments: &[&str]| -> Vec<String> {
        let report = json(&project, arguments);
        report["nodes"].as_array().unwrap().iter().map(|node| text(&node["id"]).to_owned()).collect()
    };
    let deployer = [
        "Kubeconfig/kubeconfig",
        "CronJob/ci/release",
        "Secret/ci/deployer-token",
        "ServiceAccount/ci/deployer",
        "ClusterRoleBinding/deployer",
        "ClusterRole/cluster-admin",
    ];
    for name in ["deployer", "ci/deployer", "system:serviceaccount:ci:deployer"] {
        assert_eq!(around(&["--identity", name]), deployer, "{name}");
    }
    let jane = ["User/jane", "RoleBinding/shop/viewers", "ClusterRole/carts-view", "ClusterRole/shop-view"];
    assert_eq!(around(&["--identity", "jane"]), jane);
    let cart = around(&["--identity", "shop/cart"]);
    assert!(cart.contains(&"ClusterRole/carts-view".to_owned()), "by its group: {cart:?}");
    assert!(!cart.contains(&"User/jane".to_owned()), "she has the same role: {cart:?}");
    let group = around(&["--identity", "system:serviceaccounts:shop"]);
    assert!(group.contains(&"Deployment/shop/cart".to_owned()), "its members: {group:?}");
    let both = around(&["--identity", "jane", "--identity", "deployer"]);
    assert_eq!(both.len(), jane.len() + deployer.len());
    let outcome = draw(&project, &["--identity", "shop/deployer"]);
    assert_eq!(outcome.stderr, "no such identity is defined or named\n");
}

#[test]
fn a_namespace_has_its_objects_and_what_they_reach() {
    let project = project("graph/shop");
    let namespaces = |arguments: &[&str]| -> HashSet<String> {
        let report = json(&project, arguments);
        report["nodes"].as_array().unwrap().iter().map(|node| text(&node["namespace"]).to_owned()).collect()
    };
    assert_eq!(namespaces(&["-n", "shop"]), HashSet::from(["shop", "-"].map(str::to_owned)));
    assert_eq!(namespaces(&["-n", "ci", "-n", "shop"]).len(), 3);
    assert_eq!(namespaces(&["-n", "other"]).len(), 0);
    assert_eq!(nodes(&json(&project, &["-n", "shop", "--identity", "deployer"])).len(), 0, "it is of ci");
    let unwritten =
        Project::new(&[("sa.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n")]);
    assert_eq!(nodes(&json(&unwritten, &["-n", "shop"])), ["ServiceAccount/shop/a defined"]);
    assert_eq!(nodes(&json(&unwritten, &["-n", "shop", "-n", "ci"])).len(), 0, "in which of them?");
    assert_eq!(nodes(&json(&unwritten, &[])), ["ServiceAccount/a defined"]);
}

#[test]
fn the_paths_choose_and_the_repository_tells() {
    let project = project("graph/shop");
    let report = json(&project, &["kubeconfig"]);
    assert!(nodes(&report).contains(&"ClusterRole/cluster-admin built-in !".to_owned()), "{report}");
    assert!(!nodes(&report).contains(&"CronJob/ci/release defined".to_owned()), "{report}");
    let report = json(&project, &["kubeconfig", "--no-world"]);
    assert_eq!(
        nodes(&report),
        ["Kubeconfig/kubeconfig -", "User/ops unclear", "ServiceAccount/ci/deployer not-in-input"]
    );
}

#[test]
fn certificates_tell_users_and_groups() {
    let project = project("static-kubeconfig-credential");
    let report = json(&project, &["--identity", "system:masters"]);
    let all = nodes(&report);
    assert!(all.contains(&"Group/system:masters - !".to_owned()), "{all:?}");
    assert!(all.iter().any(|node| node.starts_with("User/") && node.ends_with(" !")), "{all:?}");
    assert!(all.iter().any(|node| node.starts_with("Kubeconfig/")), "{all:?}");
    let report = json(&project, &["bad-embedded.yaml"]);
    assert!(nodes(&report).contains(&"Kubeconfig/Secret/remote-secret -".to_owned()), "{report}");
    for format in ["dot", "mermaid", "json"] {
        let out = draw(&project, &["--format", format]).stdout;
        assert!(!out.contains("31ada4fd") && !out.contains("eyJhb"), "{format} shows a token");
    }
}

const ROLE: &str = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: all}\nrules: [{apiGroups: \
                    ['*'], resources: ['*'], verbs: ['*']}]\n";

fn binding(kind: &str, role: &str) -> String {
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {role}-{kind}, namespace: \
         ci}}\nroleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}\nsubjects: [{{kind: \
         Group, name: {kind}s, apiGroup: rbac.authorization.k8s.io}}]\n"
    )
}

#[test]
fn only_a_role_for_the_whole_cluster_makes_an_admin() {
    let text = [ROLE, &binding("ClusterRoleBinding", "all"), &binding("RoleBinding", "all")].concat();
    assert_eq!(
        nodes(&json(&Project::new(&[("a.yaml", &text)]), &[])),
        [
            "Group/ClusterRoleBindings - !",
            "Group/RoleBindings -",
            "RoleBinding/ci/all-RoleBinding defined",
            "ClusterRoleBinding/all-ClusterRoleBinding defined !",
            "ClusterRole/all defined !",
        ]
    );
}

#[test]
fn broken_tokens_are_dotted() {
    let secret = "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata: {name: t, namespace: ci, \
                  annotations: {kubernetes.io/service-account.name: a}}\nimmutable: true\n---\napiVersion: v1\nkind: \
                  ServiceAccount\nmetadata: {name: a, namespace: ci}\n";
    let project = Project::new(&[("a.yaml", secret)]);
    assert_eq!(json(&project, &[])["edges"][0]["works"], false);
    assert!(draw(&project, &[]).stdout.contains(r#"label="token of (broken)", style=dotted"#));
    assert!(draw(&project, &["-o", "mermaid"]).stdout.contains(r#"-.->|"token of (broken)"|"#));
}

#[test]
fn the_order_of_files_and_threads_does_not_matter() {
    let one = project("graph/shop");
    let text = |name: &str| std::fs::read_to_string(one.path(name)).unwrap();
    let account = |number: usize| {
        format!(
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: same, labels: {{a: \"{number}\"}}}}\n"
        )
    };
    let many: Vec<_> = (0..40).map(|number| (format!("{number}/a.yaml"), account(number))).collect();
    let mut files: Vec<_> = many.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (rights, workloads) = (text("rights.yaml"), text("workloads.yaml"));
    files.extend([("z.yaml", rights.as_str()), ("a.yaml", workloads.as_str())]);
    let project = Project::new(&files);
    for format in ["dot", "mermaid", "json"] {
        let first = draw(&project, &["-o", format, "--threads", "1"]).stdout;
        let again = draw(&project, &["-o", format, "--threads", "4"]).stdout;
        assert_eq!(first, again);
    }
    let report = json(&project, &[]);
    let ids: HashSet<_> =
        report["nodes"].as_array().unwrap().iter().map(|node| text_of(&node["id"])).collect();
    assert_eq!(ids.len(), report["nodes"].as_array().unwrap().len(), "every node has an id of its own");
    assert!(ids.contains("ServiceAccount/same#40"));
}

fn text_of(value: &Value) -> String {
    text(value).to_owned()
}

/// What DOT, Mermaid, HTML, terminals and CI runners could take for more than a name.
const HOSTILE: [&str; 9] = [
    r#"a\"]; evil [label=\"x"#,
    r"back\\slash\\",
    r"\\N &lt;b&gt; &#27;",
    "<img src=x onerror=alert(1)>",
    "end]) --> x; click n0 href javascript:alert(1)",
    "%%{init: {'securityLevel': 'loose'}}%%",
    "`**bold**` #quot;] style:x#35;",
    r"\e[31m\u202e\n::error::x\n##[group]y",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWRlLXVwIn0.bWFkZS11cA",
];

fn hostile() -> Project {
    let objects = HOSTILE.iter().map(|name| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: \"{name}\", namespace: \"{name}\"}}\nspec: \
             {{serviceAccountName: \"{name}\", containers: [{{name: c, image: c}}]}}\n---\napiVersion: \
             rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: \"{name}\", namespace: \
             \"{name}\"}}\nroleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: \"{name}\"}}\nsubjects: \
             [{{kind: Group, name: \"{name}\", apiGroup: rbac.authorization.k8s.io}}, {{kind: User, name: \"{name}\", \
             apiGroup: rbac.authorization.k8s.io}}]\n"
        )
    });
    Project::new(&[("a.yaml", &objects.collect::<String>())])
}

#[test]
fn hostile_names_are_nothing_but_names() {
    let project = hostile();
    let count = json(&project, &[])["nodes"].as_array().unwrap().len();
    for format in ["dot", "mermaid", "json"] {
        let out = draw(&project, &["--format", format]).stdout;
        for bad in ["\u{1b}", "\u{202e}", "##[", "\n::", "bWFkZS11cA", "&lt;", "&#27;"] {
            let is_plain = format == "json" && bad.starts_with('&');
            assert!(is_plain || !out.contains(bad), "{format}: {bad:?} in {out}");
        }
    }
    let dot = draw(&project, &[]).stdout;
    let nodes = dot.lines().filter(|line| line.trim_start().starts_with('n') && line.contains("shape="));
    assert_eq!(nodes.clone().count(), count);
    for line in dot.lines() {
        assert!(outside_of_strings(line).is_some_and(|rest| !rest.contains("evil")), "{line}");
    }
    let mermaid = draw(&project, &["--format", "mermaid"]).stdout;
    let is_node = |line: &&str| line.starts_with('n') && !line.contains("-->") && !line.contains("node");
    assert_eq!(mermaid.lines().filter(is_node).count(), count, "{mermaid}");
    for bad in ["%", "<img", "`", "style:", "init:"] {
        assert!(!mermaid.contains(bad), "{bad} in {mermaid}");
    }
    for line in mermaid.lines() {
        assert!(outside_of_strings(line).is_some_and(|rest| !rest.contains("click")), "{line}");
    }
    let strings = mermaid.lines().map(|line| line.matches('"').count());
    assert!(strings.into_iter().all(|quotes| quotes == 0 || quotes == 2), "{mermaid}");
}

/// A line of DOT without its strings; `None` if one does not end.
fn outside_of_strings(line: &str) -> Option<String> {
    let (mut rest, mut is_inside, mut is_escaped) = (String::new(), false, false);
    for c in line.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_inside => is_escaped = true,
            '"' => is_inside = !is_inside,
            c if !is_inside => rest.push(c),
            _ => {}
        }
    }
    (!is_inside).then_some(rest)
}

#[test]
fn exit_status_says_whether_anything_was_read() {
    let project = Project::new(&[
        ("none/a.yaml", "a: b\n"),
        ("map/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"),
    ]);
    for (arguments, status, says) in [
        (&["none", "--no-world"][..], 3, "no Kubernetes object found\n"),
        (&["map"], 0, "no such identity is defined or named\n"),
        (&["gone"], 2, "does not exist"),
        (&["map", "--format", "svg"], 2, "invalid value"),
    ] {
        let outcome = project.run(&[&["graph"], arguments].concat());
        assert_eq!(outcome.status, status, "{arguments:?}");
        assert!(outcome.stderr.contains(says), "{arguments:?}: {}", outcome.stderr);
    }
}

#[test]
fn a_crowd_is_worked_through() {
    let objects = (0..10_000).map(|number| {
        format!(
            "- {{apiVersion: v1, kind: ServiceAccount, metadata: {{name: a{number}, namespace: n}}}}\n\
             - {{apiVersion: v1, kind: Pod, metadata: {{name: p, namespace: n}}, spec: {{serviceAccountName: a{number}}}}}\n"
        )
    });
    let group =
        binding("ClusterRoleBinding", "view").replace("ClusterRoleBindings", "system:serviceaccounts:n");
    let text = format!("apiVersion: v1\nkind: List\nitems:\n{}{group}", objects.collect::<String>());
    let outcome = draw(&Project::new(&[("all.yaml", &text)]), &["--format", "mermaid"]);
    assert!(outcome.stdout.lines().count() > 40_000, "nodes, runs as, member of");
    assert!(outcome.stderr.contains("more than Mermaid draws"), "{}", outcome.stderr);
}
