//! The command as its users meet it: arguments, streams, files, exit status.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::project::{Outcome, PINNED, Project};

const CLEAN: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: app\n";

#[test]
fn help_teaches() {
    let project = Project::new(&[]);
    let help = project.run(&["--help"]);
    assert_eq!(help.status, 0);
    for verb in ["check", "identities", "graph", "token", "rules", "explain", "init", "config", "completions"]
    {
        assert!(help.stdout.contains(&format!("\n  {verb} ")), "{verb}");
    }
    let check = project.run(&["check", "--help"]).stdout;
    for text in
        ["Examples:", "[env: SAUDIT_FAIL_ON", "[default: medium]", "FORMAT[=PATH]", "--stdin-filename"]
    {
        assert!(check.contains(text), "{text}");
    }
    assert!(!check.contains("--today"), "only for tests");
    assert_eq!(project.run(&[]).status, 2, "nothing to do is a mistake");
}

#[test]
fn exit_status_says_what_was_found() {
    let gate = "{{- if semverCompare \">=1.24\" .Capabilities.KubeVersion.Version }}\na: {{ .Values.a }}\n{{- end }}\n";
    let project = Project::new(&[
        ("clean/sa.yaml", CLEAN),
        ("pinned/secret.yaml", PINNED),
        ("none/a.yaml", "a: b\n"),
        ("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 1.0.0\n"),
        ("chart/templates/all.yaml", gate),
    ]);
    for (arguments, status) in [
        (&["clean"][..], 0),
        (&["pinned"], 1),
        (&["pinned", "--fail-on", "critical"], 0),
        (&["pinned", "--fail-on", "never"], 0),
        (&["pinned", "--exit-zero"], 0),
        (&["chart", "--no-world"], 1),
        (&["none"], 0),
        (&["none", "--no-world"], 3),
        (&["none", "--no-world", "--allow-empty"], 0),
        (&["none", "--no-world", "--exit-zero"], 3),
        (&["none/a.yaml", "--force-exclude"], 0),
        (&["none", "pinned"], 1),
        (&["missing"], 2),
        (&["pinned", "missing", "--exit-zero"], 2),
        (&["clean", "--no-such-flag"], 2),
        (&["clean", "--output", "yaml"], 2),
        (&["clean", "--kube-version", "latest"], 2),
    ] {
        let arguments: Vec<_> = ["check"].iter().chain(arguments).copied().collect();
        let outcome = project.run(&arguments);
        assert_eq!(outcome.status, status, "{arguments:?}: {outcome:?}");
    }
}

#[test]
fn what_cannot_be_read_fails_the_run_only_if_it_was_named() {
    let project = Project::new(&[("sa.yaml", CLEAN)]);
    fs::write(project.path("binary.yaml"), b"\0\x01").unwrap();
    assert_eq!(project.run(&["check"]).status, 0);
    assert_eq!(project.run(&["check", "--strict"]).status, 2);
    let named = project.run(&["check", "sa.yaml", "binary.yaml"]);
    assert_eq!(named.status, 2);
    assert!(named.stdout.contains("binary (NUL at byte 0)"), "{named:?}");
}

#[test]
fn every_format_has_the_same_exit_status() {
    let project = Project::new(&[("secret.yaml", PINNED)]);
    for format in ["text", "concise", "json", "sarif", "github", "gitlab"] {
        let outcome = project.run(&["check", "--output", format]);
        assert_eq!((outcome.status, outcome.stdout.is_empty()), (1, false), "{format}");
    }
}

