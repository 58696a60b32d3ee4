//! One line per finding: `path:line:column: severity[rule] message`.

use std::io;

use super::versions::by_version;
use super::{Reporter, Unit, Views, escape};
use crate::engine::Run;
use crate::finding::Finding;

/// Writes findings, one per line, and nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub struct Concise {
    /// Whether to group them by the Kubernetes versions for which they hold, each group below a line that names these.
    pub by_version: bool,
}

impl Reporter for Concise {
    fn write(&self, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
        let views = Views::locating(&run.sources, run.findings.iter().map(|finding| &finding.place));
        if !self.by_version {
            return run.findings.iter().try_for_each(|finding| write_line(finding, &views, out));
        }
        for group in by_version(&run.findings) {
            writeln!(out, "{}", group.heading())?;
            group.findings.iter().try_for_each(|finding| write_line(finding, &views, out))?;
        }
        Ok(())
    }
}

fn write_line(finding: &Finding, views: &Views<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let (view, region) = views.locate(&finding.place, Unit::Chars);
    let (path, message) = (view.shown(), escape::line(&finding.message));
    let (line, column, rule) = (region.line, region.column, finding.rule.id);
    writeln!(out, "{path}:{line}:{column}: {}[{rule}] {message}", finding.severity())
}

#[cfg(test)]
mod tests {
    use crate::report::testing;

    #[test]
    fn a_line_per_finding() {
        assert_eq!(
            testing::report(&super::Concise::default(), &testing::run()),
            "deploy/secret.yaml:8:5: high[pinned-token-uid] this token Secret pins the UID of its ServiceAccount\n\
             deploy/other.yaml:3:8: high[pinned-token-uid] a second one\n"
        );
    }

    #[test]
    fn groups_have_a_line_of_their_own() {
        let concise = super::Concise { by_version: true };
        assert_eq!(
            testing::report(&concise, &testing::run()),
            "Kubernetes every version: 1 finding\n\
             deploy/other.yaml:3:8: high[pinned-token-uid] a second one\n\
             Kubernetes 1.24 and later: 1 finding\n\
             deploy/secret.yaml:8:5: high[pinned-token-uid] this token Secret pins the UID of its ServiceAccount\n"
        );
    }
}
