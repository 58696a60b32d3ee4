//! Names and values from strangers' files, in every verb and format: nothing that is printed moves a cursor, turns text
//! around, commands a CI runner, or becomes more than text in the language that it is printed in.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::project::{Outcome, Project};

/// Everything that means something somewhere.
const EVIL: &str = "evil\u{1b}[2J\u{1b}]8;;http://x\u{7}y\u{202e}\u{2066}z\u{9b}d\u{200b}\u{7f}\u{e0041}\n::error::evil\r\
                    ::set-output name=evil::b\u{85}##[error]evil\u{2028}##vso[task.complete]evil [l](http://evil) \
                    ![i](http://evil) <img src=evil> `evil` |evil| {0} =evil() ]]> --> %0A%22 %%{evil}%% \" ' & \\";
/// The same for where only one line fits.
const EVIL_LINE: &str = "evil\u{1b}[2J\u{202e}\u{9b} ##[error] ::error:: [l](evil) <b>&\"'|`{0}";

/// As a string of YAML.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\U{:08x}", u32::from(c)) })
        .collect();
    format!("\"{escaped}\"")
}

/// A token that says evil of everything. Its signature is made up.
fn token() -> String {
    let claims = json!({
        "iss": EVIL, "sub": format!("system:serviceaccount:{EVIL}:{EVIL}"), "aud": [EVIL], "exp": 9_999_999_999_u64,
        "kubernetes.io": {"namespace": EVIL, "serviceaccount": {"name": EVIL, "uid": EVIL}, "pod": {"name": EVIL}},
    });
    let parts = [json!({"alg": "RS256", "kid": EVIL}).to_string(), claims.to_string(), SIGNATURE.repeat(2)];
    parts.map(|part| base64(part.as_bytes())).join(".")
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let groups = bytes.chunks(3).flat_map(|group| {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | usize::from(group.get(at).copied().unwrap_or(0)));
        (0..=group.len()).map(move |digit| char::from(DIGITS[bits >> (18 - 6 * digit) & 63]))
    });
    groups.collect()
}

/// Twice it is as long as one that a key of 1024 bits makes.
const SIGNATURE: &str = "made up signature: no key has ever seen what it is said to sign.";
const RBAC: &str = "rbac.authorization.k8s.io";

/// Of every object: its name, namespace and a label.
fn metadata() -> String {
    let evil = quoted(EVIL);
    format!("metadata: {{name: {evil}, namespace: {evil}, labels: {{{evil}: {evil}}}}}")
}

fn secret() -> String {
    let (evil, of_token) = (quoted(EVIL), "kubernetes.io/service-account");
    let annotations =
        format!("{of_token}.name: {evil}, {of_token}.uid: {evil}, kubernetes.io/service-acount.name: {evil}");
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: {evil}, namespace: {evil}, annotations: \
         {{{annotations}}}}}\ntype: {of_token}-token\n"
    )
}

