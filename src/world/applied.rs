//! Which files commands apply.

use std::collections::{HashMap, HashSet};

use super::folders::{folder_of, with_parents};
use crate::finding::Place;
use crate::input::joined;
use crate::script::Application;
use crate::span::FileId;

/// Files and folders, with the first command that applies each. Root-relative paths.
#[derive(Debug, Default)]
pub(super) struct Applied {
    files: HashMap<String, Place>,
    /// Without the folders in them.
    folders: HashMap<String, Place>,
    trees: HashMap<String, Place>,
}

/// What a path may lead to.
struct Known<'p> {
    files: HashSet<&'p str>,
    folders: HashSet<&'p str>,
}

impl Applied {
    /// Finds what the commands mean. `paths` are the files of the world, by id.
    pub(super) fn new(applications: Vec<(FileId, Application)>, paths: &[String]) -> Self {
        let mut applied = Self::default();
        if applications.is_empty() {
            return applied;
        }
        let files: HashSet<_> = paths.iter().map(String::as_str).collect();
        let own: HashSet<_> = files.iter().map(|path| folder_of(path)).collect();
        let folders = own.into_iter().flat_map(with_parents).collect();
        let known = Known { files, folders };
        for (file, application) in applications {
            let Some(script) = paths.get(file.0 as usize) else { continue };
            let Some(path) = known.find(folder_of(script), &application.path) else { continue };
            let entries = if known.files.contains(path.as_str()) {
                &mut applied.files
            } else if application.is_recursive {
                &mut applied.trees
            } else {
                &mut applied.folders
            };
            let place = Place { file, span: application.span, path: String::new(), object: None };
            entries.entry(path).or_insert(place);
        }
        applied
    }

    /// The command that applies a file.
    pub(super) fn by(&self, path: &str) -> Option<&Place> {
        let folder = folder_of(path);
        let tree = || with_parents(folder).find_map(|folder| self.trees.get(folder));
        self.files.get(path).or_else(|| self.folders.get(folder)).or_else(tree)
    }
}

impl Known<'_> {
    /// The file or folder that a script in `folder` means by `written`: the nearest, as nobody knows where it is started.
    fn find(&self, folder: &str, written: &str) -> Option<String> {
        let written = literal_end(written)?;
        // `.` is everywhere.
        let reach = if ["", "."].contains(&written) { 1 } else { usize::MAX };
        let mut places = with_parents(folder).take(reach).filter_map(|folder| joined(folder, written));
        places.find(|path| self.files.contains(path.as_str()) || self.folders.contains(path.as_str()))
    }
}

/// What is written of a path behind its variables, without the pattern at its end: `deploy` of `$ROOT/deploy/*.yaml`.
/// None if it leads out of the input, or nothing is left.
fn literal_end(path: &str) -> Option<&str> {
    let path = path.trim_matches(['"', '\'']);
    if path.starts_with('/') || path.contains("://") {
        return None;
    }
    let end = match path.rfind(['$', '}', ')']) {
        Some(last) => path.get(last..)?.split_once('/')?.1,
        None => path,
    };
    let folder = match end.rsplit_once('/') {
        Some((folder, name)) if name.contains('*') => folder,
        None if end.contains('*') => ".",
        _ => end,
    };
    let is_filled = end.len() < path.len() && ["", "."].contains(&folder);
    (!is_filled).then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    #[test]
    fn commands_apply_the_nearest_file_or_folder() {
        let paths = [
            "deploy/sa.yaml",
            "deploy/rbac/a.yaml",
            "docs/deploy/sa.yaml",
            "sa.yaml",
            "ci/run.sh",
            "docs/x.md",
        ];
        let paths: Vec<_> = paths.iter().map(|path| (*path).to_owned()).collect();
        for (script, path, is_recursive, expected) in [
            ("ci/run.sh", "deploy/sa.yaml", false, "deploy/sa.yaml"),
            ("ci/run.sh", "../deploy/sa.yaml", false, "deploy/sa.yaml"),
            ("ci/run.sh", "./deploy/", false, "deploy/sa.yaml"),
            ("ci/run.sh", "deploy", true, "deploy/sa.yaml deploy/rbac/a.yaml"),
            ("ci/run.sh", "$ROOT/deploy/*.yaml", false, "deploy/sa.yaml"),
            ("ci/run.sh", "${ROOT}/sa.yaml", false, "sa.yaml"),
            ("ci/run.sh", "$(dirname $0)/../sa.yaml", false, "sa.yaml"),
            ("ci/run.sh", "*.yaml", false, "ci/run.sh"),
            ("ci/run.sh", ".", false, "ci/run.sh"),
            ("ci/run.sh", "$DIR/*.yaml", false, ""),
            ("ci/run.sh", "$DIR/", false, ""),
            ("ci/run.sh", "$FILE", false, ""),
            ("ci/run.sh", "/deploy/sa.yaml", false, ""),
            ("ci/run.sh", "https://example.com/sa.yaml", false, ""),
            ("ci/run.sh", "../../sa.yaml", false, ""),
            ("ci/run.sh", "other.yaml", false, ""),
            ("docs/x.md", "deploy/sa.yaml", false, "docs/deploy/sa.yaml"),
        ] {
            let file = paths.iter().position(|path| path == script).unwrap();
            let file = FileId(u32::try_from(file).unwrap());
            let application = Application { path: path.into(), is_recursive, span: Span::new(0..0) };
            let applied = Applied::new(vec![(file, application)], &paths);
            let found: Vec<_> =
                paths.iter().map(String::as_str).filter(|path| applied.by(path).is_some()).collect();
            assert_eq!(found.join(" "), expected, "{path} in {script}");
        }
    }
}
