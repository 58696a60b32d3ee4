//! Suppressions in the text of a chart's template: comments of YAML and of Go.

use std::collections::HashSet;

use memchr::memmem;

use super::text::comment_in;
use super::{Comments, Directive, Place, Span, Suppression, WHOLE_FILE};
use crate::span::FileId;

const MARK: &str = "saudit:";

/// Adds what the comments of a template say. They cover what they would in YAML, each document by itself.
pub(in super::super) fn add_from_template(text: &str, file: FileId, found: &mut Vec<Suppression>) {
    if memmem::find(text.as_bytes(), MARK.as_bytes()).is_none() {
        return;
    }
    let known: HashSet<Span> = found.iter().map(|suppression| suppression.place.span).collect();
    let before = found.len();
    for document in documents(text) {
        let comments = Comments::new(text, document, file);
        let mut start = document.start as usize;
        for line in text.get(document.range()).unwrap_or_default().split_inclusive('\n') {
            if let Some((comment, _)) = comment_in(line) {
                read(&comments, Span::new(start + comment.start..start + comment.end), found);
            }
            start += line.len();
        }
    }
    let added = found.split_off(before);
    found.extend(added.into_iter().filter(|suppression| !known.contains(&suppression.place.span)));
}

/// What stands between the `---` that lines start with.
fn documents(text: &str) -> Vec<Span> {
    let breaks = memmem::find_iter(text.as_bytes(), "\n---").map(|at| at + "\n---".len());
    let starts: Vec<usize> = std::iter::once(0).chain(breaks).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| Span::new(*start..end)).collect()
}

fn read(comments: &Comments<'_>, comment: Span, found: &mut Vec<Suppression>) {
    let Some(directive) = comments.text.get(comment.range()).and_then(Directive::parse) else { return };
    let Directive { whole_file, until, has_reason, .. } = directive;
    let scope = if whole_file { WHOLE_FILE } else { comments.scope_of(comment) };
    for id in directive.ids {
        let span = Span::new(id).shift(comment.start);
        let rule = comments.text.get(span.range()).unwrap_or_default().to_owned();
        let place = Place { file: comments.file, span, path: format!("#{rule}"), object: None };
        found.push(Suppression {
            rule,
            scope,
            place,
            removal: None,
            until,
            has_reason,
            in_template: true,
            is_sample: false,
            used: false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_covers_its_line_or_the_node_below() {
        let id = "helm-gate-string-compare";
        for (text, covered) in [
            ("a\n{{ if .x }} # saudit: ignore[ID]\nb\n", Some("{{ if .x }} # saudit: ignore[ID]\n")),
            ("a: 1\n{{- /* saudit: ignore[ID] */ -}}\nb\nc\n", Some("/* saudit: ignore[ID] */ -}}\nb\n")),
            ("a: 1\n  # saudit: ignore[ID]\n  b\nc", Some("# saudit: ignore[ID]\n  b\n")),
            (
                "a: 1\n# saudit: ignore[ID]\n{{- if .x }}\nb:\n  c: 1\n{{- end }}\n  d: 1\ne: 1\n",
                Some("# saudit: ignore[ID]\n{{- if .x }}\nb:\n  c: 1\n{{- end }}\n  d: 1\n"),
            ),
            ("b {{/* saudit: ignore[ID] */}}\nc\n", Some("b {{/* saudit: ignore[ID] */}}\n")),
            (
                "a\n---\n# saudit: ignore[ID]\n{{- if .x }}\nb\nc\n---\nd",
                Some("\n# saudit: ignore[ID]\n{{- if .x }}\nb\nc\n---"),
            ),
            ("saudit: ignore[ID]\nb\n", None),
        ] {
            let (text, covered) = (text.replace("ID", id), covered.map(|covered| covered.replace("ID", id)));
            let mut found = Vec::new();
            add_from_template(&text, FileId(0), &mut found);
            let scope = found.first().and_then(|suppression| text.get(suppression.scope.range()));
            assert_eq!(scope.map(str::to_owned), covered, "{text}");
        }
    }

    #[test]
    fn the_end_of_a_comment_is_no_reason() {
        for (line, has_reason) in
            [("{{/* saudit: ignore[r] */}}", false), ("{{/* saudit: ignore[r] old */}}", true)]
        {
            let directive = Directive::parse(line.get(comment_in(line).unwrap().0).unwrap()).unwrap();
            assert_eq!(directive.has_reason, has_reason, "{line}");
        }
    }
}
