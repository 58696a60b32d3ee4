//! A version as Helm reads it: loosely, as `NewVersion` of Masterminds' semver does.

use std::cmp::Ordering;

/// A semantic version: `v` is optional, one to three numbers, missing ones are 0 (`v1.24` is 1.24.0). Build metadata
/// (`+k3s1`) is checked and then forgotten, because nothing compares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The first number.
    pub major: u64,
    /// The second number.
    pub minor: u64,
    /// The third number.
    pub patch: u64,
    pre_release: String,
}

/// Text that Helm does not read as a version: `semverCompare` and `semver` abort the render on it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a version that Helm can compare")]
pub struct VersionError {
    text: String,
}

impl Version {
    /// Reads a version. Leading zeros are fine in the three numbers, and an error in numbers of a pre-release.
    ///
    /// # Errors
    /// On four numbers, `V1`, `1.24+`, `_` and everything else that Helm refuses.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        Self::read(text).ok_or_else(|| VersionError { text: text.to_owned() })
    }

    fn read(text: &str) -> Option<Self> {
        let parts = Parts::split(text)?;
        let number = |index: usize| match parts.numbers.get(index) {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
            Some(_) => None,
            None => Some(0),
        };
        let version = Self::new(number(0)?, number(1)?, number(2)?, parts.pre_release)?;
        Some(version)
    }

    /// A version from its parts, unless a number in the pre-release has a leading zero.
    pub(super) fn new(major: u64, minor: u64, patch: u64, pre_release: &str) -> Option<Self> {
        let pre_release = pre_release.to_owned();
        let canonical = pre_release.split('.').all(|part| {
            !(part.len() > 1 && part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit()))
        });
        canonical.then_some(Self { major, minor, patch, pre_release })
    }

    /// What follows `-`, such as `gke.100`, `alpha.1` and the vendors' suffixes; empty for a plain version.
    pub fn pre_release(&self) -> &str {
        &self.pre_release
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By numbers, then a pre-release before the plain version.
impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let numbers = |version: &Self| (version.major, version.minor, version.patch);
        numbers(self)
            .cmp(&numbers(other))
            .then_with(|| compare_pre_releases(&self.pre_release, &other.pre_release))
    }
}

fn compare_pre_releases(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => compare_parts(left, right),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Numbers by value and before words; words by bytes. A number too large for 64 bits counts as a word.
fn compare_parts(left: &str, right: &str) -> Ordering {
    match (left.parse::<u64>(), right.parse::<u64>()) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => left.cmp(right),
    }
}

/// The pieces of a version, or of one in a constraint, where a number may be `x` or `*`.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    /// One to three numbers, not empty.
    pub(super) numbers: Vec<&'a str>,
    /// Without its `-`; empty if there is none.
    pub(super) pre_release: &'a str,
    /// Bytes of the text up to the pre-release or the metadata.
    pub(super) core_length: usize,
}

impl<'a> Parts<'a> {
    /// Splits by the grammar `v?N(.N)?(.N)?(-P(.P)*)?(+P(.P)*)?`. An N is not empty; the caller says which characters
    /// may be in it, of those that the grammar knows: digits, `x`, `X`, `*`, `|`.
    pub(super) fn split(text: &'a str) -> Option<Self> {
        let (rest, metadata) = match text.split_once('+') {
            Some((rest, metadata)) => (rest, Some(metadata)),
            None => (text, None),
        };
        let (core, pre_release) = match rest.split_once('-') {
            Some((core, pre_release)) => (core, Some(pre_release)),
            None => (rest, None),
        };
        let numbers: Vec<&str> = core.strip_prefix('v').unwrap_or(core).splitn(4, '.').collect();
        let fine = numbers.len() <= 3
            && numbers.iter().all(|number| !number.is_empty() && number.bytes().all(is_number_byte))
            && pre_release.is_none_or(has_only_words)
            && metadata.is_none_or(has_only_words);
        let pre_release = pre_release.unwrap_or_default();
        fine.then_some(Self { numbers, pre_release, core_length: core.len() })
    }
}

pub(super) fn is_number_byte(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'x' | b'X' | b'*' | b'|')
}

fn has_only_words(text: &str) -> bool {
    text.split('.').all(|word| !word.is_empty() && word.bytes().all(is_word_byte))
}

pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}
