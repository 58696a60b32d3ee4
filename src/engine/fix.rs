//! Mending: applies the edits of findings to a file's text, and proves that nothing else changed.

use std::collections::{BTreeMap, HashSet};

use crate::finding::{Applicability, Finding, Fix};
use crate::helm::template::{self, Action, Template};
use crate::span::{Edit, Span};
use crate::yaml::{self, Content, Document, Kind, Tree};

/// What came of mending a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The text after the edits.
    pub text: String,
    /// How many findings were mended.
    pub applied: usize,
    /// How many fixes were left for the next run: they overlap with others, or would have changed something else too.
    pub left: usize,
}

/// Applies the fixes of `findings`, which lie in the file of `text`: the safe ones, and with `unsafe_too` all.
pub fn mend<'f>(text: &str, findings: impl IntoIterator<Item = &'f Finding>, unsafe_too: bool) -> Fixed {
    let mut fixes: Vec<&Fix> = findings
        .into_iter()
        .filter_map(|finding| finding.fix.as_ref())
        .filter(|fix| unsafe_too || fix.applicability == Applicability::Safe)
        .collect();
    // Two findings may ask for the same edit.
    fixes.dedup();
    let mut taken = Taken::default();
    let chosen: Vec<_> = fixes.iter().copied().filter(|fix| taken.takes(fix)).collect();
    match apply_proven(text, edits_of(&chosen)) {
        Some(mended) => Fixed { text: mended, applied: chosen.len(), left: fixes.len() - chosen.len() },
        None => one_by_one(text, &chosen, fixes.len()),
    }
}

fn edits_of(fixes: &[&Fix]) -> Vec<Edit> {
    fixes.iter().flat_map(|fix| fix.edits.iter().cloned()).collect()
}

/// The places that fixes edit, apart from each other: start to end.
#[derive(Default)]
struct Taken(BTreeMap<u32, u32>);

impl Taken {
    /// Takes the places of a fix, unless one of them gets into the way of an earlier fix. Neighbours do not; an
    /// insertion at the very place of another edit does, as it would not be clear which comes first.
    fn takes(&mut self, fix: &Fix) -> bool {
        let is_free = fix.edits.iter().all(|edit| self.is_free(edit.span));
        if is_free {
            for Span { start, end } in fix.edits.iter().map(|edit| edit.span) {
                let reach = self.0.entry(start).or_insert(end);
                *reach = end.max(*reach);
            }
        }
        is_free
    }

    fn is_free(&self, span: Span) -> bool {
        let is_apart = |(start, end): (&u32, &u32)| are_apart(span, Span { start: *start, end: *end });
        self.0.range(..=span.start).rev().take(2).all(is_apart)
            && self.0.range(span.start..=span.end).take(2).all(is_apart)
    }
}

/// How often a text is read again to find out which fixes cannot be proven; the rest waits for the next run.
const TRIES: usize = 64;

/// Some fix cannot be proven: finds out which, half by half.
fn one_by_one(text: &str, fixes: &[&Fix], all: usize) -> Fixed {
    let mut proven = Fixed { text: text.to_owned(), applied: 0, left: all };
    let (mut kept, mut ahead): (Vec<&Fix>, _) = (Vec::new(), vec![fixes]);
    for _ in 0..TRIES {
        let Some(group) = ahead.pop() else { break };
        let more = [&kept, group].concat();
        if let Some(mended) = apply_proven(text, edits_of(&more)) {
            proven = Fixed { text: mended, applied: more.len(), left: all - more.len() };
            kept = more;
        } else if let (first, second @ [_, ..]) = group.split_at(group.len() / 2)
            && !first.is_empty()
        {
            ahead.extend([second, first]);
        }
    }
    proven
}

/// Whether two edits of different fixes do not get into each other's way. Neighbours do not; an insertion at the very
/// place of another edit does, as it would not be clear which comes first.
fn are_apart(a: Span, b: Span) -> bool {
    if a.is_empty() || b.is_empty() {
        a.end < b.start || b.end < a.start
    } else {
        a.end <= b.start || b.end <= a.start
    }
}

