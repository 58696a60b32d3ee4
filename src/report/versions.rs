//! Findings by the Kubernetes versions for which they hold: what breaks on the way from one to the next.

use std::cmp::Reverse;

use crate::finding::Finding;
use crate::k8s::KubeVersions;

/// Findings that hold for the same versions, in their order.
#[derive(Debug)]
pub(super) struct Group<'r> {
    pub(super) versions: KubeVersions,
    pub(super) findings: Vec<&'r Finding>,
}

impl Group<'_> {
    /// "Kubernetes 1.24 and later: 2 findings"
    pub(super) fn heading(&self) -> String {
        let count = self.findings.len();
        format!("Kubernetes {}: {count} finding{}", self.versions, if count == 1 { "" } else { "s" })
    }
}

/// The findings in groups, ordered by the version at which they begin to hold; of those that begin together, what holds
/// longer comes first.
pub(super) fn by_version(findings: &[Finding]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in findings {
        match groups.iter_mut().find(|group| group.versions == finding.kubernetes) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Group { versions: finding.kubernetes, findings: vec![finding] }),
        }
    }
    groups.sort_by_cached_key(|group| {
        let minors: Vec<_> = group.versions.minors().collect();
        (minors.first().copied(), Reverse(minors.len()), minors)
    });
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    #[test]
    fn groups_follow_the_upgrade() {
        let mut run = testing::run_with_findings(6);
        let sets = [
            KubeVersions::since(25),
            KubeVersions::range(22..=23),
            KubeVersions::range(22..=25),
            KubeVersions::since(25),
            KubeVersions::range(22..=22).or(KubeVersions::range(24..=24)),
            KubeVersions::range(24..=25),
        ];
        for (finding, versions) in run.findings.iter_mut().zip(sets) {
            finding.kubernetes = versions;
        }
        let headings: Vec<_> = by_version(&run.findings).iter().map(Group::heading).collect();
        assert_eq!(
            headings,
            [
                "Kubernetes 1.22 to 1.25: 1 finding",
                "Kubernetes 1.22 to 1.23: 1 finding",
                "Kubernetes 1.22, 1.24: 1 finding",
                "Kubernetes 1.24 to 1.25: 1 finding",
                "Kubernetes 1.25 and later: 2 findings",
            ]
        );
    }
}
