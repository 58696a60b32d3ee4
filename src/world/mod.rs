//! Everything that was read, as owned facts: which objects there are and how they name each other.

use crate::k8s::Manifest;
use crate::span::FileId;

/// What is remembered of one object when its document is gone.
#[derive(Debug)]
pub struct Fact {}

impl Fact {
    /// What is worth remembering of a document in the file `path`.
    pub fn all(_manifest: &Manifest<'_>, _path: &str) -> Vec<Fact> {
        Vec::new()
    }
}

/// All objects that were read.
#[derive(Debug, Default)]
pub struct World {}

impl World {
    /// Indexes `facts`. `namespace` is the one that objects without a namespace are installed into, if it is known.
    pub fn new(_facts: Vec<Fact>, _namespace: Option<&str>) -> Self {
        Self {}
    }

    /// Whether a file is a patch of some kustomization, so that what stands in it is no object.
    pub fn is_patch(&self, _file: FileId) -> bool {
        false
    }
}
