//! What a run needs to know from its user.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::config::ConfigIgnore;
use crate::finding::{Confidence, Finding, Persona, Severity};
use crate::input::{Helm, MAX_FILE_SIZE, Source};
use crate::k8s::SUPPORTED;
use crate::rules::{self, Context, MAX_TOKEN_LIFETIME, Rule};

/// What a run needs to know from its user.
#[derive(Debug)]
pub struct Options {
    /// The rules that run.
    pub rules: Vec<&'static Rule>,
    /// What the rules know of it.
    pub context: Context,
    /// Whether the user named the versions to ask about, so that what the repository names does not matter.
    pub names_versions: bool,
    /// The namespace that objects without one are installed into, if it is known.
    pub namespace: Option<String>,
    /// Which findings are shown.
    pub show: Show,
    /// Whether suppressions count.
    pub heed_suppressions: bool,
    /// Suppressions from the configuration.
    pub ignores: Vec<ConfigIgnore>,
    /// The configuration they stand in, to point at entries that hide nothing.
    pub config: Option<Source>,
    /// Whether a suppression without a reason counts for nothing.
    pub require_reason: bool,
    /// The day on which `until=` is judged.
    pub today: Date,
    /// Largest file that is read, in bytes.
    pub max_file_size: u64,
    /// The helm with which charts are rendered, if the user asks for that.
    pub helm: Option<Helm>,
}

/// Which findings are shown.
#[derive(Debug)]
pub struct Show {
    /// Those for this audience and the quieter ones.
    pub persona: Persona,
    /// At least this bad.
    pub min_severity: Severity,
    /// At least this sure.
    pub min_confidence: Confidence,
    /// Rules asked for by their own id: shown at any persona.
    pub by_id: HashSet<&'static str>,
}

impl Show {
    /// Whether a finding is shown.
    pub fn shows(&self, finding: &Finding) -> bool {
        (finding.persona <= self.persona || self.by_id.contains(finding.rule.id))
            && finding.severity() >= self.min_severity
            && finding.confidence >= self.min_confidence
    }
}

impl Default for Options {
    /// Every rule, for everyone, on the supported versions of Kubernetes.
    fn default() -> Self {
        Self {
            rules: rules::ALL.to_vec(),
            context: Context { targets: SUPPORTED, max_token_lifetime: MAX_TOKEN_LIFETIME },
            names_versions: false,
            namespace: None,
            show: Show {
                persona: Persona::Regular,
                min_severity: Severity::Info,
                min_confidence: Confidence::Low,
                by_id: HashSet::new(),
            },
            heed_suppressions: true,
            ignores: Vec::new(),
            config: None,
            require_reason: false,
            today: Date::ZERO,
            max_file_size: MAX_FILE_SIZE,
            helm: None,
        }
    }
}
