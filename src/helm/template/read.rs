//! The documents of a template.

use std::ops::Range;

use super::super::gate::Piece;
use super::action::Action;
use super::lex::Fault;
use super::neutral::{Neutral, neutralise};
use super::pieces::pieces;
use super::regions::Condition;
use super::source::{Branches, Source, merge};
use crate::span::Span;
use crate::yaml::{Content, Document, Node, Tree};

/// Alternatives of one document that are read.
const MAX_ALTERNATIVES: usize = 8;
/// Branches that are left out of one document because they cannot be read with the rest.
const MAX_REPAIRS: usize = 4;

/// A template as far as it can be read without Helm.
#[derive(Debug)]
pub struct Template<'t> {
    /// Its documents, and those in the bodies of `define`.
    pub documents: Vec<TemplateDocument<'t>>,
    /// What could not be read. Never silent.
    pub not_analysed: Vec<NotAnalysed>,
    source: Option<Source<'t>>,
}

/// A document of a template.
#[derive(Debug)]
pub struct TemplateDocument<'t> {
    /// The document, its spans those of the template. One that could not be read is in [`Template::not_analysed`].
    pub document: Document<'t>,
    /// Which branches of conditions it is made of.
    pub branches: Branches,
    /// Whether it is one of several readings of the same text, which cannot all be had at once: a condition decides
    /// what kind of object it is.
    pub is_alternative: bool,
    /// The name of the `define` in whose body it stands.
    pub define: Option<&'t str>,
}

/// A part of a template that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnalysed {
    /// Where the reason stands.
    pub span: Span,
    /// The part that is not read.
    pub part: Span,
    /// Why: "unclosed action".
    pub reason: String,
}

/// A named template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Define<'t> {
    /// Its name.
    pub name: &'t str,
    /// Its body.
    pub body: Span,
}

/// What an action with a body starts: a branch of a condition, a loop, a `define`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The text up to the `else` or `end` that closes it.
    pub body: Span,
    /// Where the `end` of all its branches stops.
    pub after: u32,
    /// The number of the action in whose body it stands.
    pub parent: Option<usize>,
}

/// Reads a template. It never fails: what cannot be read is told.
pub fn read(text: &str) -> Template<'_> {
    let source = match Source::new(text) {
        Ok(source) => source,
        Err(Fault { bytes, reason }) => {
            let (span, part) = (Span::new(bytes), Span::new(0..text.len()));
            let not_analysed = vec![NotAnalysed { span, part, reason: reason.to_owned() }];
            return Template { documents: Vec::new(), not_analysed, source: None };
        }
    };
    let mut reader = Reader { source: &source, documents: Vec::new(), not_analysed: Vec::new() };
    reader.focus(0..text.len(), None);
    for branch in source.defines() {
        let name = source.actions.get(branch.head).map_or("", |action| define_name(action));
        reader.define(branch.body.clone(), name);
    }
    let Reader { documents, not_analysed, .. } = reader;
    Template { documents, not_analysed, source: Some(source) }
}

/// Finds the actions and named templates, without the documents. Nothing where Helm could not read the file.
pub fn scan(text: &str) -> Option<Template<'_>> {
    let source = Some(Source::new(text).ok()?);
    Some(Template { documents: Vec::new(), not_analysed: Vec::new(), source })
}

