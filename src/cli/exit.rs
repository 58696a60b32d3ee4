//! How a run ends.

use std::process::ExitCode;

/// How a run ends. The number is the process's exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Nothing that fails the run.
    Clean = 0,
    /// Findings at or above `--fail-on`; `can-i`: no.
    Findings = 1,
    /// Arguments, configuration, a path that was named, or an output: what is said cannot be relied on.
    Failure = 2,
    /// No Kubernetes object anywhere: probably the wrong folder. `can-i`: no, as far as what was read can tell.
    Nothing = 3,
}

impl Exit {
    /// The one that counts of two: failure over nothing over findings over clean.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let weight = |exit| match exit {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Nothing => 2,
            Self::Failure => 3,
        };
        if weight(other) > weight(self) { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_over_nothing_over_findings_over_clean() {
        let order = [Exit::Clean, Exit::Findings, Exit::Nothing, Exit::Failure];
        for (at, weak) in order.into_iter().enumerate() {
            for strong in order.into_iter().skip(at) {
                assert_eq!((weak.and(strong), strong.and(weak)), (strong, strong));
            }
        }
        assert_eq!(order.map(|exit| exit as u8), [0, 1, 3, 2]);
    }
}
