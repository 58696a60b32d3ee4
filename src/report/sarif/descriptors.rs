//! Rules as SARIF describes them: all of them, whatever was found, so that a service sees the same list in every run.

use super::schema::{Configuration, Descriptor, DescriptorProperties, Help};
use super::{clip, level};
use crate::finding::{Confidence, Severity};
use crate::report::{rule_url, shapes};
use crate::rules::{self, Meta};

/// Characters of a description that GitHub and GitLab accept.
const LONGEST: usize = 1024;
/// Tags of a rule that GitHub keeps.
const MOST_TAGS: usize = 10;

/// The descriptors of all rules, by id.
pub(super) fn descriptors() -> Vec<Descriptor> {
    rules::ALL.iter().map(|rule| descriptor(rule.meta())).collect()
}

fn descriptor(meta: &'static Meta) -> Descriptor {
    let url = rule_url(meta.id);
    let reports = plain(meta.section("What it reports").unwrap_or(&meta.title));
    let fix = meta.section("Fix").map(plain).unwrap_or_default();
    let full = reports.split("\n\n").next().unwrap_or_default();
    Descriptor {
        id: meta.id,
        short_description: clip(&sentence(&meta.title), LONGEST).into(),
        full_description: clip(&sentence(full), LONGEST).into(),
        help: Help {
            text: format!("{reports}\n\n{fix}\n\n{url}").replace("\n\n\n\n", "\n\n"),
            // GitHub shows this and no `helpUri`. Made-up tokens in examples set off scanners as real ones do.
            markdown: format!("{}\n\n[Page of this rule]({url})\n", shapes::mask(meta.body)),
        },
        help_uri: url,
        default_configuration: Configuration { level: level(meta.severity) },
        properties: properties(meta),
    }
}

fn properties(meta: &'static Meta) -> DescriptorProperties {
    let problem = match meta.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    };
    DescriptorProperties {
        tags: tags(meta),
        precision: match meta.confidence {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
        },
        security_severity: meta.security_severity.as_deref(),
        problem_severity: (!meta.is_security()).then_some(problem),
        cis: &meta.cis,
        owasp: &meta.owasp,
        mitre: &meta.mitre,
    }
}

/// CWE numbers twice: GitHub knows the first form, GitLab the second.
fn tags(meta: &Meta) -> Vec<String> {
    let security = meta.is_security().then(|| "security".to_owned());
    let weaknesses =
        meta.cwe.iter().flat_map(|number| [format!("external/cwe/cwe-{number:03}"), format!("cwe-{number}")]);
    let group = std::iter::once(meta.group.clone());
    security.into_iter().chain(group).chain(weaknesses).take(MOST_TAGS).collect()
}

/// Markdown without its line breaks inside paragraphs and without code marks.
fn plain(markdown: &str) -> String {
    let paragraphs = markdown.split("\n\n").map(|paragraph| {
        if paragraph.starts_with("```") || paragraph.starts_with(['-', '|', '*']) {
            paragraph.trim().to_owned()
        } else {
            paragraph.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "")
        }
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// `text` as a sentence: upper case at the start, a full stop at the end.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut rest = text.chars();
    let first = rest.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", rest.as_str())
}
