//! Which files differ from a commit.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::ChangesError;
use super::git::{self, Git, is_object_id};

/// A file that differs from a commit.
pub(super) struct Differing {
    /// Whether it is there now.
    pub(super) exists: bool,
    /// The object with its bytes in the commit.
    pub(super) blob: Option<String>,
}

/// Compares the commit with the work tree: nothing renamed, no program asked, paths relative to the root.
/// git compares contents where times and owners differ, as in a container; it may then note them in its index.
const DIFF: [&str; 9] = [
    "diff",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=all",
    "--relative",
];

/// The files below `root` that differ from `commit`.
///
/// # Errors
/// If git fails.
pub(super) fn differing(
    git: &Git,
    root: &Path,
    commit: &str,
) -> Result<BTreeMap<PathBuf, Differing>, ChangesError> {
    let mut found = BTreeMap::new();
    let tracked = git.bytes(&[&DIFF[..], &[commit, "--"]].concat())?;
    let mut fields = tracked.split(|byte| *byte == 0);
    while let (Some(header), Some(path)) = (fields.next(), fields.next()) {
        if let (Some(file), Some(path)) = (tracked_file(header), below(root, path)) {
            found.insert(path, file);
        }
    }
    let untracked = git.bytes(&["ls-files", "--others", "--exclude-standard", "-z"])?;
    for path in untracked.split(|byte| *byte == 0).filter_map(|path| below(root, path)) {
        // Links are listed too, and other repositories as folders.
        if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
            found.entry(path).or_insert(Differing { exists: true, blob: None }).exists = true;
        }
    }
    Ok(found)
}

/// `:100644 100644 <old object> <new object> M`. `None` if it neither was nor is a file.
fn tracked_file(header: &[u8]) -> Option<Differing> {
    let mut words = std::str::from_utf8(header).ok()?.strip_prefix(':')?.split(' ');
    let (was, is, old) = (words.next()?, words.next()?, words.next()?);
    let blob = (is_file(was) && is_object_id(old)).then(|| old.to_owned());
    let exists = is_file(is);
    (exists || blob.is_some()).then_some(Differing { exists, blob })
}

/// Whether the mode is that of a file: links are 120000, submodules 160000, what is not there 000000.
fn is_file(mode: &str) -> bool {
    mode.starts_with("100")
}

/// The path that git names, unless it leads out of the root: the trees of a hostile repository may hold `..`.
fn below(root: &Path, path: &[u8]) -> Option<PathBuf> {
    let path = git::path(path);
    let is_below = path.components().all(|part| matches!(part, Component::Normal(_)));
    (is_below && !path.as_os_str().is_empty()).then(|| root.join(path))
}
