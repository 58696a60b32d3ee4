//! One document of a file, and whether Kubernetes would read it.

use std::cmp::Reverse;
use std::sync::OnceLock;

use super::object::{Object, Origin};
use crate::finding::Place;
use crate::span::Span;
use crate::yaml::{Content, Document, Node, Tree};

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
    /// The objects that stand in no other, in the order of the text: indices into `objects`.
    outermost: Vec<usize>,
    /// Where strings stand that kubeconfigs may be written into, once somebody looked for them.
    pub(crate) kubeconfig_hosts: OnceLock<Vec<Span>>,
}

/// Whether Kubernetes would read a document: syntax rules speak of Kubernetes only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds objects, or is broken and has `apiVersion` and `kind` at its outer level.
    Kubernetes,
    /// An unrendered template: broken because of `{{` or another tool's placeholder, or text with `{{` under a chart's `templates/`.
    Template,
    /// YAML, but nothing of Kubernetes.
    Other,
    /// Neither YAML nor, as far as can be seen, Kubernetes.
    Broken,
}

impl<'a> Manifest<'a> {
    /// Finds the objects of a document of a file; `in_chart` tells that the file lies under a chart's `templates/`.
    pub fn new(document: &'a Document<'a>, origin: &'a Origin, in_chart: bool) -> Self {
        let is_readable = document.tree().is_some() && document.ignored.is_empty();
        let is_template = in_chart && document.text.contains("{{") || !is_readable && is_unrendered(document);
        let objects = if is_template { Vec::new() } else { Object::all(document, origin) };
        let is_object = !objects.is_empty()
            || document.ignored.iter().any(|ignored| looks_like_object(&ignored.text))
            || matches!(document.content, Content::Broken(_)) && looks_like_object(document.text);
        let standing = match document.content {
            _ if is_template => Standing::Template,
            _ if is_object => Standing::Kubernetes,
            Content::Broken(_) => Standing::Broken,
            Content::Empty | Content::Tree(_) => Standing::Other,
        };
        let outermost = outermost(&objects);
        Self { document, origin, objects, standing, outermost, kubeconfig_hosts: OnceLock::new() }
    }

