//! What an action of a template does.

use super::expression::{Expression, ExpressionError, Pipeline, pipeline};

/// An action, read from the text between `{{` and `}}` without the trim markers.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// `if …`
    If(Expression),
    /// `else if …`
    ElseIf(Expression),
    /// `else`
    Else,
    /// `with …`, `range …`, `block …`, `define …`, up to their `end`.
    Open,
    /// `end`
    End,
    /// `$x := …` and `$x = …`.
    Assign {
        /// The name without `$`.
        variable: String,
        /// What it becomes.
        value: Expression,
    },
    /// What is printed.
    Output(Expression),
    /// A comment, `break`, `continue`.
    Nothing,
}

impl Action {
    /// Reads an action.
    ///
    /// # Errors
    /// Where its pipeline cannot be read.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let text = text.trim();
        if text.starts_with("/*") {
            return Ok(Self::Nothing);
        }
        let (word, rest) = first_word(text);
        Ok(match word {
            "if" => Self::If(Expression::parse(rest)?),
            "else" => match first_word(rest.trim_start()) {
                ("if", rest) => Self::ElseIf(Expression::parse(rest)?),
                ("with", _) => Self::ElseIf(Expression::Dot),
                _ => Self::Else,
            },
            "end" => Self::End,
            "with" | "range" | "block" | "define" => Self::Open,
            "break" | "continue" => Self::Nothing,
            _ => match pipeline(text)? {
                Pipeline { variable: Some(variable), value } => Self::Assign { variable, value },
                Pipeline { variable: None, value } => Self::Output(value),
            },
        })
    }
}

fn first_word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}
