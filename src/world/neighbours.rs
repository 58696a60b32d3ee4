//! A name that nothing has, and the objects around it that might have been meant.

use super::collect::folder_of;
use super::fact::{Fact, Home};
use super::index::{CROWD, Distance, Namespaces, World};
use super::names::Referent;
use super::resolve::{Resolution, Sought};
use crate::k8s::near_miss::{Name as KnownName, object_name_near_miss};

/// Everybody puts something into these, so what others put there tells nothing.
const SHARED_NAMESPACES: [&str; 2] = ["default", "kube-system"];

impl World {
    /// Nothing has that name: perhaps something had it, or has nearly that name.
    pub(super) fn missing<'w>(&'w self, sought: Sought<'w>) -> Resolution<'w> {
        let Sought { from, referent, name, home } = sought;
        let mut ghosts = self.ghosts(referent, &name.text);
        if let Some(ghost) = ghosts.find(|ghost| self.compare(sought, ghost) != Namespaces::Different) {
            return Resolution::Removed(ghost);
        }
        let neighbours = self.neighbours(sought);
        if let Some(fact) = self.near_miss(sought, &neighbours) {
            return Resolution::Misspelled(fact);
        }
        let namespace = self.namespace_of(from, home);
        if self.is_open(from) || self.is_open_namespace(namespace) {
            return Resolution::NotInInput;
        }
        let is_own = referent == Referent::ClusterRole || *home == Home::Own;
        let is_certain = neighbours.iter().any(|fact| {
            let is_same = self.compare(sought, fact) == Namespaces::Same;
            let is_written = namespace.is_some_and(|namespace| !SHARED_NAMESPACES.contains(&namespace));
            let together = self.distance(from, fact) <= Distance::SameUnit;
            is_same && (is_written || together && is_own)
        });
        if is_certain { Resolution::Unknown } else { Resolution::NotInInput }
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
    /// folder that has any. Of more than a crowd, the first.
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
        loop {
            let below = first(&mut self.below(folder, referent));
            if !below.is_empty() || folder.is_empty() {
                return below;
            }
            folder = folder_of(folder);
        }
    }
}
