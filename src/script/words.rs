//! The words of a command line, roughly as a shell splits them, wherever the line stands: in a script, in a string of
//! JSON, in a flow list of YAML, in Markdown.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::shell::substitution;
use crate::span::Span;

/// A word, or the value of a flag. Quotes around the whole are taken off; a word glued together from several pieces
/// (`a"b"$c`) is left as it is written, and so is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'t> {
    /// What is written.
    pub text: &'t str,
    /// Its first byte, in the whole text.
    pub start: usize,
}

impl Value<'_> {
    /// Its bytes in the text.
    pub fn range(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    pub(super) fn span(self) -> Span {
        Span::new(self.start..self.start + self.text.len())
    }
}

/// A piece of a command.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token<'t> {
    Word(Value<'t>),
    /// `--name`, `-n`, `-nvalue`, and what follows a `=`.
    Flag(&'t str, Option<Value<'t>>),
    /// Whatever ends the command.
    End,
}

/// Reads one line, continued or not.
#[derive(Clone)]
pub(super) struct Words<'t> {
    /// The text up to the line's end.
    text: &'t str,
    at: usize,
}

impl<'t> Words<'t> {
    /// The words from `at` up to the end of `text`.
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    /// Where the next piece is looked for.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes on behind the `|` that stands here, if one does and no other beside it.
    pub(super) fn pipe(&mut self) -> bool {
        self.skip_blanks();
        let is_pipe = self.byte(0) == Some(b'|') && self.byte(1) != Some(b'|');
        if is_pipe {
            // `|&` takes the errors along.
            self.at += if self.byte(1) == Some(b'&') { 2 } else { 1 };
        }
        is_pipe
    }

