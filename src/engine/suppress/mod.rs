//! The escape hatch, kept honest: comments, annotations and configuration entries that hide findings.
//!
//! `# saudit: ignore[rule, …] reason` hides findings on its line, or in the node below it, or (at a document's head) in
//! the document; `# saudit: file-ignore[…]` in the file; the annotation `ignore.saudit/<rule>: "reason"` in its object.

mod below;
mod template;
mod text;

use std::cell::OnceCell;
use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

use jiff::civil::Date;

pub(super) use template::add_from_template;
pub(super) use text::{add_from_document, add_from_sample, add_from_script};

use super::Options;
use super::directive::{Directive, Until};
use super::scripts;
use crate::finding::{Draft, Fix, Place};
use crate::k8s::{Manifest, Standing};
use crate::rules::{self, Check};
use crate::span::{Edit, FileId, Span};
use crate::yaml::Node;

/// The prefix of annotation keys that suppress.
const ANNOTATION_PREFIX: &str = "ignore.saudit/";

const WHOLE_FILE: Span = Span { start: 0, end: u32::MAX };

/// One suppressed rule at one place.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself")]
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
    until: Until,
    has_reason: bool,
    /// Whether it stands in a template: it may be meant for what Helm makes of that.
    in_template: bool,
    /// Whether it stands in code that documentation shows: perhaps only to show how one is written.
    is_sample: bool,
    used: bool,
}

/// All suppressions written for a document: in it, and in the comments of `preface`, a document before it that has
/// nothing else. Where Kubernetes would not read the document, only those for the whole file and of rules that look at it
/// all the same.
pub(super) fn collect(manifest: &Manifest<'_>, text: &str, preface: Option<Span>) -> Vec<Suppression> {
    let mut found = Vec::new();
    let file = manifest.origin.file;
    let comments = Comments::new(text, manifest.document.span, file);
    for comment in preface.into_iter().flat_map(|preface| head_comments(text, preface)) {
        comments.read(comment, &mut found);
    }
    match manifest.document.tree() {
        Some(tree) => tree.comments().iter().for_each(|comment| comments.read(*comment, &mut found)),
        None => {
            head_comments(text, manifest.document.span)
                .for_each(|comment| comments.read(comment, &mut found));
        }
    }
    if manifest.standing != Standing::Kubernetes {
        found.retain(|suppression| suppression.scope == WHOLE_FILE || looks_everywhere(&suppression.rule));
    }
    found.extend(annotations(manifest, text));
    found
}

/// The suppressions in annotations of a document's objects.
pub(super) fn annotations(manifest: &Manifest<'_>, text: &str) -> Vec<Suppression> {
    let mut found = Vec::new();
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
                until: Until::Forever,
                has_reason: entry.value.text().is_some_and(|reason| !reason.trim().is_empty()),
                in_template: object.root.tree().has_holes(),
                is_sample: false,
                used: false,
            });
        }
    }
    found
}

/// Whether a rule may speak of a document that Kubernetes would not read: of a credential in it, or of commands.
fn looks_everywhere(rule: &str) -> bool {
    rules::find(rule).is_some_and(|rule| {
        matches!(rule.check, Check::Credential(_)) || rule.speaks_of_scripts() || scripts::reads_samples(rule)
    })
}

/// Whether a document has comments and nothing else.
pub(super) fn has_only_comments(text: &str, document: Span) -> bool {
    let mut lines =
        text.get(document.range()).unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty());
    let is_comment = |line: &str| line.starts_with('#');
    lines.next().is_some_and(is_comment) && lines.all(is_comment)
}

/// The comments before the first content of a document.
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

/// The comments of one document, and what is worth working out only once.
struct Comments<'t> {
    text: &'t str,
    file: FileId,
    document: Span,
    /// Where the document's first line with content starts.
    head: u32,
    /// See [`node_ends`].
    nodes: OnceCell<Vec<(usize, usize)>>,
}

impl<'t> Comments<'t> {
    fn new(text: &'t str, document: Span, file: FileId) -> Self {
        let lines = text.get(document.range()).unwrap_or_default().split_inclusive('\n');
        let head: usize = lines.take_while(|line| is_blank(line)).map(str::len).sum();
        Self {
            text,
            file,
            document,
            head: document.start.saturating_add(Span::new(0..head).end),
            nodes: OnceCell::new(),
        }
    }

    fn read(&self, comment: Span, found: &mut Vec<Suppression>) {
        let Some(directive) = self.text.get(comment.range()).and_then(Directive::parse) else { return };
        let Directive { whole_file, until, has_reason, .. } = directive;
        let scope = if whole_file { WHOLE_FILE } else { self.scope_of(comment) };
        let own = Span { start: comment.start + Span::new(0..directive.start).end, ..comment };
        let removal = (directive.ids.len() == 1).then(|| whole_comment(self.text, own));
        for id in directive.ids {
            let span = Span::new(id).shift(comment.start);
            let rule = self.text.get(span.range()).unwrap_or_default().to_owned();
            let place = Place { file: self.file, span, path: format!("#{rule}"), object: None };
            found.push(Suppression {
                rule,
                scope,
                place,
                removal,
                until,
                has_reason,
                in_template: false,
                is_sample: false,
                used: false,
            });
        }
    }

