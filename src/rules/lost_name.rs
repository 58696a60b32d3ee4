//! What several rules say of a name that leads nowhere.

use super::wording::fitted;
use crate::finding::{Confidence, Draft, Fix, Persona};
use crate::span::Edit;
use crate::world::{Fact, Name, Resolution, World};
use crate::yaml::rewrite;

/// A name, whoever writes it, and what comes of it if nothing has it.
#[derive(Clone, Copy)]
pub(super) struct LostName<'a> {
    /// What it names: `ServiceAccount`.
    pub(super) kind: &'static str,
    /// The name.
    pub(super) name: &'a Name,
    /// The object that writes it.
    pub(super) from: &'a Fact,
    /// What that has to do with it: `runs as`.
    pub(super) verb: &'static str,
    /// Where it is looked up, if that is known.
    pub(super) namespace: Option<&'a str>,
    /// What happens.
    pub(super) effect: &'a str,
}

impl LostName<'_> {
    /// The finding, if there is something to say of what is known.
    pub(super) fn draft(self, world: &World, resolution: Resolution<'_>) -> Option<Draft> {
        let Self { kind, name, effect, .. } = self;
        let draft = match resolution {
            Resolution::Misspelled(fact) => {
                let right = &fact.object.name;
                self.missing(&format!("{effect}; did you mean {right}?"))
                    .related(fact.place.clone(), format!("{kind} {right} is defined here"))
                    .fix(self.replaced_by(right))
            }
            Resolution::Removed(ghost) => {
                self.missing(&format!("{effect}; keep the {kind}, or remove its name here too")).related(
                    ghost.place.clone(),
                    format!("{kind} {} was defined here before this change", name.text),
                )
            }
            Resolution::Unknown => self
                .missing(&format!("{effect}; define the {kind}, or name one that exists"))
                .confidence(Confidence::Medium),
            Resolution::OtherNamespace(fact, confidence) => self
                .elsewhere(world, fact)
                .persona(loudest(confidence))
                .related(fact.place.clone(), format!("{kind} {} is defined here", name.text))
                .confidence(confidence),
            Resolution::NotInInput => self
                .draft_that("which is not in the input")
                .help(format!("if nothing else creates it, {effect}"))
                .confidence(Confidence::Low)
                .persona(Persona::Pedantic),
            _ => return None,
        };
        // What was read from a cluster is not what anybody applies.
        Some(if self.from.is_dump { draft.persona(Persona::Pedantic) } else { draft })
    }

    fn draft_that(self, clause: &str) -> Draft {
        let Self { kind, name, from, verb, .. } = self;
        let message =
            fitted(&format!("this {} {verb} {kind} ", from.object.kind), &name.text, &format!(", {clause}"));
        Draft::new(name.place.clone(), message)
    }

    fn missing(self, help: &str) -> Draft {
        self.draft_that("which does not exist").help(help)
    }

    fn elsewhere(self, world: &World, fact: &Fact) -> Draft {
        let Self { kind, name, from, effect, .. } = self;
        let theirs = world.namespace(fact);
        if let (Some(theirs), Some(own)) = (theirs, self.namespace) {
            let message =
                fitted(&format!("{kind} "), &name.text, &format!(" is in namespace {theirs}, not in {own}"));
            return Draft::new(name.place.clone(), message)
                .help(format!("{effect}; write the same namespace on both"));
        }
        let written = self.namespace.or(theirs).unwrap_or_default();
        let rest = format!(" and this {} do not name the same namespace", from.object.kind);
        Draft::new(name.place.clone(), fitted(&format!("{kind} "), &name.text, &rest))
            .help(format!("unless released into {written}, {effect}"))
    }

    fn replaced_by(self, right: &str) -> Option<Fix> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ['-', '.'].contains(&c);
        (self.name.editable && right.chars().all(is_plain))
            .then(|| Fix::unsafe_([Edit::replace(self.name.place.span, rewrite::as_string(right))]))
    }
}

/// Where the namespace of a release may make it right, or an object of another namespace may be there for something else,
/// only the pedantic want to hear of it.
pub(super) fn loudest(confidence: Confidence) -> Persona {
    if confidence == Confidence::High { Persona::Regular } else { Persona::Pedantic }
}
