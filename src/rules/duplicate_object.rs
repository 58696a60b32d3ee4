//! An object that is defined twice, and not in the same way.

use super::{Check, Rule, Sink};
use crate::finding::{Confidence, Draft, Persona};
use crate::world::{Duplicate, Together, World};

pub(super) static RULE: Rule = rule!("duplicate-object", Check::World(check));

fn check(world: &World, sink: &mut Sink<'_>) {
    for Duplicate { first, later, together } in world.duplicates() {
        let object = &later.object;
        let (message, help) = match together {
            Together::File => (
                format!("{} {} is defined twice in this file, in different ways", object.kind, object.name),
                "the one that is applied last replaces the other; keep one",
            ),
            Together::Build => (
                format!("{} {} is defined twice in one kustomization", object.kind, object.name),
                "kustomize refuses to build both; keep one, or make the other a patch",
            ),
        };
        let first = first.place.clone();
        let draft = Draft::new(later.place.clone(), message).help(help).related(first, "first defined here");
        // A hook may stand in for the object until that is made, or two releases may have been written into one file.
        sink.report(if later.is_rendered {
            draft.confidence(Confidence::Medium).persona(Persona::Pedantic)
        } else {
            draft
        });
    }
}
