//! `saudit check`: the audit.

mod args;

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use args::CheckArgs;

use super::{ColorChoice, Exit, Io, audit, inputs, mend, output, statistics};
use crate::config::Settings;
use crate::engine::{Run, gives_reason};
use crate::error::Error;
use crate::input::{
    Beyond, Change, Found, Helm, Limits, Purpose, Request, Source, Workspace, changes, decode, discover,
    is_read_by_default, is_script, is_template_text,
};
use crate::report::{Format, Output, TextOptions, escape, without_secrets};
use crate::rules::Rule;

impl CheckArgs {
    pub(super) fn run(&self, color: ColorChoice, io: &mut Io<'_>) -> Result<Exit, Error> {
        output::reject_collisions(&self.output.output)?;
        if inputs::reads_stdin(&self.paths) && self.changes().is_some_and(|changes| changes.write) {
            return Err(Error::ChangesForStdin);
        }
        let (workspace, starts) = self.input.locate(&self.paths, io)?;
        let config = self.input.configuration(&workspace)?;
        let settings = Settings::resolve(&workspace, config, self.settings(), self.flags())?;
        if settings.require_reason && self.fix.add_ignore.as_ref().is_some_and(|reason| !gives_reason(reason))
        {
            return Err(Error::ReasonRequired);
        }
        if self.output.show_settings {
            io.print(&escape::neutral(&without_secrets(&settings.to_yaml())))?;
            return Ok(Exit::Clean);
        }
        let beyond = self.beyond(&workspace, &starts, &settings);
        let Changed { paths: changed, ghosts } = self.changed(&workspace, &starts, &settings)?;
        let (request, failed) = self.input.request((workspace, starts), &self.paths, &settings, io);
        let request = Request { beyond, changed, ghosts, ..request };
        if self.output.show_files {
            return show_files(&request, failed, io);
        }
        let helm = self.helm(io)?;
        let mut run = audit::audit(&request, failed.clone(), &settings, helm.as_ref())?;
        if let Some(changes) = self.changes() {
            let changed = mend::change(&run, &changes, &audit::options(&request, &settings))?;
            if !changes.write {
                self.report(&run, Some(&changed.difference), color, io)?;
                if let Some(stale) = changed.stale_in_words() {
                    writeln!(io.stderr, "{stale}")?;
                }
                return Ok(exit(&run, &settings));
            }
            if !self.output.quiet {
                writeln!(io.stderr, "{}", changed.in_words(&changes.change))?;
            }
            run = audit::audit(&request, failed, &settings, helm.as_ref())?;
        }
        self.report(&run, None, color, io)?;
        let exit = exit(&run, &settings);
        if !self.prints_summary() {
            self.say_why(&run, exit, settings.flags.strict, io)?;
        }
        Ok(exit)
    }

    /// What is read beyond the paths: what a rule needs to look names up. A single file may be what Helm rendered from a
    /// chart that is not among the paths.
    fn beyond(&self, workspace: &Workspace, starts: &[PathBuf], settings: &Settings) -> Beyond {
        let may_be_rendered = inputs::reads_stdin(&self.paths) || starts.iter().any(|start| start.is_file());
        let is_needed = may_be_rendered || audit::rules(settings).any(Rule::needs_all);
        if is_needed { self.input.beyond(workspace) } else { Beyond::Nothing }
    }

    /// The helm that renders charts, if it is asked for.
    fn helm(&self, io: &Io<'_>) -> Result<Option<Helm>, Error> {
        let Some(named) = &self.helm.helm else { return Ok(None) };
        let is_name = named.components().count() == 1;
        let program = if is_name { named.clone() } else { io.environment.cwd.join(named) };
        let limits = Limits::default();
        let time = self.helm.helm_timeout.map_or(limits.time, Duration::from_millis);
        let path = std::env::var_os("PATH");
        Ok(Some(Helm::find(&program, path.as_deref(), Limits { time, ..limits })?))
    }

