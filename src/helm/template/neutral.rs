//! Text that YAML can read from text with actions, line by line, every byte knowing where it stands in the template.
//!
//! A line of actions alone goes; an action among text becomes a placeholder of its own length; text behind a control
//! action moves to where its line starts.

use std::ops::Range;

use super::action::{Action, ActionKind};
use super::expression::normalise;
use super::regions::Branch;
use super::source::{Branches, Source};
use crate::span::Span;
use crate::yaml::{Gap, Hole, Holes, Reach, Segment, Text};

/// What YAML can read of a template.
pub(super) struct Neutral<'t> {
    pub(super) content: String,
    segments: Vec<Segment>,
    holes: Vec<Hole<'t>>,
    gaps: Vec<Gap>,
}

impl<'t> Neutral<'t> {
    /// The part of it that a document is made of.
    pub(super) fn slice(&self, inner: Range<usize>) -> (Text<'t>, Holes<'t>) {
        let Span { start, end } = Span::new(inner.clone());
        let first = self.segments.partition_point(|segment| segment.inner <= start).saturating_sub(1);
        let segments = self.segments.iter().skip(first).take_while(|segment| segment.inner < end);
        let segments = segments.map(|segment| {
            let cut = start.saturating_sub(segment.inner);
            let outer = Span { start: segment.outer.start.saturating_add(if segment.exact { cut } else { 0 }), ..segment.outer };
            Segment { inner: segment.inner.saturating_sub(start), outer, exact: segment.exact }
        });
        let shift = |at: u32| at.saturating_sub(start);
        let first = self.holes.partition_point(|hole| hole.inner.end < start);
        let holes = self.holes.iter().skip(first).take_while(|hole| hole.inner.start <= end);
        let holes = holes.map(|hole| {
            let inner = Span { start: shift(hole.inner.start), end: shift(hole.inner.end) };
            Hole { inner, ..*hole }
        });
        let first = self.gaps.partition_point(|gap| gap.inner < start);
        let gaps = self.gaps.iter().skip(first).take_while(|gap| gap.inner <= end);
        let gaps = gaps.map(|gap| Gap { inner: shift(gap.inner), ..*gap });
        let content = self.content.get(inner).unwrap_or_default().to_owned();
        let holes = Holes { holes: holes.collect(), gaps: gaps.collect(), normalise };
        (Text::pieced(content, segments.collect()), holes)
    }

    /// Where a byte of the content stands in the template.
    pub(super) fn outer(&self, inner: usize) -> Option<usize> {
        let inner = Span::new(inner..inner).start;
        let index = self.segments.partition_point(|segment| segment.inner <= inner).checked_sub(1)?;
        let segment = self.segments.get(index)?;
        Some(segment.outer.start.saturating_add(inner - segment.inner).min(segment.outer.end) as usize)
    }

    fn here(&self) -> u32 {
        Span::new(0..self.content.len()).end
    }

    fn segment(&mut self, outer: Range<usize>, exact: bool) {
        let (inner, outer) = (self.here(), Span::new(outer));
        if let Some(last) = self.segments.last_mut().filter(|last| last.exact && exact)
            && last.outer.end == outer.start
        {
            last.outer.end = outer.end;
            return;
        }
        self.segments.push(Segment { inner, outer, exact });
    }

    /// Adds text as it stands in the template.
    fn exact(&mut self, text: &str, outer: Range<usize>) {
        let piece = text.get(outer.clone()).unwrap_or_default();
        if !piece.is_empty() {
            self.segment(outer, true);
            self.content.push_str(piece);
        }
    }

    /// Adds a stand-in of equal length; gives its place.
    fn stand_in(&mut self, outer: Range<usize>, source: &'t str, with: char) -> Range<usize> {
        let start = self.content.len();
        let length = outer.len();
        self.segment(outer, false);
        self.content.extend(std::iter::repeat_n(with, length));
        self.holes.push(Hole { inner: Span::new(start..start + length), source });
        start..start + length
    }

    /// Notes that something was left out here.
    fn left_out(&mut self, source: &'t str) {
        let here = self.here();
        self.holes.push(Hole { inner: Span::empty(here), source });
    }

    fn gap(&mut self, reach: Reach) {
        let gap = Gap { inner: self.here(), reach };
        if self.gaps.last() != Some(&gap) {
            self.gaps.push(gap);
        }
    }
}

