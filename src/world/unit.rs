//! What is applied together.

use std::sync::Arc;

use super::builds::{BuildId, Member};
use super::fact::Fact;
use super::index::World;
use crate::span::FileId;

/// Objects that are applied together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Unit {
    /// What `helm template` printed: this file.
    Rendered(FileId),
    /// What a kustomization builds.
    Build(BuildId),
    /// A chart, by its folder.
    Chart(Arc<str>),
    /// Plain manifests: a folder without its subfolders.
    Folder(String),
}

impl World {
    /// The units that an object belongs to.
    pub(super) fn units(&self, fact: &Fact) -> Vec<Unit> {
        let builds = self.builds.of(fact.file());
        if fact.is_rendered {
            vec![Unit::Rendered(fact.file())]
        } else if let Some(chart) = self.chart(fact.file()) {
            vec![Unit::Chart(Arc::clone(chart))]
        } else if builds.is_empty() {
            vec![Unit::Folder(self.folder(fact).to_owned())]
        } else {
            builds.chunk_by(|a, b| a.build == b.build).filter_map(unit).collect()
        }
    }
}

/// The build that a file comes into on these ways.
fn unit(ways: &[Member]) -> Option<Unit> {
    ways.first().map(|member| Unit::Build(member.build))
}
