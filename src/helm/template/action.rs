//! What an action does.

use super::lex::Lexeme;
use crate::span::Span;

/// An action of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action<'t> {
    /// Its bytes in the file, delimiters included.
    pub span: Span,
    /// What it does.
    pub kind: ActionKind,
    /// Its pipeline: what is inside, without the keyword.
    pub pipeline: &'t str,
    /// Where the pipeline starts in the file.
    pub pipeline_start: u32,
    /// What is inside, keyword included.
    pub(super) body: &'t str,
    /// `-}}`
    pub(super) trims_right: bool,
}

/// What an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// `if`
    If,
    /// `with`
    With,
    /// `range`
    Range,
    /// `define "name"`
    Define,
    /// `block "name" pipeline`: defines a template and puts it here.
    Block,
    /// `else`
    Else,
    /// `else if`
    ElseIf,
    /// `else with`
    ElseWith,
    /// `end`
    End,
    /// `$x := …`, `$x = …`
    Assignment,
    /// `/* … */`
    Comment,
    /// Something that gives no text: `break`, `continue`, `fail`.
    Silent,
    /// Everything else: its value becomes text.
    Output,
}

impl ActionKind {
    /// Whether a region starts with it that an `end` closes.
    pub(super) fn opens(self) -> bool {
        matches!(self, Self::If | Self::With | Self::Range | Self::Define | Self::Block)
    }

    /// Whether another branch of a region starts with it.
    pub(super) fn is_else(self) -> bool {
        matches!(self, Self::Else | Self::ElseIf | Self::ElseWith)
    }
}

impl<'t> Action<'t> {
    pub(super) fn new(text: &'t str, lexeme: &Lexeme) -> Self {
        let body = text.get(lexeme.body.clone()).unwrap_or_default();
        let (kind, pipeline) = if lexeme.is_comment { (ActionKind::Comment, body) } else { classify(body) };
        let span = Span::new(lexeme.bytes.clone());
        // A pipeline reaches to the end of what is inside.
        let pipeline_start = Span::new(0..lexeme.body.end.saturating_sub(pipeline.len())).end;
        Self { span, kind, pipeline, pipeline_start, body, trims_right: lexeme.trims_right }
    }

    /// The column to which the lines that it gives are indented, if it says so: `… | nindent 4`.
    pub(super) fn indent(&self) -> Option<u32> {
        indent_of(self.pipeline)
    }

    /// Whether it gives lines of YAML, and not a word.
    pub(super) fn gives_lines(&self) -> bool {
        self.kind == ActionKind::Output
            && words(self.pipeline).any(|word| matches!(word, "nindent" | "indent" | "toYaml"))
    }
}

/// The kind of an action, and its pipeline.
fn classify(body: &str) -> (ActionKind, &str) {
    let end = body.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(body.len());
    let (word, rest) = body.split_at(end);
    let rest = rest.trim_start();
    let kind = match word {
        "if" => ActionKind::If,
        "with" => ActionKind::With,
        "range" => ActionKind::Range,
        "define" => ActionKind::Define,
        "block" => ActionKind::Block,
        "end" => ActionKind::End,
        "else" => return classify_else(rest),
        "break" | "continue" | "fail" => ActionKind::Silent,
        "" if is_assignment(body) => return (ActionKind::Assignment, body),
        _ => return (ActionKind::Output, body),
    };
    (kind, rest)
}

fn classify_else(rest: &str) -> (ActionKind, &str) {
    match classify(rest) {
        (ActionKind::If, pipeline) => (ActionKind::ElseIf, pipeline),
        (ActionKind::With, pipeline) => (ActionKind::ElseWith, pipeline),
        _ => (ActionKind::Else, rest),
    }
}

/// `$x := …` or `$x = …`
fn is_assignment(body: &str) -> bool {
    let Some(name) = body.strip_prefix('$') else { return false };
    let rest = name.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').trim_start();
    rest.starts_with(":=") || rest.starts_with('=')
}

/// The words of a pipeline outside of strings.
pub(super) fn words(pipeline: &str) -> impl Iterator<Item = &str> {
    tokens(pipeline).filter(|token| token.starts_with(|c: char| c.is_alphanumeric() || "_$.".contains(c)))
}

/// The number behind the last `nindent` or `indent` that is in no parentheses.
fn indent_of(pipeline: &str) -> Option<u32> {
    let mut depth = 0_usize;
    let mut found = None;
    let mut is_next = false;
    for token in tokens(pipeline) {
        match token {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if std::mem::take(&mut is_next) {
            found = token.parse().ok();
        }
        is_next = depth == 0 && matches!(token, "nindent" | "indent");
    }
    found
}

/// The pieces of a pipeline: words, strings, and each other character by itself; blanks are left out.
pub(super) fn tokens(pipeline: &str) -> impl Iterator<Item = &str> {
    let mut rest = pipeline;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let length = match first {
            '"' | '\'' => quoted_length(rest, first),
            '`' => rest.get(1..).and_then(|inside| inside.find('`')).map_or(rest.len(), |at| at + 2),
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            ':' if rest.starts_with(":=") => 2,
            _ => first.len_utf8(),
        };
        let (token, behind) = rest.split_at_checked(length)?;
        rest = behind;
        Some(token)
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '-' | '+')
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == quote && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_classified_by_their_first_word() {
        use ActionKind as K;
        for (body, kind, pipeline) in [
            ("if .x", K::If, ".x"),
            ("if(.x)", K::If, "(.x)"),
            ("ifnot .x", K::Output, "ifnot .x"),
            ("else", K::Else, ""),
            ("else  if .x", K::ElseIf, ".x"),
            ("else with .x", K::ElseWith, ".x"),
            ("end", K::End, ""),
            ("range $k, $v := .x", K::Range, "$k, $v := .x"),
            ("define \"x\"", K::Define, "\"x\""),
            ("block \"x\" .", K::Block, "\"x\" ."),
            ("$x := .y", K::Assignment, "$x := .y"),
            ("$x= .y", K::Assignment, "$x= .y"),
            ("$x.y", K::Output, "$x.y"),
            ("$", K::Output, "$"),
            ("fail \"no\"", K::Silent, "\"no\""),
            ("break", K::Silent, ""),
            ("template \"x\" .", K::Output, "template \"x\" ."),
            ("\"if\"", K::Output, "\"if\""),
            ("", K::Output, ""),
        ] {
            assert_eq!(classify(body), (kind, pipeline), "{body}");
        }
    }

    #[test]
    fn the_indentation_is_that_of_the_last_command() {
        for (pipeline, indent) in [
            ("toYaml .x | nindent 4", Some(4)),
            ("toYaml .x|indent 2", Some(2)),
            ("nindent 6 (include \"x\" . | indent 2)", Some(6)),
            ("include \"x\" (toYaml . | nindent 4)", None),
            ("toYaml .x | nindent $n", None),
            ("\"| nindent 4\"", None),
            ("toYaml .x", None),
        ] {
            assert_eq!(indent_of(pipeline), indent, "{pipeline}");
        }
    }
}
