//! `saudit check`: the audit.

mod args;

use std::io::Write;
use std::path::{Path, PathBuf};

pub use args::CheckArgs;

use super::{ColorChoice, Exit, Io, audit, mend, output, statistics};
use crate::config::Settings;
use crate::engine::{Run, gives_reason};
use crate::error::Error;
use crate::input::{Found, MAX_FILES, Request, Source, Workspace, discover, read_stdin};
use crate::report::{Output, TextOptions, escape};

impl CheckArgs {
    pub(super) fn run(&self, color: ColorChoice, io: &mut Io<'_>) -> Result<Exit, Error> {
        output::reject_collisions(&self.output.output)?;
        if self.reads_stdin() && self.changes().is_some_and(|changes| changes.write) {
            return Err(Error::ChangesForStdin);
        }
        let (workspace, starts) = self.locate(io)?;
        let config = if self.input.no_config {
            None
        } else {
            Settings::locate(&workspace, self.input.config.as_ref())?
        };
        let settings = Settings::resolve(&workspace, config, self.settings(), self.flags())?;
        if settings.require_reason && self.fix.add_ignore.as_ref().is_some_and(|reason| !gives_reason(reason))
        {
            return Err(Error::ReasonRequired);
        }
        if self.output.show_settings {
            io.print(&settings.to_yaml())?;
            return Ok(Exit::Clean);
        }
        let (stdin, failed) = match self.stdin(&workspace, &settings, io) {
            Ok(stdin) => (stdin, None),
            Err(failed) => (None, Some(failed)),
        };
        let request = Request {
            workspace,
            starts,
            exclude: settings.exclude.clone(),
            force_exclude: self.input.force_exclude,
            config: settings.config.clone(),
            stdin,
            max_files: MAX_FILES,
        };
        if self.output.show_files {
            return show_files(&request, failed, io);
        }
        let mut run = audit::audit(&request, failed.clone(), &settings)?;
        if let Some(changes) = self.changes() {
            let changed = mend::change(&run, &changes, &audit::options(&request, &settings))?;
            if !changes.write {
                io.print(&changed.difference)?;
                if let Some(stale) = changed.stale_in_words() {
                    writeln!(io.stderr, "{stale}")?;
                }
                return Ok(exit(&run, &settings));
            }
            if !self.output.quiet {
                writeln!(io.stderr, "{}", changed.in_words(&changes.change))?;
            }
            run = audit::audit(&request, failed, &settings)?;
        }
        self.report(&run, color, io)?;
        Ok(exit(&run, &settings))
    }

    /// The project, and where in it to start.
    fn locate(&self, io: &Io<'_>) -> Result<(Workspace, Vec<PathBuf>), Error> {
        let cwd = &io.environment.cwd;
        let named = self.paths.iter().filter(|path| !is_stdin(path));
        let starts = named.map(|path| Workspace::resolve(cwd, path)).collect::<Result<Vec<_>, _>>()?;
        // Text from standard input belongs where its name says.
        let stdin_folder = self.input.stdin_filename.as_deref().and_then(Path::parent);
        let anchors = match stdin_folder.map(|folder| Workspace::resolve(cwd, &cwd.join(folder))) {
            Some(Ok(folder)) if starts.is_empty() => vec![folder],
            _ => starts.clone(),
        };
        let root = self.input.root.as_deref();
        Ok((Workspace::around(&anchors, cwd, io.environment.home(), root)?, starts))
    }

    /// What standard input has, if it is asked for.
    fn stdin(
        &self,
        workspace: &Workspace,
        settings: &Settings,
        io: &mut Io<'_>,
    ) -> Result<Option<Source>, Found> {
        if !self.reads_stdin() {
            return Ok(None);
        }
        let source = |text: &str| workspace.source_in_memory(text, self.input.stdin_filename.as_deref());
        match read_stdin(io.stdin, settings.max_file_size) {
            Ok(text) => Ok(Some(source(&text))),
            Err(error) => {
                let Source { shown, .. } = source("");
                Err(Found::Skipped { shown, reason: error.to_string(), explicit: true })
            }
        }
    }

    fn reads_stdin(&self) -> bool {
        self.paths.iter().any(|path| is_stdin(path))
    }

    fn report(&self, run: &Run, color: ColorChoice, io: &mut Io<'_>) -> Result<(), Error> {
        let colors = io.environment.colors_stdout(color);
        let text = TextOptions {
            color: colors,
            links: colors && io.environment.stdout_is_terminal,
            verbosity: self.output.verbosity(),
            ..TextOptions::default()
        };
        let asked =
            if self.output.output.is_empty() { &[Output::default()][..] } else { &self.output.output };
        for wanted in asked.iter().filter(|wanted| wanted.path.is_some() || !self.output.statistics) {
            output::write(wanted, text, run, io)?;
        }
        if self.output.statistics {
            io.print(&statistics::table(run))?;
        }
        Ok(())
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// How the run ends: the worst of what happened.
fn exit(run: &Run, settings: &Settings) -> Exit {
    let flags = &settings.flags;
    let mut exit = Exit::Clean;
    let fails = |severity| settings.fail_on.is_some_and(|least| severity >= least);
    if !flags.exit_zero && run.findings.iter().any(|finding| fails(finding.severity())) {
        exit = exit.and(Exit::Findings);
    }
    if run.summary.manifests == 0 && !flags.allow_empty {
        exit = exit.and(Exit::Nothing);
    }
    if run.summary.skipped.iter().any(|skipped| skipped.explicit || flags.strict) {
        exit = exit.and(Exit::Failure);
    }
    exit
}

/// Prints the files that would be read; what is skipped goes to standard error.
fn show_files(request: &Request, failed: Option<Found>, io: &mut Io<'_>) -> Result<Exit, Error> {
    let (mut files, mut skips, mut exit) = (String::new(), Vec::new(), Exit::Clean);
    let mut take = |found| match found {
        Found::File { source, .. } => {
            files.push_str(&escape::line(&source.shown));
            files.push('\n');
        }
        Found::Skipped { shown, reason, explicit } => {
            let _ = writeln!(skips, "skipped {}: {}", escape::line(&shown), escape::line(&reason));
            exit = if explicit { exit.and(Exit::Failure) } else { exit };
        }
    };
    failed.into_iter().for_each(&mut take);
    discover(request, &mut take);
    io.print(&files)?;
    io.stderr.write_all(&skips)?;
    Ok(exit)
}
