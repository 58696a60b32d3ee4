//! GitHub workflow commands: annotations on a pull request without code scanning.

use std::cmp::Reverse;
use std::io;

use super::{Reporter, TOOL, Unit, Views, escape};
use crate::engine::Run;
use crate::finding::{Finding, Severity};

/// Annotations of one level that GitHub shows for a step; the others it drops without a word.
const SHOWN_PER_LEVEL: usize = 10;

/// Writes workflow commands, the most severe findings first.
#[derive(Clone, Copy, Debug)]
pub struct Github;

impl Reporter for Github {
    fn write(&self, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
        let views = Views::locating(&run.sources, run.findings.iter().map(|finding| &finding.place));
        let mut findings: Vec<_> = run.findings.iter().collect();
        findings.sort_by_key(|finding| Reverse(finding.severity()));
        for level in ["error", "warning", "notice"] {
            let of_level: Vec<_> =
                findings.iter().filter(|finding| level_of(finding.severity()) == level).collect();
            // The last place goes to the count of what is left out.
            let shown = if of_level.len() > SHOWN_PER_LEVEL { SHOWN_PER_LEVEL - 1 } else { of_level.len() };
            for finding in of_level.iter().take(shown) {
                writeln!(out, "{}", command(finding, &views))?;
            }
            if of_level.len() > shown {
                let more = of_level.len() - shown;
                writeln!(
                    out,
                    "::{level} title={TOOL}::{more} more findings of this level are not shown here"
                )?;
            }
        }
        Ok(())
    }
}

fn level_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    }
}

fn command(finding: &Finding, views: &Views<'_>) -> String {
    let (view, region) = views.locate(&finding.place, Unit::Chars);
    let path = escape::github_property(&escape::line(&view.path()));
    let title = escape::github_property(&format!("{TOOL} ({})", finding.rule.id));
    let mut message = escape::line(&finding.message);
    if let Some(help) = &finding.help {
        message.push_str("\nhelp: ");
        message.push_str(&escape::line(help));
    }
    // GitHub takes columns only for a single line.
    let columns = if region.line == region.end_line {
        format!(",col={},endColumn={}", region.column, region.end_column)
    } else {
        String::new()
    };
    format!(
        "::{level} file={path},line={line},endLine={end}{columns},title={title}::{message}",
        level = level_of(finding.severity()),
        line = region.line,
        end = region.end_line,
        message = escape::github_data(&message),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    #[test]
    fn a_command_per_finding() {
        assert_eq!(
            testing::report(&Github, &testing::run()),
            "::error file=deploy/secret.yaml,line=8,endLine=8,col=5,endColumn=38,title=saudit (pinned-token-uid)\
             ::this token Secret pins the UID of its ServiceAccount%0Ahelp: remove the annotation; the token controller writes it\n\
             ::error file=deploy/other.yaml,line=3,endLine=3,col=8,endColumn=11,title=saudit (pinned-token-uid)\
             ::a second one\n"
        );
    }

    #[test]
    fn more_than_github_shows_are_counted() {
        let run = testing::run_with_findings(12);
        let report = testing::report(&Github, &run);
        assert_eq!(report.lines().count(), SHOWN_PER_LEVEL);
        assert!(
            report.ends_with("::error title=saudit::3 more findings of this level are not shown here\n"),
            "{report}"
        );
    }
}
