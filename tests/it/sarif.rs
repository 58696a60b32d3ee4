//! SARIF against its schema, and against what services demand beyond it.

use std::collections::HashSet;
use std::fs;
use std::sync::Arc;

use saudit::engine::{Run, Skipped};
use saudit::finding::{Finding, Fix, ObjectId, Place, Related};
use saudit::input::{Contents, Source, Sources};
use saudit::k8s::KubeVersions;
use saudit::report::{Reporter, Sarif};
use saudit::rules;
use saudit::span::{Edit, FileId, Span};
use serde_json::Value;

use crate::project::Project;

const TEXT: &str = "kind: Secret\nmetadata:\n  name: 😀 [web]\n  annotations: {a: b}\ntype: x\n";

fn place(file: FileId, needle: &str) -> Place {
    let start = TEXT.find(needle).unwrap();
    let object = ObjectId { kind: "Secret".to_owned(), name: "[web]".to_owned(), ..ObjectId::default() };
    Place {
        file,
        span: Span::new(start..start + needle.len()),
        path: String::new(),
        object: Some(Arc::new(object)),
    }
}

fn finding(rule: &'static rules::Rule, place: Place) -> Finding {
    let meta = rule.meta();
    Finding {
        rule: meta,
        confidence: meta.confidence,
        persona: meta.persona,
        message: "`[web](https://example.com)` is wrong".to_owned(),
        help: Some("rename it".to_owned()),
        place,
        related: Vec::new(),
        is_flow: false,
        seen_at: Vec::new(),
        fix: None,
        versions: KubeVersions::ALL,
        kubernetes: KubeVersions::since(24),
        partial: true,
        fingerprint: "0123".repeat(16),
    }
}

/// Everything that a finding can have, for every rule, and two findings on one line.
fn run() -> Run {
    let mut sources = Sources::default();
    let memory = |path: &str| Source::new(path, path, Contents::Memory(TEXT.into()));
    let (first, second) = (sources.add(memory("web app/é.yaml")), sources.add(memory("b.yaml")));
    let mut findings = Vec::new();
    for rule in rules::ALL {
        let mut full = finding(rule, place(first, "[web]"));
        full.related = vec![
            Related { place: place(second, "type"), message: "the ] type".to_owned() },
            Related { place: place(first, "kind"), message: "the kind".to_owned() },
        ];
        full.is_flow = true;
        full.fix = Some(Fix::unsafe_([
            Edit::replace(place(first, "[web]").span, "web"),
            Edit::replace(place(first, "{a: b}").span, ""),
            Edit::replace(Span::empty(0), "# mended\n"),
        ]));
        findings.extend([full, finding(rule, place(first, "name")), finding(rule, place(second, TEXT))]);
    }
    let mut run = Run { findings, sources, ..Run::default() };
    run.summary.skipped =
        vec![Skipped { shown: "a [b].bin".to_owned(), reason: "binary".to_owned(), explicit: false }];
    run
}

