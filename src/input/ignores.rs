//! What a walk leaves out: `.gitignore` and `.sauditignore` of the project's own folders, and `exclude:` patterns.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::globs::PathGlobs;
use super::names::is_never_walked;
use super::workspace::Workspace;

/// The files with patterns; the later one has the last word.
const IGNORE_FILES: [&str; 2] = [GIT_IGNORE_FILE, ".sauditignore"];
const GIT_IGNORE_FILE: &str = ".gitignore";

/// A larger file of patterns is no file of patterns.
const LARGEST_IGNORE_FILE: u64 = 1 << 20;

/// The patterns of one folder, and of those above it up to the root.
struct Layer {
    patterns: Gitignore,
    above: Option<Rc<Layer>>,
}

/// Answers whether a path is left out. Reads each folder's ignore files once.
pub(super) struct Ignores<'r> {
    workspace: &'r Workspace,
    exclude: Option<&'r PathGlobs>,
    files: &'static [&'static str],
    /// By folder, as text: to hash a path part by part takes far longer.
    layers: HashMap<OsString, Option<Rc<Layer>>>,
    /// Ignore files that could not be read or understood, with the reason.
    pub(super) broken: Vec<(PathBuf, String)>,
}

impl<'r> Ignores<'r> {
    pub(super) fn new(workspace: &'r Workspace, exclude: &'r PathGlobs) -> Self {
        Self {
            workspace,
            exclude: Some(exclude),
            files: &IGNORE_FILES,
            layers: HashMap::new(),
            broken: Vec::new(),
        }
    }

    /// From now on leaves out what git does, and nothing else: what is not to be reported may still be named by others.
    pub(super) fn heed_git_only(&mut self) {
        self.exclude = None;
        self.files = &[GIT_IGNORE_FILE];
        self.layers.clear();
    }

    /// Whether this file or folder itself is left out; the folders that it is in are not looked at, because a walk
    /// would not have come here. The nearest ignore file that says something decides, as in git.
    pub(super) fn covers(&mut self, path: &Path, is_folder: bool) -> bool {
        if is_folder && is_never_walked(path) {
            return true;
        }
        let exclude = self.exclude.filter(|exclude| !exclude.patterns().is_empty());
        let exclude = exclude.and_then(|exclude| exclude.decide(&self.workspace.relative(path), is_folder));
        if let Some(decided) = exclude {
            return decided;
        }
        let Some(folder) = path.parent() else { return false };
        let nearest = self.layer(folder);
        let mut layer = nearest.as_deref();
        while let Some(here) = layer {
            match here.patterns.matched(path, is_folder) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => layer = here.above.as_deref(),
            }
        }
        false
    }

    /// Whether a walk from the root would not come here.
    pub(super) fn hide(&mut self, path: &Path, is_folder: bool) -> bool {
        let root = self.workspace.root();
        let mut folders: Vec<_> = path
            .ancestors()
            .skip(1)
            .take_while(|folder| folder.starts_with(root) && *folder != root)
            .collect();
        folders.reverse();
        folders.into_iter().any(|folder| self.covers(folder, true)) || self.covers(path, is_folder)
    }

    /// The patterns that hold in a folder.
    fn layer(&mut self, folder: &Path) -> Option<Rc<Layer>> {
        if let Some(known) = self.layers.get(folder.as_os_str()) {
            return known.clone();
        }
        if !folder.starts_with(self.workspace.root()) {
            return None;
        }
        let above = folder.parent().and_then(|parent| self.layer(parent));
        let layer = match self.read(folder) {
            Some(patterns) => Some(Rc::new(Layer { patterns, above })),
            None => above,
        };
        self.layers.insert(folder.into(), layer.clone());
        layer
    }

    /// The patterns that stand in a folder, if any.
    fn read(&mut self, folder: &Path) -> Option<Gitignore> {
        let mut builder = GitignoreBuilder::new(folder);
        let mut found = false;
        for file in self.files.iter().map(|name| folder.join(name)) {
            // As git does, a link is not followed: it may lead out of the project, or to a pipe.
            let Ok(metadata) = fs::symlink_metadata(&file) else { continue };
            if !metadata.is_file() || metadata.len() > LARGEST_IGNORE_FILE {
                self.say(file, "not a file of patterns".to_owned());
                continue;
            }
            found = true;
            if let Some(error) = builder.add(&file) {
                self.say(file, first_line(&error.to_string()));
            }
        }
        let patterns = builder.build().ok().filter(|_| found)?;
        (!patterns.is_empty()).then_some(patterns)
    }

    fn say(&mut self, file: PathBuf, reason: String) {
        // The second walk reads the same files again.
        if self.exclude.is_some() {
            self.broken.push((file, reason));
        }
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
