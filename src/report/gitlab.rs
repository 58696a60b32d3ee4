//! GitLab Code Quality: `artifacts:reports:codequality`.

use std::collections::HashMap;
use std::io;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Reporter, Unit, Views, escape, write_json};
use crate::engine::Run;
use crate::finding::{Finding, Severity};

/// Writes a Code Quality report; an empty array for a clean run.
#[derive(Clone, Copy, Debug)]
pub struct Gitlab;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

impl Reporter for Gitlab {
    fn write(&self, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
        let views = Views::locating(&run.sources, run.findings.iter().map(|finding| &finding.place));
        let mut seen = HashMap::new();
        let issues: Vec<_> = run
            .findings
            .iter()
            .map(|finding| {
                let occurrence = seen.entry(finding.fingerprint.as_str()).or_insert(0_usize);
                *occurrence += 1;
                issue(finding, *occurrence, &views)
            })
            .collect();
        write_json(&issues, out)
    }
}

fn issue(finding: &Finding, occurrence: usize, views: &Views<'_>) -> Issue {
    let (view, region) = views.locate(&finding.place, Unit::Chars);
    Issue {
        description: escape::line(&finding.message),
        check_name: finding.rule.id,
        fingerprint: unique(&finding.fingerprint, occurrence),
        severity: severity_of(finding.severity()),
        location: Location {
            path: view.path().into_owned(),
            positions: Positions {
                begin: Position { line: region.line, column: region.column },
                end: Position { line: region.end_line, column: region.end_column },
            },
        },
    }
}

fn severity_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "major",
        Severity::Medium => "minor",
        Severity::Low | Severity::Info => "info",
    }
}

/// GitLab merges issues with one fingerprint, so that equal ones are told apart by their order.
fn unique(fingerprint: &str, occurrence: usize) -> String {
    if occurrence == 1 {
        return fingerprint.to_owned();
    }
    format!("{:x}", Sha256::digest(format!("{fingerprint}:{occurrence}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    #[test]
    fn an_issue_per_finding_with_its_own_fingerprint() {
        let run = testing::run_with_findings(3);
        let report: serde_json::Value = serde_json::from_str(&testing::report(&Gitlab, &run)).unwrap();
        let issues = report.as_array().unwrap();
        let fingerprints: std::collections::HashSet<_> =
            issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        assert_eq!((issues.len(), fingerprints.len()), (3, 3));
        assert_eq!(
            issues[0],
            serde_json::json!({
                "description": "this token Secret pins the UID of its ServiceAccount",
                "check_name": "pinned-token-uid",
                "fingerprint": testing::FINGERPRINT,
                "severity": "major",
                "location": {"path": "deploy/secret.yaml", "positions": {
                    "begin": {"line": 8, "column": 5}, "end": {"line": 8, "column": 38}
                }},
            })
        );
    }

    #[test]
    fn a_clean_run_is_an_empty_array() {
        assert_eq!(testing::report(&Gitlab, &Run::default()), "[]\n");
    }
}