fn pod() -> String {
    let (evil, other) = (quoted(EVIL), quoted(&format!("{EVIL}2")));
    let token =
        format!("serviceAccountToken: {{audience: {evil}, expirationSeconds: 9999999, path: {evil}}}");
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {evil}, namespace: {evil}, annotations: \
         {{\"ignore.saudit/evil\\e\": {evil}}}}}\nspec:\n  serviceAccountName: {evil}\n  serviceAccount: {other}\n  \
         automountServiceAccountToken: {evil}\n  containers:\n  - {{name: {evil}, image: {evil}, volumeMounts: \
         [{{name: {evil}, mountPath: {evil}}}]}}\n  volumes:\n  - {{name: {evil}, secret: {{secretName: {evil}}}}}\n  \
         - {{name: t, projected: {{sources: [{{{token}}}]}}}}\n"
    )
}

/// Roles, and bindings of them and of cluster-admin.
fn rights() -> String {
    let (evil, metadata) = (quoted(EVIL), metadata());
    let subjects = format!(
        "subjects:\n- {{kind: ServiceAccount, name: {evil}, namespace: {evil}}}\n- {{kind: User, apiGroup: {RBAC}, name: \
         {evil}}}\n- {{kind: Group, name: {evil}}}\n- {{kind: {evil}, name: {evil}, apiGroup: {evil}}}\n"
    );
    let binding = |kind: &str, role: &str| {
        let reference = format!("roleRef: {{apiGroup: {RBAC}, kind: {kind}, name: {role}}}");
        format!("---\napiVersion: {RBAC}/v1\nkind: {kind}Binding\n{metadata}\n{reference}\n{subjects}")
    };
    let granted =
        format!("apiGroups: ['', {evil}], resources: [secrets, serviceaccounts/token, pods, {evil}]");
    let rules = format!(
        "- {{{granted}, verbs: [get, create, escalate, {evil}], resourceNames: [{evil}]}}\n- {{{granted}, verbs: \
         ['*']}}\n- {{nonResourceURLs: [{evil}], verbs: [get]}}"
    );
    let role =
        |kind: &str| format!("---\napiVersion: {RBAC}/v1\nkind: {kind}\n{metadata}\nrules:\n{rules}\n");
    // The API server takes these, whatever the names of users and resources.
    let taken = format!(
        "---\napiVersion: {RBAC}/v1\nkind: ClusterRole\nmetadata: {{name: taken}}\nrules:\n{rules}\n---\napiVersion: \
         {RBAC}/v1\nkind: ClusterRoleBinding\nmetadata: {{name: taken}}\nroleRef: {{apiGroup: {RBAC}, kind: ClusterRole, \
         name: taken}}\nsubjects: [{{kind: User, apiGroup: {RBAC}, name: {evil}}}, {{kind: Group, apiGroup: {RBAC}, \
         name: {evil}}}]\n"
    );
    let bindings = [("Role", &*evil), ("ClusterRole", &evil), ("ClusterRole", "cluster-admin")];
    bindings.map(|(kind, name)| binding(kind, name)).concat() + &role("Role") + &role("ClusterRole") + &taken
}

fn kubeconfig() -> String {
    let (evil, token) = (quoted(EVIL), token());
    let user = format!(
        "{{token: {token}, username: {evil}, tokenFile: {evil}, client-certificate: {evil}, exec: {{apiVersion: {evil}, \
         command: {evil}}}, auth-provider: {{name: {evil}}}}}"
    );
    format!(
        "apiVersion: v1\nkind: Config\nclusters: [{{name: {evil}, cluster: {{server: {evil}, \
         insecure-skip-tls-verify: true}}}}]\nusers: [{{name: {evil}, user: {user}}}]\ncontexts: [{{name: {evil}, \
         context: {{cluster: {evil}, user: {evil}, namespace: {evil}}}}}]\ncurrent-context: {evil}\n"
    )
}

fn script() -> String {
    let (line, lookup) = (EVIL_LINE.replace('\'', ""), "-o jsonpath='{.secrets[0].name}'");
    format!(
        "kubectl get sa \u{1b}[2J##[error]\u{202e} {lookup}\nkubectl create token '{line}' --duration 9999h\nkubectl \
         get secret $(kubectl get sa '{line}' {lookup})\n# saudit: ignore[{line}] {line}\n"
    )
}

fn template() -> String {
    let (secret, line) = (secret(), EVIL_LINE.replace('"', ""));
    format!(
        "{{{{ if semverCompare \">=1.24 {line}\" .Capabilities.KubeVersion.Version }}}}\n{secret}{{{{ end }}}}\n---\n\
         {{{{ if ge .Capabilities.KubeVersion.Minor \"24{line}\" }}}}\na: {{{{ .Values.a\u{1b} }}}}\n{{{{ broken \
         \u{1b}[2J"
    )
}

/// Manifests, scripts, charts and credentials in which all that can be a name is evil.
fn files() -> Vec<(&'static str, String)> {
    let (evil, line, metadata) = (quoted(EVIL), EVIL_LINE, metadata());
    let object = |kind: &str, rest: &str| format!("apiVersion: v1\nkind: {kind}\n{metadata}\n{rest}");
    let kinds = format!("apiVersion: {evil}\nkind: {evil}\n{metadata}\n---\n{}", object(&evil, ""));
    vec![
        ("sa.yaml", object("ServiceAccount", &format!("secrets: [{{name: {evil}}}]\n"))),
        ("secret.yaml", secret()),
        ("pod.yaml", pod()),
        ("rights.yaml", rights()),
        ("kubeconfig", kubeconfig()),
        ("token.txt", token()),
        ("broken.yaml", object("Pod", &format!("{evil}: &x *y\n\tb: {evil}\n"))),
        ("equal.yaml", object("Secret", &format!("stringData: {{{evil}: a, {evil}: b}}\n"))),
        ("kinds.yaml", kinds),
        ("ignore.yaml", format!("# saudit: ignore[{line}, wrong-type] until={line}\n{}", object("Pod", ""))),
        ("run.sh", script()),
        ("page.md", format!("```\n{}```\n", script())),
        (
            "kustomization.yaml",
            format!("resources: [sa.yaml, {evil}]\nnamespace: {evil}\nnamePrefix: {evil}\n"),
        ),
        ("chart/Chart.yaml", format!("apiVersion: v2\nname: {evil}\nversion: 1.0.0\nkubeVersion: {evil}\n")),
        ("chart/templates/a.yaml", template()),
        (".sauditignore", format!("a{{b{line}\n")),
    ]
}

/// A repository of these, and of files whose names are evil.
fn project() -> Project {
    let files = files();
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let project = Project::new(&files);
    let secret = fs::read(project.path("secret.yaml")).unwrap();
    let folder = project.path(&format!("{EVIL_LINE}\n::error::evil"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(format!("{EVIL_LINE}\n.yaml")), &secret).unwrap();
    fs::write(project.path("::error::evil.yaml"), secret).unwrap();
    fs::write(project.path("nul\u{1b}[2J##[error].yaml"), "a\0").unwrap();
    // Not every file system takes it.
    let _ = fs::write(project.folder.path().join(OsStr::from_bytes(b"\xff\x9b.yaml")), "a: b\n");
    std::os::unix::fs::symlink(EVIL_LINE, project.path("link\u{1b}[2J.yaml")).unwrap();
    project
}

/// What acts on a terminal or hides in text.
fn acts(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Asserts that text does nothing where it is printed. Only a report for GitHub has commands, and those for findings.
fn assert_harmless(text: &str, is_for_github: bool, what: &str) {
    let around = |at: usize| {
        let start = text.floor_char_boundary(at.saturating_sub(80));
        text.get(start..text.ceil_char_boundary(at + 40)).unwrap()
    };
    assert!(!text.contains(acts), "{what}: {:?}", around(text.find(acts).unwrap()));
    for command in ["##[", "##vso["] {
        assert!(!text.contains(command), "{what}: {:?}", around(text.find(command).unwrap()));
    }
    for line in text.lines().filter(|line| line.trim_start().starts_with("::")) {
        let is_ours = ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start));
        assert!(is_for_github && is_ours, "{what}: {line:?}");
    }
}

/// Runs it, and looks at both streams.
fn run(project: &Project, arguments: &[&str]) -> Outcome {
    let mut command = project.command(arguments);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let outcome = Outcome::from(output);
    let what = arguments.join(" ");
    assert_harmless(&outcome.stdout, arguments.contains(&"github"), &what);
    assert_harmless(&outcome.stderr, false, &what);
    assert!(!outcome.stderr.contains("internal error"), "{what}: {}", outcome.stderr);
    outcome
}

/// What lies outside of double quotes, in a language where a backslash escapes.
fn outside_of_quotes(text: &str) -> String {
    let (mut outside, mut is_quoted, mut is_escaped) = (String::new(), false, false);
    for c in text.chars() {
        if c == '"' && !is_escaped {
            is_quoted = !is_quoted;
        } else if !is_quoted {
            outside.push(c);
        }
        is_escaped = is_quoted && c == '\\' && !is_escaped;
    }
    outside
}

#[test]
fn reports() {
    let project = project();
    for format in ["text", "concise", "json", "sarif", "github", "gitlab"] {
        for more in [&[][..], &["--by-version", "--kube-version", "1.20..1.36"]] {
            let arguments = [&["check", "--persona", "auditor", "-v", "-o", format], more].concat();
            let report = run(&project, &arguments).stdout;
            assert!(report.contains("evil"), "{format}: names are told");
            if ["json", "sarif", "gitlab"].contains(&format) {
                serde_json::from_str::<Value>(&report).unwrap();
            }
        }
    }
}

#[test]
fn messages_of_sarif_have_no_links_and_no_placeholders_of_strangers() {
    let sarif = run(&project(), &["check", "--persona", "auditor", "-o", "sarif"]).stdout;
    let mut open = vec![serde_json::from_str::<Value>(&sarif).unwrap()["runs"][0]["results"].take()];
    let mut messages = 0;
    while let Some(value) = open.pop() {
        match value {
            Value::Array(values) => open.extend(values),
            Value::Object(members) => {
                if let Some(text) = members.get("text").and_then(Value::as_str) {
                    assert!(!text.contains("[l]("), "{text}");
                    messages += 1;
                }
                // Without arguments nothing is put in place of `{0}`.
                assert!(!members.contains_key("arguments"));
                open.extend(members.into_iter().filter(|(key, _)| key != "snippet").map(|(_, value)| value));
            }
            _ => {}
        }
    }
    assert!(messages > 20, "{messages}");
}

#[test]
fn what_is_not_a_report() {
    let project = project();
    let ignore = format!("--add-ignore={}", EVIL_LINE.replace(acts, "-"));
    for arguments in [
        &["--statistics"][..],
        &["--show-files"],
        &["--show-settings", "--namespace", EVIL],
        &["--unsafe-fixes", "--diff"],
        &[&ignore, "--diff"],
        &["--strict"],
        &["--namespace", EVIL],
    ] {
        run(&project, &[&["check", "--persona", "auditor"], arguments].concat());
    }
}

#[test]
fn other_verbs() {
    let project = project();
    let account = format!("system:serviceaccount:{EVIL}:{EVIL}");
    for (arguments, formats) in [
        (&["identities"][..], &["table", "full", "json"][..]),
        (&["identities", "--paths"], &["table", "full", "json"]),
        (&["identities", "--name", EVIL], &["table", "full", "json"]),
        (&["can-i", "--list", "--as", &account], &["text", "json"]),
        (&["can-i", "get", "secrets", "--as", &account, "-n", EVIL], &["text", "json"]),
        (&["can-i", EVIL, EVIL, "--as", EVIL, "--as-group", EVIL], &["text", "json"]),
        (&["who-can", "get", "secrets", "-A"], &["text", "json"]),
        (&["who-can", "create", "serviceaccounts/token", "-n", EVIL], &["text", "json"]),
        (&["who-can", EVIL, EVIL], &["text", "json"]),
        (&["token", "token.txt"], &["text", "json"]),
        (&["token", "kubeconfig"], &["text", "json"]),
        (&["token", "secret.yaml"], &["text", "json"]),
        (&["rules"], &["text", "json"]),
    ] {
        for format in formats {
            let outcome = run(&project, &[arguments, &["--output", format]].concat());
            if *format == "json" && !outcome.stdout.is_empty() {
                serde_json::from_str::<Value>(&outcome.stdout).unwrap();
            }
        }
    }
    for (arguments, is_told) in [
        (&["identities"][..], "evil"),
        (&["who-can", "get", "secrets", "-A"], "evil"),
        (&["can-i", "--list", "--as", EVIL], "evil"),
        (&["token", "token.txt"], "evil"),
    ] {
        let outcome = run(&project, arguments);
        assert!(outcome.stdout.contains(is_told), "{arguments:?}: {outcome:?}");
    }
}

#[test]
fn graphs() {
    let project = project();
    let graph = |format: &str| run(&project, &["graph", "--format", format]).stdout;
    serde_json::from_str::<Value>(&graph("json")).unwrap();
    for format in ["dot", "mermaid"] {
        let text = graph(format);
        assert!(text.contains("evil"), "{text}");
        assert!(!outside_of_quotes(&text).contains("evil"), "{format}: {text}");
    }
    let labels = graph("mermaid").replace("<br/>", "");
    assert!(!labels.contains(['<', '`', '%', '\\']), "{labels}");
}

#[test]
fn arguments_and_variables() {
    let project = Project::new(&[("sa.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n")]);
    for option in [
        "--select",
        "--root",
        "--config",
        "--output",
        "--kube-version",
        "--max-token-lifetime",
        "--max-file-size",
        "--threads",
        "--fail-on",
        "--namespace",
        "--stdin-filename",
    ] {
        run(&project, &["check", option, EVIL]);
    }
    let changed = format!("--changed={EVIL}");
    let unknown = format!("--{EVIL}");
    let ignore = format!("--add-ignore={EVIL}");
    for arguments in [
        &["check", EVIL][..],
        &["check", &changed],
        &["check", &unknown],
        &["check", &ignore],
        &["token", EVIL],
        &["explain", EVIL],
        &["completions", EVIL],
        &["config", EVIL],
        &[EVIL],
    ] {
        assert_eq!(run(&project, arguments).status, 2, "{arguments:?}");
    }
    for variable in ["SAUDIT_SELECT", "SAUDIT_OUTPUT", "SAUDIT_ROOT", "SAUDIT_COLOR", "SAUDIT_THREADS"] {
        let output = project.command(&["check"]).env(variable, EVIL).stdin(Stdio::null()).output().unwrap();
        assert_harmless(&Outcome::from(output).stderr, false, variable);
    }
}

#[test]
fn configurations() {
    let evil = quoted(EVIL);
    let project = Project::new(&[("sa.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n")]);
    let accepted = |more: &str| format!("ignore: [{{rule: wildcard-rule, reason: {evil}, {more}}}]\n");
    for text in [
        format!("{evil}: 1\n"),
        format!("select: [{evil}]\n"),
        format!("ignore: [{{rule: {evil}, reason: {evil}}}]\n"),
        accepted(&format!("object: {evil}")),
        accepted(&format!("paths: [{evil}]")),
        accepted(&format!("until: {evil}")),
        format!("exclude: [{}]\n", quoted(&format!("a{{b{EVIL}"))),
        format!("overrides: [{{paths: [{evil}], disable: [{evil}]}}]\n"),
        format!("kube-version: {evil}\n"),
        format!("namespace: {evil}\n"),
        format!("fail-on: {evil}\n"),
        "a: [\u{1b}[2J\u{202e}\n".to_owned(),
    ] {
        fs::write(project.path("saudit.yaml"), text).unwrap();
        for arguments in
            [&["check", "--persona", "auditor", "-v"][..], &["check", "--show-settings"], &["identities"]]
        {
            run(&project, arguments);
        }
    }
}

#[test]
fn the_name_of_standard_input() {
    let project = Project::new(&[]);
    let pinned = fs::read_to_string(
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/pinned-token-uid/bad-dump.yaml"),
    );
    for format in ["text", "concise", "json", "sarif", "github", "gitlab"] {
        let text = pinned.as_deref().unwrap();
        let outcome = project.run_with_stdin(&["check", "-", "--stdin-filename", EVIL, "-o", format], text);
        assert_harmless(&outcome.stdout, format == "github", format);
        assert_eq!(outcome.status, 1, "{outcome:?}");
    }
}
