//! Quantities as people write them: numbers with a unit.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Units of a quantity, the largest first: how they are written, and how many of the smallest they are.
type Units = [(char, u64)];

/// A number with a unit, or a bare number of the smallest.
fn parse(text: &str, units: &Units) -> Option<u64> {
    let with_unit = units.iter().find_map(|(letter, unit)| {
        let letters = [*letter, letter.to_ascii_lowercase(), letter.to_ascii_uppercase()];
        Some((text.strip_suffix(letters)?, *unit))
    });
    let (digits, unit) = with_unit.unwrap_or((text, 1));
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

/// In the largest unit that gives a whole number.
fn write(number: u64, units: &Units, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match units.iter().find(|(_, unit)| number >= *unit && number.is_multiple_of(*unit)) {
        Some((letter, unit)) => write!(f, "{}{letter}", number / unit),
        None => write!(f, "{number}"),
    }
}

/// Text that is not a quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {wanted}")]
pub struct QuantityError {
    text: String,
    wanted: &'static str,
}

macro_rules! quantity {
    ($type:ident, $units:ident, $wanted:literal) => {
        impl FromStr for $type {
            type Err = QuantityError;

            fn from_str(text: &str) -> Result<Self, QuantityError> {
                let error = || QuantityError { text: text.to_owned(), wanted: $wanted };
                parse(text, $units).map(Self).ok_or_else(error)
            }
        }

        impl TryFrom<String> for $type {
            type Error = QuantityError;

            fn try_from(text: String) -> Result<Self, QuantityError> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(quantity: $type) -> Self {
                quantity.to_string()
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(self.0, $units, f)
            }
        }
    };
}

/// A number of bytes. Written as a number with `k`, `M` or `G`, which stand for 1024, 1024² and 1024³ bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct ByteSize(pub u64);

const BYTES: &Units = &[('G', 1 << 30), ('M', 1 << 20), ('k', 1 << 10)];

quantity!(ByteSize, BYTES, "a size: write a number of bytes, or one with k, M or G, such as 32M");

/// A number of seconds. Written as a number with `s`, `m`, `h` or `d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lifetime(pub u64);

const SECONDS: &Units = &[('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

quantity!(Lifetime, SECONDS, "a lifetime: write a number with s, m, h or d, such as 24h");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written() {
        for (text, bytes, shown) in [
            ("32M", 32 << 20, "32M"),
            ("1g", 1 << 30, "1G"),
            ("4K", 4096, "4k"),
            ("2048k", 2 << 20, "2M"),
            ("1500", 1500, "1500"),
            ("0", 0, "0"),
        ] {
            let size: ByteSize = text.parse().unwrap();
            assert_eq!((size.0, size.to_string()), (bytes, shown.to_owned()), "{text}");
        }
        for text in ["", "M", "-1", "1.5M", "32MB", "99999999999G", "much"] {
            assert!(text.parse::<ByteSize>().is_err(), "{text}");
        }
    }

    #[test]
    fn lifetimes_are_read_and_written() {
        for (text, seconds, shown) in [
            ("24h", 86_400, "1d"),
            ("90m", 5_400, "90m"),
            ("3600", 3_600, "1h"),
            ("7D", 604_800, "7d"),
            ("45s", 45, "45s"),
        ] {
            let lifetime: Lifetime = text.parse().unwrap();
            assert_eq!((lifetime.0, lifetime.to_string()), (seconds, shown.to_owned()), "{text}");
        }
        assert!("1w".parse::<Lifetime>().is_err());
    }
}
