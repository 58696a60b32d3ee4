//! Numbers as go-yaml v2 reads them: Go's `strconv` with underscores removed, no sexagesimals.

use std::fmt;

/// A number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    /// Fits into `int64` or `uint64`.
    Int(i128),
    /// Everything else.
    Float(f64),
}

/// The number that a plain scalar is, if it is one.
pub(super) fn read(text: &str) -> Option<Number> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(Number::Float(f64::INFINITY)),
        "-.inf" | "-.Inf" | "-.INF" => return Some(Number::Float(f64::NEG_INFINITY)),
        ".nan" | ".NaN" | ".NAN" => return Some(Number::Float(f64::NAN)),
        _ => {}
    }
    match text.bytes().next()? {
        b'.' => float(text).map(Number::Float),
        b'0'..=b'9' | b'+' | b'-' if text.contains('_') => decimal(&text.replace('_', "")),
        b'0'..=b'9' | b'+' | b'-' => decimal(text),
        _ => None,
    }
}

fn decimal(text: &str) -> Option<Number> {
    int(text).map(Number::Int).or_else(|| float(text).map(Number::Float))
}

/// `strconv.ParseInt(text, 0, 64)`, then `ParseUint`.
fn int(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    let (radix, digits) = radix(digits);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let value = if negative { -magnitude } else { magnitude };
    let unsigned = !text.starts_with(['+', '-']);
    (unsigned || i64::try_from(value).is_ok()).then_some(value)
}

fn radix(digits: &str) -> (u32, &str) {
    let Some(rest) = digits.strip_prefix('0').filter(|rest| !rest.is_empty()) else { return (10, digits) };
    match rest.bytes().next() {
        Some(b'x' | b'X') => (16, rest.get(1..).unwrap_or_default()),
        Some(b'b' | b'B') => (2, rest.get(1..).unwrap_or_default()),
        Some(b'o' | b'O') => (8, rest.get(1..).unwrap_or_default()),
        _ => (8, rest),
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, in the range of a double.
fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let any = !whole.is_empty() || !fraction.is_empty();
    let exponent = exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent));
    if !(any && digits(whole) && digits(fraction) && exponent) {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// As sigs.k8s.io/yaml writes it where JSON wants a string: Go's `FormatFloat(value, 'g', -1, 64)`.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = match *self {
            Number::Int(value) => return write!(f, "{value}"),
            Number::Float(value) if value.is_nan() => return f.write_str(".nan"),
            Number::Float(value) if value.is_infinite() => {
                return f.write_str(if value < 0.0 { "-.inf" } else { ".inf" });
            }
            Number::Float(value) => value,
        };
        let scientific = format!("{value:e}");
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        match exponent.parse::<i32>().unwrap_or(0) {
            // Go turns to the exponent outside these bounds.
            exponent @ (..-4 | 6..) if value != 0.0 => {
                let sign = if exponent < 0 { '-' } else { '+' };
                write!(f, "{mantissa}e{sign}{:02}", exponent.unsigned_abs())
            }
            _ => write!(f, "{value}"),
        }
    }
}