fn log(run: &Run) -> Value {
    let mut out = Vec::new();
    Sarif.write(run, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn results(log: &Value) -> &[Value] {
    log["runs"][0]["results"].as_array().unwrap()
}

#[test]
fn logs_are_valid() {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/sarif-schema-2.1.0.json");
    let schema: Value = serde_json::from_slice(&fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for run in [run(), Run::default()] {
        let log = log(&run);
        let errors: Vec<_> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn every_rule_is_described_within_the_limits() {
    let log = log(&Run::default());
    let described = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<_> = described.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids, rules::ALL.iter().map(|rule| rule.id).collect::<Vec<_>>());
    for rule in described {
        let properties = &rule["properties"];
        assert!(properties["tags"].as_array().unwrap().len() <= 10, "{rule}");
        let is_security = properties["tags"].as_array().unwrap().contains(&"security".into());
        assert_eq!(properties["security-severity"].is_string(), is_security, "{rule}");
        assert_eq!(properties["problem.severity"].is_string(), !is_security, "{rule}");
        for text in ["shortDescription", "fullDescription"] {
            let length = rule[text]["text"].as_str().unwrap().chars().count();
            assert!((1..=1024).contains(&length), "{rule}");
        }
        for form in ["text", "markdown"] {
            assert!(rule["help"][form].as_str().is_some_and(|help| !help.is_empty()), "{rule}");
        }
    }
}

#[test]
fn findings_of_a_rule_on_a_line_are_one_result() {
    let log = log(&run());
    let places: Vec<_> = results(&log)
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            let line = &place["region"]["startLine"];
            (result["ruleId"].to_string(), place["artifactLocation"]["uri"].to_string(), line.to_string())
        })
        .collect();
    assert_eq!(places.len(), 2 * rules::ALL.len());
    assert_eq!(places.iter().collect::<HashSet<_>>().len(), places.len());
    let text = results(&log)[0]["message"]["text"].as_str().unwrap();
    assert!(text.contains("(and 1 more on this line)"), "{text}");
}

#[test]
fn messages_escape_names_and_link_to_related_places() {
    let log = log(&run());
    let result = &results(&log)[0];
    assert_eq!(
        result["message"]["text"],
        "`\\[web\\](https://example.com)` is wrong (and 1 more on this line). On Kubernetes 1.24 and later. \
         Rename it. [the \\] type](1). [the kind](2)."
    );
    let ids: Vec<_> =
        result["relatedLocations"].as_array().unwrap().iter().map(|place| place["id"].as_u64()).collect();
    assert_eq!(ids, [Some(1), Some(2)]);
}

#[test]
fn steps_are_a_flow_from_the_finding_on() {
    let mut run = run();
    let second = run.findings[0].related[1].place.clone();
    run.findings[0].seen_at = vec![second];
    let log = log(&run);
    let flow = |result: &Value| {
        let steps = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array()?.clone();
        let step = |step: &Value| {
            let (text, place) = (&step["location"]["message"]["text"], &step["location"]["physicalLocation"]);
            (text.as_str().unwrap().to_owned(), place["region"]["startLine"].as_u64().unwrap())
        };
        Some(steps.iter().map(step).collect::<Vec<_>>())
    };
    let first = ("`\\[web\\](https://example.com)` is wrong".to_owned(), 3);
    let (then, last) = (("the \\] type".to_owned(), 5), ("the kind".to_owned(), 1));
    assert_eq!(flow(&results(&log)[0]).unwrap(), [first.clone(), then.clone()], "it was found there, too");
    assert_eq!(flow(&results(&log)[1]), None);
    assert_eq!(flow(&results(&log)[2]).unwrap(), [first, then, last]);
}

#[test]
fn places_are_one_line_in_utf16_of_an_encoded_path() {
    let log = log(&run());
    assert_eq!(log["runs"][0]["columnKind"], "utf16CodeUnits");
    let place = &results(&log)[0]["locations"][0]["physicalLocation"];
    let expected = serde_json::json!({
        "artifactLocation": {"uri": "web%20app/%C3%A9.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 12, "endLine": 3, "endColumn": 17},
    });
    assert_eq!(place, &expected);
    for result in results(&log) {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(region["startLine"], region["endLine"]);
        let hash = &result["partialFingerprints"]["primaryLocationLineHash"];
        assert!(hash.as_str().is_some_and(|hash| hash.ends_with(":1")), "{result}");
    }
}

#[test]
fn what_was_skipped_is_a_warning_of_a_successful_run() {
    let log = log(&run());
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let notification = &invocation["toolExecutionNotifications"][0];
    assert_eq!(notification["level"], "warning");
    assert_eq!(notification["message"]["text"], "a \\[b\\].bin was not read: binary.");
    let declared = log["runs"][0]["tool"]["driver"]["notifications"].as_array().unwrap();
    let descriptor = declared.iter().find(|declared| declared["id"] == notification["descriptor"]["id"]);
    assert_eq!(descriptor.unwrap()["shortDescription"]["text"], "A file was found but not read.");
}

/// A code flow shows how somebody comes to a right: whose, by which binding, by which role.
#[test]
fn rights_are_shown_with_their_chain() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: climber}\nrules:\n- \
                apiGroups: [rbac.authorization.k8s.io]\n  resources: [clusterroles]\n  verbs: [update, escalate]\n";
    let binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: climber}\n\
                   roleRef: {kind: ClusterRole, name: climber}\nsubjects:\n- {kind: ServiceAccount, name: a, \
                   namespace: ns}\n";
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: ns}\n";
    let files = [("role.yaml", role), ("binding.yaml", binding), ("account.yaml", account)];
    let log: Value =
        serde_json::from_str(&Project::new(&files).run(&["check", "-o", "sarif"]).stdout).unwrap();
    let found = results(&log).iter().find(|result| result["ruleId"] == "privilege-escalation").unwrap();
    let steps = found["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
    let path = |step: &Value| step["location"]["physicalLocation"]["artifactLocation"]["uri"].clone();
    let paths: Vec<_> = steps.iter().map(path).collect();
    assert_eq!(paths, ["role.yaml", "account.yaml", "binding.yaml", "role.yaml"]);
}
