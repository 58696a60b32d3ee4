//! The escape hatch, kept honest: comments, annotations and configuration entries that hide findings.
//!
//! `# saudit: ignore[rule, …] reason` hides findings on its line, or in the node below it, or (at a document's head) in
//! the document; `# saudit: file-ignore[…]` in the file; the annotation `ignore.saudit/<rule>: "reason"` in its object.

use jiff::civil::Date;

use super::Options;
use crate::finding::{Draft, Finding, Fix, Place};
use crate::k8s::Manifest;
use crate::rules;
use crate::span::{Edit, FileId, Span};
use crate::yaml::Node;

/// The prefix of annotation keys that suppress.
const ANNOTATION_PREFIX: &str = "ignore.saudit/";

/// One suppressed rule at one place.
#[derive(Debug)]
pub(super) struct Suppression {
    /// The rule's id as written.
    rule: String,
    /// Findings that start in these bytes are hidden.
    scope: Span,
    /// The id itself, to point at.
    place: Place,
    /// What to delete when it hides nothing.
    removal: Option<Span>,
    /// First day on which it no longer counts is the day after.
    until: Option<Date>,
    has_reason: bool,
    used: bool,
}

/// All suppressions written in a document.
pub(super) fn collect(manifest: &Manifest<'_>, text: &str) -> Vec<Suppression> {
    let mut found = Vec::new();
    let file = manifest.origin.file;
    match manifest.document.tree() {
        Some(tree) => {
            for comment in tree.comments() {
                from_comment(text, *comment, manifest.document.span, file, &mut found);
            }
        }
        None => {
            for comment in head_comments(text, manifest.document.span) {
                from_comment(text, comment, manifest.document.span, file, &mut found);
            }
        }
    }
    for object in &manifest.objects {
        let Some(annotations) = object.at_path(&["metadata", "annotations"]).value() else { continue };
        for entry in annotations.entries() {
            let Some(rule) = entry.key.text().and_then(|key| key.strip_prefix(ANNOTATION_PREFIX)) else {
                continue;
            };
            found.push(Suppression {
                rule: rule.to_owned(),
                scope: object.root.span(),
                place: object.place(entry.key),
                removal: removable_line(text, entry.key, entry.value),
                until: None,
                has_reason: entry.value.text().is_some_and(|reason| !reason.trim().is_empty()),
                used: false,
            });
        }
    }
    found
}

/// The comments before the first content of a document that cannot be read.
fn head_comments(text: &str, document: Span) -> impl Iterator<Item = Span> {
    let mut at = document.start as usize;
    let lines = text.get(document.range()).unwrap_or_default().split_inclusive('\n');
    lines
        .map(move |line| {
            let start = at + (line.len() - line.trim_start().len());
            at += line.len();
            (line.trim(), start)
        })
        .take_while(|(line, _)| line.is_empty() || line.starts_with('#'))
        .filter(|(line, _)| line.starts_with('#'))
        .map(|(line, start)| Span::new(start..start + line.len()))
}

fn from_comment(text: &str, comment: Span, document: Span, file: FileId, found: &mut Vec<Suppression>) {
    let Some(content) = text.get(comment.range()) else { return };
    let Some(marker) = content.find("saudit:") else { return };
    let Some(directive) = content.get(marker + "saudit:".len()..).map(str::trim_start) else { return };
    let (directive, whole_file) = match directive.strip_prefix("file-") {
        Some(rest) => (rest, true),
        None => (directive, false),
    };
    let Some((ids, reason)) = directive.strip_prefix("ignore[").and_then(|rest| rest.split_once(']')) else {
        return;
    };
    let scope = if whole_file { Span { start: 0, end: u32::MAX } } else { scope_of(text, comment, document) };
    let until = reason
        .split_whitespace()
        .find_map(|word| word.strip_prefix("until="))
        .and_then(|date| date.parse().ok());
    let has_reason = reason.split_whitespace().any(|word| !word.starts_with("until="));
    let only_one = !ids.contains(',');
    let mut offset = content.find('[').map_or(0, |bracket| bracket + 1);
    for part in ids.split(',') {
        let id = part.trim();
        let lead = part.len() - part.trim_start().len();
        let span = Span::new(offset + lead..offset + lead + id.len()).shift(comment.start);
        offset += part.len() + 1;
        if id.is_empty() {
            continue;
        }
        found.push(Suppression {
            rule: id.to_owned(),
            scope,
            place: Place { file, span, path: format!("#{id}"), object: None },
            removal: if only_one { Some(whole_comment(text, comment)) } else { None },
            until,
            has_reason,
            used: false,
        });
    }
}

