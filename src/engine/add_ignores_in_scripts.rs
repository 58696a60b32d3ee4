//! Accepting findings in scripts and documentation: a comment in the syntax of the file, where it changes nothing of what
//! the file does or shows, and the proof that it hides the findings.

use std::collections::BTreeMap;

use super::Options;
use super::add_ignores::Commented;
use super::analyse::File;
use super::pieces::Pieces;
use super::scripts;
use super::suppress::{self, Hiding};
use crate::finding::Finding;
use crate::helm::template;
use crate::script::{CommentPlace, Script, comment_place};
use crate::span::{Edit, FileId, Span};
use crate::yaml::{self, Text};

/// Adds comments to a script that hide findings, which are sorted by position. A place that cannot be proven is left.
pub(super) fn add(
    text: &str,
    path: &str,
    findings: &[&Finding],
    reason: &str,
    options: &Options,
) -> Commented {
    let inner = Text::slice(text, 0);
    let script = Script::new(FileId(0), path, &inner);
    let mut places: BTreeMap<usize, (CommentPlace<'_>, Vec<&Finding>)> = BTreeMap::new();
    for finding in findings {
        if let Some(place) = comment_place(&script, finding.place.span.start as usize) {
            places.entry(place.at).or_insert((place, Vec::new())).1.push(finding);
        }
    }
    let page = Page { text, path, reason, options };
    let edits = |places: &BTreeMap<usize, (CommentPlace<'_>, Vec<&Finding>)>| -> Vec<Edit> {
        places.values().filter_map(|(place, findings)| page.edit(place, findings)).collect()
    };
    let all = edits(&places);
    let hidden = page.hidden(&all, findings);
    places.retain(|_, (_, of_place)| {
        of_place.iter().all(|finding| hidden.iter().any(|it| std::ptr::eq(*it, *finding)))
    });
    let kept = edits(&places);
    let hidden = page.hidden(&kept, findings).len();
    match yaml::apply(text, &kept) {
        Ok(text) if hidden > 0 => Commented { text, hidden, left: findings.len() - hidden },
        _ => Commented { text: text.to_owned(), hidden: 0, left: findings.len() },
    }
}

/// A script, before and after.
struct Page<'t> {
    text: &'t str,
    path: &'t str,
    reason: &'t str,
    options: &'t Options,
}

impl Page<'_> {
    /// The comment at a place. None if the reason would end it.
    fn edit(&self, place: &CommentPlace<'_>, findings: &[&Finding]) -> Option<Edit> {
        let mut ids: Vec<_> = findings.iter().map(|finding| finding.rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let reason = self.reason.trim();
        let ends = !place.close.is_empty() && reason.contains(place.close.trim());
        if ends || reason.ends_with('\\') || reason.contains("--") {
            return None;
        }
        let words = format!("saudit: ignore[{}] {reason}", ids.join(", "));
        let newline = match self.text.contains("\r\n") {
            _ if !place.is_line => "",
            true => "\r\n",
            false => "\n",
        };
        let comment = format!("{}{}{}{}{newline}", place.indent, place.open, words.trim_end(), place.close);
        Some(Edit::replace(Span::new(place.at..place.at), comment))
    }

    /// Those of the findings that are hidden after the edits; none if anything else is judged otherwise than before.
    fn hidden<'f>(&self, edits: &[Edit], findings: &[&'f Finding]) -> Vec<&'f Finding> {
        let Ok(after) = yaml::apply(self.text, edits) else { return Vec::new() };
        let moved = |at: u32| {
            let added = edits.iter().take_while(|edit| edit.span.start <= at).map(|edit| edit.text.len());
            Span::new(0..at as usize + added.sum::<usize>()).end
        };
        let said: Vec<_> = self.said(self.text).into_iter().map(|(rule, at)| (rule, moved(at))).collect();
        if said != self.said(&after)
            || is_template(self.path) && !adds_actions(self.text, &after, edits.len())
        {
            return Vec::new();
        }
        let inner = Text::slice(&after, 0);
        let script = Script::new(FileId(0), self.path, &inner);
        let mut suppressions = scripts::suppressions(&script, &after);
        if is_template(self.path) {
            suppress::add_from_template(&after, FileId(0), &mut suppressions);
        }
        let mut hiding = Hiding::new(&mut suppressions, self.options);
        let is_hidden =
            |finding: &&&Finding| hiding.hides_at(finding.rule.id, moved(finding.place.span.start));
        findings.iter().filter(is_hidden).copied().collect()
    }

    /// What is said of a text, and where.
    fn said(&self, text: &str) -> Vec<(&'static str, u32)> {
        let file = File {
            id: FileId(0),
            path: self.path,
            is_reported: true,
            in_chart: false,
            text,
            pieces: &Pieces::of(text),
        };
        let outcome = scripts::file(file, false, self.options);
        let findings = outcome.findings.iter().map(|finding| (finding.rule.id, finding.place.span.start));
        findings.chain(outcome.lookups.iter().map(|(place, _)| ("", place.span.start))).collect()
    }
}

/// Whether so many actions were added to a template, and nothing else: a comment in one that is open would end it.
fn adds_actions(before: &str, after: &str, added: usize) -> bool {
    let count = |text| template::scan(text).map(|template| template.actions().len());
    count(before).is_some_and(|before| count(after) == Some(before + added))
}

/// Whether Helm reads the text as a template.
fn is_template(path: &str) -> bool {
    path.ends_with("templates/NOTES.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_that_ends_another_is_more_than_one_action() {
        let comment = "{{/* saudit: ignore[r] */}}";
        assert!(adds_actions("a\n{{ .b }}\n", &format!("a {comment}\n{{{{ .b }}}}\n"), 1));
        let open = "{{/* a\nb {{ .c }}\n{{/* d */}}\n";
        assert!(!adds_actions(open, &open.replace("a\n", &format!("a {comment}\n")), 1));
        assert!(!adds_actions("{{/* a\n", &format!("{{{{/* a {comment}\n"), 1));
    }
}
