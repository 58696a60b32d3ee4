//! A small run, built by hand.

use std::sync::Arc;

use super::{Format, Reporter, TextOptions};
use crate::engine::Run;
use crate::finding::{Confidence, Finding, Fix, ObjectId, Persona, Place, Related};
use crate::input::{Contents, Source, Sources};
use crate::k8s::KubeVersions;
use crate::rules;
use crate::span::{Edit, FileId, Span};

pub(super) const FINGERPRINT: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: web-token
  namespace: shop
  annotations:
    kubernetes.io/service-account.name: web
    kubernetes.io/service-account.uid: 11111111-2222-3333-4444-555555555555
type: kubernetes.io/service-account-token
data:
  token: bWFkZS11cA==
";

const OTHER: &str = "\
kind: ServiceAccount
metadata:
  😀é: [web]
  name: web
";

pub(super) fn memory(path: &str, text: &str) -> Source {
    Source::new(path, path, Contents::Memory(text.into()))
}

/// The bytes of `needle` in the file.
pub(super) fn place(sources: &Sources, file: FileId, needle: &str) -> Place {
    let Some(Source { contents: Contents::Memory(text), .. }) = sources.get(file) else {
        panic!("a source in memory")
    };
    let start = text.find(needle).expect("a text of the source");
    Place { file, span: Span::new(start..start + needle.len()), path: String::new(), object: None }
}

/// A finding of an existing rule without anything optional.
pub(super) fn finding(place: Place, message: &str) -> Finding {
    Finding {
        rule: rules::find("pinned-token-uid").expect("a rule").meta(),
        confidence: Confidence::High,
        persona: Persona::Regular,
        message: message.to_owned(),
        help: None,
        place,
        related: Vec::new(),
        is_flow: false,
        seen_at: Vec::new(),
        fix: None,
        versions: KubeVersions::ALL,
        kubernetes: KubeVersions::ALL,
        partial: false,
        fingerprint: FINGERPRINT.to_owned(),
    }
}

/// Two findings: one with everything that a finding can have, one with nothing.
pub(super) fn run() -> Run {
    let mut sources = Sources::default();
    let secret = sources.add(memory("deploy/secret.yaml", SECRET));
    let other = sources.add(memory("deploy/other.yaml", OTHER));
    let mut first = finding(
        place(&sources, secret, "kubernetes.io/service-account.uid"),
        "this token Secret pins the UID of its ServiceAccount",
    );
    first.place.object = Some(Arc::new(ObjectId {
        api_version: "v1".to_owned(),
        kind: "Secret".to_owned(),
        namespace: "shop".to_owned(),
        name: "web-token".to_owned(),
    }));
    first.help = Some("remove the annotation; the token controller writes it".to_owned());
    first.kubernetes = KubeVersions::since(24);
    first.partial = true;
    first.related = vec![
        Related {
            place: place(&sources, secret, "kubernetes.io/service-account.name"),
            message: "this names the ServiceAccount".to_owned(),
        },
        Related {
            place: place(&sources, other, "name: web"),
            message: "ServiceAccount web is defined here".to_owned(),
        },
    ];
    let line = place(
        &sources,
        secret,
        "    kubernetes.io/service-account.uid: 11111111-2222-3333-4444-555555555555\n",
    );
    first.fix = Some(Fix::safe([Edit::replace(line.span, "")]));
    let second = finding(place(&sources, other, "web"), "a second one");
    Run { findings: vec![first, second], sources, ..Run::default() }
}

/// The first finding of [`run`] so many times.
pub(super) fn run_with_findings(count: usize) -> Run {
    let mut run = run();
    let first = run.findings.swap_remove(0);
    run.findings = vec![first; count];
    run
}

pub(super) fn report(reporter: &impl Reporter, run: &Run) -> String {
    let mut out = Vec::new();
    reporter.write(run, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("UTF-8")
}

pub(super) fn report_as(format: Format, options: TextOptions, run: &Run) -> String {
    let mut out = Vec::new();
    super::reporter(format, options).write(run, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("UTF-8")
}
