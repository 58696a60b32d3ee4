//! Functions of the shell.

use std::ops::Range;

/// A function, as far as its braces stand at the ends of lines of their own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function<'t> {
    pub(super) name: &'t str,
    /// From the line that names it to the one that closes it.
    pub(super) body: Range<usize>,
}

/// The functions of a text, in its order, none in another.
pub(super) fn of(text: &str) -> Vec<Function<'_>> {
    let mut found = Vec::new();
    let mut open: Option<(&str, &str, usize)> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let content = line.trim();
        let indent = line.get(..line.len() - line.trim_start().len()).unwrap_or_default();
        match open {
            Some((name, own, from)) if content == "}" && indent == own => {
                found.push(Function { name, body: from..end });
                open = None;
            }
            None => open = name(content).map(|name| (name, indent, start)),
            Some(_) => {}
        }
        start = end;
    }
    found
}

/// The name in `NAME() {` and `function NAME {`.
fn name(line: &str) -> Option<&str> {
    let head = line.strip_suffix('{')?.trim_end();
    let name = match head.strip_prefix("function ") {
        Some(name) => name.strip_suffix("()").unwrap_or(name),
        None => head.strip_suffix("()")?,
    };
    let name = name.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_end_with_their_brace() {
        let text = "a() {\n  if x; then y; fi\n}\n  function b-c {\n    d() {\n    }\n  }\ne () {\n}\nf() { x; }\ng() {\n";
        let functions = of(text);
        let found: Vec<_> = functions
            .iter()
            .map(|function| (function.name, text.get(function.body.clone()).unwrap()))
            .collect();
        let expected = [
            ("a", "a() {\n  if x; then y; fi\n}\n"),
            ("b-c", "  function b-c {\n    d() {\n    }\n  }\n"),
            ("e", "e () {\n}\n"),
        ];
        assert_eq!(found, expected);
    }
}