    /// What a comment covers: its line; or, alone on its line, the node below; or, at the head, the document.
    fn scope_of(&self, comment: Span) -> Span {
        let before = self.text.get(..comment.start as usize).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let before = without_mark(before.get(line_start..).unwrap_or_default()).trim();
        let alone = ["", "{{", "{{-"].contains(&before);
        if !alone {
            let rest = self.text.get(comment.end as usize..).unwrap_or_default();
            let line_end = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
            return Span::new(line_start..comment.end as usize + line_end);
        }
        if comment.start < self.head {
            return self.document;
        }
        Span { end: self.end_of_node_below(comment.end), ..comment }
    }

    fn end_of_node_below(&self, from: u32) -> u32 {
        let text = || self.text.get(self.document.range()).unwrap_or_default();
        let nodes = self.nodes.get_or_init(|| node_ends(text()));
        let from = from.saturating_sub(self.document.start) as usize;
        let below = nodes.get(nodes.partition_point(|(start, _)| *start < from));
        let end = below.map_or(self.document.len(), |(_, end)| Span::new(0..*end).end);
        self.document.start.saturating_add(end)
    }
}

/// A line without the byte order mark that files and documents may start with.
fn without_mark(line: &str) -> &str {
    line.strip_prefix('\u{feff}').unwrap_or(line)
}

/// Whether a line has no content, other than a comment or an action of a template.
fn is_blank(line: &str) -> bool {
    let line = without_mark(line).trim();
    line.is_empty() || line.starts_with('#') || is_action(line)
}

/// Whether a line is an action of a template and nothing else.
fn is_action(line: &str) -> bool {
    line.starts_with("{{") && line.ends_with("}}")
}

/// The nodes that start on the lines of a text: where the line starts, and where the node ends. It is that line and
/// those that are indented deeper, and for a key also the items of an indentless sequence.
fn node_ends(text: &str) -> Vec<(usize, usize)> {
    let mut nodes: Vec<(usize, usize)> = Vec::new();
    // Nodes that the next line may belong to: their index, their indentation, and whether they are items.
    let mut open: Vec<(usize, usize, bool)> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !is_blank(line) {
            let content = line.trim_start_matches(' ');
            let (indent, is_item) = (line.len() - content.len(), content.starts_with("- "));
            let ends = |(_, outer, in_item): &mut (usize, usize, bool)| match indent.cmp(outer) {
                Ordering::Greater => false,
                Ordering::Equal => *in_item || !is_item,
                Ordering::Less => true,
            };
            while let Some((ended, ..)) = open.pop_if(ends) {
                if let Some((_, end)) = nodes.get_mut(ended) {
                    *end = start;
                }
            }
            open.push((nodes.len(), indent, is_item));
            nodes.push((start, text.len()));
        }
        start += line.len();
    }
    nodes
}

/// The comment with the blanks before it; its whole line if nothing else stands there.
fn whole_comment(text: &str, comment: Span) -> Span {
    let before = text.get(..comment.start as usize).unwrap_or_default();
    let start = before.trim_end_matches([' ', '\t']).len();
    let alone = start == 0 || before.as_bytes().get(start - 1) == Some(&b'\n');
    let newline = text.get(comment.end as usize..).is_some_and(|rest| rest.starts_with('\n'));
    Span::new(start..comment.end as usize + usize::from(alone && newline))
}

/// The line of a block-style entry, if nothing else stands on it. Looks no further than the blanks around it.
fn removable_line(text: &str, key: Node<'_>, value: Node<'_>) -> Option<Span> {
    let (start, end) = (key.span().start as usize, value.span().end as usize);
    let before = text.get(..start)?.trim_end_matches([' ', '\t']);
    let after = text.get(end..)?.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n')?;
    let alone = before.is_empty() || before.ends_with('\n');
    let line = Span::new(before.len()..text.len() - after.len());
    (alone && key.is_editable() && value.alias().is_none()).then_some(line)
}

impl Suppression {
    /// Whether it may hide anything: it gives a reason where one is asked for.
    fn counts(&self, options: &Options) -> bool {
        self.has_reason || !options.require_reason
    }

    fn is_expired(&self, today: Date) -> bool {
        self.until.is_over(today)
    }

    /// What the rule expired-suppression says of it.
    pub(super) fn expired(&self, today: Date) -> Option<Draft> {
        if self.is_sample && !self.used {
            return None;
        }
        let rule = &self.rule;
        let (message, help) = match self.until {
            Until::Day(day) if day < today => {
                let message = format!("this suppression of {rule} ended on {day}");
                (message, "mend the finding, or set a later date with a reason")
            }
            Until::Unreadable => {
                let message = format!("`until` of this suppression of {rule} is no day, so it hides nothing");
                (message, "write year, month and day: until=2030-01-31")
            }
            Until::Forever | Until::Day(_) => return None,
        };
        Some(Draft::new(self.place.clone(), message).help(help))
    }

