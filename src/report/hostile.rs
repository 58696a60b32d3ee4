//! Every format over hostile input: no secret gets out, nothing moves a cursor or commands a CI runner.

use std::time::Duration;

use clap::ValueEnum;
use proptest::prelude::*;

use super::testing::{finding, memory, place, report_as};
use super::{Format, SourceView, TextOptions, Unit, Verbosity, view};
use crate::engine::{Run, Skipped};
use crate::finding::{Fix, Related};
use crate::input::{Audited, Contents, Digest, Source, Sources};
use crate::span::{Edit, FileId, Span};

/// Made up, and each told by its first letters in the texts below.
const SECRETS: [&str; 18] = [
    "cGxhaW4tdmFsdWU=",
    "quoted-value",
    "single-value",
    "block-value",
    "folded-value",
    "commented-value",
    "bGFzdC1hcHBsaWVk",
    "anchored-value",
    "json-value",
    "broken-value",
    "listed-value",
    "c2VjcmV0LWxpc3Q=",
    "embedded-value",
    "kubeconfig-token",
    "kubeconfig-password",
    "a3ViZWNvbmZpZy1rZXk=",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWRlLXVwIn0.bWFkZS11cA",
    "bWFkZSB1cCBwcml2YXRlIGtleQ==",
];

/// A change in this file can part an anchor from what is secret in it.
const ANCHORS: &str = "anchors.yaml";