impl<'t> Template<'t> {
    /// The text and the actions of `span`, in order, after the trim markers have done their work.
    pub fn pieces(&self, span: Span) -> Vec<Piece<'t>> {
        self.source.as_ref().map_or_else(Vec::new, |source| pieces(source, span))
    }

    /// The number of the action, `else` or `else if`, that starts the branch after the one which action number `index`
    /// starts.
    pub fn next_branch(&self, index: usize) -> Option<usize> {
        let source = self.source.as_ref()?;
        let next = source.regions.starting_with(index)?.next?;
        Some(source.regions.branches().get(next)?.head)
    }

    /// What action number `index` starts, if it has a body.
    pub fn region(&self, index: usize) -> Option<Region> {
        let source = self.source.as_ref()?;
        let branch = source.regions.starting_with(index)?;
        let end = Span::new(branch.region_end..branch.region_end).start;
        let at = source.actions.partition_point(|action| action.span.start < end);
        let after = source.actions.get(at)?.span.end;
        let parent = branch.parent.and_then(|parent| source.regions.branches().get(parent));
        Some(Region { body: Span::new(branch.body.clone()), after, parent: parent.map(|it| it.head) })
    }

    /// Its actions, in order.
    pub fn actions(&self) -> &[Action<'t>] {
        self.source.as_ref().map_or(&[], |source| &source.actions)
    }

    /// Its named templates.
    pub fn defines(&self) -> impl Iterator<Item = Define<'t>> {
        let source = self.source.as_ref();
        source.into_iter().flat_map(|source| {
            source.defines().filter_map(|branch| {
                let name = define_name(source.actions.get(branch.head)?);
                Some(Define { name, body: Span::new(branch.body.clone()) })
            })
        })
    }

    /// A document as it is where `place` is rendered: without the branches that exclude it. `None` if none does.
    pub fn document_with(&self, read: &TemplateDocument<'t>, place: Span) -> Option<Document<'t>> {
        let source = self.source.as_ref()?;
        let outer = read.document.span.range();
        let mut dropped = source.excluded(place.range(), &outer);
        if dropped.is_empty() {
            return None;
        }
        dropped.extend(source.left_out(read.branches, &outer));
        dropped.sort_by_key(|range| range.start);
        let neutral = neutralise(source, outer.clone(), read.branches, &merge(dropped.into_iter()));
        let (text, holes) = neutral.slice(0..neutral.content.len());
        Some(Document::read_holed(source.text, outer, text, holes))
    }

    /// Where the body of the named template starts in which `span` stands, if it stands in one.
    pub fn define_around(&self, span: Span) -> Option<u32> {
        let source = self.source.as_ref()?;
        let define = source.regions.around(span.range()).find(|branch| source.is_define(branch))?;
        Some(Span::new(define.body.clone()).start)
    }

    /// The conditions under which the bytes of `span` become text, outermost first.
    pub fn conditions(&self, span: Span) -> Vec<Condition<'_>> {
        match &self.source {
            Some(source) => source.regions.conditions(span.range(), &source.actions),
            None => Vec::new(),
        }
    }
}

/// `"name"`, and what may follow it.
fn define_name<'t>(action: &Action<'t>) -> &'t str {
    let mut parts = action.pipeline.split(['"', '`']);
    parts.nth(1).unwrap_or_default()
}

struct Reader<'s, 't> {
    source: &'s Source<'t>,
    documents: Vec<TemplateDocument<'t>>,
    not_analysed: Vec<NotAnalysed>,
}