#[test]
fn reports_go_to_files_and_one_to_standard_output() {
    let project = Project::new(&[("secret.yaml", PINNED)]);
    let outcome = project.run(&["check", "-o", "sarif=report.sarif", "-o", "concise"]);
    assert!(outcome.stdout.contains("pinned-token-uid"));
    let sarif: Value =
        serde_json::from_str(&fs::read_to_string(project.path("report.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    for (outputs, message) in [
        (["text", "json"], "only one report can go to standard output"),
        (["text", "json=missing/report.json"], "cannot write"),
    ] {
        let outcome = project.run(&["check", "-o", outputs[0], "-o", outputs[1]]);
        assert_eq!(outcome.status, 2);
        assert!(outcome.stderr.contains(message), "{outcome:?}");
    }
    assert!(!project.path("missing").exists());
}

#[test]
fn standard_input_has_a_name() {
    let project = Project::new(&[("saudit.yaml", "overrides: [{paths: [legacy/], disable: [token]}]\n")]);
    let named =
        |name: &str| project.run_with_stdin(&["check", "-", "--stdin-filename", name, "-o", "json"], PINNED);
    let outcome = named("deploy/secret.yaml");
    assert_eq!(outcome.status, 1, "{outcome:?}");
    assert!(outcome.stdout.contains("\"deploy/secret.yaml\""));
    assert!(!named("legacy/secret.yaml").rules().contains(&"pinned-token-uid".to_owned()));
    let unnamed = project.run_with_stdin(&["check", "-"], PINNED);
    assert!(unnamed.stdout.contains("<stdin>"), "{unnamed:?}");
    assert_eq!(project.run_with_stdin(&["check", "-"], "").status, 3);
    let mended = project.run(&["check", "-", "--fix"]);
    assert_eq!((mended.status, mended.stderr.contains("--diff")), (2, true));
}

#[test]
fn rules_can_be_selected_and_ignored() {
    let project = Project::new(&[("secret.yaml", PINNED)]);
    let rules = |arguments: &[&str]| {
        let arguments: Vec<_> = ["check", "-o", "json"].iter().chain(arguments).copied().collect();
        project.run(&arguments).rules()
    };
    assert_eq!(rules(&["--select", "pinned-token-uid"]), ["pinned-token-uid"]);
    assert!(!rules(&["--ignore", "pinned-token-uid"]).contains(&"pinned-token-uid".to_owned()));
    assert!(rules(&["--select", "pinned-token-uid", "--min-severity", "critical"]).is_empty());
    let wrong = project.run(&["check", "--select", "pined-token-uid"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("Did you mean `pinned-token-uid`?"), "{wrong:?}");
}

#[test]
fn settings_come_from_file_environment_and_command_line() {
    let project = Project::new(&[("saudit.yaml", "fail-on: never\n"), ("secret.yaml", PINNED)]);
    assert_eq!(project.run(&["check"]).status, 0);
    assert_eq!(project.run(&["check", "--no-config"]).status, 1);
    let with_environment = |arguments: &[&str]| {
        project.command(arguments).env("SAUDIT_FAIL_ON", "high").output().unwrap().status.code()
    };
    assert_eq!(with_environment(&["check", "-q"]), Some(1));
    assert_eq!(with_environment(&["check", "-q", "--fail-on", "critical"]), Some(0));
}

#[test]
fn the_configuration_excludes_and_accepts() {
    let project = Project::new(&[
        (
            "saudit.yaml",
            "exclude: [old/]\nignore: [{rule: pinned-token-uid, paths: [ci/], reason: legacy}]\n",
        ),
        ("old/secret.yaml", PINNED),
        ("ci/secret.yaml", PINNED),
    ]);
    let pinned = |arguments: &[&str]| {
        let arguments: Vec<_> = ["check", "-o", "json", "--select", "pinned-token-uid"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        project.run(&arguments).rules().len()
    };
    assert_eq!(pinned(&[]), 0);
    assert_eq!(pinned(&["--no-ignores"]), 1);
    assert_eq!(pinned(&["old/secret.yaml"]), 1, "named");
    assert_eq!(pinned(&["old/secret.yaml", "--force-exclude"]), 0);
}

#[test]
fn an_accepted_finding_that_is_not_there_is_reported_in_the_configuration() {
    let config = "ignore:\n- rule: pinned-token-uid\n  reason: legacy\n";
    let project = Project::new(&[("saudit.yaml", config), ("sa.yaml", CLEAN)]);
    let outcome = project.run(&["check", "-o", "concise"]);
    assert!(outcome.stdout.starts_with("saudit.yaml:2:9: "), "{outcome:?}");
    assert!(outcome.stdout.contains("unused-suppression"), "{outcome:?}");
}

#[test]
fn overrides_hold_for_their_paths() {
    let config = "overrides: [{paths: [test/], disable: [pinned-token-uid]}]\n";
    let project =
        Project::new(&[("saudit.yaml", config), ("test/secret.yaml", PINNED), ("prod/secret.yaml", PINNED)]);
    let outcome = project.run(&["check", "-o", "concise"]);
    let places: Vec<_> = outcome.stdout.lines().filter(|line| line.contains("pinned-token-uid")).collect();
    assert_eq!(places.len(), 1, "{outcome:?}");
    assert!(places[0].starts_with("prod/secret.yaml:"));
}

#[test]
fn a_wrong_configuration_is_explained() {
    let project = Project::new(&[("saudit.yaml", "min-severty: high\n"), ("sa.yaml", CLEAN)]);
    let outcome = project.run(&["check"]);
    assert_eq!(outcome.status, 2);
    for text in ["saudit.yaml:1:1", "min-severty", "Did you mean `min-severity`?"] {
        assert!(outcome.stderr.contains(text), "{outcome:?}");
    }
    assert_eq!(project.run(&["check", "--config", "none.yaml"]).status, 2);
    let hostile = Project::new(&[("saudit.yaml", "\"\\e[31m\\n::error::\": 1\n")]).run(&["check"]);
    assert_eq!(hostile.status, 2);
    assert!(!hostile.stderr.contains('\x1b') && !hostile.stderr.contains("\n::"), "{hostile:?}");
}

#[test]
fn fixes_are_shown_or_written() {
    let project = Project::new(&[("secret.yaml", PINNED)]);
    let select = ["--select", "pinned-token-uid"];
    let diff = project.run(&["check", "--diff", "--unsafe-fixes", select[0], select[1]]);
    assert_eq!(diff.status, 1);
    assert!(diff.stdout.contains("-    kubernetes.io/service-account.uid"), "{diff:?}");
    assert_eq!(fs::read_to_string(project.path("secret.yaml")).unwrap(), PINNED);
    let both = project.run(&["check", "--diff", "--unsafe-fixes", "-o", "text", "-o", "concise=report"]);
    assert!(both.stdout.starts_with("--- a/secret.yaml"), "the difference stands alone: {both:?}");
    assert!(fs::read_to_string(project.path("report")).unwrap().contains("pinned-token-uid"));
    let fixed = project.run(&["check", "--fix", "--unsafe-fixes", select[0], select[1]]);
    assert_eq!(fixed.status, 0, "{fixed:?}");
    assert!(fixed.stderr.contains("mended 1 finding in 1 file"), "{fixed:?}");
    let text = fs::read_to_string(project.path("secret.yaml")).unwrap();
    assert!(!text.contains("service-account.uid") && text.contains("service-account.name"), "{text}");
}

/// The text of a file after `--add-ignore=why` on all of `rules`, which must hide them and leave nothing to report.
fn ignored(name: &str, text: &str, rules: &str) -> String {
    let project = Project::new(&[(name, text)]);
    let outcome = project.run(&["check", "--select", rules, "--add-ignore=why"]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let again = project.run(&["check", "--select", &format!("{rules},unused-suppression"), "-o", "json"]);
    assert_eq!((again.status, again.rules()), (0, vec![]), "{again:?}");
    fs::read_to_string(project.path(name)).unwrap()
}

#[test]
fn findings_can_be_ignored_where_they_are() {
    let rules = "pinned-token-uid,invalid-name";
    let text = &PINNED.replace("app-token", "App_token");
    let uid = "    kubernetes.io/service-account.uid: 2c9c8ad2-3c1f-4a3e-8a7b-6a2f1f0f0b11";
    let expected = text
        .replace(uid, &format!("{uid} # saudit: ignore[pinned-token-uid] why"))
        .replace("App_token\n", "App_token # saudit: ignore[invalid-name] why\n");
    assert_eq!(ignored("a.yaml", text, rules), expected);
    let dos = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(ignored("a.yaml", &dos(text), rules), dos(&expected), "line ends stay");
    let marked = |text: &str| format!("\u{feff}{}", text.trim_end());
    assert_eq!(
        ignored("a.yaml", &marked(text), rules),
        marked(&expected),
        "so do byte order mark and last line"
    );
}

#[test]
fn what_a_line_says_already_is_heeded() {
    let rules = "long-lived-token-secret";
    let secret = |end: &str| {
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a, annotations: {kubernetes.io/service-account.name: a}}\n"
            .to_owned()
            + &format!("type: kubernetes.io/service-account-token{end}\n")
    };
    for (before, after) in [
        (" # note", " # note # saudit: ignore[long-lived-token-secret] why"),
        (" # saudit: ignore[] x", " # saudit: ignore[long-lived-token-secret] x"),
        (" # saudit: ignore[wrong-type] x", " # saudit: ignore[wrong-type, long-lived-token-secret] x"),
    ] {
        assert_eq!(ignored("a.yaml", &secret(before), rules), secret(after));
    }
    let expired = secret(" # saudit: ignore[long-lived-token-secret] until=2020-01-01");
    let above = expired.replace("type:", "# saudit: ignore[long-lived-token-secret] why\ntype:");
    assert_eq!(ignored("a.yaml", &expired, rules), above);
}

#[test]
fn a_comment_is_put_only_where_yaml_takes_it() {
    let tabs = "# first\napiVersion: v1\nkind: Pod\nspec:\n\tcontainers: []\n";
    let head = "---\n# saudit: ignore[invalid-yaml] why\n";
    assert_eq!(ignored("a.yaml", &format!("---\n{tabs}"), "invalid-yaml"), format!("{head}{tabs}"));
    let quoted = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: \"A\n    b\"\n";
    let above = quoted.replace("  name", "  # saudit: ignore[invalid-name] why\n  name");
    assert_eq!(ignored("a.yaml", quoted, "invalid-name"), above);
    let block = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: |\n    A b\n";
    let behind = block.replace('|', "| # saudit: ignore[invalid-name] why");
    assert_eq!(ignored("a.yaml", block, "invalid-name"), behind);
}

#[test]
fn what_has_no_comments_is_left_alone_and_said() {
    let json = "{\"apiVersion\": \"v1\", \"kind\": \"ServiceAccount\", \"metadata\": {\"name\": \"A\"}}\n";
    let rendered = format!("# Source: a/templates/a.yaml\n{}", CLEAN.replace("app", "B"));
    let project =
        Project::new(&[("a.json", json), ("b.yaml", &rendered), ("c.yaml", &CLEAN.replace("app", "C"))]);
    let difference = project.run(&["check", "--select", "invalid-name", "--add-ignore", "--diff"]);
    assert_eq!(difference.status, 1);
    assert!(difference.stdout.contains("+  name: C # saudit: ignore[invalid-name]\n"), "{difference:?}");
    assert_eq!(difference.stdout.matches("+++").count(), 1, "{difference:?}");
    let outcome = project.run(&["check", "--select", "invalid-name", "--add-ignore"]);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    let said = "ignored 1 finding in 1 file; 2 findings have no place for a comment";
    assert!(outcome.stderr.contains(said), "{outcome:?}");
    assert_eq!(fs::read_to_string(project.path("a.json")).unwrap(), json);
    assert_eq!(fs::read_to_string(project.path("b.yaml")).unwrap(), rendered);
}

#[test]
fn ignoring_needs_files_and_the_reason_that_is_asked_for() {
    let project = Project::new(&[("saudit.yaml", "require-reason: true\n"), ("a.yaml", PINNED)]);
    for arguments in [&["--add-ignore"][..], &["--add-ignore=until=2027-01-01"], &["--add-ignore=a\nb"]] {
        assert_eq!(project.run(&[&["check"], arguments].concat()).status, 2, "{arguments:?}");
    }
    assert_eq!(project.run(&["check", "-", "--add-ignore=why"]).status, 2);
    assert_eq!(project.run(&["check", "--add-ignore=why", "--fix"]).status, 2);
    assert_eq!(fs::read_to_string(project.path("a.yaml")).unwrap(), PINNED);
}

#[test]
fn findings_in_utf16_have_their_places() {
    let project = Project::new(&[]);
    let bytes: Vec<u8> = format!("\u{feff}{PINNED}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(project.path("a.yaml"), &bytes).unwrap();
    let select = ["check", "--select", "pinned-token-uid"];
    let outcome = project.run(&[&select[..], &["-o", "concise"]].concat());
    assert!(outcome.stdout.starts_with("a.yaml:7:5: "), "{outcome:?}");
    let shown = project.run(&select);
    assert!(shown.stdout.contains("kubernetes.io/service-account.uid: "), "{shown:?}");
    for change in ["--unsafe-fixes", "--add-ignore"] {
        assert_eq!(project.run(&[&select[..], &[change]].concat()).status, 1);
        assert_eq!(fs::read(project.path("a.yaml")).unwrap(), bytes, "{change}");
    }
}

#[test]
fn an_output_that_cannot_be_written_says_why_once() {
    let outcome = Project::new(&[("a.yaml", CLEAN)]).run(&["check", "-o", "sarif=none/a.sarif"]);
    assert_eq!(outcome.status, 2);
    assert_eq!(outcome.stderr.matches("No such file").count(), 1, "{outcome:?}");
    assert!(!outcome.stderr.contains(".saudit-"), "{outcome:?}");
}

#[test]
fn a_failure_is_explained_whatever_the_format() {
    let project = Project::new(&[("nul.yaml", "a: \0\n"), ("none/a.yaml", "a: b\n")]);
    for format in [&["-q"][..], &["-o", "concise"], &["-o", "json"], &["-o", "gitlab"], &["--statistics"]] {
        let skipped = project.run(&[&["check", "nul.yaml"], format].concat());
        assert_eq!(
            (skipped.status, skipped.stderr.as_str()),
            (2, "skipped nul.yaml: binary (NUL at byte 3)\n")
        );
        let nothing = project.run(&[&["check", "none"], format].concat());
        assert_eq!(nothing.status, 3);
        assert!(nothing.stderr.starts_with("no Kubernetes object found"), "{nothing:?}");
    }
    let verbose = project.run(&["check", "-v", "-o", "concise", "--allow-empty"]);
    assert_eq!((verbose.status, verbose.stderr.as_str()), (0, "skipped nul.yaml: binary (NUL at byte 3)\n"));
    assert_eq!(project.run(&["check", "nul.yaml"]).stderr, "", "the summary says it");
}

#[test]
fn files_and_settings_can_be_shown() {
    let project = Project::new(&[
        (".gitignore", "build/\n"),
        ("build/a.yaml", CLEAN),
        ("b.yaml", CLEAN),
        ("a/.hidden/c.json", "{}"),
        ("saudit.yaml", "namespace: prod\n"),
    ]);
    let files = project.run(&["check", "--show-files"]);
    assert_eq!((files.status, files.stdout.as_str()), (0, "a/.hidden/c.json\nb.yaml\n"));
    let settings = project.run(&["check", "--show-settings", "--fail-on", "high"]).stdout;
    for line in ["namespace: prod\n", "fail-on: high\n", "persona: regular\n", "max-file-size: 32M\n"] {
        assert!(settings.contains(line), "{settings}");
    }
}

#[test]
fn statistics_count_rules() {
    let project = Project::new(&[("a.yaml", PINNED), ("b.yaml", PINNED)]);
    let outcome = project.run(&["check", "--statistics", "--select", "pinned-token-uid"]);
    let words: Vec<_> = outcome.stdout.split_whitespace().take(3).collect();
    assert_eq!(words, ["2", "high", "pinned-token-uid"]);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let project = Project::new(&[("a.yaml", PINNED), ("b/c.yaml", PINNED), ("d.yaml", CLEAN)]);
    let one = project.run(&["check", "-o", "concise", "--threads", "1"]);
    let four = project.run(&["check", "-o", "concise", "--threads", "4"]);
    assert_eq!(one.stdout, four.stdout);
}

#[test]
fn rules_are_listed() {
    let project = Project::new(&[]);
    let table = project.run(&["rules"]).stdout;
    assert!(table.starts_with("RULE"), "{table}");
    let json: Value = serde_json::from_str(&project.run(&["rules", "--output", "json"]).stdout).unwrap();
    let rules = json["rules"].as_array().unwrap();
    assert_eq!(rules.len(), saudit::rules::ALL.len());
    for rule in rules {
        assert!(table.contains(rule["id"].as_str().unwrap()), "{rule}");
        assert!(rule["severity"].is_string() && rule["group"].is_string(), "{rule}");
    }
}

#[test]
fn every_rule_is_explained() {
    let project = Project::new(&[]);
    for rule in saudit::rules::ALL {
        let page = project.run(&["explain", rule.id]);
        assert_eq!(page.status, 0);
        assert!(
            page.stdout.starts_with(&format!("# {}\n\n{}\n", rule.id, rule.meta().title)),
            "{}",
            page.stdout
        );
        assert!(page.stdout.contains("## What it reports") && !page.stdout.contains('\x1b'));
    }
    let wrong = project.run(&["explain", "pinned-token-uuid"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("Did you mean `pinned-token-uid`?"), "{wrong:?}");
    let coloured = project.run(&["explain", "pinned-token-uid", "--color", "always"]);
    assert!(coloured.stdout.contains('\x1b'));
}

#[test]
fn init_writes_a_configuration_once() {
    let project = Project::new(&[("sa.yaml", CLEAN)]);
    assert_eq!(project.run(&["init"]).status, 0);
    assert_eq!(project.run(&["check"]).status, 0, "and it can be used");
    let again = project.run(&["init"]);
    assert_eq!(again.status, 2);
    assert!(again.stderr.contains("exists already"), "{again:?}");
    let hidden = Project::new(&[(".saudit.yaml", "")]);
    assert_eq!(hidden.run(&["init"]).status, 2);
    assert!(!hidden.path("saudit.yaml").exists());
}

#[test]
fn the_schema_is_json() {
    let schema: Value = serde_json::from_str(&Project::new(&[]).run(&["config", "schema"]).stdout).unwrap();
    assert!(schema["properties"]["fail-on"]["enum"].as_array().unwrap().contains(&"never".into()));
}

#[test]
fn completions_exist_for_shells() {
    let project = Project::new(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let outcome = project.run(&["completions", shell]);
        assert_eq!(outcome.status, 0);
        assert!(outcome.stdout.contains("stdin-filename"), "{shell}");
    }
}

#[test]
fn colours_are_for_terminals_or_on_demand() {
    let project = Project::new(&[("secret.yaml", PINNED)]);
    let colours = |arguments: &[&str], variable: &str| {
        let output = project.command(arguments).env(variable, "1").output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!colours(&["check"], "OTHER"));
    assert!(colours(&["check"], "FORCE_COLOR"));
    assert!(!colours(&["check"], "NO_COLOR"));
    assert!(colours(&["check", "--color", "always"], "NO_COLOR"));
    assert!(!colours(&["check", "--color", "never"], "FORCE_COLOR"));
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_error() {
    let files: Vec<_> = (0..200).map(|number| format!("{number}.yaml")).collect();
    let project = Project::new(&files.iter().map(|name| (name.as_str(), PINNED)).collect::<Vec<_>>());
    let mut command = project.command(&["check"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), &b""[..]));
}

#[test]
fn paths_are_shown_from_the_working_directory() {
    let project = Project::new(&[("deploy/secret.yaml", PINNED), ("saudit.yaml", "disable: [annotation]\n")]);
    let shown = |cwd: &Path, path: &str| {
        let mut command = project.command(&["check", "-o", "concise", path]);
        Outcome::from(command.current_dir(cwd).output().unwrap()).stdout
    };
    assert!(shown(&project.path("deploy"), ".").starts_with("secret.yaml:"));
    assert!(shown(project.folder.path(), "deploy").starts_with("deploy/secret.yaml:"));
}
