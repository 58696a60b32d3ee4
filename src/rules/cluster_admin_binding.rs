//! A binding that gives everything.

use super::wording::{LIMIT, with_name};
use super::{Check, Rule, Sink};
use crate::finding::{Draft, Persona};
use crate::k8s::names::is_placeholder;
use crate::script::Script;
use crate::world::rbac::{Audience, Grantee, Rights, RoleGrant, Scope, WrittenBinding};
use crate::world::{AccountReference, Fact, Resolution, World};

pub(super) static RULE: Rule = rule!("cluster-admin-binding", Check::Rights(check), in scripts by_command);

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    for grant in rights.grants() {
        if let Some(draft) = grant.written().and_then(|written| draft(rights.world, grant, written)) {
            sink.report(draft);
        }
    }
}

fn draft(world: &World, grant: &RoleGrant<'_>, written: WrittenBinding<'_>) -> Option<Draft> {
    let everything = grant.everything()?;
    let accounts: Vec<_> = accounts(world, written).collect();
    // Of everybody public-binding speaks.
    let people = written.binding.principals.iter().filter(|subject| Audience::of(subject).is_none());
    let grantees = accounts.iter().map(|(account, _)| Grantee::Account(account));
    let grantees = grantees.chain(people.map(Grantee::Principal));
    let subjects: Vec<_> = grantees.map(|grantee| grantee.called(world, written.fact)).collect();
    let who = match subjects.as_slice() {
        [] => return None,
        [one] => one.clone(),
        [one, others @ ..] => format!("{one} and {} more", others.len()),
    };
    let (place, persona) = match grant.scope {
        Scope::Cluster if accounts.is_empty() => ("in the cluster".to_owned(), Persona::Pedantic),
        Scope::Cluster => ("in the cluster".to_owned(), Persona::Regular),
        Scope::Namespace(Some(namespace)) => (format!("in namespace {namespace}"), Persona::Pedantic),
        Scope::Namespace(None) => ("in its namespace".to_owned(), Persona::Pedantic),
    };
    let message = message(grant.role.name, &who, &place);
    let mut draft =
        Draft::new(written.role.name.place.clone(), message).persona(persona).help(help(grant.scope));
    if let Some(rule) = everything.role.and(everything.rule.place.clone()) {
        draft = draft.related(rule, "this rule allows everything");
    }
    for (account, definition) in accounts.iter().take(MOST_RELATED) {
        let name = &account.name.text;
        draft = match definition {
            Some(fact) => draft.related(fact.place.clone(), format!("ServiceAccount {name} is defined here")),
            None => draft.related(account.name.place.clone(), format!("ServiceAccount {name} is named here")),
        };
    }
    // Several ServiceAccounts are no steps of one chain.
    Some(if subjects.len() == 1 { draft.flow() } else { draft })
}

/// With the name of the role, which is where the finding lies, if there is room for it.
fn message(role: &str, who: &str, place: &str) -> String {
    let whole = format!("ClusterRole {role} lets {who} do everything {place}");
    let fits = whole.chars().count() <= LIMIT;
    if fits { whole } else { with_name("", who, &format!(" may do everything {place}")) }
}

/// So many ServiceAccounts of one binding are shown.
const MOST_RELATED: usize = 3;

fn help(scope: Scope<'_>) -> &'static str {
    match scope {
        Scope::Cluster => {
            "whoever gets hold of such a token or login owns the cluster; bind a role that allows what is needed, in the \
             namespaces where it is"
        }
        Scope::Namespace(_) => {
            "that is every Secret, every ServiceAccount and every role of the namespace; bind `edit` or a role of its own"
        }
    }
}

/// The ServiceAccounts that get it, with their definitions. Of `default` bound-default-service-account speaks, and a
/// subject that does not exist gets nothing.
fn accounts<'w>(
    world: &'w World,
    written: WrittenBinding<'w>,
) -> impl Iterator<Item = (&'w AccountReference, Option<&'w Fact>)> {
    written.accounts(world).filter_map(move |account| match world.account(written.fact, account) {
        Resolution::BuiltIn => None,
        Resolution::Found(fact) => Some((account, Some(fact))),
        resolution => (!resolution.is_wrong()).then_some((account, None)),
    })
}

/// What makes a cluster that lives as long as somebody tries something.
const THROWAWAY: [&str; 4] = ["kind create cluster", "kind load ", "k3d cluster", "minikube"];

/// Whether somebody is told what to type, or the cluster is thrown away.
fn is_for_trying(script: &Script<'_>) -> bool {
    let text = script.text.as_str();
    script.language.is_documentation() || THROWAWAY.iter().any(|sign| text.contains(sign))
}

/// One that a command makes.
fn by_command(script: &Script<'_>, sink: &mut Sink<'_>) {
    let mut is_for_trying = None;
    for command in script.commands() {
        let Some(binding) = command.role_binding() else { continue };
        if script.literal(binding.role.text) != Some("cluster-admin") || !script.is_run(command) {
            continue;
        }
        let is_loud = binding.is_cluster
            && binding.has_account
            && !*is_for_trying.get_or_insert_with(|| self::is_for_trying(script));
        let account = binding.account.and_then(|account| script.literal(account.text));
        let who = match account.filter(|account| !is_placeholder(account)) {
            Some(account) => format!("ServiceAccount {}", account.replacen(':', "/", 1)),
            None if binding.has_account => "a ServiceAccount".to_owned(),
            None => "a user or group".to_owned(),
        };
        let place = if binding.is_cluster { "in the cluster" } else { "in its namespace" };
        let scope = if binding.is_cluster { Scope::Cluster } else { Scope::Namespace(None) };
        let persona = if is_loud { Persona::Regular } else { Persona::Pedantic };
        let message = message("cluster-admin", &who, place);
        sink.report(script.draft(binding.role.range(), message).persona(persona).help(help(scope)));
    }
}
