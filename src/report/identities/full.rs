//! A block for each identity, with every place.

use std::fmt::Write;

use super::{Entry, Inventory, escalation, grants, object};
use crate::report::escape;
use crate::report::spots::{Spots, target};
use crate::report::words;
use crate::world::{Grant, Identity, IdentityToken, Resolution, User, Way};

/// The width of the labels.
const LABEL: usize = 11;

/// The blocks, with an empty line between them.
pub(super) fn blocks(inventory: &Inventory<'_>, spots: &Spots<'_>) -> String {
    let blocks: Vec<_> =
        inventory.entries.iter().map(|entry| block(entry, inventory.has_paths, spots)).collect();
    blocks.join("\n")
}

fn block(entry: &Entry<'_>, has_paths: bool, spots: &Spots<'_>) -> String {
    let identity = entry.identity;
    let mut text = match identity.namespace {
        Some(namespace) => format!("{}/{}\n", escape::line(namespace), escape::line(identity.name)),
        None => format!("{}\n", escape::line(identity.name)),
    };
    section(&mut text, "defined", [definition(identity, spots)]);
    section(&mut text, "automount", automount(identity, spots));
    section(&mut text, "used by", identity.users.iter().map(|used| user(identity, used, spots)));
    section(&mut text, "tokens", identity.tokens.iter().map(|held| token(held, spots)));
    section(&mut text, "bindings", grants(identity).into_iter().map(|given| grant(given, spots)));
    if has_paths {
        section(&mut text, "escalation", escalation::lines(entry.path.as_ref(), spots));
    }
    text
}

fn section(text: &mut String, label: &str, lines: impl IntoIterator<Item = String>) {
    for (index, line) in lines.into_iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {label:LABEL$}{line}");
    }
}

fn definition(identity: &Identity<'_>, spots: &Spots<'_>) -> String {
    match (identity.account, target(identity.account)) {
        (Resolution::Found(_), Some(place)) => spots.at(place).to_string(),
        (other, Some(place)) => format!("{} ({})", words::reason(other), spots.at(place)),
        (other, None) => words::reason(other),
    }
}

fn automount(identity: &Identity<'_>, spots: &Spots<'_>) -> Option<String> {
    let flag = identity.automount()?;
    Some(format!("{} ({})", flag.value, spots.at(&flag.place)))
}

fn user(identity: &Identity<'_>, user: &User<'_>, spots: &Spots<'_>) -> String {
    let how = match (user.way, identity.mounts_into(user)) {
        (Way::Pod(_), Some(true)) => ", token mounted",
        (Way::Pod(_), Some(false)) => ", no token mounted",
        (Way::Creates(_), _) => ", for which an operator creates it",
        _ => "",
    };
    format!("{} ({}){how}", object(&user.fact.object), spots.at(user.place()))
}

fn token(token: &IdentityToken<'_>, spots: &Spots<'_>) -> String {
    let fact = token.secret.fact;
    let mut text = format!("{} ({})", object(&fact.object), spots.at(&fact.place));
    text.push_str(if token.works { ", never expires" } else { ", broken" });
    if token.is_listed {
        text.push_str(", listed by the ServiceAccount");
    }
    for holder in &token.holders {
        let place = spots.at(&holder.reference.secret.place);
        let _ = write!(text, ", used by {} ({place})", object(&holder.fact.object));
    }
    text
}

fn grant(grant: &Grant<'_>, spots: &Spots<'_>) -> String {
    let scope = match (grant.is_cluster, grant.namespace) {
        (true, _) => "in all namespaces".to_owned(),
        (false, Some(namespace)) => format!("in {}", escape::line(namespace)),
        (false, None) => "in one namespace".to_owned(),
    };
    let by = format!("{} ({})", object(&grant.fact.object), spots.at(&grant.subject.name.place));
    let Some((role, resolution)) = grant.role else { return format!("no role {scope} by {by}") };
    let name = escape::line(&format!("{}/{}", role.kind.text, role.name.text));
    let known = match (resolution, target(resolution)) {
        (Resolution::Found(_), Some(place)) => spots.at(place).to_string(),
        (other, _) => words::reason(other),
    };
    format!("{name} ({known}) {scope} by {by}")
}
