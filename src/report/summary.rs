//! The summary below the findings: what was found, what was looked at, what was left out.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use super::escape::line;
use crate::engine::{Run, Skipped, Summary};
use crate::finding::Applicability;

/// Skipped files that are named without `-v`.
const NAMED: usize = 3;

/// The summary's lines, each with its end.
pub(super) fn summary(run: &Run, is_verbose: bool) -> String {
    let skipped = skipped(&run.summary.skipped, is_verbose);
    format!("{}\n{}{skipped}\n", findings(run), checked(&run.summary))
}

/// "3 findings (1 high, 2 medium; 2 fixable with --fix), 1 suppressed, 4 below the threshold"
fn findings(run: &Run) -> String {
    let found = match run.findings.len() {
        0 => "no findings".to_owned(),
        count => format!("{} ({}{})", plural(count, "finding"), severities(run), fixes(run)),
    };
    let hidden = [
        (run.summary.suppressed, "suppressed"),
        (run.summary.below_threshold, "below the threshold"),
        (run.summary.elsewhere, "in files that were not asked for"),
    ];
    let hidden = hidden.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    std::iter::once(found).chain(hidden).collect::<Vec<_>>().join(", ")
}

fn severities(run: &Run) -> String {
    let mut counts = BTreeMap::new();
    for finding in &run.findings {
        *counts.entry(Reverse(finding.severity())).or_insert(0_usize) += 1;
    }
    let counts: Vec<_> =
        counts.iter().map(|(Reverse(severity), count)| format!("{count} {severity}")).collect();
    counts.join(", ")
}

fn fixes(run: &Run) -> String {
    let fixable = |applicability| {
        let fixes = run.findings.iter().filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.applicability == applicability).count()
    };
    match (fixable(Applicability::Safe), fixable(Applicability::Unsafe)) {
        (0, 0) => String::new(),
        (0, unsafe_) => format!("; {unsafe_} fixable with --unsafe-fixes"),
        (safe, 0) => format!("; {safe} fixable with --fix"),
        (safe, unsafe_) => format!("; {safe} fixable with --fix, {unsafe_} more with --unsafe-fixes"),
    }
}

/// "checked 12 files, 40 documents, 38 objects with 24 rules in 12 ms; 3 templates, 2 other documents"
fn checked(summary: &Summary) -> String {
    let checked = format!(
        "checked {}, {}, {} with {} in {}",
        plural(summary.files, "file"),
        plural(summary.documents, "document"),
        plural(summary.objects, "object"),
        plural(summary.rules, "rule"),
        duration(summary.elapsed),
    );
    let rest = [
        (summary.templates, "template"),
        (summary.scripts, "script"),
        (summary.other_documents, "other document"),
    ];
    let mut rest: Vec<_> =
        rest.iter().filter(|(count, _)| *count > 0).map(|(count, what)| plural(*count, what)).collect();
    if summary.known_files > 0 {
        rest.push(format!("names looked up in {}", plural(summary.known_files, "other file")));
    }
    if summary.rendered_charts > 0 {
        rest.push(format!("{} rendered", plural(summary.rendered_charts, "chart")));
    }
    if rest.is_empty() { checked } else { format!("{checked}; {}", rest.join(", ")) }
}

fn skipped(skipped: &[Skipped], is_verbose: bool) -> String {
    if skipped.is_empty() {
        return String::new();
    }
    if is_verbose {
        let lines = skipped.iter().map(|left| format!("\n  {}: {}", line(&left.shown), line(&left.reason)));
        return format!("; {} skipped:{}", skipped.len(), lines.collect::<String>());
    }
    let named = skipped.iter().take(NAMED);
    let named: Vec<_> = named.map(|left| format!("{} ({})", line(&left.shown), line(&left.reason))).collect();
    let named = named.join(", ");
    match skipped.len().saturating_sub(NAMED) {
        0 => format!("; skipped: {named}"),
        more => format!("; skipped: {named} and {more} more (-v lists them)"),
    }
}

fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn duration(elapsed: Duration) -> String {
    match elapsed.as_millis() {
        0 => "under 1 ms".to_owned(),
        millis if millis < 10_000 => format!("{millis} ms"),
        _ => format!("{} s", elapsed.as_secs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    #[test]
    fn a_clean_run_says_so() {
        let run = Run {
            summary: Summary { files: 1, documents: 2, objects: 2, rules: 24, ..Summary::default() },
            ..Run::default()
        };
        assert_eq!(
            summary(&run, false),
            "no findings\nchecked 1 file, 2 documents, 2 objects with 24 rules in under 1 ms\n"
        );
    }

    #[test]
    fn everything_is_counted() {
        let mut run = testing::run();
        run.summary = Summary {
            files: 12,
            documents: 40,
            manifests: 39,
            objects: 38,
            rules: 24,
            templates: 3,
            scripts: 2,
            other_documents: 1,
            suppressed: 1,
            below_threshold: 4,
            elsewhere: 3,
            known_files: 2,
            rendered_charts: 0,
            known_manifests: 1,
            skipped: ["a", "b", "c", "d\u{1b}[2J"]
                .map(|shown| Skipped {
                    shown: shown.to_owned(),
                    reason: "binary".to_owned(),
                    explicit: false,
                })
                .to_vec(),
            elapsed: Duration::from_millis(12),
        };
        let checked = "checked 12 files, 40 documents, 38 objects with 24 rules in 12 ms; 3 templates, 2 scripts, 1 other document, names looked up in 2 other files";
        let found = "2 findings (2 high; 1 fixable with --fix), 1 suppressed, 4 below the threshold, 3 in files that were not asked for";
        assert_eq!(
            summary(&run, false),
            format!(
                "{found}\n{checked}; skipped: a (binary), b (binary), c (binary) and 1 more (-v lists them)\n"
            )
        );
        assert_eq!(
            summary(&run, true),
            format!(
                "{found}\n{checked}; 4 skipped:\n  a: binary\n  b: binary\n  c: binary\n  d?[2J: binary\n"
            )
        );
    }
}