const FILES: [(&str, &str); 8] = [
    (
        "secret.yaml",
        "\
apiVersion: v1
kind: Secret
metadata:
  name: web # KEEP
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{\"data\":{\"a\":\"bGFzdC1hcHBsaWVk\"}}'
data:
  plain: cGxhaW4tdmFsdWU=
  # old: commented-value
  flow: {a: 'single-value', b: [\"quoted-value\"]}
stringData:
  block: |
    block-value

    block-value
  folded: >-
    folded-value
",
    ),
    (
        ANCHORS,
        "\
shared: &base
  anchored: &a anchored-value
kind: List
items:
- kind: Secret
  StringData: {a: listed-value}
- kind: Secret
  data: *base
",
    ),
    (
        "secrets.yaml",
        "\
apiVersion: v1
kind: SecretList
items:
- metadata:
    name: web
  data:
    a: c2VjcmV0LWxpc3Q=
  type: kubernetes.io/service-account-token
",
    ),
    ("secret.json", r#"{"kind": "Secret", "stringData": {"a": "json-value", "b": {"c": ["json-value"]}}}"#),
    ("broken.yaml", "kind: Secret\ndata:\n\ta: broken-value\n\tb: |\n\t\tbroken-value\n: : :\n"),
    (
        "config.yaml",
        "\
kind: ConfigMap
data:
  secret.yaml: |
    kind: Secret
    stringData:
      a: embedded-value
  secret.json: '{\"kind\":\"Secret\",\"data\":{\"a\":\"embedded-value\"}}'
  kubeconfig: |
    users:
    - user:
        token: kubeconfig-token
",
    ),
    (
        "kubeconfig",
        "\
kind: Config
users:
- name: dev
  user:
    token: kubeconfig-token
    password: \"kubeconfig-password\"
    client-key-data: a3ViZWNvbmZpZy1rZXk=
    exec:
      apiVersion: client.authentication.k8s.io/v1
      env: [{name: X, value: kubeconfig-password}]
",
    ),
    (
        "pod.yaml",
        "\
kind: Pod
spec:
  env:
  - value: eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWRlLXVwIn0.bWFkZS11cA
  - value: |
      -----BEGIN PRIVATE KEY-----
      bWFkZSB1cCBwcml2YXRlIGtleQ==
      -----END PRIVATE KEY-----
",
    ),
];

fn outputs(run: &Run) -> Vec<(Format, String)> {
    let options = TextOptions { verbosity: Verbosity::Verbose, ..TextOptions::default() };
    Format::value_variants().iter().map(|format| (*format, report_as(*format, options, run))).collect()
}

/// A finding on every line of every file, with an edit that repeats the line.
fn run_over(files: &[(&str, &str)]) -> Run {
    let mut sources = Sources::default();
    let mut findings = Vec::new();
    for (path, text) in files {
        let file = sources.add(memory(path, text));
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let span = Span::new(start..start + line.len());
            let mut found = finding(place(&sources, file, ""), "here");
            found.place.span = span;
            found.fix = Some(Fix::safe([Edit::replace(span, line)]));
            found.related = vec![Related { place: found.place.clone(), message: "and here".to_owned() }];
            findings.push(found);
            start += line.len();
        }
    }
    Run { findings, sources, ..Run::default() }
}

#[test]
fn no_format_prints_a_secret() {
    for (path, text) in FILES {
        assert!(SECRETS.iter().any(|secret| text.contains(secret)), "{path}");
    }
    for (format, output) in outputs(&run_over(&FILES)) {
        for secret in SECRETS {
            assert!(!output.contains(secret), "{format} prints {secret}:\n{output}");
        }
    }
}

#[test]
fn where_nothing_is_to_be_shown_nothing_can_be_read() {
    for (path, text) in FILES {
        let source = memory(path, text);
        let starts = (0..text.len()).filter(|at| text.is_char_boundary(*at));
        let spans: Vec<_> = starts.map(|at| Span::new(at..text.len())).collect();
        let whole = Span::new(0..text.len());
        let located = SourceView::load(&source, &spans, &[]);
        let shown = SourceView::load(&source, &[], &[whole]);
        for span in spans {
            assert!(located.text(span).is_none() && shown.text(span).is_some(), "{path} {span:?}");
            for unit in [Unit::Chars, Unit::Utf16] {
                assert_eq!(located.region(span, unit), shown.region(span, unit), "{path} {span:?}");
            }
        }
    }
}

#[test]
fn what_is_no_secret_stays_readable() {
    let output = report_as(Format::Text, TextOptions::default(), &run_over(&FILES));
    for kept in [
        "name: web",
        "  plain: ***",
        "  block: |",
        "token: ****",
        "client-key-data: ****",
        "secret.yaml: |",
        "-----BEGIN PRIVATE KEY-----",
    ] {
        assert!(output.contains(kept), "{kept}:\n{output}");
    }
}

#[test]
fn a_hash_over_a_secret_is_not_told() {
    let output = report_as(Format::Sarif, TextOptions::default(), &run_over(&FILES));
    let log: serde_json::Value = serde_json::from_str(&output).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let hashed = |path: &str, line: u64| {
        let result = results.iter().find(|result| {
            let at = &result["locations"][0]["physicalLocation"];
            at["artifactLocation"]["uri"] == path && at["region"]["startLine"] == line
        });
        result.unwrap()["partialFingerprints"]["primaryLocationLineHash"].is_string()
    };
    assert!(!hashed("pod.yaml", 4), "the token's line");
    assert!(hashed("pod.yaml", 8), "the line after the key");
}

#[test]
fn names_command_nobody() {
    let hostile = "a\u{1b}[2Jb\u{202e}c\u{9b}d\u{7}e\n::error::x ##[error]y ##vso[task.complete] [z](https://example.com)";
    let mut sources = Sources::default();
    let text = format!("# {}\nkind: Pod\n", hostile.replace('\n', "\n# "));
    let source = Source::new(hostile, hostile, Contents::Memory(text.into()));
    let file = sources.add(source);
    let mut found = finding(place(&sources, file, "error"), hostile);
    found.help = Some(hostile.to_owned());
    found.related = vec![Related { place: place(&sources, file, "Pod"), message: hostile.to_owned() }];
    let mut run = Run { findings: vec![found], sources, ..Run::default() };
    run.summary.skipped =
        vec![Skipped { shown: hostile.to_owned(), reason: hostile.to_owned(), explicit: false }];
    for (format, output) in outputs(&run) {
        let is_bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!output.contains(is_bad), "{format}:\n{output:?}");
        assert!(!output.contains("##[") && !output.contains("##vso["), "{format}:\n{output}");
        let commands = output.lines().filter(|line| line.trim_start().starts_with("::")).count();
        assert_eq!(commands, usize::from(format == Format::Github), "{format}:\n{output}");
    }
    let sarif = report_as(Format::Sarif, TextOptions::default(), &run);
    assert!(sarif.contains(r"\\[z\\](https://example.com)"), "{sarif}");
}

#[test]
fn findings_in_a_lost_file_are_still_told() {
    let mut sources = Sources::default();
    let path = std::env::temp_dir().join("saudit-no-such-folder").join("gone.yaml");
    let file = sources.add(Source::new("gone.yaml", "gone.yaml", Contents::File(path)));
    let mut found = finding(place(&run_over(&FILES).sources, FileId(0), "data"), "still here");
    found.place.file = file;
    found.fix = Some(Fix::safe([Edit::replace(found.place.span, "x")]));
    let run = Run { findings: vec![found], sources, ..Run::default() };
    for (format, output) in outputs(&run) {
        assert!(
            output.to_lowercase().contains("still here") && output.contains("gone.yaml"),
            "{format}:\n{output}"
        );
    }
}

#[test]
fn only_the_text_that_was_audited_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.yaml");
    let source = Source {
        path: "a.yaml".into(),
        shown: "a.yaml".into(),
        contents: Contents::File(path.clone()),
        audited: Audited::Digest(Digest::of("a: b\nc: original\n")),
    };
    let utf16: Vec<_> = "\u{feff}a: b\nc: original\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, text, line) in [
        (&b"a: b\nc: original\n"[..], Some("original"), 2),
        (&utf16, Some("original"), 2),
        (b"a: b\nc: another!\n", None, 1),
    ] {
        std::fs::write(&path, bytes).expect("a file");
        let span = Span::new(8..16);
        let view = SourceView::load(&source, &[], &[span]);
        assert_eq!((view.text(span), view.region(span, Unit::Chars).line), (text, line));
    }
}

