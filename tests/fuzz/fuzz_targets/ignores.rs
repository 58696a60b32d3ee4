//! Comments that accept findings hide them, and nothing else changes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saudit::engine::add_ignores;
use saudit_fuzz::{files, in_first, options, run};

fuzz_target!(|data: &[u8]| {
    let Some(mut files) = files(data) else { return };
    let options = options();
    let before = run(&files, &options);
    let findings = in_first(&before, &files);
    let commented = add_ignores(&files[0].1, &files[0].0, &findings, "accepted", &options);
    assert_eq!(commented.hidden + commented.left, findings.len());
    assert!(commented.hidden > 0 || commented.text == files[0].1);
    let (shown, hidden) = (before.findings.len(), commented.hidden);
    files[0].1 = commented.text;
    let after = run(&files, &options);
    assert_eq!(after.findings.len(), shown - hidden, "{}", files[0].1);
});
