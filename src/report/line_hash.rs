//! The fingerprint by which GitHub recognises an alert again: `partialFingerprints.primaryLocationLineHash`.
//!
//! GitHub's upload action computes it from the checked-out file and warns about every other value, and the REST API
//! computes none at all. So it has to be exactly this one (github/codeql-action, `src/fingerprints.ts`).

use std::collections::HashMap;

/// UTF-16 units, blanks left out, that one hash covers: those of its line and of what follows.
const WINDOW: usize = 100;
const BASE: u64 = 37;
/// Marks the end of the text.
const END: u16 = 0xFFFF;

/// A line's hash, and how often it has occurred up to there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineHash {
    pub(super) hash: u64,
    occurrence: u32,
}

impl std::fmt::Display for LineHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}:{}", self.hash, self.occurrence)
    }
}

/// The hash of every line of `text`.
pub(super) fn line_hashes(text: &str) -> Vec<LineHash> {
    let (units, starts) = significant_units(text);
    let mut seen = HashMap::<u64, u32>::new();
    let hashes = starts.into_iter().map(|start| {
        let window = units.iter().skip(start).copied().chain(std::iter::repeat(0)).take(WINDOW);
        let hash = window.fold(0_u64, |hash, unit| hash.wrapping_mul(BASE).wrapping_add(u64::from(unit)));
        let occurrence = seen.entry(hash).or_insert(0);
        *occurrence += 1;
        LineHash { hash, occurrence: *occurrence }
    });
    hashes.collect()
}

/// The text without spaces and tabs, every kind of line end as LF, and where its lines start.
fn significant_units(text: &str) -> (Vec<u16>, Vec<usize>) {
    const TAB: u16 = 0x09;
    const LF: u16 = 0x0A;
    const CR: u16 = 0x0D;
    const SPACE: u16 = 0x20;
    let (mut units, mut starts) = (Vec::with_capacity(text.len()), Vec::new());
    let (mut at_start, mut after_cr) = (true, false);
    for unit in text.encode_utf16() {
        if [TAB, SPACE].contains(&unit) || (unit == LF && after_cr) {
            after_cr = false;
            continue;
        }
        after_cr = unit == CR;
        let unit = if after_cr { LF } else { unit };
        if at_start {
            starts.push(units.len());
        }
        at_start = unit == LF;
        units.push(unit);
    }
    if at_start {
        starts.push(units.len());
    }
    units.push(END);
    (units, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of GitHub's own tests, and one of ours that agrees with its code.
    #[test]
    fn hashes_are_those_of_github() {
        let lorem = "Lorem ipsum dolor sit amet.\n".repeat(10);
        let cases: [(&str, &str); 4] = [
            ("", "c129715d7a2bc9a3:1"),
            (
                "x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n",
                "e54938cc54b302f1:1 bb609acbe9138d60:1 1131fd5871777f34:1 5c482a0f8b35ea28:1 \
                 54517377da7028d2:1 2c644846cb18d53e:1 f1b89f20de0d133:1 c129715d7a2bc9a3:1",
            ),
            (
                &lorem,
                "a7f2ff13bc495cf2:1 a7f2ff13bc495cf2:2 a7f2ff13bc495cf2:3 a7f2ff13bc495cf2:4 \
                 a7f2ff13bc495cf2:5 a7f2ff13bc495cf2:6 a7f2ff1481e87703:1 a9cf91f7bbf1862b:1 \
                 55ec222b86bcae53:1 cc97dc7b1d7d8f7b:1 c129715d7a2bc9a3:1",
            ),
            (
                "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n",
                "ed5d6bc5ae567b8e:1 e3518afc53502aab:1 e9efee3511d5aef3:1 57a24e24bf88026a:1 c129715d7a2bc9a3:1",
            ),
        ];
        for (text, expected) in cases {
            let hashes: Vec<_> = line_hashes(text).iter().map(ToString::to_string).collect();
            assert_eq!(hashes.join(" "), expected, "{text:?}");
        }
    }

    #[test]
    fn line_ends_do_not_matter() {
        let unix = line_hashes("a: 1\n\nb: 2\n");
        assert_eq!(line_hashes("a: 1\r\n\r\nb: 2\r\n"), unix);
        assert_eq!(line_hashes("a: 1\r\rb: 2\r"), unix);
    }
}
