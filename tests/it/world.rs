//! What is known beyond what is asked for: the rest of the repository, and what was there before a change.

use std::fs;

use crate::project::{Outcome, Project};

const ACCOUNT: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: builder\n  namespace: ci\n";
const OTHER: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: agent\n  namespace: ci\n";

/// A token Secret for the ServiceAccount `builder`.
const TOKEN: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: builder-token
  namespace: ci
  annotations:
    kubernetes.io/service-account.name: builder
type: kubernetes.io/service-account-token
";

const RULES: &str = "--select=token-for-unknown-service-account,token-in-other-namespace";

fn check(project: &Project, arguments: &[&str]) -> Outcome {
    project.run(&[&["check", RULES, "-o", "json"], arguments].concat())
}

fn repository(files: &[(&str, &str)]) -> Project {
    let project = Project::new(files);
    fs::remove_dir(project.path(".git")).unwrap();
    git(&project, &["init", "--quiet"]);
    commit(&project);
    project
}

fn commit(project: &Project) {
    git(project, &["add", "."]);
    git(project, &["commit", "--quiet", "--allow-empty", "-m", "more"]);
}

fn git(project: &Project, arguments: &[&str]) {
    let settings = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let mut command = std::process::Command::new("git");
    command
        .args(settings)
        .args(arguments)
        .current_dir(project.path(""))
        .env("GIT_CONFIG_GLOBAL", "/dev/null");
    assert!(command.status().unwrap().success());
}

#[test]
fn names_are_looked_up_in_the_rest_of_the_repository() {
    let project = Project::new(&[("a/sa.yaml", ACCOUNT), ("b/token.yaml", TOKEN), ("b/sa.yaml", OTHER)]);
    for arguments in [&["b"][..], &["b/token.yaml"], &["."]] {
        assert!(check(&project, arguments).rules().is_empty(), "{arguments:?}");
    }
    let alone = check(&project, &["--no-world", "b"]);
    assert_eq!(alone.rules(), ["token-for-unknown-service-account"]);
}

#[test]
fn a_file_alone_is_judged_by_what_stands_beside_it() {
    let project = Project::new(&[("sa.yaml", OTHER), ("token.yaml", TOKEN), ("below/sa.yaml", ACCOUNT)]);
    fs::remove_dir(project.path(".git")).unwrap();
    let found = check(&project, &["token.yaml"]).rules();
    assert_eq!(found, ["token-for-unknown-service-account"], "no repository, so no subfolders");
    assert!(check(&project, &["--root", ".", "token.yaml"]).rules().is_empty());
    let quiet = project.run(&["check", "--select=reference", "-o", "json", "--no-world", "token.yaml"]);
    assert!(quiet.rules().is_empty(), "what stands beside it may be anything: {quiet:?}");
}

#[test]
fn what_commands_create_is_known() {
    for (name, text) in [
        ("setup.sh", "kubectl create serviceaccount builder -n ci\n"),
        (
            ".github/workflows/e2e.yml",
            "jobs:\n  a:\n    steps:\n    - run: kubectl -n ci create sa builder\n",
        ),
        (
            "main.tf",
            "resource \"kubernetes_service_account\" \"a\" {\n  metadata {\n    name = \"builder\"\n    namespace = \"ci\"\n  }\n}\n",
        ),
    ] {
        let project = Project::new(&[("token.yaml", TOKEN), ("sa.yaml", OTHER), (name, text)]);
        assert!(check(&project, &["token.yaml"]).rules().is_empty(), "{name}");
    }
}

#[test]
fn what_is_not_to_be_reported_is_known_unless_git_ignores_it() {
    for (name, patterns, is_known) in [
        (".sauditignore", "accounts/\n", true),
        ("saudit.yaml", "exclude: [accounts/]\n", true),
        (".gitignore", "accounts/\n", false),
    ] {
        let files = [("accounts/sa.yaml", ACCOUNT), ("token.yaml", TOKEN), (name, patterns)];
        let rules = check(&Project::new(&files), &["."]).rules();
        assert_eq!(rules.is_empty(), is_known, "{name}: {rules:?}");
    }
}

