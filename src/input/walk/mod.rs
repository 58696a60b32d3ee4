//! The walk: finds files one by one, in an order that does not depend on the file system, while others read them.

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::globs::PathGlobs;
use super::ignores::Ignores;
use super::names::{is_read_by_default, is_template_text};
use super::scripts::is_script;
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
    /// What is read beyond the starts, so that names can be looked up there.
    pub beyond: Beyond,
    /// If these are given, only they are reported: real paths. What else the starts lead to is known, no more.
    pub changed: Option<HashSet<PathBuf>>,
    /// Files as they were before they were changed or deleted.
    pub ghosts: Vec<Source>,
    /// How many files at most: [`MAX_FILES`].
    pub max_files: usize,
}

/// What is read beyond the starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Beyond {
    /// Nothing.
    #[default]
    Nothing,
    /// The folders of files that are starts, without their subfolders: there is no repository around.
    Folders,
    /// Everything below the root.
    Root,
}

/// What a file is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// What is wrong in it is reported.
    Report,
    /// Others may name what is in it.
    Knowledge,
    /// Commands in it may create what others name.
    Commands,
    /// Others may still name what was in it.
    Ghost,
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
        /// What it is read for.
        purpose: Purpose,
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
    /// There are more files than may be read.
    Cut {
        /// How many may be read.
        max_files: usize,
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
        skipped: HashSet::new(),
        charts: Charts::default(),
        purpose: Purpose::Report,
        found,
    };
    for source in &request.ghosts {
        if walk.ignores.hide(&request.workspace.root().join(&source.path), false) {
            continue;
        }
        let surroundings = Surroundings::default();
        (walk.found)(Found::File {
            source: source.clone(),
            explicit: false,
            purpose: Purpose::Ghost,
            surroundings,
        });
    }
    if let Some(source) = &request.stdin {
        walk.stdin(source);
    }
    if walk.starts().is_err() {
        (walk.found)(Found::Cut { max_files: request.max_files });
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
    /// Real paths of the files handed over, as text: to hash a path part by part takes far longer.
    seen: HashSet<OsString>,
    /// What was skipped, and whether it was named.
    skipped: HashSet<(PathBuf, bool)>,
    charts: Charts,
    /// What the files of this part of the walk are read for.
    purpose: Purpose,
    found: &'r mut dyn FnMut(Found),
}

