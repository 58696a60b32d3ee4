//! Runs the rules over what was read, and decides what is shown.

mod accepted;
mod analyse;
mod check;
mod fingerprint;
mod fix;
mod options;
mod run;
mod suppress;

pub use check::check;
pub use fix::{Fixed, mend};
pub use options::{Options, Show};
pub use run::{Run, Skipped, Summary};
