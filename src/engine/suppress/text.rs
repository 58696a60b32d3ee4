//! Suppressions in text that is not read as YAML: scripts, documentation, and what stands in scalars.

use std::collections::HashSet;
use std::ops::Range;

use memchr::memmem;

use super::{Directive, Place, Span, Suppression, WHOLE_FILE};
use crate::rules::{self, Rule};
use crate::script::{Language, Script};
use crate::span::FileId;
use crate::yaml::Document;

const MARK: &str = "saudit:";

/// Adds what comments of a script say. In Markdown those are the ones of HTML: others stand in samples.
pub(in super::super) fn add_from_script(script: &Script<'_>, text: &str, found: &mut Vec<Suppression>) {
    let is_markdown = script.language == Language::Markdown;
    add_from_text(text, script.file, |_| true, found);
    found.retain(|suppression| !is_markdown || is_html(text, suppression.place.span));
}

/// Whether the comment around a rule's id is one of HTML.
fn is_html(text: &str, id: Span) -> bool {
    let line = text.get(..id.start as usize).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
    line.contains("<!--")
}

/// Adds what comments inside the scalars of a document say about rules for scripts.
pub(in super::super) fn add_from_document(
    document: &Document<'_>,
    file: FileId,
    found: &mut Vec<Suppression>,
) {
    let mut inside = Vec::new();
    add_from_text(document.text, file, Rule::speaks_of_scripts, &mut inside);
    let by = document.span.start;
    for suppression in &mut inside {
        suppression.place.span = suppression.place.span.shift(by);
        if suppression.scope != WHOLE_FILE {
            suppression.scope = suppression.scope.shift(by);
        }
    }
    let known: HashSet<Span> = found.iter().map(|suppression| suppression.place.span).collect();
    found.extend(inside.into_iter().filter(|suppression| !known.contains(&suppression.place.span)));
}

/// Adds what comments say about the rules that are `wanted`. A comment covers its line, or
/// where it is alone on it, the next one too, with the lines that continue that.
fn add_from_text(
    text: &str,
    file: FileId,
    wanted: impl Fn(&'static Rule) -> bool,
    found: &mut Vec<Suppression>,
) {
    if memmem::find(text.as_bytes(), MARK.as_bytes()).is_none() {
        return;
    }
    let known: HashSet<Span> = found.iter().map(|suppression| suppression.place.span).collect();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if let Some((comment, is_alone)) = comment_in(line) {
            let scope = Span::new(start..if is_alone { end_of_next(text, end) } else { end });
            let comment = Span::new(start + comment.start..start + comment.end);
            let written = read(text, file, comment, scope, &wanted);
            found.extend(written.filter(|suppression| !known.contains(&suppression.place.span)));
        }
        start = end;
    }
}

/// The end of the line at `from`, with those that continue it; of the block of code, if one opens there.
fn end_of_next(text: &str, from: usize) -> usize {
    let mut end = from;
    let mut fence = None;
    for line in text.get(from..).unwrap_or_default().split_inclusive('\n') {
        end += line.len();
        let content = line.trim();
        let is_fence = content.starts_with("```") || content.starts_with("~~~");
        match fence {
            None if is_fence => fence = content.get(..3),
            Some(fence) if !content.starts_with(fence) => {}
            None if content.ends_with('\\') => {}
            _ => break,
        }
    }
    end
}

/// What a comment says about the rules that are wanted.
fn read(
    text: &str,
    file: FileId,
    comment: Span,
    scope: Span,
    wanted: &impl Fn(&'static Rule) -> bool,
) -> impl Iterator<Item = Suppression> {
    let directive = text.get(comment.range()).and_then(Directive::parse);
    directive.into_iter().flat_map(move |directive| {
        let Directive { whole_file, until, has_reason, .. } = directive;
        let scope = if whole_file { WHOLE_FILE } else { scope };
        directive.ids.into_iter().filter_map(move |id| {
            let span = Span::new(id).shift(comment.start);
            let rule = text.get(span.range())?.to_owned();
            let is_wanted = rules::find(&rule).is_some_and(wanted);
            let place = Place { file, span, path: format!("#{rule}"), object: None };
            is_wanted.then_some(Suppression {
                rule,
                scope,
                place,
                removal: None,
                until,
                has_reason,
                in_template: false,
                used: false,
            })
        })
    })
}

/// The comment for saudit in a line, from its mark (`#`, `//`, `/*`, `<!--`) to its end, and whether nothing stands before
/// it.
pub(super) fn comment_in(line: &str) -> Option<(Range<usize>, bool)> {
    let marker = line.find(MARK)?;
    let (before, rest) = line.split_at_checked(marker)?;
    let rest = rest.trim_end();
    let until = |end: &str| rest.find(end).unwrap_or(rest.len());
    let (start, length) = if let Some(start) = before.rfind("<!--") {
        (start, until("-->"))
    } else if let Some(start) = before.rfind("/*") {
        (start, until("*/"))
    } else {
        (before.rfind('#').or_else(|| before.rfind("//"))?, rest.len())
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
            ("<!-- saudit: ignore[ID] -->\nb\nc", Some("<!-- saudit: ignore[ID] -->\nb\n")),
            (
                "<!-- saudit: ignore[ID] -->\n```sh\nb\n```\nc",
                Some("<!-- saudit: ignore[ID] -->\n```sh\nb\n```\n"),
            ),
            ("// saudit: ignore[ID]\nb\nc", Some("// saudit: ignore[ID]\nb\n")),
            ("# saudit: ignore[ID]\nb \\\n  c\nd", Some("# saudit: ignore[ID]\nb \\\n  c\n")),
            ("# saudit: ignore[wrong-type]\nb\n", None),
        ] {
            let (text, covered) = (text.replace("ID", id), covered.map(|covered| covered.replace("ID", id)));
            let mut found = Vec::new();
            add_from_text(&text, FileId(0), |rule| rule.id == id, &mut found);
            let scope = found.first().and_then(|suppression| text.get(suppression.scope.range()));
            assert_eq!(scope.map(str::to_owned), covered, "{text}");
            let again = found.len();
            add_from_text(&text, FileId(0), |rule| rule.id == id, &mut found);
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
