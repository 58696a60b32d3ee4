//! The outcome of a run, complete: what reports are made of.

use std::time::Duration;

use crate::finding::Finding;
use crate::input::Sources;

/// The outcome of a run.
#[derive(Debug, Default)]
pub struct Run {
    /// What is shown, sorted by path, position and rule.
    pub findings: Vec<Finding>,
    /// The files, to look names and text up.
    pub sources: Sources,
    /// What ran and what was left out.
    pub summary: Summary,
}

/// What ran and what was left out: nothing skipped is silent.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Documents in them, Kubernetes or not; empty ones not counted.
    pub documents: usize,
    /// Kubernetes objects, list items one by one.
    pub objects: usize,
    /// Rules that ran.
    pub rules: usize,
    /// Files that are unrendered chart templates.
    pub templates: usize,
    /// Documents that are no Kubernetes objects.
    pub other_documents: usize,
    /// Findings hidden by comments, annotations or the configuration.
    pub suppressed: usize,
    /// Findings for a quieter persona, severity or confidence than asked for.
    pub below_threshold: usize,
    /// Files that were found but not read, and broken documents that are not Kubernetes: with the reason.
    pub skipped: Vec<Skipped>,
    /// Wall-clock time.
    pub elapsed: Duration,
}

/// Something that was left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The file, as shown to people.
    pub shown: String,
    /// Why: "binary", "larger than 32 MiB", "not UTF-8 (byte 17)".
    pub reason: String,
}
