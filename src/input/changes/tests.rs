use std::fs;

use super::testing::Repository;
use super::*;
use crate::input::{MAX_FILE_SIZE, is_read_by_default};

type Case = (&'static str, fn(&Repository), &'static [&'static str]);

#[test]
fn what_differs_from_the_last_commit() {
    let cases: &[Case] = &[
        ("nothing", |_| (), &[]),
        ("modified", |it| it.write("a.yaml", "new"), &["a.yaml was a.yaml"]),
        ("modified, same size", |it| it.write("a.yaml", "b.yaml"), &["a.yaml was a.yaml"]),
        ("only touched", |it| it.touch("a.yaml"), &[]),
        ("in a folder", |it| it.write("sub/b.yaml", "new"), &["sub/b.yaml was sub/b.yaml"]),
        ("deleted", |it| it.remove("a.yaml"), &["a.yaml (gone) was a.yaml"]),
        ("untracked", |it| it.write("new/c.yaml", "new"), &["new/c.yaml"]),
        ("ignored", |it| it.write("ignored.yaml", "new"), &[]),
        ("not read by default", |it| it.write("notes.txt", "new"), &["notes.txt"]),
        (
            "intended to be added",
            |it| {
                it.write("c.yaml", "new");
                it.git(&["add", "--intent-to-add", "c.yaml"]);
            },
            &["c.yaml"],
        ),
        (
            "staged",
            |it| {
                it.write("a.yaml", "new");
                it.write("c.yaml", "new");
                it.git(&["add", "a.yaml", "c.yaml"]);
            },
            &["a.yaml was a.yaml", "c.yaml"],
        ),
        (
            "staged, then modified",
            |it| {
                it.write("a.yaml", "new");
                it.git(&["add", "a.yaml"]);
                it.write("a.yaml", "newer");
            },
            &["a.yaml was a.yaml"],
        ),
        (
            "staged, then deleted",
            |it| {
                it.write("c.yaml", "new");
                it.git(&["add", "c.yaml"]);
                it.remove("c.yaml");
            },
            &[],
        ),
        (
            "renamed",
            |it| {
                it.git(&["config", "diff.renames", "copies"]);
                it.git(&["mv", "a.yaml", "c.yaml"]);
            },
            &["a.yaml (gone) was a.yaml", "c.yaml"],
        ),
        (
            "untracked from now on",
            |it| {
                it.git(&["rm", "--quiet", "--cached", "a.yaml"]);
            },
            &["a.yaml was a.yaml"],
        ),
        (
            "another repository inside",
            |it| {
                it.git(&["init", "--quiet", "other"]);
                it.write("other/c.yaml", "new");
            },
            &[],
        ),
        (
            "configured to be seen from elsewhere",
            |it| {
                it.git(&["config", "diff.autoRefreshIndex", "false"]);
                it.git(&["config", "diff.noPrefix", "true"]);
                it.git(&["config", "color.ui", "always"]);
                it.git(&["config", "core.quotePath", "true"]);
                it.touch("sub/b.yaml");
                it.write("ä.yaml", "new");
            },
            &["ä.yaml"],
        ),
    ];
    for (name, change, expected) in cases {
        let repository = Repository::with(&["a.yaml", "sub/b.yaml", "notes.txt", ".gitignore"]);
        repository.write(".git/info/exclude", "ignored.yaml");
        change(&repository);
        assert_eq!(repository.changes(), *expected, "{name}");
    }
}

#[test]
fn what_differs_from_a_revision() {
    let repository = Repository::with(&["a.yaml", "b.yaml", "c.yaml"]);
    repository.write("a.yaml", "second");
    repository.remove("b.yaml");
    repository.commit();
    repository.git(&["tag", "--annotate", "--message=test", "second"]);
    repository.write("a.yaml", "third");
    repository.write("d.yaml", "third");
    let since = |revision| repository.changes_since(Some(revision)).unwrap();
    assert_eq!(since("HEAD~1"), ["a.yaml was a.yaml", "b.yaml (gone) was b.yaml", "d.yaml"]);
    for revision in ["HEAD", "second", "@"] {
        assert_eq!(since(revision), ["a.yaml was second", "d.yaml"], "{revision}");
    }
}

#[test]
fn before_the_first_commit_all_is_new() {
    for format in ["sha1", "sha256"] {
        let repository = Repository::new();
        fs::remove_dir_all(repository.root.join(".git")).unwrap();
        repository.git(&["init", "--quiet", &format!("--object-format={format}")]);
        assert!(repository.changes().is_empty(), "{format}");
        repository.write("staged.yaml", "");
        repository.git(&["add", "staged.yaml"]);
        repository.write("untracked.yaml", "");
        assert_eq!(repository.changes(), ["staged.yaml", "untracked.yaml"], "{format}");
    }
}

#[test]
fn a_merge_conflict_is_a_change() {
    let repository = Repository::with(&["a.yaml"]);
    repository.git(&["branch", "other"]);
    repository.write("a.yaml", "ours");
    repository.commit();
    repository.git(&["checkout", "--quiet", "other"]);
    repository.write("a.yaml", "theirs");
    repository.commit();
    assert!(!repository.command(&["merge", "@{-1}"]).output().unwrap().status.success());
    assert_eq!(repository.changes(), ["a.yaml was theirs"]);
}

#[test]
fn only_what_lies_below_the_root() {
    let repository = Repository::with(&["a.yaml", "sub/a.yaml", "sub/deep/a.yaml", "submarine/a.yaml"]);
    for name in ["a.yaml", "sub/a.yaml", "sub/deep/new.yaml", "submarine/a.yaml"] {
        repository.write(name, "new");
    }
    repository.remove("sub/deep/a.yaml");
    let changes = changes(&repository.root.join("sub"), None, MAX_FILE_SIZE, &is_read_by_default).unwrap();
    let expected =
        ["sub/a.yaml was sub/a.yaml", "sub/deep/a.yaml (gone) was sub/deep/a.yaml", "sub/deep/new.yaml"];
    assert_eq!(repository.shown(&changes), expected);
}

#[test]
fn a_worktree_is_a_repository_too() {
    let repository = Repository::with(&["a.yaml"]);
    let root = repository.beside("worktree");
    repository.git(&["worktree", "add", "--quiet", root.to_str().unwrap()]);
    fs::write(root.join("a.yaml"), "new").unwrap();
    let changes = changes(&root, None, MAX_FILE_SIZE, &is_read_by_default).unwrap();
    let expected = Change { path: root.join("a.yaml"), exists: true, before: Some(b"a.yaml".to_vec()) };
    assert_eq!(changes, [expected]);
}

#[cfg(target_os = "linux")]
#[test]
fn names_hold_any_bytes() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    let names: Vec<_> = [
        &b" a b .yaml"[..],
        b"-a.yaml",
        b":a.yaml",
        b"\"a\"\\.yaml",
        b"\n:100644 a.yaml",
        b"\xff\xfe.yaml",
        b"\tA.yaml",
        b"M.yaml",
        b"*.yaml",
    ]
    .into_iter()
    .map(|name| OsString::from_vec(name.to_vec()))
    .collect();
    let repository = Repository::new();
    for name in &names {
        repository.write(name, "old");
    }
    repository.commit();
    for name in &names {
        repository.write(name, "new");
    }
    let untracked = OsString::from_vec(b"new\n\xff.yaml".to_vec());
    repository.write(&untracked, "new");
    let mut expected: Vec<_> = names.into_iter().map(|name| (name, Some(b"old".to_vec()))).collect();
    expected.push((untracked, None));
    expected.sort();
    let found = changes(&repository.root, None, MAX_FILE_SIZE, &|_| true).unwrap();
    let found: Vec<_> = found
        .into_iter()
        .map(|change| {
            (change.path.strip_prefix(&repository.root).unwrap().as_os_str().to_owned(), change.before)
        })
        .collect();
    assert_eq!(found, expected);
}

#[cfg(unix)]
#[test]
fn links_and_submodules_are_no_files() {
    use std::os::unix::fs::symlink;

    let repository = Repository::with(&["a.yaml", "b.yaml", "folder/c.yaml"]);
    let link = |to: &str, name: &str| {
        let _ = fs::remove_file(repository.root.join(name));
        symlink(to, repository.root.join(name)).unwrap();
    };
    repository.git(&["-c", "advice.addEmbeddedRepo=false", "init", "--quiet", "module.yaml"]);
    let module = repository.root.join("module.yaml");
    let commit = |text| {
        fs::write(module.join("sa.yaml"), text).unwrap();
        repository.git(&["-C", "module.yaml", "add", "sa.yaml"]);
        repository.git(&["-C", "module.yaml", "commit", "--quiet", "--message=test"]);
    };
    commit("old");
    link("a.yaml", "link.yaml");
    link("a.yaml", "was-link.yaml");
    repository.commit();
    assert!(repository.git(&["ls-files", "--stage"]).contains("160000"));

    commit("new");
    link("b.yaml", "link.yaml");
    link("b.yaml", "new-link.yaml");
    link("b.yaml", "a.yaml");
    repository.remove("was-link.yaml");
    repository.write("was-link.yaml", "new");
    fs::rename(repository.root.join("folder"), repository.beside("elsewhere")).unwrap();
    symlink(repository.beside("elsewhere"), repository.root.join("folder")).unwrap();
    let expected = ["a.yaml (gone) was a.yaml", "folder/c.yaml (gone) was folder/c.yaml", "was-link.yaml"];
    assert_eq!(repository.changes(), expected);
}

#[test]
fn old_texts_are_read_if_wanted_and_not_too_large() {
    let repository = Repository::with(&["a.yaml", "long.yaml", "z.yaml"]);
    for name in ["a.yaml", "long.yaml", "z.yaml"] {
        repository.write(name, "new");
    }
    let before = |max, is_wanted: &dyn Fn(&Path) -> bool| {
        let changes = changes(&repository.root, None, max, is_wanted).unwrap();
        repository.shown(&changes)
    };
    assert_eq!(before(6, &|_| true), ["a.yaml was a.yaml", "long.yaml", "z.yaml was z.yaml"]);
    assert_eq!(before(9, &|_| true), ["a.yaml was a.yaml", "long.yaml was long.yaml", "z.yaml was z.yaml"]);
    assert_eq!(before(9, &|path| path.ends_with("z.yaml")), ["a.yaml", "long.yaml", "z.yaml was z.yaml"]);
}

#[test]
fn all_old_texts_together_are_limited() {
    let repository = Repository::with(&["a", "b", "c"]);
    let git = Git::open(&repository.root, None).unwrap();
    let mut blobs = Blobs::new(&git, 1, 2);
    let mut read = |name: &str| blobs.read(&repository.git(&["rev-parse", &format!("HEAD:{name}")])).unwrap();
    assert_eq!(["a", "b", "c"].map(&mut read), [Some(b"a".to_vec()), Some(b"b".to_vec()), None]);
}

#[test]
fn an_object_that_is_not_there_has_no_text() {
    let repository = Repository::with(&["a.yaml"]);
    let git = Git::open(&repository.root, None).unwrap();
    let mut blobs = Blobs::new(&git, MAX_FILE_SIZE, MAX_FILE_SIZE);
    assert_eq!(blobs.read(&"1".repeat(40)).unwrap(), None);
    assert_eq!(blobs.read(&repository.git(&["rev-parse", "HEAD^{tree}"])).unwrap(), None);
    assert!(blobs.read(&repository.git(&["rev-parse", "HEAD:a.yaml"])).unwrap().is_some());
}

#[test]
fn unknown_revisions_are_said() {
    let repository = Repository::with(&["a.yaml"]);
    let marker = repository.beside("marker");
    let output = format!("--output={}", marker.display());
    for revision in [
        "gone",
        "",
        "-",
        "--",
        "--all",
        "--help",
        &output,
        "HEAD:a.yaml",
        "HEAD..HEAD",
        "HEAD\0",
        "a b",
        "HEAD~1",
    ] {
        let error = repository.changes_since(Some(revision)).unwrap_err();
        assert_eq!(error.to_string(), format!("git knows no commit `{revision}`"));
    }
    assert!(!marker.exists());
    let error = Repository::new().changes_since(Some("HEAD")).unwrap_err();
    assert!(matches!(error, ChangesError::UnknownRevision { .. }), "{error}");
}

#[test]
fn what_stops_git_is_said() {
    let error = git::not_run(io::ErrorKind::NotFound.into());
    assert!(matches!(error, ChangesError::GitNotFound), "{error}");

    let repository = Repository::with(&["a.yaml"]);
    let outside = repository.beside("");
    let error = changes(&outside, None, MAX_FILE_SIZE, &is_read_by_default).unwrap_err();
    assert!(matches!(error, ChangesError::NoRepository { .. }), "{error}");

    fs::write(repository.root.join(".git/included"), b"[filter \"\xff\"]\nclean = false\n").unwrap();
    repository.git(&["config", "include.path", "included"]);
    let error = repository.changes_since(None).unwrap_err().to_string();
    assert_eq!(error, "git failed: the name of a filter is not UTF-8");
    repository.git(&["config", "--unset", "include.path"]);

    repository.write(".git/index", "no index at all, but long enough to be one");
    let error = repository.changes_since(None).unwrap_err().to_string();
    assert!(error.starts_with("git failed: "), "{error}");
    assert!(error.contains("index"), "{error}");

    repository.write(".git/config", "[core\u{1b}[31m");
    let error = repository.changes_since(None).unwrap_err().to_string();
    assert!(error.contains("bad config") && !error.contains('\u{1b}'), "{error}");
}

#[test]
fn the_index_of_a_hook_counts_in_its_own_repository() {
    let repository = Repository::with(&["a.yaml", "b.yaml"]);
    let other = Repository::with(&["c.yaml"]);
    repository.remove("b.yaml");
    repository.git(&["rm", "--quiet", "--cached", "b.yaml"]);
    repository.write("b.yaml", "b.yaml");
    fs::copy(repository.root.join(".git/index"), repository.root.join(".git/next-index-1.lock")).unwrap();
    repository.git(&["reset", "--quiet"]);
    repository.write(".git/info/exclude", "b.yaml");
    for (index, expected) in [
        (repository.root.join(".git/next-index-1.lock"), &["b.yaml (gone) was b.yaml"][..]),
        (repository.root.join(".git/index"), &[]),
        (other.root.join(".git/index"), &[]),
        ("next-index-1.lock".into(), &[]),
        ("".into(), &[]),
    ] {
        let index = Some(index.as_os_str());
        let changes =
            changes_in_index(&repository.root, index, None, MAX_FILE_SIZE, &is_read_by_default).unwrap();
        assert_eq!(repository.shown(&changes), expected, "{index:?}");
    }
}

#[test]
fn no_path_leads_out_of_the_root() {
    let repository = Repository::with(&["a.yaml"]);
    let blob = repository.git(&["rev-parse", "HEAD:a.yaml"]);
    let tree = |entry: &str| {
        let list = repository.beside("list");
        fs::write(&list, entry).unwrap();
        let output = repository.command(&["mktree"]).stdin(fs::File::open(list).unwrap()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    };
    let inner = tree(&format!("100644 blob {blob}\tadmin.conf"));
    let hostile = tree(&format!("040000 tree {inner}\t.."));
    let commit = repository.git(&["commit-tree", "-m", "test", &hostile]);
    assert!(repository.git(&["diff", "--raw", &commit]).contains("../admin.conf"));
    assert_eq!(repository.changes_since(Some(&commit)).unwrap(), ["a.yaml"]);
}
