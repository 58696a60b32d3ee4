//! What can go wrong before and after the rules run, each with what to do about it.

use std::io;
use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use crate::input::{ChangesError, HelmError, ReadError};

/// A run that cannot go on: exit 2.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    /// git cannot say what has changed.
    #[error(transparent)]
    Changes(#[from] ChangesError),
    /// There is no helm to render charts with.
    #[error(transparent)]
    #[diagnostic(help("`--helm=PATH` names the program; without `--helm` templates are read without it."))]
    Helm(#[from] HelmError),
    /// A path on the command line that is not there.
    #[error("`{}` does not exist", path.display())]
    #[diagnostic(help("Paths are files, folders or `-` for standard input."))]
    NoSuchPath {
        /// As given.
        path: PathBuf,
    },
    /// A path on the command line that cannot be looked at.
    #[error("cannot read `{}`", path.display())]
    UnreadablePath {
        /// As given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// `--root` names no folder.
    #[error("the root `{}` is not a folder", path.display())]
    #[diagnostic(help("`--root` takes the folder that holds the whole project, usually that of `.git`."))]
    NoSuchRoot {
        /// As given.
        path: PathBuf,
    },
    /// A path on the command line lies outside of `--root`.
    #[error("`{}` is outside of the root `{}`", path.display(), root.display())]
    #[diagnostic(help("Leave out `--root`, or name a folder that holds all paths."))]
    OutsideRoot {
        /// The path, resolved.
        path: PathBuf,
        /// The root.
        root: PathBuf,
    },
    /// No rule and no group has this name.
    #[error("there is no rule or group `{name}`")]
    UnknownRule {
        /// As given.
        name: String,
        /// The closest name, or where to look.
        #[help]
        help: String,
    },
    /// The configuration file cannot be read.
    #[error("cannot read the configuration `{}`", path.display())]
    #[diagnostic(help("`--no-config` runs without one; `saudit init` writes one."))]
    UnreadableConfig {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The configuration file does not say what it may.
    #[error("{place}: {message}")]
    InvalidConfig {
        /// `saudit.yaml`, with `:line:column` where they are known.
        place: String,
        /// What is wrong.
        message: String,
        /// What to write instead.
        #[help]
        help: Option<String>,
    },
    /// What `saudit token` is to explain cannot be read. Whoever gives the token itself in place of a file shall not
    /// find it in a log.
    #[error("cannot read what is to be explained")]
    #[diagnostic(help("Name a file, or give the token on standard input: `saudit token - < FILE`."))]
    UnreadableCredential {
        /// Why.
        source: ReadError,
    },
    /// `saudit token` with more than one argument. They are not repeated either.
    #[error("only one file can be explained at a time")]
    #[diagnostic(help("Name a file, or give the token on standard input: `saudit token - < FILE`."))]
    SeveralCredentials,
    /// `saudit can-i` and `saudit who-can` cannot answer this.
    #[error("{message}")]
    InvalidQuestion {
        /// What is wrong.
        message: String,
        /// What to ask instead.
        #[help]
        help: &'static str,
    },
    /// Two reports on standard output.
    #[error("only one report can go to standard output")]
    #[diagnostic(help("Give the others a file: `--output text --output sarif=saudit.sarif`."))]
    OutputsCollide,
    /// `--fix` or `--add-ignore` on text that is in no file.
    #[error("standard input cannot be mended")]
    #[diagnostic(help("`--diff` shows what would change; `--fix` and `--add-ignore` need files."))]
    ChangesForStdin,
    /// `--add-ignore` without a reason where the configuration asks for one.
    #[error("the configuration asks for a reason (`require-reason`)")]
    #[diagnostic(help("Give one: `--add-ignore='the agent cannot request tokens yet'`."))]
    ReasonRequired,
    /// A report or a mended file cannot be written.
    #[error("cannot write `{}`", path.display())]
    #[diagnostic(help("The folder must exist, be writable and have room; saudit does not create folders."))]
    UnwritableFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Standard output or standard error cannot be written, other than because nobody reads it any more.
    #[error("cannot write the output")]
    UnwritableStream(#[from] io::Error),
    /// `saudit init` where there is a configuration already.
    #[error("`{}` exists already", path.display())]
    #[diagnostic(help("Edit it, or remove it first: saudit does not overwrite a configuration."))]
    ConfigExists {
        /// The file.
        path: PathBuf,
    },
}

impl Error {
    /// A name that does not exist, with the configuration that has it.
    pub(crate) fn in_config(self, place: &str) -> Self {
        match self {
            Self::UnknownRule { name, help } => Self::InvalidConfig {
                place: place.to_owned(),
                message: format!("there is no rule or group `{name}`"),
                help: Some(help),
            },
            other => other,
        }
    }
}
