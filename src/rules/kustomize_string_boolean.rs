//! A boolean in a word that kustomize reads as a string.

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix};
use crate::span::Edit;
use crate::world::World;

pub(super) static RULE: Rule = rule!("kustomize-string-boolean", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for fact in world.facts().filter(|fact| world.is_kustomized(fact)) {
        for word in &fact.words {
            let right = if word.value { "true" } else { "false" };
            let message = format!("kustomize makes the string \"{}\" of this boolean", word.text);
            sink.report(
                Draft::new(word.place.clone(), message)
                    .help(format!("write `{right}`; the API server rejects a string here"))
                    .fix(word.editable.then(|| Fix::safe([Edit::replace(word.place.span, right)]))),
            );
        }
    }
}
