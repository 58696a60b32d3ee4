//! Gates: the conditions by which a template says something on some Kubernetes and nothing on another.
//!
//! A condition is read into an [`Expression`] and evaluated into a [`GateSet`]: once for every kind of cluster that can
//! make a difference (`cluster`), with everything but the version unknown.

mod action;
mod check;
mod cluster;
mod evaluate;
mod expression;
mod functions;
mod helper;
mod pattern;
mod set;
#[cfg(test)]
mod tests;
mod token;
mod value;

pub use action::Action;
pub use check::{
    Disagreement, MinorMisuse, MisuseKind, VersionGate, Witness, disagreements, ignores_vendors,
    minor_misuses, swapped, witness,
};
pub use evaluate::{Evaluator, Scope};
pub use expression::{Expression, ExpressionError};
pub use helper::{Helper, Piece};
pub use set::{Build, Flavour, GateSet, Patch, Verdict};
