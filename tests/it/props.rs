//! Whatever the bytes: no rule fails, every place lies in its file, and fixes neither break a file nor come back.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use saudit::engine::{self, Run};
use saudit::finding::{Finding, Place};
use saudit::span::Edit;

use crate::support;

/// The files of all fixtures.
static FILES: LazyLock<Vec<String>> = LazyLock::new(|| {
    support::cases().into_iter().flat_map(|case| case.files).map(|(_, text)| text).collect()
});

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

/// A fixture with some bytes cut out and some pieces put in.
fn mutated() -> impl Strategy<Value = String> {
    let change = (any::<Index>(), 0..40usize, any::<Index>());
    (any::<Index>(), prop::collection::vec(change, 0..6)).prop_map(|(file, changes)| {
        let mut text = FILES[file.index(FILES.len())].clone();
        for (at, length, piece) in changes {
            let mut start = at.index(text.len() + 1);
            let mut end = (start + length).min(text.len());
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            while !text.is_char_boundary(end) {
                end += 1;
            }
            // An even length only inserts.
            let end = if length % 2 == 0 { start } else { end };
            text.replace_range(start..end, PIECES[piece.index(PIECES.len())]);
        }
        text
    })
}

fn run(text: &str) -> Run {
    support::run(&[("file.yaml".to_owned(), text.to_owned())], &support::options())
}

fn lies_in(place: &Place, text: &str) -> bool {
    text.get(place.span.range()).is_some()
}

fn edits(finding: &Finding) -> impl Iterator<Item = &Edit> {
    finding.fix.iter().flat_map(|fix| &fix.edits)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_manifest_is_judged(text in mutated()) {
        let first = run(&text);
        prop_assert!(first.summary.skipped.iter().all(|s| !s.reason.contains("internal error")), "{:?}", text);
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
