//! Kustomizations, as far as they change what other files mean.

use super::collect::names_something;
use crate::span::Span;
use crate::yaml::{Kind, Node};

/// What a kustomization says of other files. Paths are root-relative.
#[derive(Debug, Default)]
pub struct Kustomization {
    /// Its own folder.
    pub folder: String,
    /// Files and folders that it builds on.
    pub resources: Vec<String>,
    /// Files that are patches or inputs of generators: what stands in them is no object.
    pub inputs: Vec<String>,
    /// Names of the Secrets that it generates, without the hash that kustomize appends.
    pub secrets: Vec<String>,
    /// Whether it sets a namespace on everything.
    pub sets_namespace: bool,
    /// Goes before every name, and into the references that kustomize knows of.
    pub name_prefix: String,
    /// Goes behind every name, likewise.
    pub name_suffix: String,
    /// The value of `namePrefix`, or else of `nameSuffix`, to point at.
    pub affix: Option<Span>,
    /// Whether it tells kustomize of more references than kustomize knows by itself (`configurations`).
    pub knows_references: bool,
    /// Whether it takes something that is not in the files, or changes names by patches.
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
        const FOREIGN: [&str; 4] =
            ["helmCharts", "helmChartInflationGenerator", "generators", "transformers"];
        let text = |key| root.get(key).value().and_then(Node::text).unwrap_or_default().to_owned();
        let affix = ["namePrefix", "nameSuffix"]
            .into_iter()
            .filter_map(|key| root.get(key).value())
            .find(|value| value.text().is_some_and(|text| !text.is_empty()));
        let mut read = Self {
            folder: folder.to_owned(),
            sets_namespace: root.get("namespace").found().is_some(),
            name_prefix: text("namePrefix"),
            name_suffix: text("nameSuffix"),
            affix: affix.map(Node::span),
            knows_references: root.get("configurations").found().is_some(),
            is_open: FOREIGN.iter().any(|key| root.get(key).found().is_some()),
            ..Self::default()
        };
        for path in ["resources", "bases", "components"].into_iter().flat_map(|key| items(root, key)) {
            match path.text().and_then(|path| join(folder, path)) {
                Some(path) => read.resources.push(path),
                None => read.is_open = true,
            }
        }
        read.patches(root);
        read.generators(root);
        read
    }

    fn patches(&mut self, root: Node<'_>) {
        const PATCHES: [&str; 6] =
            ["patches", "patchesStrategicMerge", "patchesJson6902", "replacements", "transformers", "crds"];
        for item in PATCHES.into_iter().flat_map(|key| items(root, key)) {
            let path = if item.kind() == Kind::Mapping { item.get("path").value() } else { Some(item) };
            self.inputs.extend(path.and_then(Node::text).and_then(|path| join(&self.folder, path)));
            let inline = if item.kind() == Kind::Mapping { item.get("patch").value() } else { Some(item) };
            self.is_open |= inline.and_then(Node::text).is_some_and(names_something);
            // A replacement says itself which fields it writes.
            let targets = items(item, "targets").flat_map(|target| items(target, "fieldPaths"));
            self.is_open |=
                targets.filter_map(Node::text).any(|path| names_something(path) || path == "metadata.name");
        }
    }

    fn generators(&mut self, root: Node<'_>) {
        for item in ["configMapGenerator", "secretGenerator"].into_iter().flat_map(|key| items(root, key)) {
            let files = ["files", "envs"].into_iter().flat_map(|key| items(item, key));
            for file in files.filter_map(Node::text) {
                let path = file.split_once('=').map_or(file, |(_, path)| path);
                self.inputs.extend(join(&self.folder, path));
            }
        }
        let names = items(root, "secretGenerator").filter_map(|item| item.get("name").value()?.text());
        self.secrets.extend(names.map(str::to_owned));
    }

    /// A name as this kustomization changes it.
    pub fn rename(&self, name: &str) -> String {
        format!("{}{name}{}", self.name_prefix, self.name_suffix)
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
