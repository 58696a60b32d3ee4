//! Suppressions in the text of a chart's template: comments of YAML and of Go.

use memchr::memmem;

use super::{Directive, Place, Span, Suppression, WHOLE_FILE};
use crate::rules::{self, Check};
use crate::span::FileId;

/// Adds what comments of a template say about rules for charts; others do not look at it as text. A comment covers its
/// line, or where it is alone on it, the next one too.
pub(in super::super) fn add_from_template(text: &str, file: FileId, found: &mut Vec<Suppression>) {
    for marker in memmem::find_iter(text.as_bytes(), b"saudit:") {
        let Some(comment) = comment_around(text, marker) else { continue };
        let Some(directive) = text.get(comment.range()).and_then(Directive::parse) else { continue };
        let Directive { whole_file, until, has_reason, .. } = directive;
        let scope = if whole_file { WHOLE_FILE } else { scope_of(text, comment) };
        for id in directive.ids {
            let span = Span::new(id).shift(comment.start);
            let rule = text.get(span.range()).unwrap_or_default().to_owned();
            let is_about_charts = rules::find(&rule).is_some_and(|it| matches!(it.check, Check::Chart(_)));
            if is_about_charts && found.iter().all(|known| known.place.span != span) {
                let place = Place { file, span, path: format!("#{rule}"), object: None };
                found.push(Suppression { rule, scope, place, removal: None, until, has_reason, used: false });
            }
        }
    }
}

/// The comment in which the byte `marker` stands, from its `#` or `/*` to its end or that of the line.
fn comment_around(text: &str, marker: usize) -> Option<Span> {
    let line_start = text.get(..marker)?.rfind('\n').map_or(0, |at| at + 1);
    let before = text.get(line_start..marker)?;
    let rest = text.get(marker..)?.lines().next().unwrap_or_default();
    let (start, length) = match (before.rfind("/*"), before.rfind('#')) {
        (Some(start), _) => (start, rest.find("*/").unwrap_or(rest.len())),
        (None, Some(start)) => (start, rest.len()),
        (None, None) => return None,
    };
    Some(Span::new(line_start + start..marker + length))
}

fn scope_of(text: &str, comment: Span) -> Span {
    let start = comment.start as usize;
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let before = before.get(line_start..).unwrap_or_default().trim_end();
    let before = before.strip_suffix("{{-").or_else(|| before.strip_suffix("{{")).unwrap_or(before);
    let lines = if before.trim().is_empty() { 2 } else { 1 };
    let rest = text.get(line_start..).unwrap_or_default().split_inclusive('\n');
    Span::new(line_start..line_start + rest.take(lines).map(str::len).sum::<usize>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> Option<&str> {
        let comment = comment_around(text, text.find("saudit:")?)?;
        text.get(scope_of(text, comment).range())
    }

    #[test]
    fn a_comment_covers_its_line_or_the_next() {
        for (text, covered) in [
            ("a\n{{ if .x }} # saudit: ignore[r]\nb\n", Some("{{ if .x }} # saudit: ignore[r]\n")),
            ("{{- /* saudit: ignore[r] */ -}}\nb\nc\n", Some("{{- /* saudit: ignore[r] */ -}}\nb\n")),
            ("a\n  # saudit: ignore[r]\n  b\nc", Some("  # saudit: ignore[r]\n  b\n")),
            ("b {{/* saudit: ignore[r] */}}", Some("b {{/* saudit: ignore[r] */}}")),
            ("saudit: ignore[r]\nb\n", None),
        ] {
            assert_eq!(scope(text), covered, "{text}");
        }
    }

    #[test]
    fn the_end_of_a_comment_is_no_reason() {
        for (text, has_reason) in
            [("{{/* saudit: ignore[r] */}}", false), ("{{/* saudit: ignore[r] old */}}", true)]
        {
            let comment = comment_around(text, text.find("saudit:").unwrap()).unwrap();
            let directive = Directive::parse(text.get(comment.range()).unwrap()).unwrap();
            assert_eq!(directive.has_reason, has_reason, "{text}");
        }
    }
}
