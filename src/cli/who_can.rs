//! `saudit who-can`: who may do something.

use clap::Args;

use super::io::unless_closed;
use super::question::{self, ScopeArgs, SourceArgs, Understood, rights, understand};
use super::{Exit, Io, inputs};
use crate::error::Error;
use crate::report::{Answer, Asked, RightsFormat, RightsReport};
use crate::world::rbac::Reach;

const EXAMPLES: &str = "\
Examples:
  saudit who-can get secrets                     in any namespace
  saudit who-can create pods --subresource exec -n prod
  saudit who-can list nodes -f deploy/
  saudit who-can '*' '*'                         who may do everything
  helm template . | saudit who-can impersonate users -f -
  saudit who-can get secrets -o json | jq '.identities[].name'

Exit status:
  0  the identities are printed, even if there are none
  2  wrong arguments or configuration, or something named that cannot be read
  3  no Kubernetes object anywhere";

/// Say which ServiceAccounts, users and groups may do something, and which binding and rule allow it.
///
/// Bindings are read from the files that -f names; roles that these do not hold are looked up in the rest of the repository.
/// Without -n, those are listed who may do it in any namespace.
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct WhoCanArgs {
    /// get, list, watch, create, update, patch, delete, impersonate, bind … or `*`.
    #[arg(value_name = "VERB")]
    verb: String,
    /// What to do it with: TYPE[.GROUP][/NAME] or a path such as /metrics.
    #[arg(value_name = "TYPE")]
    what: String,
    #[command(flatten)]
    scope: ScopeArgs,
    /// List those, too, whom every cluster lets do it: system:masters, controllers …
    #[arg(long)]
    built_in: bool,
    /// How to print the answer; JSON always has those of every cluster, too.
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t)]
    output: RightsFormat,
    #[command(flatten)]
    source: SourceArgs,
}

impl WhoCanArgs {
    pub(super) fn run(&self, io: &mut Io<'_>) -> Result<Exit, Error> {
        let (survey, settings) = self.source.survey(io)?;
        let rights = rights(&survey, &settings);
        let understood = understand(&self.verb, &self.what, &self.scope, None, &rights)?;
        let Understood { question, warnings } = &understood;
        question::warn(warnings, io)?;
        let reach = if question.place == Asked::AnyNamespace { Reach::Any } else { Reach::Own };
        let who = rights.who_can(&question.request, reach);
        let answer = Answer::WhoCan { question, who, lists_built_in: self.built_in };
        let (sources, summary) = (&survey.sources, &survey.summary);
        unless_closed(
            RightsReport { answer, notes: Vec::new(), sources, summary }.write(self.output, io.stdout),
        )?;
        let exit = inputs::exit(summary, &settings.flags);
        inputs::say_skipped(summary, false, io)?;
        if exit == Exit::Nothing {
            writeln!(io.stderr, "no Kubernetes object found")?;
        }
        Ok(exit)
    }
}