/// What a comment covers: its line; or, alone on its line, the node below; or, at the head, the document.
fn scope_of(text: &str, comment: Span, document: Span) -> Span {
    let line_start =
        text.get(..comment.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let before = text.get(line_start..comment.start as usize).unwrap_or_default();
    let line_end = comment.end;
    if !before.trim().is_empty() {
        return Span { start: Span::new(line_start..line_start).start, end: line_end + 1 };
    }
    let head = text.get(document.start as usize..line_start).unwrap_or_default();
    if head.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return document;
    }
    let below = text.get(line_end as usize..document.end as usize).unwrap_or_default();
    Span { start: line_end, end: line_end + node_below(below) }
}

/// Length of the node that starts on the first line with content: that line and those that are indented deeper, and
/// for a key also the items of an indentless sequence.
fn node_below(text: &str) -> u32 {
    let mut end = 0;
    let mut level = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        if !(content.trim().is_empty() || content.starts_with('#')) {
            let dash = content.starts_with("- ");
            match level {
                None => level = Some((indent, dash)),
                Some((own, own_dash)) if indent < own || (indent == own && (own_dash || !dash)) => break,
                Some(_) => {}
            }
        }
        end += line.len();
    }
    Span::new(0..end).len()
}

/// The comment with the blanks before it; its whole line if nothing else stands there.
fn whole_comment(text: &str, comment: Span) -> Span {
    let before = text.get(..comment.start as usize).unwrap_or_default();
    let start = before.trim_end_matches([' ', '\t']).len();
    let alone = start == 0 || before.as_bytes().get(start - 1) == Some(&b'\n');
    let newline = text.get(comment.end as usize..).is_some_and(|rest| rest.starts_with('\n'));
    Span::new(start..comment.end as usize + usize::from(alone && newline))
}

/// The line of a block-style entry, if nothing else stands on it.
fn removable_line(text: &str, key: Node<'_>, value: Node<'_>) -> Option<Span> {
    let (start, end) = (key.span().start as usize, value.span().end as usize);
    let line_start = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let line_end = text.get(end..)?.find('\n').map(|at| end + at + 1)?;
    let alone = text.get(line_start..start)?.trim().is_empty() && text.get(end..line_end)?.trim().is_empty();
    (alone && key.is_editable() && value.alias().is_none()).then(|| Span::new(line_start..line_end))
}

/// Whether one of `suppressions` hides `finding`; marks those that would.
pub(super) fn hides(suppressions: &mut [Suppression], finding: &Finding, options: &Options) -> bool {
    let mut hidden = false;
    for suppression in suppressions.iter_mut().filter(|suppression| suppression.covers(finding)) {
        if suppression.has_reason || !options.require_reason {
            suppression.used = true;
            hidden |= !suppression.is_expired(options.today);
        }
    }
    hidden
}

impl Suppression {
    fn covers(&self, finding: &Finding) -> bool {
        let start = finding.place.span.start;
        let same = self.rule == finding.rule.id || finding.rule.aliases.contains(&self.rule);
        same && self.scope.start <= start && start < self.scope.end
    }

    fn is_expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// What the rule expired-suppression says of it.
    pub(super) fn expired(&self, today: Date) -> Option<Draft> {
        let until = self.until.filter(|_| self.is_expired(today))?;
        let message = format!("this suppression of {} ended on {until}", self.rule);
        Some(
            Draft::new(self.place.clone(), message)
                .help("mend the finding, or set a later date with a reason"),
        )
    }

    /// What the rule unused-suppression says of it; `ran` tells whether a rule ran so that it could have spoken.
    pub(super) fn unused(&self, options: &Options, ran: impl Fn(&str) -> bool) -> Option<Draft> {
        let rule = &self.rule;
        let message = match rules::find(rule) {
            None => format!("this suppression names no rule: `{rule}`"),
            Some(found) if self.used || self.is_expired(options.today) || !ran(found.id) => return None,
            Some(_) if options.require_reason && !self.has_reason => {
                let message = format!("this suppression of {rule} gives no reason, so it hides nothing");
                return Some(Draft::new(self.place.clone(), message).help("write why, or remove it"));
            }
            Some(_) => format!("this suppression of {rule} hides nothing"),
        };
        let fix = self.removal.map(|span| Fix::safe([Edit::replace(span, "")]));
        Some(Draft::new(self.place.clone(), message).help("remove it").fix(fix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_above_a_node_covers_the_node() {
        let text = "a: 1\n# saudit: ignore[x]\nmetadata:\n  name: a\n\n  labels:\n  - b\nspec: 1\n";
        let comment = Span::new(5..24);
        let scope = scope_of(text, comment, Span::new(0..text.len()));
        assert_eq!(text.get(scope.range()), Some("\nmetadata:\n  name: a\n\n  labels:\n  - b\n"));
    }

    #[test]
    fn indentless_items_belong_to_their_key() {
        let text = "secrets:\n- name: a\n- name: b\nkind: X\n";
        assert_eq!(text.get(..node_below(text) as usize), Some("secrets:\n- name: a\n- name: b\n"));
    }
}
