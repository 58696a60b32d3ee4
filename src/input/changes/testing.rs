//! Real repositories for the tests, apart from the user's configuration.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use super::*;
use crate::input::{MAX_FILE_SIZE, is_read_by_default};

/// A repository in a folder of its own, beside which there is room.
pub(super) struct Repository {
    folder: tempfile::TempDir,
    pub(super) root: PathBuf,
}

impl Repository {
    /// Without commits.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("repository");
        fs::create_dir(&root).unwrap();
        let repository = Self { folder, root };
        repository.git(&["init", "--quiet"]);
        repository
    }

    /// With one commit of the files; each file's text is its name.
    pub(super) fn with(names: &[&str]) -> Self {
        let repository = Self::new();
        for name in names {
            repository.write(name, name);
        }
        repository.commit();
        repository
    }

    /// A path beside the work tree.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    pub(super) fn write(&self, name: impl AsRef<Path>, text: &str) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Another time, the same bytes.
    pub(super) fn touch(&self, name: &str) {
        let file = fs::File::options().write(true).open(self.root.join(name)).unwrap();
        file.set_modified(UNIX_EPOCH).unwrap();
    }

    pub(super) fn remove(&self, name: &str) {
        fs::remove_file(self.root.join(name)).unwrap();
    }

    pub(super) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=test"]);
    }

    /// Runs git as people do; returns what it printed.
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.root).args(["-c", "user.name=a", "-c", "user.email=a@example.com"]);
        command.args(["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"]).args(arguments);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            command.env_remove(name);
        }
        command
    }

    /// What changed since `HEAD`, as [`Repository::shown`] has it.
    pub(super) fn changes(&self) -> Vec<String> {
        self.changes_since(None).unwrap()
    }

    pub(super) fn changes_since(&self, revision: Option<&str>) -> Result<Vec<String>, ChangesError> {
        let changes = changes_in_index(&self.root, None, revision, MAX_FILE_SIZE, &is_read_by_default)?;
        Ok(self.shown(&changes))
    }

    /// `path`, `path (gone)`, either with ` was TEXT`.
    pub(super) fn shown(&self, changes: &[Change]) -> Vec<String> {
        let show = |change: &Change| {
            let path = change.path.strip_prefix(&self.root).unwrap().to_string_lossy();
            let gone = if change.exists { "" } else { " (gone)" };
            let was = change.before.as_ref().map(|text| format!(" was {}", String::from_utf8_lossy(text)));
            format!("{path}{gone}{}", was.unwrap_or_default())
        };
        changes.iter().map(show).collect()
    }
}
