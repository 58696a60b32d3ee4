//! Which object of a template a rendered one is.

use std::collections::HashMap;

use super::super::template::Template;
use super::likeness::{Budget, Fit, Likeness, fit};
use crate::k8s::{Object, Origin};
use crate::span::FileId;
use crate::yaml::{Kind, Node, Tree};

/// More objects than this that may be meant are too many to compare.
const CROWD: usize = 16;
/// More objects of a kind than this, whose names are not written out, are too many to tell which is meant.
const TEMPLATED: usize = 256;

/// The objects that a template may become.
#[derive(Debug)]
pub struct Blueprint<'t> {
    patterns: Vec<Pattern<'t>>,
}

/// An object as a template has it.
#[derive(Clone, Copy, Debug)]
pub struct Pattern<'t> {
    /// Its mapping.
    pub root: Node<'t>,
    /// Whether the same text can also be read as another object.
    is_alternative: bool,
}

impl<'t> Pattern<'t> {
    fn kinds(self) -> impl Iterator<Item = Node<'t>> {
        self.root.alternatives("kind").map(|entry| entry.value)
    }

    /// Its names: branches of a condition may each have one.
    fn names(self) -> impl Iterator<Item = Node<'t>> {
        let metadata = self.root.alternatives("metadata");
        metadata.flat_map(|entry| entry.value.alternatives("name")).map(|entry| entry.value)
    }

    /// Its kind and name, where both are written out.
    fn literal(self) -> Option<(&'t str, &'t str)> {
        let (mut kinds, mut names) = (self.kinds(), self.names());
        let literal = (kinds.next()?.text()?, names.next()?.text()?);
        (kinds.next().is_none() && names.next().is_none()).then_some(literal)
    }

    /// Its kind, where that is written out.
    fn literal_kind(self) -> Option<&'t str> {
        let mut kinds = self.kinds();
        kinds.next()?.text().filter(|_| kinds.next().is_none())
    }

    /// How well an object's kind and name fit; `None` if they do not.
    fn fit(self, object: &Object<'_>) -> Option<(Fit, Fit)> {
        let best = |nodes: &mut dyn Iterator<Item = Node<'t>>, text: &str| {
            // What is not there may come from an unknown line.
            nodes.map(|node| fit(node, text)).max().unwrap_or(Fit::Loose)
        };
        let kind = best(&mut self.kinds(), &object.id.kind);
        let name = best(&mut self.names(), &object.id.name);
        (kind > Fit::Not && name > Fit::Not).then_some((kind, name))
    }

    /// Where it says what it is: its kind.
    pub fn head(self) -> Node<'t> {
        self.kinds().next().unwrap_or(self.root)
    }
}

/// Objects by what is written of them.
#[derive(Default)]
struct Index<'t> {
    by_name: HashMap<(&'t str, &'t str), Vec<usize>>,
    by_kind: HashMap<&'t str, Vec<usize>>,
    others: Vec<usize>,
}

impl<'t> Index<'t> {
    fn new(patterns: &[Pattern<'t>]) -> Self {
        let mut index = Self::default();
        for (at, pattern) in patterns.iter().enumerate() {
            match (pattern.literal(), pattern.literal_kind()) {
                (Some(key), _) => index.by_name.entry(key).or_default().push(at),
                (None, Some(kind)) => index.by_kind.entry(kind).or_default().push(at),
                (None, None) => index.others.push(at),
            }
        }
        index
    }

    /// Those that may have become an object whose kind and name no object has written out.
    fn templated(&self, kind: &str) -> impl Iterator<Item = usize> {
        let of_kind = self.by_kind.get(kind).map(Vec::as_slice).unwrap_or_default();
        let all = of_kind.len() + self.others.len();
        of_kind.iter().chain(&self.others).copied().filter(move |_| all <= TEMPLATED)
    }
}

impl<'t> Blueprint<'t> {
    /// The objects of a template; the items of lists one by one.
    pub fn of(template: &'t Template<'_>, origin: &'t Origin) -> Self {
        let mut patterns = Vec::new();
        for document in &template.documents {
            let is_alternative = document.is_alternative;
            let objects = Object::all(&document.document, origin);
            let mut roots: Vec<_> = objects.iter().map(|object| object.root).collect();
            if roots.is_empty() {
                let root = document.document.tree().and_then(Tree::root);
                roots.extend(root.filter(|root| root.kind() == Kind::Mapping));
            }
            patterns.extend(roots.into_iter().map(|root| Pattern { root, is_alternative }));
        }
        Self { patterns }
    }

    /// Where the template's objects come from, as far as reading them needs it.
    pub fn origin() -> Origin {
        Origin { file: FileId(0), rendered_from: None }
    }

    /// The only object that there is.
    pub fn only(&self) -> Option<Pattern<'t>> {
        let mut patterns = self.patterns.iter();
        patterns.next().copied().filter(|_| patterns.next().is_none())
    }

    /// Which object each of `rendered`, all from this template and in Helm's order, was rendered from; `None` where that
    /// is not clear.
    pub fn pair(&self, rendered: &[Object<'_>], budget: &Budget) -> Vec<Option<Pattern<'t>>> {
        let index = Index::new(&self.patterns);
        let choices: Vec<_> = rendered.iter().map(|object| self.choose(object, &index, budget)).collect();
        // Helm sorts by kind and keeps the order of a kind: where several are alike and all are there, it decides.
        let mut groups: HashMap<&[usize], (usize, usize)> = HashMap::new();
        for choice in &choices {
            groups.entry(choice).or_default().0 += 1;
        }
        let mut paired = Vec::with_capacity(choices.len());
        for choice in &choices {
            let (count, next) = groups.entry(choice).or_default();
            let pick = if *count == choice.len() { choice.get(*next) } else { self.only_text(choice) };
            *next += 1;
            paired.push(pick.and_then(|index| self.patterns.get(*index)).copied());
        }
        paired
    }

    /// The one choice, or the first of several readings of the same text.
    fn only_text<'c>(&self, choice: &'c [usize]) -> Option<&'c usize> {
        let is_alternative = |index: &usize| self.patterns.get(*index).is_some_and(|it| it.is_alternative);
        let (first, rest) = choice.split_first()?;
        rest.iter().chain([first]).all(|index| rest.is_empty() || is_alternative(index)).then_some(first)
    }

    /// The objects that fit best.
    fn choose(&self, object: &Object<'_>, index: &Index<'_>, budget: &Budget) -> Vec<usize> {
        let fitting = match index.by_name.get(&(object.id.kind.as_str(), object.id.name.as_str())) {
            Some(written) => written.clone(),
            None => best(index.templated(&object.id.kind), |index| self.patterns.get(*index)?.fit(object)),
        };
        if fitting.len() < 2 || fitting.len() > CROWD {
            return fitting;
        }
        let likeness = |index: &usize| {
            let likeness = Likeness::of(self.patterns.get(*index)?.root, object.root, budget);
            Some(std::cmp::Reverse(likeness.rank()))
        };
        best(fitting.into_iter(), likeness)
    }
}

/// Those with the highest rank, in order; those without a rank are left out.
fn best<R: Ord>(indices: impl Iterator<Item = usize>, rank: impl Fn(&usize) -> Option<R>) -> Vec<usize> {
    let ranked: Vec<_> = indices.filter_map(|index| Some((rank(&index)?, index))).collect();
    let Some(highest) = ranked.iter().map(|(rank, _)| rank).max() else { return Vec::new() };
    ranked.iter().filter(|(rank, _)| rank == highest).map(|(_, index)| *index).collect()
}
