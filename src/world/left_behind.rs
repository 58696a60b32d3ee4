//! Names that kustomize leaves as they are when it changes the name of what they lead to.

use super::builds::BuildId;
use super::builtin;
use super::fact::{AccountReference, Fact, Home, Name};
use super::index::{Namespaces, World};
use super::names::Referent;
use super::resolve::Sought;
use crate::finding::Place;
use crate::k8s::names::is_placeholder;

/// More builds than this on one file, or more objects of one name, are too many to look at each.
const MANY: usize = 100;

/// A name that a kustomization leaves behind.
#[derive(Clone, Debug)]
pub struct LeftBehind<'w> {
    /// What it names.
    pub fact: &'w Fact,
    /// What that comes to be called.
    pub renamed: String,
    /// The `namePrefix` or `nameSuffix` that does it.
    pub affix: &'w Place,
}

impl World {
    /// Whether a kustomization changes the name of the ServiceAccount that `from` names, but not this reference to it.
    pub fn left_behind<'w>(
        &'w self,
        from: &'w Fact,
        reference: &'w AccountReference,
    ) -> Option<LeftBehind<'w>> {
        let AccountReference { name, home, is_known_to_kustomize } = reference;
        let is_told = *home != Home::Elsewhere && !is_known_to_kustomize;
        let is_own = is_told && !builtin::is_account(&name.text, self.namespace_of(from, home));
        let sought = Sought { from, referent: Referent::ServiceAccount, name, home };
        if is_own { self.left(sought) } else { None }
    }

    /// The same for a Secret that the ServiceAccount `from` lists in `secrets`: kustomize only knows its
    /// `imagePullSecrets`.
    pub fn left_behind_secret<'w>(&'w self, from: &'w Fact, name: &'w Name) -> Option<LeftBehind<'w>> {
        self.left(Sought { from, referent: Referent::Secret, name, home: &Home::Own })
    }

    /// In every build, the name counts as right if something there comes to be called so.
    fn left<'w>(&'w self, sought: Sought<'w>) -> Option<LeftBehind<'w>> {
        let Sought { from, referent, name, home } = sought;
        let builds = self.builds.of(from.file());
        if builds.is_empty() || builds.len() > MANY || is_placeholder(&name.text) {
            return None;
        }
        let is_created = self.is_created(referent, &name.text, self.namespace_of(from, home));
        if from.is_rendered || is_created || self.builds.mend(from.file()) {
            return None;
        }
        let candidates: Vec<_> = self.named(referent, &name.text).take(MANY + 1).collect();
        if candidates.len() > MANY {
            return None;
        }
        let mut found = builds.iter().filter_map(|member| self.left_in(member.build, sought, &candidates));
        found.next()
    }

    fn left_in<'w>(
        &'w self,
        build: BuildId,
        sought: Sought<'w>,
        candidates: &[&'w Fact],
    ) -> Option<LeftBehind<'w>> {
        let name = &*sought.name.text;
        let mut left = None;
        for fact in candidates.iter().filter(|fact| self.compare(sought, fact) != Namespaces::Different) {
            for way in self.builds.ways(fact.file(), build) {
                let renamed = way.rename(&fact.object.name);
                if renamed == name {
                    return None;
                }
                if let (true, None, Some(affix)) = (fact.object.name == name, &left, self.builds.affix(way)) {
                    left = Some(LeftBehind { fact, renamed, affix });
                }
            }
        }
        left
    }
}
