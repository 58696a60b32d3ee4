//! Making equal expressions look equal.

use super::action::tokens;
use super::lex::lex;

/// Commands that change how a value is written, and not what it is.
const WRITERS: [&str; 3] = ["quote", "squote", "toString"];

/// An expression in one way of writing: single blanks, `include` for `template`, `.` for `$`, without a `| quote` at its
/// end.
///
/// `$` is the scope of the whole template and `.` that of the place. They are the same outside of `range` and `with`.
pub(super) fn normalise(expression: &str) -> String {
    let text = format!("{{{{{expression}}}}}");
    let mut normal = String::with_capacity(text.len());
    let mut at = 0;
    // A condition inside of a value has several actions.
    for lexeme in lex(&text).unwrap_or_default() {
        normal.push_str(text.get(at..lexeme.bytes.start).unwrap_or_default());
        let body = text.get(lexeme.body).unwrap_or_default();
        normal.push_str("{{ ");
        let body = if lexeme.is_comment { body.to_owned() } else { normalise_action(body) };
        normal.push_str(&body);
        normal.push_str(" }}");
        at = lexeme.bytes.end;
    }
    let inside = normal.strip_prefix("{{ ").and_then(|inside| inside.strip_suffix(" }}"));
    inside.unwrap_or_default().to_owned()
}

fn normalise_action(expression: &str) -> String {
    let mut words: Vec<&str> = tokens(expression).collect();
    while let [rest @ .., "|", last] = words.as_slice()
        && WRITERS.contains(last)
    {
        words.truncate(rest.len());
    }
    if let [first, _, ..] = words.as_slice()
        && WRITERS.contains(first)
        && !words.contains(&"|")
        && words.len() == 2
    {
        words.remove(0);
    }
    if let Some(first) = words.first_mut().filter(|first| **first == "template") {
        *first = "include";
    }
    let mut normal = String::with_capacity(expression.len());
    let mut before = "(";
    for word in words {
        let word = if word == "$" {
            "."
        } else {
            word.strip_prefix('$').filter(|rest| rest.starts_with('.')).unwrap_or(word)
        };
        let glued = before == "(" || [")", ","].contains(&word) || before == ")" && word.starts_with('.');
        if !glued {
            normal.push(' ');
        }
        normal.push_str(word);
        before = word;
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_expressions_look_equal() {
        for (one, normal) in [
            ("template \"a.name\" .", "include \"a.name\" ."),
            ("include \"a.name\" $", "include \"a.name\" ."),
            ("include   \"a  b\"\n  .", "include \"a  b\" ."),
            ("$.Values.x | quote", ".Values.x"),
            (".Values.x|default \"y\"|quote | squote", ".Values.x | default \"y\""),
            ("quote .Values.x", ".Values.x"),
            ("$x", "$x"),
            ("$x.y", "$x.y"),
            ("( include \"a\" . )", "(include \"a\" .)"),
            ("(index .a 0).b", "(index .a 0).b"),
            ("printf \"%s\" ( .x )", "printf \"%s\" (.x)"),
            ("\"template $ | quote\"", "\"template $ | quote\""),
            ("if $.x}}a  b{{- else}}{{.y|quote}}{{ end", "if .x }}a  b{{ else }}{{ .y }}{{ end"),
            ("", ""),
        ] {
            assert_eq!(normalise(one), normal, "{one}");
            assert_eq!(normalise(normal), normal);
        }
    }
}
