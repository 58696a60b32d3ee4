//! Names that stand in a variable of the same text.

use std::cell::OnceCell;
use std::collections::HashMap;

/// What is assigned to each variable.
type Assignments<'t> = HashMap<&'t str, Assigned<'t>>;

/// What a variable holds: None if the text says several things.
#[derive(Clone, Copy)]
struct Assigned<'t> {
    /// What is known without running anything.
    literal: Option<&'t str>,
    /// What is written, without the quotes around it; other variables may stand in it.
    written: Option<&'t str>,
}

impl Assigned<'_> {
    /// Forgets what another assignment contradicts.
    fn join(&mut self, other: Self) {
        self.literal = self.literal.filter(|literal| Some(*literal) == other.literal);
        self.written = self.written.filter(|written| Some(*written) == other.written);
    }
}

/// The variables of a text, looked for only when one is used.
pub(super) struct Variables<'t> {
    text: &'t str,
    assignments: OnceCell<Assignments<'t>>,
}

impl<'t> Variables<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, assignments: OnceCell::new() }
    }

    /// What the word stands for: itself, or for `$X`, `${X}`, `$(X)` what the text assigns to `X`, if that is one thing
    /// only; for `${X:-word}` the word.
    pub(super) fn resolve(&self, word: &'t str) -> Option<&'t str> {
        if is_literal(word) {
            return Some(word);
        }
        let (name, default) = reference(word)?;
        default.or_else(|| self.get(name))
    }

    /// What the text assigns to the name, if that is one thing only.
    pub(super) fn get(&self, name: &str) -> Option<&'t str> {
        self.assigned(name)?.literal
    }

    /// What the text writes where it assigns to the name, if it always writes the same.
    pub(super) fn written(&self, name: &str) -> Option<&'t str> {
        self.assigned(name)?.written
    }

    fn assigned(&self, name: &str) -> Option<Assigned<'t>> {
        self.assignments.get_or_init(|| assignments(self.text)).get(name).copied()
    }
}

/// Whether nothing else comes in the place of a part of the word.
fn is_literal(word: &str) -> bool {
    !word.contains(['$', '`', '(', '{'])
}

/// The name in `$X`, `$$X`, `${X}`, `$(X)`, and the literal in `${X:-word}`.
fn reference(word: &str) -> Option<(&str, Option<&str>)> {
    let inner = word.strip_prefix('$')?;
    let inner = inner.strip_prefix('$').unwrap_or(inner);
    let enclosed = |open: char, close: char| inner.strip_prefix(open)?.strip_suffix(close);
    let (name, operator) = letters(enclosed('{', '}').or_else(|| enclosed('(', ')')).unwrap_or(inner))?;
    if operator.is_empty() {
        return Some((name, None));
    }
    let operator = operator.strip_prefix(':').unwrap_or(operator).strip_prefix(['-', '='])?;
    let default = operator.trim_matches(['"', '\'']);
    (inner.starts_with('{') && is_literal(default) && !default.is_empty()).then_some((name, Some(default)))
}

fn assignments(text: &str) -> Assignments<'_> {
    let mut found = Assignments::new();
    for mut rest in text.lines().filter(|line| may_assign(line)) {
        while let Some((name, assigned, behind)) = assignment(rest) {
            found.entry(name).and_modify(|known| known.join(assigned)).or_insert(assigned);
            rest = behind;
        }
    }
    found
}

/// Whether a line may have an assignment; fast. A name that starts in small letters needs a `=`.
fn may_assign(line: &str) -> bool {
    let head = line.bytes().find(|byte| !b" \t;-$".contains(byte));
    head.is_some_and(|byte| byte.is_ascii_uppercase() || byte == b'_')
        || memchr::memchr(b'=', line.as_bytes()).is_some()
}

/// Takes `X=value` from the head of a line, `X := value` of make, `X: value` of YAML for names in capitals.
fn assignment(line: &str) -> Option<(&str, Assigned<'_>, &str)> {
    const LEADS: [&str; 9] =
        ["export ", "local ", "readonly ", "declare ", "def ", "ENV ", "ARG ", "RUN ", "&& "];
    let mut rest = line.trim_start_matches([' ', '\t', ';', '-', '$']);
    while let Some(behind) = LEADS.iter().find_map(|lead| rest.strip_prefix(lead)) {
        rest = behind.trim_start();
    }
    let (name, rest) = identifier(rest)?;
    let rest = rest.trim_start_matches([' ', '\t']);
    let signed = ["=", ":=", "?=", "::="].iter().find_map(|sign| rest.strip_prefix(sign));
    let of_yaml = || rest.strip_prefix(": ").filter(|_| !name.contains(|c: char| c.is_ascii_lowercase()));
    let value = signed.or_else(of_yaml)?;
    // Make takes the whole line, and may have a blank behind its sign; so does YAML.
    let line = value.trim_start_matches([' ', '\t']);
    let takes_line = (signed.is_none() || line.len() < value.len()) && !line.starts_with(['"', '\'']);
    let (value, behind) = value_of(line)?;
    let default = || reference(value).and_then(|(_, default)| default);
    let literal = Some(value).filter(|value| is_literal(value)).or_else(default);
    let assigned = Assigned {
        literal: literal.filter(|literal| !literal.is_empty()),
        written: Some(if takes_line { line.trim_end() } else { value }),
    };
    Some((name, assigned, behind))
}

/// The word at the head of the text, without its quotes, and what follows it.
fn value_of(text: &str) -> Option<(&str, &str)> {
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text.strip_prefix(quote)?.split_once(quote),
        _ => text.split_at_checked(text.find([' ', '\t', ';']).unwrap_or(text.len())),
    }
}

/// The name of a variable at the head of the text, and what follows it.
fn identifier(text: &str) -> Option<(&str, &str)> {
    letters(text).filter(|(name, _)| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// Letters, digits and `_` at the head of the text, and what follows them.
fn letters(text: &str) -> Option<(&str, &str)> {
    text.split_at_checked(text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len()))
}
