//! The fingerprint by which GitHub recognises an alert again: `partialFingerprints.primaryLocationLineHash`.
//!
//! GitHub's upload action computes it from the checked-out file and warns about every other value, and the REST API
//! computes none at all. So it has to be exactly this one (github/codeql-action, `src/fingerprints.ts`).

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::Range;

use super::mask;

/// UTF-16 units, blanks left out, that one hash covers: those of its line and of what follows.
const WINDOW: usize = 100;
const BASE: u64 = 37;
/// What the first of [`WINDOW`] units is multiplied with, times [`BASE`].
const POWER: u64 = BASE.wrapping_pow(100);
/// Marks the end of the text.
const END: u16 = 0xFFFF;
const TAB: u16 = 0x09;
const LF: u16 = 0x0A;
const CR: u16 = 0x0D;
const SPACE: u16 = 0x20;

/// A line's hash, and how often it has occurred up to there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineHash {
    hash: u64,
    occurrence: u32,
}

impl std::fmt::Display for LineHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}:{}", self.hash, self.occurrence)
    }
}

/// The hashes of the `wanted` lines of `text` (from 1), save those that tell of something `covered`.
pub(super) fn line_hashes(
    text: &str,
    covered: &[Range<usize>],
    wanted: &BTreeSet<usize>,
) -> HashMap<usize, LineHash> {
    let wanted_starts = starts(text).zip(1..).filter(|(_, number)| wanted.contains(number));
    let open = wanted_starts.filter_map(|(start, number)| {
        let bytes = window(text, start);
        let hash = hash(text.get(bytes.clone())?);
        (hash == self::hash(&mask::cover_part(text, bytes, covered))).then_some((number, hash))
    });
    let open: HashMap<usize, u64> = open.collect();
    let mut occurrences: HashMap<u64, u32> = open.values().map(|hash| (*hash, 0)).collect();
    let (mut hashes, mut number) = (HashMap::new(), 0);
    each_hash(text, |hash| {
        number += 1;
        let Some(occurrence) = occurrences.get_mut(&hash) else { return };
        *occurrence += 1;
        if open.contains_key(&number) {
            hashes.insert(number, LineHash { hash, occurrence: *occurrence });
        }
    });
    hashes
}

/// The bytes that the hash of a line covers that starts at byte `start`; rather too many.
pub(super) fn window(text: &str, start: usize) -> Range<usize> {
    let rest = text.get(start..).unwrap_or_default();
    // A `\r` may be half of a line end, or a unit.
    let units = rest.char_indices().filter(|(_, c)| !" \t\r".contains(*c));
    start..units.map(|(at, _)| start + at).nth(WINDOW).unwrap_or(text.len())
}

/// Where the lines of `text` start.
fn starts(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    let is_whole = |at: &usize| bytes.get(*at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n');
    std::iter::once(0).chain(memchr::memchr2_iter(b'\n', b'\r', bytes).filter(is_whole).map(|at| at + 1))
}

/// The hash of the first line of `text`.
fn hash(text: &str) -> u64 {
    padded_units(text).take(WINDOW).fold(0, add)
}

/// Tells the hash of every line of `text`, in order.
fn each_hash(text: &str, mut tell: impl FnMut(u64)) {
    // The hash of everything so far.
    let mut all = 0;
    let mut at_start = true;
    // Lines of which not all units were seen yet: how many these will be, and the hash of everything before.
    let mut open = VecDeque::with_capacity(WINDOW);
    padded_units(text).enumerate().for_each(|(at, unit)| {
        if at_start {
            open.push_back((at + WINDOW, all));
        }
        at_start = unit == LF;
        all = add(all, unit);
        if let Some((_, before)) = open.pop_front_if(|(end, _)| *end == at + 1) {
            tell(all.wrapping_sub(POWER.wrapping_mul(before)));
        }
    });
}

fn add(hash: u64, unit: u16) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(u64::from(unit))
}

/// The text without spaces and tabs, every kind of line end as LF; then its end, and as many zeros as a hash needs.
fn padded_units(text: &str) -> impl Iterator<Item = u16> + '_ {
    let mut after_cr = false;
    let units = text.encode_utf16().filter_map(move |unit| {
        let is_second = std::mem::replace(&mut after_cr, unit == CR) && unit == LF;
        match unit {
            TAB | SPACE => None,
            CR => Some(LF),
            unit => (!is_second).then_some(unit),
        }
    });
    units.chain([END]).chain(std::iter::repeat_n(0, WINDOW - 1))
}

#[cfg(test)]
mod tests {
    use std::slice;

    use proptest::prelude::*;

    use super::*;

    /// The hashes of all lines.
    fn all(text: &str) -> Vec<String> {
        let wanted = (1..=starts(text).count()).collect();
        let hashes = line_hashes(text, &[], &wanted);
        wanted.iter().map(|number| hashes[number].to_string()).collect()
    }

    #[test]
    fn what_is_covered_is_in_no_hash() {
        let text = format!("a: {}\nb: hunter2 c\nd: 1\n", "x".repeat(WINDOW));
        let secret = text.find("hunter2").unwrap();
        let hashes = line_hashes(&text, &[0..1, secret..secret + 7], &BTreeSet::from([1, 2, 3]));
        assert_eq!(hashes.into_keys().collect::<Vec<_>>(), [3]);
        let hashes = line_hashes(&text, slice::from_ref(&(secret..secret + 7)), &BTreeSet::from([1, 2]));
        assert_eq!(hashes.into_keys().collect::<Vec<_>>(), [1]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_line_has_the_hash_of_what_follows(text in r"([ab]{0,9}|[ \t]|[\r\n]{1,2}|é|😀|\u{feff}){0,60}") {
            let lines = starts(&text).map(|start| hash(text.get(start..).unwrap()));
            let mut hashes = Vec::new();
            each_hash(&text, |hash| hashes.push(hash));
            prop_assert_eq!(hashes, lines.collect::<Vec<_>>());
            for start in starts(&text) {
                let bytes = window(&text, start);
                prop_assert_eq!(hash(text.get(bytes).unwrap()), hash(text.get(start..).unwrap()));
            }
        }
    }

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
            assert_eq!(all(text).join(" "), expected, "{text:?}");
        }
    }

    #[test]
    fn line_ends_do_not_matter() {
        let unix = all("a: 1\n\nb: 2\n");
        assert_eq!(all("a: 1\r\n\r\nb: 2\r\n"), unix);
        assert_eq!(all("a: 1\r\rb: 2\r"), unix);
    }
}
