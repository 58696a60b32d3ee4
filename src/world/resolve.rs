//! Names, and what they lead to: the one judgement that all rules about references share.

use super::builtin;
use super::fact::{AccountReference, Fact, Home, Name, RoleReference};
use super::index::{CROWD, Distance, Namespaces, World, compare};
use super::names::Referent;
use crate::finding::Confidence;
use crate::k8s::names::{NameRule, is_placeholder};

/// What is known of the object that a name leads to.
#[derive(Clone, Copy, Debug)]
pub enum Resolution<'w> {
    /// It cannot be said, or nothing is named.
    Unnamed,
    /// Nothing can have that name: invalid-name says so.
    Impossible,
    /// Kubernetes makes it: the ServiceAccount `default`, the ClusterRole `view`.
    BuiltIn,
    /// Something that was read creates it, or makes an operator create it.
    Created,
    /// Here it is.
    Found(&'w Fact),
    /// It exists, but not in that namespace. Not certain if one of the two namespaces is not written (medium); still less
    /// if that may be the one of the release, or if it is there for something else (low).
    OtherNamespace(&'w Fact, Confidence),
    /// A role of the other kind has that name: this one, or one that a cluster has by itself.
    OtherKind(Option<&'w Fact>),
    /// A kustomization changes its name, but not this one: unprefixed-reference says so.
    LeftBehind(&'w Fact),
    /// It existed before the change that is looked at.
    Removed(&'w Fact),
    /// It does not exist, but one with nearly that name does.
    Misspelled(&'w Fact),
    /// It does not exist, though others of its kind do in that namespace.
    Unknown,
    /// Nothing was read that would tell.
    NotInInput,
}

impl Resolution<'_> {
    /// Whether the name leads nowhere, as far as anyone can see.
    pub fn is_wrong(self) -> bool {
        use Resolution::{Impossible, LeftBehind, Misspelled, OtherKind, OtherNamespace, Removed, Unknown};
        match self {
            OtherNamespace(_, confidence) => confidence > Confidence::Low,
            _ => matches!(
                self,
                Impossible | OtherKind(_) | LeftBehind(_) | Removed(_) | Misspelled(_) | Unknown
            ),
        }
    }
}

/// A name that is looked for.
#[derive(Clone, Copy)]
pub(super) struct Sought<'w> {
    /// The object that names it.
    pub(super) from: &'w Fact,
    pub(super) referent: Referent,
    pub(super) name: &'w Name,
    pub(super) home: &'w Home,
}

impl RoleReference {
    /// What it names.
    pub fn referent(&self) -> Referent {
        if self.is_cluster { Referent::ClusterRole } else { Referent::Role }
    }
}

impl World {
    /// What is known of a ServiceAccount that `from` names.
    pub fn account<'w>(&'w self, from: &'w Fact, reference: &'w AccountReference) -> Resolution<'w> {
        let AccountReference { name, home, .. } = reference;
        let sought = Sought { from, referent: Referent::ServiceAccount, name, home };
        if from.is_symbolic(&name.text) {
            return self.symbolic(sought);
        }
        if is_placeholder(&name.text) {
            return Resolution::Unnamed;
        }
        if !NameRule::Subdomain.takes(&name.text) {
            return Resolution::Impossible;
        }
        if builtin::is_account(&name.text, self.namespace_of(from, home)) {
            return Resolution::BuiltIn;
        }
        if let Some(left) = self.left_behind(from, reference) {
            return Resolution::LeftBehind(left.fact);
        }
        self.resolve(sought)
    }

    /// What is known of the role that the binding `from` gives.
    pub fn role<'w>(&'w self, from: &'w Fact, role: &'w RoleReference) -> Resolution<'w> {
        let name = &role.name;
        let sought = Sought { from, referent: role.referent(), name, home: &Home::Own };
        if from.is_symbolic(&name.text) {
            return self.symbolic(sought);
        }
        if is_placeholder(&name.text) {
            return Resolution::Unnamed;
        }
        if !NameRule::PathSegment.takes(&name.text) {
            return Resolution::Impossible;
        }
        if builtin::is_role(role.referent(), &name.text, self.namespace(from)) {
            return Resolution::BuiltIn;
        }
        match self.resolve(sought) {
            wrong if wrong.is_wrong() || matches!(wrong, Resolution::NotInInput) => {
                self.other_kind(sought).unwrap_or(wrong)
            }
            right => right,
        }
    }

    /// A role of the same name and the other kind, in the same unit or built in.
    fn other_kind<'w>(&'w self, sought: Sought<'w>) -> Option<Resolution<'w>> {
        let other = match sought.referent {
            Referent::Role => Referent::ClusterRole,
            Referent::ClusterRole => Referent::Role,
            _ => return None,
        };
        let mut near = self.named(other, &sought.name.text).take(CROWD).filter(|fact| {
            self.distance(sought.from, fact) <= Distance::SameUnit
                && self.compare(sought, fact) != Namespaces::Different
        });
        let near = near.next();
        let exists =
            near.is_some() || builtin::is_role(other, &sought.name.text, self.namespace(sought.from));
        exists.then_some(Resolution::OtherKind(near))
    }

    fn resolve<'w>(&'w self, sought: Sought<'w>) -> Resolution<'w> {
        let Sought { from, referent, name, home } = sought;
        if self.is_crowded(referent, &name.text) {
            return Resolution::Unnamed;
        }
        let (mut here, mut elsewhere, mut apart) = (None, None, None);
        for fact in self.named(referent, &name.text) {
            let distance = self.distance(from, fact);
            match self.compare(sought, fact) {
                Namespaces::Unknown if self.is_told_by_release(sought, fact, distance) => {
                    // What `helm template` printed may well write the release's namespace on some objects only.
                    if from.is_rendered && self.has_one_namespace(from.file()) {
                        closer(&mut apart, distance, fact, Confidence::Low);
                    } else {
                        closer(&mut elsewhere, distance, fact, Confidence::Medium);
                    }
                }
                Namespaces::Same | Namespaces::Unknown => closer(&mut here, distance, fact, Confidence::High),
                Namespaces::Different if self.is_meant(sought, fact, distance) => {
                    closer(&mut elsewhere, distance, fact, Confidence::High);
                }
                Namespaces::Different => closer(&mut apart, distance, fact, Confidence::Low),
            }
        }
        match (here, elsewhere, apart) {
            (Some((_, fact, _)), ..) => Resolution::Found(fact),
            _ if self.is_created(referent, &name.text, self.namespace_of(from, home)) => Resolution::Created,
            (None, Some((_, fact, confidence)), _) => Resolution::OtherNamespace(fact, confidence),
            // Whoever uses the object says the namespace.
            (None, None, None) if *home == Home::Elsewhere => Resolution::Unnamed,
            (None, None, Some((_, fact, confidence))) => match self.removed(sought) {
                Some(ghost) => Resolution::Removed(ghost),
                None => Resolution::OtherNamespace(fact, confidence),
            },
            (None, None, None) => self.missing(sought),
        }
    }

    /// Whether an object in another namespace must be the one that is meant: it stands in the same file or is deployed
    /// together; or it is near, and there for nothing else, and the namespace in which it is missing was read as a whole.
    /// A copy of some workload for another cluster has a copy of its ServiceAccount there, which may not have been read;
    /// and examples in one folder have nothing to do with each other.
    fn is_meant(&self, sought: Sought<'_>, fact: &Fact, distance: Distance) -> bool {
        distance == Distance::SameFile
            || self.are_built_together(sought.from, fact)
            || (distance < Distance::Apart
                && !self.runs_something(fact)
                && self
                    .namespace_of(sought.from, sought.home)
                    .is_some_and(|namespace| self.has_whole(namespace, sought.from)))
    }

    /// Whether it depends on the namespace of a release: in one chart or rendered stream, one object writes a namespace
    /// and the other writes none.
    fn is_told_by_release(&self, sought: Sought<'_>, fact: &Fact, distance: Distance) -> bool {
        let namespaces = [self.namespace_of(sought.from, sought.home), self.namespace(fact)];
        *sought.home == Home::Own
            && distance <= Distance::SameUnit
            && !self.is_plain(sought.from)
            && !namespaces.into_iter().flatten().any(is_placeholder)
    }

    /// How the namespace in which a name is looked up compares with that of `fact`.
    pub(super) fn compare(&self, sought: Sought<'_>, fact: &Fact) -> Namespaces {
        match (sought.referent, sought.home) {
            (Referent::ClusterRole, _) => Namespaces::Same,
            (_, Home::Elsewhere) => Namespaces::Unknown,
            (_, home) => compare(self.namespace_of(sought.from, home), self.namespace(fact)),
        }
    }
}

/// Keeps the closer of two; of equally close ones the first.
fn closer<'w>(
    best: &mut Option<(Distance, &'w Fact, Confidence)>,
    distance: Distance,
    fact: &'w Fact,
    confidence: Confidence,
) {
    if best.is_none_or(|(other, ..)| distance < other) {
        *best = Some((distance, fact, confidence));
    }
}
