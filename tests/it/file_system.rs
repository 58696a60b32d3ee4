//! Folders and files that are not what they should be, outputs that are full or gone, and a run that is interrupted.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::project::{Outcome, PINNED, Project, finish, wait};

/// Nothing here has much to do.
const HANG: Duration = Duration::from_mins(1);

fn pinned() -> Project {
    Project::new(&[("secret.yaml", PINNED)])
}

fn is_mended(path: &Path) -> bool {
    !fs::read_to_string(path).unwrap().contains("uid")
}

/// Runs it; where it hangs the test fails.
fn run(project: &Project, arguments: &[&str]) -> Outcome {
    Outcome::from(finish(project.command(arguments), HANG))
}

fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// The names in a folder that saudit itself may have left there.
fn leftovers(folder: &Path) -> Vec<String> {
    let names =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(".saudit-")).collect()
}

#[test]
fn what_would_block_is_not_opened_and_said_once() {
    let project = Project::new(&[("secret.yaml", PINNED), ("chart/templates/a.yaml", "a: {{ .b }}\n")]);
    for name in ["pipe.yaml", "saudit.yaml", "chart/Chart.yaml", "kubeconfig"] {
        make_pipe(&project.path(name));
    }
    symlink("/dev/zero", project.path("zero.yaml")).unwrap();
    symlink("pipe.yaml", project.path("link.yaml")).unwrap();
    let outcome = run(&project, &["check", "-v", "-o", "concise"]);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    for said in [
        "skipped pipe.yaml: not a regular file\n",
        "skipped saudit.yaml: not a regular file\n",
        "skipped chart/Chart.yaml: not a regular file\n",
        "skipped kubeconfig: not a regular file\n",
        "skipped zero.yaml: link that leads out of the root\n",
        "skipped link.yaml: link to something that is not a regular file\n",
    ] {
        assert_eq!(outcome.stderr.matches(said).count(), 1, "{said}: {}", outcome.stderr);
    }
    for arguments in [
        &["check", "pipe.yaml"][..],
        &["check", "/dev/zero"],
        &["check", "--config", "pipe.yaml"],
        &["check", "--config", "/dev/zero"],
        &["identities", "pipe.yaml"],
        &["can-i", "get", "secrets", "--as", "x", "-f", "pipe.yaml"],
        &["token", "/dev/zero"],
    ] {
        let outcome = run(&project, arguments);
        assert_eq!(outcome.status, 2, "{arguments:?}: {outcome:?}");
    }
}

#[test]
fn files_too_large_are_not_read() {
    let project = pinned();
    // A hole: it takes no room.
    File::create(project.path("hole.yaml")).unwrap().set_len(10 << 30).unwrap();
    for (arguments, reason) in [
        (&["check", "-v", "-o", "concise"][..], "skipped hole.yaml: larger than 32 MiB\n"),
        (
            &["check", "-v", "-o", "concise", "--max-file-size", "20G"],
            "skipped hole.yaml: larger than 2 GiB\n",
        ),
    ] {
        let outcome = run(&project, arguments);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (1, reason), "{}", outcome.stdout);
    }
}

