//! Takes what rules report and stamps it with their page, so that no finding can disagree with it.

use jiff::civil::Date;

use super::Meta;
use super::wording::with_short_expressions;
use crate::finding::{Draft, Finding, Persona};
use crate::k8s::{KubeVersions, NEWEST_KNOWN, SUPPORTED};

/// A day, in seconds: the kubelet renews a projected token after a day at the latest, so none needs to live longer
/// (`pkg/kubelet/token/token_manager.go`).
pub const MAX_TOKEN_LIFETIME: u64 = 24 * 60 * 60;

/// What rules may know of their user's wishes.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The Kubernetes versions that the user asks about.
    pub targets: KubeVersions,
    /// A projected token that lives longer is worth a finding; seconds.
    pub max_token_lifetime: u64,
    /// The day on which a credential counts as expired or not (UTC).
    pub today: Date,
}

impl Context {
    /// Who wants to hear that a target does not have yet what `available` have. Whoever names no versions and writes
    /// what the newest one has may well run that.
    pub fn persona_for_new(self, available: KubeVersions) -> Persona {
        let is_newest_fine = self.targets == SUPPORTED && available.contains(NEWEST_KNOWN);
        if is_newest_fine { Persona::Pedantic } else { Persona::Regular }
    }
}

/// Where rules put their findings.
#[derive(Debug)]
pub struct Sink<'s> {
    rule: &'static Meta,
    context: Context,
    findings: &'s mut Vec<Finding>,
}

impl<'s> Sink<'s> {
    /// A sink for the findings of `rule`.
    pub fn new(rule: &'static Meta, context: Context, findings: &'s mut Vec<Finding>) -> Self {
        Self { rule, context, findings }
    }

    /// What the user wishes.
    pub fn context(&self) -> Context {
        self.context
    }

    /// Reports a finding, unless it holds for none of the target versions, or of the chart's.
    pub fn report(&mut self, draft: Draft) {
        let targets = if draft.is_about_chart { KubeVersions::ALL } else { self.context.targets };
        let versions = draft.kubernetes.and(self.rule.kubernetes);
        let kubernetes = versions.and(targets);
        if kubernetes.is_empty() {
            return;
        }
        self.findings.push(Finding {
            rule: self.rule,
            confidence: draft.confidence.min(self.rule.confidence),
            persona: draft.persona.max(self.rule.persona),
            message: with_short_expressions(draft.message),
            help: draft.help,
            place: draft.place,
            related: draft.related,
            is_flow: draft.is_flow,
            seen_at: Vec::new(),
            fix: draft.fix,
            versions,
            kubernetes,
            partial: kubernetes != targets,
            fingerprint: String::new(),
        });
    }
}
