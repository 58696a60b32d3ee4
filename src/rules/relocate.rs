//! Edits that put lines of a manifest where they belong: only in block style, and only where moving is indenting.

use crate::k8s::Object;
use crate::span::Edit;
use crate::yaml::{Entry, Node, rewrite};

/// Fields of `metadata` that people write in a manifest.
pub(super) const METADATA: [&str; 4] = ["annotations", "labels", "name", "namespace"];

/// In a mapping with more entries none is moved.
const MOST_FIELDS: usize = 100;

/// Indents what stands flat below an empty `metadata:`.
pub(super) fn indent_flat(object: &Object<'_>) -> Option<Vec<Edit>> {
    let mut below = object.root.entries().skip_while(|entry| entry.key.text() != Some("metadata"));
    let base = rewrite::column(below.next()?.key)?;
    let mut edits = Vec::new();
    let mut deeper = false;
    for entry in below {
        let key = entry.key.text()?;
        let column = match key {
            _ if METADATA.contains(&key) => base + 2,
            _ if deeper && key.contains('/') => base + 4,
            _ => break,
        };
        deeper = entry.value.is_null() && ["annotations", "labels"].contains(&key) || column == base + 4;
        edits.extend(rewrite::indent(object.root, entry, column)?);
    }
    Some(edits).filter(|edits| !edits.is_empty())
}

/// Indents the lines of `annotations:` where they follow `metadata:`, and takes a Secret's type out of them.
pub(super) fn indent_below_metadata(object: &Object<'_>, top: Entry<'_>) -> Option<Vec<Edit>> {
    let metadata = object.root.get("metadata").found()?;
    let first = metadata.value.entries().next().filter(|_| rewrite::is_block(metadata.value))?;
    let mut below = object.root.entries().skip_while(|entry| entry.key.text() != Some("metadata")).skip(1);
    let follows = below.next()?.key.text() == Some("annotations");
    if !follows || !metadata.value.get("annotations").is_absent() {
        return None;
    }
    let base = rewrite::column(top.key)?;
    let by = rewrite::column(first.key)?.checked_sub(base)?;
    let Some(type_) = top.value.entries().find(|entry| entry.key.text() == Some("type")) else {
        return rewrite::indent(object.root, top, base + by);
    };
    let mut edits = vec![rewrite::indent_line(top.key, base + by)?];
    let mut entries = top.value.entries().peekable();
    while let Some(entry) = entries.next() {
        let is_type = entry.key.span() == type_.key.span();
        if is_type && entries.peek().is_some() {
            return None;
        }
        let column = if is_type { base } else { rewrite::column(entry.key)? + by };
        edits.extend(rewrite::indent(top.value, entry, column)?);
    }
    Some(edits)
}

/// Moves the type's line to the left where it is the last line of `metadata`.
pub(super) fn dedent_type(object: &Object<'_>, entry: Entry<'_>) -> Option<Vec<Edit>> {
    let metadata = object.root.get("metadata").found()?;
    let last = metadata.value.entries().last()?;
    let last = last.value.entries().last().unwrap_or(last);
    let is_last = last.key.span() == entry.key.span() && object.root.get("type").is_absent();
    let base = rewrite::column(metadata.key)?;
    if is_last { rewrite::indent(metadata.value, entry, base) } else { None }
}

/// Renames `labels` if this is all there is in it; puts `annotations:` above a key in `metadata`.
pub(super) fn move_to_annotations(metadata: Node<'_>, entry: Entry<'_>, place: &str) -> Option<Vec<Edit>> {
    if place == "labels" {
        let labels = metadata.get("labels").found()?;
        let alone = labels.value.entries().take(2).count() == 1 && metadata.get("annotations").is_absent();
        return rewrite::scalar(labels.key, "annotations").filter(|_| alone).map(|edit| vec![edit]);
    }
    // Each key is looked for from the top: nobody has so many fields in `metadata`.
    if metadata.entries().nth(MOST_FIELDS).is_some() {
        return None;
    }
    let column = rewrite::column(entry.key)?;
    let mut before = None;
    for other in metadata.entries() {
        if other.key.span() == entry.key.span() {
            break;
        }
        before = Some(other);
    }
    let annotations = metadata.get("annotations");
    let below_empty =
        before.is_some_and(|before| before.key.text() == Some("annotations") && before.value.is_null());
    if !below_empty && !annotations.is_absent() {
        return None;
    }
    let mut edits = rewrite::indent(metadata, entry, column + 2)?;
    if !below_empty && let Some(first) = edits.first_mut() {
        first.text = format!("{}annotations:\n{}", " ".repeat(column), first.text);
    }
    Some(edits)
}
