//! The pipeline of a template action, such as `and .Values.x (semverCompare ">=1.24-0" .Capabilities.KubeVersion.Version)`.

use std::ops::Range;

use super::token::{Token, TokenKind, tokens};

/// A pipeline. `at` are bytes of the text it was read from.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A string.
    Text {
        /// What it says, without quotes and escapes.
        value: String,
        /// With its quotes.
        at: Range<usize>,
    },
    /// A whole number, or a character's.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `nil`
    Nil,
    /// `.`
    Dot,
    /// `$name`; empty for `$`, the root.
    Variable(String),
    /// `.a.b`, `$x.a`, `(…).a`.
    Field {
        /// What has the field; [`Expression::Dot`] for `.a`.
        of: Box<Self>,
        /// The names, one after the other.
        names: Vec<String>,
    },
    /// A function with its arguments; what is piped into it is the last.
    Call {
        /// Its name.
        function: String,
        /// Its arguments.
        arguments: Vec<Self>,
        /// Its command: the name and the arguments behind it, not what is piped into it.
        at: Range<usize>,
    },
    /// A field with arguments, such as `.Capabilities.APIVersions.Has "batch/v1"`.
    Method {
        /// The field.
        of: Box<Self>,
        /// Its arguments.
        arguments: Vec<Self>,
        /// The whole command.
        at: Range<usize>,
    },
}

/// Why a text is not a pipeline; the numbers are bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// No pipeline at all.
    #[error("a value is missing")]
    Missing,
    /// A string without its end.
    #[error("a string without its end")]
    Unterminated(usize),
    /// A word that cannot stand there.
    #[error("unexpected text at byte {0}")]
    Unexpected(usize),
    /// More parentheses and pipes than real templates have.
    #[error("too many parentheses and pipes")]
    TooDeep,
}

/// Real conditions have up to some 40 parentheses.
const MAX_NESTING: usize = 128;

/// What a pipeline declares or assigns, and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pipeline {
    /// `x` of `$x :=` or `$x =`; the last of several.
    pub(super) variable: Option<String>,
    pub(super) value: Expression,
}

impl Expression {
    /// Reads the text of a pipeline, such as what follows `if`.
    ///
    /// # Errors
    /// On what Go's `text/template` does not read, and on absurd nesting.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        pipeline(text).map(|pipeline| pipeline.value)
    }

    /// Whether a pipeline may use variables, so that what it comes to depends on where it stands.
    pub fn has_variables(text: &str) -> bool {
        let is_name = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        text.split('$').skip(1).any(is_name)
    }

    /// This and everything in it, outermost first.
    pub fn descend(&self) -> Vec<&Self> {
        let (mut found, mut open) = (Vec::new(), vec![self]);
        while let Some(expression) = open.pop() {
            found.push(expression);
            match expression {
                Self::Field { of, .. } => open.push(of),
                Self::Call { arguments, .. } => open.extend(arguments.iter().rev()),
                Self::Method { of, arguments, .. } => {
                    open.extend(arguments.iter().rev());
                    open.push(of);
                }
                _ => {}
            }
        }
        found
    }
}

