//! A name that nothing has, and the objects around it that might have been meant.

use super::collect::folder_of;
use super::fact::{Fact, Home};
use super::index::{CROWD, Distance, Namespaces, World};
use super::names::Referent;
use super::resolve::{Resolution, Sought};
use crate::k8s::names::is_placeholder;
use crate::k8s::near_miss::{Name as KnownName, object_name_near_miss};

/// Everybody puts something into these, so what others put there tells nothing.
const SHARED_NAMESPACES: [&str; 2] = ["default", "kube-system"];

impl World {
    /// Nothing has that name: perhaps something had it, or has nearly that name.
    pub(super) fn missing<'w>(&'w self, sought: Sought<'w>) -> Resolution<'w> {
        if let Some(ghost) = self.removed(sought) {
            return Resolution::Removed(ghost);
        }
        let neighbours = self.neighbours(sought);
        if let Some(fact) = self.near_miss(sought, &neighbours) {
            return Resolution::Misspelled(fact);
        }
        let namespace = self.namespace_of(sought.from, sought.home);
        let is_open = self.is_open(sought.from) || self.is_open_namespace(namespace);
        // What has no name yet may get this one.
        let is_nameless = |fact: &&Fact| fact.object.name.is_empty() || is_placeholder(&fact.object.name);
        let is_certain = !is_open
            && !neighbours.iter().any(is_nameless)
            && neighbours.iter().any(|fact| self.would_be_beside(sought, fact));
        if is_certain { Resolution::Unknown } else { Resolution::NotInInput }
    }

    /// What had that name before the change that is looked at.
    pub(super) fn removed<'w>(&'w self, sought: Sought<'w>) -> Option<&'w Fact> {
        let mut ghosts = self.ghosts(sought.referent, &sought.name.text);
        ghosts.find(|ghost| self.compare(sought, ghost) != Namespaces::Different)
    }

    /// Whether what is sought would have to stand beside `fact`, so that it does not exist if it does not stand there:
    /// they would be in one namespace, and that was read as a whole. Files that only lie in one folder may be examples
    /// of different things; and a right may be given to whom others bring.
    fn would_be_beside(&self, sought: Sought<'_>, fact: &Fact) -> bool {
        let Sought { from, referent, home, .. } = sought;
        let namespace = self.namespace_of(from, home);
        let is_shared = |namespace: &str| SHARED_NAMESPACES.contains(&namespace) || is_placeholder(namespace);
        let is_unsaid = namespace.is_none() && *home != Home::Own;
        if self.compare(sought, fact) != Namespaces::Same
            || referent != Referent::ClusterRole && (is_unsaid || namespace.is_some_and(is_shared))
        {
            return false;
        }
        let is_one_file =
            self.distance(from, fact) == Distance::SameFile && referent != Referent::ClusterRole;
        let is_run = from.binding().is_none() && !from.has_subjects_in_fields();
        is_one_file
            || self.are_built_together(from, fact)
            || (is_run && namespace.is_some_and(|namespace| self.has_whole(namespace)))
    }

    /// The one object that was plainly meant. A name that several objects use is no slip of the pen; a whole other word
    /// is one only where no second object of that kind stands in the file; and in a crowd nothing is plain.
    fn near_miss<'w>(&self, sought: Sought<'_>, neighbours: &[&'w Fact]) -> Option<&'w Fact> {
        let Sought { referent, name, .. } = sought;
        if self.mentions.get(referent, &name.text).is_some_and(|count| *count > 1) || neighbours.len() > CROWD
        {
            return None;
        }
        let known = || neighbours.iter().map(|fact| KnownName::new(&fact.object.name));
        let alone = || {
            let alone = neighbours.iter().filter(|fact| self.count_in(fact.file(), referent) == 1);
            alone.map(|fact| KnownName::new(&fact.object.name))
        };
        let near = object_name_near_miss(&name.text, known(), false)
            .or_else(|| object_name_near_miss(&name.text, alone(), true))?;
        neighbours.iter().copied().find(|fact| fact.object.name == near)
    }

    /// The objects of the sought kind in the units of whoever seeks; if there are none, those of the closest enclosing
    /// folder that has any; out there only what is surely in the same namespace. Of more than a crowd, the first.
    fn neighbours<'w>(&'w self, sought: Sought<'w>) -> Vec<&'w Fact> {
        let Sought { from, referent, .. } = sought;
        let compatible = |fact: &&Fact| self.compare(sought, fact) != Namespaces::Different;
        let first = |facts: &mut dyn Iterator<Item = &'w Fact>| -> Vec<_> {
            facts.take(10 * CROWD).filter(compatible).take(CROWD + 1).collect()
        };
        let mut units = self.units(from).into_iter().flat_map(|unit| self.of_unit(unit, referent));
        let in_unit = first(&mut units);
        if !in_unit.is_empty() || !self.is_plain(from) {
            return in_unit;
        }
        let mut folder = self.folder(from);
        let is_written = referent == Referent::ClusterRole || self.namespace_of(from, sought.home).is_some();
        let same = |fact: &&Fact| is_written && self.compare(sought, fact) == Namespaces::Same;
        loop {
            let below = first(&mut self.below(folder, referent).take(10 * CROWD).filter(same));
            if !below.is_empty() || folder.is_empty() {
                return below;
            }
            folder = folder_of(folder);
        }
    }
}
