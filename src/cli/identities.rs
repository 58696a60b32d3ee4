//! `saudit identities`: who uses which ServiceAccount, and with what token.

use std::path::PathBuf;

use clap::Args;

use super::inputs::{self, InputArgs, ReleaseArgs};
use super::io::unless_closed;
use super::{Exit, Io};
use crate::config::ConfigFile;
use crate::engine::Survey;
use crate::error::Error;
use crate::report::{Entry, IdentityFormat, Inventory};
use crate::world::Identity;
use crate::world::rbac::{Paths, Rights};

const EXAMPLES: &str = "\
Examples:
  saudit identities                              all ServiceAccounts of this repository
  saudit identities deploy/                      those that deploy/ defines or names
  saudit identities --name builder -o full       one, with every place
  saudit identities --paths                      who is or could become cluster-admin, and how
  helm template . | saudit identities -          those of a chart
  saudit identities -o json | jq '.identities[] | select(.tokens[].works)'
                                                 those with tokens that never expire

Exit status:
  0  the identities are printed, even if there are none
  2  wrong arguments or configuration, or something named that cannot be read
  3  no Kubernetes object anywhere";

/// List ServiceAccounts: where defined, who uses them, token Secrets, automount, bindings.
///
/// Shown are the ServiceAccounts that the paths define or name. Who else uses them is looked up in the rest of the
/// repository.
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct IdentitiesArgs {
    /// Files and folders; `-` is standard input.
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    paths: Vec<PathBuf>,
    /// Show only ServiceAccounts with this name; may be repeated.
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// Show how each could come to all rights of the cluster, those who are nearest first.
    #[arg(long = "paths")]
    escalation: bool,
    /// How to print them.
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t)]
    output: IdentityFormat,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    release: ReleaseArgs,
}

impl IdentitiesArgs {
    pub(super) fn run(&self, io: &mut Io<'_>) -> Result<Exit, Error> {
        let (survey, settings) = self.input.survey(&self.paths, self.settings(), io)?;
        let identities = survey.world.identities();
        let rights = self.escalation.then(|| Rights::new(&survey.world, settings.targets));
        let paths = rights.as_ref().map(|rights| Paths::new(rights, &identities));
        let shown = identities.iter().enumerate().filter(|(_, identity)| self.shows(identity, &survey));
        let path = |index| paths.as_ref().and_then(|paths| paths.of(index));
        let mut entries: Vec<_> =
            shown.map(|(index, identity)| Entry { identity, path: path(index) }).collect();
        entries.sort_by_key(rank);
        let inventory = Inventory {
            entries: &entries,
            has_paths: self.escalation,
            sources: &survey.sources,
            summary: &survey.summary,
        };
        let exit = inputs::exit(&survey.summary, &settings.flags);
        unless_closed(inventory.write(self.output, io.stdout))?;
        inputs::say_skipped(&survey.summary, false, io)?;
        if exit == Exit::Nothing {
            writeln!(io.stderr, "no Kubernetes object found")?;
        } else if inventory.entries.is_empty() {
            writeln!(io.stderr, "no such ServiceAccount is defined or named")?;
        }
        Ok(exit)
    }

    /// Whether it is asked for: by its name, and by what the paths define or name.
    fn shows(&self, identity: &Identity<'_>, survey: &Survey) -> bool {
        let is_named = self.name.is_empty() || self.name.iter().any(|name| name == identity.name);
        is_named && identity.places().any(|place| survey.is_asked_for(place))
    }

    fn settings(&self) -> ConfigFile {
        ConfigFile { namespace: self.release.namespace.clone(), ..ConfigFile::default() }
    }
}

/// Who has all rights comes first, then who needs the fewest steps; paths that are certain before others.
fn rank(entry: &Entry<'_>) -> (bool, usize) {
    entry.path.as_ref().map_or((true, usize::MAX), |path| (!path.is_sure, path.steps.len()))
}
