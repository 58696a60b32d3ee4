//! A line for each identity.

use super::{Inventory, escalation, grants, object, users};
use crate::report::spots::Spots;
use crate::report::words;
use crate::report::{columns, escape};
use crate::world::{Grant, Identity, IdentityToken, Way};

const HEADER: [&str; 7] = ["NAMESPACE", "NAME", "USED BY", "TOKENS", "AUTOMOUNT", "BINDINGS", "DEFINED"];

/// A longer cell is cut, in characters: `--output full` has all of it. The last column is never cut.
const WIDEST: usize = 32;

/// The same for names: they are what people copy, and hardly any is longer (most are DNS labels).
const WIDEST_NAME: usize = 63;

/// The column before the last, where it is asked for.
const ESCALATION: &str = "ESCALATION";

/// A line for each identity, with columns in line.
pub(super) fn table(inventory: &Inventory<'_>, spots: &Spots<'_>) -> String {
    let rows = inventory.entries.iter().map(|entry| row(entry.identity, spots));
    let rows = std::iter::once(HEADER.map(str::to_owned)).chain(rows);
    if !inventory.has_paths {
        return columns(&rows.collect::<Vec<_>>());
    }
    let cells = inventory.entries.iter().map(|entry| cut(escalation::cell(entry.path.as_ref()), WIDEST_NAME));
    let cells = std::iter::once(ESCALATION.to_owned()).chain(cells);
    let wider = rows.zip(cells).map(|([a, b, c, d, e, f, last], cell)| [a, b, c, d, e, f, cell, last]);
    columns(&wider.collect::<Vec<_>>())
}

fn row(identity: &Identity<'_>, spots: &Spots<'_>) -> [String; HEADER.len()] {
    let defined = match identity.definition() {
        Some(fact) => spots.at(&fact.place).to_string(),
        None => words::reason(identity.account),
    };
    [
        cut(or_dash(identity.namespace.unwrap_or_default()), WIDEST_NAME),
        cut(or_dash(identity.name), WIDEST_NAME),
        list(users(identity).map(|user| object(&user.fact.object))),
        list(identity.tokens.iter().map(token)),
        automount(identity),
        list(grants(identity).into_iter().map(|grant| role(grant, identity.namespace))),
        defined,
    ]
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "-".to_owned() } else { escape::line(text) }
}

fn cut(text: String, room: usize) -> String {
    if text.chars().count() <= room {
        return text;
    }
    text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

/// The first of a list, and how many more there are.
fn list(mut items: impl Iterator<Item = String>) -> String {
    let Some(first) = items.next() else { return "-".to_owned() };
    let more = match items.count() {
        0 => String::new(),
        more => format!(" +{more}"),
    };
    cut(first, WIDEST.saturating_sub(more.len())) + &more
}

fn token(token: &IdentityToken<'_>) -> String {
    let name = escape::line(&token.secret.fact.object.name);
    if token.works { name } else { format!("{name} (broken)") }
}

/// What the ServiceAccount says, and how many workloads say otherwise.
fn automount(identity: &Identity<'_>) -> String {
    let own = identity.automounts();
    let word = match (identity.automount(), own) {
        (Some(flag), _) => flag.value.to_string(),
        (None, Some(_)) => "default".to_owned(),
        (None, None) => "-".to_owned(),
    };
    let differs = |wanted: bool| {
        let pods = identity.users.iter().filter_map(|user| match user.way {
            Way::Pod(pod) => pod.automount.as_ref(),
            _ => None,
        });
        pods.filter(|flag| flag.value == wanted && own != Some(wanted)).count()
    };
    let others = [true, false].map(|wanted| (wanted, differs(wanted)));
    others.iter().filter(|(_, count)| *count > 0).fold(word, |text, (wanted, count)| {
        let pods = if *count == 1 { "pod" } else { "pods" };
        format!("{text}, {count} {pods} {wanted}")
    })
}

/// The role, and where it holds if that is not the namespace of the identity.
fn role(grant: &Grant<'_>, own: Option<&str>) -> String {
    let scope = match grant.namespace {
        _ if grant.is_cluster => "cluster-wide: ",
        Some(namespace) if own != Some(namespace) => &format!("{namespace}: "),
        _ => "",
    };
    let name = grant.role.map_or("no role", |(role, _)| &*role.name.text);
    let is_wrong = grant.role.is_some_and(|(_, role)| role.is_wrong());
    escape::line(&format!("{scope}{name}{}", if is_wrong { " (broken)" } else { "" }))
}
