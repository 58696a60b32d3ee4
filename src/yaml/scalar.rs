//! Scalars as kubectl reads them: YAML 1.1, as go-yaml v2 resolves it (`resolve.go`).

use std::borrow::Cow;

use super::number::{self, Number};
use super::tree::{Style, Tag};

/// A scalar: its text, and what it is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Scalar<'a> {
    text: &'a str,
    style: Style,
    tag: Tag,
}

/// What a scalar is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `null`, `~`, empty.
    Null,
    /// `true`, `yes`, `on`, `n` …
    Bool(bool),
    /// `42`, `0x1F`, `0777`, `1_000`; the value saturates.
    Int(i64),
    /// `1.5`, `1e3`, `.inf`, and integers beyond 64 bits
    Float,
    /// Everything else.
    Str,
}

impl<'a> Scalar<'a> {
    pub(super) fn new(text: &'a str, style: Style, tag: Tag) -> Self {
        Self { text, style, tag }
    }

    /// The text, quotes removed and escapes resolved.
    pub fn text(self) -> &'a str {
        self.text
    }

    /// How it is written.
    pub fn style(self) -> Style {
        self.style
    }

    /// The tag that it is written with.
    pub fn tag(self) -> Tag {
        self.tag
    }

    /// Whether it is written without quotes.
    pub fn is_plain(self) -> bool {
        self.style == Style::Plain
    }

    /// What it is read as.
    pub fn read(self) -> Type {
        if self.is_text() || !may_be_typed(self.text) { Type::Str } else { read_plain(self.text) }
    }

    /// The whole number that it is read as; the value saturates as in [`Type::Int`]. `3600.0` is one too:
    /// sigs.k8s.io/yaml hands it on as `3600`, as Go's encoding/json writes it.
    pub fn as_int(self) -> Option<i64> {
        match self.read() {
            Type::Int(value) => Some(value),
            Type::Float => self.as_float()?.to_string().parse().ok(),
            _ => None,
        }
    }

    /// Whether it is read as a number with a fraction.
    pub fn is_fraction(self) -> bool {
        self.as_float().is_some_and(|value| value.is_finite() && value.fract() != 0.0)
    }

    fn as_float(self) -> Option<f64> {
        match number::read(self.text).filter(|_| !self.is_text()) {
            Some(Number::Float(value)) => Some(value),
            _ => None,
        }
    }

    /// The text, if it is read as a string.
    pub fn as_str(self) -> Option<&'a str> {
        (self.read() == Type::Str).then_some(self.text)
    }

    /// Whether it is read as null.
    pub fn is_null(self) -> bool {
        !self.is_text() && is_null_word(self.text)
    }

    /// Whether it is `<<`, which merges, and not `"<<"`, which is a key.
    pub(super) fn is_merge(self) -> bool {
        self.text == "<<" && !self.is_text()
    }

    /// The scalar as a key of a JSON object (sigs.k8s.io/yaml, `convertToJSONableObject`).
    pub(super) fn key(self) -> Cow<'a, str> {
        match self.read() {
            Type::Bool(value) => Cow::Borrowed(if value { "true" } else { "false" }),
            Type::Int(_) | Type::Float => {
                number::read(self.text).map_or(Cow::Borrowed(self.text), |number| number.to_string().into())
            }
            Type::Null | Type::Str => Cow::Borrowed(self.text),
        }
    }

    /// Whether it is read as anything else than a string.
    pub(super) fn is_typed(self) -> bool {
        self.read() != Type::Str
    }

    /// Whether [`Self::key`] is `name`.
    pub(super) fn is_key(self, name: &str) -> bool {
        if self.is_typed() { self.key() == name } else { self.text == name }
    }

    /// Whether it is a string whatever it looks like.
    fn is_text(self) -> bool {
        match self.tag {
            Tag::None => self.style != Style::Plain,
            Tag::Typed => false,
            Tag::Str | Tag::Binary => true,
        }
    }
}

impl std::fmt::Debug for Scalar<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // No text: it may be a secret.
        write!(f, "{:?} scalar of {} bytes", self.style, self.text.len())
    }
}

/// Whether a plain scalar with this text is anything else than a string.
pub(super) fn is_typed(text: &str) -> bool {
    may_be_typed(text) && read_plain(text) != Type::Str
}

/// Whether its first byte and its length allow anything else than a string.
fn may_be_typed(text: &str) -> bool {
    text.bytes().next().is_none_or(|first| match first {
        b'0'..=b'9' | b'+' | b'-' | b'.' | b'~' => true,
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => text.len() <= "false".len(),
        _ => false,
    })
}

