//! A template, its actions found and matched.

use std::ops::Range;

use super::action::{Action, ActionKind};
use super::lex::{Fault, lex};
use super::regions::{Branch, Regions};
use super::scope::Variables;

/// Which branches of conditions are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branches {
    /// All of them: a key may stand there once for each.
    All,
    /// Only the first of each condition.
    First,
    /// Only the last of each condition.
    Last,
    /// All but those that cannot be read together with the rest.
    Readable,
}

/// A template, its actions found and matched.
#[derive(Debug)]
pub(super) struct Source<'t> {
    pub(super) text: &'t str,
    pub(super) actions: Vec<Action<'t>>,
    pub(super) regions: Regions,
    pub(super) variables: Variables<'t>,
}

impl<'t> Source<'t> {
    /// # Errors
    /// What Helm cannot read.
    pub(super) fn new(text: &'t str) -> Result<Self, Fault> {
        let lexemes = lex(text)?;
        let actions: Vec<_> = lexemes.iter().map(|lexeme| Action::new(text, lexeme)).collect();
        let regions = Regions::new(&actions)?;
        let variables = Variables::of(&actions);
        Ok(Self { text, actions, regions, variables })
    }

    /// The branches that a `define` starts.
    pub(super) fn defines(&self) -> impl Iterator<Item = &Branch> {
        self.regions.branches().iter().filter(|branch| self.is_define(branch))
    }

    pub(super) fn is_define(&self, branch: &Branch) -> bool {
        self.actions.get(branch.head).is_some_and(|action| action.kind == ActionKind::Define)
    }

    /// What of `focus` is left out when these branches are read: the others, and bodies of `define`.
    pub(super) fn left_out(&self, branches: Branches, focus: &Range<usize>) -> Vec<Range<usize>> {
        let is_other = |branch: &Branch| match branches {
            Branches::All | Branches::Readable => false,
            Branches::First => branch.previous.is_some(),
            Branches::Last => branch.next.is_some(),
        };
        let all = self.regions.branches();
        let first = all.partition_point(|branch| branch.body.start < focus.start);
        let inside = all.iter().skip(first).take_while(|branch| branch.body.start < focus.end);
        let left_out = inside.filter(|branch| is_other(branch) || self.is_define(branch));
        merge(left_out.map(|branch| branch.body.clone()).filter(|body| body != focus))
    }

    /// The branches in `focus` that exclude `place`: others of the same conditions, and what these contradict.
    pub(super) fn excluded(&self, place: Range<usize>, focus: &Range<usize>) -> Vec<Range<usize>> {
        let around = self.regions.around(place.clone());
        let others = around.flat_map(|branch| self.regions.others(branch)).map(|branch| branch.body.clone());
        let is_inside = |body: &Range<usize>| focus.start <= body.start && body.end <= focus.end;
        others.chain(self.contradicted(place, focus)).filter(is_inside).collect()
    }

    /// The branches in `focus` that no one gets together with `place`, as they have the same condition and the place lies
    /// in the other branch of it.
    pub(super) fn contradicted(&self, place: Range<usize>, focus: &Range<usize>) -> Vec<Range<usize>> {
        let all = self.regions.branches();
        // A condition, and what it must be for the branch that it starts.
        let condition = |branch: &Branch| {
            let action = self.actions.get(branch.head).filter(|action| action.kind == ActionKind::If)?;
            Some(match negated(action.pipeline) {
                Some(condition) => (condition, false),
                None => (action.pipeline, true),
            })
        };
        // What conditions are at the place.
        let known: Vec<_> = self
            .regions
            .around(place)
            .filter_map(|branch| match branch.previous.and_then(|before| all.get(before)) {
                Some(before) => condition(before).map(|(condition, holds)| (condition, !holds)),
                None => condition(branch),
            })
            .collect();
        let first = all.partition_point(|branch| branch.body.start < focus.start);
        let inside = all.iter().skip(first).take_while(|branch| branch.body.start < focus.end);
        let other = |branch: &Branch| {
            let (asked, wanted) = condition(branch)?;
            let (_, holds) = known.iter().find(|(known, _)| *known == asked)?;
            if *holds == wanted {
                all.get(branch.next?).map(|next| next.body.clone())
            } else {
                Some(branch.body.clone())
            }
        };
        inside.filter_map(other).collect()
    }
}

/// What `not X` negates.
fn negated(pipeline: &str) -> Option<&str> {
    let rest = pipeline.trim().strip_prefix("not")?;
    let inside = rest.trim();
    let inside = inside.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(inside).trim();
    (rest.starts_with([' ', '(']) && !inside.contains(['(', ')', ' '])).then_some(inside)
}

/// Ranges in the order of their starts, as ranges that do not overlap.
pub(super) fn merge(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut().filter(|last| range.start < last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => merged.push(range),
        }
    }
    merged
}
