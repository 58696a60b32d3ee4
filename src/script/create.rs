//! What `kubectl create …`, `oc create …` and `eksctl create iamserviceaccount …` make.

use std::sync::LazyLock;

use super::arguments::{is_eksctl, is_filled_in};
use super::command::{self, Command};
use super::lines::{Needles, needles};
use super::words::Value;
use super::{CreatedKind, Found};

static NEEDLES: Needles = LazyLock::new(|| needles(&["create"]));

/// Adds what the commands of `text` create.
pub(super) fn find<'t>(text: &'t str, found: &mut Found<'t>) {
    for command in command::all(text, &NEEDLES, &found.variables) {
        if command.word(0) != "create" {
            continue;
        }
        let created = if is_eksctl(command.tool()) { by_eksctl(&command) } else { by_kubectl(&command) };
        if let Some((kind, name)) = created {
            found.add(kind, name, command.namespace());
        }
    }
}

/// `kubectl create` knows these kinds and names (`kubectl/pkg/cmd/create`).
fn by_kubectl<'t>(command: &Command<'t>) -> Option<(CreatedKind, Value<'t>)> {
    let (kind, first) = match command.word(1) {
        "serviceaccount" | "serviceaccounts" | "sa" => (CreatedKind::ServiceAccount, 2),
        "role" => (CreatedKind::Role, 2),
        "clusterrole" => (CreatedKind::ClusterRole, 2),
        "secret" if matches!(command.word(2), "generic" | "tls" | "docker-registry") => {
            (CreatedKind::Secret, 3)
        }
        _ => return None,
    };
    Some((kind, only_name(command, first)?))
}

/// The one name that kubectl takes, from the word at `first` on: more words are prose. Variables beside it may hold
/// flags.
pub(super) fn only_name<'t>(command: &Command<'t>, first: usize) -> Option<Value<'t>> {
    let names = command.words().get(first..)?;
    let mut literals = names.iter().filter(|name| !is_filled_in(name.text));
    let name = literals.next().or(names.first())?;
    (literals.next().is_none() && command.count() == command.words().len()).then_some(*name)
}

/// `eksctl create iamserviceaccount --name NAME`.
fn by_eksctl<'t>(command: &Command<'t>) -> Option<(CreatedKind, Value<'t>)> {
    let is_account = command.word(1) == "iamserviceaccount" && !command.has_flag("--role-only");
    is_account.then_some((CreatedKind::ServiceAccount, command.flag(&["--name"])?))
}
