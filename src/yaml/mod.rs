//! YAML as kubectl reads it, with positions.
//!
//! Bytes are split into documents by kubectl's separator rule, and each document becomes a [`Tree`] of its own.

mod document;
mod full;
pub mod rewrite;
mod scalar;
mod split;
mod text;
mod tree;

pub use document::{Content, Document, Ignored, SyntaxError};
pub use scalar::{Scalar, Type};
pub use split::{Chunk, split};
pub use text::{Segment, Text};
pub use tree::{Entry, Get, Kind, Node, Style, Tag, Tree};
