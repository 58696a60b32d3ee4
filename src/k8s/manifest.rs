//! One document of a file, and whether Kubernetes would read it.

use super::object::{Object, Origin};
use crate::yaml::{Content, Document};

/// One document of a file, with the objects in it.
#[derive(Debug)]
pub struct Manifest<'a> {
    /// The document, readable or not.
    pub document: &'a Document<'a>,
    /// Where it comes from.
    pub origin: &'a Origin,
    /// Its objects: one, or the items of a `List`.
    pub objects: Vec<Object<'a>>,
    /// Whether Kubernetes would read it.
    pub standing: Standing,
}

/// Whether Kubernetes would read a document: syntax rules speak of Kubernetes only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds objects, or is broken and has `apiVersion` and `kind` at its outer level.
    Kubernetes,
    /// An unrendered template: broken because of `{{`, or text with `{{` under a chart's `templates/`.
    Template,
    /// YAML, but nothing of Kubernetes.
    Other,
    /// Neither YAML nor, as far as can be seen, Kubernetes.
    Broken,
}

impl<'a> Manifest<'a> {
    /// Finds the objects of a document of a file; `in_chart` tells that the file lies under a chart's `templates/`.
    pub fn new(document: &'a Document<'a>, origin: &'a Origin, in_chart: bool) -> Self {
        let has_actions = document.text.contains("{{");
        let (objects, standing) = match &document.content {
            _ if in_chart && has_actions => (Vec::new(), Standing::Template),
            Content::Broken(_) if has_actions => (Vec::new(), Standing::Template),
            Content::Broken(_) if has_outer_keys(document.text) => (Vec::new(), Standing::Kubernetes),
            Content::Broken(_) => (Vec::new(), Standing::Broken),
            Content::Empty => (Vec::new(), Standing::Other),
            Content::Tree(_) => {
                let objects = Object::all(document, origin);
                let standing = if objects.is_empty() { Standing::Other } else { Standing::Kubernetes };
                (objects, standing)
            }
        };
        Self { document, origin, objects, standing }
    }
}

/// Whether the text of a broken document has `apiVersion` and `kind` at its outer level.
fn has_outer_keys(text: &str) -> bool {
    let has = |key: &str| {
        text.lines().any(|line| {
            line.trim_start_matches('\u{feff}').strip_prefix(key).is_some_and(|rest| rest.starts_with(':'))
        })
    };
    let json =
        || text.trim_start().starts_with('{') && text.contains("\"apiVersion\"") && text.contains("\"kind\"");
    (has("apiVersion") && has("kind")) || json()
}
