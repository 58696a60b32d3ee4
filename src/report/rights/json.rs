//! JSON for scripts. Version 1; fields and words may be added to it, nothing else changes.

use std::io;

use serde::Serialize;

use super::{Answer, Asked, Question, RightsReport, notes, subject_place, verdict};
use crate::finding::Place;
use crate::report::json::{At, Looked, Object, Tool, masked, object};
use crate::report::spots::Spots;
use crate::report::{words, write_json};
use crate::world::rbac::{
    Chain, Granter, Origin, PolicyRule, Request, Requester, Right, RoleGrant, Scope, Subject, Target, Who,
    Word,
};

#[derive(Serialize)]
struct Report<'a> {
    version: u8,
    tool: Tool,
    summary: Looked<'a>,
    #[serde(flatten)]
    answer: Said<'a>,
    /// Bindings whose roles are not in the input, or were read in part.
    unknown: Vec<Unknown<'a>>,
    notes: Vec<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Said<'a> {
    CanI { question: Asks, identity: Identity, answer: &'static str, chains: Vec<Link<'a>> },
    List { identity: Identity, namespace: Option<String>, rights: Vec<Allowed<'a>>, complete: bool },
    WhoCan { question: Asks, identities: Vec<Somebody<'a>> },
}

/// What is asked; of a path only `verb` and `url` are there.
#[derive(Serialize)]
struct Asks {
    verb: String,
    group: Option<String>,
    resource: Option<String>,
    subresource: Option<String>,
    name: Option<String>,
    url: Option<String>,
    /// `namespace`, `all-namespaces`, `any-namespace` or `cluster`.
    scope: &'static str,
    namespace: Option<String>,
}

#[derive(Serialize)]
struct Identity {
    user: String,
    groups: Vec<String>,
}

/// Why something is allowed.
#[derive(Serialize)]
struct Link<'a> {
    assumed: bool,
    assumption: Option<String>,
    subject: Whom<'a>,
    binding: Binding<'a>,
    role: Role<'a>,
    rule: Rule<'a>,
}

#[derive(Serialize)]
struct Whom<'a> {
    kind: &'static str,
    namespace: Option<String>,
    name: String,
    at: Option<At<'a>>,
}

#[derive(Serialize)]
struct Binding<'a> {
    kind: &'static str,
    name: String,
    /// `null` for one that every cluster has.
    object: Option<Object>,
    at: Option<At<'a>>,
    cluster_wide: bool,
    namespace: Option<String>,
}

#[derive(Serialize)]
struct Role<'a> {
    kind: &'static str,
    name: String,
    status: &'static str,
    definition: Option<At<'a>>,
}

#[derive(Serialize)]
struct Rule<'a> {
    verbs: Vec<String>,
    api_groups: Vec<String>,
    resources: Vec<String>,
    resource_names: Vec<String>,
    non_resource_urls: Vec<String>,
    /// The role that it is written in, which an aggregated role takes it from.
    object: Option<Object>,
    at: Option<At<'a>>,
}

#[derive(Serialize)]
struct Unknown<'a> {
    binding: Binding<'a>,
    role: Role<'a>,
}

#[derive(Serialize)]
struct Allowed<'a> {
    group: Option<String>,
    resource: Option<String>,
    name: Option<String>,
    url: Option<String>,
    verbs: Vec<String>,
    cluster_wide: bool,
    namespace: Option<String>,
    assumed: bool,
    chains: Vec<Link<'a>>,
}

#[derive(Serialize)]
struct Somebody<'a> {
    kind: &'static str,
    namespace: Option<String>,
    name: String,
    /// Whether every cluster lets it.
    built_in: bool,
    chains: Vec<Link<'a>>,
}

/// Writes an answer as JSON: lines and columns from 1, columns in characters, paths relative to the root.
pub(super) fn write(
    report: &RightsReport<'_, '_, '_>,
    spots: &Spots<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let json = Report {
        version: 1,
        tool: Tool::THIS,
        summary: Looked::from(report.summary),
        answer: said(&report.answer, spots),
        unknown: report.unknown().iter().map(|grant| unknown(grant, spots)).collect(),
        notes: report.notes.iter().map(|note| masked(note)).collect(),
    };
    write_json(&json, out)
}

fn said<'a>(answer: &Answer<'_, '_, '_>, spots: &Spots<'a>) -> Said<'a> {
    match answer {
        Answer::CanI { question, requester, chains, unknown, is_master, has_unread } => {
            let taken = notes::taken(Some(requester), Some(&question.request));
            Said::CanI {
                question: asks(question),
                identity: identity(requester),
                answer: verdict(*is_master || !chains.is_empty(), unknown.is_empty() && !has_unread),
                chains: chains.iter().map(|chain| link(chain, taken, spots)).collect(),
            }
        }
        Answer::List { requester, namespace, list, .. } => {
            let taken = notes::taken(Some(requester), None);
            Said::List {
                identity: identity(requester),
                namespace: namespace.map(masked),
                rights: list.rights.iter().map(|right| allowed(right, taken, spots)).collect(),
                complete: list.unknown.is_empty() && !list.is_cut,
            }
        }
        Answer::WhoCan { question, who, .. } => Said::WhoCan {
            question: asks(question),
            identities: who
                .allowed
                .iter()
                .map(|(who, chains)| somebody(who, chains, question, spots))
                .collect(),
        },
    }
}

