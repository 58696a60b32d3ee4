//! What public-binding and public-read-binding share.

use super::wording::with_name;
use crate::finding::Draft;
use crate::world::Principal;
use crate::world::rbac::{Audience, Exposed, Exposure, GrantedRule, RoleGrant, Scope, WrittenBinding};

/// A user or group that everybody is, with the worst of what it is given.
#[derive(Clone, Copy)]
pub(super) struct PublicGrant<'r, 'w> {
    pub(super) audience: Audience,
    pub(super) subject: &'w Principal,
    pub(super) exposure: Exposure<'r>,
    grant: &'r RoleGrant<'w>,
    rule: Option<GrantedRule<'w>>,
}

/// Everybody among the subjects of a binding that somebody wrote.
pub(super) fn public_grants<'r, 'w>(
    grant: &'r RoleGrant<'w>,
    written: WrittenBinding<'w>,
) -> impl Iterator<Item = PublicGrant<'r, 'w>> {
    written.binding.principals.iter().filter_map(move |subject| {
        let audience = Audience::of(subject)?;
        let exposures = grant
            .role
            .rules
            .iter()
            .map(|granted| (Some(*granted), audience.exposure(granted.rule, grant.scope)));
        let none = (None, Exposure::Harmless);
        let (rule, exposure) =
            exposures.fold(none, |best, next| if next.1.is_worse_than(best.1) { next } else { best });
        Some(PublicGrant { audience, subject, exposure, grant, rule })
    })
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