/// Reads `focus` of a template without what stands in `dropped`, which is sorted.
pub(super) fn neutralise<'t>(
    source: &Source<'t>,
    focus: Range<usize>,
    branches: Branches,
    dropped: &[Range<usize>],
) -> Neutral<'t> {
    let out = Neutral { content: String::new(), segments: Vec::new(), holes: Vec::new(), gaps: Vec::new() };
    let mut neutraliser = Neutraliser { source, branches, out, line: Vec::new(), pending: None };
    let mut at = focus.start;
    let first = dropped.partition_point(|range| range.end <= focus.start);
    for range in dropped.iter().skip(first).take_while(|range| range.start < focus.end) {
        neutraliser.stretch(at..range.start.max(at));
        at = range.end.max(at);
    }
    neutraliser.stretch(at..focus.end.max(at));
    neutraliser.finish_line();
    neutraliser.out
}

/// A piece of a line. Actions may span several lines of the template; what they give does not.
#[derive(Clone, Debug)]
enum Part {
    Literal(Range<usize>),
    Action(usize),
    /// A region that starts and ends on the line, by its actions.
    Region(Range<usize>),
}

/// A placeholder in the place of a value: if deeper lines follow, it stands for lines too.
struct Pending {
    inner: Range<usize>,
    /// The column of its key or dash.
    column: usize,
    is_key: bool,
}

struct Neutraliser<'s, 't> {
    source: &'s Source<'t>,
    branches: Branches,
    out: Neutral<'t>,
    line: Vec<Part>,
    pending: Option<Pending>,
}

