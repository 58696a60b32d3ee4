use std::collections::BTreeMap;
use std::process::Command;

use super::*;
use crate::input::Contents;

/// A folder with the given files in it; names that end in `/` are folders.
struct Tree {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("root");
        fs::create_dir(&root).unwrap();
        let tree = Self { _folder: folder, root };
        for (name, text) in files {
            tree.write(name, text);
        }
        tree
    }

    fn of(names: &[&str]) -> Self {
        Self::new(&names.iter().map(|name| (*name, "")).collect::<Vec<_>>())
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.root.join(name);
        fs::create_dir_all(if name.ends_with('/') { &path } else { path.parent().unwrap() }).unwrap();
        if !name.ends_with('/') {
            fs::write(path, text).unwrap();
        }
    }

    fn request(&self, starts: &[&str]) -> Request {
        let starts: Vec<_> =
            starts.iter().map(|start| Workspace::resolve(&self.root, Path::new(start)).unwrap()).collect();
        Request {
            workspace: Workspace::around(&starts, &self.root, None, Some(&self.root)).unwrap(),
            starts,
            exclude: PathGlobs::default(),
            force_exclude: false,
            config: None,
            stdin: None,
            beyond: Beyond::Nothing,
            changed: None,
            ghosts: Vec::new(),
            max_files: MAX_FILES,
        }
    }

    fn walk(&self, starts: &[&str]) -> Walked {
        Walked::from(&self.request(starts))
    }
}

/// The outcome of a walk: files in order, and what was skipped with the reason.
#[derive(Debug, Default)]
struct Walked {
    files: Vec<String>,
    explicit: Vec<String>,
    skipped: BTreeMap<String, String>,
    cut: Option<usize>,
}

impl Walked {
    fn from(request: &Request) -> Self {
        let mut walked = Self::default();
        discover(request, &mut |found| match found {
            Found::File { source, explicit, .. } => {
                if explicit {
                    walked.explicit.push(source.path.clone());
                }
                walked.files.push(source.path);
            }
            Found::Skipped { shown, reason, .. } => {
                walked.skipped.insert(shown, reason);
            }
            Found::Cut { max_files } => {
                walked.cut = Some(max_files);
            }
        });
        walked
    }
}

#[test]
fn files_come_sorted_and_only_by_their_names() {
    let tree = Tree::of(&[
        "b/z.yaml",
        "b/a.json",
        "a.yml",
        "c.txt",
        ".hidden/sa.yaml",
        "ci.kubeconfig",
        "x.yaml/in.yaml",
    ]);
    let walked = tree.walk(&["."]);
    assert_eq!(
        walked.files,
        [".hidden/sa.yaml", "a.yml", "b/a.json", "b/z.yaml", "ci.kubeconfig", "x.yaml/in.yaml"]
    );
    assert_eq!((walked.explicit.len(), walked.skipped.len()), (0, 0));
}

#[test]
fn some_folders_are_never_walked() {
    let tree = Tree::of(&[".git/a.yaml", "web/node_modules/a.yaml", ".terraform/a.yaml", "git/a.yaml"]);
    assert_eq!(tree.walk(&["."]).files, ["git/a.yaml"]);
    assert_eq!(tree.walk(&["web/node_modules"]).files, ["web/node_modules/a.yaml"], "asked for by name");
}

#[test]
fn ignore_files_nest_and_the_nearest_decides() {
    let tree = Tree::new(&[
        (".gitignore", "*.json\n/build/\nsecret.yaml\n"),
        ("a.json", ""),
        ("build/a.yaml", ""),
        ("apps/build/a.yaml", ""),
        ("apps/.gitignore", "!keep.json\n"),
        ("apps/keep.json", ""),
        ("apps/other.json", ""),
        ("apps/deep/keep.json", ""),
        ("apps/secret.yaml", ""),
        ("old/.sauditignore", "*\n!now.yaml\n"),
        ("old/a.yaml", ""),
        ("old/now.yaml", ""),
    ]);
    let expected = ["apps/build/a.yaml", "apps/deep/keep.json", "apps/keep.json", "old/now.yaml"];
    assert_eq!(tree.walk(&["."]).files, expected);
}

