//! Kustomizations, as far as they change what other files mean (`api/types/kustomization.go` of kustomize).

use super::pins::Pin;
use crate::finding::Place;
use crate::input::joined;
use crate::span::FileId;
use crate::yaml::{Kind, Node};

/// A longer prefix or suffix cannot be part of a name.
const LONGEST_AFFIX: usize = 253;

/// Fields that bring objects which cannot be read here.
const FOREIGN: [&str; 4] = ["helmCharts", "helmChartInflationGenerator", "generators", "transformers"];

/// Fields whose files say what to change, check or know; what stands in them is no object.
const INPUTS: [&str; 9] = [
    "configurations",
    "crds",
    "generators",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "transformers",
    "validators",
];

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
    /// Whether it changes what the kustomization that names it builds on (`kind: Component`).
    pub is_component: bool,
    /// The namespace that it sets on everything.
    pub namespace: Option<String>,
    /// Goes before every name, and into the references that kustomize knows of.
    pub name_prefix: String,
    /// Goes behind every name, likewise.
    pub name_suffix: String,
    /// The value of `namePrefix`, or else of `nameSuffix`, to point at.
    pub affix: Option<Place>,
    /// Files that tell kustomize of more references than it knows by itself (`configurations`).
    pub configurations: Vec<String>,
    /// What it may change besides.
    pub changes: Changes,
    /// Whether it takes something that is not in the files.
    pub is_open: bool,
    /// The charts that it has rendered.
    pub pins: Vec<Pin>,
}

/// What patches, replacements and transformers may change; nobody but kustomize knows how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Names of objects, or which ServiceAccounts are named.
    pub names: bool,
    /// Other references, or what kustomize knows of them.
    pub references: bool,
    /// Namespaces.
    pub namespaces: bool,
}

impl Changes {
    /// What a patch may change, by its text; or a replacement, by the path of a field.
    pub(super) fn of_patch(text: &str) -> Self {
        const NAMES: [&str; 5] =
            ["serviceAccount", "ServiceAccount", "service-account.name", "/subjects", "/roleRef"];
        let mut behind = text.split("/metadata/name").skip(1);
        Self {
            names: NAMES.iter().any(|word| text.contains(word))
                || behind.any(|rest| !rest.starts_with("space")),
            references: text.contains("kind: Secret"),
            namespaces: text.contains("/metadata/namespace"),
        }
    }

    fn add(&mut self, other: Changes) {
        self.names |= other.names;
        self.references |= other.references;
        self.namespaces |= other.namespaces;
    }
}

impl Kustomization {
    /// Whether a file is a kustomization by its name (kustomize accepts these three).
    pub fn is_named(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
    }

    /// Whether what stands in a file of that name is a kustomization: Flux has a kind of the same name.
    pub(super) fn is_kustomization(root: Node<'_>) -> bool {
        let group = root.get("apiVersion").value().and_then(Node::text).unwrap_or_default();
        root.kind() == Kind::Mapping && (group.is_empty() || group.starts_with("kustomize.config.k8s.io/"))
    }

    /// Reads the kustomization that stands in `file`, in `folder`.
    pub(super) fn read(root: Node<'_>, file: FileId, folder: &str) -> Self {
        let affix = ["namePrefix", "nameSuffix"]
            .into_iter()
            .filter_map(|key| root.get(key).value())
            .find(|value| value.text().is_some_and(|text| !text.is_empty()));
        let place =
            |node: Node<'_>| Place { file, span: node.span(), path: node.path_from(root), object: None };
        let is_written = |key: &&str| root.get(key).found().is_some();
        let mut read = Self {
            folder: folder.to_owned(),
            is_component: text(root, "kind") == "Component",
            namespace: Some(text(root, "namespace")).filter(|namespace| !namespace.is_empty()),
            name_prefix: name_affix(root, "namePrefix"),
            name_suffix: name_affix(root, "nameSuffix"),
            affix: affix.map(place),
            changes: Changes {
                references: ["crds", "transformers"].iter().any(is_written),
                namespaces: is_written(&"transformers"),
                names: false,
            },
            is_open: FOREIGN.iter().any(is_written),
            pins: Pin::of_kustomization(root, folder),
            ..Self::default()
        };
        read.configurations = read.paths(root, "configurations");
        for path in ["resources", "bases", "components"].into_iter().flat_map(|key| items(root, key)) {
            match path.text().and_then(|path| join(folder, path)) {
                Some(path) => read.resources.push(path),
                None => read.is_open = true,
            }
        }
        read.inputs(root);
        read.generators(root);
        read
    }

