//! A rule that panics costs what it would have said, and nothing else.

use std::sync::Arc;

use super::{Options, Run, check};
use crate::input::{Contents, Found, Purpose, Source, Surroundings};
use crate::report::{Format, TextOptions, reporter};
use crate::rules::panicking;

const PINNED: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  annotations:\n    \
                      kubernetes.io/service-account.name: b\n    \
                      kubernetes.io/service-account.uid: 2c9c8ad2-3c1f-4a3e-8a7b-6a2f1f0f0b11\n\
                      type: kubernetes.io/service-account-token\n";

/// Something for every rule to look at. Where each kind of rule looks, and so panics, comes last.
const FILES: [(&str, &str, Option<&str>); 5] = [
    ("secret.yaml", PINNED, None),
    ("kubeconfig", "apiVersion: v1\nkind: Config\nusers: [{name: a, user: {token: hu9Kx!rt2m}}]\n", None),
    ("lookup.sh", "kubectl get sa web -o jsonpath='{.secrets[0].name}'\n", None),
    ("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n", None),
    (
        "web/templates/sa.yaml",
        "{{ if semverCompare \">=1.24\" .Capabilities.KubeVersion.Version }}\napiVersion: v1\nkind: ServiceAccount\n\
         metadata: {name: web}\n{{ end }}\n",
        Some("web"),
    ),
];

fn run(options: &Options) -> Run {
    let found = FILES.map(|(path, text, chart)| {
        let contents = Contents::Memory(Arc::from(text));
        let source = Source::new(path, path, contents);
        let surroundings = Surroundings { chart: chart.map(Arc::from), is_alone: false };
        Found::File { source, explicit: false, purpose: Purpose::Report, surroundings }
    });
    check(|take| found.into_iter().for_each(take), options)
}

/// What was found, rule and place.
fn found(run: &Run, but_of: &str) -> Vec<(&'static str, String)> {
    let others = run.findings.iter().filter(|finding| finding.rule.id != but_of);
    others.map(|finding| (finding.rule.id, format!("{:?}", finding.place))).collect()
}

#[test]
fn a_rule_that_panics_is_named_with_the_file_and_the_run_goes_on() {
    let all = run(&Options::default());
    assert_eq!(all.summary.skipped, []);
    for (rule, place) in panicking::ALL.iter().zip([
        "secret.yaml",
        "(all files)",
        "(all files)",
        "web",
        "secret.yaml",
        "kubeconfig",
        "lookup.sh",
        "lookup.sh",
    ]) {
        let mut options = Options::default();
        options.rules.retain(|other| other.id != rule.id);
        options.rules.push(rule);
        let run = run(&options);
        assert_eq!(found(&run, rule.id), found(&all, rule.id), "{rule:?}: what the others find");
        let reason = format!("internal error in the rule {}; please report it", rule.id);
        let said = |skipped: &&super::Skipped| skipped.shown == place && skipped.reason == reason;
        let failures: Vec<_> = run.summary.skipped.iter().filter(said).collect();
        assert!(matches!(failures[..], [skipped] if skipped.explicit), "{rule:?}: {:?}", run.summary.skipped);
        for format in [Format::Text, Format::Json, Format::Sarif] {
            let mut out = Vec::new();
            reporter(format, TextOptions::default()).write(&run, &mut out).unwrap();
            let out = String::from_utf8(out).unwrap();
            assert!(!out.contains(panicking::SECRET), "{out}");
            assert!(out.contains(&reason), "{rule:?} {format}: {out}");
        }
    }
}
