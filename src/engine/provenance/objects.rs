//! Which object of a template a rendered one is.

use std::collections::HashMap;
use std::rc::Rc;

use super::likeness::{Budget, Likeness};
use super::shape::{Fit, Shape};
use crate::finding::ObjectId;
use crate::helm::template::Template;
use crate::k8s::{Object, Origin, identity};
use crate::span::FileId;
use crate::yaml::{Entry, Kind, Node, Tree};

/// More objects than this that may be meant are too many to compare.
const CROWD: usize = 16;
/// More objects than this of one name, or of a kind where no name is written out, are too many to tell which is meant.
const TOO_MANY: usize = 256;

/// More branches of a condition that each give an object its kind or its name are not looked at.
const MAX_BRANCHES: usize = 16;

/// The objects that a template may become.
#[derive(Debug)]
pub(in super::super) struct Blueprint<'t> {
    patterns: Vec<Pattern<'t>>,
    index: Index<'t>,
}

/// An object as a template has it. Branches of a condition may each give it a kind and a name.
#[derive(Debug)]
pub(in super::super) struct Pattern<'t> {
    /// Its mapping.
    pub(in super::super) root: Node<'t>,
    /// Where it says what it is: its kind.
    pub(in super::super) head: Node<'t>,
    kinds: Vec<Shape<'t>>,
    names: Vec<Shape<'t>>,
    /// What it calls itself, without API version and kind.
    id: ObjectId,
    /// Whether the same text can also be read as another object.
    is_alternative: bool,
}

impl<'t> Pattern<'t> {
    fn new(root: Node<'t>, is_alternative: bool) -> Self {
        let shapes = |nodes: &mut dyn Iterator<Item = Entry<'t>>| {
            nodes.take(MAX_BRANCHES).map(|entry| Shape::of(entry.value)).collect()
        };
        let metadata = root.alternatives("metadata").take(MAX_BRANCHES);
        Self {
            root,
            head: root.alternatives("kind").next().map_or(root, |entry| entry.value),
            kinds: shapes(&mut root.alternatives("kind")),
            names: shapes(&mut metadata.flat_map(|entry| entry.value.alternatives("name"))),
            id: identity(root, "", ""),
            is_alternative,
        }
    }

    /// What `rendered`, which it became, is called in the template.
    pub(in super::super) fn id_of(&self, rendered: &ObjectId) -> ObjectId {
        let ObjectId { api_version, kind, .. } = rendered.clone();
        ObjectId { api_version, kind, ..self.id.clone() }
    }

    /// The kind, where it is written out.
    fn literal_kind(&self) -> Option<&'t str> {
        literal(&self.kinds)
    }

    /// The kind and name, where both are written out.
    fn literal(&self) -> Option<(&'t str, &'t str)> {
        literal(&self.kinds).zip(literal(&self.names))
    }

    /// How well an object's kind and name fit; `None` if they do not.
    fn fit(&self, object: &Object<'_>, budget: &Budget) -> Option<(Fit, Fit)> {
        let best = |shapes: &[Shape<'t>], text: &str| {
            // What is not there may come from an unknown line.
            shapes.iter().map(|shape| shape.fit(text, budget)).max().unwrap_or(Fit::Loose)
        };
        let kind = best(&self.kinds, &object.id.kind);
        let name = best(&self.names, &object.id.name);
        (kind > Fit::Not && name > Fit::Not).then_some((kind, name))
    }
}

/// The text of the only one of `shapes`.
fn literal<'t>(shapes: &[Shape<'t>]) -> Option<&'t str> {
    let [only] = shapes else { return None };
    only.literal()
}

/// Objects by what is written of them.
#[derive(Debug, Default)]
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

    /// Those that have this kind and name written out.
    fn written<'i>(&'i self, kind: &'i str, name: &'i str) -> Option<&'i [usize]> {
        self.by_name.get(&(kind, name)).map(Vec::as_slice)
    }

    /// Those that may have become an object whose kind and name no object has written out.
    fn templated(&self, kind: &str) -> impl Iterator<Item = usize> {
        let of_kind = self.by_kind.get(kind).map(Vec::as_slice).unwrap_or_default();
        let all = of_kind.len() + self.others.len();
        of_kind.iter().chain(&self.others).copied().filter(move |_| all <= TOO_MANY)
    }
}

impl<'t> Blueprint<'t> {
    /// The objects of a template; the items of lists one by one.
    pub(in super::super) fn of(template: &'t Template<'_>, origin: &'t Origin) -> Self {
        let mut patterns = Vec::new();
        for document in &template.documents {
            let is_alternative = document.is_alternative;
            let objects = Object::all(&document.document, origin);
            let mut roots: Vec<_> = objects.iter().map(|object| object.root).collect();
            if roots.is_empty() {
                let root = document.document.tree().and_then(Tree::root);
                roots.extend(root.filter(|root| root.kind() == Kind::Mapping));
            }
            patterns.extend(roots.into_iter().map(|root| Pattern::new(root, is_alternative)));
        }
        let index = Index::new(&patterns);
        Self { patterns, index }
    }

    /// Where the template's objects come from, as far as reading them needs it.
    pub(in super::super) fn origin() -> Origin {
        Origin { file: FileId(0), rendered_from: None }
    }

    /// The only object that there is.
    pub(in super::super) fn only(&self) -> Option<&Pattern<'t>> {
        let [only] = self.patterns.as_slice() else { return None };
        Some(only)
    }

    /// Which object each of `rendered`, all from this template and in Helm's order, was rendered from; `None` where that
    /// is not clear.
    pub(in super::super) fn pair(
        &self,
        rendered: &[Object<'_>],
        budget: &Budget,
    ) -> Vec<Option<&Pattern<'t>>> {
        // Helm sorts by kind and keeps the order of a kind: where several are alike and all are there, it decides.
        let mut groups: HashMap<Rc<[usize]>, (usize, usize)> = HashMap::new();
        let choices: Vec<Rc<[usize]>> = rendered
            .iter()
            .map(|object| {
                let choice = self.choose(object, budget);
                let known = groups.get_key_value(choice.as_slice()).map(|(known, _)| Rc::clone(known));
                let choice = known.unwrap_or_else(|| choice.into());
                groups.entry(Rc::clone(&choice)).or_default().0 += 1;
                choice
            })
            .collect();
        let mut paired = Vec::with_capacity(choices.len());
        for choice in choices {
            let (count, next) = groups.entry(Rc::clone(&choice)).or_default();
            let pick = if *count == choice.len() { choice.get(*next) } else { self.only_text(&choice) };
            *next += 1;
            paired.push(pick.and_then(|index| self.patterns.get(*index)));
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
    fn choose(&self, object: &Object<'_>, budget: &Budget) -> Vec<usize> {
        let (kind, name) = (object.id.kind.as_str(), object.id.name.as_str());
        let fitting = match self.index.written(kind, name) {
            Some(written) if written.len() > TOO_MANY => Vec::new(),
            Some(written) => written.to_vec(),
            None => best(self.index.templated(kind), |index| self.patterns.get(*index)?.fit(object, budget)),
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