/// The text after the edits, if only what they touch has changed.
fn apply_proven(text: &str, mut edits: Vec<Edit>) -> Option<String> {
    edits.sort_by_key(|edit| (edit.span, edit.text.clone()));
    if text.contains("\r\n") {
        for edit in &mut edits {
            edit.text = edit.text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
    }
    let mended = yaml::apply(text, &edits).ok()?;
    let after = touched_after(&edits);
    let before: Vec<_> = edits.iter().map(|edit| edit.span).collect();
    let same = match (untouched(text, &before), untouched(&mended, &after)) {
        (Some(old), Some(new)) => old == new,
        // What was broken can be read now: only blanks may have changed.
        (None, Some(_)) => non_blank(text).eq(non_blank(&mended)),
        (None, None) => is_proven_in_template(text, &before, &mended, &after),
        (Some(_), None) => false,
    };
    same.then_some(mended)
}

/// Whether both texts are templates that differ only where edits touch them, in actions and in scalars.
fn is_proven_in_template(text: &str, before: &[Span], mended: &str, after: &[Span]) -> bool {
    let (old, new) = (template::read(text), template::read(mended));
    let (Some(touched), Some(still)) = (touched_actions(&old, before), touched_actions(&new, after)) else {
        return false;
    };
    let edited: HashSet<usize> = touched.iter().copied().flatten().collect();
    let same = |(index, (old, new)): (usize, (&Action<'_>, &Action<'_>))| {
        old.kind == new.kind && (edited.contains(&index) || old.pipeline == new.pipeline)
    };
    let trees = |template: &Template<'_>, text: &str, touched: &[Span]| {
        let lines = Lines::new(text, touched);
        let trees = template.documents.iter().filter_map(|document| document.document.tree());
        trees.flat_map(|tree| leaves(tree, touched, &lines)).collect::<Vec<_>>()
    };
    touched == still
        && old.not_analysed.len() == new.not_analysed.len()
        && old.actions().len() == new.actions().len()
        && old.actions().iter().zip(new.actions()).enumerate().all(same)
        && trees(&old, text, before) == trees(&new, mended, after)
}

/// For each edit the action in which it stands, if any; `None` if one stands across the edge of an action.
fn touched_actions(template: &Template<'_>, edits: &[Span]) -> Option<Vec<Option<usize>>> {
    let actions = template.actions();
    // Edits and actions are sorted.
    let around = |edit: &Span| {
        let index = actions.partition_point(|action| action.span.end < edit.end);
        match actions.get(index).filter(|action| action.span.start < edit.end) {
            Some(action) => action.span.contains(*edit).then_some(Some(index)),
            None => Some(None),
        }
    };
    edits.iter().map(around).collect()
}

/// Where the edits' texts stand afterwards.
fn touched_after(edits: &[Edit]) -> Vec<Span> {
    let mut grown: i64 = 0;
    let place = |at: i64| usize::try_from(at).unwrap_or_default();
    edits
        .iter()
        .map(|edit| {
            let start = i64::from(edit.span.start) + grown;
            let length = Span::new(0..edit.text.len()).len();
            grown += i64::from(length) - i64::from(edit.span.len());
            Span::new(place(start)..place(start + i64::from(length)))
        })
        .collect()
}

/// Every scalar that no edit touches, not even at its edge: its text, and its depth unless an edit touches its line,
/// and so may have moved it. `None` if a document cannot be read.
fn untouched(text: &str, touched: &[Span]) -> Option<Vec<(Option<usize>, String)>> {
    let lines = Lines::new(text, touched);
    let mut found = Vec::new();
    for chunk in yaml::split(text) {
        let document = Document::read(text, &chunk);
        if matches!(document.content, Content::Broken(_)) {
            return None;
        }
        found.extend(document.tree().into_iter().flat_map(|tree| leaves(tree, touched, &lines)));
    }
    Some(found)
}

/// The scalars of one tree that no edit touches.
fn leaves(tree: &Tree<'_>, touched: &[Span], lines: &Lines) -> impl Iterator<Item = (Option<usize>, String)> {
    let scalars = tree.walk().filter(|(_, node)| node.kind() == Kind::Scalar);
    scalars.filter_map(|(depth, node)| {
        let span = node.span();
        // Edits are sorted and apart: of those that end at or after this scalar's start, the first decides.
        let first = touched.partition_point(|edit| edit.end < span.start);
        let is_touched = touched.get(first).is_some_and(|edit| edit.start <= span.end);
        let depth = (!lines.cover(span.start)).then_some(depth);
        (!is_touched && !span.is_empty()).then(|| (depth, node.text().unwrap_or_default().to_owned()))
    })
}

