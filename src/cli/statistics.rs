//! `--statistics`: how many findings each rule has.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

use crate::engine::Run;

/// One line a rule: how many, how bad, how many can be mended; the most frequent first.
pub(super) fn table(run: &Run) -> String {
    let mut rules: BTreeMap<&str, (usize, usize, String)> = BTreeMap::new();
    for finding in &run.findings {
        let (count, fixable, severity) = rules.entry(finding.rule.id).or_default();
        *count += 1;
        *fixable += usize::from(finding.fix.is_some());
        *severity = finding.severity().to_string();
    }
    let mut rows: Vec<_> = rules.into_iter().collect();
    rows.sort_by_key(|(_, (count, ..))| Reverse(*count));
    let mut text = String::new();
    for (rule, (count, fixable, severity)) in rows {
        let fixable = if fixable > 0 { format!("  ({fixable} fixable)") } else { String::new() };
        let _ = writeln!(text, "{count:>6}  {severity:<8}  {rule}{fixable}");
    }
    text
}