#[test]
fn long_lines_are_cut() {
    let text = format!("{{\"a\": \"{0}\", \"needle\": 1, \"b\": \"{0}\"}}", "é".repeat(100_000));
    let mut sources = Sources::default();
    let file = sources.add(memory("min.json", &text));
    let mut found = finding(place(&sources, file, "needle"), "here");
    found.related = vec![Related { place: place(&sources, file, "\"b\""), message: "there".to_owned() }];
    let run = Run { findings: vec![found], sources, ..Run::default() };
    let output = report_as(Format::Text, TextOptions::default(), &run);
    assert!(output.len() < 4000 && output.contains("min.json:1:100012"), "{output}");
}

#[test]
fn the_time_that_a_run_takes_is_for_people_only() {
    let [mut fast, mut slow] = [run_over(&FILES), run_over(&FILES)];
    fast.summary.elapsed = Duration::from_millis(1);
    slow.summary.elapsed = Duration::from_millis(2);
    for ((format, fast), (_, slow)) in outputs(&fast).into_iter().zip(outputs(&slow)) {
        assert_eq!(fast == slow, format != Format::Text, "{format}");
    }
}

/// Pieces that masking, escaping and drawing look for, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "kind: Secret",
        "\n",
        "\r\n",
        "\r",
        "  ",
        "\t",
        "- ",
        ": ",
        "data:",
        "stringData:",
        "\n---\n",
        "{",
        "}",
        "[",
        "]",
        ",",
        "|",
        ">-",
        "\"",
        "'",
        "\\",
        "&a ",
        "*a",
        "<<: *a",
        "#",
        "##[",
        "::error::",
        "token: x",
        "users:",
        "exec:",
        "env:",
        "value: x",
        "eyJhbGciOiJub25lIn0",
        "ZXlK",
        "-----BEGIN PRIVATE KEY-----",
        "-----END",
        "é",
        "😀",
        "\u{feff}",
        "\u{202e}",
        "\u{85}",
        "\u{2028}",
        "\u{1b}[",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_view_keeps_every_offset(text in pieces()) {
        let masked = view::masked(&text);
        prop_assert_eq!(masked.len(), text.len());
        for ((at, shown), (_, original)) in masked.char_indices().zip(text.char_indices()) {
            prop_assert_eq!(shown.len_utf8(), original.len_utf8(), "at {}", at);
            prop_assert_eq!(shown == '\n', original == '\n', "at {}", at);
        }
    }

    #[test]
    fn a_broken_file_leaks_nothing(
        (path, text) in prop::sample::select(FILES.to_vec()).prop_filter("its anchor", |(path, _)| *path != ANCHORS),
        line in 0..40_usize,
        at_end in any::<bool>(),
        piece in prop::sample::select(vec!["\t", "{", "}", "[", "\"", "'", "&", "  ", "|", "- ", "@", "*x"]),
    ) {
        let broken: String = text
            .lines()
            .enumerate()
            .map(|(at, text)| match at == line {
                true if at_end => format!("{text}{piece}\n"),
                true => format!("{piece}{text}\n"),
                false => format!("{text}\n"),
            })
            .collect();
        let masked = view::masked(&broken);
        for secret in SECRETS {
            prop_assert!(!masked.contains(secret), "{} in {}\n{}", secret, path, masked);
        }
    }

    #[test]
    fn any_place_in_any_text_is_reported(text in pieces(), start in 0..200_u32, length in 0..200_u32) {
        let mut sources = Sources::default();
        let file = sources.add(memory("a.yaml", &text));
        let mut found = finding(place(&sources, file, ""), "here");
        found.place.span = Span { start, end: start + length };
        found.related = vec![Related { place: place(&sources, file, ""), message: "and here".to_owned() }];
        found.fix = Some(Fix::safe([Edit::replace(found.place.span, "x")]));
        let run = Run { findings: vec![found], sources, ..Run::default() };
        for (format, output) in outputs(&run) {
            prop_assert!(output.to_lowercase().contains("here"), "{}", format);
        }
    }
}
