//! Suppressions in scripts and documentation, written by people and by `--add-ignore`.

use std::fs;

use crate::project::Project;

const RULES: &str = "long-token-request,missing-service-account-annotation,misspelled-annotation";
/// So that there is something of Kubernetes.
const ACCOUNT: (&str, &str) =
    ("account.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: app\n");
const COMMAND: &str = "kubectl create token app --duration=9999h";

/// The text of a file after `--add-ignore=why`: all findings are hidden, and another run changes nothing.
fn ignored(name: &str, text: &str) -> String {
    let project = Project::new(&[(name, text), ACCOUNT]);
    let select = ["check", "--persona", "pedantic", "--select", RULES];
    assert_ne!(project.run(&select).status, 0, "{text}");
    let outcome = project.run(&[&select[..], &["--add-ignore=why"]].concat());
    assert_eq!(outcome.status, 0, "{name}\n{text}\n{outcome:?}");
    let rules = format!("{RULES},unused-suppression");
    let again = project.run(&["check", "--persona", "pedantic", "--select", &rules, "--add-ignore=why"]);
    assert_eq!(again.status, 0, "{again:?}");
    assert!(again.stderr.contains("ignored 0 findings"), "{again:?}");
    fs::read_to_string(project.path(name)).unwrap()
}

#[test]
fn findings_are_ignored_in_the_syntax_of_the_file() {
    let words = "saudit: ignore[long-token-request] why";
    for (name, before, expected) in [
        ("a.sh", "#!/bin/sh\nif a; then\n  CMD\nfi\n", "#!/bin/sh\nif a; then\n  # SAY\n  CMD\nfi\n"),
        ("a.sh", "a \\\n  && CMD\n", "# SAY\na \\\n  && CMD\n"),
        ("a.sh", "bash -c '\n  CMD\n'\n", "# SAY\nbash -c '\n  CMD\n'\n"),
        ("a.sh", "bash <<EOF\nCMD\nEOF\n", "# SAY\nbash <<EOF\nCMD\nEOF\n"),
        ("a.sh", "CMD\r\n", "# SAY\r\nCMD\r\n"),
        ("a.sh", "# saudit: ignore[x]\nCMD\nCMD\n", "# saudit: ignore[x]\n# SAY\nCMD\n# SAY\nCMD\n"),
        ("Makefile", "a:\n\tb\n\t@CMD\n", "a:\n\tb\n# SAY\n\t@CMD\n"),
        ("Dockerfile", "FROM a\nRUN b && \\\n  CMD\n", "FROM a\n# SAY\nRUN b && \\\n  CMD\n"),
        ("Jenkinsfile", "sh '''\n  CMD\n'''\n", "// SAY\nsh '''\n  CMD\n'''\n"),
        ("a.tf", "a {\n  b = \"CMD\"\n}\n", "a {\n  # SAY\n  b = \"CMD\"\n}\n"),
        ("a.tf", "a {\n  b = <<-EOT\n    CMD\n  EOT\n}\n", "a {\n  # SAY\n  b = <<-EOT\n    CMD\n  EOT\n}\n"),
        ("a.md", "a:\n```sh\nb\nCMD\n```\n", "a:\n<!-- SAY -->\n```sh\nb\nCMD\n```\n"),
        ("a.md", "1. a\n\n   ```sh\n   CMD\n   ```\n", "1. a\n\n   <!-- SAY -->\n   ```sh\n   CMD\n   ```\n"),
        ("a.md", "> ```\n> CMD\n> ```\n", "> <!-- SAY -->\n> ```\n> CMD\n> ```\n"),
        ("a.mdx", "```sh\nCMD\n```\n", "{/* SAY */}\n```sh\nCMD\n```\n"),
        ("a.adoc", "[source,sh]\n----\nCMD\n----\n", "// SAY\n[source,sh]\n----\nCMD\n----\n"),
        (
            "a.yml",
            "jobs:\n  a:\n    steps:\n      - run: |\n          b\n          CMD\n",
            "jobs:\n  a:\n    steps:\n      # SAY\n      - run: |\n          b\n          CMD\n",
        ),
    ] {
        let fill = |text: &str| text.replace("SAY", words).replace("CMD", COMMAND);
        assert_eq!(ignored(name, &fill(before)), fill(expected), "{name}");
    }
}

