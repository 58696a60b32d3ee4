//! JSON for scripts. Version 1; fields and words may be added to it, nothing else changes.

use std::io;

use serde::Serialize;

use super::Inventory;
use crate::finding::{ObjectId, Place};
use crate::report::json::{Left, Object, Tool, left, masked, object};
use crate::report::spots::{Spot, Spots, target};
use crate::report::words;
use crate::report::write_json;
use crate::world::{Fact, Grant, Identity, IdentityToken, Resolution, RoleReference, User, Way};

#[derive(Serialize)]
struct Report<'a> {
    version: u8,
    tool: Tool,
    summary: Totals<'a>,
    identities: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Totals<'a> {
    identities: usize,
    files: usize,
    documents: usize,
    objects: usize,
    known_files: usize,
    skipped: Vec<Left<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    /// `null` where it is not known.
    namespace: Option<String>,
    name: String,
    status: &'static str,
    /// Where it is defined.
    definition: Option<At<'a>>,
    /// What was meant, perhaps: the object with that name elsewhere, or with nearly that name.
    near: Option<Other<'a>>,
    /// As written in the ServiceAccount.
    automount: Option<bool>,
    users: Vec<Use<'a>>,
    tokens: Vec<TokenSecret<'a>>,
    bindings: Vec<Binding<'a>>,
}

#[derive(Serialize)]
struct At<'a> {
    path: &'a str,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Other<'a> {
    object: Object,
    #[serde(flatten)]
    at: At<'a>,
}

#[derive(Serialize)]
struct Use<'a> {
    #[serde(flatten)]
    by: Other<'a>,
    /// `pod`: its pods run as it; `field`: a field names it; `creates`: an operator creates it for this object.
    r#as: &'static str,
    /// As written in the pod.
    automount: Option<bool>,
    /// Whether the API server mounts a token into its pods; `null` where that cannot be told.
    token_mounted: Option<bool>,
}

#[derive(Serialize)]
struct TokenSecret<'a> {
    #[serde(flatten)]
    secret: Other<'a>,
    works: bool,
    listed: bool,
    users: Vec<Other<'a>>,
}

#[derive(Serialize)]
struct Binding<'a> {
    #[serde(flatten)]
    by: Other<'a>,
    cluster_wide: bool,
    /// `null` where it is not known, and for what is cluster-wide.
    namespace: Option<String>,
    role: Option<Role<'a>>,
}

#[derive(Serialize)]
struct Role<'a> {
    kind: String,
    name: String,
    status: &'static str,
    definition: Option<At<'a>>,
}

/// Writes the identities as JSON: lines and columns from 1, columns in characters, paths relative to the root.
pub(super) fn write(inventory: &Inventory<'_>, spots: &Spots<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let summary = inventory.summary;
    let report = Report {
        version: 1,
        tool: Tool::THIS,
        summary: Totals {
            identities: inventory.identities.len(),
            files: summary.files,
            documents: summary.documents,
            objects: summary.objects,
            known_files: summary.known_files,
            skipped: left(summary),
        },
        identities: inventory.identities.iter().map(|identity| item(identity, spots)).collect(),
    };
    write_json(&report, out)
}

fn item<'a>(identity: &Identity<'_>, spots: &Spots<'a>) -> Item<'a> {
    let near = match identity.account {
        Resolution::OtherNamespace(fact, _) | Resolution::Misspelled(fact) | Resolution::LeftBehind(fact) => {
            Some(fact)
        }
        _ => None,
    };
    Item {
        namespace: identity.namespace.map(masked),
        name: masked(identity.name),
        status: words::status(identity.account),
        definition: identity.definition().map(|fact| at(&fact.place, spots)),
        near: near.map(|fact| other(fact, &fact.place, spots)),
        automount: identity.automount().map(|flag| flag.value),
        users: identity.users.iter().map(|user| use_(identity, user, spots)).collect(),
        tokens: identity.tokens.iter().map(|held| token(held, spots)).collect(),
        bindings: identity.grants.iter().map(|grant| binding(grant, spots)).collect(),
    }
}

fn at<'a>(place: &Place, spots: &Spots<'a>) -> At<'a> {
    let Spot { path, line, column, .. } = spots.at(place);
    At { path, line, column }
}

fn other<'a>(fact: &Fact, place: &Place, spots: &Spots<'a>) -> Other<'a> {
    let id: &ObjectId = &fact.object;
    Other { object: object(id), at: at(place, spots) }
}

fn use_<'a>(identity: &Identity<'_>, user: &User<'_>, spots: &Spots<'a>) -> Use<'a> {
    let (r#as, automount) = match user.way {
        Way::Pod(pod) => ("pod", pod.automount.as_ref().map(|flag| flag.value)),
        Way::Field(_) => ("field", None),
        Way::Creates(_) => ("creates", None),
    };
    let by = other(user.fact, user.place(), spots);
    Use { by, r#as, automount, token_mounted: identity.mounts_into(user) }
}

fn token<'a>(token: &IdentityToken<'_>, spots: &Spots<'a>) -> TokenSecret<'a> {
    let fact = token.secret.fact;
    let holders = token.holders.iter();
    TokenSecret {
        secret: other(fact, &fact.place, spots),
        works: token.works,
        listed: token.is_listed,
        users: holders.map(|holder| other(holder.fact, &holder.reference.secret.place, spots)).collect(),
    }
}

fn binding<'a>(grant: &Grant<'_>, spots: &Spots<'a>) -> Binding<'a> {
    Binding {
        by: other(grant.fact, &grant.subject.name.place, spots),
        cluster_wide: grant.is_cluster,
        namespace: grant.namespace.filter(|_| !grant.is_cluster).map(masked),
        role: grant.role.map(|(reference, resolution)| role(reference, resolution, spots)),
    }
}

fn role<'a>(reference: &RoleReference, resolution: Resolution<'_>, spots: &Spots<'a>) -> Role<'a> {
    let definition = match resolution {
        Resolution::Found(_) => target(resolution).map(|place| at(place, spots)),
        _ => None,
    };
    Role {
        kind: masked(&reference.kind.text),
        name: masked(&reference.name.text),
        status: words::status(resolution),
        definition,
    }
}
