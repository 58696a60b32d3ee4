//! Helm's constraint language, which is that of Masterminds' semver: what `semverCompare` and `kubeVersion` in Chart.yaml
//! are written in. Written from its grammar; the grammar, its two ways with pre-releases and what Helm really answers are
//! proven by `tests/data/semver-vectors.csv`.

mod error;
mod parse;
#[cfg(test)]
mod tests;

pub use error::ConstraintError;

use super::Version;

/// How a Helm release treats versions with a pre-release, and every vendor's version is one (`v1.24.3-gke.100`).
/// Releases before Helm 3.11 differ in a few more corners (`*-0`, four numbers); they are not modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Helm 3.11 to 3.18: a comparison without a pre-release rejects a version with one.
    UpTo318,
    /// Helm 3.19 and later, and Helm 4: a pre-release in one comparison opens the whole group around it.
    Since319,
}

impl Mode {
    /// Both, the older first.
    pub const ALL: [Self; 2] = [Self::UpTo318, Self::Since319];
}

/// A constraint: groups joined by `||`, of comparisons joined by blanks or commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    groups: Vec<Vec<Comparison>>,
}

impl Constraint {
    /// Reads a constraint.
    ///
    /// # Errors
    /// Where Helm aborts the render, with what a person did.
    pub fn parse(text: &str) -> Result<Self, ConstraintError> {
        parse::constraint(text)
    }

    /// What `semverCompare` answers.
    pub fn allows(&self, version: &Version, mode: Mode) -> bool {
        self.groups.iter().any(|group| {
            let open = group.iter().any(Comparison::has_pre_release);
            group.iter().all(|comparison| comparison.allows(version, mode, open))
        })
    }

    /// The same constraint with `-0` after every version without a pre-release, so that vendors' versions are compared as
    /// plain ones are, or nothing where that could change the answer for a plain version or there is nothing to add.
    /// `text` is what this constraint was read from.
    #[must_use]
    pub fn with_pre_releases(&self, text: &str) -> Option<String> {
        let comparisons = || self.groups.iter().flatten();
        let mut rewritten = text.to_owned();
        let mut ends = Vec::new();
        for comparison in comparisons().filter(|comparison| !comparison.has_pre_release()) {
            ends.push(comparison.takes_pre_release().then_some(comparison.core_end?)?);
        }
        for end in ends.iter().rev() {
            rewritten.insert_str(*end, "-0");
        }
        let other = Self::parse(&rewritten).ok()?;
        (!ends.is_empty() && self.agrees_on_plain_versions(&other)).then_some(rewritten)
    }

    /// Whether both say the same of every plain Kubernetes version: all minors that we know of, with the patches that
    /// either names and their neighbours.
    fn agrees_on_plain_versions(&self, other: &Self) -> bool {
        let named = [self, other].into_iter().flat_map(|it| it.groups.iter().flatten());
        let mut patches = vec![0, 7];
        patches.extend(
            named.map(|it| it.version.patch).flat_map(|p| [p.saturating_sub(1), p, p.saturating_add(1)]),
        );
        patches.sort_unstable();
        patches.dedup();
        (0..64).all(|minor| {
            patches.iter().filter_map(|patch| Version::new(1, minor, *patch, "")).all(|version| {
                Mode::ALL.iter().all(|mode| self.allows(&version, *mode) == other.allows(&version, *mode))
            })
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    /// `=` and no operator.
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    /// `~` and `~>`.
    Tilde,
    Caret,
}

/// How much of a version is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    /// All three numbers.
    Full,
    /// `1.24` or `1.24.x`.
    Minor,
    /// `1` or `1.x`.
    Major,
    /// `*` or `x`.
    Nothing,
}

/// An operator and a version; numbers that are not written are 0.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Comparison {
    operator: Operator,
    version: Version,
    precision: Precision,
    /// Where the numbers end in the text; nothing for the ends of a range `A - B`.
    core_end: Option<usize>,
}

impl Comparison {
    fn has_pre_release(&self) -> bool {
        !self.version.pre_release().is_empty()
    }

    /// Whether `-0` leaves the answer for plain versions as it is. `>1.24.0` and `<=1.24.0` would move to the other side of
    /// 1.24.0, `=` and `!=` would mean another version.
    fn takes_pre_release(&self) -> bool {
        match self.operator {
            Operator::GreaterOrEqual | Operator::Less | Operator::Tilde | Operator::Caret => true,
            Operator::Greater | Operator::LessOrEqual | Operator::Equal => self.precision != Precision::Full,
            Operator::NotEqual => false,
        }
    }

    /// `open`: something in the group of this comparison has a pre-release.
    fn allows(&self, version: &Version, mode: Mode, open: bool) -> bool {
        let open = match mode {
            Mode::Since319 => open,
            Mode::UpTo318 => {
                self.has_pre_release()
                    || (self.operator == Operator::NotEqual && self.precision == Precision::Full)
            }
        };
        if !version.pre_release().is_empty() && !open {
            return false;
        }
        match self.operator {
            Operator::GreaterOrEqual => *version >= self.version,
            Operator::Less => *version < self.version,
            Operator::Greater => self.is_below(version),
            Operator::LessOrEqual => self.is_not_below(version),
            Operator::Equal if self.precision == Precision::Full => *version == self.version,
            Operator::Equal | Operator::Tilde => self.is_near(version),
            Operator::NotEqual => self.differs(version),
            Operator::Caret => self.is_compatible(version),
        }
    }

    /// `>`: of `>1.23` the next minor is the first that is greater.
    fn is_below(&self, version: &Version) -> bool {
        match self.precision {
            Precision::Major => version.major > self.version.major,
            Precision::Minor => (version.major, version.minor) > (self.version.major, self.version.minor),
            Precision::Full => *version > self.version,
            Precision::Nothing => version.major > 0 || *version > self.version,
        }
    }

    /// `<=`: `<=1.23` takes every patch of 1.23.
    fn is_not_below(&self, version: &Version) -> bool {
        match self.precision {
            Precision::Full => *version <= self.version,
            Precision::Major => version.major <= self.version.major,
            Precision::Minor | Precision::Nothing => {
                (version.major, version.minor) <= (self.version.major, self.version.minor)
            }
        }
    }

    /// `~`: not less, and equal in what is written, the patch aside. `~0.0.0` and `*` take everything.
    fn is_near(&self, version: &Version) -> bool {
        let zero = (self.version.major, self.version.minor, self.version.patch) == (0, 0, 0);
        let everything = zero && matches!(self.precision, Precision::Full | Precision::Nothing);
        *version >= self.version
            && (everything
                || (version.major == self.version.major
                    && (version.minor == self.version.minor || self.precision == Precision::Major)))
    }

    fn differs(&self, version: &Version) -> bool {
        let ours = &self.version;
        match self.precision {
            Precision::Full | Precision::Nothing => version != ours,
            Precision::Major => version.major != ours.major,
            Precision::Minor => {
                (version.major, version.minor) != (ours.major, ours.minor)
                    || version.pre_release() != ours.pre_release()
            }
        }
    }

    /// `^`: not less, and no change in the first number that is not 0.
    fn is_compatible(&self, version: &Version) -> bool {
        let ours = &self.version;
        if *version < *ours || version.major != ours.major {
            return false;
        }
        if ours.major > 0 || self.precision == Precision::Major {
            return true;
        }
        version.minor == ours.minor
            && (ours.minor > 0 || self.precision == Precision::Minor || version.patch == ours.patch)
    }
}
