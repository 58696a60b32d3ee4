//! What the text of a branch gives, as far as its lines tell without reading it as YAML.

use super::super::template::Region;
use crate::span::Span;

/// Texts of nested branches overlap: a file may be read this many times over, and then no branch of it any more.
const MAX_READINGS: usize = 8;

/// How far behind an `apiVersion` its `kind` is looked for, in bytes.
const MAX_DISTANCE: usize = 512;

/// Reads branches of one file, within limits.
pub(super) struct Bodies<'t> {
    text: &'t str,
    budget: usize,
}

/// What a branch gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// Its objects by kind and name, or the keys or list items with which it starts lines; sorted.
    pub(super) entries: Vec<String>,
    /// What these are.
    pub(super) form: Form,
    /// The group and version that it says, written out: as `apiVersion`, or as all of its text.
    pub(super) api_version: Option<String>,
    /// The kind of its first object.
    pub(super) kind: Option<String>,
    /// The name of its first object, as written.
    pub(super) name: Option<String>,
    /// Whether it looks something up in the cluster.
    pub(super) looks_up: bool,
    /// Whether it makes a token Secret.
    pub(super) has_token: bool,
    /// Whether Helm lets its objects live when they are no longer rendered: hooks, and what has the policy to keep it.
    pub(super) is_kept: bool,
}

/// What a branch gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// Whole objects, each with a kind and a name.
    Objects,
    /// Parts of one, or nothing.
    #[default]
    Parts,
}

impl<'t> Bodies<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, budget: text.len().saturating_mul(MAX_READINGS) }
    }

    /// All of the file.
    pub(super) fn file(&self) -> Span {
        Span::new(0..self.text.len())
    }

    /// What a branch gives; nothing where too much was read already.
    pub(super) fn read(&mut self, body: Span) -> Option<Body> {
        let text = self.text.get(body.range())?;
        self.budget = self.budget.checked_sub(text.len())?;
        Some(Body::of(text))
    }

    /// The kind of the object whose `apiVersion` a region gives: it stands on one of the next lines.
    pub(super) fn kind_after(&self, region: Region) -> Option<String> {
        let rest = self.text.get(region.after as usize..)?;
        let near = rest.get(..rest.floor_char_boundary(MAX_DISTANCE))?;
        let lines = near.lines().take(4).take_while(|line| !line.starts_with("---"));
        let mut kinds = lines.filter_map(|line| value_of(line.trim(), "kind"));
        kinds.next().map(str::to_owned)
    }
}

impl Body {
    fn of(text: &str) -> Self {
        let mut body = Self {
            looks_up: text.contains("lookup "),
            has_token: text.contains("kubernetes.io/service-account-token"),
            is_kept: text.contains("helm.sh/resource-policy") || text.contains("helm.sh/hook"),
            ..Self::default()
        };
        let lines: Vec<Line<'_>> = text.lines().filter_map(Line::read).collect();
        let Some(margin) = lines.iter().filter(|line| line.starts_entry()).map(|line| line.indent).min()
        else {
            body.api_version = only_api_version(text).map(str::to_owned);
            body.entries.extend(body.api_version.is_some().then(|| "apiVersion".to_owned()));
            return body;
        };
        let documents: Vec<_> = lines.split(|line| line.text.starts_with("---")).collect();
        let objects: Vec<_> = documents.iter().map(|lines| Outline::of(lines, margin)).collect();
        let filled = || objects.iter().filter(|object| !object.keys.is_empty());
        let is_objects = filled().all(|object| object.kind.is_some() && object.name.is_some());
        body.form = if is_objects { Form::Objects } else { Form::Parts };
        for Outline { keys, kind, name, api_version } in objects.iter().filter(|it| !it.keys.is_empty()) {
            body.api_version = body.api_version.or_else(|| api_version.map(str::to_owned));
            body.kind = body.kind.or_else(|| kind.map(str::to_owned));
            body.name = body.name.or_else(|| name.map(str::to_owned));
            match (kind, name) {
                (Some(kind), Some(name)) => body.entries.push(format!("{kind} {name}")),
                _ => body.entries.extend(keys.iter().map(|key| (*key).to_owned())),
            }
        }
        body.entries.sort_unstable();
        body.entries.dedup();
        body
    }
}

struct Line<'t> {
    indent: usize,
    text: &'t str,
}

impl<'t> Line<'t> {
    /// A line that says something itself: no blanks, comments and lines of actions.
    fn read(line: &'t str) -> Option<Self> {
        let text = line.trim();
        let is_silent = text.is_empty() || text.starts_with('#') || text.starts_with("{{");
        (!is_silent).then(|| Self { indent: line.len() - line.trim_start().len(), text })
    }

    fn key(&self) -> Option<&'t str> {
        let (key, rest) = self.text.split_once(':')?;
        let is_key =
            key.chars().all(|c| c.is_alphanumeric() || "._-/\"'".contains(c)) && !key.starts_with("- ");
        (is_key && (rest.is_empty() || rest.starts_with(' '))).then_some(key)
    }

    /// Whether an entry of a mapping or list starts here.
    fn starts_entry(&self) -> bool {
        self.text.starts_with("- ") || self.key().is_some()
    }
}

/// The outermost level of one document.
#[derive(Default)]
struct Outline<'t> {
    keys: Vec<&'t str>,
    api_version: Option<&'t str>,
    kind: Option<&'t str>,
    name: Option<&'t str>,
}

impl<'t> Outline<'t> {
    fn of(lines: &[Line<'t>], margin: usize) -> Self {
        let mut outline = Self::default();
        let mut is_metadata = false;
        let mut depth = None;
        for line in lines {
            if line.indent > margin {
                let is_name = is_metadata && *depth.get_or_insert(line.indent) == line.indent;
                let name = value_of(line.text, "name").filter(|_| is_name);
                outline.name = outline.name.or(name);
                continue;
            }
            let Some(key) = line.key() else {
                outline.keys.push(line.text);
                continue;
            };
            outline.keys.push(key);
            is_metadata = key == "metadata";
            outline.kind = outline.kind.or_else(|| value_of(line.text, "kind"));
            outline.api_version = outline
                .api_version
                .or_else(|| value_of(line.text, "apiVersion").filter(|it| is_api_version(it)));
        }
        outline
    }
}

fn value_of<'t>(line: &'t str, key: &str) -> Option<&'t str> {
    let value = line.strip_prefix(key)?.strip_prefix(':')?.trim();
    let value = value.split_once(" #").map_or(value, |(value, _)| value.trim_end());
    let value = value.trim_matches(['"', '\'']);
    (!value.is_empty()).then_some(value)
}

/// The group and version that is all that a text gives: `policy/v1`, `{{- print "policy/v1" -}}`.
fn only_api_version(text: &str) -> Option<&str> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (text, None) = (lines.next()?, lines.next()) else { return None };
    let text = match text.strip_prefix("{{") {
        Some(action) => {
            let action = action.strip_suffix("}}")?.trim_matches('-').trim();
            action.strip_prefix("printf").or_else(|| action.strip_prefix("print")).unwrap_or(action).trim()
        }
        None => text,
    };
    Some(text.trim_matches(['"', '\'', '`'])).filter(|text| is_api_version(text))
}

/// `v1`, `apps/v1beta1`, `networking.k8s.io/v1`.
fn is_api_version(text: &str) -> bool {
    let (group, version) = text.split_once('/').unwrap_or(("", text));
    let is_version =
        version.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let is_word = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
    is_version && is_word(version) && is_word(group)
}