impl<'t> Neutraliser<'_, 't> {
    fn text(&self, range: &Range<usize>) -> &'t str {
        self.source.text.get(range.clone()).unwrap_or_default()
    }

    fn action(&self, index: usize) -> Option<&Action<'t>> {
        self.source.actions.get(index)
    }

    /// Reads literal text and actions of which nothing is dropped.
    fn stretch(&mut self, range: Range<usize>) {
        let actions = &self.source.actions;
        let first = actions.partition_point(|action| (action.span.start as usize) < range.start);
        let mut at = range.start;
        for (index, action) in actions.iter().enumerate().skip(first) {
            let bytes = action.span.range();
            if bytes.end > range.end {
                break;
            }
            self.literal(at..bytes.start);
            self.line.push(Part::Action(index));
            at = bytes.end;
        }
        self.literal(at..range.end.max(at));
    }

    /// Whole lines without actions are taken over at once.
    fn literal(&mut self, range: Range<usize>) {
        let text = self.text(&range).as_bytes();
        let Some(first) = memchr::memchr(b'\n', text) else {
            self.line.extend((!range.is_empty()).then_some(Part::Literal(range)));
            return;
        };
        let lines = range.start + first + 1;
        let last = range.start + memchr::memrchr(b'\n', text).map_or(first, |last| last) + 1;
        self.line.push(Part::Literal(range.start..lines));
        self.finish_line();
        let whole = self.text(&(lines..last));
        if let Some(line) = whole.lines().find(|line| has_content(line)) {
            self.meet(line);
        }
        self.out.exact(self.source.text, lines..last);
        self.line.extend((last < range.end).then_some(Part::Literal(last..range.end)));
    }

    fn finish_line(&mut self) {
        let parts = std::mem::take(&mut self.line);
        let is_text = |part: &Part| matches!(part, Part::Literal(range) if !self.text(range).trim().is_empty());
        if !parts.iter().any(|part| matches!(part, Part::Action(_))) {
            for part in &parts {
                let Part::Literal(range) = part else { continue };
                self.meet(self.text(range));
                self.out.exact(self.source.text, range.clone());
            }
        } else if parts.iter().any(is_text) {
            self.mixed_line(parts);
        } else {
            self.line_of_actions(&parts);
        }
    }

    /// Repairs a placeholder if the line that follows is deeper than its key.
    fn meet(&mut self, line: &str) {
        if !has_content(line) {
            return;
        }
        let text = line.trim_start_matches(' ');
        let indent = line.len() - text.len();
        let Some(pending) = self.pending.take() else { return };
        if indent > pending.column || indent == pending.column && pending.is_key && text.starts_with("- ") {
            let at = Span::new(pending.inner.clone()).start;
            let blanks = " ".repeat(pending.inner.len());
            self.out.content.replace_range(pending.inner, &blanks);
            let index = self.out.gaps.partition_point(|gap| gap.inner <= at);
            self.out.gaps.insert(index, Gap { inner: at, reach: Reach::Value });
        }
    }

    /// What such a line becomes, if anything, is not known.
    fn line_of_actions(&mut self, parts: &[Part]) {
        for part in parts {
            let Part::Action(index) = part else { continue };
            let Some(action) = self.source.actions.get(*index) else { continue };
            self.out.left_out(action.body);
            if action.kind == ActionKind::Output {
                self.out.gap(action.indent().map_or(Reach::Open, Reach::Column));
            }
        }
    }

    fn mixed_line(&mut self, mut parts: Vec<Part>) {
        let newline = self.take_newline(&mut parts);
        let parts = self.fold(parts);
        let content = |part: &Part| self.is_content(part);
        let last = parts.iter().rposition(content).unwrap_or(0);
        let lead = parts.iter().position(content).unwrap_or(0);
        let start = self.out.content.len();
        self.margin(&parts, lead);
        for (at, part) in parts.iter().enumerate() {
            match part {
                Part::Literal(_) if at < lead => {}
                Part::Literal(range) => {
                    let blanks = if at == lead && at > 0 { self.leading_blanks(range) } else { 0 };
                    self.out.exact(self.source.text, range.start + blanks..range.end);
                }
                Part::Action(index) => self.mixed_action(*index, start, lead < at && at < last, at == last),
                Part::Region(actions) => self.region(actions, start, at == last),
            }
        }
        self.out.exact(self.source.text, newline);
    }

    /// The blanks that the line starts with.
    fn margin(&mut self, parts: &[Part], lead: usize) {
        let margin = match parts.first() {
            Some(Part::Literal(range)) => range.start..range.start + self.leading_blanks(range),
            _ => 0..0,
        };
        let first = match parts.get(lead) {
            Some(Part::Literal(range)) => self.text(range).trim_start_matches([' ', '\t']),
            _ => "x",
        };
        self.meet(&format!("{}{}", self.text(&margin), first.get(..2).unwrap_or(first)));
        if lead > 0 {
            self.out.exact(self.source.text, margin);
        }
    }

    fn leading_blanks(&self, range: &Range<usize>) -> usize {
        let text = self.text(range);
        text.len() - text.trim_start_matches([' ', '\t']).len()
    }

    /// Takes the line break off the last part.
    fn take_newline(&self, parts: &mut [Part]) -> Range<usize> {
        let Some(Part::Literal(range)) = parts.last_mut() else { return 0..0 };
        let text = self.source.text.get(range.clone()).unwrap_or_default();
        let end = range.end;
        range.end = range.start + text.trim_end_matches(['\n', '\r']).len();
        range.end..end
    }

    fn is_content(&self, part: &Part) -> bool {
        match part {
            Part::Literal(range) => !self.text(range).trim().is_empty(),
            Part::Action(index) => self.action(*index).is_some_and(|action| action.kind == ActionKind::Output),
            Part::Region(_) => true,
        }
    }

    fn mixed_action(&mut self, index: usize, line: usize, is_inside: bool, is_last: bool) {
        let Some(action) = self.source.actions.get(index) else { return };
        if action.kind == ActionKind::Output {
            self.output(action.span.range(), action.body, line, is_last, action.gives_lines());
        } else if is_inside {
            self.out.stand_in(action.span.range(), action.body, ' ');
        } else {
            self.out.left_out(action.body);
        }
    }

    fn region(&mut self, actions: &Range<usize>, line: usize, is_last: bool) {
        let inside = self.source.actions.get(actions.start..=actions.end).unwrap_or_default();
        let (Some(first), Some(end)) = (inside.first(), inside.last()) else { return };
        let bytes = first.span.to(end.span).range();
        let source = self.source.text.get(first.span.start as usize + 2..end.span.end as usize - 2);
        let gives_lines = inside.iter().any(Action::gives_lines);
        self.output(bytes, source.unwrap_or_default(), line, is_last, gives_lines);
    }

    /// A placeholder, or nothing where lines are to come.
    fn output(&mut self, outer: Range<usize>, source: &'t str, line: usize, is_last: bool, gives_lines: bool) {
        let before = self.out.content.get(line..).unwrap_or_default();
        let awaits = if is_last { awaited(before) } else { Awaited::Nothing };
        if awaits == Awaited::Lines || awaits == Awaited::Value && gives_lines {
            self.out.left_out(source);
            self.out.gap(Reach::Value);
            return;
        }
        let column = column_of_value(before);
        let is_key = before.trim_end().ends_with(':');
        let inner = self.out.stand_in(outer, source, 'X');
        if awaits == Awaited::Value {
            self.pending = Some(Pending { inner, column, is_key });
        }
    }

    /// Makes one part of a region on the line: in front of any text the first branch is taken, behind it the whole is a
    /// value.
    fn fold(&self, parts: Vec<Part>) -> Vec<Part> {
        let lead = parts.iter().position(|part| self.is_content(part)).unwrap_or(0);
        let end = parts.iter().rev().find_map(|part| match part {
            Part::Action(index) => self.action(*index).map(|action| action.span.start as usize),
            _ => None,
        });
        let mut folded = Vec::with_capacity(parts.len());
        // Where to go on after the first branch, innermost last.
        let mut skips: Vec<(usize, usize)> = Vec::new();
        let mut at = 0;
        while let Some(part) = parts.get(at) {
            while let Some((_, to)) = skips.pop_if(|(from, _)| *from <= at) {
                at = at.max(to);
            }
            let Some(part) = parts.get(at).or(Some(part)) else { break };
            let region = match part {
                Part::Action(index) => self.source.regions.starting_with(*index),
                _ => None,
            };
            let opens = region.filter(|branch| branch.previous.is_none());
            let inline = opens.and_then(|branch| {
                let last = self.source.regions.last_of(branch).body.end;
                end.filter(|end| last <= *end)?;
                Some((branch, self.position(&parts, at, last)?))
            });
            match inline {
                Some((branch, close)) if at > lead => {
                    folded.push(Part::Region(branch.head..self.index(&parts, close)));
                    at = close + 1;
                    continue;
                }
                Some((branch, close)) if self.branches != Branches::Last => {
                    skips.extend(self.next_branch(&parts, at, branch).map(|next| (next, close)));
                }
                _ => {}
            }
            folded.push(part.clone());
            at += 1;
        }
        folded
    }

    fn next_branch(&self, parts: &[Part], from: usize, branch: &Branch) -> Option<usize> {
        branch.next?;
        self.position(parts, from, branch.body.end)
    }

    /// The part that is the action starting at byte `start`.
    fn position(&self, parts: &[Part], from: usize, start: usize) -> Option<usize> {
        let is_it = |part: &Part| match part {
            Part::Action(index) => self.action(*index).is_some_and(|a| a.span.start as usize == start),
            _ => false,
        };
        parts.iter().skip(from).position(is_it).map(|at| from + at)
    }

    fn index(&self, parts: &[Part], at: usize) -> usize {
        match parts.get(at) {
            Some(Part::Action(index)) => *index,
            _ => 0,
        }
    }
}

