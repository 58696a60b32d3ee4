//! JSON for scripts. Version 1; fields may be added to it, nothing else changes.

use std::borrow::Cow;
use std::io;

use serde::Serialize;

use super::spots::Spot;
use super::view::{edits, places, shown_fix};
use super::{Region, Reporter, TOOL, Unit, VERSION, Views, shapes, write_json};
use crate::engine::{Run, Summary};
use crate::finding::{Applicability, Confidence, Finding, ObjectId, Persona, Related, Severity};

/// Writes a run as JSON: lines and columns from 1, columns in characters, ends excluded, paths relative to the root.
#[derive(Clone, Copy, Debug)]
pub struct Json;

#[derive(Serialize)]
struct Report<'a> {
    version: u8,
    tool: Tool,
    summary: Totals<'a>,
    findings: Vec<Item<'a>>,
}

#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    /// This tool.
    pub(super) const THIS: Self = Self { name: TOOL, version: VERSION };
}

/// The summary without times, so that equal input gives equal output.
#[derive(Serialize)]
struct Totals<'a> {
    findings: usize,
    files: usize,
    documents: usize,
    manifests: usize,
    objects: usize,
    rules: usize,
    templates: usize,
    other_documents: usize,
    suppressed: usize,
    below_threshold: usize,
    /// Findings in files that were not asked for.
    elsewhere: usize,
    /// Files that were read only to look names up.
    known_files: usize,
    skipped: Vec<Left<'a>>,
}

/// What was read to answer a question: the summary without what is about findings.
#[derive(Serialize)]
pub(super) struct Looked<'a> {
    files: usize,
    documents: usize,
    objects: usize,
    known_files: usize,
    skipped: Vec<Left<'a>>,
}

impl<'a> From<&'a Summary> for Looked<'a> {
    fn from(summary: &'a Summary) -> Self {
        let Summary { files, documents, objects, known_files, .. } = *summary;
        Self { files, documents, objects, known_files, skipped: left(summary) }
    }
}

/// Where something is.
#[derive(Serialize)]
pub(super) struct At<'a> {
    path: Cow<'a, str>,
    line: usize,
    column: usize,
}

impl<'a> From<Spot<'a>> for At<'a> {
    fn from(Spot { path, line, column, .. }: Spot<'a>) -> Self {
        Self { path: shapes::mask(path), line, column }
    }
}

/// Something that was left out.
#[derive(Serialize)]
struct Left<'a> {
    path: Cow<'a, str>,
    reason: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    rule: &'static str,
    severity: Severity,
    confidence: Confidence,
    persona: Persona,
    path: Cow<'a, str>,
    #[serde(flatten)]
    range: Range,
    message: String,
    help: Option<String>,
    kubernetes: String,
    object: Option<Object>,
    fingerprint: &'a str,
    related: Vec<Other<'a>>,
    fix: Option<Mend>,
}

#[derive(Serialize)]
struct Range {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// An object as it calls itself.
#[derive(Serialize)]
pub(super) struct Object {
    api_version: String,
    kind: String,
    namespace: String,
    name: String,
}

#[derive(Serialize)]
struct Other<'a> {
    path: Cow<'a, str>,
    line: usize,
    column: usize,
    message: String,
}

#[derive(Serialize)]
struct Mend {
    applicability: Applicability,
    edits: Vec<Change>,
}

#[derive(Serialize)]
struct Change {
    #[serde(flatten)]
    range: Range,
    text: String,
}

impl Reporter for Json {
    fn write(&self, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
        let views = Views::locating(&run.sources, places(&run.findings)).showing(edits(&run.findings));
        let report = Report {
            version: 1,
            tool: Tool::THIS,
            summary: totals(&run.summary, run.findings.len()),
            findings: run.findings.iter().map(|finding| item(finding, &views)).collect(),
        };
        write_json(&report, out)
    }
}