#[test]
fn sauditignore_has_the_last_word_in_its_folder() {
    let tree = Tree::new(&[
        (".gitignore", "rendered/\n"),
        (".sauditignore", "!rendered/\n"),
        ("rendered/a.yaml", ""),
    ]);
    assert_eq!(tree.walk(&["."]).files, ["rendered/a.yaml"]);
}

#[test]
fn ignore_files_above_the_start_count_and_git_info_does_not() {
    let tree = Tree::new(&[
        (".gitignore", "*.json\n"),
        (".git/info/exclude", "*.yaml\n"),
        ("apps/a.json", ""),
        ("apps/a.yaml", ""),
    ]);
    assert_eq!(tree.walk(&["apps"]).files, ["apps/a.yaml"]);
}

#[test]
fn ignore_files_outside_of_the_root_do_not_count() {
    let tree = Tree::of(&["a.yaml"]);
    fs::write(tree.root.parent().unwrap().join(".gitignore"), "*.yaml\n").unwrap();
    assert_eq!(tree.walk(&["."]).files, ["a.yaml"]);
}

#[test]
fn explicit_paths_are_read_unless_excludes_are_forced() {
    let tree = Tree::new(&[
        (".gitignore", "build/\nnotes.txt\n"),
        ("build/a.yaml", ""),
        ("notes.txt", ""),
        ("sa.yaml", ""),
    ]);
    let starts = ["build/a.yaml", "notes.txt", "build", "sa.yaml"];
    let walked = tree.walk(&starts);
    assert_eq!(walked.files, ["build/a.yaml", "notes.txt", "sa.yaml"]);
    assert_eq!(walked.explicit, walked.files);
    let forced = Request { force_exclude: true, ..tree.request(&starts) };
    assert_eq!(Walked::from(&forced).files, ["sa.yaml"]);
}

#[test]
fn excludes_of_the_configuration_leave_out() {
    let tree = Tree::of(&["a.yaml", "legacy/a.yaml", "legacy/keep/a.yaml"]);
    let mut request = tree.request(&["."]);
    request.exclude = PathGlobs::new("", &["legacy/".to_owned()]).unwrap();
    assert_eq!(Walked::from(&request).files, ["a.yaml"]);
    request.starts = vec![tree.root.join("legacy/keep/a.yaml")];
    assert_eq!(Walked::from(&request).files, ["legacy/keep/a.yaml"]);
    request.force_exclude = true;
    assert!(Walked::from(&request).files.is_empty());
}

#[test]
fn excludes_hold_for_standard_input_only_when_forced() {
    let tree = Tree::of(&[]);
    let mut request = tree.request(&["."]);
    request.exclude = PathGlobs::new("", &["legacy/".to_owned()]).unwrap();
    request.stdin = Some(request.workspace.source_in_memory("", Some(Path::new("legacy/a.yaml"))));
    assert_eq!(Walked::from(&request).files, ["legacy/a.yaml"]);
    request.force_exclude = true;
    assert!(Walked::from(&request).files.is_empty());
}

#[test]
fn overlapping_starts_give_a_file_once() {
    let tree = Tree::of(&["a/b.yaml", "a/c.yaml"]);
    assert_eq!(tree.walk(&["a/c.yaml", ".", "a"]).files, ["a/c.yaml", "a/b.yaml"]);
}

#[test]
fn the_configuration_is_not_read_as_a_manifest() {
    let tree = Tree::of(&["saudit.yaml", "apps/saudit.yaml"]);
    let request = Request { config: Some(tree.root.join("saudit.yaml")), ..tree.request(&["."]) };
    assert_eq!(Walked::from(&request).files, ["apps/saudit.yaml"]);
}

