//! A rule's page, `rules/<id>.md`: the only source of its metadata and documentation.

use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::finding::{Applicability, Confidence, Persona, Severity};
use crate::k8s::KubeVersions;
use crate::yaml::{Kind, Node, Text, Tree, Type};

/// What a rule's page says in its front matter, and the page's text.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Meta {
    /// The rule's id; the file's name.
    #[serde(skip_deserializing)]
    pub id: &'static str,
    /// What it reports, in a few words.
    pub title: String,
    /// The group it belongs to: `token`, `annotation` …
    pub group: String,
    /// How bad.
    pub severity: Severity,
    /// Score for code scanning, on security rules only: critical 9.3, high 8.0, medium 5.5, low 3.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_severity: Option<String>,
    /// How sure at best.
    pub confidence: Confidence,
    /// For whom at least.
    pub persona: Persona,
    /// First release of saudit that has it.
    pub since: Version,
    /// Kubernetes versions for which it holds: `">=1.29"`, `"1.22..1.25"`; all where nothing is written.
    #[serde(default)]
    pub kubernetes: KubeVersions,
    /// What kind of fix it offers, if any.
    #[serde(default)]
    pub fix: Option<Applicability>,
    /// What it looks at.
    pub scope: Scope,
    /// Whether it is here to stay.
    #[serde(default)]
    pub status: Status,
    /// Former ids, still understood.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Weaknesses (CWE numbers).
    #[serde(default)]
    pub cwe: Vec<u16>,
    /// Controls of the CIS Kubernetes Benchmark v1.12.
    #[serde(default)]
    pub cis: Vec<String>,
    /// Entries of the OWASP Kubernetes Top Ten, with their year.
    #[serde(default)]
    pub owasp: Vec<String>,
    /// Techniques of MITRE ATT&CK.
    #[serde(default)]
    pub mitre: Vec<String>,
    /// The page below the front matter.
    #[serde(skip)]
    pub body: &'static str,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// One object.
    Object,
    /// All objects that were read.
    World,
    /// The templates of a chart.
    Chart,
    /// A document, readable or not.
    Document,
    /// A script: commands, whatever they stand in.
    Script,
    /// The run itself: suppressions.
    Engine,
}

/// Whether a rule is here to stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Its id and meaning do not change.
    #[default]
    Stable,
    /// May still change.
    Preview,
    /// Goes away.
    Deprecated,
}

/// A page that cannot be read. Only a mistake in this repository makes one; a test reads every page.
#[derive(Debug, thiserror::Error)]
#[error("rules/{id}.md: {message}")]
pub struct PageError {
    id: &'static str,
    message: String,
}

impl Meta {
    /// Reads the page of rule `id`.
    ///
    /// # Errors
    /// If the page has no front matter, or not that of a rule.
    pub fn parse(id: &'static str, page: &'static str) -> Result<Self, PageError> {
        let error = |message: String| PageError { id, message };
        let rest = page.strip_prefix("---\n").ok_or_else(|| error("no front matter".to_owned()))?;
        let (front, body) =
            rest.split_once("\n---\n").ok_or_else(|| error("front matter does not end".to_owned()))?;
        let front = Tree::parse(Text::slice(front, 0)).map_err(|cause| error(cause.message))?;
        let front = front.root().map_or(Value::Null, json);
        let mut meta = Meta::deserialize(front).map_err(|cause| error(cause.to_string()))?;
        meta.id = id;
        meta.body = body.trim();
        Ok(meta)
    }

    /// Whether code scanning should rank it as a weakness rather than a defect.
    pub fn is_security(&self) -> bool {
        self.security_severity.is_some()
    }

    /// The text of a section (`## Fix`), without its heading.
    pub fn section(&self, heading: &str) -> Option<&'static str> {
        let mut sections = self.body.strip_prefix("## ")?.split("\n## ");
        sections.find_map(|section| section.strip_prefix(heading)?.strip_prefix('\n')).map(str::trim)
    }
}

/// A page is read at every start, so it is read by our own reader: many times faster than serde's.
fn json(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Mapping => {
            node.entries().filter_map(|entry| Some((entry.name()?, json(entry.value)))).collect()
        }
        Kind::Sequence => node.items().map(json).collect(),
        Kind::Scalar | Kind::Alias => match node.scalar().map(|scalar| (scalar.read(), scalar.text())) {
            None | Some((Type::Null, _)) => Value::Null,
            Some((Type::Bool(value), _)) => value.into(),
            Some((Type::Int(value), _)) => value.into(),
            Some((Type::Float | Type::Str, text)) => text.into(),
        },
    }
}
