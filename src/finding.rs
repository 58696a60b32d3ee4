//! What a rule says: a finding, where it lies, and how it could be mended.
//!
//! A rule builds a [`Draft`] (where, message, and what else it knows); the sink stamps it with what the
//! rule's page says and it becomes a [`Finding`].

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::k8s::KubeVersions;
use crate::rules::Meta;
use crate::span::{Edit, FileId, Span};

/// How bad a finding is. One per rule: code scanning ranks by rule.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Untidy, or wrong some day.
    Low,
    /// Weakens the cluster or will break something.
    Medium,
    /// Does not work, or not as written.
    High,
    /// Hands the cluster to somebody.
    Critical,
}

/// How sure a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Depends on what was not in the input.
    Low,
    /// Likely.
    Medium,
    /// Certain from what was read.
    High,
}

/// Who wants to hear it. Orders from the quietest to the noisiest audience.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Persona {
    /// Everyone: almost never wrong, worth a red build.
    Regular,
    /// Right, but many teams live with it.
    Pedantic,
    /// An auditor's question; expected to be noisy.
    Auditor,
}

macro_rules! display_as_kebab {
    ($($type:ty),*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.serialize(f)
            }
        }
    )*};
}
display_as_kebab!(Severity, Confidence, Persona, Applicability);

/// The Kubernetes object that a finding is about. Empty strings stand for what is not written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct ObjectId {
    /// `apiVersion` as written: `v1`, `apps/v1`.
    pub api_version: String,
    /// `kind` as written.
    pub kind: String,
    /// `metadata.namespace` as written.
    pub namespace: String,
    /// `metadata.name` as written.
    pub name: String,
}

/// A place that a finding points at.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The bytes, in that file.
    pub span: Span,
    /// Path of keys to the node, list items by `name` where they have one; for the fingerprint, not for people.
    pub path: String,
    /// The object around it, if any.
    pub object: Option<Arc<ObjectId>>,
}

/// Another place that explains a finding, with what it has to do with it.
#[derive(Clone, Debug)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there, as a label: "ServiceAccount example-sa is defined here".
    pub message: String,
}

/// Whether a fix may be applied without a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// Same meaning, or plainly what was meant: `--fix` applies it.
    Safe,
    /// Needs a look: only `--unsafe-fixes` applies it.
    Unsafe,
}

/// Edits in the finding's own file that mend it. They do not overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Whether it may be applied without a look.
    pub applicability: Applicability,
    /// The edits, in any order.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix that `--fix` applies.
    pub fn safe(edits: impl Into<Vec<Edit>>) -> Self {
        Self { applicability: Applicability::Safe, edits: edits.into() }
    }

    /// A fix that only `--unsafe-fixes` applies.
    pub fn unsafe_(edits: impl Into<Vec<Edit>>) -> Self {
        Self { applicability: Applicability::Unsafe, edits: edits.into() }
    }
}

/// What a rule reports, before its page's metadata is stamped on it.
#[derive(Debug)]
#[must_use]
pub struct Draft {
    pub(crate) place: Place,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) related: Vec<Related>,
    pub(crate) is_flow: bool,
    pub(crate) fix: Option<Fix>,
    pub(crate) kubernetes: KubeVersions,
    pub(crate) is_about_chart: bool,
    pub(crate) confidence: Confidence,
    pub(crate) persona: Persona,
}

impl Draft {
    /// A finding at `place`. The message starts in lower case, has no full stop and at most 100 characters, says what
    /// and where, and never holds a secret.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self {
            place,
            message: message.into(),
            help: None,
            related: Vec::new(),
            is_flow: false,
            fix: None,
            kubernetes: KubeVersions::ALL,
            is_about_chart: false,
            confidence: Confidence::High,
            persona: Persona::Regular,
        }
    }

    /// What to do about it, in a sentence or two.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Another place that explains the finding.
    pub fn related(mut self, place: Place, message: impl Into<String>) -> Self {
        self.related.push(Related { place, message: message.into() });
        self
    }

    /// The related places are steps: in their order they lead from its own place to the harm.
    pub fn flow(mut self) -> Self {
        self.is_flow = true;
        self
    }

    /// How to mend it.
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into();
        self
    }

    /// The Kubernetes versions for which it holds, besides what the page says.
    pub fn kubernetes(mut self, versions: KubeVersions) -> Self {
        self.kubernetes = versions;
        self
    }

    /// The versions for which it holds are those that a chart is for, whichever versions the user asks about.
    pub fn for_chart(mut self, versions: KubeVersions) -> Self {
        (self.kubernetes, self.is_about_chart) = (versions, true);
        self
    }

    /// Surer than this it is not; the page's own confidence is the upper bound.
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Only for this audience; the page's own persona is the loudest.
    pub fn persona(mut self, persona: Persona) -> Self {
        self.persona = persona;
        self
    }
}

/// A finding, complete.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The page of the rule that says it.
    pub rule: &'static Meta,
    /// How sure.
    pub confidence: Confidence,
    /// For whom.
    pub persona: Persona,
    /// What is wrong and where, in one line.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The one place that a person edits.
    pub place: Place,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// Whether those are steps that lead, in their order, from `place` to the harm.
    pub is_flow: bool,
    /// Where it was found if `place` is in a template and it was found in what Helm rendered from that; with `place`
    /// itself among them if it was found there too. Otherwise empty.
    pub seen_at: Vec<Place>,
    /// How to mend it.
    pub fix: Option<Fix>,
    /// The versions for which it holds, whichever are asked about.
    pub versions: KubeVersions,
    /// The target versions for which it holds; for a finding about a chart, the chart's.
    pub kubernetes: KubeVersions,
    /// Whether `kubernetes` is less than all targets, so that it is worth saying.
    pub partial: bool,
    /// Identity across runs and edits elsewhere in the file: 64 hexadecimal digits. Filled in by the engine.
    pub fingerprint: String,
}

impl Finding {
    /// The rule's severity.
    pub fn severity(&self) -> Severity {
        self.rule.severity
    }
}