impl Walk<'_> {
    fn stdin(&mut self, source: &Source) {
        let path = self.request.workspace.root().join(&source.path);
        if self.request.force_exclude && self.ignores.hide(&path, false) {
            return;
        }
        let chart = self.charts.around(&path, &self.request.workspace);
        let surroundings = Surroundings { chart, is_alone: false };
        let purpose = Purpose::Report;
        (self.found)(Found::File { source: source.clone(), explicit: true, purpose, surroundings });
    }

    /// First what is asked for, then what is beyond it.
    fn starts(&mut self) -> Result<(), Full> {
        for start in &self.request.starts {
            if !(self.request.force_exclude && self.ignores.hide(start, start.is_dir())) {
                self.start(start, usize::MAX)?;
            }
        }
        self.purpose = Purpose::Knowledge;
        self.ignores.heed_git_only();
        match self.request.beyond {
            Beyond::Nothing => Ok(()),
            Beyond::Root => self.start(self.request.workspace.root(), usize::MAX),
            Beyond::Folders => {
                let files = self.request.starts.iter().filter(|start| start.is_file());
                let folders: BTreeSet<_> = files.filter_map(|file| file.parent()).collect();
                folders.into_iter().try_for_each(|folder| self.start(folder, 1))
            }
        }
    }

    fn start(&mut self, start: &Path, depth: usize) -> Result<(), Full> {
        let mut entries = WalkDir::new(start).max_depth(depth).sort_by_file_name().into_iter();
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
        if !explicit && (!self.wants(path) || self.ignores.covers(path, false)) {
            return Ok(());
        }
        if entry.file_type().is_file() {
            return self.file(path, explicit);
        }
        self.skip(path, "not a regular file", explicit);
        Ok(())
    }

    /// Whether a file that nobody named is read for something.
    fn wants(&mut self, path: &Path) -> bool {
        is_read_by_default(path) || is_script(path) || self.is_template(path)
    }

    /// Whether a file is a template of a chart without being a manifest by its name.
    fn is_template(&mut self, path: &Path) -> bool {
        is_template_text(path) && self.charts.around(path, &self.request.workspace).is_some()
    }

    fn link(&mut self, path: &Path, explicit: bool) -> Result<(), Full> {
        let is_folder = path.is_dir();
        let wanted = is_folder || self.wants(path);
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
            // Beyond what is asked for, a link only says again what stands elsewhere.
            if self.purpose == Purpose::Report {
                self.skip(path, reason, explicit);
            }
            return Ok(());
        }
        if !explicit && self.ignores.hide(&real, false) {
            return Ok(());
        }
        self.file(&real, explicit)
    }

    /// A regular file, by its real path.
    fn file(&mut self, path: &Path, explicit: bool) -> Result<(), Full> {
        if self.request.config.as_deref() == Some(path) || self.seen.contains(path.as_os_str()) {
            return Ok(());
        }
        if self.seen.len() >= self.request.max_files {
            return Err(Full);
        }
        let Some(purpose) = self.purpose(path, explicit) else { return Ok(()) };
        self.seen.insert(path.into());
        let chart = self.charts.around(path, &self.request.workspace);
        let surroundings =
            Surroundings { chart, is_alone: explicit && self.request.beyond == Beyond::Nothing };
        let source = self.request.workspace.source(path.to_owned());
        (self.found)(Found::File { source, explicit, purpose, surroundings });
        Ok(())
    }

    /// What a file is read for, if it is.
    fn purpose(&mut self, path: &Path, explicit: bool) -> Option<Purpose> {
        let is_asked_for = self.request.changed.as_ref().is_none_or(|changed| changed.contains(path));
        if self.purpose == Purpose::Report && is_asked_for {
            return Some(Purpose::Report);
        }
        if !explicit && !is_read_by_default(path) && !self.is_template(path) {
            return Some(Purpose::Commands);
        }
        (self.request.beyond != Beyond::Nothing).then_some(Purpose::Knowledge)
    }

    fn failed(&mut self, error: &walkdir::Error, start: &Path) {
        let path = error.path().unwrap_or(start);
        let reason = error.io_error().map_or_else(|| error.to_string(), reason);
        self.skip(path, &reason, error.depth() == 0);
    }

    fn skip(&mut self, path: &Path, reason: &str, explicit: bool) {
        // What is beyond the starts is around them, too.
        if !self.skipped.insert((path.to_owned(), explicit)) {
            return;
        }
        let shown = self.request.workspace.shown(path);
        (self.found)(Found::Skipped { shown, reason: reason.to_owned(), explicit });
    }
}

/// Remembers which folders are parts of charts.
#[derive(Default)]
struct Charts {
    last: Option<(PathBuf, Option<Arc<str>>)>,
}

impl Charts {
    /// The chart of which a file is a template. Files of one folder come one after the other, so one memory is enough.
    fn around(&mut self, file: &Path, workspace: &Workspace) -> Option<Arc<str>> {
        let folder = file.parent()?;
        if let Some((known, chart)) = &self.last
            && known == folder
        {
            return chart.clone();
        }
        let chart = Self::look(folder, workspace.root());
        let chart = chart.map(|chart| Arc::from(workspace.relative(chart)));
        self.last = Some((folder.to_owned(), chart.clone()));
        chart
    }

    fn look<'f>(folder: &'f Path, root: &Path) -> Option<&'f Path> {
        let is_chart = |folder: &Path| folder.starts_with(root) && folder.join("Chart.yaml").is_file();
        let is_named = |folder: &Path, wanted: &str| folder.file_name().is_some_and(|name| name == wanted);
        let templates = folder.ancestors().filter(|above| is_named(above, "templates"));
        let mut chart = templates.filter_map(Path::parent).find(|above| is_chart(above))?;
        // A dependency is released with the chart that holds it.
        while let Some(charts) = chart.parent().filter(|above| is_named(above, "charts"))
            && let Some(outer) = charts.parent().filter(|outer| is_chart(outer))
        {
            chart = outer;
        }
        Some(chart)
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "vanished, or a link to nothing".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests;
