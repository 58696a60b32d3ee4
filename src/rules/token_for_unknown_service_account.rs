//! A token Secret whose ServiceAccount nothing creates.

use super::{Check, Rule, Sink};
use crate::finding::{Confidence, Draft, Fix, Persona};
use crate::span::Edit;
use crate::world::{AccountReference, Name, Resolution, World};

pub(super) static RULE: Rule = rule!("token-for-unknown-service-account", Check::World(check));

const DELETED: &str = "the token controller deletes the Secret as soon as it is created";

fn check(world: &World, sink: &mut Sink<'_>) {
    for secret in world.token_secrets() {
        let Some(AccountReference { name, .. }) = &secret.token.account else { continue };
        match world.account_of(secret) {
            Resolution::Misspelled(fact) => {
                let right = &fact.object.name;
                sink.report(
                    draft(name)
                        .help(format!("{DELETED}; did you mean {right}?"))
                        .related(fact.place.clone(), format!("ServiceAccount {right} is defined here"))
                        .fix(name.editable.then(|| Fix::unsafe_([Edit::replace(name.place.span, right)]))),
                );
            }
            Resolution::Removed(ghost) => sink.report(
                draft(name)
                    .help(format!("{DELETED}; keep the ServiceAccount, or remove the Secret with it"))
                    .related(
                        ghost.place.clone(),
                        format!("ServiceAccount {} was defined here before", name.text),
                    ),
            ),
            Resolution::Unknown => sink.report(
                draft(name)
                    .help(format!("{DELETED}; define the ServiceAccount in the Secret's namespace"))
                    .confidence(Confidence::Medium),
            ),
            Resolution::NotInInput if secret.token.works => sink.report(
                Draft::new(
                    name.place.clone(),
                    format!(
                        "this token Secret is for ServiceAccount {}, which is not in the input",
                        name.text
                    ),
                )
                .help(format!("if nothing else creates it, {DELETED}"))
                .confidence(Confidence::Low)
                .persona(Persona::Pedantic),
            ),
            _ => {}
        }
    }
}

fn draft(name: &Name) -> Draft {
    Draft::new(
        name.place.clone(),
        format!("this token Secret is for ServiceAccount {}, which does not exist", name.text),
    )
}
