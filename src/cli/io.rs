//! What a command talks to: its streams, and what the environment says about them.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::error::Error;

/// What a command talks to.
pub struct Io<'i> {
    /// Standard input.
    pub stdin: &'i mut dyn Read,
    /// Standard output.
    pub stdout: &'i mut dyn Write,
    /// Standard error.
    pub stderr: &'i mut dyn Write,
    /// Everything else.
    pub environment: Environment,
}

/// What the environment says.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The working directory, real.
    pub cwd: PathBuf,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// Whether standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// What variables ask for: `NO_COLOR` before `CLICOLOR_FORCE` and `FORCE_COLOR`.
    pub color: Option<bool>,
    /// `PAGER`.
    pub pager: Option<String>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set; always if `FORCE_COLOR` is.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Environment {
    /// That of this process.
    pub fn current() -> Self {
        Self {
            cwd: fs::canonicalize(".").unwrap_or_else(|_| PathBuf::from(".")),
            home: env::home_dir().map(|home| fs::canonicalize(&home).unwrap_or(home)),
            stdout_is_terminal: io::stdout().is_terminal(),
            color: color_wish(|name| env::var_os(name)),
            pager: env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty()),
        }
    }

    /// Whether standard output gets colours.
    pub fn colors_stdout(&self, choice: ColorChoice) -> bool {
        match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => self.color.unwrap_or(self.stdout_is_terminal),
        }
    }

    /// The user's home folder.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }
}

impl Io<'_> {
    /// Writes to standard output. That nobody reads any more is no error.
    ///
    /// # Errors
    /// If standard output cannot be written.
    pub fn print(&mut self, text: &str) -> Result<(), Error> {
        unless_closed(self.stdout.write_all(text.as_bytes()))
    }

    /// Writes what is held back. That nobody reads any more is no error.
    ///
    /// # Errors
    /// If standard output cannot be written.
    pub fn flush(&mut self) -> Result<(), Error> {
        unless_closed(self.stdout.flush())
    }
}

/// Takes a reader that went away (`saudit check | head`) as the end of a good job.
pub(super) fn unless_closed(written: io::Result<()>) -> Result<(), Error> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Error::UnwritableStream),
    }
}

fn color_wish(variable: impl Fn(&str) -> Option<OsString>) -> Option<bool> {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let is_on = |name: &str| is_set(name) && variable(name).is_none_or(|value| value != "0");
    if is_set("NO_COLOR") {
        Some(false)
    } else if is_on("CLICOLOR_FORCE") || is_on("FORCE_COLOR") {
        Some(true)
    } else if variable("TERM").is_some_and(|term| term == "dumb") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_ask_for_colours() {
        for (set, wish) in [
            (&[][..], None),
            (&[("NO_COLOR", "1")], Some(false)),
            (&[("NO_COLOR", "")], None),
            (&[("FORCE_COLOR", "1")], Some(true)),
            (&[("CLICOLOR_FORCE", "1")], Some(true)),
            (&[("CLICOLOR_FORCE", "0")], None),
            (&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], Some(false)),
            (&[("TERM", "dumb")], Some(false)),
            (&[("TERM", "xterm")], None),
        ] {
            let variable =
                |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, value)| OsString::from(value));
            assert_eq!(color_wish(variable), wish, "{set:?}");
        }
    }

    #[test]
    fn the_flag_overrules_variables_and_terminal() {
        let environment =
            Environment { color: Some(false), stdout_is_terminal: true, ..Environment::default() };
        assert!(environment.colors_stdout(ColorChoice::Always));
        assert!(!environment.colors_stdout(ColorChoice::Auto));
        let environment = Environment { color: None, ..environment };
        assert!(environment.colors_stdout(ColorChoice::Auto));
        assert!(!environment.colors_stdout(ColorChoice::Never));
    }

    #[test]
    fn only_a_closed_pipe_is_no_error() {
        let outcome = |kind: io::ErrorKind| unless_closed(Err(kind.into())).is_ok();
        assert!(outcome(io::ErrorKind::BrokenPipe));
        assert!(!outcome(io::ErrorKind::StorageFull));
    }
}
