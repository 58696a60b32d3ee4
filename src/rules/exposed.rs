//! What public-binding and public-read-binding share.

use std::collections::HashMap;
use std::ptr;

use super::wording::with_name;
use crate::finding::Draft;
use crate::world::Principal;
use crate::world::rbac::{Audience, Exposed, Exposure, GrantedRole, GrantedRule, Rights, RoleGrant, Scope};

/// A user or group that everybody is, with the worst of what it is given.
#[derive(Clone, Copy)]
pub(super) struct PublicGrant<'r, 'w> {
    pub(super) audience: Audience,
    pub(super) subject: &'w Principal,
    pub(super) exposure: Exposure<'r>,
    grant: &'r RoleGrant<'w>,
    rule: Option<GrantedRule<'w>>,
}

/// The worst that a role gives to an audience, in the whole cluster or in a namespace, and the rule that gives it.
type Worst<'r, 'w> =
    HashMap<(*const GrantedRole<'w>, Audience, bool), (Option<GrantedRule<'w>>, Exposure<'r>)>;

/// Everybody among the subjects of the bindings that somebody wrote.
pub(super) fn public_grants<'r, 'w>(rights: &'r Rights<'w>) -> impl Iterator<Item = PublicGrant<'r, 'w>> {
    let mut known = Worst::new();
    let written = rights.grants().iter().filter_map(|grant| Some((grant, grant.written()?.binding)));
    let subjects = written.flat_map(|(grant, binding)| {
        binding.principals.iter().filter_map(move |subject| Some((grant, subject, Audience::of(subject)?)))
    });
    subjects.map(move |(grant, subject, audience)| {
        let key = (ptr::from_ref(&*grant.role), audience, grant.scope.is_cluster());
        let (rule, exposure) = *known.entry(key).or_insert_with(|| worst(grant, audience));
        PublicGrant { audience, subject, exposure, grant, rule }
    })
}

fn worst<'r, 'w>(grant: &'r RoleGrant<'w>, audience: Audience) -> (Option<GrantedRule<'w>>, Exposure<'r>) {
    let rules = grant.role.rules.iter();
    let exposures = rules.map(|granted| (Some(*granted), audience.exposure(granted.rule, grant.scope)));
    let none = (None, Exposure::Harmless);
    exposures.fold(none, |best, next| if next.1.is_worse_than(best.1) { next } else { best })
}

impl PublicGrant<'_, '_> {
    /// The finding, at the subject: what `exposed` says everybody may do.
    pub(super) fn draft(self, exposed: Exposed<'_>) -> Draft {
        let who = match self.audience {
            Audience::Anybody => "anybody, without logging in,",
            Audience::Authenticated => "everybody who logs in, pods included,",
            Audience::Accounts | Audience::Masters => "every ServiceAccount",
        };
        let is_everything = self.rule.is_some_and(|granted| granted.rule.is_everything());
        let what = if is_everything {
            "do everything".to_owned()
        } else {
            format!("{} {}", word(&exposed.verb.text), word(&exposed.object.text))
        };
        let place = match self.grant.scope {
            Scope::Cluster => String::new(),
            Scope::Namespace(Some(namespace)) => format!(" in namespace {namespace}"),
            Scope::Namespace(None) => " in its namespace".to_owned(),
        };
        let message = with_name(&format!("{who} may "), &what, &place);
        let draft = Draft::new(self.subject.name.place.clone(), message);
        let at = self.rule.and_then(|granted| granted.rule.at(exposed.object));
        match at {
            Some(place) => draft.related(
                place,
                format!("{} {} allows it here", self.grant.role.kind(), self.grant.role.name),
            ),
            None => draft,
        }
    }
}

/// `*` in a sentence.
fn word(text: &str) -> &str {
    if text == "*" { "`*`" } else { text }
}
