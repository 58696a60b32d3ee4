//! Which actions belong together: `if … else … end`.

use std::ops::Range;

use super::action::{Action, ActionKind};
use super::lex::Fault;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 256;
/// Conditions of one place that are told.
const MAX_CONDITIONS: usize = 256;

/// The branches of all regions, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Regions {
    branches: Vec<Branch>,
    /// For each action that opens a region, its branch; `NONE` for others.
    of_action: Vec<u32>,
}

/// What stands between two actions of a region.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    /// The action that it starts with.
    pub(super) head: usize,
    /// Its text.
    pub(super) body: Range<usize>,
    /// The branch around its region.
    pub(super) parent: Option<usize>,
    /// The branch of the same region before it.
    pub(super) previous: Option<usize>,
    /// The branch of the same region after it.
    pub(super) next: Option<usize>,
    /// Where the `end` of the region starts.
    pub(super) region_end: usize,
}

const NONE: u32 = u32::MAX;

/// A condition under which a place of a template becomes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition<'a> {
    /// The action with the condition.
    pub action: &'a Action<'a>,
    /// Whether it must not hold: the place lies in an `else` after it.
    pub is_negated: bool,
}

impl Regions {
    /// Matches the actions of a template.
    ///
    /// # Errors
    /// An `end` or `else` without a region, or a region without an `end`: Helm reads nothing of such a file.
    pub(super) fn new(actions: &[Action<'_>]) -> Result<Self, Fault> {
        let mut regions = Self { branches: Vec::new(), of_action: vec![NONE; actions.len()] };
        // The innermost open branch of each open region.
        let mut open: Vec<usize> = Vec::new();
        for (head, action) in actions.iter().enumerate() {
            let bytes = action.span.range();
            let fault = |reason| Fault { bytes: action.span.range(), reason };
            if action.kind == ActionKind::Define && !open.is_empty() {
                return Err(fault("unexpected {{define}}"));
            }
            if action.kind.opens() {
                if open.len() >= MAX_DEPTH {
                    return Err(fault("conditions are nested too deeply"));
                }
                let parent = open.last().copied();
                open.push(regions.push(head, bytes.end, parent, None));
            } else if action.kind.is_else() {
                let before = open.pop().ok_or_else(|| fault("unexpected {{else}}"))?;
                let parent = regions.close(before, bytes.start);
                open.push(regions.push(head, bytes.end, parent, Some(before)));
            } else if action.kind == ActionKind::End {
                let last = open.pop().ok_or_else(|| fault("unexpected {{end}}"))?;
                regions.close(last, bytes.start);
                regions.end(last, bytes.start);
            }
        }
        match open.pop().and_then(|branch| regions.branches.get(branch)).and_then(|b| actions.get(b.head)) {
            Some(action) => {
                Err(Fault { bytes: action.span.range(), reason: "unclosed action: {{end}} is missing" })
            }
            None => Ok(regions),
        }
    }

    fn push(&mut self, head: usize, start: usize, parent: Option<usize>, previous: Option<usize>) -> usize {
        let id = self.branches.len();
        self.branches.push(Branch {
            head,
            body: start..start,
            parent,
            previous,
            next: None,
            region_end: start,
        });
        if let Some(branch) = previous.and_then(|previous| self.branches.get_mut(previous)) {
            branch.next = Some(id);
        }
        if let Some(slot) = self.of_action.get_mut(head) {
            *slot = u32::try_from(id).unwrap_or(NONE);
        }
        id
    }

    /// Ends a branch; gives the one around its region.
    fn close(&mut self, id: usize, end: usize) -> Option<usize> {
        let branch = self.branches.get_mut(id)?;
        branch.body.end = end;
        branch.parent
    }

    /// All branches.
    pub(super) fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The branch that starts with the action `head`.
    pub(super) fn starting_with(&self, head: usize) -> Option<&Branch> {
        self.branches.get(*self.of_action.get(head)? as usize)
    }

    /// Tells all branches of a region where it ends.
    fn end(&mut self, last: usize, end: usize) {
        let mut id = Some(last);
        while let Some(branch) = id.and_then(|id| self.branches.get_mut(id)) {
            branch.region_end = end;
            id = branch.previous;
        }
    }

    fn chain<'r>(
        &'r self,
        from: Option<&'r Branch>,
        step: fn(&Branch) -> Option<usize>,
    ) -> impl Iterator<Item = &'r Branch> {
        std::iter::successors(from, move |branch| self.branches.get(step(branch)?))
    }

    /// The other branches of a branch's region.
    pub(super) fn others<'r>(&'r self, branch: &'r Branch) -> impl Iterator<Item = &'r Branch> {
        let before = self.chain(Some(branch), |branch| branch.previous).skip(1);
        let after = self.chain(Some(branch), |branch| branch.next).skip(1);
        before.chain(after).take(MAX_CONDITIONS)
    }

    /// The branches around a range, innermost first.
    pub(super) fn around(&self, range: Range<usize>) -> impl Iterator<Item = &Branch> {
        let last = self.branches.partition_point(|branch| branch.body.start <= range.start).checked_sub(1);
        let from = last.and_then(|last| self.branches.get(last));
        // A branch that started before may be closed; what is around the place is around it too.
        std::iter::successors(from, |branch| self.branches.get(branch.parent?))
            .filter(move |branch| branch.body.start <= range.start && range.end <= branch.body.end)
    }

    /// The conditions of a range, outermost first. A place in the third branch of `if … else if … else` has three:
    /// two that must not hold and one that must.
    pub(super) fn conditions<'a>(
        &self,
        range: Range<usize>,
        actions: &'a [Action<'a>],
    ) -> Vec<Condition<'a>> {
        let mut conditions = Vec::new();
        for branch in self.around(range) {
            let own = actions.get(branch.head).filter(|action| has_condition(action.kind));
            conditions.extend(own.map(|action| Condition { action, is_negated: false }));
            let before = self.chain(Some(branch), |branch| branch.previous).skip(1);
            let before = before.take(MAX_CONDITIONS).filter_map(|branch| actions.get(branch.head));
            conditions.extend(before.map(|action| Condition { action, is_negated: true }));
        }
        conditions.reverse();
        conditions.truncate(MAX_CONDITIONS);
        conditions
    }
}

fn has_condition(kind: ActionKind) -> bool {
    use ActionKind as K;
    matches!(kind, K::If | K::With | K::Range | K::ElseIf | K::ElseWith)
}
