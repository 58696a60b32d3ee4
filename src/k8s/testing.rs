//! Objects for unit tests.

use super::{Object, Origin};
use crate::span::FileId;
use crate::yaml::{Document, split};

/// Reads the first object of `yaml` and hands it over.
pub(crate) fn with_object<T>(yaml: &str, look: impl FnOnce(&Object<'_>) -> T) -> T {
    let origin = Origin { file: FileId(0), rendered_from: None };
    let chunks = split(yaml);
    let document = Document::read(yaml, chunks.first().expect("a document"));
    let objects = Object::all(&document, &origin);
    look(objects.first().expect("an object"))
}
