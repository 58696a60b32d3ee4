//! From what Helm rendered back to the template it was rendered from.
//!
//! `helm template` writes `# Source: chart/templates/x.yaml` above each document. That names the file, not the object and
//! not the line: Helm sorts documents by kind, leaves out empty ones, and one place of a template may become any number
//! of objects. So objects are told apart by kind, name and what else is written literally, and fields by their keys.

mod charts;
mod field;
mod likeness;
mod objects;
mod shape;
#[cfg(test)]
mod tests;

pub(super) use charts::{Charts, Metadata};
pub(super) use field::Counterpart;
pub(super) use likeness::Budget;
pub(super) use objects::{Blueprint, Pattern};
