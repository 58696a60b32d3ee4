//! `saudit completions`: for shells.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Exit, Io};
use crate::error::Error;

/// Print completions for a shell.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  saudit completions bash > /etc/bash_completion.d/saudit\n  \
    saudit completions zsh > \"${fpath[1]}/_saudit\"\n  \
    saudit completions fish > ~/.config/fish/completions/saudit.fish")]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn run(&self, io: &mut Io<'_>) -> Result<Exit, Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::Args::command(), "saudit", &mut script);
        io.print(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Clean)
    }
}