fn asks(question: &Question) -> Asks {
    let scope = match question.place {
        Asked::Namespace | Asked::ChosenNamespace => "namespace",
        Asked::AllNamespaces => "all-namespaces",
        Asked::AnyNamespace => "any-namespace",
        Asked::Cluster => "cluster",
    };
    let verb = masked(question.request.verb());
    let none = || None;
    match &question.request {
        Request::Url { path, .. } => Asks {
            verb,
            group: none(),
            resource: none(),
            subresource: none(),
            name: none(),
            url: Some(masked(path)),
            scope,
            namespace: none(),
        },
        Request::Resource(request) => Asks {
            verb,
            group: Some(masked(&request.group)),
            resource: Some(masked(&request.resource)),
            subresource: Some(masked(&request.subresource)),
            name: Some(masked(&request.name)),
            url: none(),
            scope,
            namespace: request.namespace.as_deref().map(masked),
        },
    }
}

fn identity(requester: &Requester<'_>) -> Identity {
    Identity {
        user: masked(&requester.user),
        groups: requester.groups.iter().map(|group| masked(group)).collect(),
    }
}

fn allowed<'a>(right: &Right<'_, '_>, taken: Option<&str>, spots: &Spots<'a>) -> Allowed<'a> {
    let (group, resource, name, url) = match right.target {
        Target::Resource { group, resource, name } => (Some(group), Some(resource), name, None),
        Target::Url(url) => (None, None, None, Some(url)),
    };
    Allowed {
        group: group.map(masked),
        resource: resource.map(masked),
        name: name.map(masked),
        url: url.map(masked),
        verbs: right.verbs.iter().map(|verb| masked(verb)).collect(),
        cluster_wide: right.scope == Scope::Cluster,
        namespace: namespace(right.scope),
        assumed: right.is_assumed,
        chains: right.chains.iter().map(|chain| link(chain, taken, spots)).collect(),
    }
}

fn somebody<'a>(
    who: &Who<'_>,
    chains: &[Chain<'_, '_>],
    question: &Question,
    spots: &Spots<'a>,
) -> Somebody<'a> {
    let taken = who.namespace.as_deref().or_else(|| notes::taken(None, Some(&question.request)));
    Somebody {
        kind: who.kind.name(),
        namespace: who.namespace.as_deref().map(masked),
        name: masked(who.name),
        built_in: super::is_built_in(chains),
        chains: chains.iter().map(|chain| link(chain, taken, spots)).collect(),
    }
}

fn link<'a>(chain: &Chain<'_, '_>, taken: Option<&str>, spots: &Spots<'a>) -> Link<'a> {
    let rule = chain.rule;
    Link {
        assumed: chain.is_assumed,
        assumption: notes::assumption(chain, taken),
        subject: whom(chain.subject, spots),
        binding: binding(chain.grant, spots),
        role: role(chain.grant, spots),
        rule: Rule {
            object: rule.role.map(|fact| object(&fact.object)),
            at: rule.rule.place.as_ref().map(|place| at(place, spots)),
            ..written(rule.rule)
        },
    }
}

fn written<'a>(rule: &PolicyRule) -> Rule<'a> {
    let texts = |words: &[Word]| words.iter().map(|word| masked(&word.text)).collect();
    Rule {
        verbs: texts(&rule.verbs),
        api_groups: texts(&rule.api_groups),
        resources: texts(&rule.resources),
        resource_names: texts(&rule.resource_names),
        non_resource_urls: texts(&rule.urls),
        object: None,
        at: None,
    }
}

fn whom<'a>(subject: Subject<'_>, spots: &Spots<'a>) -> Whom<'a> {
    let (kind, namespace, name) = notes::subject(subject);
    Whom {
        kind,
        namespace: namespace.map(masked),
        name: masked(name),
        at: subject_place(subject).map(|place| at(place, spots)),
    }
}

fn binding<'a>(grant: &RoleGrant<'_>, spots: &Spots<'a>) -> Binding<'a> {
    let (name, id, place) = match grant.binding {
        Granter::Written(fact) => {
            (masked(&fact.object.name), Some(object(&fact.object)), Some(at(&fact.place, spots)))
        }
        Granter::BuiltIn(name) => (name.to_owned(), None, None),
    };
    Binding {
        kind: notes::binding_kind(grant),
        name,
        object: id,
        at: place,
        cluster_wide: grant.scope == Scope::Cluster,
        namespace: namespace(grant.scope),
    }
}

fn namespace(scope: Scope<'_>) -> Option<String> {
    match scope {
        Scope::Namespace(namespace) => namespace.map(masked),
        Scope::Cluster => None,
    }
}

fn role<'a>(grant: &RoleGrant<'_>, spots: &Spots<'a>) -> Role<'a> {
    let (status, definition) = match grant.role.origin {
        Origin::Written(fact) => ("defined", Some(at(&fact.place, spots))),
        Origin::BuiltIn => ("built-in", None),
        Origin::Missing(resolution) => (words::status(resolution), None),
    };
    Role { kind: grant.role.kind(), name: masked(grant.role.name), status, definition }
}

fn unknown<'a>(grant: &RoleGrant<'_>, spots: &Spots<'a>) -> Unknown<'a> {
    Unknown { binding: binding(grant, spots), role: role(grant, spots) }
}

fn at<'a>(place: &Place, spots: &Spots<'a>) -> At<'a> {
    spots.at(place).into()
}
