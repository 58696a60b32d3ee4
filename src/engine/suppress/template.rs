//! Suppressions in the text of a chart's template: comments of YAML and of Go.

use std::collections::HashSet;
use std::ops::Range;

use memchr::memmem;

use super::{Directive, Place, Span, Suppression, WHOLE_FILE};
use crate::rules::{self, Check};
use crate::span::FileId;

const MARK: &str = "saudit:";

/// Adds what comments of a template say. A comment covers its line, or where it is alone on it, the next one too.
pub(in super::super) fn add_from_template(text: &str, file: FileId, found: &mut Vec<Suppression>) {
    if memmem::find(text.as_bytes(), MARK.as_bytes()).is_none() {
        return;
    }
    let known: HashSet<Span> = found.iter().map(|suppression| suppression.place.span).collect();
    let mut lines = text.split_inclusive('\n').peekable();
    let mut start = 0;
    while let Some(line) = lines.next() {
        let next = lines.peek().map_or(0, |next| next.len());
        if let Some((comment, is_alone)) = comment_in(line) {
            let scope = Span::new(start..start + line.len() + if is_alone { next } else { 0 });
            let comment = Span::new(start + comment.start..start + comment.end);
            let written = read(text, file, comment, scope);
            found.extend(written.filter(|suppression| !known.contains(&suppression.place.span)));
        }
        start += line.len();
    }
}

/// What a comment says about rules that there are.
fn read(text: &str, file: FileId, comment: Span, scope: Span) -> impl Iterator<Item = Suppression> {
    let directive = text.get(comment.range()).and_then(Directive::parse);
    directive.into_iter().flat_map(move |directive| {
        let Directive { whole_file, until, has_reason, .. } = directive;
        let scope = if whole_file { WHOLE_FILE } else { scope };
        directive.ids.into_iter().filter_map(move |id| {
            let span = Span::new(id).shift(comment.start);
            let rule = text.get(span.range())?.to_owned();
            let check = rules::find(&rule)?.check;
            let place = Place { file, span, path: format!("#{rule}"), object: None };
            // What it hides may only be there once it is rendered, so that it cannot be said to be of no use.
            let used = !matches!(check, Check::Chart(_));
            Some(Suppression { rule, scope, place, removal: None, until, has_reason, used })
        })
    })
}

/// The comment for saudit in a line, from its `#` or `/*` to its end, and whether nothing stands before it.
fn comment_in(line: &str) -> Option<(Range<usize>, bool)> {
    let marker = line.find(MARK)?;
    let (before, rest) = line.split_at_checked(marker)?;
    let rest = rest.trim_end();
    let (start, length) = match (before.rfind("/*"), before.rfind('#')) {
        (Some(start), _) => (start, rest.find("*/").unwrap_or(rest.len())),
        (None, Some(start)) => (start, rest.len()),
        (None, None) => return None,
    };
    let before = before.get(..start)?.trim_end();
    let before = before.strip_suffix("{{-").or_else(|| before.strip_suffix("{{")).unwrap_or(before);
    Some((start..marker + length, before.trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_covers_its_line_or_the_next() {
        let id = "helm-gate-string-compare";
        for (text, covered) in [
            ("a\n{{ if .x }} # saudit: ignore[ID]\nb\n", Some("{{ if .x }} # saudit: ignore[ID]\n")),
            ("{{- /* saudit: ignore[ID] */ -}}\nb\nc\n", Some("{{- /* saudit: ignore[ID] */ -}}\nb\n")),
            ("a\n  # saudit: ignore[ID]\n  b\nc", Some("  # saudit: ignore[ID]\n  b\n")),
            ("b {{/* saudit: ignore[ID] */}}", Some("b {{/* saudit: ignore[ID] */}}")),
            ("saudit: ignore[ID]\nb\n", None),
            ("# saudit: ignore[no-such-rule]\nb\n", None),
        ] {
            let (text, covered) = (text.replace("ID", id), covered.map(|covered| covered.replace("ID", id)));
            let mut found = Vec::new();
            add_from_template(&text, FileId(0), &mut found);
            let scope = found.first().and_then(|suppression| text.get(suppression.scope.range()));
            assert_eq!(scope.map(str::to_owned), covered, "{text}");
            let again = found.len();
            add_from_template(&text, FileId(0), &mut found);
            assert_eq!(found.len(), again, "what is known is not added");
        }
    }

    #[test]
    fn the_end_of_a_comment_is_no_reason() {
        for (line, has_reason) in
            [("{{/* saudit: ignore[r] */}}", false), ("{{/* saudit: ignore[r] old */}}", true)]
        {
            let (comment, _) = comment_in(line).unwrap();
            let directive = Directive::parse(line.get(comment).unwrap()).unwrap();
            assert_eq!(directive.has_reason, has_reason, "{line}");
        }
    }
}
