//! One line per finding: `path:line:column: severity[rule] message`.

use std::io;

use super::{Reporter, Unit, Views, escape};
use crate::engine::Run;

/// Writes findings, one per line, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Concise;

impl Reporter for Concise {
    fn write(&self, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
        let views = Views::new(&run.sources);
        for finding in &run.findings {
            let (view, region) = views.locate(&finding.place, Unit::Chars);
            let (path, message) = (view.shown(), escape::line(&finding.message));
            let (line, column, rule) = (region.line, region.column, finding.rule.id);
            writeln!(out, "{path}:{line}:{column}: {}[{rule}] {message}", finding.severity())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::report::testing;

    #[test]
    fn a_line_per_finding() {
        assert_eq!(
            testing::report(&super::Concise, &testing::run()),
            "deploy/secret.yaml:8:5: high[pinned-token-uid] this token Secret pins the UID of its ServiceAccount\n\
             deploy/other.yaml:3:8: high[pinned-token-uid] a second one\n"
        );
    }
}