/// Whether a plain scalar with this text is null.
pub(super) fn is_null_word(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn read_plain(text: &str) -> Type {
    match text {
        text if is_null_word(text) => Type::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Type::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Type::Bool(false)
        }
        _ => match number::read(text) {
            Some(Number::Int(value)) => Type::Int(i64::try_from(value).unwrap_or(i64::MAX)),
            Some(Number::Float(_)) => Type::Float,
            None => Type::Str,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Scalar<'_> {
        Scalar::new(text, Style::Plain, Tag::None)
    }

    /// `reference` 3.3: every line was run through kubectl's parser.
    #[test]
    fn plain_scalars_are_typed_as_kubectl_types_them() {
        let all = |texts: &str, read: Type| {
            for text in texts.split(' ') {
                assert_eq!(plain(text).read(), read, "{text}");
            }
        };
        all("y Y yes Yes YES true True TRUE on On ON", Type::Bool(true));
        all("n N no No NO false False FALSE off Off OFF", Type::Bool(false));
        all("~ null Null NULL", Type::Null);
        assert!(plain("").is_null());
        all("017 0o17 +15 0xF 0b1111 1_5 0O17 0XF 0B1111", Type::Int(15));
        all("-017 -15 -0xf -0b1111", Type::Int(-15));
        all("1_000 1000 +1000", Type::Int(1000));
        all("0777 0o777", Type::Int(511));
        all("18446744073709551615 9223372036854775807 9223372036854775808", Type::Int(i64::MAX));
        all("08 1e3 1. .5 1_0.5 -1.5E-3 .inf -.Inf +.INF .nan .NaN 18446744073709551616 +0.0", Type::Float);
        all(
            "oN truE nUll 0o8 190:20:30 1:30 1e400 2001-12-14 1.2.3 v1 - + . .. 0x _1 1e 0xg .1_0 yess nan inf 0b2",
            Type::Str,
        );
    }

    #[test]
    fn a_float_without_a_fraction_is_a_whole_number() {
        for (text, int, is_fraction) in [
            ("3600", Some(3600), false),
            ("3600.0", Some(3600), false),
            ("3600.", Some(3600), false),
            ("3.6e3", Some(3600), false),
            ("-1e3", Some(-1000), false),
            ("08", Some(8), false),
            ("3600.5", None, true),
            ("1e-3", None, true),
            ("1e30", None, false),
            (".inf", None, false),
            (".nan", None, false),
            ("1h", None, false),
            ("", None, false),
            ("true", None, false),
        ] {
            assert_eq!((plain(text).as_int(), plain(text).is_fraction()), (int, is_fraction), "{text}");
        }
        assert_eq!(Scalar::new("3600.0", Style::Double, Tag::None).as_int(), None);
    }

    #[test]
    fn quotes_and_tags_decide_over_looks() {
        for (style, tag, read) in [
            (Style::Double, Tag::None, Type::Str),
            (Style::Literal, Tag::None, Type::Str),
            (Style::Plain, Tag::Str, Type::Str),
            (Style::Double, Tag::Typed, Type::Int(3)),
            (Style::Plain, Tag::Binary, Type::Str),
        ] {
            assert_eq!(Scalar::new("3", style, tag).read(), read, "{style:?} {tag:?}");
        }
        assert!(!Scalar::new("", Style::Single, Tag::None).is_null());
    }

    #[test]
    fn keys_become_strings_as_in_json() {
        for (text, key) in [
            ("y", "true"),
            ("off", "false"),
            ("1", "1"),
            ("0x1F", "31"),
            ("1_000", "1000"),
            ("-017", "-15"),
            ("1.0", "1"),
            ("1.5", "1.5"),
            ("1e6", "1e+06"),
            ("0.00001", "1e-05"),
            ("123456789.5", "1.234567895e+08"),
            ("18446744073709551615", "18446744073709551615"),
            ("2001-12-14", "2001-12-14"),
            ("name", "name"),
            ("yet", "yet"),
        ] {
            assert_eq!(plain(text).key(), key);
            assert!(plain(text).is_key(key));
        }
        assert_eq!(Scalar::new("y", Style::Double, Tag::None).key(), "y");
        assert!(!plain("y").is_key("y"));
    }

    #[test]
    fn debug_output_keeps_the_secret() {
        assert_eq!(format!("{:?}", plain("hunter2")), "Plain scalar of 7 bytes");
    }
}