    /// Leaves a redirection behind, with the number before it and what it leads to: `2>/dev/null`, `2>&1`.
    pub(super) fn redirection(&mut self) -> bool {
        self.skip_blanks();
        let rest = self.rest();
        let operator = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '&');
        if !operator.starts_with('>') {
            return false;
        }
        let target = operator.trim_start_matches(['>', '&', ' ']);
        let end = target.find(|c: char| c.is_whitespace() || ";|&)`\"'".contains(c)).unwrap_or(target.len());
        self.at += rest.len() - target.len() + end;
        true
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn slice(&self, start: usize) -> Value<'t> {
        Value { text: self.text.get(start..self.at).unwrap_or_default(), start }
    }

    /// The next run of letters, digits and `_ - . /`, wherever it stands: in quotes, `$( )`, `${ }`, backticks.
    pub(super) fn plain(&mut self) -> Option<Value<'t>> {
        let is_plain =
            |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-' | b'.' | b'/');
        while let Some(byte) = self.byte(0).filter(|byte| !is_plain(*byte)) {
            // `\n` and `\t` of a string, before a word
            self.at += if byte == b'\\' && matches!(self.byte(1), Some(b'n' | b't')) { 2 } else { 1 };
        }
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        self.at += rest.iter().position(|byte| !is_plain(*byte)).unwrap_or(rest.len());
        (self.at > start).then(|| self.slice(start))
    }

    /// Leaves the quotes and brackets behind in which a word stands alone: `"$KUBECTL"`, `$(OC)`, `${OC:-oc}`.
    pub(super) fn skip_closers(&mut self) {
        if self.byte(0) == Some(b':') && matches!(self.byte(1), Some(b'-' | b'=')) {
            self.at += closed(self.rest(), "}").unwrap_or_default();
        }
        while matches!(self.byte(0), Some(b'"' | b'\'' | b')' | b'}')) {
            self.at += 1;
        }
    }

    /// The next piece of the command; [`Token::End`] at the end of the line, too.
    pub(super) fn token(&mut self) -> Token<'t> {
        self.skip_blanks();
        let Some(byte) = self.byte(0) else { return Token::End };
        if let Some(length) = placeholder(self.rest()) {
            let start = self.at;
            self.at += length;
            return Token::Word(self.slice(start));
        }
        if ends_command(byte) || byte == b'#' || self.is_escaped_line_end() || self.closes_what_is_around() {
            self.at += 1;
            return Token::End;
        }
        if byte == b'-' {
            return self.flag();
        }
        match self.word() {
            // `"-n"`, as lists have it
            Some(word) if word.text.starts_with('-') => match word.text.split_once('=') {
                Some((name, text)) => {
                    Token::Flag(name, Some(Value { text, start: word.start + name.len() + 1 }))
                }
                None => Token::Flag(word.text, None),
            },
            Some(word) => Token::Word(word),
            None => Token::End,
        }
    }

    /// The flag that stands here. What follows a `=` is read as a word of its own, with quotes of its own.
    fn flag(&mut self) -> Token<'t> {
        let start = self.at;
        while self.byte(0).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
            self.at += 1;
        }
        let name = self.slice(start).text;
        if let Some((short, value)) = name.split_at_checked(2)
            && !value.is_empty()
            && short != "--"
        {
            return Token::Flag(short, Some(Value { text: value, start: start + 2 }));
        }
        if self.byte(0) == Some(b'=') {
            self.at += 1;
        } else if self.byte(0) == Some(b',') || !self.is_in_word() {
            return Token::Flag(name, None);
        }
        Token::Flag(name, self.word())
    }

    /// Blanks, line continuations (with `#` before what follows, as comments have it), commas of flow lists.
    fn skip_blanks(&mut self) {
        while let Some(byte) = self.byte(0) {
            match byte {
                b'\n' => {
                    self.at += 1;
                    let comment = self.rest().trim_start_matches([' ', '\t']);
                    if comment.starts_with('#') {
                        self.at = self.text.len() - comment.trim_start_matches('#').len();
                    }
                }
                b',' => self.at += 1,
                byte if byte.is_ascii_whitespace() => self.at += 1,
                b'\\' | b'`' if matches!(self.byte(1), Some(b'\n' | b'\r')) => self.at += 1,
                _ => return,
            }
        }
    }

    /// Whether the end of a line follows that a string writes as `\n`.
    fn is_escaped_line_end(&self) -> bool {
        self.byte(0) == Some(b'\\') && matches!(self.byte(1), Some(b'n' | b'r'))
    }

    /// How many bytes the quote has that stands here: 1, or 2 for `\"`.
    fn quote(&self) -> Option<usize> {
        match (self.byte(0)?, self.byte(1)) {
            (b'"' | b'\'', _) => Some(1),
            (b'\\', Some(b'"')) => Some(2),
            _ => None,
        }
    }

    /// Whether a quote stands here that was opened before the command: it follows a word, or nothing follows it.
    fn closes_what_is_around(&self) -> bool {
        let Some(length) = self.quote() else { return false };
        let before = self.at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at));
        let follows_word = before.is_some_and(|byte| !byte.is_ascii_whitespace() && !b"=,[(".contains(byte));
        let ends = self.byte(length).is_none_or(|byte| {
            byte.is_ascii_whitespace() || b",)]}:.\"'\\".contains(&byte) || ends_command(byte)
        });
        ends && follows_word
    }

    /// Whether what stands here belongs to the word before.
    fn is_in_word(&self) -> bool {
        let Some(byte) = self.byte(0) else { return false };
        !byte.is_ascii_whitespace()
            && !ends_command(byte)
            && !self.closes_what_is_around()
            && !self.is_line_end()
    }

    /// Whether a backslash stands here that ends the line, in the file or in a string of it.
    fn is_line_end(&self) -> bool {
        self.byte(0) == Some(b'\\') && matches!(self.byte(1), Some(b'\n' | b'\r' | b'n' | b'r'))
    }

    /// A word, of which at least one byte stands here. None if it ends with its line inside quotes, or is the number
    /// of a redirection.
    fn word(&mut self) -> Option<Value<'t>> {
        let start = self.at;
        let mut pieces = 0;
        let mut piece = Value { text: "", start };
        while self.is_in_word() {
            let quoted = self.quote();
            piece = match quoted {
                Some(quote) => self.quoted(quote)?,
                None => self.bare(),
            };
            pieces += 1;
            if quoted.is_some() && self.byte(0) == Some(b',') {
                break;
            }
        }
        match self.byte(0) {
            Some(b'<' | b'(') => None,
            Some(b'>') if piece.text.bytes().all(|byte| byte.is_ascii_digit()) => None,
            _ if pieces > 1 => Some(self.slice(start)),
            _ => Some(Value { text: piece.text.trim_end_matches([',', '.', ':']), ..piece }),
        }
    }

    /// A piece in quotes of `length` bytes; a template in it may have quotes of its own. Without an end it takes the rest
    /// of the line.
    fn quoted(&mut self, length: usize) -> Option<Value<'t>> {
        let quote = self.byte(length - 1)?;
        self.at += length;
        let start = self.at;
        loop {
            let Some(next) = memchr(quote, self.rest().as_bytes()) else {
                self.at = self.text.len();
                return None;
            };
            let inner = self.rest().get(..next).unwrap_or_default();
            // What is in quotes in a substitution does not end those around it.
            if quote == b'"'
                && let Some(opened) = memmem::find(inner.as_bytes(), b"$(")
                && let Some(length) = self.rest().get(opened..).and_then(substitution)
            {
                self.at += opened + length;
                continue;
            }
            let opened = memmem::find(inner.as_bytes(), b"{{");
            if let Some(opened) = opened
                && let Some(length) = self.rest().get(opened..).and_then(template)
                && opened + length > next
            {
                self.at += opened + length;
                continue;
            }
            self.at += next;
            let backslashes = self.slice(start).text.bytes().rev().take_while(|byte| *byte == b'\\').count();
            let inner = self.slice(start);
            let escaped = backslashes % 2 == 1;
            self.at += 1;
            match length {
                2 if escaped => {
                    return Some(Value { text: inner.text.strip_suffix('\\').unwrap_or_default(), start });
                }
                1 if quote == b'\'' || !escaped => return Some(inner),
                _ => {}
            }
        }
    }

    /// A piece without quotes: up to a blank, a quote or what ends the command. Variables and templates belong to it
    /// whatever stands in them.
    fn bare(&mut self) -> Value<'t> {
        let start = self.at;
        while self.is_in_word() && self.quote().is_none() {
            let rest = self.rest();
            self.at += match self.byte(0) {
                Some(b'$') => variable(rest).unwrap_or(1),
                Some(b'{' | b'[') => template(rest).or_else(|| group(rest)).unwrap_or(1),
                _ => 1,
            };
        }
        self.slice(start)
    }
}

