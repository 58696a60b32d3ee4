//! What to do about an API that goes or is gone.

use crate::finding::Fix;
use crate::k8s::{KubeVersions, Lifecycle};
use crate::yaml::{Node, rewrite};

/// What takes the place of `api` on `versions`, in a sentence.
pub(super) fn advice(api: Lifecycle, versions: KubeVersions) -> String {
    let Some(successor) = api.successor(versions) else {
        let instead = api.changes().map_or(String::new(), |changes| format!("; {changes}"));
        return format!("no other version takes its place{instead}");
    };
    let mut name = format!("`{}`", successor.api_version());
    if successor.kind() != api.kind() {
        name.extend([" ", successor.kind()]);
    }
    let changes = match api.changes() {
        _ if api.is_drop_in => "; nothing else changes".to_owned(),
        Some(changes) => format!("; what else changes: {changes}"),
        None => String::new(),
    };
    format!("use {name}, served since 1.{}{changes}", successor.introduced)
}

/// Writes the successor of `api` at `api_version`, if nothing else changes and every target serves it.
pub(super) fn fix(api: Lifecycle, api_version: Node<'_>, targets: KubeVersions) -> Option<Fix> {
    let successor = api.successor(targets).filter(|successor| api.is_drop_in && successor.serves(targets))?;
    rewrite::scalar(api_version, &successor.api_version()).map(|edit| Fix::safe([edit]))
}
