//! What stands around a file and changes what it is.

/// What stands around a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Surroundings {
    /// Nothing that matters.
    #[default]
    Plain,
    /// Under the `templates/` folder of a chart: a folder beside a `Chart.yaml`.
    ChartTemplates,
}
