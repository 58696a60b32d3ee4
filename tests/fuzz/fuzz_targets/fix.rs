//! Fixes come to an end, break nothing that could be read, and fingerprints stay where a file only moves.

#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use saudit::engine::{Run, mend};
use saudit::yaml::{Content, Document, split};
use saudit_fuzz::{Files, files, in_first, options, run};

/// As many rounds a file may take until nothing is left to mend.
const ROUNDS: usize = 8;

fuzz_target!(|data: &[u8]| {
    let Some(mut files) = files(data) else { return };
    let options = options();
    let mut last = run(&files, &options);
    if let Some(moved) = moved(&files) {
        assert_eq!(fingerprints(&last), fingerprints(&run(&moved, &options)));
    }
    for round in 0.. {
        let mended = mend(&files[0].1, in_first(&last, &files), true);
        if mended.applied == 0 {
            assert_eq!(mended.text, files[0].1);
            break;
        }
        assert!(round < ROUNDS, "still {} fixes", mended.applied);
        assert!(is_broken(&files[0].1) || !is_broken(&mended.text), "broken by its fixes");
        files[0].1 = mended.text;
        last = run(&files, &options);
    }
});

/// The file one line further down, where a comment means nothing else.
fn moved(files: &Files) -> Option<Files> {
    let [(path, text)] = files.as_slice() else { return None };
    let is_plain = path == "a.yaml" && text.starts_with("apiVersion: ") && !text.contains("saudit:");
    is_plain.then(|| vec![(path.clone(), format!("# c\n\n{text}"))])
}

fn fingerprints(run: &Run) -> BTreeSet<&str> {
    run.findings.iter().map(|finding| &*finding.fingerprint).collect()
}

fn is_broken(text: &str) -> bool {
    split(text).iter().any(|chunk| matches!(Document::read(text, chunk).content, Content::Broken(_)))
}
