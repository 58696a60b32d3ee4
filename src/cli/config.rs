//! `saudit config`: about the configuration file.

use clap::{Args, Subcommand};

use super::{Exit, Io};
use crate::config::schema;
use crate::error::Error;

/// About the configuration file.
#[derive(Clone, Debug, Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum What {
    /// Print the JSON schema of saudit.yaml, for editors.
    Schema,
}

impl ConfigArgs {
    pub(super) fn run(&self, io: &mut Io<'_>) -> Result<Exit, Error> {
        match self.what {
            What::Schema => io.print(&format!("{:#}\n", schema()))?,
        }
        Ok(Exit::Clean)
    }
}
