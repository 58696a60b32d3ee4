//! Runs the rules over what was read, and decides what is shown.

mod accepted;
mod add_ignores;
mod add_ignores_in_scripts;
mod analyse;
mod charts;
mod check;
mod directive;
mod fingerprint;
mod fix;
mod lists;
mod options;
#[cfg(test)]
mod panics;
mod pieces;
mod pins;
mod provenance;
mod rendered;
mod renderings;
mod run;
mod scripts;
mod suppress;
mod survey;
mod templates;

pub use add_ignores::{Commented, add_ignores};
pub use check::check;
pub use directive::gives_reason;
pub use fix::{Fixed, mend};
pub use options::{Options, Show};
pub use run::{Run, Skipped, Summary};
pub use survey::{Survey, survey};
