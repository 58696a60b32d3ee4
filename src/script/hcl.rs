//! The tokens of HCL, as far as blocks and assignments need them.

use super::words::Value;

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token<'t> {
    /// A name or a reference: `metadata`, `var.name`.
    Name(Value<'t>),
    /// A string, without its quotes, as it is written.
    Text(Value<'t>),
    Open,
    Close,
    Equals,
    /// A number.
    Number(Value<'t>),
    /// A heredoc, which was left behind.
    Heredoc,
    /// Anything else: operators, brackets, commas.
    Symbol(char),
}

/// Reads tokens from a place in a text on.
#[derive(Clone)]
pub(super) struct Tokens<'t> {
    text: &'t str,
    pub(super) at: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, length: usize) -> Value<'t> {
        let start = self.at;
        self.at += length;
        Value { text: self.text.get(start..self.at).unwrap_or_default(), start }
    }

    fn take_line(&mut self) -> Value<'t> {
        let rest = self.rest();
        self.take(rest.find('\n').map_or(rest.len(), |end| end + 1))
    }

    fn skip_blanks_and_comments(&mut self) {
        loop {
            let rest = self.rest();
            if rest.starts_with('#') || rest.starts_with("//") {
                self.take_line();
            } else if rest.starts_with("/*") {
                self.take(rest.find("*/").map_or(rest.len(), |end| end + 2));
            } else if let trimmed = rest.trim_start()
                && trimmed.len() < rest.len()
            {
                self.take(rest.len() - trimmed.len());
            } else {
                return;
            }
        }
    }

    /// The string whose quote stands here. What `${ }` holds may have quotes of its own; a string ends with its line.
    fn string(&mut self) -> Value<'t> {
        self.at += 1;
        let (mut inside, mut escaped, mut before) = (0_usize, false, b' ');
        let end = self.rest().bytes().position(|byte| {
            match byte {
                b'\n' => return true,
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'{' if before == b'$' || inside > 0 => inside += 1,
                b'}' => inside = inside.saturating_sub(1),
                b'"' if inside == 0 => return true,
                _ => {}
            }
            before = byte;
            false
        });
        let value = self.take(end.unwrap_or(self.rest().len()));
        if self.rest().starts_with('"') {
            self.at += 1;
        }
        value
    }

    /// Leaves `<<EOF` or `<<-EOF` and its lines behind.
    fn heredoc(&mut self) {
        let opening = self.take_line().text;
        let end = opening.trim_start_matches(['<', '-']).trim_end();
        while !self.rest().is_empty() && self.take_line().text.trim() != end {}
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        self.skip_blanks_and_comments();
        let rest = self.rest();
        let first = rest.chars().next()?;
        let token = match first {
            '"' => return Some(Token::Text(self.string())),
            '{' => Token::Open,
            '}' => Token::Close,
            '=' if !rest.starts_with("==") => Token::Equals,
            '<' if rest.starts_with("<<") => {
                self.heredoc();
                return Some(Token::Heredoc);
            }
            first if first.is_ascii_digit() => {
                let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.';
                let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                return Some(Token::Number(self.take(length)));
            }
            first if first.is_ascii_alphabetic() || first == '_' => {
                let is_part = |c: char| c.is_ascii_alphanumeric() || ['_', '-', '.'].contains(&c);
                let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                return Some(Token::Name(self.take(length)));
            }
            first => Token::Symbol(first),
        };
        self.at += first.len_utf8();
        Some(token)
    }
}
