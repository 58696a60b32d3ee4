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
    // SARIF tells of every rule each time, which takes twenty times as long as all the rest.
    let wants_sarif = data.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)).is_multiple_of(32);
    let formats = Format::value_variants().iter();
    for format in formats.filter(|format| wants_sarif || **format != Format::Sarif) {
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
