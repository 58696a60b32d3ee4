//! Mending: applies the edits of findings to a file's text, and proves that nothing else changed.

use std::collections::BTreeSet;

use crate::finding::{Applicability, Finding, Fix};
use crate::span::{Edit, Span};
use crate::yaml::{self, Content, Document, Kind};

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
    let chosen: Vec<_> = fixes.iter().copied().filter(|fix| taken.admits(fix)).collect();
    let mut attempt = Attempt { text, mended: text.to_owned(), edits: Vec::new(), applied: 0, tries: TRIES };
    attempt.add(&chosen);
    Fixed { text: attempt.mended, applied: attempt.applied, left: fixes.len() - attempt.applied }
}

/// How often a file is read again to find out which fixes cannot be proven; the others wait for the next run.
const TRIES: usize = 64;

/// A text that is being mended.
struct Attempt<'t> {
    text: &'t str,
    mended: String,
    /// Edits of the text that lead to `mended`.
    edits: Vec<Edit>,
    /// How many fixes they belong to.
    applied: usize,
    tries: usize,
}

impl Attempt<'_> {
    /// Adds all of `fixes`; if that cannot be proven, each half by itself.
    fn add(&mut self, fixes: &[&Fix]) {
        let Some(tries) = self.tries.checked_sub(1).filter(|_| !fixes.is_empty()) else { return };
        self.tries = tries;
        let more = fixes.iter().flat_map(|fix| fix.edits.iter().cloned());
        let edits: Vec<_> = self.edits.iter().cloned().chain(more).collect();
        if let Some(mended) = apply_proven(self.text, edits.clone()) {
            (self.mended, self.edits) = (mended, edits);
            self.applied += fixes.len();
        } else if let Some((first, second)) = fixes.split_at_checked(fixes.len() / 2)
            && !first.is_empty()
        {
            self.add(first);
            self.add(second);
        }
    }
}

/// The places that fixes are going to change.
#[derive(Default)]
struct Taken(BTreeSet<Span>);

impl Taken {
    /// Takes the places of `fix`, unless one of them is in the way of another fix.
    fn admits(&mut self, fix: &Fix) -> bool {
        let admitted = fix.edits.iter().all(|edit| self.is_free(edit.span));
        if admitted {
            self.0.extend(fix.edits.iter().map(|edit| edit.span));
        }
        admitted
    }

    /// Looks only at those that touch it: as they do not overlap, they end in the order in which they start.
    fn is_free(&self, span: Span) -> bool {
        let touching = Span { start: span.end, end: u32::MAX };
        let mut near = self.0.range(..=touching).rev().take_while(|other| other.end >= span.start);
        near.all(|other| are_apart(span, *other))
    }
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
        (_, None) => false,
    };
    same.then_some(mended)
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
/// and so may have moved it. `None` if a document cannot be read. `touched` is sorted and does not overlap.
fn untouched(text: &str, touched: &[Span]) -> Option<Vec<(Option<usize>, String)>> {
    let lines = whole_lines(text, touched);
    let mut leaves = Vec::new();
    for chunk in yaml::split(text) {
        let document = Document::read(text, &chunk);
        if matches!(document.content, Content::Broken(_)) {
            return None;
        }
        let Some(tree) = document.tree() else { continue };
        for (depth, node) in tree.walk().filter(|(_, node)| node.kind() == Kind::Scalar) {
            let span = node.span();
            let edit = first(touched, |edit| edit.end >= span.start);
            if edit.is_some_and(|edit| edit.start <= span.end) || span.is_empty() {
                continue;
            }
            let may_move = first(&lines, |lines| lines.end > span.start);
            let depth = may_move.is_none_or(|lines| lines.start > span.start).then_some(depth);
            leaves.push((depth, node.text().unwrap_or_default().to_owned()));
        }
    }
    Some(leaves)
}

