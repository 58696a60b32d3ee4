//! Runs git on a repository whose configuration is not trusted.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
#[cfg(unix)]
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::ChangesError;

/// Where a program could be named that git runs by itself, and what must not depend on the configuration. The last one
/// keeps a folder of the project from acting as a repository.
const SETTINGS: [&str; 4] = [
    "core.fsmonitor=",
    "core.hooksPath=/dev/null",
    "diff.autoRefreshIndex=true",
    "safe.bareRepository=explicit",
];

/// What a filter driver may have, see gitattributes(5). Each is off when empty.
const FILTER_KEYS: [&str; 4] = ["clean", "smudge", "process", "required"];

/// Empty, to be read by `--config-env`. Unlike `-c` it takes names with a `=`, and unlike `GIT_CONFIG_COUNT` a git that
/// is too old to know it stops instead of going on without.
const EMPTY: &str = "SAUDIT_EMPTY";

/// Variables that would lead git to another repository or configuration file than the one around the root.
const OTHER_REPOSITORY: [&str; 11] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// More of what git says is cut; characters.
const MAX_MESSAGE: usize = 300;

/// git, in a folder of a work tree.
///
/// The repository's configuration and attributes may be hostile, and many of git's settings are command lines.
/// File-system monitors, hooks and filters are set to nothing here; the callers turn off external diffs, text
/// conversion and submodules. Nothing is fetched, so that no transport, ssh command or credential helper runs.
pub(super) struct Git {
    root: PathBuf,
    /// `--config-env` options that turn off each filter driver.
    without_filters: Vec<String>,
    index: Option<PathBuf>,
}

impl Git {
    /// git in `root`. `index` is what `GIT_INDEX_FILE` says.
    ///
    /// # Errors
    /// If there is no git or no repository, or its configuration is broken.
    pub(super) fn open(root: &Path, index: Option<&OsStr>) -> Result<Self, ChangesError> {
        let mut git = Self { root: root.to_owned(), without_filters: Vec::new(), index: None };
        let folder = git.folder()?;
        git.index = index.and_then(|index| index_within(&folder, Path::new(index)));
        git.without_filters = git.filters()?.iter().flat_map(|driver| without_filter(driver)).collect();
        Ok(git)
    }

    /// The commit, or tree, that `revision` names. Without one it is `HEAD`, and before the first commit an empty tree.
    ///
    /// # Errors
    /// If there is no such commit.
    pub(super) fn commit(&self, revision: Option<&str>) -> Result<String, ChangesError> {
        let verified = |name: &str| {
            self.output(&["rev-parse", "--verify", "--quiet", name]).map(|output| {
                let id = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
                (output.status.success() && is_object_id(&id)).then_some(id)
            })
        };
        let Some(revision) = revision else {
            return match verified("HEAD")? {
                Some(head) => Ok(head),
                None => Ok(self.text(&["hash-object", "-t", "tree", "--stdin"])?.trim_end().to_owned()),
            };
        };
        let unknown = || ChangesError::UnknownRevision { revision: revision.to_owned() };
        if revision.starts_with('-') || revision.contains('\0') {
            return Err(unknown());
        }
        verified(&format!("{revision}^{{commit}}"))?.ok_or_else(unknown)
    }

    /// What the command prints.
    ///
    /// # Errors
    /// If it fails.
    pub(super) fn bytes(&self, arguments: &[&str]) -> Result<Vec<u8>, ChangesError> {
        let output = self.output(arguments)?;
        if output.status.success() { Ok(output.stdout) } else { Err(failure(&output.stderr)) }
    }

    /// A command that is fed and read while it runs.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        // `-C` instead of a working directory: with `.` on the PATH that would be searched for git.
        command.arg("-C").arg(&self.root).arg("--no-pager");
        command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting])).args(&self.without_filters);
        command.args(arguments).stdin(Stdio::null());
        for name in OTHER_REPOSITORY {
            command.env_remove(name);
        }
        command.envs(self.index.iter().map(|index| ("GIT_INDEX_FILE", index)));
        command.env(EMPTY, "").env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
        // Partial clones fetch what is missing; a git that does not know the first variable knows the second.
        command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "").env("GIT_TERMINAL_PROMPT", "0");
        command
    }

    fn output(&self, arguments: &[&str]) -> Result<Output, ChangesError> {
        self.command(arguments).output().map_err(not_run)
    }

    fn text(&self, arguments: &[&str]) -> Result<String, ChangesError> {
        Ok(String::from_utf8_lossy(&self.bytes(arguments)?).into_owned())
    }

    /// The real path of the `.git` folder, which for worktrees and submodules lies elsewhere.
    fn folder(&self) -> Result<PathBuf, ChangesError> {
        let output = self.output(&["rev-parse", "--absolute-git-dir"])?;
        if !output.status.success() {
            let is_none = String::from_utf8_lossy(&output.stderr).contains("not a git repository");
            return Err(if is_none {
                ChangesError::NoRepository { root: self.root.clone() }
            } else {
                failure(&output.stderr)
            });
        }
        let line = output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout);
        fs::canonicalize(path(line)).map_err(ChangesError::CannotRun)
    }

    /// `filter.NAME` of each driver in any configuration. A name holds anything but newlines.
    fn filters(&self) -> Result<BTreeSet<String>, ChangesError> {
        let output = self.output(&["config", "-z", "--name-only", "--get-regexp", r"^filter\."])?;
        // 1: there are none.
        if !output.status.success() && output.status.code() != Some(1) {
            return Err(failure(&output.stderr));
        }
        let unreadable = |_| ChangesError::Failed { message: "the name of a filter is not UTF-8".to_owned() };
        let keys = String::from_utf8(output.stdout).map_err(unreadable)?;
        let drivers = keys.split('\0').filter_map(|key| key.rsplit_once('.'));
        Ok(drivers.map(|(driver, _)| driver.to_owned()).collect())
    }
}

/// Starting git failed.
pub(super) fn not_run(error: io::Error) -> ChangesError {
    if error.kind() == io::ErrorKind::NotFound {
        ChangesError::GitNotFound
    } else {
        ChangesError::CannotRun(error)
    }
}

/// A path as git prints it: any bytes on Unix, UTF-8 elsewhere.
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    return OsStr::from_bytes(bytes).into();
    #[cfg(not(unix))]
    return String::from_utf8_lossy(bytes).into_owned().into();
}

/// Whether git would take it for the name of an object and nothing else.
pub(super) fn is_object_id(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The index that a hook was given, if it is one of this repository: the hook of one repository may audit another.
fn index_within(folder: &Path, index: &Path) -> Option<PathBuf> {
    let parent = fs::canonicalize(index.parent()?).ok()?;
    (parent == folder).then(|| parent.join(index.file_name().unwrap_or_default()))
}

/// The options that set the driver to nothing.
fn without_filter(driver: &str) -> [String; 4] {
    FILTER_KEYS.map(|key| format!("--config-env={driver}.{key}={EMPTY}"))
}

/// What git said first: its fatal error if there is one, without anything that a terminal would obey.
fn failure(stderr: &[u8]) -> ChangesError {
    let text = String::from_utf8_lossy(stderr);
    let fatal = text.lines().find_map(|line| line.strip_prefix("fatal: "));
    let line = fatal.or_else(|| text.lines().next()).unwrap_or("it gave no reason");
    let printable = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    ChangesError::Failed { message: line.chars().take(MAX_MESSAGE).map(printable).collect() }
}