/// The length of `${…}`, `$(NAME)` or `$(COMMAND)` at the head of the text.
fn variable(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('$')?;
    let length = if inner.starts_with('{') {
        template(inner).or_else(|| closed(inner, "}"))?
    } else {
        return substitution(text);
    };
    Some(length + 1)
}

/// The length of `{{…}}` at the head of the text.
fn template(text: &str) -> Option<usize> {
    text.starts_with("{{").then(|| closed(text, "}}"))?
}

/// The length of `<NAME>` at the head of the text, where documentation leaves something to fill in.
fn placeholder(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('<')?;
    let length = inner.find(|c: char| !c.is_ascii_alphanumeric() && !"-_. ".contains(c))?;
    let is_name =
        inner.starts_with(|c: char| c.is_ascii_alphabetic()) && inner.get(length..)?.starts_with('>');
    is_name.then_some(length + 2)
}

/// The length of `{…}` or `[…]` without blanks and quotes at the head of the text: a path of JSON without quotes.
fn group(text: &str) -> Option<usize> {
    let closer = match text.bytes().next()? {
        b'{' => "}",
        b'[' => "]",
        _ => return None,
    };
    let length = closed(text, closer)?;
    let inner = text.get(1..length)?;
    (inner.len() > 1 && !inner.contains([' ', '\t', '"', '\'', ','])).then_some(length)
}

/// How long the text is up to the end of `closer`, if that stands near and on the same line.
fn closed(text: &str, closer: &str) -> Option<usize> {
    /// Nobody writes a longer expression; a search for the end without a bound would not be linear.
    const LONGEST: usize = 200;
    let near = text.as_bytes().get(..LONGEST).unwrap_or(text.as_bytes());
    let length = memmem::find(near, closer.as_bytes())? + closer.len();
    (!near.iter().take(length).any(|byte| *byte == b'\n')).then_some(length)
}

fn ends_command(byte: u8) -> bool {
    b";|&()<>`]}".contains(&byte)
}
