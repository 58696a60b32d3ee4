//! `saudit token`: what a token or kubeconfig is good for.

use std::path::Path;

use serde_json::{Value, json};

use crate::project::{Outcome, Project};

const TODAY: [&str; 2] = ["--today", "2026-11-21"];

fn fixture(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap()
}

/// The first token in a fixture.
fn token(name: &str) -> String {
    let text = fixture(name);
    let at = text.find("eyJ").unwrap();
    let is_token = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    text.get(at..).unwrap().chars().take_while(|c| is_token(*c)).collect()
}

fn explain(input: &str, arguments: &[&str]) -> Outcome {
    let arguments: Vec<_> = ["token"].iter().chain(&TODAY).chain(arguments).copied().collect();
    Project::new(&[]).run_with_stdin(&arguments, input)
}

fn credentials(outcome: &Outcome) -> Vec<Value> {
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(report["version"], 1);
    report["credentials"].as_array().unwrap().clone()
}

#[test]
fn a_token_is_explained() {
    let token = token("committed-token/bad-anywhere.yaml");
    let explained = explain(&token, &[]);
    assert_eq!(explained.status, 0);
    for line in [
        "ServiceAccount ci/deployer\n",
        "  class     legacy: out of Secret ci/deployer-token\n",
        "  expires   never\n",
        "  instead   kubectl create token deployer --namespace ci\n",
        "  found     line 1\n",
    ] {
        assert!(explained.stdout.contains(line), "{line}{}", explained.stdout);
    }
    assert!(!explained.stdout.contains("eyJ"));
    let bound = credentials(&explain(&fixture("committed-token/bad-bound.yaml"), &["-o", "json"]));
    let facts = |item: &Value| {
        json!([
            item["line"],
            item["name"],
            item["class"],
            item["extended"],
            item["bound_to"],
            item["expired"]
        ])
    };
    assert_eq!(
        bound.iter().map(facts).collect::<Vec<_>>(),
        [
            json!([8, "deployer", "bound", false, null, false]),
            json!([10, "cart", "bound", true, {"kind": "Pod", "name": "cart-7d9f8b6c5-x7k2v"}, false]),
            json!([12, "cart", "bound", false, {"kind": "Secret", "name": "vault-login"}, false]),
            json!([14, "deployer", "bound", false, null, false]),
        ]
    );
    assert_eq!(bound[2]["instead"], "kubectl create token cart --namespace shop --audience vault.acme.io");
    assert_eq!(bound[0]["expires"], "2027-11-20T10:00:00Z");
}

#[test]
fn a_kubeconfig_is_explained_user_by_user() {
    let project =
        Project::new(&[("admin.conf", &fixture("static-kubeconfig-credential/bad-kubeconfig.yaml"))]);
    let json = project.run(&["token", "--today", "2026-11-21", "-o", "json", "admin.conf"]);
    let facts = |item: &Value| json!([item["user"], item["kind"], item["expired"]]);
    assert_eq!(
        credentials(&json).iter().map(facts).collect::<Vec<_>>(),
        [
            json!(["legacy", "service-account-token", false]),
            json!(["bound", "service-account-token", false]),
            json!(["oidc", "other-token", false]),
            json!(["robot-with-a-name-that-is-longer-than-any-message-may-be", "opaque-token", null]),
            json!(["basic", "password", null]),
            json!(["admin", "client-key", false]),
            json!(["far", "client-key", false]),
            json!(["old", "client-key", true]),
            json!(["half", "client-key", false]),
        ]
    );
    let text = project.run(&["token", "--today", "2026-11-21", "admin.conf"]).stdout;
    for line in [
        "  groups    system:masters\n",
        "  may       everything: RBAC does not bind system:masters\n",
        "  expires   2024-10-01 00:00:00 UTC, expired 781 days ago\n",
        "  found     line 42, user admin of a kubeconfig\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    for secret in ["eyJ", "31ada4fd", "8f6b2c9d", "LS0tLS1CRUdJTi"] {
        assert!(!text.contains(secret) && !json.stdout.contains(secret), "{secret}");
    }
    let good =
        credentials(&explain(&fixture("static-kubeconfig-credential/good-logins.yaml"), &["-o", "json"]));
    let kinds: Vec<_> = good.iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["token-file", "plugin", "client-key-file"]);
}

