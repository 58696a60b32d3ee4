//! How an identity comes to all rights, in words.

use super::object;
use super::spots::Spots;
use crate::finding::Place;
use crate::report::escape;
use crate::world::rbac::{Account, Goal, Path, Scope, Step, UsedRight};

/// What is said where there is no path.
const NONE: &str = "none known";

/// A line for each step, and one for the right in which it ends.
pub(super) fn lines(path: Option<&Path<'_, '_, '_>>, spots: &Spots<'_>) -> Vec<String> {
    let Some(path) = path else { return vec![NONE.to_owned()] };
    let mut lines: Vec<_> = path.steps.iter().map(|step| line(step, spots)).collect();
    lines.push(match &path.goal {
        Goal::Rights(rights) => format!("may {}", all(rights, spots)),
        Goal::BuiltIn => "may escalate clusterroles, where controllers have ServiceAccounts".to_owned(),
    });
    if let Some(first) = lines.first_mut().filter(|_| !path.is_sure) {
        first.insert_str(0, "perhaps ");
    }
    lines
}

/// The same in a few words.
pub(super) fn cell(path: Option<&Path<'_, '_, '_>>) -> String {
    let Some(path) = path else { return NONE.to_owned() };
    let perhaps = if path.is_sure { "" } else { "perhaps " };
    match &*path.steps {
        [] => format!("{perhaps}cluster-admin"),
        [step] => format!("{perhaps}via {}", account(&step.to)),
        [step, more @ ..] => format!("{perhaps}via {} +{}", account(&step.to), more.len()),
    }
}

/// All places that it names.
pub(super) fn places<'i>(path: &'i Path<'_, '_, '_>) -> impl Iterator<Item = &'i Place> {
    let goal = match path.goal {
        Goal::Rights(rights) => rights,
        Goal::BuiltIn => &[],
    };
    let rights = path.steps.iter().flat_map(|step| step.rights).chain(goal);
    rights.flat_map(|right| {
        let binding = right.grant.binding.fact().map(|fact| &fact.place);
        binding.into_iter().chain(right.rule.place.as_ref())
    })
}

fn line(step: &Step<'_, '_, '_>, spots: &Spots<'_>) -> String {
    let place = match step.scope {
        Scope::Cluster => "in all namespaces".to_owned(),
        Scope::Namespace(Some(namespace)) => format!("in {}", escape::line(namespace)),
        Scope::Namespace(None) => "in its namespace".to_owned(),
    };
    let (rights, to) = (all(step.rights, spots), account(&step.to));
    format!("may {rights} {place}, and so {} {to}", step.outcome)
}

fn all(rights: &[UsedRight<'_, '_>], spots: &Spots<'_>) -> String {
    let right = |right: &UsedRight<'_, '_>| {
        let (grant, rule) = (right.grant, right.rule);
        let binding = grant
            .binding
            .fact()
            .map_or(String::new(), |fact| format!("{} {}, ", object(&fact.object), spots.at(&fact.place)));
        let given = escape::line(&format!("{}/{}", grant.role.kind(), grant.role.name));
        let place = rule.place.as_ref().map_or("built-in".to_owned(), |place| spots.at(place).to_string());
        format!("{right} ({binding}{given} {place})")
    };
    rights.iter().map(right).collect::<Vec<_>>().join(" and ")
}

fn account(account: &Account<'_>) -> String {
    match &account.namespace {
        Some(namespace) => escape::line(&format!("{namespace}/{}", account.name)),
        None => escape::line(&account.name),
    }
}
