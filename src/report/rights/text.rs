//! Answers for people: `yes` or `no` on the first line, as kubectl has it, and why.

use std::fmt::Write;

use super::{Answer, Asked, Question, RightsReport, is_built_in, notes, subject_place};
use crate::report::spots::Spots;
use crate::report::{columns, escape};
use crate::world::rbac::{
    Chain, Granter, List, Origin, PolicyRule, Request, Requester, Right, RoleGrant, Scope, Subject, Target,
    Who, WhoCan, Word,
};

/// The width of the labels.
const LABEL: usize = 11;

/// Names of roles that are not in the input: more are counted only.
const MANY: usize = 10;

pub(super) fn answer(report: &RightsReport<'_, '_, '_>, spots: &Spots<'_>) -> String {
    match &report.answer {
        Answer::CanI { question, requester, chains, unknown, is_master, .. } => {
            let is_allowed = *is_master || !chains.is_empty();
            let mut text = if is_allowed { "yes\n" } else { "no\n" }.to_owned();
            line(&mut text, "question", &format!("{}, as {}", in_words(question), who_asks(requester)));
            if *is_master {
                line(&mut text, "because", "members of system:masters may do everything");
            }
            if let Some(chain) = chains.first() {
                explain(&mut text, chain, spots);
                more(&mut text, chains.len() - 1);
                let taken = notes::taken(Some(requester), Some(&question.request));
                add_notes(&mut text, notes::assumption(chain, taken).as_slice());
            } else if !is_master {
                missing(&mut text, unknown, spots);
            }
            add_notes(&mut text, &report.notes);
            text
        }
        Answer::List { requester, list, has_header, .. } => table(list, requester, *has_header),
        Answer::WhoCan { question, who, lists_built_in } => {
            let mut text = everybody(question, who, *lists_built_in, spots);
            add_notes(&mut text, &report.notes);
            text
        }
    }
}

fn line(text: &mut String, label: &str, value: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "  {label:LABEL$}{value}");
}

fn add_notes(text: &mut String, notes: &[String]) {
    for note in notes {
        line(text, "note", &escape::line(note));
    }
}

/// `list pods/log in namespace ci`
fn in_words(question: &Question) -> String {
    let what = match &question.request {
        Request::Url { verb, path } => return escape::line(&format!("{verb} {path}")),
        Request::Resource(request) => request,
    };
    let slash = |text: &str| if text.is_empty() { String::new() } else { format!("/{text}") };
    let group = if what.group.is_empty() { String::new() } else { format!(".{}", what.group) };
    let resource = format!("{}{group}{}", what.resource, slash(&what.subresource));
    let name = if what.name.is_empty() { String::new() } else { format!(" {}", what.name) };
    let namespace = what.namespace.as_deref().unwrap_or_default();
    let place = match question.place {
        Asked::Namespace | Asked::ChosenNamespace => format!(" in namespace {namespace}"),
        Asked::AllNamespaces => " in all namespaces".to_owned(),
        Asked::AnyNamespace => " in any namespace".to_owned(),
        Asked::Cluster => String::new(),
    };
    let chosen = if question.place == Asked::ChosenNamespace { " (-n asks about another)" } else { "" };
    escape::line(&format!("{} {resource}{name}{place}{chosen}", what.verb))
}

fn who_asks(requester: &Requester<'_>) -> String {
    escape::line(&requester.user)
}

fn explain(text: &mut String, chain: &Chain<'_, '_>, spots: &Spots<'_>) {
    line(text, "subject", &subject(chain.subject, spots));
    line(text, "binding", &format!("{}, {}", binding(chain.grant, spots), scope(chain.grant)));
    line(text, "role", &role(chain.grant, spots));
    line(text, "rule", &rule(chain, spots));
}

fn subject(subject: Subject<'_>, spots: &Spots<'_>) -> String {
    let (kind, namespace, name) = notes::subject(subject);
    let slash = namespace.map_or(String::new(), |namespace| format!("{namespace}/"));
    let place =
        subject_place(subject).map_or(String::new(), |place| format!(" ({})", spots.at(place).exact()));
    format!("{kind} {}{place}", escape::line(&format!("{slash}{name}")))
}

fn binding(grant: &RoleGrant<'_>, spots: &Spots<'_>) -> String {
    let place = match grant.binding {
        Granter::Written(fact) => spots.at(&fact.place).exact(),
        Granter::BuiltIn(_) => "built-in".to_owned(),
    };
    format!("{} ({place})", notes::binding(grant))
}

fn scope(grant: &RoleGrant<'_>) -> String {
    match grant.scope {
        Scope::Cluster => "in all namespaces".to_owned(),
        Scope::Namespace(Some(namespace)) => format!("in namespace {}", escape::line(namespace)),
        Scope::Namespace(None) => "in its namespace".to_owned(),
    }
}

fn role(grant: &RoleGrant<'_>, spots: &Spots<'_>) -> String {
    let place = match grant.role.origin {
        Origin::Written(fact) => spots.at(&fact.place).exact(),
        Origin::BuiltIn => "built-in".to_owned(),
        Origin::Missing(_) => return notes::unknown(grant),
    };
    format!("{} ({place})", notes::role(grant))
}

fn rule(chain: &Chain<'_, '_>, spots: &Spots<'_>) -> String {
    let granted = chain.rule;
    let is_own = |fact| matches!(chain.grant.role.origin, Origin::Written(own) if std::ptr::eq(own, fact));
    let of = match granted.role.filter(|fact| !is_own(*fact)) {
        Some(fact) => escape::line(&format!(", aggregated from {}/{}", fact.object.kind, fact.object.name)),
        None => String::new(),
    };
    let place = granted.rule.place.as_ref();
    let place = place.map_or(String::new(), |place| format!(" ({})", spots.at(place).exact()));
    format!("{}{place}{of}", says(granted.rule))
}

