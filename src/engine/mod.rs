//! Runs the rules over what was read, and decides what is shown.

mod run;

pub use run::{Run, Skipped, Summary};