#[test]
fn findings_in_manifests_of_scripts_are_ignored_above_them() {
    let manifest =
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ntype: kubernetes.io/service-account-token\n";
    let comment = "saudit: ignore[missing-service-account-annotation] why";
    let script = format!("kubectl apply -f - <<EOF\n{manifest}EOF\n");
    assert_eq!(ignored("a.sh", &script), format!("# {comment}\n{script}"));
    let page = format!("```yaml\n{manifest}```\n");
    assert_eq!(ignored("a.md", &page), format!("<!-- {comment} -->\n{page}"));
}

#[test]
fn no_comment_is_put_where_it_could_change_something() {
    for (name, text) in [
        ("Makefile", "define a\nCMD\nendef\n"),
        ("a.ps1", "CMD\n"),
        ("a.sh", "CMD\necho it's\n"),
        ("a.md", "text\n\n    CMD\n"),
        ("a.md", "- ```sh\n  CMD\n  ```\n"),
        ("a.rst", "a::\n\n   CMD\n"),
    ] {
        let text = text.replace("CMD", COMMAND);
        let project = Project::new(&[(name, &text), ACCOUNT]);
        let outcome = project.run(&["check", "--select", RULES, "--add-ignore=why"]);
        assert_eq!(outcome.status, 1, "{text}\n{outcome:?}");
        assert!(outcome.stderr.contains("1 finding has no place for a comment"), "{outcome:?}");
        assert_eq!(fs::read_to_string(project.path(name)).unwrap(), text);
    }
}

#[test]
fn comments_of_people_are_heeded_where_they_stand() {
    for (name, text) in [
        ("a.md", "```sh\n# saudit: ignore[long-token-request] why\nCMD\n```\n"),
        ("a.md", "<!-- saudit: ignore[long-token-request] why -->\n\n```sh\nCMD\n```\n"),
        ("a.adoc", "// saudit: ignore[long-token-request] why\n----\nCMD\n----\n"),
        ("a.yml", "on: push\n# saudit: ignore[long-token-request] why\nrun: |\n  a\n  CMD\n"),
        ("a.yml", "on: push\nrun: |\n  a\n  # saudit: ignore[long-token-request] why\n  CMD\n"),
        ("a.yml", "on: push\nrun: CMD # saudit: ignore[long-token-request] why\n"),
    ] {
        let text = text.replace("CMD", COMMAND);
        let run = |text: &str| {
            let rules = "long-token-request,unused-suppression";
            Project::new(&[(name, text), ACCOUNT]).run(&["check", "--select", rules, "-o", "json"])
        };
        let outcome = run(&text);
        assert_eq!((outcome.status, outcome.rules()), (0, vec![]), "{text}");
        assert_eq!(run(&text.replace("saudit:", "")).rules(), ["long-token-request"], "{text}");
    }
}

#[test]
fn a_page_may_show_how_a_suppression_is_written() {
    let page = "```yaml\n# saudit: ignore[invalid-name] until=2020-01-01\na: b\n```\n";
    let project = Project::new(&[("a.md", page)]);
    let rules = "invalid-name,unused-suppression,expired-suppression";
    let outcome = project.run(&["check", "--select", rules, "-o", "json"]);
    assert_eq!(outcome.rules(), Vec::<String>::new(), "{outcome:?}");
}

#[test]
fn what_a_script_only_prints_is_for_those_who_want_to_hear_everything() {
    let page = "```yaml\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n  annotations:\n    b: 1\n```\n";
    for (name, text) in [
        ("a.sh", "echo 'run: CMD'\n"),
        ("a.sh", "cat <<EOF\nCMD\nEOF\n"),
        ("a.sh", "echo 'run: oc sa get-token app'\n"),
        ("a.yml", "run: |\n  a\n  echo 'run: CMD'\n"),
        ("a.md", page),
    ] {
        let project = Project::new(&[(name, &text.replace("CMD", COMMAND)), ACCOUNT]);
        // A rule that is asked for by its id speaks to everybody.
        let shown = |persona| project.run(&["check", "--persona", persona, "-o", "json"]).rules().len();
        assert_eq!((shown("regular"), shown("pedantic")), (0, 1), "{text}");
    }
}
