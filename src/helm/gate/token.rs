//! The words of a template action, as Go's `text/template` lexes them.

use std::ops::Range;

use super::ExpressionError;

/// A word and where it stands in the action.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) at: Range<usize>,
    /// No blank stands before it: `.b` of `.a.b`.
    pub(super) is_joined: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A string, without its quotes and escapes.
    Text(String),
    /// A number that Go could read.
    Integer(i64),
    Float(f64),
    /// A function or a keyword.
    Word(String),
    /// `.name`
    Field(String),
    /// `.`
    Dot,
    /// `$name`; empty for `$`.
    Variable(String),
    Open,
    Close,
    Pipe,
    /// `:=`
    Declare,
    /// `=`
    Assign,
    Comma,
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ExpressionError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let before = lexer.at;
        lexer.take_while(char::is_whitespace);
        let start = lexer.at;
        let Some(kind) = lexer.next()? else { return Ok(tokens) };
        tokens.push(Token { kind, at: start..lexer.at, is_joined: start == before && start > 0 });
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take_while(&mut self, takes: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !takes(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn word(&mut self) -> String {
        self.take_while(|c| c == '_' || c.is_alphanumeric()).to_owned()
    }

    fn next(&mut self) -> Result<Option<TokenKind>, ExpressionError> {
        let mut chars = self.rest().chars();
        let (Some(first), second) = (chars.next(), chars.next()) else { return Ok(None) };
        if first.is_ascii_digit()
            || (matches!(first, '+' | '-' | '.') && second.is_some_and(|c| c.is_ascii_digit()))
        {
            return self.number().map(Some);
        }
        if first == '_' || first.is_alphabetic() {
            return Ok(Some(TokenKind::Word(self.word())));
        }
        self.at += first.len_utf8();
        let kind = match first {
            '"' => TokenKind::Text(self.quoted('"')?),
            '\'' => {
                TokenKind::Integer(self.quoted('\'')?.chars().next().map_or(0, |c| i64::from(u32::from(c))))
            }
            '`' => TokenKind::Text(self.raw()?),
            '.' if second.is_some_and(|c| c == '_' || c.is_alphabetic()) => TokenKind::Field(self.word()),
            '.' => TokenKind::Dot,
            '$' => TokenKind::Variable(self.word()),
            '(' => TokenKind::Open,
            ')' => TokenKind::Close,
            '|' => TokenKind::Pipe,
            ',' => TokenKind::Comma,
            '=' => TokenKind::Assign,
            ':' if second == Some('=') => {
                self.at += 1;
                TokenKind::Declare
            }
            _ => return Err(ExpressionError::Unexpected(self.at - first.len_utf8())),
        };
        Ok(Some(kind))
    }

    fn number(&mut self) -> Result<TokenKind, ExpressionError> {
        let start = self.at;
        let sign = self.take_while(|c| matches!(c, '+' | '-'));
        let digits = self.take_while(|c| c == '.' || c == '_' || c.is_alphanumeric());
        let written = format!("{sign}{digits}");
        if let Some(number) = integer(&written) {
            return Ok(TokenKind::Integer(number));
        }
        written.parse().map(TokenKind::Float).map_err(|_| ExpressionError::Unexpected(start))
    }

    fn raw(&mut self) -> Result<String, ExpressionError> {
        let (start, text) = (self.at, self.take_while(|c| c != '`'));
        let is_closed = self.rest().starts_with('`');
        self.at += usize::from(is_closed);
        is_closed.then(|| text.to_owned()).ok_or(ExpressionError::Unterminated(start))
    }

    fn quoted(&mut self, quote: char) -> Result<String, ExpressionError> {
        let start = self.at;
        let mut text = String::new();
        loop {
            text.push_str(self.take_while(|c| c != quote && c != '\\' && c != '\n'));
            let mut chars = self.rest().chars();
            match chars.next() {
                Some(c) if c == quote => {
                    self.at += 1;
                    return Ok(text);
                }
                Some('\\') => text.push(self.escape()?),
                _ => return Err(ExpressionError::Unterminated(start)),
            }
        }
    }

    /// Reads the escape that begins here, as Go's `strconv.Unquote`.
    fn escape(&mut self) -> Result<char, ExpressionError> {
        let start = self.at;
        let error = ExpressionError::Unexpected(start);
        self.at += 1;
        let escaped = self.rest().chars().next().ok_or(error.clone())?;
        self.at += escaped.len_utf8();
        let simple = match escaped {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'v' => '\x0b',
            '\\' | '"' | '\'' => escaped,
            'x' => return self.code(2, 16).ok_or(error),
            'u' => return self.code(4, 16).ok_or(error),
            'U' => return self.code(8, 16).ok_or(error),
            '0'..='7' => {
                self.at -= 1;
                return self.code(3, 8).ok_or(error);
            }
            _ => return Err(error),
        };
        Ok(simple)
    }

    fn code(&mut self, length: usize, radix: u32) -> Option<char> {
        let digits = self.rest().get(..length)?;
        self.at += length;
        char::from_u32(u32::from_str_radix(digits, radix).ok()?)
    }
}

/// A whole number as Go reads it in templates and with base 0: `024` and `0o24` are octal, `0x18` hexadecimal, `_` parts
/// digits.
pub(super) fn integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let prefixed = |prefixes: &[&str]| prefixes.iter().find_map(|prefix| digits.strip_prefix(prefix));
    let (digits, radix) = if let Some(digits) = prefixed(&["0x", "0X"]) {
        (digits, 16)
    } else if let Some(digits) = prefixed(&["0b", "0B"]) {
        (digits, 2)
    } else if let Some(digits) = prefixed(&["0o", "0O"]).or(prefixed(&["0"]).filter(|rest| !rest.is_empty()))
    {
        (digits, 8)
    } else {
        (digits, 10)
    };
    let is_number = digits.starts_with(|c: char| c.is_ascii_hexdigit());
    i64::from_str_radix(&format!("{sign}{}", digits.replace('_', "")), radix).ok().filter(|_| is_number)
}
