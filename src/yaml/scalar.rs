//! Scalars as kubectl reads them: YAML 1.1, as go-yaml v2 resolves it (`reference` tests beside the code).

use super::tree::{Style, Tag};

/// A scalar: its text, and what it is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// `1.5`, `1e3`, `.inf`
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

    /// Whether it is written without quotes.
    pub fn is_plain(self) -> bool {
        self.style == Style::Plain
    }

    /// What it is read as.
    pub fn read(self) -> Type {
        match (self.tag, self.style) {
            (Tag::None, Style::Plain) | (Tag::Typed, _) => read_plain(self.text),
            _ => Type::Str,
        }
    }

    /// The text, if it is read as a string.
    pub fn as_str(self) -> Option<&'a str> {
        (self.read() == Type::Str).then_some(self.text)
    }

    /// Whether it is read as null.
    pub fn is_null(self) -> bool {
        self.read() == Type::Null
    }
}

fn read_plain(text: &str) -> Type {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Type::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Type::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Type::Bool(false)
        }
        _ => Type::Str,
    }
}
