//! Lines of a template.

use std::ops::Range;

use super::super::action::ActionKind;
use super::super::regions::Branch;
use super::super::source::{Branches, Source};

/// A piece of a line. Actions may span several lines of the template; what they give does not.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Literal(Range<usize>),
    Action(usize),
    /// A region that starts and ends on the line, by its actions.
    Region(Range<usize>),
}

impl Part {
    /// The action that it is.
    fn action(&self) -> Option<usize> {
        match self {
            Self::Action(index) => Some(*index),
            Self::Literal(_) | Self::Region(_) => None,
        }
    }
}

impl Source<'_> {
    /// Whether YAML gets something of a part.
    pub(super) fn has_content(&self, part: &Part) -> bool {
        let text = |range: &Range<usize>| self.text.get(range.clone()).unwrap_or_default();
        match part {
            Part::Literal(range) => !text(range).trim().is_empty(),
            Part::Action(index) => self.actions.get(*index).is_some_and(|a| a.kind == ActionKind::Output),
            Part::Region(_) => true,
        }
    }

    /// Makes one part of a region on the line: in front of any text the first branch is taken, behind it the whole is a
    /// value.
    pub(super) fn fold(&self, parts: &[Part], branches: Branches) -> Vec<Part> {
        let lead = parts.iter().position(|part| self.has_content(part)).unwrap_or(0);
        let end = parts.iter().rev().find_map(|part| self.start(part)).unwrap_or(0);
        let mut folded = Vec::with_capacity(parts.len());
        // Where an `else` stands and where its region ends, innermost last.
        let mut skips: Vec<(usize, usize)> = Vec::new();
        let mut at = 0;
        while let Some(part) = parts.get(at) {
            if let Some((_, close)) = skips.pop_if(|(other, _)| *other == at) {
                at = close;
                continue;
            }
            if let Some((branch, close)) = self.region_on_line(parts, at, end) {
                if at > lead {
                    let last = parts.get(close).and_then(Part::action).unwrap_or(branch.head);
                    folded.push(Part::Region(branch.head..last));
                    at = close + 1;
                    continue;
                }
                let other = branch.next.filter(|_| branches != Branches::Last);
                let other = other.and_then(|_| self.position(parts, at, branch.body.end));
                skips.extend(other.map(|other| (other, close)));
            }
            folded.push(part.clone());
            at += 1;
        }
        folded
    }

    /// The first branch of the region that the part at `at` opens, and the part that closes it, if it closes on this
    /// line; `end` is where the last action of the line starts.
    fn region_on_line(&self, parts: &[Part], at: usize, end: usize) -> Option<(&Branch, usize)> {
        let branch = self.regions.starting_with(parts.get(at)?.action()?)?;
        let close = branch.region_end;
        let is_here = branch.previous.is_none() && close <= end;
        is_here.then(|| self.position(parts, at, close).map(|close| (branch, close)))?
    }

    /// The part that is the action starting at byte `start`.
    fn position(&self, parts: &[Part], from: usize, start: usize) -> Option<usize> {
        parts.iter().skip(from).position(|part| self.start(part) == Some(start)).map(|at| from + at)
    }

    /// Where the action that a part is starts.
    fn start(&self, part: &Part) -> Option<usize> {
        self.actions.get(part.action()?).map(|action| action.span.start as usize)
    }
}
/// What may stand behind the text of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// Only more of the same.
    Nothing,
    /// A value: it ends with `key:` or `-`.
    Value,
    /// The lines of a block: it ends with `|`.
    Lines,
}

/// What may stand behind `before`, the line so far.
pub(super) fn awaited(before: &str) -> Awaited {
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
        (Some(last), Some(before)) if is_header(last) && (before.ends_with(':') || before == "-") => {
            Awaited::Lines
        }
        _ => Awaited::Nothing,
    }
}

/// The column of the key or dash that the value behind `before` belongs to.
pub(super) fn column_of_value(before: &str) -> usize {
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