fn totals(summary: &Summary, findings: usize) -> Totals<'_> {
    Totals {
        findings,
        files: summary.files,
        documents: summary.documents,
        manifests: summary.manifests,
        objects: summary.objects,
        rules: summary.rules,
        templates: summary.templates,
        other_documents: summary.other_documents,
        suppressed: summary.suppressed,
        below_threshold: summary.below_threshold,
        elsewhere: summary.elsewhere,
        known_files: summary.known_files,
        skipped: left(summary),
    }
}

/// What was left out, and why.
fn left(summary: &Summary) -> Vec<Left<'_>> {
    let skipped = summary.skipped.iter();
    skipped.map(|left| Left { path: shapes::mask(&left.shown), reason: &left.reason }).collect()
}

fn item<'a>(finding: &'a Finding, views: &Views<'a>) -> Item<'a> {
    let (view, region) = views.locate(&finding.place, Unit::Chars);
    Item {
        rule: finding.rule.id,
        severity: finding.severity(),
        confidence: finding.confidence,
        persona: finding.persona,
        path: view.path(),
        range: region.into(),
        message: masked(&finding.message),
        help: finding.help.as_deref().map(masked),
        kubernetes: finding.kubernetes.to_string(),
        object: finding.place.object.as_deref().map(object),
        fingerprint: &finding.fingerprint,
        related: finding.related.iter().map(|related| other(related, views)).collect(),
        fix: shown_fix(finding, &view, Unit::Chars).map(|(fix, edits)| Mend {
            applicability: fix.applicability,
            edits: edits
                .into_iter()
                .map(|(region, text)| Change { range: region.into(), text: text.to_owned() })
                .collect(),
        }),
    }
}

/// An object as reports give it.
pub(super) fn object(id: &ObjectId) -> Object {
    Object {
        api_version: masked(&id.api_version),
        kind: masked(&id.kind),
        namespace: masked(&id.namespace),
        name: masked(&id.name),
    }
}

fn other<'a>(related: &'a Related, views: &Views<'a>) -> Other<'a> {
    let (view, region) = views.locate(&related.place, Unit::Chars);
    Other { path: view.path(), line: region.line, column: region.column, message: masked(&related.message) }
}

/// Text in which no credential is left.
pub(super) fn masked(text: &str) -> String {
    shapes::mask(text).into_owned()
}

impl From<Region> for Range {
    fn from(Region { line, column, end_line, end_column }: Region) -> Self {
        Self { line, column, end_line, end_column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    #[test]
    fn the_schema_is_the_documented_one() {
        let mut run = testing::run();
        run.findings.truncate(1);
        let report: serde_json::Value = serde_json::from_str(&testing::report(&Json, &run)).unwrap();
        let edit = serde_json::json!({"line": 8, "column": 1, "end_line": 9, "end_column": 1, "text": ""});
        assert_eq!(
            report,
            serde_json::json!({
                "version": 1,
                "tool": {"name": "saudit", "version": env!("CARGO_PKG_VERSION")},
                "summary": {
                    "findings": 1, "files": 0, "documents": 0, "manifests": 0, "objects": 0, "rules": 0, "templates": 0,
                    "other_documents": 0, "suppressed": 0, "below_threshold": 0, "elsewhere": 0,
                    "known_files": 0, "skipped": []
                },
                "findings": [{
                    "rule": "pinned-token-uid",
                    "severity": "high",
                    "confidence": "high",
                    "persona": "regular",
                    "path": "deploy/secret.yaml",
                    "line": 8, "column": 5, "end_line": 8, "end_column": 38,
                    "message": "this token Secret pins the UID of its ServiceAccount",
                    "help": "remove the annotation; the token controller writes it",
                    "kubernetes": "1.24 and later",
                    "object": {"api_version": "v1", "kind": "Secret", "namespace": "shop", "name": "web-token"},
                    "fingerprint": testing::FINGERPRINT,
                    "related": [
                        {"path": "deploy/secret.yaml", "line": 7, "column": 5, "message": "this names the ServiceAccount"},
                        {"path": "deploy/other.yaml", "line": 4, "column": 3, "message": "ServiceAccount web is defined here"},
                    ],
                    "fix": {"applicability": "safe", "edits": [edit]},
                }],
            })
        );
    }
}
