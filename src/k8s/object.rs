//! A Kubernetes object as it stands in a document.

use std::sync::Arc;

use crate::finding::{Draft, ObjectId, Place};
use crate::span::{FileId, Span};
use crate::yaml::{Content, Document, Get, Kind, Node};

/// Where a document comes from, as far as its objects need to know.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The file.
    pub file: FileId,
    /// The path in `# Source: …`, if `helm template` rendered it.
    pub rendered_from: Option<String>,
}

/// One document of a file, with the objects in it.
#[derive(Debug)]
pub struct Manifest<'a> {
    /// The document, readable or not.
    pub document: &'a Document<'a>,
    /// Where it comes from.
    pub origin: &'a Origin,
    /// Its objects: one, or the items of a `List`.
    pub objects: Vec<Object<'a>>,
}

impl<'a> Manifest<'a> {
    /// Finds the objects of `document`.
    pub fn new(document: &'a Document<'a>, origin: &'a Origin) -> Self {
        Self { document, origin, objects: Object::all(document, origin) }
    }

    /// Whether the document is about Kubernetes: it holds objects, or it is broken and its text looks like one. A
    /// template that was not rendered is not; that it is broken means nothing.
    pub fn is_kubernetes(&self) -> bool {
        match self.document.content {
            Content::Broken(_) => looks_like_object(self.document.text) && !self.is_template(),
            Content::Tree(_) | Content::Empty => !self.objects.is_empty(),
        }
    }

    /// Whether template actions stand where only YAML may: at the start of a line or of a value.
    pub fn is_template(&self) -> bool {
        is_template(self.document.text)
    }

    /// The object around `node`, if one is.
    pub fn object_around(&self, node: Node<'_>) -> Option<&Object<'a>> {
        self.objects.iter().find(|object| object.root.span().contains(node.span()))
    }

    /// A place in the document that no object is around.
    pub fn place(&self, span: Span) -> Place {
        Place { file: self.origin.file, span, path: String::new(), object: None }
    }
}

/// Whether text, readable or not, has `apiVersion` and `kind` at its outer level.
pub fn looks_like_object(text: &str) -> bool {
    if text.trim_start().starts_with('{') {
        let has = |key: &str| ["", "\""].iter().any(|quote| text.contains(&format!("{key}{quote}:")));
        return has("apiVersion") && has("kind");
    }
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let lines = || text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let Some(outer) = lines().map(indent).min() else { return false };
    let has = |key: &str| {
        lines().filter(|line| indent(line) == outer).any(|line| {
            let line = line.trim_start().trim_start_matches(['"', '\'']);
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
        })
    };
    has("apiVersion") && has("kind")
}

fn is_template(text: &str) -> bool {
    text.contains("{{-")
        || text.contains("-}}")
        || text.lines().any(|line| {
            let value = line.split_once(": ").map_or("", |(_, value)| value);
            [line, value]
                .iter()
                .any(|part| part.trim_start().trim_start_matches("- ").trim_start().starts_with("{{"))
        })
}

/// An object: something with `apiVersion` and `kind`.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    /// Its mapping.
    pub root: Node<'a>,
    /// What it calls itself.
    pub id: Arc<ObjectId>,
    /// Where it comes from.
    pub origin: &'a Origin,
}

impl<'a> Object<'a> {
    /// The objects of a document: one, or the items of a `List` (each an object of its own).
    pub fn all(document: &'a Document<'a>, origin: &'a Origin) -> Vec<Object<'a>> {
        let Some(object) = document.tree().and_then(|tree| Self::at(tree.root()?, None, origin)) else {
            return Vec::new();
        };
        match object.list_items() {
            Some(items) => items.filter_map(|item| Self::at(item, Some(&object), origin)).collect(),
            None => vec![object],
        }
    }

    /// The items, if this is a `List` or a `…List`. Items of a `…List` inherit its kind where they write none.
    fn list_items(&self) -> Option<impl Iterator<Item = Node<'a>> + use<'a>> {
        let items = self.root.get("items").value().filter(|items| items.kind() == Kind::Sequence)?;
        self.id.kind.ends_with("List").then(|| items.items())
    }

    fn at(root: Node<'a>, list: Option<&Object<'a>>, origin: &'a Origin) -> Option<Object<'a>> {
        let typed = list.and_then(|list| list.id.kind.strip_suffix("List")).filter(|kind| !kind.is_empty());
        let inherited = |field: fn(&ObjectId) -> &str| typed.and(list).map(|list| field(&list.id));
        let api_version = root.get("apiVersion").value().and_then(Node::as_str);
        let kind = root.get("kind").value().and_then(Node::as_str);
        let api_version = api_version.or_else(|| inherited(|id| &id.api_version))?;
        let kind = kind.or(typed)?;
        let metadata = |key| root.get("metadata").get(key).value().and_then(Node::text).unwrap_or_default();
        let id = ObjectId {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            namespace: metadata("namespace").to_owned(),
            name: metadata("name").to_owned(),
        };
        Some(Object { root, id: Arc::new(id), origin })
    }

    /// The API group: the empty string for core.
    pub fn group(&self) -> &str {
        self.id.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Whether it is of this group and kind, in any version.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.id.kind == kind && self.group() == group
    }

    /// What is at a path of keys: `object.at_path(&["metadata", "annotations"])`.
    pub fn at_path(&self, keys: &[&str]) -> Get<'a> {
        let Some((first, rest)) = keys.split_first() else { return Get::Absent };
        rest.iter().fold(self.root.get(first), |found, key| found.get(key))
    }

    /// What is under an annotation key.
    pub fn annotation(&self, key: &str) -> Get<'a> {
        self.at_path(&["metadata", "annotations", key])
    }

    /// A place in this object, to point at.
    pub fn place(&self, node: Node<'_>) -> Place {
        Place {
            file: self.origin.file,
            span: node.span(),
            path: node.path(),
            object: Some(Arc::clone(&self.id)),
        }
    }

    /// A finding at `node` of this object. Where an alias leads there, the use is a related place.
    pub fn draft(&self, node: Node<'_>, message: impl Into<String>) -> Draft {
        let draft = Draft::new(self.place(node), message);
        match node.alias() {
            Some(span) => {
                let place = Place { span, ..self.place(node) };
                draft.related(place, "used through this alias")
            }
            None => draft,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::split;

    fn is_kubernetes(text: &str) -> bool {
        let origin = Origin { file: FileId(0), rendered_from: None };
        let chunks = split(text);
        let document = Document::read(text, chunks.first().unwrap());
        Manifest::new(&document, &origin).is_kubernetes()
    }

    #[test]
    fn broken_documents_are_known_by_their_outer_keys() {
        for (text, kubernetes) in [
            ("apiVersion: v1\nkind: Pod\n", true),
            ("apiVersion: v1\nkind: Pod\nspec: [\n", true),
            ("{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": [}", true),
            ("# kind: x\n  apiVersion: v1\n  \"kind\" : Pod\n  spec: [\n", true),
            ("apiVersion: v1\nspec:\n  kind: Pod\n  x: [\n", false),
            ("kind: Pod\nspec: [\n", false),
            ("a: [\n", false),
            ("apiVersion: v1\nkind: Pod\n{{- if .x }}\na: 1\n{{- end }}\n", false),
            ("apiVersion: v1\nkind: Pod\nspec: {{ .x }}\n", false),
            ("apiVersion: v1\nkind: Pod\nspec:\n\tmessage: \"{{ $value }}\"\n", true),
        ] {
            assert_eq!(is_kubernetes(text), kubernetes, "{text}");
        }
    }
}
