//! JSON for scripts. Version 1; fields and words may be added to it, nothing else changes.

use std::io;

use serde::Serialize;

use super::{Entry, Inventory};
use crate::finding::{ObjectId, Place};
use crate::report::json::{At, Looked, Object, Tool, masked, object};
use crate::report::spots::{Spots, target};
use crate::report::{words, write_json};
use crate::world::rbac::{self, Goal, Outcome, Path, Scope, Step};
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
    #[serde(flatten)]
    looked: Looked<'a>,
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
    /// Only with `--paths`.
    #[serde(skip_serializing_if = "Option::is_none")]
    escalation: Option<Escalation<'a>>,
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

#[derive(Serialize)]
struct Escalation<'a> {
    /// `certain`, `possible` or `none-known`.
    status: &'static str,
    steps: Vec<Advance<'a>>,
    /// What makes the last one master of the cluster; none if every cluster does.
    rights: Vec<UsedRight<'a>>,
}

#[derive(Serialize)]
struct Advance<'a> {
    rights: Vec<UsedRight<'a>>,
    cluster_wide: bool,
    /// `null` where it is not known, and for what is cluster-wide.
    namespace: Option<String>,
    /// `token`, `pod` or `impersonation`.
    by: &'static str,
    to: Account,
}

#[derive(Serialize)]
struct Account {
    namespace: Option<String>,
    name: String,
}

#[derive(Serialize)]
struct UsedRight<'a> {
    /// `*` with the resource `*` is everything.
    verb: &'static str,
    resource: String,
    binding: Option<Other<'a>>,
    role: RoleName,
    /// Where the rule stands; `null` in a role that every cluster has.
    rule: Option<At<'a>>,
}

#[derive(Serialize)]
struct RoleName {
    kind: &'static str,
    name: String,
}

/// Writes the identities as JSON: lines and columns from 1, columns in characters, paths relative to the root.
pub(super) fn write(inventory: &Inventory<'_>, spots: &Spots<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let report = Report {
        version: 1,
        tool: Tool::THIS,
        summary: Totals { identities: inventory.entries.len(), looked: Looked::from(inventory.summary) },
        identities: inventory.entries.iter().map(|entry| item(entry, inventory.has_paths, spots)).collect(),
    };
    write_json(&report, out)
}

fn item<'a>(entry: &Entry<'_>, has_paths: bool, spots: &Spots<'a>) -> Item<'a> {
    let identity = entry.identity;
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
        escalation: has_paths.then(|| escalation(entry.path.as_ref(), spots)),
    }
}

fn at<'a>(place: &Place, spots: &Spots<'a>) -> At<'a> {
    spots.at(place).into()
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

fn escalation<'a>(path: Option<&Path<'_, '_, '_>>, spots: &Spots<'a>) -> Escalation<'a> {
    let Some(path) = path else {
        return Escalation { status: "none-known", steps: Vec::new(), rights: Vec::new() };
    };
    let goal = match path.goal {
        Goal::Rights(rights) => rights,
        Goal::BuiltIn => &[],
    };
    Escalation {
        status: if path.is_sure { "certain" } else { "possible" },
        steps: path.steps.iter().map(|step| advance(step, spots)).collect(),
        rights: goal.iter().map(|used| right(used, spots)).collect(),
    }
}

fn advance<'a>(step: &Step<'_, '_, '_>, spots: &Spots<'a>) -> Advance<'a> {
    let namespace = match step.scope {
        Scope::Cluster => None,
        Scope::Namespace(namespace) => namespace.map(masked),
    };
    Advance {
        rights: step.rights.iter().map(|used| right(used, spots)).collect(),
        cluster_wide: step.scope == Scope::Cluster,
        namespace,
        by: match step.outcome {
            Outcome::Token => "token",
            Outcome::Pod => "pod",
            Outcome::Impersonation => "impersonation",
        },
        to: Account { namespace: step.to.namespace.as_deref().map(masked), name: masked(&step.to.name) },
    }
}

fn right<'a>(right: &rbac::UsedRight<'_, '_>, spots: &Spots<'a>) -> UsedRight<'a> {
    let (grant, rule) = (right.grant, right.rule);
    let subresource =
        if right.subresource.is_empty() { String::new() } else { format!("/{}", right.subresource) };
    UsedRight {
        verb: right.verb,
        resource: format!("{}{subresource}", right.resource),
        binding: grant.binding.fact().map(|fact| other(fact, &fact.place, spots)),
        role: RoleName { kind: grant.role.kind(), name: masked(grant.role.name) },
        rule: rule.place.as_ref().map(|place| at(place, spots)),
    }
}