    fn inputs(&mut self, root: Node<'_>) {
        for item in INPUTS.into_iter().flat_map(|key| items(root, key)) {
            let is_mapping = item.kind() == Kind::Mapping;
            let path = if is_mapping { item.get("path").value() } else { Some(item) };
            self.inputs.extend(path.and_then(Node::text).and_then(|path| join(&self.folder, path)));
            self.patch(item, if is_mapping { item.get("patch").value() } else { Some(item) });
        }
        let schema = root.get("openapi").value().and_then(|openapi| openapi.get("path").value());
        self.inputs.extend(schema.and_then(Node::text).and_then(|path| join(&self.folder, path)));
        for item in items(root, "replacements") {
            self.replacement(item);
        }
    }

    /// What a patch may change, of which `text` may be written in place.
    fn patch(&mut self, item: Node<'_>, patch: Option<Node<'_>>) {
        let kind = item.get("target").value().map(|target| text(target, "kind")).unwrap_or_default();
        let renames = |options| text(options, "allowNameChange") == "true";
        self.changes.add(Changes::of_patch(patch.and_then(Node::text).unwrap_or_default()));
        self.changes.names |= item.get("options").value().is_some_and(renames);
        self.changes.references |= ["Secret", "ServiceAccount"].contains(&&*kind);
    }

    /// A replacement says itself which fields it writes; one in a file of its own is not looked at.
    fn replacement(&mut self, item: Node<'_>) {
        let is_elsewhere = item.get("path").found().is_some();
        self.changes.names |= is_elsewhere;
        self.changes.namespaces |= is_elsewhere;
        let fields = items(item, "targets").flat_map(|target| items(target, "fieldPaths"));
        for field in fields.filter_map(Node::text) {
            self.changes.names |= Changes::of_patch(field).names || field == "metadata.name";
            self.changes.references |= field.starts_with("secrets");
            self.changes.namespaces |= field == "metadata.namespace";
        }
    }

    fn generators(&mut self, root: Node<'_>) {
        for item in ["configMapGenerator", "secretGenerator"].into_iter().flat_map(|key| items(root, key)) {
            let lists = ["files", "envs"].into_iter().flat_map(|key| items(item, key));
            for file in lists.chain(item.get("env").value()).filter_map(Node::text) {
                let path = file.split_once('=').map_or(file, |(_, path)| path);
                self.inputs.extend(join(&self.folder, path));
            }
        }
        let names = items(root, "secretGenerator").filter_map(|item| item.get("name").value()?.text());
        self.secrets.extend(names.map(str::to_owned));
    }

    fn paths(&self, root: Node<'_>, key: &str) -> Vec<String> {
        items(root, key).filter_map(|item| join(&self.folder, item.text()?)).collect()
    }

    /// Whether it changes the names of what it builds on.
    pub(super) fn renames(&self) -> bool {
        !(self.name_prefix.is_empty() && self.name_suffix.is_empty())
    }

    /// A name as this kustomization changes it.
    pub fn rename(&self, name: &str) -> String {
        format!("{}{name}{}", self.name_prefix, self.name_suffix)
    }
}

fn items<'a>(node: Node<'a>, key: &str) -> impl Iterator<Item = Node<'a>> {
    node.get(key).value().into_iter().flat_map(Node::items)
}

fn text(node: Node<'_>, key: &str) -> String {
    node.get(key).value().and_then(Node::text).unwrap_or_default().to_owned()
}

/// What goes before or behind names: the empty string if nothing does that a name could have.
pub(super) fn name_affix(node: Node<'_>, key: &str) -> String {
    Some(text(node, key)).filter(|text| text.len() <= LONGEST_AFFIX).unwrap_or_default()
}

