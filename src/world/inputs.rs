//! What the files say from which kustomizations take patches and configurations.

use std::collections::HashSet;

use super::fact::{Detail, Fact};
use super::kustomize::Kustomization;

/// Files by what they do to names; root-relative paths.
#[derive(Debug, Default)]
pub(super) struct Inputs<'w> {
    /// As patches they would name ServiceAccounts or rename objects.
    naming: HashSet<&'w str>,
    /// As patches they would say what a Secret or ServiceAccount refers to.
    referring: HashSet<&'w str>,
    /// As patches they set namespaces.
    moving: HashSet<&'w str>,
    /// As configurations they do not speak of ServiceAccounts and Secrets.
    plain: HashSet<&'w str>,
}

impl<'w> Inputs<'w> {
    /// Looks at what is remembered of the files. `paths` are theirs, by id.
    pub(super) fn new(facts: &[Fact], paths: &'w [String]) -> Self {
        let mut inputs = Self::default();
        for fact in facts {
            let Some(path) = paths.get(fact.file().0 as usize).map(String::as_str) else { continue };
            let names = match fact.detail {
                Detail::Patch(changes) => {
                    if changes.namespaces {
                        inputs.moving.insert(path);
                    }
                    changes.names
                }
                Detail::References { accounts } => {
                    if !accounts {
                        inputs.plain.insert(path);
                    }
                    continue;
                }
                _ => fact.accounts().next().is_some(),
            };
            let lists_secrets = fact.service_account().is_some_and(|account| !account.secrets.is_empty());
            if names {
                inputs.naming.insert(path);
            } else if lists_secrets || matches!(fact.detail, Detail::Secret { .. }) {
                inputs.referring.insert(path);
            }
        }
        inputs
    }

    /// Whether patches change names or which ServiceAccounts are named: what they come to be called, nobody but
    /// kustomize knows.
    pub(super) fn change_names(&self, kustomization: &Kustomization) -> bool {
        let is_naming = |path: &String| self.naming.contains(path.as_str());
        kustomization.changes.names || kustomization.inputs.iter().any(is_naming)
    }

    /// Whether patches or transformers set namespaces.
    pub(super) fn change_namespaces(&self, kustomization: &Kustomization) -> bool {
        let is_moving = |path: &String| self.moving.contains(path.as_str());
        kustomization.changes.namespaces || kustomization.inputs.iter().any(is_moving)
    }

    /// Whether the kustomization knows of more references than kustomize by itself, as far as we care. A configuration
    /// that was not read may speak of anything.
    pub(super) fn know_references(&self, kustomization: &Kustomization) -> bool {
        let is_referring = |path: &String| self.referring.contains(path.as_str());
        let is_plain = |path: &String| self.plain.contains(path.as_str());
        kustomization.changes.references
            || kustomization.inputs.iter().any(is_referring)
            || !kustomization.configurations.iter().all(is_plain)
    }
}

/// Whether a file says what a test expects (`01-assert.yaml`, `02-errors.yaml` of kuttl and Chainsaw): parts of objects,
/// with expressions in them.
pub(super) fn is_expectation(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let what = name.trim_start_matches(|c: char| c.is_ascii_digit());
    what.len() < name.len() && ["-assert.yaml", "-assert.yml", "-errors.yaml", "-errors.yml"].contains(&what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations_are_known_by_their_names() {
        assert!(is_expectation("tests/smoke/00-assert.yaml") && is_expectation("01-errors.yml"));
        assert!(!is_expectation("00-install.yaml") && !is_expectation("deploy-assert.yaml"));
    }
}
