//! Placeholder until the room is merged.
use crate::span::Span;
/// Kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreatedKind {
    /// sa
    ServiceAccount,
    /// s
    Secret,
    /// r
    Role,
    /// cr
    ClusterRole,
}
/// Creation.
#[derive(Clone, Debug)]
pub struct Creation {
    /// k
    pub kind: CreatedKind,
    /// n
    pub name: Box<str>,
    /// ns
    pub namespace: Option<Box<str>>,
    /// s
    pub span: Span,
}
/// x
pub fn creations(_: &str) -> Vec<Creation> {
    Vec::new()
}
/// x
pub fn commands(_: &str) -> Vec<Creation> {
    Vec::new()
}
