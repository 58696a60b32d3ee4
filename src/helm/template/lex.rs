//! Finding the actions (`{{ … }}`) of a template, as the lexer of Go's text/template does (`parse/lex.go`).

use std::ops::Range;

use memchr::memmem;

const LEFT: &[u8] = b"{{";
const RIGHT: &[u8] = b"}}";

/// An action as it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lexeme {
    /// From `{{` to behind `}}`.
    pub(super) bytes: Range<usize>,
    /// What is inside, without trim markers and the blanks at both ends.
    pub(super) body: Range<usize>,
    /// `{{/* … */}}`
    pub(super) is_comment: bool,
    /// `-}}`: blanks and line breaks after it go.
    pub(super) trims_right: bool,
}

/// Why Helm cannot read a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) bytes: Range<usize>,
    pub(super) reason: &'static str,
}

/// The actions of `text`, in order.
///
/// # Errors
/// The first action that does not end as it must: Helm reads nothing of such a file.
pub(super) fn lex(text: &str) -> Result<Vec<Lexeme>, Fault> {
    let bytes = text.as_bytes();
    let mut lexemes = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memmem::find(rest, LEFT)) {
        let lexeme = action(bytes, at + found)?;
        at = lexeme.bytes.end;
        lexemes.push(lexeme);
    }
    Ok(lexemes)
}

fn action(bytes: &[u8], start: usize) -> Result<Lexeme, Fault> {
    let fault = |reason| Fault { bytes: start..start + LEFT.len(), reason };
    let mut inside = start + LEFT.len();
    // The marker needs a blank: `{{-3}}` is a number.
    if byte(bytes, inside) == Some(b'-') && byte(bytes, inside + 1).is_some_and(is_blank) {
        inside += 2;
    }
    let is_comment = bytes.get(inside..).is_some_and(|rest| rest.starts_with(b"/*"));
    let end = if is_comment { end_of_comment(bytes, inside) } else { end_of_pipeline(bytes, inside) };
    let (end, close) = end.map_err(fault)?;
    let body = trim(bytes, inside..end);
    Ok(Lexeme { bytes: start..close, body, is_comment, trims_right: close - end > RIGHT.len() })
}

/// Where a comment that starts at `at` ends, and where its action does.
fn end_of_comment(bytes: &[u8], at: usize) -> Result<(usize, usize), &'static str> {
    let length = bytes.get(at + 2..).and_then(|rest| memmem::find(rest, b"*/")).ok_or("unclosed comment")?;
    let end = at + 2 + length + 2;
    let close = right_delimiter(bytes, end).ok_or("comment ends before closing delimiter")?;
    Ok((end, close))
}

/// Where a pipeline that starts at `at` ends, and where its action does.
fn end_of_pipeline(bytes: &[u8], at: usize) -> Result<(usize, usize), &'static str> {
    let mut at = at;
    let mut parentheses = 0_usize;
    loop {
        if let Some(close) = right_delimiter(bytes, at) {
            return if parentheses == 0 { Ok((at, close)) } else { Err("unclosed left paren") };
        }
        at = match byte(bytes, at).ok_or("unclosed action")? {
            b'`' => end_of_raw_string(bytes, at + 1)?,
            quote @ (b'"' | b'\'') => end_of_string(bytes, at + 1, quote)?,
            b'(' => {
                parentheses += 1;
                at + 1
            }
            b')' => {
                parentheses = parentheses.checked_sub(1).ok_or("unexpected right paren")?;
                at + 1
            }
            _ => at + 1,
        };
    }
}

fn end_of_raw_string(bytes: &[u8], at: usize) -> Result<usize, &'static str> {
    let length = bytes.get(at..).and_then(|rest| memchr::memchr(b'`', rest));
    length.map(|length| at + length + 1).ok_or("unterminated raw quoted string")
}

fn end_of_string(bytes: &[u8], at: usize, quote: u8) -> Result<usize, &'static str> {
    let mut at = at;
    loop {
        match byte(bytes, at) {
            Some(found) if found == quote => return Ok(at + 1),
            Some(b'\\') if byte(bytes, at + 1).is_some_and(|escaped| escaped != b'\n') => at += 2,
            Some(b'\n' | b'\\') | None => return Err("unterminated quoted string"),
            Some(_) => at += 1,
        }
    }
}

/// Where the delimiter ends that starts at `at`: `}}`, or ` -}}`.
fn right_delimiter(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    if rest.starts_with(RIGHT) {
        return Some(at + RIGHT.len());
    }
    let is_trimming = rest.first().copied().is_some_and(is_blank) && rest.get(1..)?.starts_with(b"-}}");
    is_trimming.then_some(at + 4)
}

fn trim(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let inside = bytes.get(range.clone()).unwrap_or_default();
    let length = inside.trim_ascii_end().len();
    let start = range.start + length - inside.trim_ascii_end().trim_ascii_start().len();
    start..range.start + length
}

fn byte(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(text: &str) -> Vec<&str> {
        lex(text).unwrap().into_iter().map(|lexeme| text.get(lexeme.body).unwrap()).collect()
    }

    #[test]
    fn actions_end_where_go_ends_them() {
        for (text, expected) in [
            ("no actions } }} {", vec![]),
            ("a{{ .x }}b{{.y}}c", vec![".x", ".y"]),
            ("{{- .x -}}", vec![".x"]),
            ("{{-3}}", vec!["-3"]),
            ("{{- -3 -}}", vec!["-3"]),
            ("{{ 3- }}", vec!["3-"]),
            ("{{ \"}}\" }}", vec!["\"}}\""]),
            ("{{ \"\\\"}}\" }}", vec!["\"\\\"}}\""]),
            ("{{ `}}\\` }}", vec!["`}}\\`"]),
            ("{{ '}' }}{{ '\\'' }}", vec!["'}'", "'\\''"]),
            ("{{/* }} */}}", vec!["/* }} */"]),
            ("{{- /* a\nb */ -}}", vec!["/* a\nb */"]),
            ("{{ (a\n b) }}", vec!["(a\n b)"]),
            ("{{\n.x\n-}}", vec![".x"]),
            ("{{{ .x }}}", vec!["{ .x"]),
            ("{{}}", vec![""]),
            ("é{{ \"é\" }}é", vec!["\"é\""]),
        ] {
            assert_eq!(bodies(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_never_ends_is_said() {
        for (text, at, reason) in [
            ("a {{ .x", 2, "unclosed action"),
            ("{{ .x }", 0, "unclosed action"),
            ("{{", 0, "unclosed action"),
            ("{{/* x }}", 0, "unclosed comment"),
            ("{{/* x */ }}", 0, "comment ends before closing delimiter"),
            ("{{ \"a\nb\" }}", 0, "unterminated quoted string"),
            ("{{ \"a }}", 0, "unterminated quoted string"),
            ("{{ \"a\\", 0, "unterminated quoted string"),
            ("{{ `a }}", 0, "unterminated raw quoted string"),
            ("{{ (a }}", 0, "unclosed left paren"),
            ("{{ a) }}", 0, "unexpected right paren"),
        ] {
            assert_eq!(lex(text), Err(Fault { bytes: at..at + 2, reason }), "{text:?}");
        }
    }
}
