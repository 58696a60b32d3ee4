//! Whatever the bytes: no rule fails, every place lies in its file, and fixes neither break a file nor come back.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use saudit::engine::{self, Run};
use saudit::finding::{Finding, Place};
use saudit::span::Edit;

use crate::project::Project;
use crate::support;

type Files = Vec<(String, String)>;

/// The files of all fixtures.
static FILES: LazyLock<Vec<String>> =
    LazyLock::new(|| CASES.iter().flatten().map(|(_, text)| text.clone()).collect());

/// The same, with their paths, each beside those that belong to it.
static CASES: LazyLock<Vec<Files>> =
    LazyLock::new(|| support::cases().into_iter().map(|case| case.files).collect());

/// Pieces that have a meaning to some reader.
const PIECES: &[&str] = &[
    "\n",
    "---\n",
    "...\n",
    "\t",
    " ",
    ":",
    "- ",
    "#",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a ",
    "*a",
    "<<: *a\n",
    "|\n",
    "!!str ",
    "é",
    "😀",
    "\u{feff}",
    "\r\n",
    "null",
    "true",
    "0x1F",
    "annotations:\n",
    "kubernetes.io/service-account.name: a\n",
    "kind: List\n",
    "items:\n",
    "# saudit: ignore[invalid-name]\n",
    "{{ .Values.x }}",
];

/// Where bytes are cut out, how many, and which piece comes instead.
type Change = (Index, usize, Index);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec((any::<Index>(), 0..40usize, any::<Index>()), 0..6)
}

fn change(text: &mut String, changes: &[Change]) {
    for (at, length, piece) in changes {
        let start = text.floor_char_boundary(at.index(text.len() + 1));
        // An even length only inserts.
        let end = if length % 2 == 0 { start } else { text.ceil_char_boundary(start + length) };
        text.replace_range(start..end, PIECES[piece.index(PIECES.len())]);
    }
}

/// A fixture with some bytes cut out and some pieces put in.
fn mutated() -> impl Strategy<Value = String> {
    (any::<Index>(), changes()).prop_map(|(file, changes)| {
        let mut text = FILES[file.index(FILES.len())].clone();
        change(&mut text, &changes);
        text
    })
}

/// A fixture of several files, or of another kind than YAML, with one of its files changed.
fn mutated_case() -> impl Strategy<Value = Files> {
    (any::<Index>(), any::<Index>(), changes()).prop_map(|(case, file, changes)| {
        let is_yaml = |path: &str| Path::new(path).extension().is_some_and(|extension| extension == "yaml");
        let is_odd = |case: &&Files| case.len() > 1 || !is_yaml(&case[0].0);
        let odd: Vec<_> = CASES.iter().filter(is_odd).collect();
        let mut files = odd[case.index(odd.len())].clone();
        let file = file.index(files.len());
        change(&mut files[file].1, &changes);
        files
    })
}

/// The bytes of a changed fixture, some of which are no longer text.
fn mutated_bytes() -> impl Strategy<Value = Vec<u8>> {
    let odd = prop::sample::select(vec![0x00, 0x1b, 0x80, 0xc3, 0xed, 0xf4, 0xfe, 0xff]);
    let changes = prop::collection::vec((any::<Index>(), odd), 0..3);
    (mutated(), changes).prop_map(|(text, changes)| {
        let mut bytes = text.into_bytes();
        for (at, odd) in changes {
            bytes.insert(at.index(bytes.len() + 1), odd);
        }
        bytes
    })
}

fn run(text: &str) -> Run {
    support::run(&[("file.yaml".to_owned(), text.to_owned())], &support::options())
}

fn lies_in(place: &Place, text: &str) -> bool {
    text.get(place.span.range()).is_some()
}

fn has_failed(run: &Run) -> bool {
    run.summary.skipped.iter().any(|skipped| skipped.reason.contains("internal error"))
}

fn edits(finding: &Finding) -> impl Iterator<Item = &Edit> {
    finding.fix.iter().flat_map(|fix| &fix.edits)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_manifest_is_judged(text in mutated()) {
        let first = run(&text);
        prop_assert!(!has_failed(&first), "{:?}", text);
        for finding in &first.findings {
            let places = std::iter::once(&finding.place).chain(finding.related.iter().map(|related| &related.place));
            for place in places {
                prop_assert!(lies_in(place, &text), "{} at {:?} in {:?}", finding.rule.id, place.span, text);
            }
            for edit in edits(finding) {
                prop_assert!(text.get(edit.span.range()).is_some(), "{} edits {:?} in {:?}", finding.rule.id, edit.span, text);
            }
        }
        let fingerprints: std::collections::HashSet<_> = first.findings.iter().map(|f| &f.fingerprint).collect();
        prop_assert_eq!(fingerprints.len(), first.findings.len(), "fingerprints collide in {:?}", text);
    }

    #[test]
    fn mending_comes_to_an_end(text in mutated()) {
        let mut text = text;
        for _ in 0..8 {
            let run = run(&text);
            let mended = engine::mend(&text, &run.findings, true);
            if mended.applied == 0 {
                break;
            }
            text = mended.text;
        }
        let last = run(&text);
        prop_assert_eq!(engine::mend(&text, &last.findings, true).applied, 0, "{:?}", text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_case_is_judged(files in mutated_case()) {
        let run = support::run(&files, &support::options());
        prop_assert!(!has_failed(&run), "{:?}", files);
        for finding in &run.findings {
            let places = std::iter::once(&finding.place).chain(finding.related.iter().map(|related| &related.place));
            for place in places {
                let path = &run.sources.get(place.file).unwrap().path;
                let (_, text) = files.iter().find(|(name, _)| name == path).unwrap();
                prop_assert!(lies_in(place, text), "{} at {:?} of {} in {:?}", finding.rule.id, place.span, path, files);
            }
        }
    }
}

/// Names by which files are read, one way or another.
const NAMES: [&str; 8] =
    ["a.yaml", "b.json", "c.sh", "d.tf", "Dockerfile", "e.md", "chart/Chart.yaml", "chart/templates/f.yaml"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(contents in prop::collection::vec(mutated_bytes(), 40)) {
        let project = Project::new(&[]);
        for (number, bytes) in contents.iter().enumerate() {
            let path = project.path(&format!("{}/{}", number / NAMES.len(), NAMES[number % NAMES.len()]));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let shown = project.run(&["check", "--persona", "auditor", "--verbose"]);
        prop_assert!([0, 1].contains(&shown.status), "{} {}", shown.status, shown.stderr);
        prop_assert!(!shown.stderr.contains("internal error") && !shown.stdout.contains("internal error"), "{:?}", shown);
    }
}