    /// The object around `node`, if one is.
    pub fn object_around(&self, node: Node<'_>) -> Option<&Object<'a>> {
        let span = |index: &usize| self.objects.get(*index).map(|object| object.root.span());
        let next = self
            .outermost
            .partition_point(|index| span(index).is_some_and(|span| span.start <= node.span().start));
        let before = self.outermost.get(next.checked_sub(1)?)?;
        self.objects.get(*before).filter(|object| object.root.span().contains(node.span()))
    }

    /// Whether its objects are items of a list.
    pub fn is_list(&self) -> bool {
        let root = self.document.tree().and_then(Tree::root).map(Node::span);
        self.objects.first().is_some_and(|object| Some(object.root.span()) != root)
    }

    /// A place in the document that no object is around.
    pub fn place(&self, span: Span) -> Place {
        Place { file: self.origin.file, span, path: String::new(), object: None }
    }
}

/// Usually all of them; but an anchor inside of one object may be used as another.
fn outermost(objects: &[Object<'_>]) -> Vec<usize> {
    let mut spans: Vec<_> = objects.iter().map(|object| object.root.span()).enumerate().collect();
    spans.sort_by_key(|(_, span)| (span.start, Reverse(span.end)));
    let mut end = 0;
    spans.retain(|(_, span)| {
        let is_outside = span.end > end;
        end = span.end.max(end);
        is_outside
    });
    spans.into_iter().map(|(index, _)| index).collect()
}

/// Whether text, readable or not, has `apiVersion` and `kind` at its outer level.
fn looks_like_object(text: &str) -> bool {
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

/// Whether a document that cannot be read is a template of some kind, to be filled in before YAML comes of it.
fn is_unrendered(document: &Document<'_>) -> bool {
    has_actions(document.text) || broken_line(document).is_some_and(|line| parts(line).any(is_filled_in))
}

/// The line on which reading ended.
fn broken_line<'t>(document: &Document<'t>) -> Option<&'t str> {
    let Content::Broken(error) = &document.content else { return None };
    let at = error.span.start.checked_sub(document.span.start)? as usize;
    let (before, after) = document.text.split_at_checked(at)?;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let end = after.find('\n').map_or(document.text.len(), |newline| at + newline);
    document.text.get(start..end)
}

/// A line, and the value on it.
fn parts(line: &str) -> impl Iterator<Item = &str> {
    let value = line.split_once(": ").map_or("", |(_, value)| value);
    [line, value].into_iter().map(|part| part.trim_start().trim_start_matches("- ").trim_start())
}

/// Whether a line or value starts with what other tools fill in and YAML cannot read: `@NAME@`, `%s`, `${LINES}`,
/// `{PREFIX}.1`, `{% raw %}`, `<name: of what>`, `"{{ f "x" }}"`.
fn is_filled_in(part: &str) -> bool {
    let until = |close: char| part.find(close).and_then(|at| Some((part.get(1..at)?, part.get(at + 1..)?)));
    let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    match part.chars().next() {
        Some('@') => part.matches('@').count() > 1,
        Some('%') => part.len() > 1,
        Some('$') => true,
        Some('{') if part.starts_with("{%") => true,
        Some('{') => until('}').is_some_and(|(word, rest)| is_word(word) && rest.starts_with(|c| c != ' ')),
        Some('<') => until('>').is_some_and(|(text, _)| text.contains(": ")),
        Some('"') => part.starts_with("\"{{") && part.matches('"').count() > 2,
        _ => false,
    }
}

/// Whether template actions stand where only YAML may: at the start of a line or of a value.
fn has_actions(text: &str) -> bool {
    text.contains("{{-")
        || text.contains("-}}")
        || text.lines().any(|line| parts(line).any(|part| part.starts_with("{{")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::FileId;
    use crate::yaml::split;

    fn is_kubernetes(text: &str) -> bool {
        let origin = Origin { file: FileId(0), rendered_from: None };
        let chunks = split(text);
        let document = Document::read(text, chunks.first().unwrap());
        Manifest::new(&document, &origin, false).standing == Standing::Kubernetes
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
            ("apiVersion: v1\nkind: Pod\nmetadata: {}\nname: @NAME@\n", false),
            ("apiVersion: v1\nkind: Pod\nname: @NAME\n", true),
            ("{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [\n  %s\n]}", false),
            ("apiVersion: v1\nkind: Pod\nspec:\n$CONTAINERS\n  hostNetwork: true\n", false),
            ("apiVersion: v1\nkind: Service\nspec:\n  clusterIP: {PREFIX}.16\n", false),
            ("{% raw %}\napiVersion: v1\nkind: Service\nspec: {}\n{% endraw %}\n", false),
            ("apiVersion: v1\nkind: Service\nspec: {a} b\n", true),
            ("apiVersion: v1\nkind: Pod\nzone: <zone: for example fra1>\n", false),
            ("apiVersion: v1\nkind: Pod\nimage: \"{{ printf \"%s\" .image }}\"\n", false),
            ("apiVersion: v1\nkind: Pod\ncommand: echo $X: done\n", true),
        ] {
            assert_eq!(is_kubernetes(text), kubernetes, "{text}");
        }
    }

    #[test]
    fn nodes_know_the_object_around_them() {
        let text = "kind: List\napiVersion: v1\nx: &x {kind: A, apiVersion: v1, k: in-a}\nitems:\n- *x\n\
                    - kind: B\n  apiVersion: v1\n  y: &y {kind: C, apiVersion: v1, k: in-c}\n  z: in-b\n\
                    - *y\n- *x\nz: outside\n";
        let origin = Origin { file: FileId(0), rendered_from: None };
        let document = Document::read(text, split(text).first().unwrap());
        let manifest = Manifest::new(&document, &origin, false);
        assert_eq!(manifest.objects.len(), 4);
        let around = |text: &str| {
            let node = document.tree().unwrap().nodes().find(|node| node.text() == Some(text)).unwrap();
            manifest.object_around(node).map(|object| object.id.kind.as_str())
        };
        for (text, kind) in [("in-a", Some("A")), ("in-b", Some("B")), ("in-c", Some("B")), ("outside", None)]
        {
            assert_eq!(around(text), kind, "{text}");
        }
    }
}
