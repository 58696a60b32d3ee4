//! Which conditions of a template give the same thing, so that they may be twins.

use std::collections::{HashMap, HashSet};

use super::super::gate::Piece;
use super::super::template::{ActionKind, Template};
use super::body::{Bodies, Body, Form};
use crate::span::Span;

/// Conditions without an `else` that may be twins, by where their actions start.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// Two conditions side by side.
    pub(super) beside: Vec<(u32, u32)>,
    /// The one condition around all of the file, with the objects behind it.
    pub(super) around: Option<(u32, Vec<String>)>,
}

const COMPARISON: &str = "semverCompare";

impl Pairs {
    pub(super) fn of(template: &Template<'_>, bodies: &mut Bodies<'_>) -> Self {
        let conditions = (0..template.actions().len()).filter(|index| is_lone_condition(template, *index));
        let conditions: Vec<usize> = conditions.collect();
        let follow = |index: &usize| Some((*index, beside(template, *index)?));
        let following: HashMap<usize, usize> = conditions.iter().filter_map(follow).collect();
        let followers: HashSet<usize> = following.values().copied().collect();
        let mut pairs = Self { beside: Vec::new(), around: around(template, &conditions, bodies) };
        for first in conditions.iter().filter(|index| !followers.contains(index)) {
            let run = std::iter::successors(Some(*first), |index| following.get(index).copied());
            pairs.add_run(template, run.collect(), bodies);
        }
        pairs
    }

    /// Takes the conditions of a run that give what exactly one other of it gives.
    fn add_run(&mut self, template: &Template<'_>, run: Vec<usize>, bodies: &mut Bodies<'_>) {
        let compares = |index: &usize| pipeline(template, *index).contains(COMPARISON);
        if run.iter().filter(|index| compares(index)).count() < 2 {
            return;
        }
        let mut same: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for index in run {
            let read = template.region(index).and_then(|region| bodies.read(region.body));
            let Some(Body { entries, .. }) = read.filter(|body| !body.entries.is_empty()) else { continue };
            same.entry(entries).or_default().push(index);
        }
        for indices in same.into_values() {
            if let [one, other] = indices.as_slice() {
                self.beside.extend(start(template, *one).zip(start(template, *other)));
            }
        }
        self.beside.sort_unstable();
    }
}

fn pipeline<'t>(template: &Template<'t>, index: usize) -> &'t str {
    template.actions().get(index).map_or("", |action| action.pipeline)
}

fn start(template: &Template<'_>, index: usize) -> Option<u32> {
    template.actions().get(index).map(|action| action.span.start)
}

/// An `if` without `else`.
fn is_lone_condition(template: &Template<'_>, index: usize) -> bool {
    let is_if = template.actions().get(index).is_some_and(|action| action.kind == ActionKind::If);
    is_if && template.next_branch(index).is_none()
}

/// The condition right behind another one.
fn beside(template: &Template<'_>, index: usize) -> Option<usize> {
    let region = template.region(index)?;
    let actions = template.actions();
    let first = actions.partition_point(|action| action.span.start < region.after);
    let is_comment = |index: &usize| actions.get(*index).is_some_and(|it| it.kind == ActionKind::Comment);
    let next = (first..actions.len()).find(|index| !is_comment(index))?;
    let between = Span { start: region.after, end: start(template, next)? };
    (is_lone_condition(template, next) && gives_nothing(template, between)).then_some(next)
}

/// The one condition around all of a file.
fn around(
    template: &Template<'_>,
    conditions: &[usize],
    bodies: &mut Bodies<'_>,
) -> Option<(u32, Vec<String>)> {
    let head = *conditions.first().filter(|index| pipeline(template, **index).contains(COMPARISON))?;
    let (region, start) = (template.region(head)?, start(template, head)?);
    let mut outside = template
        .actions()
        .iter()
        .filter(|action| action.span.start < start || action.span.start >= region.after);
    let is_quiet = outside.all(|it| matches!(it.kind, ActionKind::Comment | ActionKind::Assignment));
    let rest = Span { start: region.after, ..bodies.file() };
    let is_all =
        is_quiet && gives_nothing(template, Span { start: 0, end: start }) && gives_nothing(template, rest);
    let body = is_all.then(|| bodies.read(region.body)).flatten()?;
    (body.form == Form::Objects && !body.entries.is_empty()).then_some((start, body.entries))
}

/// Whether a part of a template has only blanks, comments and separators of documents beside its actions.
fn gives_nothing(template: &Template<'_>, span: Span) -> bool {
    template.pieces(span).iter().all(|piece| match piece {
        Piece::Action(_) => true,
        Piece::Text(text) => text
            .lines()
            .map(str::trim)
            .all(|line| line.is_empty() || line.starts_with('#') || line.starts_with("---")),
    })
}
