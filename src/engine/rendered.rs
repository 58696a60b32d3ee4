//! Findings in what Helm rendered, said of the template: that is the file a person edits and a pull request shows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::analyse::{self, Part, guard};
use super::provenance::{Blueprint, Budget, Charts, Counterpart, Metadata, Pattern};
use super::run::{Run, Taken};
use crate::finding::{Finding, Place, Related};
use crate::helm::chart::is_metadata;
use crate::helm::template::{self, Template};
use crate::input::{Source, Sources};
use crate::k8s::{Object, Origin};
use crate::span::{FileId, Span};
use crate::yaml::Document;

/// What is said of the place in a rendered text.
const HERE: &str = "rendered here";

/// Places in rendered texts that one finding shows.
const SHOWN: usize = 3;

/// Gives every finding in a rendered document, whose template is among the files, its place in the template. The place
/// at which it was found becomes a related one.
pub(super) fn relocate(run: &mut Run, taken: &Taken) {
    let is_rendered = |finding: &Finding| taken.rendered.contains(&finding.place.file);
    let mut by_file: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for (index, finding) in run.findings.iter().enumerate().filter(|(_, finding)| is_rendered(finding)) {
        by_file.entry(finding.place.file).or_default().push(index);
    }
    if by_file.is_empty() {
        return;
    }
    let library = Library::new(&run.sources, taken);
    let (findings, sources) = (&run.findings, &run.sources);
    let moves: Vec<Move> = by_file
        .into_par_iter()
        .flat_map_iter(|(file, indices)| {
            // A mistake here must not cost the findings: they stay where they were found.
            guard(|| {
                let rendered = sources.get(file).and_then(Source::text)?;
                let find = |source: &str| library.find(source).filter(|template| *template != file);
                Some(moves(&Stream { file, text: &rendered.text, find: &find }, &indices, findings, sources))
            })
            .flatten()
            .unwrap_or_default()
        })
        .collect();
    for Move { index, related, place, is_field } in moves {
        let Some(finding) = run.findings.get_mut(index) else { continue };
        match related {
            None => finding.relocate(place),
            Some(related) if is_field => {
                if let Some(related) = finding.related.get_mut(related) {
                    related.place = place;
                }
            }
            Some(_) => {}
        }
    }
    merge(&mut run.findings);
}

/// A place of a finding that turned out to be in a template.
pub(super) struct Move {
    /// The finding.
    pub(super) index: usize,
    /// Which of its related places, if it is one.
    pub(super) related: Option<usize>,
    /// The place in the template.
    pub(super) place: Place,
    /// Whether it is the very field; otherwise it is what stands closest around it.
    pub(super) is_field: bool,
}

/// A text that Helm rendered.
pub(super) struct Stream<'s> {
    /// What places in it call it.
    pub(super) file: FileId,
    pub(super) text: &'s str,
    /// The template that a `# Source:` path names.
    pub(super) find: &'s dyn Fn(&str) -> Option<FileId>,
}

/// A place in a rendered text that is looked for in its template.
struct Wanted<'f> {
    index: usize,
    related: Option<usize>,
    place: &'f Place,
}

/// The templates of this run.
pub(super) struct Library<'s> {
    pub(super) charts: Charts<'s>,
    pub(super) ids: HashMap<&'s str, FileId>,
}

impl<'s> Library<'s> {
    pub(super) fn new(sources: &'s Sources, taken: &Taken) -> Self {
        let there = || sources.iter().filter(|(id, _)| taken.is_there(*id));
        let metadata = there().filter(|(_, source)| is_metadata(&source.path)).filter_map(|(_, source)| {
            let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            Some((folder, Metadata::read(&source.text()?.text)))
        });
        Self {
            charts: Charts::new(there().map(|(_, source)| source.path.as_str()), metadata),
            ids: there().map(|(id, source)| (source.path.as_str(), id)).collect(),
        }
    }

    /// The template that `# Source: <source>` names.
    fn find(&self, source: &str) -> Option<FileId> {
        self.ids.get(self.charts.resolve(source)?).copied()
    }
}

