//! A whole run with every rule, and every format of its report.

#![no_main]

use clap::ValueEnum;
use libfuzzer_sys::fuzz_target;
use saudit::engine::Run;
use saudit::report::{Format, TextOptions, Verbosity, reporter};
use saudit_fuzz::{files, options, run};

fuzz_target!(|data: &[u8]| {
    let Some(files) = files(data) else { return };
    let run = run(&files, &options());
    for format in Format::value_variants() {
        let report = report(*format, &run);
        // Nothing moves a cursor, whatever the names in a manifest.
        assert!(report.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')), "{format}");
        if let Format::Json | Format::Sarif | Format::Gitlab = format {
            serde_json::from_str::<serde_json::Value>(&report).unwrap();
        }
    }
});

fn report(format: Format, run: &Run) -> String {
    let options = TextOptions { verbosity: Verbosity::Verbose, by_version: true, ..TextOptions::default() };
    let mut out = Vec::new();
    reporter(format, options).write(run, &mut out).unwrap();
    let report = String::from_utf8(out).unwrap();
    assert!(!report.contains("Failed to read"), "{format} cannot draw a place");
    report
}
