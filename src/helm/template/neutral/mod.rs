//! Text that YAML can read from text with actions, line by line, every byte knowing where it stands in the template.
//!
//! A line of actions alone goes; an action among text becomes a placeholder of its own length; text behind a control
//! action moves to where its line starts.

mod content;
mod line;

use std::ops::Range;

pub(super) use content::Neutral;
use line::{Awaited, Part, awaited, column_of_value};

use super::action::{Action, ActionKind};
use super::source::{Branches, Source};
use crate::span::Span;
use crate::yaml::{Gap, Reach};

/// Reads `focus` of a template without what stands in `dropped`, which is sorted.
pub(super) fn neutralise<'t>(
    source: &Source<'t>,
    focus: Range<usize>,
    branches: Branches,
    dropped: &[Range<usize>],
) -> Neutral<'t> {
    let out = Neutral::default();
    let mut neutraliser = Neutraliser { source, branches, out, line: Vec::new(), pending: None };
    let mut at = focus.start;
    let first = dropped.partition_point(|range| range.end <= focus.start);
    for range in dropped.iter().skip(first).take_while(|range| range.start < focus.end) {
        neutraliser.stretch(at..range.start.max(at));
        if branches != Branches::All {
            neutraliser.out.gap(Reach::Open);
        }
        at = range.end.max(at);
    }
    neutraliser.stretch(at..focus.end.max(at));
    neutraliser.finish_line();
    neutraliser.out
}

/// Actions without text between them that are passed in search of what stands behind a region.
const MAX_ACTIONS_BEHIND: usize = 16;

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
        let is_text =
            |part: &Part| matches!(part, Part::Literal(range) if !self.text(range).trim().is_empty());
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
            if action.kind.is_else()
                && let Some(column) = self.column_behind_region(*index)
            {
                self.out.gap(Reach::Ended(column));
            }
            if action.kind == ActionKind::Output {
                self.out.gap(action.indent().map_or(Reach::Open, Reach::Column));
            }
        }
    }

    /// The column of the first text behind the region of which `other` is an `else`: what a branch begins may go on
    /// there.
    fn column_behind_region(&self, other: usize) -> Option<u32> {
        let region_end = self.source.regions.starting_with(other)?.region_end;
        let actions = &self.source.actions;
        let end = actions.partition_point(|action| (action.span.start as usize) < region_end);
        let pairs = actions.iter().skip(end).zip(actions.iter().skip(end + 1).map(Some).chain([None]));
        pairs.take(MAX_ACTIONS_BEHIND).find_map(|(action, next)| {
            let upto = next.map_or(self.source.text.len(), |next| next.span.start as usize);
            let between = self.text(&(action.span.end as usize..upto));
            let line = between.lines().skip(1).find(|line| has_content(line))?;
            Some(Span::new(0..line.len() - line.trim_start().len()).end)
        })
    }

    fn mixed_line(&mut self, mut parts: Vec<Part>) {
        let newline = self.take_newline(&mut parts);
        let parts = self.source.fold(&parts, self.branches);
        let content = |part: &Part| self.source.has_content(part);
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

    fn mixed_action(&mut self, index: usize, line: usize, is_inside: bool, is_last: bool) {
        let Some(action) = self.source.actions.get(index) else { return };
        if action.kind == ActionKind::Output {
            self.output(action.span.range(), action.body, line, is_last, action.gives_lines());
        } else if is_inside {
            let told = self.source.told(action.body, action.span);
            self.out.stand_in(action.span.range(), told, ' ');
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
    fn output(
        &mut self,
        outer: Range<usize>,
        source: &'t str,
        line: usize,
        is_last: bool,
        gives_lines: bool,
    ) {
        let before = self.out.content.get(line..).unwrap_or_default();
        let awaits = if is_last { awaited(before) } else { Awaited::Nothing };
        if awaits == Awaited::Lines || awaits == Awaited::Value && gives_lines {
            self.out.left_out(source);
            self.out.gap(Reach::Value);
            return;
        }
        let column = column_of_value(before);
        let is_key = before.trim_end().ends_with(':');
        let told = self.source.told(source, Span::new(outer.clone()));
        let inner = self.out.stand_in(outer, told, 'X');
        if awaits == Awaited::Value {
            self.pending = Some(Pending { inner, column, is_key });
        }
    }
}

/// Whether a line has something that YAML reads.
fn has_content(line: &str) -> bool {
    let text = line.trim_start();
    !text.is_empty() && !text.starts_with('#')
}