#[test]
fn standard_input_without_end_is_not_read_to_it() {
    let project = Project::new(&[]);
    let mut command = project.command(&["check", "-"]);
    command.stdin(File::open("/dev/zero").unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    assert_eq!(wait(&mut child, HANG).code(), Some(2));
    let said = child.wait_with_output().unwrap();
    assert!(String::from_utf8(said.stdout).unwrap().contains("<stdin> (larger than 32 MiB)"));
}

#[test]
fn names_may_be_anything() {
    let project = pinned();
    let names = [
        &b"line\nend.yaml"[..],
        b"\x1b[2J.yaml",
        b"-o.yaml",
        b"*.yaml",
        b" .yaml",
        b"\\.yaml",
        b"\xff\xfe.yaml",
    ];
    let mut written = 1;
    for name in names {
        // Not every file system takes each.
        let path = project.folder.path().join(OsStr::from_bytes(name));
        written += usize::from(fs::write(path, PINNED).is_ok());
    }
    let outcome = run(&project, &["check", "--fix", "-q", "-o", "concise"]);
    assert_eq!(outcome.stdout.lines().count(), written, "one finding is left in each: {outcome:?}");
    let mut files = fs::read_dir(project.folder.path()).unwrap().map(|entry| entry.unwrap().path());
    assert!(files.all(|path| path.is_dir() || is_mended(&path)));
}

#[test]
fn paths_may_be_longer_than_the_system_takes() {
    let project = pinned();
    let name = "n".repeat(250);
    let half = (0..8).fold(Path::new("").to_owned(), |path, _| path.join(&name));
    for start in ["a", "b"] {
        fs::create_dir_all(project.path(start).join(&half)).unwrap();
    }
    fs::write(project.path("a").join(&half).join("deep.yaml"), PINNED).unwrap();
    // Each half is short enough; together they are too long to be opened by their path.
    fs::rename(project.path("a"), project.path("b").join(&half).join("a")).unwrap();
    fs::rename(project.path("b"), project.path("c")).unwrap();
    let mut whole = project.path("c").join(&half).join("a").join(&half);
    whole.push("deep.yaml");
    let outcome = run(&project, &["check", "-v", "-o", "concise"]);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    assert!(outcome.stdout.contains("secret.yaml:7:5: high[pinned-token-uid]"), "{outcome:?}");
    let is_told = outcome.stderr.contains("skipped c/n") || outcome.stdout.contains("deep.yaml:7:5");
    assert!(is_told, "{} bytes: {outcome:?}", whole.as_os_str().len());
}

#[test]
fn a_folder_of_very_many_files_is_walked() {
    let project = pinned();
    let count =
        if std::env::var_os("SAUDIT_HOSTILE").is_some_and(|size| size == "full") { 100_000 } else { 5_000 };
    fs::create_dir(project.path("many")).unwrap();
    for number in 0..count {
        fs::write(project.path(&format!("many/{number}.yaml")), "a: b\n").unwrap();
    }
    let outcome = run(&project, &["check"]);
    assert_eq!(outcome.status, 1, "{outcome:?}");
    assert!(outcome.stdout.contains(&format!("checked {} files", count + 1)), "{}", outcome.stdout);
}

#[test]
fn files_may_come_change_and_go_meanwhile() {
    let project = pinned();
    let name = |number: usize| format!("files/{}.yaml", number % 50);
    fs::create_dir(project.path("files")).unwrap();
    let is_over = AtomicBool::new(false);
    let mut outcomes = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let started = Instant::now();
            let goes_on = |_: &usize| !is_over.load(Ordering::Relaxed) && started.elapsed() < 2 * HANG;
            for number in (0..).take_while(goes_on) {
                let path = project.path(&name(number * 7));
                // What is there decides what can be done to it.
                let _ = match number % 6 {
                    0 => fs::write(&path, PINNED.repeat(number % 5)),
                    1 => fs::remove_file(&path),
                    2 => fs::create_dir(&path),
                    3 => fs::remove_dir(&path),
                    4 => symlink("/etc/passwd", &path),
                    _ => File::options().write(true).open(&path).and_then(|file| file.set_len(100)),
                };
            }
        });
        for more in [
            &["-o", "json"][..],
            &["-o", "sarif"],
            &["--unsafe-fixes", "--diff"],
            &["--fix"],
            &["--add-ignore=x"],
        ] {
            outcomes.extend((0..3).map(|_| run(&project, &[&["check", "-v"], more].concat())));
        }
        is_over.store(true, Ordering::Relaxed);
    });
    for outcome in outcomes {
        // What it was about to replace may be a folder by now.
        let is_lost_race = outcome.status == 2 && outcome.stderr.contains("cannot write");
        assert!([0, 1].contains(&outcome.status) || is_lost_race, "{outcome:?}");
        assert!(!outcome.stderr.contains("internal error"), "{outcome:?}");
        assert!(!outcome.stdout.contains("root:"), "{outcome:?}");
    }
    assert_eq!(leftovers(&project.path("files")), [""; 0]);
}

