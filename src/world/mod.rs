//! Everything that was read, as owned facts: which objects there are and how they name each other.

/// All objects that were read.
#[derive(Debug, Default)]
pub struct World {}
