//! Templates of a chart, read without Helm.
//!
//! Actions are found as Go finds them, replaced by what YAML can read, and remembered: what remains is a tree whose
//! literals are literals and whose holes are known. Positions are those of the template.

mod action;
mod expression;
mod lex;
mod neutral;
mod pieces;
mod read;
mod regions;
mod scope;
mod source;

#[cfg(test)]
mod tests;

pub use action::{Action, ActionKind};
pub use read::{Define, NotAnalysed, Region, Template, TemplateDocument, read, scan};
pub use regions::Condition;
pub use source::Branches;