/// The first of `sorted` that reaches so far.
fn first(sorted: &[Span], reaches: impl Fn(&Span) -> bool) -> Option<Span> {
    sorted.get(sorted.partition_point(|span| !reaches(span))).copied()
}

/// Each of `spans` with the rest of its first and its last line.
fn whole_lines(text: &str, spans: &[Span]) -> Vec<Span> {
    let breaks: Vec<_> = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
    let whole = |span: &Span| {
        let before = breaks.partition_point(|at| *at < span.start as usize);
        let start = before.checked_sub(1).and_then(|last| breaks.get(last)).map_or(0, |at| at + 1);
        let end = breaks.get(breaks.partition_point(|at| *at < span.end as usize));
        Span::new(start..end.copied().unwrap_or(text.len()))
    };
    spans.iter().map(whole).collect()
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
    fn inserted_lines_end_as_the_file_does() {
        assert_eq!(
            proven("a: b\r\nd: e\r\n", &[(6..6, "c: x\n")]).as_deref(),
            Some("a: b\r\nc: x\r\nd: e\r\n")
        );
    }

    fn fix(edits: &[(usize, usize, &str)]) -> Fix {
        let edit = |(start, end, text): &(usize, usize, &str)| Edit::replace(Span::new(*start..*end), *text);
        Fix::safe(edits.iter().map(edit).collect::<Vec<_>>())
    }

    #[test]
    fn fixes_that_are_in_each_others_way_wait() {
        for (fixes, admitted) in [
            ([(0, 2), (2, 4)], [true, true]),
            ([(2, 4), (0, 2)], [true, true]),
            ([(0, 3), (2, 4)], [true, false]),
            ([(2, 4), (0, 9)], [true, false]),
            ([(0, 9), (2, 4)], [true, false]),
            ([(2, 2), (2, 2)], [true, false]),
            ([(2, 4), (4, 4)], [true, false]),
            ([(2, 4), (2, 2)], [true, false]),
            ([(2, 4), (5, 5)], [true, true]),
        ] {
            let mut taken = Taken::default();
            assert_eq!(
                fixes.map(|(start, end)| taken.admits(&fix(&[(start, end, "")]))),
                admitted,
                "{fixes:?}"
            );
        }
    }

    #[test]
    fn a_fix_that_cannot_be_proven_holds_no_other_up() {
        const LINES: usize = 1000;
        let text = "k: v\n".repeat(LINES);
        // Every value is to be replaced; the last one so that the file breaks.
        let mut fixes: Vec<_> = (0..LINES).map(|line| fix(&[(line * 5 + 3, line * 5 + 4, "x")])).collect();
        fixes[LINES - 1].edits[0].text = "\"".to_owned();
        let fixes: Vec<_> = fixes.iter().collect();
        let mut attempt =
            Attempt { text: &text, mended: String::new(), edits: vec![], applied: 0, tries: TRIES };
        attempt.add(&fixes);
        assert_eq!(attempt.applied, LINES - 1);
        assert_eq!(attempt.mended, "k: x\n".repeat(LINES - 1) + "k: v\n");
        assert!(attempt.tries > TRIES / 2, "{} left", attempt.tries);
        // If none can be proven, it ends all the same.
        let broken = fix(&[(3, 4, "\"")]);
        let mut attempt =
            Attempt { text: &text, mended: String::new(), edits: vec![], applied: 0, tries: TRIES };
        attempt.add(&vec![&broken; LINES]);
        assert_eq!((attempt.applied, attempt.tries), (0, 0));
    }

    #[test]
    fn many_edits_in_one_line_take_linear_time() {
        const ITEMS: usize = 50_000;
        let text = format!("[{}]\n", "v, ".repeat(ITEMS));
        let edits = (0..ITEMS).map(|item| Edit::replace(Span::new(item * 3 + 1..item * 3 + 2), "x"));
        let started = std::time::Instant::now();
        assert_eq!(apply_proven(&text, edits.collect()), Some(text.replace('v', "x")));
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }
}
