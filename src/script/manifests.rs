//! Manifests inside other text: here-documents, code blocks of Markdown, block scalars of YAML, heredocs of Terraform.
//!
//! A scan over lines, by columns: `apiVersion:`, `kind:` and `metadata:` at one column, in any order, belong to one
//! object, and the first column below `metadata:` holds its name. Flow style (`metadata: {name: x}`), JSON and keys in
//! quotes are not seen.

use memchr::{memchr_iter, memchr2, memmem, memrchr};

use super::words::Value;
use super::{CreatedKind, Found};

/// What kind of text the manifests stand in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    /// Every manifest counts.
    Script,
    /// Only those in block scalars count: the others are the file's own objects.
    Yaml,
}

/// Deeper nesting of manifests than this is not followed.
const MAX_DEPTH: usize = 16;

/// Adds what the manifests inside `text` create.
pub(super) fn find<'t>(text: &'t str, host: Host, found: &mut Found<'t>) {
    if !may_hold(text, host) {
        return;
    }
    let mut scan = Scan { host, block: None, drafts: Vec::new() };
    let mut start = 0;
    for line in text.split('\n') {
        scan.line(line, start, found);
        start += line.len() + 1;
    }
    scan.close(0, found);
}

/// The column at which objects of a piece of YAML stand that are its own: 2 where it is part of a list as kubectl prints
/// it, and nothing else stands there.
pub(super) fn own_column(text: &str) -> usize {
    let mut lines = memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
    let is_of_item = |at: usize| match text.as_bytes().get(at..) {
        Some([b'-', rest @ ..]) => rest.starts_with(b" apiVersion: "),
        rest => !matches!(rest, Some([byte, ..]) if !b" #\r\n".contains(byte)),
    };
    if text.starts_with("- ") && is_of_item(0) && lines.all(is_of_item) { 2 } else { 0 }
}

/// Whether the text has the keys of one of the kinds looked for, at places where a manifest inside the host may have
/// them, and in one column. This spares most files a scan of their lines, those with bindings too.
fn may_hold(text: &str, host: Host) -> bool {
    let kinds = columns(text, host, "kind: ", &["ServiceAccount", "Secret", "Role", "ClusterRole"]);
    let both = || kinds & columns(text, host, "apiVersion: ", &["v1", "rbac"]);
    let deeper = || if host == Host::Yaml { u128::MAX << (own_column(text) + 1) } else { u128::MAX };
    kinds != 0 && both() & deeper() != 0
}

/// The columns in which `key` stands with one of the values, behind a blank if the host is YAML: a bit for each, the last
/// one for all farther to the right.
fn columns(text: &str, host: Host, key: &str, values: &[&str]) -> u128 {
    let bytes = text.as_bytes();
    let has_value = |at: usize| {
        let value = text.get(at + key.len()..).unwrap_or_default().trim_start_matches(['"', '\'']);
        // One byte more than the longest of the values.
        let length = value.bytes().take(15).take_while(u8::is_ascii_alphanumeric).count();
        values.contains(&value.get(..length).unwrap_or_default())
    };
    let is_indented = |at: usize| at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b' ');
    let (mut columns, mut line, mut done) = (0, 0, 0);
    for at in memmem::find_iter(bytes, key) {
        if (host == Host::Script || is_indented(at)) && has_value(at) {
            line = memrchr(b'\n', bytes.get(done..at).unwrap_or_default()).map_or(line, |end| done + end + 1);
            done = at;
            columns |= 1 << (at - line).min(LAST_COLUMN);
        }
    }
    columns
}

/// Columns from here on are not told apart.
const LAST_COLUMN: usize = u128::BITS as usize - 1;

/// What is known so far of an object.
#[derive(Default)]
struct Draft<'t> {
    /// Where its keys stand.
    column: usize,
    /// Whether it lies where its host lets it count.
    counts: bool,
    /// Whether it is part of the host itself, not of a text in it.
    is_plain: bool,
    api_version: Option<&'t str>,
    kind: Option<&'t str>,
    name: Option<Value<'t>>,
    namespace: Option<Value<'t>>,
    metadata: Metadata,
}

/// Where the keys of `metadata` stand.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Metadata {
    /// Not in it.
    #[default]
    Outside,
    /// In it, before its first key.
    Opened,
    /// In it, at this column.
    At(usize),
}

/// A block scalar of the host.
#[derive(Clone, Copy)]
struct Block {
    /// Where its key stands.
    column: usize,
    /// Whether it is a patch of a kustomization, which creates nothing.
    is_patch: bool,
}

struct Scan<'t> {
    host: Host,
    /// The block scalar that is being read.
    block: Option<Block>,
    /// Open objects, each to the right of the one before.
    drafts: Vec<Draft<'t>>,
}

impl<'t> Scan<'t> {
    /// Reads a line that starts at byte `start`.
    fn line(&mut self, line: &'t str, start: usize, found: &mut Found<'t>) {
        let content = line.trim_start_matches([' ', '\t']);
        // Nothing, comments and template actions say nothing of where an object ends.
        if content.trim_end().is_empty() || content.starts_with('#') || content.starts_with("{{") {
            return;
        }
        let indent = line.len() - content.len();
        let mut rest = content;
        while let Some(item) = rest.strip_prefix("- ") {
            rest = item.trim_start_matches(' ');
        }
        let column = line.len() - rest.len();
        let in_block = self.in_block(indent, column, rest);
        self.close(indent + 1, found);
        let Some((key, value)) = key_and_value(rest, start + column) else {
            self.close(column, found);
            return;
        };
        self.key(key, value, column, in_block, found);
    }

