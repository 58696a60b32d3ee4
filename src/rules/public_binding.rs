//! Rights for everybody that change something or show credentials.

use super::exposed::{PublicGrant, public_grants};
use super::{Check, Rule, Sink};
use crate::finding::{Draft, Persona};
use crate::world::rbac::{Audience, Exposure, Rights};

pub(super) static RULE: Rule = rule!("public-binding", Check::Rights(check));

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    for draft in public_grants(rights).filter_map(draft) {
        sink.report(draft);
    }
}

fn draft(public: PublicGrant<'_, '_>) -> Option<Draft> {
    if public.audience == Audience::Masters {
        let place = public.subject.name.place.clone();
        let message = "members of system:masters may do everything: no role adds to that";
        // It gives nothing that they have not, so that no build should fail for it.
        return Some(Draft::new(place, message).persona(Persona::Pedantic).help(
            "leave the group to the certificate for emergencies, as nothing can take its rights away; put people into a \
             group of your own, and bind that",
        ));
    }
    let Exposure::Gives(exposed) = public.exposure else { return None };
    let help = match public.audience {
        Audience::Anybody => {
            "no password or token is asked for; remove the subject, and bind the role to those who need it"
        }
        _ => {
            "every pod of the cluster has such a token; bind the role to the ServiceAccounts or groups that need it"
        }
    };
    Some(public.draft(exposed).help(help))
}
