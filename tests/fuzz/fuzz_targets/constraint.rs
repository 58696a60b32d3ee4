//! Constraints and versions: every text is read or refused, and a constraint answers for every version.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saudit::helm::Version;
use saudit::helm::constraint::{Constraint, Mode};
use saudit::k8s::KubeVersions;

/// Versions of vendors and of nobody.
const VERSIONS: [&str; 6] =
    ["0.0.0", "v1.24", "1.24.3-gke.100", "v1.31.0-eks-1", "1.32.0-alpha.1+k3s1", "99.0.0"];

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (constraint, version) = text.split_once('\n').unwrap_or((text, text));
    let own = Version::parse(version).ok();
    let versions: Vec<_> = VERSIONS.iter().map(|it| Version::parse(it).unwrap()).chain(own).collect();
    for (one, two) in versions.iter().zip(versions.iter().skip(1)) {
        assert_eq!(one.cmp(two), two.cmp(one).reverse());
        assert_eq!(one == two, one.cmp(two).is_eq());
    }
    let _ = KubeVersions::parse(text);
    match Constraint::parse(constraint) {
        Ok(read) => {
            answers(&read, &versions);
            if let Some(other) = read.with_pre_releases(constraint) {
                answers(&Constraint::parse(&other).expect("what is proposed can be read"), &versions);
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});

fn answers(constraint: &Constraint, versions: &[Version]) {
    for version in versions {
        let [older, newer] = Mode::ALL.map(|mode| constraint.allows(version, mode));
        assert!(older == newer || !version.pre_release().is_empty(), "{constraint:?} {version:?}");
    }
}