#[test]
fn tokens_are_found_in_whatever_holds_them() {
    for (input, line) in [
        (fixture("committed-token/bad-secret.yaml"), 13),
        (fixture("committed-token/bad-other-files/broken.yaml"), 2),
        (fixture("committed-token/bad-other-files/settings.json"), 1),
        (format!("Authorization: Bearer {}\n", token("committed-token/bad-anywhere.yaml")), 1),
    ] {
        let found = credentials(&explain(&input, &["--output", "json"]));
        assert_eq!((&found[0]["name"], &found[0]["line"]), (&json!("deployer"), &json!(line)));
    }
}

#[test]
fn a_secret_is_explained_once_for_each_token() {
    let found = credentials(&explain(&fixture("committed-token/bad-secret.yaml"), &["-o", "json"]));
    let kinds: Vec<_> = found.iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "service-account-token").count(), 4, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| **kind == "opaque-token").count(), 2, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| **kind == "other-token").count(), 1, "{kinds:?}");
}

#[test]
fn what_goes_wrong_is_said_without_the_token() {
    let token = token("committed-token/bad-anywhere.yaml");
    let project = Project::new(&[("empty", ""), ("sa.yaml", "apiVersion: v1\nkind: ServiceAccount\n")]);
    let short = token.get(..60).unwrap();
    for (arguments, status) in [
        (&["token", &token][..], 2),
        (&["token", short], 2),
        (&["token", "-", &token], 2),
        (&["token", "missing", short], 2),
        (&["token", "."], 2),
        (&["token", "empty"], 3),
        (&["token", "sa.yaml"], 3),
        (&["token"], 3),
    ] {
        let outcome = project.run(arguments);
        assert_eq!(outcome.status, status, "{outcome:?}");
        assert!(outcome.stdout.is_empty() && !outcome.stderr.is_empty());
        assert!(!outcome.stderr.contains("eyJ"), "{}", outcome.stderr);
    }
    let cut_off = explain(short, &[]);
    assert_eq!(cut_off.status, 3);
    assert!(!cut_off.stderr.contains("eyJ"));
}

#[test]
fn what_a_token_says_commands_nobody() {
    let text = "apiVersion: v1\nkind: Config\nusers:\n- name: \"a\\e[2J\\n::error::x\"\n  user:\n    tokenFile: \"b\\e[2J\\u202e\"\n";
    let explained = explain(text, &[]);
    assert_eq!(explained.status, 0);
    let is_bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!explained.stdout.contains(is_bad), "{:?}", explained.stdout);
    assert!(!explained.stdout.lines().any(|line| line.trim_start().starts_with("::")));
}

/// There is no Kubernetes object in it, but something to look at.
#[test]
fn a_token_in_values_fails_a_check() {
    let values = fixture("committed-token/bad-other-files/values.yaml");
    let project = Project::new(&[("values.yaml", &values)]);
    let check = project.run(&["check", "--output", "json"]);
    assert_eq!((check.status, check.rules().len()), (1, 2));
    assert_eq!(project.run(&["check", "--exit-zero"]).status, 0);
    assert_eq!(project.run(&["check", "--disable", "token"]).status, 3);
    let ignored: String = values
        .lines()
        .map(|line| {
            format!("{line}\n").replace("#~ committed-token", "# saudit: ignore[committed-token] known")
        })
        .collect();
    let project = Project::new(&[("values.yaml", &ignored)]);
    assert_eq!(project.run(&["check", "--persona", "auditor", "--allow-empty"]).status, 0);
}

#[test]
fn expiry_is_judged_on_the_day() {
    let project = Project::new(&[("a.yaml", &fixture("committed-token/bad-bound.yaml"))]);
    let on = |day: &str| project.run(&["check", "--today", day, "-o", "json"]).rules();
    assert_eq!(on("2026-11-21"), ["committed-token"; 4]);
    let later = on("2027-06-15");
    assert_eq!(later.iter().filter(|rule| *rule == "expired-committed-token").count(), 3);
    assert_eq!(on("2028-01-01"), ["expired-committed-token"; 4]);
}

#[test]
fn help_teaches() {
    let help = Project::new(&[]).run(&["token", "--help"]);
    assert_eq!(help.status, 0);
    for text in [
        "Examples:",
        "kubectl create token robot | saudit token",
        "Exit status:",
        "Usage: saudit token [OPTIONS] [FILE]\n",
    ] {
        assert!(help.stdout.contains(text), "{text}: {}", help.stdout);
    }
    assert!(!help.stdout.contains("--today"));
}