/// The places of findings in one rendered text that turn out to be in templates.
pub(super) fn moves(
    stream: &Stream<'_>,
    indices: &[usize],
    findings: &[Finding],
    sources: &Sources,
) -> Vec<Move> {
    let Stream { file, text, find } = *stream;
    let parts: Vec<_> = analyse::documents(file, text).collect();
    let mut by_source: BTreeMap<&str, Rendered<'_>> = BTreeMap::new();
    for wanted in wanted(file, indices, findings) {
        if let Some(source) = source_at(&parts, wanted.place.span) {
            by_source.entry(source).or_default().wanted.push(wanted);
        }
    }
    for part in &parts {
        let source = part.origin.rendered_from.as_deref();
        if let Some(rendered) = source.and_then(|source| by_source.get_mut(source)) {
            rendered.parts.push(part);
        }
    }
    // Several sources may be one template: subcharts may have aliases.
    let mut by_template: BTreeMap<FileId, Vec<Rendered<'_>>> = BTreeMap::new();
    for (source, rendered) in by_source {
        if let Some(template) = find(source) {
            by_template.entry(template).or_default().push(rendered);
        }
    }
    let budget = Budget::for_bytes(text.len());
    let mut moves = Vec::new();
    for (template, rendered) in by_template {
        if let Some(read) = sources.get(template).and_then(Source::text) {
            moves_to(template, &read.text, text, rendered, &budget, &mut moves);
        }
    }
    moves
}

/// Adds the places in the template `file` of what was rendered from it in the stream `text`.
fn moves_to(
    file: FileId,
    template: &str,
    text: &str,
    rendered: Vec<Rendered<'_>>,
    budget: &Budget,
    moves: &mut Vec<Move>,
) {
    let template = template::read(template);
    let origin = Blueprint::origin();
    let blueprint = Blueprint::of(&template, &origin);
    for Rendered { wanted, parts } in rendered {
        let documents: Vec<_> =
            parts.into_iter().map(|part| (Document::read(text, &part.chunk), &part.origin)).collect();
        let pairing = Pairing::new(&documents, &blueprint, &template, budget);
        moves.extend(wanted.into_iter().map(|Wanted { index, related, place }| {
            let (place, is_field) = pairing.place(file, place, budget);
            Move { index, related, place, is_field }
        }));
    }
}

/// What says that it was rendered from one source.
#[derive(Default)]
struct Rendered<'s> {
    wanted: Vec<Wanted<'s>>,
    parts: Vec<&'s Part>,
}

/// The places of findings that lie in a file.
fn wanted<'f>(
    file: FileId,
    indices: &'f [usize],
    findings: &'f [Finding],
) -> impl Iterator<Item = Wanted<'f>> {
    let found = indices.iter().filter_map(|index| Some((*index, findings.get(*index)?)));
    found.flat_map(move |(index, finding)| {
        let own = Wanted { index, related: None, place: &finding.place };
        let related = finding.related.iter().enumerate().filter(move |(_, it)| it.place.file == file);
        let related = related.map(move |(at, it)| Wanted { index, related: Some(at), place: &it.place });
        std::iter::once(own).chain(related)
    })
}

/// What is said of the document around `span`: from which template it was rendered.
fn source_at(parts: &[Part], span: Span) -> Option<&str> {
    let at = span.start as usize;
    let after = parts.partition_point(|part| part.chunk.bytes.start <= at);
    parts.get(after.checked_sub(1)?)?.origin.rendered_from.as_deref()
}

/// The rendered objects of one template, each with what it was rendered from.
struct Pairing<'r, 't> {
    /// By where they start.
    pairs: Vec<(Object<'r>, Option<&'r Pattern<'t>>)>,
    /// What to point at for an object of which nothing is known.
    start: Span,
}

impl<'r, 't> Pairing<'r, 't> {
    fn new(
        documents: &'r [(Document<'r>, &'r Origin)],
        blueprint: &'r Blueprint<'t>,
        template: &Template<'_>,
        budget: &Budget,
    ) -> Self {
        let objects: Vec<_> =
            documents.iter().flat_map(|(document, origin)| Object::all(document, origin)).collect();
        let patterns = blueprint.pair(&objects, budget);
        let mut pairs: Vec<_> = objects.into_iter().zip(patterns).collect();
        pairs.sort_by_key(|(object, _)| object.root.span().start);
        let start = match blueprint.only() {
            Some(only) => only.head.span(),
            None => first_output(template),
        };
        Self { pairs, start }
    }

