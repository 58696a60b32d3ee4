//! What a verb reads: its options, and from them what to look for and where.

use std::num::NonZero;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::FalseyValueParser;

use super::{Exit, Io};
use crate::config::{ByteSize, RunFlags, Settings};
use crate::engine::{Skipped, Summary};
use crate::error::Error;
use crate::input::{Beyond, Found, MAX_FILES, Request, Source, Workspace, read_stdin};
use crate::k8s::{KubeVersions, VersionError};
use crate::report::escape;

/// What is read.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct InputArgs {
    /// The folder of the whole project [default: that of .git, else the common parent of the paths].
    #[arg(long, value_name = "DIR", env = "SAUDIT_ROOT")]
    pub(super) root: Option<PathBuf>,
    /// The configuration [default: the nearest saudit.yaml or .saudit.yaml, up to the root].
    #[arg(long, value_name = "FILE", env = "SAUDIT_CONFIG")]
    pub(super) config: Option<PathBuf>,
    /// Read no configuration.
    #[arg(long, conflicts_with = "config", env = "SAUDIT_NO_CONFIG", value_parser = FalseyValueParser::new())]
    pub(super) no_config: bool,
    /// Know only the paths: names that lead out of them are not looked up in the rest of the repository.
    #[arg(long, env = "SAUDIT_NO_WORLD", value_parser = FalseyValueParser::new())]
    pub(super) no_world: bool,
    /// The name of what comes from standard input.
    #[arg(long, value_name = "PATH")]
    pub(super) stdin_filename: Option<PathBuf>,
    /// Leave out what is excluded or ignored even if it is named, and never exit with 3: for pre-commit.
    #[arg(long, env = "SAUDIT_FORCE_EXCLUDE", value_parser = FalseyValueParser::new())]
    pub(super) force_exclude: bool,
    /// Skip larger files: bytes, or with k, M or G [default: 32M].
    #[arg(long, value_name = "SIZE", env = "SAUDIT_MAX_FILE_SIZE")]
    pub(super) max_file_size: Option<ByteSize>,
    /// How many threads [default: one for each processor].
    #[arg(long, value_name = "NUMBER", env = "SAUDIT_THREADS")]
    pub(super) threads: Option<NonZero<usize>>,
}

impl InputArgs {
    /// The project, and where in it to start.
    pub(super) fn locate(&self, paths: &[PathBuf], io: &Io<'_>) -> Result<(Workspace, Vec<PathBuf>), Error> {
        let cwd = &io.environment.cwd;
        let named = paths.iter().filter(|path| !is_stdin(path));
        let starts = named.map(|path| Workspace::resolve(cwd, path)).collect::<Result<Vec<_>, _>>()?;
        // Text from standard input belongs where its name says.
        let stdin_folder = self.stdin_filename.as_deref().and_then(Path::parent);
        let anchors = match stdin_folder.map(|folder| Workspace::resolve(cwd, &cwd.join(folder))) {
            Some(Ok(folder)) if starts.is_empty() => vec![folder],
            _ => starts.clone(),
        };
        let root = self.root.as_deref();
        Ok((Workspace::around(&anchors, cwd, io.environment.home(), root)?, starts))
    }

    /// The configuration of this run, by its real path.
    pub(super) fn configuration(&self, workspace: &Workspace) -> Result<Option<PathBuf>, Error> {
        if self.no_config { Ok(None) } else { Settings::locate(workspace, self.config.as_ref()) }
    }

    /// What to look for, and what could not even be asked for: standard input that cannot be read.
    pub(super) fn request(
        &self,
        (workspace, starts): (Workspace, Vec<PathBuf>),
        paths: &[PathBuf],
        settings: &Settings,
        io: &mut Io<'_>,
    ) -> (Request, Option<Found>) {
        let (stdin, failed) = match self.stdin(paths, &workspace, settings, io) {
            Ok(stdin) => (stdin, None),
            Err(failed) => (None, Some(failed)),
        };
        let request = Request {
            beyond: self.beyond(&workspace),
            workspace,
            starts,
            exclude: settings.exclude.clone(),
            force_exclude: self.force_exclude,
            config: settings.config.clone(),
            stdin,
            changed: None,
            ghosts: Vec::new(),
            max_files: MAX_FILES,
        };
        (request, failed)
    }

    /// What standard input has, if it is asked for.
    fn stdin(
        &self,
        paths: &[PathBuf],
        workspace: &Workspace,
        settings: &Settings,
        io: &mut Io<'_>,
    ) -> Result<Option<Source>, Found> {
        if !reads_stdin(paths) {
            return Ok(None);
        }
        let source = |text: &str| workspace.source_in_memory(text, self.stdin_filename.as_deref());
        match read_stdin(io.stdin, settings.max_file_size) {
            Ok(text) => Ok(Some(source(&text))),
            Err(error) => {
                let Source { shown, .. } = source("");
                Err(Found::Skipped { shown, reason: error.to_string(), explicit: true })
            }
        }
    }

    /// What is read beyond the paths, if names are looked up.
    pub(super) fn beyond(&self, workspace: &Workspace) -> Beyond {
        match !self.no_world {
            true if workspace.is_project() => Beyond::Root,
            true => Beyond::Folders,
            false => Beyond::Nothing,
        }
    }
}

/// Where objects are installed that do not say it.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct ReleaseArgs {
    /// The namespace of objects that name none: that of your release or context.
    #[arg(short, long, value_name = "NAME", env = "SAUDIT_NAMESPACE")]
    pub(super) namespace: Option<String>,
}

/// Versions of Kubernetes, as they are written.
pub(super) fn kube_version(text: &str) -> Result<String, VersionError> {
    KubeVersions::parse(text).map(|_| text.to_owned())
}

/// Whether standard input is among the paths.
pub(super) fn reads_stdin(paths: &[PathBuf]) -> bool {
    paths.iter().any(|path| is_stdin(path))
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// How a run ends by what could be read.
pub(super) fn exit(summary: &Summary, flags: &RunFlags) -> Exit {
    let mut exit = Exit::Clean;
    // Of templates the gates are judged, of scripts the commands, so that these alone are something.
    let read = summary.manifests + summary.known_manifests + summary.templates + summary.scripts;
    if read == 0 && !flags.allow_empty {
        exit = exit.and(Exit::Nothing);
    }
    if summary.skipped.iter().any(|skipped| skipped.explicit || flags.strict) {
        exit = exit.and(Exit::Failure);
    }
    exit
}

/// Says on standard error what was skipped: all of it, or only what the run has failed by.
pub(super) fn say_skipped(summary: &Summary, all: bool, io: &mut Io<'_>) -> Result<(), Error> {
    for Skipped { shown, reason, .. } in summary.skipped.iter().filter(|skipped| skipped.explicit || all) {
        writeln!(io.stderr, "skipped {}: {}", escape::line(shown), escape::line(reason))?;
    }
    Ok(())
}
