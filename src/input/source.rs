//! A file of the run and its three names.

use std::path::PathBuf;
use std::sync::Arc;

use crate::span::FileId;

/// Where a source's bytes come from.
#[derive(Clone, Debug)]
pub enum Contents {
    /// A file, read when it is needed and read again to show a finding.
    File(PathBuf),
    /// Standard input, or a test.
    Memory(Arc<str>),
}

/// A file of the run.
#[derive(Clone, Debug)]
pub struct Source {
    /// Relative to the root, with `/`: for JSON, SARIF and fingerprints.
    pub path: String,
    /// Relative to the working directory: for people.
    pub shown: String,
    /// Where its bytes come from.
    pub contents: Contents,
}

/// All files of the run; [`FileId`] is the index.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Adds a file and names it.
    pub fn add(&mut self, source: Source) -> FileId {
        let id = FileId(crate::span::Span::new(self.0.len()..usize::MAX).start);
        self.0.push(source);
        id
    }

    /// The file, if the id is of this run.
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.0.get(id.0 as usize)
    }

    /// All files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        (0..).map(FileId).zip(&self.0)
    }
}