#[test]
fn too_many_files_are_said() {
    let tree = Tree::of(&["a.yaml", "b.yaml", "c.yaml"]);
    let walked = Walked::from(&Request { max_files: 2, ..tree.request(&["."]) });
    assert_eq!(walked.files, ["a.yaml", "b.yaml"]);
    assert_eq!(walked.cut, Some(2));
    assert_eq!(Walked::from(&Request { max_files: 3, ..tree.request(&["."]) }).cut, None);
}

#[test]
fn broken_ignore_files_are_said() {
    let tree = Tree::new(&[(".gitignore", "a{b\n*.json\n"), ("a.json", ""), ("b.yaml", "")]);
    let walked = tree.walk(&["."]);
    assert_eq!(walked.files, ["b.yaml"]);
    assert!(walked.skipped.contains_key(".gitignore"), "{walked:?}");
}

#[test]
fn helpers_and_notes_are_read_in_charts_only() {
    let tree = Tree::of(&[
        "app/Chart.yaml",
        "app/_helpers.tpl",
        "app/templates/NOTES.txt",
        "app/templates/_helpers.tpl",
        "app/templates/deep/robots.txt",
        "site/templates/NOTES.txt",
        "site/templates/page.tpl",
    ]);
    let mut purposes = Vec::new();
    discover(&tree.request(&["."]), &mut |found| {
        if let Found::File { source, purpose, .. } = found {
            purposes.push((source.path, purpose));
        }
    });
    let expected = [
        ("app/Chart.yaml", Purpose::Report),
        ("app/templates/NOTES.txt", Purpose::Report),
        ("app/templates/_helpers.tpl", Purpose::Report),
        ("app/templates/deep/robots.txt", Purpose::Report),
        ("site/templates/NOTES.txt", Purpose::Report),
    ];
    assert_eq!(purposes, expected.map(|(path, purpose)| (path.to_owned(), purpose)));
}