/// Whether a line has something that YAML reads.
fn has_content(line: &str) -> bool {
    let text = line.trim_start();
    !text.is_empty() && !text.starts_with('#')
}

/// What may stand behind the text of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaited {
    /// Only more of the same.
    Nothing,
    /// A value: it ends with `key:` or `-`.
    Value,
    /// The lines of a block: it ends with `|`.
    Lines,
}

fn awaited(before: &str) -> Awaited {
    let text = before.trim();
    if text.starts_with('#') {
        return Awaited::Nothing;
    }
    if text.ends_with(':') || text == "-" || text.ends_with(" -") {
        return Awaited::Value;
    }
    let is_header = |word: &str| {
        word.strip_prefix(['|', '>']).is_some_and(|rest| rest.chars().all(|c| "+-123456789".contains(c)))
    };
    let mut words = text.split_ascii_whitespace().rev();
    match (words.next(), words.next()) {
        (Some(last), Some(before)) if is_header(last) && (before.ends_with(':') || before == "-") => Awaited::Lines,
        _ => Awaited::Nothing,
    }
}

/// The column of the key or dash that the value behind `before` belongs to.
fn column_of_value(before: &str) -> usize {
    let mut rest = before.trim_start_matches(' ');
    while let Some(item) = rest.strip_prefix('-').filter(|item| item.starts_with(' ')) {
        let item = item.trim_start_matches(' ');
        if item.is_empty() {
            break;
        }
        rest = item;
    }
    before.len() - rest.len()
}
