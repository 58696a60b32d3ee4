//! Identity of a finding across runs: no line numbers, no values, nothing secret.

use std::collections::HashMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::input::Sources;

/// Fills in the fingerprints that are not there yet: rule, path, object and key path, and the ordinal among equals. `findings` are sorted.
pub(super) fn stamp(findings: &mut [Finding], sources: &Sources) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    for finding in findings.iter_mut().filter(|finding| finding.fingerprint.is_empty()) {
        let path = sources.get(finding.place.file).map_or("", |source| &source.path);
        let mut identity = format!("{}\n{path}\n", finding.rule.id);
        if let Some(object) = &finding.place.object {
            let group = object.api_version.rsplit_once('/').map_or("", |(group, _)| group);
            identity.extend([group, "/", &object.kind, "/", &object.namespace, "/", &object.name]);
        }
        identity.extend(["\n", &finding.place.path]);
        let ordinal = seen.entry(identity.clone()).or_default();
        let digest = Sha256::digest(format!("{identity}\n{ordinal}"));
        *ordinal += 1;
        finding.fingerprint = digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
    }
}
