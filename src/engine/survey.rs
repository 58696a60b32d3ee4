//! What is there, without a judgement: for verbs other than `check`.

use super::check::{Gathered, gather};
use super::run::Taken;
use super::{Options, Summary};
use crate::finding::Place;
use crate::input::{Found, Sources};
use crate::world::World;

/// What was read.
#[derive(Debug)]
pub struct Survey {
    /// The objects, and how they name each other.
    pub world: World,
    /// The files, to look names and text up.
    pub sources: Sources,
    /// What was read and what was left out.
    pub summary: Summary,
    taken: Taken,
}

impl Survey {
    /// Whether a file that was asked for has Kubernetes documents that could not be read.
    pub fn has_unread(&self) -> bool {
        self.world.unread().any(|file| self.taken.is_reported(file))
    }

    /// Whether a place lies in a file that was asked for, rather than in one that was read for what others may name.
    pub fn is_asked_for(&self, place: &Place) -> bool {
        self.taken.is_reported(place.file)
    }
}

/// Reads what `walk` finds while it walks. No rule runs, and suppressions are not looked at.
pub fn survey(walk: impl FnOnce(&mut dyn FnMut(Found)) + Send, mut options: Options) -> Survey {
    options.rules.clear();
    options.heed_suppressions = false;
    let Gathered { mut run, taken, world, .. } = gather(walk, &options);
    run.summary.skipped.sort();
    Survey { world, sources: run.sources, summary: run.summary, taken }
}
