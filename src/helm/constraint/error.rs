//! What is wrong with a constraint, said as what a person did.

use super::super::version::Parts;

/// A constraint on which Helm aborts the render.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConstraintError {
    /// Nothing, or only blanks, where a comparison must be; also beside `||`.
    #[error("a comparison is missing")]
    Empty,
    /// `==1.24`.
    #[error("`==` is not an operator: write `=` or nothing")]
    DoubleEquals,
    /// `&` or `&&`.
    #[error("`&` is not an operator: a blank or a comma means `and`")]
    Ampersand,
    /// `|` alone.
    #[error("`|` is not an operator: write `||`")]
    SinglePipe,
    /// A comma with nothing before or after it.
    #[error("a comma without a comparison on both sides")]
    StrayComma,
    /// `>=1.24.0.0`.
    #[error("`{0}` has more than three numbers")]
    TooManyNumbers(String),
    /// `>=1.24<1.30`.
    #[error("a blank or a comma is missing between the comparisons in `{0}`")]
    MissingSeparator(String),
    /// `1.24-00`.
    #[error("`{0}` has a number with a leading zero in its pre-release")]
    LeadingZero(String),
    /// `>= bar`, `1.24+`, and what else is not a version.
    #[error("`{0}` is not a version")]
    NotAVersion(String),
    /// Longer than any real constraint; what Helm makes of it is not looked at.
    #[error("a constraint of more than 512 bytes")]
    TooLong,
}

impl ConstraintError {
    /// What is wrong with `token`, the text where a version must be; `after_equals`: it follows the operator `=`.
    pub(super) fn of_token(token: &str, after_equals: bool) -> Self {
        let has = |symbols: &[char]| token.contains(symbols);
        let owned = || token.to_owned();
        if token.is_empty() {
            Self::Empty
        } else if token.starts_with('=') && after_equals {
            Self::DoubleEquals
        } else if has(&['&']) {
            Self::Ampersand
        } else if has(&['|']) {
            Self::SinglePipe
        } else if token.find(['<', '>', '=', '~', '^', '!']).is_some_and(|at| at > 0) {
            Self::MissingSeparator(owned())
        } else if is_too_long_a_version(token) {
            Self::TooManyNumbers(owned())
        } else if Parts::split(token).is_some() {
            Self::LeadingZero(owned())
        } else {
            Self::NotAVersion(owned())
        }
    }
}

fn is_too_long_a_version(token: &str) -> bool {
    let core = token.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<&str> = core.trim_start_matches('v').split('.').collect();
    numbers.len() > 3 && numbers.iter().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}
