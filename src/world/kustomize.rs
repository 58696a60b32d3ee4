//! Kustomizations, as far as they change what other files mean.

use crate::yaml::{Kind, Node};

/// What a kustomization says of other files. Paths are root-relative.
#[derive(Debug, Default)]
pub struct Kustomization {
    /// Files and folders that it builds on.
    pub resources: Vec<String>,
    /// Files that are patches or inputs of generators: what stands in them is no object.
    pub inputs: Vec<String>,
    /// Whether it sets a namespace on everything.
    pub sets_namespace: bool,
    /// Whether it takes something that is not in the files: a remote base, a chart.
    pub is_open: bool,
}

impl Kustomization {
    /// Whether a file is a kustomization by its name (kustomize accepts these three).
    pub fn is_named(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
    }

    /// Reads the kustomization that stands in `folder`.
    pub(super) fn read(root: Node<'_>, folder: &str) -> Self {
        let mut read = Self {
            sets_namespace: root.get("namespace").found().is_some(),
            is_open: ["helmCharts", "helmChartInflationGenerator"]
                .iter()
                .any(|key| root.get(key).found().is_some()),
            ..Self::default()
        };
        for key in ["resources", "bases", "components", "crds"] {
            for path in items(root, key).filter_map(Node::text) {
                match join(folder, path) {
                    Some(path) => read.resources.push(path),
                    None => read.is_open = true,
                }
            }
        }
        for key in ["patches", "patchesStrategicMerge", "patchesJson6902", "replacements", "transformers"] {
            for item in items(root, key) {
                let path = if item.kind() == Kind::Mapping { item.get("path").value() } else { Some(item) };
                read.inputs.extend(path.and_then(Node::text).and_then(|path| join(folder, path)));
            }
        }
        for key in ["configMapGenerator", "secretGenerator"] {
            for file in items(root, key).flat_map(|item| items(item, "files")).filter_map(Node::text) {
                let path = file.split_once('=').map_or(file, |(_, path)| path);
                read.inputs.extend(join(folder, path));
            }
        }
        read
    }
}

fn items<'a>(node: Node<'a>, key: &str) -> impl Iterator<Item = Node<'a>> {
    node.get(key).value().into_iter().flat_map(Node::items)
}

/// The root-relative path of `path` as seen from `folder`; `None` for what is not a path inside the root.
fn join(folder: &str, path: &str) -> Option<String> {
    if path.contains("://") || path.contains('\n') || path.starts_with(['/', '{']) || path.contains("?ref=") {
        return None;
    }
    let mut parts: Vec<_> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_folder() {
        assert_eq!(join("overlays/prod", "../../base").as_deref(), Some("base"));
        assert_eq!(join("", "./a.yaml").as_deref(), Some("a.yaml"));
        assert_eq!(join("a", "../../b"), None, "outside the root");
        assert_eq!(join("a", "https://example.com/b"), None);
        assert_eq!(join("a", "github.com/org/repo?ref=v1").as_deref(), None);
    }
}