#[test]
fn a_full_disk_is_said() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let project = pinned();
    for arguments in [
        &["check"][..],
        &["check", "-o", "json"],
        &["check", "--show-files"],
        &["check", "--show-settings"],
        &["check", "--statistics"],
        &["check", "--fix", "--diff"],
        &["identities"],
        &["graph"],
        &["who-can", "get", "secrets"],
        &["rules"],
        &["explain", "wildcard-rule"],
        &["config", "schema"],
        &["completions", "bash"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = project.command(arguments).stdin(Stdio::null()).stdout(full).output().unwrap();
        let outcome = Outcome::from(output);
        assert_eq!(outcome.status, 2, "{arguments:?}: {outcome:?}");
        assert!(outcome.stderr.contains("No space left"), "{arguments:?}: {outcome:?}");
    }
    let outcome = run(&project, &["check", "-o", "sarif=/dev/full"]);
    assert_eq!(outcome.status, 2);
    assert!(outcome.stderr.contains("cannot write `/dev/full`"), "{outcome:?}");
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = project.command(&["check", "-v", "gone.yaml"]).stderr(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "nobody can be told");
}

#[test]
fn readers_that_leave_are_no_error() {
    let files: Vec<_> = (0..200)
        .map(|number| (format!("{number}.yaml"), PINNED.replace("app-", &format!("a{number}-"))))
        .collect();
    let project =
        Project::new(&files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>());
    for (arguments, status) in [
        (&["check", "-o", "json"][..], 1),
        (&["check", "--fix", "--diff"], 1),
        (&["identities"], 0),
        (&["graph", "--format", "json"], 0),
        (&["who-can", "get", "secrets", "-o", "json"], 0),
        (&["rules", "--output", "json"], 0),
        (&["explain", "wildcard-rule"], 0),
    ] {
        let mut command = project.command(arguments);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), stderr.as_str()), (Some(status), ""), "{arguments:?}");
    }
}

/// The signal of an interrupt, or where that is ignored one that does the same: what a shell runs in the background
/// inherits that from it.
fn interrupt() -> (&'static str, i32) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    if ignored & (1 << 1) == 0 { ("-INT", 2) } else { ("-TERM", 15) }
}

#[test]
fn an_interrupt_ends_it_at_once_and_leaves_what_was_there() {
    let project = pinned();
    fs::write(project.path("report.json"), "old").unwrap();
    let mut command = project.command(&["check", "-", "-o", "json=report.json"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // It waits for more.
    child.stdin.as_mut().unwrap().write_all(PINNED.as_bytes()).unwrap();
    let (name, number) = interrupt();
    let killed = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(wait(&mut child, HANG).signal(), Some(number));
    assert_eq!(fs::read_to_string(project.path("report.json")).unwrap(), "old");
    assert_eq!(leftovers(project.folder.path()), [""; 0]);
}

#[test]
fn mending_keeps_what_a_file_is() {
    let project = pinned();
    fs::create_dir(project.path("links")).unwrap();
    symlink("../secret.yaml", project.path("links/secret.yaml")).unwrap();
    let secret = project.path("secret.yaml");
    fs::set_permissions(&secret, Permissions::from_mode(0o640)).unwrap();
    let owner = fs::metadata(&secret).unwrap().uid();
    let outcome = run(&project, &["check", "--fix", "links/secret.yaml"]);
    assert!(is_mended(&secret), "{outcome:?}");
    assert!(fs::symlink_metadata(project.path("links/secret.yaml")).unwrap().is_symlink());
    let metadata = fs::metadata(&secret).unwrap();
    assert_eq!((metadata.mode() & 0o7777, metadata.uid()), (0o640, owner));
}

#[test]
fn a_folder_that_cannot_be_written_keeps_its_files() {
    let project = pinned();
    let folder = project.folder.path();
    fs::set_permissions(folder, Permissions::from_mode(0o555)).unwrap();
    // The superuser writes everywhere.
    let is_writable = File::create(folder.join("probe")).is_ok();
    let outcome = run(&project, &["check", "--fix"]);
    fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
    if !is_writable {
        assert_eq!(outcome.status, 2, "{outcome:?}");
        assert!(outcome.stderr.contains("cannot write"), "{outcome:?}");
        assert_eq!(fs::read_to_string(project.path("secret.yaml")).unwrap(), PINNED);
    }
    assert_eq!(leftovers(folder), [""; 0]);
}
