//! What a pipeline comes to on one cluster.

use super::super::Version;

/// A value of a template. Whatever depends on values, files or functions that we do not know is `Unknown`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Unknown,
    Nil,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String, Source),
    List(Vec<Self>),
    Dict(Vec<(String, Self)>),
    /// `.Capabilities`
    Capabilities,
    /// `.Capabilities.KubeVersion`
    KubeVersion,
    /// What `semver` gives.
    Semver(Version),
}

/// Where a text is from. A setting that overrides the cluster's version is taken as not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Written in the chart.
    Chart,
    /// Made of what the cluster says of itself.
    Cluster,
}

/// In bytes of text.
pub(super) const MAX_WEIGHT: usize = 2048;
const ITEM_WEIGHT: usize = 16;

/// Helm stops with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Aborted;

impl Value {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned(), Source::Chart)
    }

    pub(super) fn cluster(text: &str) -> Self {
        Self::Text(text.to_owned(), Source::Cluster)
    }

    /// This, or `Unknown` where it is larger than what gates are made of, so that no chart makes it grow without end.
    pub(super) fn bounded(self) -> Self {
        if self.weight() > MAX_WEIGHT { Self::Unknown } else { self }
    }

    fn weight(&self) -> usize {
        match self {
            Self::Text(text, _) => text.len(),
            Self::List(items) => items.iter().map(|item| ITEM_WEIGHT + item.weight()).sum(),
            Self::Dict(entries) => {
                entries.iter().map(|(key, value)| ITEM_WEIGHT + key.len() + value.weight()).sum()
            }
            _ => 0,
        }
    }

    /// Whether it counts as true in a condition, if known.
    pub(super) fn truth(&self) -> Option<bool> {
        Some(match self {
            Self::Unknown => return None,
            Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Integer(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text, _) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Dict(entries) => !entries.is_empty(),
            Self::Capabilities | Self::KubeVersion | Self::Semver(_) => true,
        })
    }

    /// The text that an action prints for it, if known.
    pub(super) fn printed(self) -> Self {
        match self {
            Self::Text(..) => self,
            Self::Bool(value) => Self::text(if value { "true" } else { "false" }),
            Self::Integer(number) => Self::text(&number.to_string()),
            _ => Self::Unknown,
        }
    }

    pub(super) fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }

    pub(super) fn is_of_cluster(&self) -> bool {
        matches!(self, Self::Text(_, Source::Cluster))
    }

    /// One of two, of which we do not know which. An unknown value that stands for the cluster's version is taken to be it.
    pub(super) fn either(self, other: Self) -> Self {
        if self == other || (other.is_unknown() && self.is_of_cluster()) {
            self
        } else if self.is_unknown() && other.is_of_cluster() {
            other
        } else {
            Self::Unknown
        }
    }
}
