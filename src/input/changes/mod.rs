//! The files that git says were changed, and what they were before.
//!
//! Only this and the rendering of charts run another program. See [`Git`] for how it is kept from running more.

mod blobs;
mod git;
mod listing;

#[cfg(test)]
#[cfg(unix)]
mod attacks;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::env;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use blobs::Blobs;
use git::Git;

/// All old texts together are not larger; bytes. A small repository may unpack to a very large one.
const MAX_BEFORE: u64 = 256 << 20;

/// A file that differs from a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its real path.
    pub path: PathBuf,
    /// Whether it is there now, as a regular file that git does not ignore.
    pub exists: bool,
    /// Its bytes in the commit. `None` if it was not there, is not wanted, is too large, or was never fetched.
    pub before: Option<Vec<u8>>,
}

/// Why git could not say what was changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangesError {
    /// There is no `git`.
    #[error("git is not installed, or not on the PATH")]
    GitNotFound,
    /// The system does not run git, or the connection to it broke.
    #[error("cannot run git")]
    CannotRun(#[source] io::Error),
    /// No repository around the root.
    #[error("`{}` is not in a git repository", root.display())]
    NoRepository {
        /// The root.
        root: PathBuf,
    },
    /// The revision names no commit, or could be an option.
    #[error("git knows no commit `{revision}`")]
    UnknownRevision {
        /// As given.
        revision: String,
    },
    /// git ended with an error.
    #[error("git failed: {message}")]
    Failed {
        /// What it said first.
        message: String,
    },
}

/// The files below `root` that differ from the commit `revision` (without one: `HEAD`), by path: staged, unstaged, and
/// untracked files that are not ignored. Links and submodules are no files. A renamed file is two changes.
///
/// Before the first commit every file is new. [`Change::before`] is read where `is_wanted` says so of the path and it is
/// not larger than `max_file_size` bytes. `root` is real.
///
/// The repository is the one around `root`, whatever `GIT_DIR` says. `GIT_INDEX_FILE` counts if it lies in that
/// repository: git sets it for its hooks where only a part is committed.
///
/// # Errors
/// If there is no git, no repository or no such commit, or git fails.
pub fn changes(
    root: &Path,
    revision: Option<&str>,
    max_file_size: u64,
    is_wanted: &dyn Fn(&Path) -> bool,
) -> Result<Vec<Change>, ChangesError> {
    let index = env::var_os("GIT_INDEX_FILE");
    changes_in_index(root, index.as_deref(), revision, max_file_size, is_wanted)
}

fn changes_in_index(
    root: &Path,
    index: Option<&OsStr>,
    revision: Option<&str>,
    max_file_size: u64,
    is_wanted: &dyn Fn(&Path) -> bool,
) -> Result<Vec<Change>, ChangesError> {
    let git = Git::open(root, index)?;
    let commit = git.commit(revision)?;
    let differing = listing::differing(&git, root, &commit)?;
    let mut blobs = Blobs::new(&git, max_file_size, MAX_BEFORE);
    let mut changes = Vec::with_capacity(differing.len());
    for (path, file) in differing {
        let before = match file.blob.filter(|_| is_wanted(&path)) {
            Some(blob) => blobs.read(&blob)?,
            None => None,
        };
        changes.push(Change { path, exists: file.exists, before });
    }
    Ok(changes)
}