    /// What git says has changed, if it is asked: the files that are reported, and what was in them before.
    fn changed(
        &self,
        workspace: &Workspace,
        starts: &[PathBuf],
        settings: &Settings,
    ) -> Result<Changed, Error> {
        let Some(revision) = &self.changed else { return Ok(Changed::default()) };
        // Before the first commit there is no `HEAD`, and every file is new.
        let revision = Some(revision.as_str()).filter(|revision| *revision != "HEAD");
        let is_wanted = |path: &Path| is_read_by_default(path) || is_template_text(path) || is_script(path);
        let mut changes = changes(workspace.root(), revision, settings.max_file_size, &is_wanted)?;
        let starts: HashSet<&Path> = starts.iter().map(PathBuf::as_path).collect();
        changes.retain(|change| change.path.ancestors().any(|folder| starts.contains(folder)));
        let before = |change: &Change| {
            let text = decode(change.before.clone()?).ok()?.text;
            Some(workspace.source_in_memory(&text, Some(&change.path)))
        };
        Ok(Changed {
            ghosts: changes.iter().filter_map(before).collect(),
            paths: Some(
                changes.into_iter().filter(|change| change.exists).map(|change| change.path).collect(),
            ),
        })
    }

    /// Whether standard output ends with the summary, which names what was skipped.
    fn prints_summary(&self) -> bool {
        let is_text = |output: &Output| output.path.is_none() && output.format == Format::Text;
        let has_text = self.output.output.is_empty() || self.output.output.iter().any(is_text);
        has_text && !self.output.quiet && !self.output.statistics
    }

    /// Says on standard error what makes the exit 2 or 3: no other output does. With `--verbose`, all that was skipped.
    fn say_why(&self, run: &Run, exit: Exit, strict: bool, io: &mut Io<'_>) -> Result<(), Error> {
        inputs::say_skipped(&run.summary, strict || self.output.verbose, io)?;
        if exit == Exit::Nothing {
            writeln!(io.stderr, "no Kubernetes object found; `--allow-empty` makes that right")?;
        }
        Ok(())
    }

    /// Writes the reports. A difference, or else the statistics, takes the place of what goes to standard output.
    fn report(
        &self,
        run: &Run,
        difference: Option<&str>,
        color: ColorChoice,
        io: &mut Io<'_>,
    ) -> Result<(), Error> {
        let colors = io.environment.colors_stdout(color);
        let text = TextOptions {
            color: colors,
            links: colors && io.environment.stdout_is_terminal,
            verbosity: self.output.verbosity(),
            by_version: self.output.by_version,
            ..TextOptions::default()
        };
        let asked =
            if self.output.output.is_empty() { &[Output::default()][..] } else { &self.output.output };
        let instead = match difference {
            Some(difference) => Some(difference.to_owned()),
            None => self.output.statistics.then(|| statistics::table(run)),
        };
        for wanted in asked.iter().filter(|wanted| wanted.path.is_some() || instead.is_none()) {
            output::write(wanted, text, run, io)?;
        }
        instead.map_or(Ok(()), |text| io.print(&text))
    }
}

/// What has changed since a commit.
#[derive(Default)]
struct Changed {
    /// The files that are there now; `None` if all are to be reported.
    paths: Option<HashSet<PathBuf>>,
    /// What was in those that were changed or deleted.
    ghosts: Vec<Source>,
}

/// How the run ends: the worst of what happened.
fn exit(run: &Run, settings: &Settings) -> Exit {
    let mut flags = settings.flags;
    // Where something was found, there was something to look at: a token in a file of values.
    flags.allow_empty |= !run.findings.is_empty();
    let mut exit = inputs::exit(&run.summary, &flags);
    let fails = |severity| settings.fail_on.is_some_and(|least| severity >= least);
    if !flags.exit_zero && run.findings.iter().any(|finding| fails(finding.severity())) {
        exit = exit.and(Exit::Findings);
    }
    exit
}

/// Prints the files that would be read; what is skipped goes to standard error.
fn show_files(request: &Request, failed: Option<Found>, io: &mut Io<'_>) -> Result<Exit, Error> {
    let (mut files, mut skips, mut exit) = (String::new(), Vec::new(), Exit::Clean);
    let mut take = |found| match found {
        Found::File { purpose, .. } if purpose != Purpose::Report => {}
        Found::Cut { max_files } => {
            let _ = writeln!(skips, "more than {max_files} files: the rest is not read");
        }
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
