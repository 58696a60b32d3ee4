//! What a hostile repository may try: each would create a marker, and does when git is run as people run it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::testing::Repository;

/// Sets the trap; the command line creates the marker.
type Trap = fn(&Repository, &str);

/// The trap, how it is set, and an everyday command that falls into it.
const TRAPS: &[(&str, Trap, &[&str])] = &[
    (
        "file-system monitor",
        |it, run| {
            it.git(&["config", "core.fsmonitor", run]);
        },
        &["status"],
    ),
    ("clean filter", |it, run| filter(it, "evil", "clean", run), &["diff"]),
    (
        "required clean filter",
        |it, run| {
            it.git(&["config", "filter.evil.required", "true"]);
            filter(it, "evil", "clean", run);
        },
        &["diff"],
    ),
    ("process filter", |it, run| filter(it, "evil", "process", run), &["diff"]),
    ("filter with an odd name", |it, run| filter(it, "E.v=i..l", "clean", run), &["diff"]),
    ("filter that ends in a dot", |it, run| filter(it, "evil.", "process", run), &["diff"]),
    (
        "filter in an included file",
        |it, run| {
            it.git(&["config", "include.path", "../included"]);
            it.write("included", &format!("[filter \"evil\"]\nclean = \"{run}\""));
            it.write(".git/info/attributes", "*.yaml filter=evil");
        },
        &["diff"],
    ),
    (
        "filter in the worktree's configuration",
        |it, run| {
            it.git(&["config", "extensions.worktreeConfig", "true"]);
            it.git(&["config", "--worktree", "filter.evil.clean", run]);
            it.write(".gitattributes", "*.yaml filter=evil");
        },
        &["diff"],
    ),
    (
        "external diff",
        |it, run| {
            it.git(&["config", "diff.external", run]);
        },
        &["diff"],
    ),
    ("external diff of a driver", |it, run| driver(it, "command", run), &["diff"]),
    ("text conversion", |it, run| driver(it, "textconv", run), &["diff"]),
    (
        "hook",
        |it, run| {
            hook(&it.root.join(".git/hooks"), run);
        },
        &["add", "a.yaml"],
    ),
    (
        "hooks path",
        |it, run| {
            hook(&it.root.join("evil"), run);
            it.git(&["config", "core.hooksPath", "evil"]);
        },
        &["add", "a.yaml"],
    ),
    (
        "filter of a submodule",
        |it, run| {
            it.git(&["-C", "module", "config", "filter.evil.clean", run]);
            it.write("module/.git/info/attributes", "*.yaml filter=evil");
        },
        &["diff"],
    ),
];

#[test]
fn nothing_of_the_repository_runs() {
    for (name, set, fall) in TRAPS {
        let repository = repository();
        let marker = repository.beside("marker");
        set(&repository, &format!("touch {}; false", marker.display()));
        let changes = repository.changes();
        assert!(!marker.exists(), "{name}");
        assert!(changes.contains(&"a.yaml was a.yaml".to_owned()), "{name}: {changes:?}");
        let output = repository.command(fall).output().unwrap();
        assert!(marker.exists(), "{name} is no trap: {output:?}");
    }
}

/// A partial clone fetches an object that is missing, by a command of its configuration.
#[test]
fn nothing_is_fetched() {
    let repository = repository();
    let marker = repository.beside("marker");
    let blob = repository.git(&["rev-parse", "HEAD:a.yaml"]);
    for (key, value) in [
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "evil"),
        ("remote.evil.promisor", "true"),
        ("remote.evil.url", "/nowhere"),
        ("remote.evil.uploadPack", &format!("touch {}; false", marker.display())),
    ] {
        repository.git(&["config", key, value]);
    }
    let (folder, file) = blob.split_at(2);
    fs::remove_file(repository.root.join(".git/objects").join(folder).join(file)).unwrap();
    repository.remove("a.yaml");
    assert_eq!(repository.changes(), ["a.yaml (gone)"]);
    assert!(!marker.exists());
    repository.command(&["cat-file", "blob", &blob]).output().unwrap();
    assert!(marker.exists(), "nothing was missing");
}

/// A folder of the project that looks like a repository, with a configuration that came with the project.
#[test]
fn a_folder_is_no_repository() {
    let repository = repository();
    let marker = repository.beside("marker");
    let evil = repository.root.join("evil");
    repository.git(&["init", "--quiet", "--bare", "evil"]);
    let run = format!("touch {}; false", marker.display());
    for (key, value) in [("core.bare", "false"), ("core.worktree", ".."), ("core.fsmonitor", &run)] {
        repository.git(&["--git-dir=evil", "config", key, value]);
    }
    let error = super::changes(&evil, None, 1, &|_| true).unwrap_err();
    assert!(error.to_string().contains("safe.bareRepository"), "{error}");
    repository.command(&["-C", "evil", "status"]).output().unwrap();
    assert!(marker.exists(), "no trap");
}

/// `a.yaml` was changed without a change of size, as a file of the submodule was; `touched.yaml` only looks so.
fn repository() -> Repository {
    let repository = Repository::with(&["a.yaml", "touched.yaml"]);
    repository.git(&["init", "--quiet", "module"]);
    repository.write("module/sa.yaml", "old");
    repository.git(&["-C", "module", "add", "sa.yaml"]);
    repository.git(&["-C", "module", "commit", "--quiet", "--message=test"]);
    repository.git(&["-c", "advice.addEmbeddedRepo=false", "add", "module"]);
    repository.git(&["commit", "--quiet", "--message=test"]);
    repository.write("a.yaml", "b.yaml");
    repository.touch("touched.yaml");
    repository.write("module/sa.yaml", "new");
    repository
}

fn filter(repository: &Repository, name: &str, key: &str, run: &str) {
    repository.git(&["config", &format!("filter.{name}.{key}"), run]);
    repository.write(".gitattributes", &format!("*.yaml filter={name}"));
}

fn driver(repository: &Repository, key: &str, run: &str) {
    repository.git(&["config", &format!("diff.evil.{key}"), run]);
    repository.write(".gitattributes", "*.yaml diff=evil");
}

/// git runs it whenever it writes the index.
fn hook(folder: &std::path::Path, run: &str) {
    fs::create_dir_all(folder).unwrap();
    let hook = folder.join("post-index-change");
    fs::write(&hook, format!("#!/bin/sh\n{run}\n")).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
}