    /// The place of the template `file` that became `place`, and whether it is the very field.
    fn place(&self, file: FileId, place: &Place, budget: &Budget) -> (Place, bool) {
        let after = self.pairs.partition_point(|(object, _)| object.root.span().start <= place.span.start);
        let around = after.checked_sub(1).and_then(|before| self.pairs.get(before));
        let around = around.filter(|(object, _)| object.root.span().contains(place.span));
        let Some((object, Some(pattern))) = around else {
            return (Place { file, span: self.start, ..place.clone() }, false);
        };
        let Counterpart { node, is_field } = pattern.counterpart(object.root, place.span, budget);
        let path = if is_field { node.path_from(pattern.root) } else { place.path.clone() };
        // By what the template calls it, so that the fingerprint is the same for every release.
        let object = place.object.as_deref().map(|id| Arc::new(pattern.id_of(id)));
        (Place { file, span: node.span(), path, object }, is_field)
    }
}

/// Where a template without readable objects puts text: `{{ include "…" . }}`.
fn first_output(template: &Template<'_>) -> Span {
    let actions = template.actions().iter();
    let mut outputs = actions.filter(|action| action.kind == template::ActionKind::Output);
    outputs.next().map(|action| action.span).unwrap_or_default()
}

impl Finding {
    /// Moves it to `place`, in the template that the document was rendered from in which it was found.
    fn relocate(&mut self, place: Place) {
        let rendered = std::mem::replace(&mut self.place, place);
        self.related.push(Related { place: rendered.clone(), message: HERE.to_owned() });
        self.seen_at = vec![rendered];
        // What was rendered has other bytes.
        self.fix = None;
    }

    /// Whether it was only found in what was rendered.
    fn is_moved(&self) -> bool {
        self.related.iter().any(|related| related.message == HERE)
    }

    /// Where it was found.
    fn sightings(&self) -> Vec<Place> {
        if self.seen_at.is_empty() { vec![self.place.clone()] } else { self.seen_at.clone() }
    }
}

/// A finding that others were joined to.
struct Joined {
    index: usize,
    spots: HashSet<(FileId, Span)>,
}

/// Joins the findings of a rule at one place of a template: those found in what was rendered from it, and the one found
/// in its own text. Several at one rendered place stay apart.
pub(super) fn merge(findings: &mut Vec<Finding>) {
    let key = |finding: &Finding| {
        let Place { file, span, path, .. } = &finding.place;
        (finding.rule.id, *file, *span, path.clone())
    };
    let moved: HashSet<_> = findings.iter().filter(|it| !it.seen_at.is_empty()).map(key).collect();
    let mut groups: HashMap<_, Vec<Joined>> = HashMap::new();
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for mut finding in findings.drain(..) {
        let key = key(&finding);
        if !moved.contains(&key) {
            kept.push(finding);
            continue;
        }
        finding.seen_at = finding.sightings();
        let spots: Vec<_> = finding.seen_at.iter().map(|place| (place.file, place.span)).collect();
        let group = groups.entry(key).or_default();
        let is_apart = |joined: &&mut Joined| spots.iter().all(|spot| !joined.spots.contains(spot));
        if let Some(joined) = group.iter_mut().find(is_apart) {
            joined.spots.extend(spots);
            if let Some(first) = kept.get_mut(joined.index) {
                join(first, finding);
            }
        } else {
            group.push(Joined { index: kept.len(), spots: spots.into_iter().collect() });
            kept.push(finding);
        }
    }
    *findings = kept;
}

/// Takes `later` into `first`. Who speaks louder is heard.
fn join(first: &mut Finding, mut later: Finding) {
    let loudness = |finding: &Finding| (Reverse(finding.persona), finding.confidence, !finding.is_moved());
    if loudness(&later) > loudness(first) {
        std::mem::swap(&mut later, first);
    }
    let shown = first.related.iter().filter(|related| related.message == HERE).count();
    let rendered = later.related.into_iter().filter(|related| related.message == HERE);
    first.related.extend(rendered.take(SHOWN.saturating_sub(shown)));
    first.seen_at.append(&mut later.seen_at);
    first.kubernetes = first.kubernetes.or(later.kubernetes);
    first.partial &= later.partial;
    first.fix = match (first.fix.take(), later.fix.take()) {
        (Some(fix), Some(other)) => (fix == other).then_some(fix),
        (fix, other) => fix.or(other),
    };
}
