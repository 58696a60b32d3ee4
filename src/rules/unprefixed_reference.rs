//! A name that kustomize leaves as it is, although it changes the name of what it leads to.

use super::{Check, Rule, Sink};
use crate::finding::Draft;
use crate::world::{Fact, LeftBehind, Name, World};

pub(super) static RULE: Rule = rule!("unprefixed-reference", Check::World(check));

/// What mends every such reference.
const MEND: &str =
    "tell kustomize of this field in `configurations` (`nameReference`), or write it with `replacements`";

fn check(world: &World, sink: &mut Sink<'_>) {
    for fact in world.facts() {
        for account in fact.accounts() {
            if let Some(left) = world.left_behind(fact, account) {
                sink.report(draft(&account.name, &left).help(help(fact, &account.name, &left)));
            }
        }
        for name in fact.service_account().into_iter().flat_map(|account| &account.secrets) {
            if let Some(left) = world.left_behind_secret(fact, name) {
                sink.report(draft(name, &left).help(help(fact, name, &left)));
            }
        }
    }
}

fn draft(name: &Name, left: &LeftBehind<'_>) -> Draft {
    let LeftBehind { fact, affix, .. } = left;
    let (kind, key) = (&fact.object.kind, &affix.path);
    let message = format!("`{key}` changes the name of {kind} {}, but not this reference to it", name.text);
    Draft::new(name.place.clone(), message)
        .related((*affix).clone(), format!("`{key}` is set here"))
        .related(fact.place.clone(), format!("{kind} {} is defined here", name.text))
}

fn help(fact: &Fact, name: &Name, left: &LeftBehind<'_>) -> String {
    let (kind, renamed) = (&left.fact.object.kind, &left.renamed);
    let called = format!("the built {kind} is called {renamed}");
    if fact.token().is_some() {
        format!("{called}, so the token controller deletes this Secret as soon as it is created; {MEND}")
    } else if name.place.path.ends_with(".serviceAccount") {
        format!("{called}; write `serviceAccountName`, which kustomize knows")
    } else {
        format!("{called}; {MEND}")
    }
}
