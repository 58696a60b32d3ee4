//! What an expression says: the same wherever it stands in the chart, or something of its own.

use std::collections::HashMap;

use super::action::{Action, ActionKind, tokens, words};
use super::source::Source;
use crate::span::Span;

/// Variables of variables that are followed.
const MAX_DEPTH: usize = 4;

/// A variable whose value is longer, in bytes, is not replaced by it: it may be used very often.
const MAX_VALUE: usize = 256;

/// Functions that give something else each time.
const EVER_NEW: [&str; 12] = [
    "genCA",
    "genPrivateKey",
    "genSelfSignedCert",
    "genSignedCert",
    "htpasswd",
    "now",
    "randAlpha",
    "randAlphaNum",
    "randAscii",
    "randBytes",
    "randNumeric",
    "uuidv4",
];

/// The variables of a template and what they stand for; nothing for those that do not stand for one thing.
#[derive(Debug, Default)]
pub(super) struct Variables<'t>(HashMap<&'t str, Option<&'t str>>);

/// An expression, a variable replaced by what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told<'t> {
    pub(super) expression: &'t str,
    /// Whether it means something only where it stands: it depends on a loop, on what a named template was called with,
    /// or on chance.
    pub(super) is_local: bool,
}

impl<'t> Variables<'t> {
    pub(super) fn of(actions: &[Action<'t>]) -> Self {
        let mut variables = Self::default();
        for action in actions {
            let Some((names, value)) =
                action.pipeline.split_once('=').filter(|_| action.pipeline.starts_with('$'))
            else {
                continue;
            };
            let is_plain = action.kind == ActionKind::Assignment && names.ends_with(':');
            for name in names.trim_end_matches(':').split(',').map(str::trim) {
                let known = variables.0.entry(name);
                let value = Some(value.trim()).filter(|value| is_plain && value.len() <= MAX_VALUE);
                known.and_modify(|known| *known = None).or_insert(value);
            }
        }
        variables
    }
}

impl<'t> Source<'t> {
    /// What the expression at `at` says.
    pub(super) fn told(&self, expression: &'t str, at: Span) -> Told<'t> {
        let mut expression = expression;
        for _ in 0..MAX_DEPTH {
            let mut parts = tokens(expression).filter(|token| !["|", "quote", "squote"].contains(token));
            let (first, second) = (parts.next(), parts.next());
            let value = first.filter(|_| second.is_none()).and_then(|name| self.variables.0.get(name));
            let Some(value) = value.copied().flatten() else { break };
            expression = value;
        }
        Told { expression, is_local: self.is_local(expression, at) }
    }

    fn is_local(&self, expression: &str, at: Span) -> bool {
        use ActionKind as K;
        let heads = self.regions.around(at.range()).filter_map(|branch| self.actions.get(branch.head));
        let (mut is_rebound, mut is_called) = (false, false);
        for head in heads {
            is_rebound |= matches!(head.kind, K::Range | K::With | K::ElseWith);
            is_called |= matches!(head.kind, K::Define | K::Block);
        }
        words(expression).any(|word| match word.strip_prefix('$') {
            Some("") => is_called,
            Some(rest) => is_called || !rest.starts_with('.'),
            None if word.starts_with('.') => is_rebound || is_called,
            None => EVER_NEW.contains(&word),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the first output of a template says.
    fn told(text: &str) -> (String, bool) {
        let source = Source::new(text).unwrap();
        let action = source.actions.iter().find(|action| action.kind == ActionKind::Output).unwrap();
        let told = source.told(action.pipeline, action.span);
        (told.expression.to_owned(), told.is_local)
    }

    #[test]
    fn expressions_of_the_whole_template_are_told_from_local_ones() {
        for (text, expression, is_local) in [
            ("{{ include \"a\" . }}", "include \"a\" .", false),
            ("{{ .Values.x }}", ".Values.x", false),
            ("{{ range .x }}{{ .name }}{{ end }}", ".name", true),
            ("{{ range .x }}{{ $.Values.y }}{{ end }}", "$.Values.y", false),
            ("{{ with .x }}{{ include \"a\" $ }}{{ end }}", "include \"a\" $", false),
            ("{{ define \"d\" }}{{ .x }}{{ end }}", ".x", true),
            ("{{ define \"d\" }}{{ $.x }}{{ end }}", "$.x", true),
            ("{{ if .x }}{{ .y }}{{ end }}", ".y", false),
            ("{{ $n := include \"a\" . }}{{ $n }}", "include \"a\" .", false),
            ("{{ $n := .a }}{{ $m := $n }}{{ $m | quote }}", ".a", false),
            ("{{ $n := .a }}{{ $n = .b }}{{ $n }}", "$n", true),
            ("{{ $n := .a }}{{ $n }}-{{ $n }}", ".a", false),
            ("{{ range $i, $n := .a }}{{ $n }}{{ end }}", "$n", true),
            ("{{ $n := .a }}{{ printf \"%s\" $n }}", "printf \"%s\" $n", true),
            ("{{ $a := $b }}{{ $b := $a }}{{ $a }}", "$a", true),
            ("{{ randAlphaNum 5 }}", "randAlphaNum 5", true),
        ] {
            assert_eq!(told(text), (expression.to_owned(), is_local), "{text}");
        }
    }

    #[test]
    fn variables_with_long_values_stand_for_themselves() {
        for (length, expression) in [(MAX_VALUE, ".".repeat(MAX_VALUE)), (MAX_VALUE + 1, "$n".to_owned())] {
            let text = format!("{{{{ $n := {} }}}}{{{{ $n }}}}", ".".repeat(length));
            assert_eq!(told(&text).0, expression);
        }
    }
}
