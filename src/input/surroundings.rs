//! What stands around a file and changes what it is.

use std::sync::Arc;

/// What stands around a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The chart of which it is a template: the root-relative folder of the outermost `Chart.yaml`, if it lies in the
    /// `templates/` beside one.
    pub chart: Option<Arc<str>>,
    /// Whether the other files of its folder are not read.
    pub is_alone: bool,
}
