//! Sets of Kubernetes minor versions: what a rule holds for, what a user targets.

use std::fmt;
use std::ops::RangeInclusive;

/// The newest minor that the facts in this release know.
pub const NEWEST_KNOWN: u8 = 37;

/// The minors that Kubernetes supports at this release of saudit (1.35 to 1.37 in November 2026).
pub const SUPPORTED: KubeVersions = KubeVersions::range(35..=NEWEST_KNOWN);

/// A set of minors of Kubernetes 1: bit n stands for 1.n.
#[derive(Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct KubeVersions(u64);

impl KubeVersions {
    /// No version.
    pub const NONE: Self = Self(0);
    /// Every version, known or not.
    pub const ALL: Self = Self(u64::MAX);

    /// The minors in `minors`; those above 63 are left out.
    pub const fn range(minors: RangeInclusive<u8>) -> Self {
        let (mut bits, mut minor) = (0, *minors.start());
        while minor <= *minors.end() && minor < 64 {
            bits |= 1 << minor;
            minor += 1;
        }
        Self(bits)
    }

    /// 1.`minor` and everything later.
    pub const fn since(minor: u8) -> Self {
        Self::range(minor..=63)
    }

    /// Everything before 1.`minor`.
    pub const fn before(minor: u8) -> Self {
        Self(!Self::since(minor).0)
    }

    /// The versions in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The versions in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The versions in this one and not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether 1.`minor` is in it.
    pub const fn contains(self, minor: u8) -> bool {
        minor < 64 && self.0 & (1 << minor) != 0
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Reads what a user writes: one version (`1.29`, `v1.29.3-gke.1`), a range (`1.22..1.37`), a comparison (`>=1.24`,
    /// `<1.24`), or a list of these with commas. Only major and minor decide.
    ///
    /// # Errors
    /// On anything else, and on a range without a version in it.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        let error = || VersionError { text: text.to_owned() };
        let mut set = Self::NONE;
        for part in text.split(',').map(str::trim) {
            let part = if let Some(from) = part.strip_prefix(">=") {
                Self::since(minor_of(from).ok_or_else(error)?)
            } else if let Some(to) = part.strip_prefix('<') {
                Self::before(minor_of(to).ok_or_else(error)?)
            } else if let Some((from, to)) = part.split_once("..") {
                Self::range(minor_of(from).ok_or_else(error)?..=minor_of(to).ok_or_else(error)?)
            } else {
                let minor = minor_of(part).ok_or_else(error)?;
                Self::range(minor..=minor)
            };
            set = set.or(part);
        }
        if set.is_empty() { Err(error()) } else { Ok(set) }
    }

    /// The minors in it, ascending.
    pub fn minors(self) -> impl Iterator<Item = u8> {
        (0..64).filter(move |minor| self.contains(*minor))
    }
}

/// The minor of `1.29`, `v1.29.3-gke.100`, `1.28+`, `v1.28.2+k3s1`: what follows the second number is left out, as
/// apimachinery's `ParseGeneric` does (`pkg/util/version/version.go`).
fn minor_of(text: &str) -> Option<u8> {
    let text = text.trim();
    let (major, rest) = text.strip_prefix('v').unwrap_or(text).split_once('.')?;
    let digits =
        rest.find(|c: char| !c.is_ascii_digit()).map_or(rest, |end| rest.get(..end).unwrap_or_default());
    let minor = digits.parse().ok().filter(|minor| *minor < 64)?;
    (major == "1").then_some(minor)
}

/// Text that is not a Kubernetes version or a set of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a Kubernetes version: write 1.29, 1.22..1.37, >=1.24 or a list of these with commas"
)]
pub struct VersionError {
    text: String,
}

impl Default for KubeVersions {
    fn default() -> Self {
        Self::ALL
    }
}

impl TryFrom<String> for KubeVersions {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, VersionError> {
        Self::parse(&text)
    }
}

impl serde::Serialize for KubeVersions {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// "1.24 and later", "1.20 to 1.23", "1.22, 1.24".
impl fmt::Display for KubeVersions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut minors = self.minors().peekable();
        let mut first = true;
        while let Some(start) = minors.next() {
            let mut end = start;
            while minors.next_if_eq(&(end + 1)).is_some() {
                end += 1;
            }
            if !first {
                f.write_str(", ")?;
            }
            first = false;
            match (start, end) {
                (0, 63) => f.write_str("every version")?,
                (0, _) => write!(f, "1.{end} and earlier")?,
                (_, 63) => write!(f, "1.{start} and later")?,
                _ if start == end => write!(f, "1.{start}")?,
                _ => write!(f, "1.{start} to 1.{end}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for KubeVersions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KubeVersions({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> KubeVersions {
        KubeVersions::parse(text).unwrap()
    }

    #[test]
    fn every_way_to_write_a_version() {
        for text in [
            "1.29",
            "v1.29.3",
            "v1.29.3-gke.1282000",
            "1.29-eks-6",
            "v1.29.4+k3s1",
            "1.29+",
            "v1.29.0-beta.0",
        ] {
            assert_eq!(parse(text), KubeVersions::range(29..=29), "{text}");
        }
        assert_eq!(parse("1.22..1.24, 1.30"), KubeVersions::range(22..=24).or(parse("1.30")));
        assert_eq!(parse(">=1.24"), KubeVersions::since(24));
        assert_eq!(parse("<1.24"), KubeVersions::before(24));
        for text in ["", "1", "latest", "2.0", "1.64", "1.30..1.20", "1.x"] {
            assert!(KubeVersions::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sets_print_as_people_say_them() {
        for (set, text) in [
            (KubeVersions::ALL, "every version"),
            (KubeVersions::since(24), "1.24 and later"),
            (KubeVersions::before(24), "1.23 and earlier"),
            (parse("1.22..1.24,1.30"), "1.22 to 1.24, 1.30"),
        ] {
            assert_eq!(set.to_string(), text);
        }
    }
}
