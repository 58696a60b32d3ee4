//! Takes what rules report and stamps it with their page, so that no finding can disagree with it.

use super::Meta;
use crate::finding::{Draft, Finding};
use crate::k8s::KubeVersions;

/// Where rules put their findings.
#[derive(Debug)]
pub struct Sink<'s> {
    rule: &'static Meta,
    targets: KubeVersions,
    findings: &'s mut Vec<Finding>,
}

impl<'s> Sink<'s> {
    /// A sink for the findings of `rule`, on the Kubernetes versions `targets`.
    pub fn new(rule: &'static Meta, targets: KubeVersions, findings: &'s mut Vec<Finding>) -> Self {
        Self { rule, targets, findings }
    }

    /// The Kubernetes versions that the user asks about.
    pub fn targets(&self) -> KubeVersions {
        self.targets
    }

    /// Reports a finding, unless it holds for none of the target versions.
    pub fn report(&mut self, draft: Draft) {
        let kubernetes = draft.kubernetes.and(self.rule.kubernetes).and(self.targets);
        if kubernetes.is_empty() {
            return;
        }
        self.findings.push(Finding {
            rule: self.rule,
            confidence: draft.confidence.min(self.rule.confidence),
            persona: draft.persona.max(self.rule.persona),
            message: draft.message,
            help: draft.help,
            place: draft.place,
            related: draft.related,
            fix: draft.fix,
            kubernetes,
            partial: kubernetes != self.targets,
            fingerprint: String::new(),
        });
    }
}
