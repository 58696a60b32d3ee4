//! YAML as kubectl reads it, with positions.
//!
//! Bytes are split into documents by kubectl's separator rule, and each document becomes a [`Tree`] of its own.

mod ancestry;
mod characters;
mod document;
mod duplicates;
mod edit;
mod fast;
mod full;
mod holes;
mod inside;
mod list;
mod node;
mod number;
#[doc(hidden)]
pub mod producers;
pub mod removal;
pub mod rewrite;
mod scalar;
mod split;
mod tabs;
mod text;
mod tree;

#[cfg(test)]
mod tests;

pub use document::{Content, Document, Ignored, SyntaxError};
pub use duplicates::Duplicate;
pub use edit::{EditError, apply};
pub use holes::{Expression, Gap, Hole, Holes, Reach};
pub use list::LongList;
pub use node::{Entry, Get, Node};
pub use scalar::{Scalar, Type};
pub use split::{Chunk, split};
pub use text::{Segment, Text};
pub use tree::{Kind, Style, Tag, Tree};