#[test]
fn what_a_plugin_is_given_is_explained() {
    let text = fixture("static-kubeconfig-credential/bad-plugins.yaml");
    let found = credentials(&explain(&text, &["-o", "json"]));
    let tokens = found.iter().filter(|item| item["kind"] == "opaque-token");
    let users: Vec<_> = tokens.map(|item| item["user"].as_str().unwrap()).collect();
    assert_eq!(users, ["argument", "argument", "environment", "provider"]);
}

/// clap quotes what it does not understand; that may be a token in the wrong place.
#[test]
fn wrong_arguments_are_not_repeated_where_they_may_be_secrets() {
    let token = token("committed-token/bad-anywhere.yaml");
    let (short, opaque) = (token.get(..60).unwrap(), "q8Zt-4vKx_2mWb7Rp9Lc");
    let run = |arguments: &[&str]| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_saudit"));
        let output = program.args(arguments).stdin(std::process::Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for secret in [&token, short, opaque] {
        let option = format!("--{secret}");
        for arguments in [
            &["token", &option][..],
            &["token", "--output", secret],
            &["check", "--select", secret],
            &["check", secret],
            &[secret],
            &["explain", secret],
        ] {
            let said = run(arguments);
            assert!(!said.is_empty() && !said.contains(secret), "{said}");
        }
    }
    assert!(run(&["check", "--outptu"]).contains("--outptu"), "what is no secret is repeated");
}

#[test]
fn wrapped_base64_is_decoded() {
    // What `base64 -w76` makes of a kubeconfig with a token that tells nothing of itself.
    let wrapped = "\
Y2x1c3RlcnM6IFt7Y2x1c3Rlcjoge3NlcnZlcjogeH19XQpjb250ZXh0czogW3tjb250ZXh0OiB7
Y2x1c3RlcjogYX19XQp1c2VyczogW3tuYW1lOiByb2JvdCwgdXNlcjoge3Rva2VuOiBxOFp0LTR2
S3hfMm1XYjdScDlMY319XQo=
";
    let found = credentials(&explain(wrapped, &["-o", "json"]));
    assert_eq!(found.len(), 1);
    assert_eq!(
        json!([found[0]["user"], found[0]["kind"], found[0]["line"]]),
        json!(["robot", "opaque-token", 1])
    );
}

#[test]
fn what_tells_nothing_is_answered_with_what_was_looked_for() {
    let credential = r#"{"kind": "ExecCredential", "status": {"token": "q8Zt-4vKx_2mWb7Rp9Lc"}}"#;
    for input in ["q8Zt-4vKx_2mWb7Rp9Lc\n", credential] {
        let outcome = explain(input, &[]);
        assert_eq!(outcome.status, 3);
        assert!(outcome.stderr.contains("no JSON Web Token"), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("A token of another kind tells nothing of itself"));
        assert!(!outcome.stderr.contains("q8Zt"));
    }
}

#[test]
fn settings_show_no_token() {
    let token = token("committed-token/bad-anywhere.yaml");
    let shown = Project::new(&[]).run(&["check", "--show-settings", "--namespace", &token]);
    assert!(!shown.stdout.contains("eyJ") && !shown.stderr.contains("eyJ"), "{}", shown.stderr);
}

#[test]
fn a_token_in_the_place_of_its_file_is_not_repeated() {
    let secret = "q8Zt-4vKx_2mWb7Rp9Lc";
    for user in ["tokenFile: X", "client-key: X", "exec: {apiVersion: v1, command: X}"] {
        let config = |text: &str| {
            format!(
                "apiVersion: v1\nkind: Config\nusers: [{{name: a, user: {{{}}}}}]\n",
                user.replace('X', text)
            )
        };
        for format in ["text", "json"] {
            let explained = explain(&config(secret), &["-o", format]);
            assert_eq!(explained.status, 0, "{user}");
            assert!(!explained.stdout.contains(secret), "{}", explained.stdout);
            let place = "/var/run/secrets/acme.io/2026/credentials";
            let explained = explain(&config(place), &["-o", format]);
            assert!(explained.stdout.contains(place), "{}", explained.stdout);
        }
    }
}