/// `verbs [get list], apiGroups [""], resources [pods]`
fn says(rule: &PolicyRule) -> String {
    let lists = [
        ("verbs", &rule.verbs),
        ("apiGroups", &rule.api_groups),
        ("resources", &rule.resources),
        ("resourceNames", &rule.resource_names),
        ("nonResourceURLs", &rule.urls),
    ];
    let written = lists.into_iter().filter(|(_, words)| !words.is_empty());
    let list = |words: &[Word]| {
        let texts =
            words.iter().take(MANY).map(|word| if word.text.is_empty() { "\"\"" } else { &*word.text });
        let more = if words.len() > MANY { " …" } else { "" };
        format!("[{}{more}]", texts.collect::<Vec<_>>().join(" "))
    };
    let written: Vec<_> = written.map(|(key, words)| format!("{key} {}", list(words))).collect();
    escape::line(&written.join(", "))
}

fn more(text: &mut String, count: usize) {
    match count {
        0 => {}
        1 => line(text, "", "and by one more binding"),
        _ => line(text, "", &format!("and by {count} more bindings")),
    }
}

fn missing(text: &mut String, unknown: &[&RoleGrant<'_>], spots: &Spots<'_>) {
    if unknown.is_empty() {
        line(text, "because", "no rule that was read allows it");
        return;
    }
    line(text, "because", "no rule that was read allows it, but these roles may:");
    for grant in unknown.iter().take(MANY) {
        line(text, "role", &format!("{}{}", notes::unknown(grant), named_at(grant, spots)));
    }
    if unknown.len() > MANY {
        line(text, "", &format!("and {} more", unknown.len() - MANY));
    }
}

/// Where a binding names its role.
fn named_at(grant: &RoleGrant<'_>, spots: &Spots<'_>) -> String {
    let Granter::Written(fact) = grant.binding else { return String::new() };
    let name = fact.binding().and_then(|binding| binding.role.as_ref());
    let place = name.map_or(&fact.place, |role| &role.name.place);
    format!(" ({})", spots.at(place).exact())
}

const HEADER: [&str; 5] = ["Resources", "Non-Resource URLs", "Resource Names", "Verbs", "Where"];

fn table(list: &List<'_, '_>, requester: &Requester<'_>, has_header: bool) -> String {
    let home = notes::taken(Some(requester), None);
    let rows = list.rights.iter().map(|right| row(right, home));
    let header = has_header.then(|| HEADER.map(str::to_owned));
    columns(&header.into_iter().chain(rows).collect::<Vec<_>>())
}

fn row(right: &Right<'_, '_>, home: Option<&str>) -> [String; HEADER.len()] {
    let (resource, name, url) = match right.target {
        Target::Resource { group, resource, name } => (combined(resource, group), name, None),
        Target::Url(url) => (String::new(), None, Some(url)),
    };
    let list = |word: Option<&str>| format!("[{}]", word.unwrap_or_default());
    let place = match right.scope {
        Scope::Cluster => "cluster",
        Scope::Namespace(namespace) => namespace.or(home).unwrap_or("one namespace"),
    };
    let place = if right.is_assumed { format!("{place} (assumed)") } else { place.to_owned() };
    [resource, list(url), list(name), format!("[{}]", right.verbs.join(" ")), place]
        .map(|cell| escape::line(&cell))
}

/// `deployments.apps/scale` (`CombineResourceGroup` in `k8s.io/kubectl/pkg/describe/describe.go`).
fn combined(resource: &str, group: &str) -> String {
    let (resource, subresource) = match resource.split_once('/') {
        Some((resource, subresource)) => (resource, format!("/{subresource}")),
        None => (resource, String::new()),
    };
    let dot = if group.is_empty() { "" } else { "." };
    format!("{resource}{dot}{group}{subresource}")
}

fn everybody(question: &Question, who: &WhoCan<'_, '_>, lists_built_in: bool, spots: &Spots<'_>) -> String {
    let (own, shown): (Vec<_>, Vec<_>) =
        who.allowed.iter().partition(|(_, chains)| !lists_built_in && is_built_in(chains));
    let mut text = match shown.len() {
        0 => format!("nobody in the input can {}\n", in_words(question)),
        _ => format!("can {}:\n", in_words(question)),
    };
    for (who, chains) in shown {
        let _ = writeln!(text, "\n{}", identity(who));
        for chain in chains.iter().take(1) {
            explain(&mut text, chain, spots);
            let taken = notes::taken(None, Some(&question.request));
            let taken = who.namespace.as_deref().or(taken);
            add_notes(&mut text, notes::assumption(chain, taken).as_slice());
        }
        more(&mut text, chains.len().saturating_sub(1));
    }
    if !own.is_empty() {
        let _ = writeln!(text, "\nEvery cluster lets {} more do it: --built-in lists them.", own.len());
    }
    if !who.unknown.is_empty() {
        text.push_str("\nOthers may by roles that are not in the input:\n");
        for grant in who.unknown.iter().take(MANY) {
            line(&mut text, "role", &format!("{}{}", notes::unknown(grant), named_at(grant, spots)));
        }
        if who.unknown.len() > MANY {
            line(&mut text, "", &format!("and {} more", who.unknown.len() - MANY));
        }
    }
    text
}

fn identity(who: &Who<'_>) -> String {
    let name = match &who.namespace {
        Some(namespace) => format!("{namespace}/{}", who.name),
        None => who.name.to_owned(),
    };
    escape::line(&format!("{} {name}", who.kind.name()))
}
