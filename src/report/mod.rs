//! Reports: one file per format behind one trait.

use std::io;

use crate::engine::Run;

/// Writes a run in one format.
pub trait Reporter {
    /// Writes the whole report.
    ///
    /// # Errors
    /// When `out` fails.
    fn write(&self, run: &Run, out: &mut dyn io::Write) -> io::Result<()>;
}