impl<'t> Reader<'_, 't> {
    fn neutral(&self, focus: Range<usize>, branches: Branches) -> Neutral<'t> {
        let dropped = self.source.left_out(branches, &focus);
        neutralise(self.source, focus, branches, &dropped)
    }

    /// Reads all documents of a part of the template.
    fn focus(&mut self, focus: Range<usize>, define: Option<&'t str>) {
        let neutral = self.neutral(focus.clone(), Branches::All);
        let chunks = chunks(&neutral.content);
        let mut start = focus.start;
        for (at, chunk) in chunks.iter().enumerate() {
            let next = chunks.get(at + 1).and_then(|next| neutral.outer(next.separator));
            let outer = start..next.unwrap_or(focus.end).max(start);
            let document = self.document(&neutral, chunk.bytes.clone(), outer.clone());
            self.add(document, outer, define);
            start = chunks
                .get(at + 1)
                .and_then(|next| neutral.outer(next.bytes.start.checked_sub(1)?))
                .map_or(focus.end, |last| last + 1);
        }
    }

    fn document(&self, neutral: &Neutral<'t>, inner: Range<usize>, outer: Range<usize>) -> Document<'t> {
        let (text, holes) = neutral.slice(inner);
        Document::read_holed(self.source.text, outer, text, holes)
    }

    /// Takes a document, or what can be had instead of it.
    fn add(&mut self, document: Document<'t>, outer: Range<usize>, define: Option<&'t str>) {
        let Content::Broken(error) = &document.content else {
            let alternatives = self.alternatives(&document, &outer);
            let is_alternative = !alternatives.is_empty();
            let documents = if is_alternative { alternatives } else { vec![document] };
            self.documents.extend(documents.into_iter().map(|document| TemplateDocument {
                document,
                branches: Branches::All,
                is_alternative,
                define,
            }));
            return;
        };
        let (span, reason) = (error.span, error.message.clone());
        match self.partly(&outer, span) {
            Some((document, branches)) => {
                self.documents.push(TemplateDocument { document, branches, is_alternative: false, define });
            }
            None => self.not_analysed.push(NotAnalysed { span, part: Span::new(outer), reason }),
        }
    }

    /// Reads a document, broken at `fault`, with some of its branches only.
    fn partly(&self, outer: &Range<usize>, fault: Span) -> Option<(Document<'t>, Branches)> {
        for branches in [Branches::First, Branches::Last] {
            let dropped = self.source.left_out(branches, outer);
            let document = self.without(outer, branches, &dropped);
            if !matches!(document.content, Content::Broken(_)) {
                return Some((document, branches));
            }
        }
        // What cannot be read together with the rest is left out, branch by branch.
        let mut dropped = self.source.left_out(Branches::All, outer);
        let mut fault = fault.range();
        for _ in 0..MAX_REPAIRS {
            let mut bodies = self.source.regions.around(fault).map(|branch| branch.body.clone());
            let inside = |body: &Range<usize>| outer.start <= body.start && body.end <= outer.end;
            dropped.push(bodies.find(|body| inside(body) && !dropped.contains(body))?);
            dropped.sort_by_key(|range| range.start);
            dropped = merge(dropped.into_iter());
            let document = self.without(outer, Branches::Readable, &dropped);
            match &document.content {
                Content::Broken(error) => fault = error.span.range(),
                Content::Empty | Content::Tree(_) => return Some((document, Branches::Readable)),
            }
        }
        None
    }

    fn without(&self, outer: &Range<usize>, branches: Branches, dropped: &[Range<usize>]) -> Document<'t> {
        let neutral = neutralise(self.source, outer.clone(), branches, dropped);
        self.document(&neutral, 0..neutral.content.len(), outer.clone())
    }

    /// If different branches say of what kind the object is, the document as each of them has it.
    fn alternatives(&self, document: &Document<'t>, outer: &Range<usize>) -> Vec<Document<'t>> {
        let Some(root) = document.tree().and_then(Tree::root) else { return Vec::new() };
        let kinds: Vec<_> = kinds(root).take(MAX_ALTERNATIVES).collect();
        if kinds.len() < 2 {
            return Vec::new();
        }
        let all = self.source.left_out(Branches::All, outer);
        let apart = |kind: &Span| {
            let others = kinds.iter().filter(|other| *other != kind);
            let dropped: Option<Vec<_>> =
                others.map(|other| self.apart(other.range(), kind.range())).collect();
            dropped
        };
        // Keys that stand together in one branch are a mistake, and no alternatives.
        let Some(dropped) = kinds.iter().map(apart).collect::<Option<Vec<_>>>() else { return Vec::new() };
        let documents = kinds.iter().zip(dropped).map(|(kind, mut dropped)| {
            dropped.extend(all.iter().cloned());
            dropped.extend(self.source.contradicted(kind.range(), outer));
            dropped.sort_by_key(|range| range.start);
            self.without(outer, Branches::All, &merge(dropped.into_iter()))
        });
        documents.filter(|document| !matches!(document.content, Content::Broken(_))).collect()
    }

    /// The outermost branch around one place that is not around the other.
    fn apart(&self, one: Range<usize>, other: Range<usize>) -> Option<Range<usize>> {
        let is_around = |body: &Range<usize>| body.start <= other.start && other.end <= body.end;
        let bodies = self.source.regions.around(one).map(|branch| branch.body.clone());
        bodies.filter(|body| !is_around(body)).last()
    }

    /// Bodies of `define` are read if they are objects of their own.
    fn define(&mut self, body: Range<usize>, name: &'t str) {
        let text = self.source.text.get(body.clone()).unwrap_or_default();
        let has = |key: &str| memchr::memmem::find(text.as_bytes(), key.as_bytes()).is_some();
        if !has("apiVersion:") || !has("kind:") {
            return;
        }
        let known = self.documents.len();
        self.focus(body, Some(name));
        let is_object = |document: &TemplateDocument<'_>| {
            let root = document.document.tree().and_then(Tree::root);
            root.is_some_and(|root| ["apiVersion", "kind"].iter().all(|key| root.get(key).found().is_some()))
        };
        let read = self.documents.split_off(known);
        self.documents.extend(read.into_iter().filter(is_object));
    }
}

/// Where the keys `kind` of an object stand.
fn kinds(root: Node<'_>) -> impl Iterator<Item = Span> {
    root.alternatives("kind").map(|entry| entry.key.span())
}

/// A document in the text that YAML reads.
struct Chunk {
    /// Where the separator before it starts.
    separator: usize,
    bytes: Range<usize>,
}

/// Splits as Helm does (`releaseutil.SplitManifests`): what follows `---` on its line belongs to the next document.
fn chunks(text: &str) -> Vec<Chunk> {
    let first = text.starts_with("---").then_some(0);
    let later = memchr::memmem::find_iter(text.as_bytes(), "\n---").map(|at| at + 1);
    let mut chunks = Vec::new();
    let mut before = Chunk { separator: 0, bytes: 0..0 };
    for separator in first.into_iter().chain(later) {
        before.bytes.end = separator;
        let rest = text.get(separator + 3..).unwrap_or_default();
        let start = text.len() - rest.trim_start_matches([' ', '\t']).len();
        chunks.push(std::mem::replace(&mut before, Chunk { separator, bytes: start..start }));
    }
    before.bytes.end = text.len();
    chunks.push(before);
    chunks
}