    /// What the rule unused-suppression says of it; `ran` tells whether a rule ran so that it could have spoken.
    pub(super) fn unused(&self, options: &Options, ran: impl Fn(&str) -> bool) -> Option<Draft> {
        if self.is_sample {
            return None;
        }
        let rule = &self.rule;
        let message = match rules::find(rule) {
            None => format!("this suppression names no rule: `{rule}`"),
            Some(found) if self.used || self.is_expired(options.today) || !ran(found.id) => return None,
            Some(found) if self.in_template && !matches!(found.check, Check::Chart(_)) => return None,
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

/// Hides the findings of one file, which come in the order of their positions. Each rule's suppressions are gone
/// through once, so many findings and many suppressions do not cost their product.
pub(super) struct Hiding<'s> {
    /// By rule: what is still ahead, the first one last; and how far valid ones reach that lie behind.
    rules: HashMap<&'static str, (Vec<&'s mut Suppression>, u32)>,
    options: &'s Options,
}

impl<'s> Hiding<'s> {
    pub(super) fn new(suppressions: &'s mut [Suppression], options: &'s Options) -> Self {
        let mut rules: HashMap<_, (Vec<_>, u32)> = HashMap::new();
        for suppression in suppressions {
            if let Some(rule) = rules::find(&suppression.rule) {
                rules.entry(rule.id).or_default().0.push(suppression);
            }
        }
        for (ahead, _) in rules.values_mut() {
            ahead.sort_by_key(|suppression| Reverse(suppression.scope.start));
        }
        Self { rules, options }
    }

    /// Whether a suppression hides what `rule` says of `start`, which is not before the one that was asked about before.
    pub(super) fn hides_at(&mut self, rule: &str, start: u32) -> bool {
        let Some((ahead, until)) = self.rules.get_mut(rule) else { return false };
        while let Some(suppression) = ahead.pop_if(|suppression| suppression.scope.start <= start) {
            if start < suppression.scope.end && suppression.counts(self.options) {
                suppression.used = true;
                if !suppression.is_expired(self.options.today) {
                    *until = suppression.scope.end.max(*until);
                }
            }
        }
        start < *until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope<'t>(text: &'t str, comment: &str) -> Option<&'t str> {
        let start = text.find(comment).unwrap();
        let comments = Comments::new(text, Span::new(0..text.len()), FileId(0));
        let scope = comments.scope_of(Span::new(start..start + comment.len()));
        text.get(scope.range())
    }

    #[test]
    fn a_comment_covers_its_line_the_node_below_or_the_document() {
        let text =
            "# top\n\na: 1 # end\n# above\n# again\nmetadata:\n  name: a\n\n  labels:\n  - b\nspec: 1\n";
        let node = "metadata:\n  name: a\n\n  labels:\n  - b\n";
        assert_eq!(scope(text, "# top"), Some(text));
        assert_eq!(scope(text, "# end"), Some("a: 1 # end\n"));
        assert_eq!(scope(text, "# above"), Some(format!("# above\n# again\n{node}").as_str()));
        assert_eq!(scope(text, "# again"), Some(format!("# again\n{node}").as_str()));
    }

    #[test]
    fn a_node_ends_where_the_next_begins() {
        for (text, node) in [
            ("secrets:\n- name: a\n- name: b\nkind: X\n", "secrets:\n- name: a\n- name: b\n"),
            ("- a: 1\n  b: 2\n- a: 3\n", "- a: 1\n  b: 2\n"),
            ("  a:\n    b: 1\n# c\n  d: 2\n", "  a:\n    b: 1\n# c\n"),
            ("a: 1", "a: 1"),
            ("", ""),
        ] {
            let end = node_ends(text).first().map_or(0, |(_, end)| *end);
            assert_eq!(text.get(..end), Some(node));
        }
    }

    #[test]
    fn lines_are_read_once_however_many_comments_stand_among_them() {
        // Every item reaches to the next one, their list to the end, and no comment sees another item's lines.
        let item = "- a: 1\n  # saudit: ignore[x]\n  b:\n    c: 1\n";
        let text = format!("list:\n{}", item.repeat(20_000));
        let comments = Comments::new(&text, Span::new(0..text.len()), FileId(0));
        let started = std::time::Instant::now();
        for (at, _) in text.match_indices("# saudit") {
            let scope = comments.scope_of(Span::new(at..at + "# saudit: ignore[x]".len()));
            assert_eq!(text.get(scope.range()), Some("# saudit: ignore[x]\n  b:\n    c: 1\n"));
        }
        // A blank document behind them is the same for all.
        let text = format!("a: 1\n{}", "# saudit: ignore[x]\n".repeat(100_000));
        let comments = Comments::new(&text, Span::new(0..text.len()), FileId(0));
        for (at, _) in text.match_indices('#') {
            assert_eq!(comments.scope_of(Span::new(at..at + 19)).end as usize, text.len());
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }
}
