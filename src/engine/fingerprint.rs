//! Identity of a finding across runs: no line numbers, no values, nothing secret.

use std::collections::HashMap;

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
        let digest = Sha256::new_with_prefix(&identity);
        let ordinal = seen.entry(identity).or_default();
        finding.fingerprint = hex(&digest.chain_update(format!("\n{ordinal}")).finalize());
        *ordinal += 1;
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}