    /// Follows block scalars; whether the line lies in one whose objects count.
    fn in_block(&mut self, indent: usize, column: usize, content: &str) -> bool {
        if self.host == Host::Script {
            return true;
        }
        if let Some(block) = self.block.filter(|block| indent > block.column) {
            return !block.is_patch;
        }
        // Below `- |` the text may stand in the column of the `|`.
        let column = if content.starts_with(['|', '>']) { indent } else { column };
        let is_patch = content.starts_with("patch:");
        self.block = opens_block(content).then_some(Block { column, is_patch });
        false
    }

    fn key(&mut self, key: &'t str, value: Value<'t>, column: usize, counts: bool, found: &mut Found<'t>) {
        if matches!(key, "apiVersion" | "kind" | "metadata") {
            let repeated = |draft: &Draft<'_>| draft.column == column && draft.has(key);
            if self.drafts.last().is_some_and(repeated) {
                self.close(column, found);
            }
            if self.drafts.last().is_none_or(|draft| draft.column < column) && self.drafts.len() < MAX_DEPTH {
                let is_plain = self.block.is_none();
                self.drafts.push(Draft { column, counts, is_plain, ..Draft::default() });
            }
        }
        if let Some(draft) = self.drafts.last_mut() {
            draft.key(key, value, column);
        }
    }

    /// Ends the objects at `column` and to the right of it.
    fn close(&mut self, column: usize, found: &mut Found<'t>) {
        while self.drafts.last().is_some_and(|draft| draft.column >= column) {
            if let Some(draft) = self.drafts.pop()
                && let Some((kind, name)) = draft.created()
                && (draft.counts || draft.is_plain && self.has_carrier())
            {
                found.add(kind, name, draft.namespace.map(|namespace| namespace.text));
            }
        }
    }
}

impl Scan<'_> {
    /// Whether the object that ends lies in another one, which carries it to a cluster (a SyncSet, a ManifestWork). The
    /// items of lists and templates are the file's own objects.
    fn has_carrier(&self) -> bool {
        let is_list = |kind: &str| kind.ends_with("List") || kind == "Template";
        let carrier = self.drafts.last().and_then(|draft| draft.kind);
        carrier.is_some_and(|kind| !is_list(kind))
    }
}

impl<'t> Draft<'t> {
    /// Whether the object has its key already.
    fn has(&self, key: &str) -> bool {
        match key {
            "apiVersion" => self.api_version.is_some(),
            "kind" => self.kind.is_some(),
            _ => self.metadata != Metadata::Outside || self.name.is_some(),
        }
    }

    fn key(&mut self, key: &'t str, value: Value<'t>, column: usize) {
        if column == self.column {
            self.metadata = if key == "metadata" { Metadata::Opened } else { Metadata::Outside };
            match key {
                "apiVersion" => self.api_version = Some(value.text),
                "kind" => self.kind = Some(value.text),
                _ => {}
            }
            return;
        }
        if self.metadata == Metadata::Opened {
            self.metadata = Metadata::At(column);
        }
        match key {
            "name" if self.metadata == Metadata::At(column) => self.name = Some(value),
            "namespace" if self.metadata == Metadata::At(column) => self.namespace = Some(value),
            _ => {}
        }
    }

    fn created(&self) -> Option<(CreatedKind, Value<'t>)> {
        let kind = CreatedKind::of(self.api_version?, self.kind?)?;
        self.name.map(|name| (kind, name))
    }
}

/// Splits `key: value`; the value without quotes and comment, where it is of interest. None for other lines.
fn key_and_value(line: &str, start: usize) -> Option<(&str, Value<'_>)> {
    let (key, rest) = line.split_once(':')?;
    let is_key =
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
    if !is_key || !rest.starts_with(|c: char| c.is_ascii_whitespace()) && !rest.is_empty() {
        return None;
    }
    if !["apiVersion", "kind", "name", "namespace"].contains(&key) {
        return Some((key, Value { text: "", start }));
    }
    let raw = rest.trim_start();
    let start = start + line.len() - raw.len();
    let value = match raw.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inner = raw.strip_prefix(quote)?;
            Value { text: inner.split(quote).next()?, start: start + 1 }
        }
        _ => Value { text: raw.split(" #").next()?.trim_end(), start },
    };
    Some((key, value))
}

/// Whether a block scalar begins behind the line: `key: |`, `- >-`, `key: !!str |2 # comment`.
fn opens_block(line: &str) -> bool {
    if memchr2(b'|', b'>', line.as_bytes()).is_none() {
        return false;
    }
    let line = line.split(" #").next().unwrap_or(line).trim_end();
    let header = line.trim_end_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
    line.len() - header.len() <= 2
        && header.strip_suffix(['|', '>']).is_some_and(|before| before.is_empty() || before.ends_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_of_a_list_are_its_own() {
        let item = "- apiVersion: v1\n  kind: Secret\n  metadata:\n    name: a\n";
        for (rest, column) in [
            (item, 2),
            ("\n  # a comment\n# another\n", 2),
            ("---\napiVersion: v1\n", 0),
            ("- |\n  kind: Secret\n", 0),
            ("text: |\n  kind: Secret\n", 0),
        ] {
            assert_eq!(own_column(&format!("{item}{rest}")), column, "{rest}");
        }
        assert_eq!(own_column("items:\n- apiVersion: v1\n"), 0);
        let inside = "  data:\n    a: |\n      apiVersion: v1\n      kind: Secret\n";
        assert!(!may_hold(&item.repeat(2), Host::Yaml));
        assert!(may_hold(&format!("{item}{inside}"), Host::Yaml));
        assert!(may_hold(&item.repeat(2), Host::Script));
    }
}
