//! The walk: finds files one by one, in an order that does not depend on the file system, while others read them.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::globs::PathGlobs;
use super::ignores::Ignores;
use super::names::is_read_by_default;
use super::source::Source;
use super::surroundings::Surroundings;
use super::workspace::Workspace;

/// No more files than this are read; beyond it the run says so.
pub const MAX_FILES: usize = 200_000;

/// What to look for, and where.
#[derive(Clone, Debug)]
pub struct Request {
    /// The root and the working directory.
    pub workspace: Workspace,
    /// Where the walk starts: real paths of files and folders, all inside the root.
    pub starts: Vec<PathBuf>,
    /// What the configuration leaves out.
    pub exclude: PathGlobs,
    /// Whether what is left out stays so when it is a start.
    pub force_exclude: bool,
    /// The configuration of this run, which is not read as a manifest.
    pub config: Option<PathBuf>,
    /// Text from standard input; comes first.
    pub stdin: Option<Source>,
    /// How many files at most: [`MAX_FILES`].
    pub max_files: usize,
}

/// What a walk comes upon.
#[derive(Clone, Debug)]
pub enum Found {
    /// A file to read.
    File {
        /// The file and its names.
        source: Source,
        /// Named on the command line: if it cannot be read, the run has failed.
        explicit: bool,
        /// What stands around it.
        surroundings: Surroundings,
    },
    /// Something that looks like a file to read, and is not read.
    Skipped {
        /// As shown to people.
        shown: String,
        /// Why.
        reason: String,
        /// Named on the command line: the run has failed.
        explicit: bool,
    },
}

/// Walks and hands over what it finds, sorted by name inside each folder, no file twice.
///
/// Links to files are read once, under the real path, if that is inside the root. Links to folders are not followed.
pub fn discover(request: &Request, found: &mut dyn FnMut(Found)) {
    let mut walk = Walk {
        request,
        ignores: Ignores::new(&request.workspace, &request.exclude),
        seen: HashSet::new(),
        charts: Charts::default(),
        found,
    };
    if let Some(source) = &request.stdin {
        walk.stdin(source);
    }
    for start in &request.starts {
        if walk.start(start).is_err() {
            walk.skip(request.workspace.root(), &too_many(request.max_files), false);
            break;
        }
    }
    for (file, reason) in std::mem::take(&mut walk.ignores.broken) {
        walk.skip(&file, &reason, false);
    }
}

/// The walk has found as many files as it may.
struct Full;

struct Walk<'r> {
    request: &'r Request,
    ignores: Ignores<'r>,
    /// Real paths of the files handed over.
    seen: HashSet<PathBuf>,
    charts: Charts,
    found: &'r mut dyn FnMut(Found),
}

impl Walk<'_> {
    fn stdin(&mut self, source: &Source) {
        let path = self.request.workspace.root().join(&source.path);
        if self.request.force_exclude && self.ignores.hide(&path, false) {
            return;
        }
        let surroundings = self.charts.around(&path, self.request.workspace.root());
        (self.found)(Found::File { source: source.clone(), explicit: true, surroundings });
    }

    fn start(&mut self, start: &Path) -> Result<(), Full> {
        if self.request.force_exclude && self.ignores.hide(start, start.is_dir()) {
            return Ok(());
        }
        let mut entries = WalkDir::new(start).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            match entry {
                Err(error) => self.failed(&error, start),
                Ok(entry) if entry.file_type().is_dir() => {
                    if entry.depth() > 0 && self.ignores.covers(entry.path(), true) {
                        entries.skip_current_dir();
                    }
                }
                Ok(entry) => self.entry(&entry)?,
            }
        }
        Ok(())
    }

    /// Something other than a folder.
    fn entry(&mut self, entry: &DirEntry) -> Result<(), Full> {
        let (path, explicit) = (entry.path(), entry.depth() == 0);
        if entry.path_is_symlink() {
            return self.link(path, explicit);
        }
        if !explicit && (!is_read_by_default(path) || self.ignores.covers(path, false)) {
            return Ok(());
        }
        if entry.file_type().is_file() {
            return self.file(path, explicit);
        }
        self.skip(path, "not a regular file", explicit);
        Ok(())
    }

    fn link(&mut self, path: &Path, explicit: bool) -> Result<(), Full> {
        let is_folder = path.is_dir();
        let wanted = is_folder || is_read_by_default(path);
        if !explicit && (!wanted || self.ignores.covers(path, is_folder)) {
            return Ok(());
        }
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) => {
                self.skip(path, &format!("link: {}", reason(&error)), explicit);
                return Ok(());
            }
        };
        let skipped = if !real.starts_with(self.request.workspace.root()) {
            Some("link that leads out of the root")
        } else if is_folder {
            Some("link to a folder")
        } else if !real.is_file() {
            Some("link to something that is not a regular file")
        } else {
            None
        };
        if let Some(reason) = skipped {
            self.skip(path, reason, explicit);
            return Ok(());
        }
        if !explicit && self.ignores.hide(&real, false) {
            return Ok(());
        }
        self.file(&real, explicit)
    }

    /// A regular file, by its real path.
    fn file(&mut self, path: &Path, explicit: bool) -> Result<(), Full> {
        if self.request.config.as_deref() == Some(path) || self.seen.contains(path) {
            return Ok(());
        }
        if self.seen.len() >= self.request.max_files {
            return Err(Full);
        }
        self.seen.insert(path.to_owned());
        let surroundings = self.charts.around(path, self.request.workspace.root());
        let source = self.request.workspace.source(path.to_owned());
        (self.found)(Found::File { source, explicit, surroundings });
        Ok(())
    }

    fn failed(&mut self, error: &walkdir::Error, start: &Path) {
        let path = error.path().unwrap_or(start);
        let reason = error.io_error().map_or_else(|| error.to_string(), reason);
        self.skip(path, &reason, error.depth() == 0);
    }

    fn skip(&mut self, path: &Path, reason: &str, explicit: bool) {
        let shown = self.request.workspace.shown(path);
        (self.found)(Found::Skipped { shown, reason: reason.to_owned(), explicit });
    }
}

/// Remembers which folders are parts of charts.
#[derive(Default)]
struct Charts {
    last: Option<(PathBuf, Surroundings)>,
}

impl Charts {
    /// What stands around a file. Files of one folder come one after the other, so one memory is enough.
    fn around(&mut self, file: &Path, root: &Path) -> Surroundings {
        let Some(folder) = file.parent() else { return Surroundings::Plain };
        if let Some((known, surroundings)) = &self.last
            && known == folder
        {
            return *surroundings;
        }
        let surroundings = Self::look(folder, root);
        self.last = Some((folder.to_owned(), surroundings));
        surroundings
    }

    fn look(folder: &Path, root: &Path) -> Surroundings {
        let is_chart = |folder: &Path| folder.join("Chart.yaml").is_file();
        let mut above = folder.ancestors().take_while(|above| above.starts_with(root));
        let in_templates = above.any(|above| {
            above.file_name().is_some_and(|name| name == "templates") && above.parent().is_some_and(is_chart)
        });
        if in_templates { Surroundings::ChartTemplates } else { Surroundings::Plain }
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "vanished, or a link to nothing".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

fn too_many(max: usize) -> String {
    format!("more than {max} files: the rest was not read")
}

#[cfg(test)]
mod tests;