#[test]
fn findings_elsewhere_are_counted_and_related_ones_shown() {
    let elsewhere = ACCOUNT.replace("ci", "tools");
    let project = Project::new(&[("a/sa.yaml", &elsewhere), ("a/token.yaml", TOKEN), ("b/sa.yaml", OTHER)]);
    let by_account = check(&project, &["a/sa.yaml"]);
    assert_eq!(by_account.rules(), ["token-in-other-namespace"], "the account is the other end");
    let apart = project.run(&["check", RULES, "b"]);
    assert_eq!(apart.status, 0);
    assert!(apart.stdout.contains("1 in files that were not asked for"), "{apart:?}");
}

#[test]
fn only_what_is_asked_for_is_mended() {
    let misspelled = TOKEN.replace(": builder\n", ": biulder\n");
    let project = Project::new(&[("sa.yaml", ACCOUNT), ("token.yaml", &misspelled)]);
    let found = check(&project, &["--unsafe-fixes", "sa.yaml"]);
    assert_eq!(found.rules(), ["token-for-unknown-service-account"]);
    assert_eq!(fs::read_to_string(project.path("token.yaml")).unwrap(), misspelled);
    assert!(check(&project, &["--unsafe-fixes", "token.yaml"]).rules().is_empty());
    assert_eq!(fs::read_to_string(project.path("token.yaml")).unwrap(), TOKEN);
}

#[test]
fn suppressions_hold_in_files_that_were_not_asked_for() {
    let elsewhere = ACCOUNT.replace("ci", "tools");
    let accepted = TOKEN.replace(
        "    kubernetes.io/service-account.name",
        "    # saudit: ignore[token-in-other-namespace] two releases\n    kubernetes.io/service-account.name",
    );
    let project = Project::new(&[("sa.yaml", &elsewhere), ("token.yaml", &accepted)]);
    let outcome = project.run(&["check", "-o", "json", "sa.yaml"]);
    assert!(outcome.rules().is_empty(), "neither the finding nor an unused suppression: {outcome:?}");
}

#[test]
fn a_deleted_account_leaves_its_secret_behind() {
    let project = repository(&[("sa.yaml", ACCOUNT), ("token.yaml", TOKEN), ("far/sa.yaml", OTHER)]);
    let nothing = check(&project, &["--changed"]);
    assert_eq!((nothing.status, nothing.rules().len()), (0, 0), "{nothing:?}");
    fs::remove_file(project.path("sa.yaml")).unwrap();
    let found = check(&project, &["--changed"]);
    assert_eq!((found.status, found.rules()), (1, vec!["token-for-unknown-service-account".to_owned()]));
    assert!(found.stdout.contains("ServiceAccount builder was defined here before"), "{found:?}");
    let text = project.run(&["check", RULES, "--changed"]);
    assert!(text.stdout.contains("token.yaml:7") && text.stdout.contains("sa.yaml:4"), "{text:?}");
    commit(&project);
    assert!(check(&project, &["--changed"]).rules().is_empty());
    assert_eq!(check(&project, &["--changed=HEAD~1"]).rules().len(), 1);
}

#[test]
fn only_changed_files_are_reported() {
    let pinned =
        TOKEN.replace("    kubernetes", "    kubernetes.io/service-account.uid: 1-2\n    kubernetes");
    let project = repository(&[("old.yaml", &pinned), ("sa.yaml", ACCOUNT)]);
    fs::write(project.path("new.yaml"), pinned.replace("builder-token", "builder-token-2")).unwrap();
    let outcome = project.run(&["check", "--select=pinned-token-uid", "-o", "concise", "--changed"]);
    assert!(outcome.stdout.contains("new.yaml") && !outcome.stdout.contains("old.yaml"), "{outcome:?}");
    let elsewhere =
        project.run(&["check", "--select=pinned-token-uid", "-o", "concise", "--changed", "sa.yaml"]);
    assert_eq!((elsewhere.status, elsewhere.stdout.as_str()), (0, ""), "{elsewhere:?}");
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let project = Project::new(&[("sa.yaml", ACCOUNT), ("token.yaml", TOKEN)]);
    fs::remove_dir(project.path(".git")).unwrap();
    git(&project, &["init", "--quiet"]);
    let outcome = project.run(&["check", "--changed"]);
    assert!(outcome.stdout.contains("checked 2 files"), "{outcome:?}");
}

#[test]
fn a_revision_that_is_none_is_said() {
    let project = repository(&[("sa.yaml", ACCOUNT)]);
    let unknown = project.run(&["check", "--changed=nowhere"]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("git knows no commit `nowhere`"), "{unknown:?}");
}