/// The root-relative path of `path` as seen from `folder`; `None` for what is not a path inside the root.
pub(super) fn join(folder: &str, path: &str) -> Option<String> {
    if path.contains("://") || path.contains('\n') || path.starts_with(['/', '{']) || path.contains("?ref=") {
        return None;
    }
    joined(folder, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Document, split};

    fn read(text: &str) -> Kustomization {
        let document = Document::read(text, split(text).first().unwrap());
        Kustomization::read(document.tree().unwrap().root().unwrap(), FileId(0), "app")
    }

    #[test]
    fn paths_are_seen_from_the_folder() {
        assert_eq!(join("overlays/prod", "../../base").as_deref(), Some("base"));
        assert_eq!(join("", "./a.yaml").as_deref(), Some("a.yaml"));
        assert_eq!(join("a", "b/").as_deref(), Some("a/b"));
        assert_eq!(join("a", "../../b"), None, "outside the root");
        assert_eq!(join("a", "https://example.com/b"), None);
        assert_eq!(join("a", "github.com/org/repo?ref=v1").as_deref(), None);
    }

    #[test]
    fn what_it_builds_on() {
        let yaml = "resources: [./sa.yaml, ../base/, \"git@github.com:org/repo.git\"]\nbases: [../old]\ncomponents: [../part]\n";
        let found = read(yaml);
        assert_eq!(
            found.resources,
            ["app/sa.yaml", "base", "app/git@github.com:org/repo.git", "old", "part"]
        );
        assert!(!found.is_open, "it turns out that there is no such file");
        let remote = "resources: [\"https://example.com/x.yaml\"]";
        for open in [remote, "resources: [/etc/x.yaml]", "helmCharts: [{name: x}]", "generators: [x.yaml]"] {
            assert!(read(open).is_open, "{open}");
        }
        let json = r#"{"kind": "Component", "namePrefix": "a-", "namespace": ""}"#;
        let found = read(json);
        assert!(found.is_component && found.renames() && found.namespace.is_none());
        assert_eq!(found.affix.map(|place| place.path).as_deref(), Some("namePrefix"));
    }

    #[test]
    fn inputs_are_no_objects() {
        let yaml = "patches: [{path: p.yaml}, {patch: \"- op: remove\\n  path: /spec\"}]\n\
                    patchesStrategicMerge: [s.yaml, \"kind: Pod\\nspec: {}\"]\npatchesJson6902: [{path: j.json}]\n\
                    replacements: [{path: r.yaml}]\nconfigurations: [c.yaml]\ncrds: [crd.json]\nopenapi: {path: o.json}\n\
                    validators: [v.yaml]\nconfigMapGenerator: [{files: [a.json, k=b.json], env: e.env, envs: [f.env]}]\n";
        let mut inputs = read(yaml).inputs;
        inputs.sort();
        let names = [
            "a.json", "b.json", "c.yaml", "crd.json", "e.env", "f.env", "j.json", "o.json", "p.yaml",
            "r.yaml", "s.yaml", "v.yaml",
        ];
        assert_eq!(inputs, names.map(|name| format!("app/{name}")));
    }

    #[test]
    fn what_patches_and_replacements_change() {
        let flags = |yaml| {
            let Changes { names, references, namespaces } = read(yaml).changes;
            (names, references, namespaces)
        };
        for (yaml, expected) in [
            ("patches: [{patch: 'spec: {replicas: 2}'}]", (false, false, false)),
            ("patches: [{patch: 'spec: {serviceAccountName: x}'}]", (true, false, false)),
            ("patches: [{patch: '[]', options: {allowNameChange: true}}]", (true, false, false)),
            ("patches: [{path: x.yaml, target: {kind: Secret}}]", (false, true, false)),
            ("patches: [{patch: '[{op: add, path: /metadata/namespace, value: x}]'}]", (false, false, true)),
            ("replacements: [{targets: [{fieldPaths: [spec.replicas]}]}]", (false, false, false)),
            ("replacements: [{targets: [{fieldPaths: [metadata.name]}]}]", (true, false, false)),
            ("replacements: [{targets: [{fieldPaths: [metadata.namespace]}]}]", (false, false, true)),
            ("replacements: [{targets: [{fieldPaths: ['secrets.0.name']}]}]", (false, true, false)),
            ("replacements: [{path: r.yaml}]", (true, false, true)),
            ("transformers: [t.yaml]", (false, true, true)),
        ] {
            assert_eq!(flags(yaml), expected, "{yaml}");
        }
    }
}
