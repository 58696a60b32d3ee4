//! The summary below the findings: what was found, what was looked at, what was left out.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use super::escape;
use crate::engine::{Run, Skipped, Summary};
use crate::finding::Applicability;

/// Skipped files that are named without `-v`.
const NAMED: usize = 3;

/// The summary's lines, each with its end.
pub(super) fn summary(run: &Run, verbose: bool) -> String {
    let mut text = format!("{}\n{}", findings(run), checked(&run.summary));
    let skipped = &run.summary.skipped;
    if skipped.is_empty() {
        text.push('\n');
    } else if verbose {
        text.push_str(&format!("; {} skipped:\n", skipped.len()));
        for Skipped { shown, reason, .. } in skipped {
            text.push_str(&format!("  {}: {}\n", escape::line(shown), escape::line(reason)));
        }
    } else {
        text.push_str(&format!("; skipped: {}\n", skipped_in_short(skipped)));
    }
    text
}

/// "3 findings (1 high, 2 medium; 2 fixable with --fix), 1 suppressed, 4 below the threshold"
fn findings(run: &Run) -> String {
    let mut text = match run.findings.len() {
        0 => "no findings".to_owned(),
        count => format!("{} ({})", plural(count, "finding"), details(run)),
    };
    for (count, what) in
        [(run.summary.suppressed, "suppressed"), (run.summary.below_threshold, "below the threshold")]
    {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text
}

fn details(run: &Run) -> String {
    let mut severities = BTreeMap::new();
    for finding in &run.findings {
        *severities.entry(Reverse(finding.severity())).or_insert(0_usize) += 1;
    }
    let severities: Vec<_> =
        severities.iter().map(|(Reverse(severity), count)| format!("{count} {severity}")).collect();
    let mut text = severities.join(", ");
    let fixable = |applicability| {
        let fixes = run.findings.iter().filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.applicability == applicability).count()
    };
    match (fixable(Applicability::Safe), fixable(Applicability::Unsafe)) {
        (0, 0) => {}
        (0, unsafe_) => text.push_str(&format!("; {unsafe_} fixable with --unsafe-fixes")),
        (safe, 0) => text.push_str(&format!("; {safe} fixable with --fix")),
        (safe, unsafe_) => {
            text.push_str(&format!("; {safe} fixable with --fix, {unsafe_} more with --unsafe-fixes"));
        }
    }
    text
}

/// "checked 12 files, 40 documents, 38 objects with 24 rules in 12 ms; 3 templates, 2 other documents"
fn checked(summary: &Summary) -> String {
    let mut text = format!(
        "checked {}, {}, {} with {} in {}",
        plural(summary.files, "file"),
        plural(summary.documents, "document"),
        plural(summary.objects, "object"),
        plural(summary.rules, "rule"),
        duration(summary.elapsed),
    );
    let rest = [(summary.templates, "template"), (summary.other_documents, "other document")];
    let rest: Vec<_> =
        rest.iter().filter(|(count, _)| *count > 0).map(|(count, what)| plural(*count, what)).collect();
    if !rest.is_empty() {
        text.push_str("; ");
        text.push_str(&rest.join(", "));
    }
    text
}

fn skipped_in_short(skipped: &[Skipped]) -> String {
    let named = skipped.iter().take(NAMED);
    let named: Vec<_> = named
        .map(|Skipped { shown, reason, .. }| format!("{} ({})", escape::line(shown), escape::line(reason)))
        .collect();
    match skipped.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more (-v lists them)", named.join(", ")),
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
            objects: 38,
            rules: 24,
            templates: 3,
            other_documents: 1,
            suppressed: 1,
            below_threshold: 4,
            skipped: ["a", "b", "c", "d\u{1b}[2J"]
                .map(|shown| Skipped { shown: shown.to_owned(), reason: "binary".to_owned() })
                .to_vec(),
            elapsed: Duration::from_millis(12),
        };
        let checked = "checked 12 files, 40 documents, 38 objects with 24 rules in 12 ms; 3 templates, 1 other document";
        let found = "2 findings (2 high; 1 fixable with --fix), 1 suppressed, 4 below the threshold";
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
