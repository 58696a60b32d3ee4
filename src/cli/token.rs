//! `saudit token`: what a token or kubeconfig is good for.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::io::unless_closed;
use super::{Exit, Io};
use crate::credential::held;
use crate::error::Error;
use crate::input::{MAX_FILE_SIZE, ReadError, read_stdin};
use crate::report::{CredentialFormat, Explanation, Lines};

const EXAMPLES: &str = "\
Examples:
  kubectl create token robot | saudit token
  kubectl get secret robot-token -o yaml | saudit token
  saudit token ~/.kube/config
  saudit token - < token.txt
  saudit token -o json admin.conf | jq '.credentials[] | select(.expires == null)'

In a pod, its own token: saudit token /var/run/secrets/kubernetes.io/serviceaccount/token

Never write a token itself on a command line: others see it there, and the shell remembers it.

Exit status:
  0  what was found is explained
  2  wrong arguments, or the file cannot be read
  3  nothing in it to log in with";

const NOTHING: &str = "\
nothing to log in with found: no JSON Web Token, no user of a kubeconfig, no token Secret, nor one of these in base64
A token of another kind tells nothing of itself: ask who gave it, or the cluster with `kubectl auth whoami`.";

/// Explain a token or kubeconfig: whose it is, for whom, until when, and what to use instead.
///
/// Read is a token, a kubeconfig, a Secret, or any text with tokens in it. Nothing secret is printed, and no signature
/// is checked: the claims are what the token says of itself.
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TokenArgs {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    file: PathBuf,
    /// What is not to be repeated in an error.
    #[arg(hide = true)]
    others: Vec<PathBuf>,
    /// How to print it.
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t)]
    output: CredentialFormat,
    /// The day on which it is asked.
    #[arg(long, value_name = "DATE", hide = true)]
    today: Option<Date>,
}

impl TokenArgs {
    pub(super) fn run(&self, io: &mut Io<'_>) -> Result<Exit, Error> {
        if !self.others.is_empty() {
            return Err(Error::SeveralCredentials);
        }
        let text = self.read(io).map_err(|source| Error::UnreadableCredential { source })?;
        let held = held(&text);
        if held.is_empty() {
            writeln!(io.stderr, "{NOTHING}")?;
            return Ok(Exit::Nothing);
        }
        let explanation = Explanation { held: &held, lines: &Lines::new(&text), now: self.now() };
        unless_closed(explanation.write(self.output, io.stdout))?;
        Ok(Exit::Clean)
    }

    /// What is explained. A pipe is read too: `saudit token <(kubectl create token robot)`.
    fn read(&self, io: &mut Io<'_>) -> Result<String, ReadError> {
        if self.file == Path::new("-") {
            return read_stdin(io.stdin, MAX_FILE_SIZE);
        }
        let file = File::open(io.environment.cwd.join(&self.file)).map_err(ReadError::Io);
        read_stdin(&mut file?, MAX_FILE_SIZE)
    }

    fn now(&self) -> Timestamp {
        let midnight = |day: Date| day.to_zoned(TimeZone::UTC).as_ref().map(Zoned::timestamp).ok();
        self.today.and_then(midnight).unwrap_or_else(Timestamp::now)
    }
}
