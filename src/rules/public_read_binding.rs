//! Rights for everybody that only show something.

use super::exposed::public_grants;
use super::{Check, Rule, Sink};
use crate::world::rbac::{Audience, Exposure, Rights};

pub(super) static RULE: Rule = rule!("public-read-binding", Check::Rights(check));

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    for public in public_grants(rights).filter(|public| public.audience != Audience::Masters) {
        if let Exposure::Reads(exposed) = public.exposure {
            sink.report(public.draft(exposed).help(
                "whoever takes over any pod can read it; bind the role to the ServiceAccounts or groups that need it",
            ));
        }
    }
}