#[test]
fn surroundings_tell_charts() {
    let tree = Tree::of(&[
        "app/Chart.yaml",
        "app/values.yaml",
        "app/templates/sa.yaml",
        "app/templates/deep/sa.yaml",
        "app/charts/db/Chart.yaml",
        "app/charts/db/templates/sa.yaml",
        "other/templates/sa.yaml",
    ]);
    let mut seen = BTreeMap::new();
    discover(&tree.request(&["."]), &mut |found| {
        if let Found::File { source, surroundings, .. } = found {
            seen.insert(source.path, surroundings);
        }
    });
    for (path, expected) in [
        ("app/values.yaml", None),
        ("app/templates/sa.yaml", Some("app")),
        ("app/templates/deep/sa.yaml", Some("app")),
        ("app/charts/db/templates/sa.yaml", Some("app")),
        ("other/templates/sa.yaml", None),
    ] {
        assert_eq!(seen.get(path).unwrap().chart.as_deref(), expected, "{path}");
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn links_to_files_are_read_once_under_their_real_path() {
        let tree = Tree::of(&["real/sa.yaml", "only/text.txt"]);
        symlink("real/sa.yaml", tree.root.join("a.yaml")).unwrap();
        symlink("only/text.txt", tree.root.join("b.yaml")).unwrap();
        let walked = tree.walk(&["."]);
        assert_eq!(walked.files, ["real/sa.yaml", "only/text.txt"]);
        assert!(walked.skipped.is_empty());
    }

    #[test]
    fn links_do_not_lead_out_or_into_what_is_ignored() {
        let tree = Tree::new(&[(".gitignore", "build/\n"), ("build/a.yaml", ""), (".git/b.yaml", "")]);
        fs::write(tree.root.parent().unwrap().join("out.yaml"), "").unwrap();
        for (target, link) in [
            ("../out.yaml", "out.yaml"),
            ("build/a.yaml", "a.yaml"),
            (".git/b.yaml", "b.yaml"),
            ("gone", "gone.yaml"),
        ] {
            symlink(target, tree.root.join(link)).unwrap();
        }
        let walked = tree.walk(&["."]);
        assert!(walked.files.is_empty(), "{walked:?}");
        let skipped: Vec<_> = walked.skipped.iter().map(|(path, why)| format!("{path}: {why}")).collect();
        assert_eq!(
            skipped,
            ["gone.yaml: link: vanished, or a link to nothing", "out.yaml: link that leads out of the root",]
        );
        assert!(tree.walk(&["out.yaml"]).files.is_empty(), "nor when it is named");
    }

    #[test]
    fn links_to_folders_are_not_followed_and_loops_end() {
        let tree = Tree::of(&["apps/a.yaml"]);
        symlink("..", tree.root.join("apps/loop")).unwrap();
        symlink("self.yaml", tree.root.join("self.yaml")).unwrap();
        let walked = tree.walk(&["."]);
        assert_eq!(walked.files, ["apps/a.yaml"]);
        assert_eq!(walked.skipped.get("apps/loop").unwrap(), "link to a folder");
        assert!(walked.skipped.contains_key("self.yaml"));
    }

    #[test]
    fn a_start_that_links_to_a_folder_is_walked() {
        let tree = Tree::of(&["apps/a.yaml"]);
        symlink("apps", tree.root.join("current")).unwrap();
        assert_eq!(tree.walk(&["current"]).files, ["apps/a.yaml"]);
    }

    #[test]
    fn pipes_and_sockets_are_not_opened() {
        let tree = Tree::of(&["a.yaml"]);
        let _socket = std::os::unix::net::UnixListener::bind(tree.root.join("socket.yaml")).unwrap();
        let has_pipe =
            Command::new("mkfifo").arg(tree.root.join("pipe.yaml")).status().is_ok_and(|made| made.success());
        let walked = tree.walk(&["."]);
        assert_eq!(walked.files, ["a.yaml"]);
        assert_eq!(walked.skipped.get("socket.yaml").unwrap(), "not a regular file");
        assert_eq!(walked.skipped.contains_key("pipe.yaml"), has_pipe);
    }

    #[test]
    fn an_ignore_file_that_is_a_pipe_or_link_is_not_opened() {
        let tree = Tree::new(&[("a.yaml", ""), ("patterns", "*.yaml\n")]);
        symlink("patterns", tree.root.join(".gitignore")).unwrap();
        let has_pipe = Command::new("mkfifo")
            .arg(tree.root.join(".sauditignore"))
            .status()
            .is_ok_and(|made| made.success());
        let walked = tree.walk(&["."]);
        assert_eq!(walked.files, ["a.yaml"]);
        assert_eq!(walked.skipped.len(), 1 + usize::from(has_pipe));
    }

    #[test]
    fn folders_that_cannot_be_read_are_said() {
        let tree = Tree::of(&["a.yaml", "closed/b.yaml"]);
        let closed = tree.root.join("closed");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
        // The superuser reads everything.
        let readable = fs::read_dir(&closed).is_ok();
        let walked = tree.walk(&["."]);
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
        if readable {
            assert_eq!(walked.files, ["a.yaml", "closed/b.yaml"]);
        } else {
            assert_eq!(walked.files, ["a.yaml"]);
            assert_eq!(walked.skipped.get("closed").unwrap(), "permission denied");
        }
    }

    #[test]
    fn names_that_are_not_utf8_are_read() {
        use std::os::unix::ffi::OsStrExt as _;
        let tree = Tree::of(&[]);
        let name = tree.root.join(std::ffi::OsStr::from_bytes(b"\xff.yaml"));
        if fs::write(&name, "").is_ok() {
            let mut contents = None;
            discover(&tree.request(&["."]), &mut |found| {
                if let Found::File { source, .. } = found {
                    contents = Some(source.contents);
                }
            });
            assert!(matches!(contents, Some(Contents::File(path)) if path == name));
        }
    }
}