pub(super) fn pipeline(text: &str) -> Result<Pipeline, ExpressionError> {
    let tokens = tokens(text)?;
    let nesting = tokens.iter().filter(|it| matches!(it.kind, TokenKind::Open | TokenKind::Pipe)).count();
    if nesting > MAX_NESTING {
        return Err(ExpressionError::TooDeep);
    }
    let mut parser = Parser { tokens: &tokens, end: 0 };
    let variable = parser.declaration();
    let value = parser.pipeline()?;
    match parser.tokens.first() {
        None => Ok(Pipeline { variable, value }),
        Some(token) => Err(ExpressionError::Unexpected(token.at.start)),
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    /// Where the last word that was taken ends.
    end: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a TokenKind> {
        self.tokens.first().map(|token| &token.kind)
    }

    fn take(&mut self) -> Option<&'a Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        self.end = first.at.end;
        Some(first)
    }

    /// `$x :=`, `$x =`, `$i, $x :=`.
    fn declaration(&mut self) -> Option<String> {
        let end =
            self.tokens.iter().position(|it| matches!(it.kind, TokenKind::Declare | TokenKind::Assign))?;
        let (names, rest) = self.tokens.split_at_checked(end)?;
        let TokenKind::Variable(name) = &names.last()?.kind else { return None };
        self.tokens = rest.get(1..)?;
        Some(name.clone())
    }

    fn pipeline(&mut self) -> Result<Expression, ExpressionError> {
        let mut value = self.command(None)?;
        while self.peek() == Some(&TokenKind::Pipe) {
            self.take();
            // Go reads a pipe that leads nowhere.
            if matches!(self.peek(), None | Some(TokenKind::Close)) {
                break;
            }
            value = self.command(Some(value))?;
        }
        Ok(value)
    }

    /// One command; `piped` is what the pipe brings to it.
    fn command(&mut self, piped: Option<Expression>) -> Result<Expression, ExpressionError> {
        let start = self.tokens.first().map(|token| token.at.start);
        let head = match self.peek() {
            Some(TokenKind::Word(word)) if !matches!(word.as_str(), "true" | "false" | "nil") => {
                self.take();
                Head::Function(word.clone())
            }
            _ => Head::Value(self.operand()?),
        };
        let mut arguments = Vec::new();
        while let Some(kind) = self.peek()
            && !matches!(kind, TokenKind::Pipe | TokenKind::Close)
        {
            arguments.push(self.operand()?);
        }
        arguments.extend(piped);
        let at = start.unwrap_or_default()..self.end;
        Ok(match head {
            Head::Function(function) => Expression::Call { function, arguments, at },
            Head::Value(value) if arguments.is_empty() => value,
            Head::Value(of) => Expression::Method { of: Box::new(of), arguments, at },
        })
    }

    /// A value with the fields that are joined to it. A function without arguments is a value too.
    fn operand(&mut self) -> Result<Expression, ExpressionError> {
        let token = self.take().ok_or(ExpressionError::Missing)?;
        let unexpected = || ExpressionError::Unexpected(token.at.start);
        let mut value = match &token.kind {
            TokenKind::Text(value) => Expression::Text { value: value.clone(), at: token.at.clone() },
            TokenKind::Integer(number) => Expression::Integer(*number),
            TokenKind::Float(number) => Expression::Float(*number),
            TokenKind::Word(word) => match word.as_str() {
                "true" => Expression::Bool(true),
                "false" => Expression::Bool(false),
                "nil" => Expression::Nil,
                _ => Expression::Call { function: word.clone(), arguments: Vec::new(), at: token.at.clone() },
            },
            TokenKind::Dot => Expression::Dot,
            TokenKind::Variable(name) => Expression::Variable(name.clone()),
            TokenKind::Field(name) => {
                Expression::Field { of: Box::new(Expression::Dot), names: vec![name.clone()] }
            }
            TokenKind::Open => {
                let value = self.pipeline()?;
                let close = self.take().ok_or(ExpressionError::Unterminated(token.at.start))?;
                (close.kind == TokenKind::Close)
                    .then_some(value)
                    .ok_or(ExpressionError::Unexpected(close.at.start))?
            }
            _ => return Err(unexpected()),
        };
        while let Some(name) = self.joined_field() {
            value = match value {
                Expression::Field { of, mut names } => {
                    names.push(name);
                    Expression::Field { of, names }
                }
                other => Expression::Field { of: Box::new(other), names: vec![name] },
            };
        }
        Ok(value)
    }

    fn joined_field(&mut self) -> Option<String> {
        let token = self.tokens.first().filter(|token| token.is_joined)?;
        let TokenKind::Field(name) = &token.kind else { return None };
        self.take();
        Some(name.clone())
    }
}

enum Head {
    Function(String),
    Value(Expression),
}