/// The whole lines that edits touch, sorted and apart.
struct Lines(Vec<Span>);

impl Lines {
    fn new(text: &str, touched: &[Span]) -> Self {
        let mut lines: Vec<Span> = Vec::new();
        for edit in touched {
            match lines.last_mut() {
                // Several edits of one long line: it is looked at once.
                Some(last) if edit.end <= last.end => {}
                Some(last) if edit.start <= last.end => *last = last.to(whole_lines(text, *edit)),
                _ => lines.push(whole_lines(text, *edit)),
            }
        }
        Self(lines)
    }

    fn cover(&self, at: u32) -> bool {
        let first = self.0.partition_point(|lines| lines.end <= at);
        self.0.get(first).is_some_and(|lines| lines.start <= at)
    }
}

fn whole_lines(text: &str, span: Span) -> Span {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let after = text.get(span.end as usize..).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = after.find('\n').map_or(text.len(), |at| span.end as usize + at);
    Span::new(start..end)
}

fn non_blank(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proven(text: &str, edits: &[(std::ops::Range<usize>, &str)]) -> Option<String> {
        apply_proven(
            text,
            edits.iter().map(|(range, text)| Edit::replace(Span::new(range.clone()), *text)).collect(),
        )
    }

    #[test]
    fn an_edit_that_changes_only_its_own_node_is_proven() {
        assert_eq!(proven("a: b # c\nd: e\n", &[(3..4, "x")]).as_deref(), Some("a: x # c\nd: e\n"));
        assert_eq!(proven("a: true\n", &[(3..3, "\""), (7..7, "\"")]).as_deref(), Some("a: \"true\"\n"));
    }

    #[test]
    fn an_edit_that_changes_a_neighbour_is_refused() {
        assert_eq!(proven("a: b\nd: e\n", &[(3..4, "\"x")]), None, "it would not parse");
        assert_eq!(proven("a: b\nd: e\n", &[(4..5, "")]), None, "it would join two lines");
        assert_eq!(proven("a:\n  b:\n    c: d\n    e: f\n", &[(3..8, "")]), None, "c would move into a");
    }

    #[test]
    fn fixes_that_overlap_or_cannot_be_proven_are_left() {
        let text = "a: b\nd: e\nf: g\nh: i\n";
        let fix =
            |range: std::ops::Range<usize>, text: &str| Fix::safe([Edit::replace(Span::new(range), text)]);
        let breaking = fix(8..9, "\"");
        let fixes = [fix(3..4, "x"), breaking, fix(13..14, "y"), fix(13..13, "z"), fix(18..19, "w")];
        let taken: Vec<_> = {
            let mut taken = Taken::default();
            fixes.iter().filter(|fix| taken.takes(fix)).collect()
        };
        assert_eq!(taken.len(), 4, "the insertion stands where another edit starts");
        let outcome = one_by_one(text, &taken, fixes.len());
        assert_eq!(outcome, Fixed { text: "a: x\nd: e\nf: y\nh: w\n".to_owned(), applied: 3, left: 2 });
    }

    #[test]
    fn inserted_lines_end_as_the_file_does() {
        assert_eq!(
            proven("a: b\r\nd: e\r\n", &[(6..6, "c: x\n")]).as_deref(),
            Some("a: b\r\nc: x\r\nd: e\r\n")
        );
    }

    #[test]
    fn the_search_for_what_cannot_be_proven_is_bounded() {
        const LINES: usize = 1000;
        let text = "k: v\n".repeat(LINES);
        let fix =
            |line: usize, text: &str| Fix::safe([Edit::replace(Span::new(line * 5 + 3..line * 5 + 4), text)]);
        let mut fixes: Vec<_> = (0..LINES - 1).map(|line| fix(line, "x")).collect();
        fixes.push(fix(LINES - 1, "\""));
        let outcome = one_by_one(&text, &fixes.iter().collect::<Vec<_>>(), LINES);
        assert_eq!((outcome.applied, outcome.left), (LINES - 1, 1), "one that breaks is found");
        assert_eq!(outcome.text, "k: x\n".repeat(LINES - 1) + "k: v\n");
        let broken: Vec<_> = (0..LINES).map(|line| fix(line, "\"")).collect();
        let outcome = one_by_one(&text, &broken.iter().collect::<Vec<_>>(), LINES);
        assert_eq!((outcome.applied, outcome.text), (0, text), "many that break end the search");
    }
}
