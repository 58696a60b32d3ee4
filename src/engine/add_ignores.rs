//! Accepting findings: adds `# saudit: ignore[…]` comments that hide them, and proves that they do just that.

use std::collections::BTreeMap;
use std::path::Path;

use super::analyse::{self, Part};
use super::directive::Directive;
use super::suppress::{Hiding, collect};
use super::{Options, add_ignores_in_scripts};
use crate::finding::Finding;
use crate::input::is_script;
use crate::k8s::{Manifest, Origin};
use crate::rules::Scope;
use crate::span::{Edit, FileId, Span};
use crate::yaml::{self, Chunk, Content, Document, Kind, Node, Style, Tree};

/// A text with comments that hide findings.
#[derive(Debug, PartialEq, Eq)]
pub struct Commented {
    /// The text with the comments.
    pub text: String,
    /// How many findings they hide.
    pub hidden: usize,
    /// How many findings no comment can hide: in JSON, in templates, in scripts where one could
    /// change what they do, in what Helm rendered, or said of suppressions themselves.
    pub left: usize,
}

/// Adds comments to `text`, the file at `path`, that hide `findings`, which all lie in it and are sorted by position. `reason` is written
/// behind each; it has no line breaks.
pub fn add_ignores(
    text: &str,
    path: &str,
    findings: &[&Finding],
    reason: &str,
    options: &Options,
) -> Commented {
    // No suppression hides what is said of suppressions.
    let is_hidable = |finding: &&&Finding| finding.rule.scope != Scope::Engine;
    let hidable: Vec<&Finding> = findings.iter().filter(is_hidable).copied().collect();
    let commented = if is_script(Path::new(path)) {
        add_ignores_in_scripts::add(text, path, &hidable, reason, options)
    } else {
        in_yaml(text, path, &hidable, reason, options)
    };
    Commented { left: findings.len() - commented.hidden, ..commented }
}

fn in_yaml(text: &str, path: &str, findings: &[&Finding], reason: &str, options: &Options) -> Commented {
    let mut edits = Vec::new();
    // A comment of YAML in a template may become text of the release.
    let is_template = text.contains("{{") && path.split('/').any(|folder| folder == "templates");
    let in_yaml = |finding: &&&Finding| match finding.rule.scope {
        Scope::Chart => false,
        Scope::Script => !is_template,
        _ => true,
    };
    let commentable: Vec<&Finding> = findings.iter().filter(in_yaml).copied().collect();
    let (mut hidden, mut rest) = (0, commentable.as_slice());
    for Part { chunk, origin, .. } in analyse::documents(FileId(0), text) {
        let before = rest.partition_point(|finding| (finding.place.span.start as usize) < chunk.bytes.start);
        rest = rest.get(before..).unwrap_or_default();
        let inside = rest.partition_point(|finding| (finding.place.span.start as usize) < chunk.bytes.end);
        let Some((of_document, later)) = rest.split_at_checked(inside) else { break };
        rest = later;
        if of_document.is_empty() || origin.rendered_from.is_some() {
            continue;
        }
        if let Some(added) = Page::new(text, &chunk, reason, options).hide(of_document) {
            edits.extend(added);
            hidden += of_document.len();
        }
    }
    match yaml::apply(text, &edits) {
        Ok(text) => Commented { text, hidden, left: findings.len() - hidden },
        Err(_) => Commented { text: text.to_owned(), hidden: 0, left: findings.len() },
    }
}

/// One document, by itself: positions are those of the file less `offset`.
struct Page<'t> {
    text: &'t str,
    offset: u32,
    document: Document<'t>,
    reason: &'t str,
    options: &'t Options,
}

impl<'t> Page<'t> {
    fn new(file: &'t str, chunk: &Chunk, reason: &'t str, options: &'t Options) -> Self {
        let text = file.get(chunk.bytes.clone()).unwrap_or_default();
        let offset = Span::new(chunk.bytes.clone()).start;
        Self { text, offset, document: read(text), reason, options }
    }

    /// The edits that add comments; `None` if no place for them can be proven.
    fn hide(&self, findings: &[&Finding]) -> Option<Vec<Edit>> {
        // JSON has no comments.
        if self.text.trim_start().starts_with('{') {
            return None;
        }
        let at_lines = self.document.tree().map(|tree| self.at_lines(tree, findings));
        let edits = at_lines
            .into_iter()
            .chain([vec![self.at_head(findings)]])
            .find(|edits| self.is_proven(edits, findings))?;
        let shift = |edit: Edit| Edit { span: edit.span.shift(self.offset), ..edit };
        Some(edits.into_iter().map(shift).collect())
    }

    fn start_of(&self, finding: &Finding) -> usize {
        finding.place.span.start.saturating_sub(self.offset) as usize
    }

    /// A comment for each line that has findings.
    fn at_lines(&self, tree: &Tree<'_>, findings: &[&Finding]) -> Vec<Edit> {
        let scalars = long_scalars(self.text, tree);
        let mut lines: BTreeMap<Span, Vec<&str>> = BTreeMap::new();
        let mut line = Span::default();
        for finding in findings {
            let start = self.start_of(finding);
            if start >= line.end as usize {
                line = line_around(self.text, start);
            }
            let ids = match scalar_over(&scalars, self.end_of(line)) {
                // Above the scalar: all of it is below that comment.
                Some(scalar) => lines.entry(Span::empty(line_around(self.text, scalar.start as usize).start)),
                None => lines.entry(line),
            };
            ids.or_default().push(finding.rule.id);
        }
        lines.into_iter().map(|(line, ids)| self.at_line(tree, line, sorted(ids))).collect()
    }

    /// A comment at the end of a line; or above it if the line is given as empty, or if what it says already is not
    /// to be touched.
    fn at_line(&self, tree: &Tree<'_>, line: Span, ids: Vec<&str>) -> Edit {
        let end = self.end_of(line);
        let next = tree.comments().partition_point(|comment| comment.start < line.start);
        let comment = tree.comments().get(next).filter(|comment| (comment.start as usize) < end);
        let Some((comment, at)) = comment.and_then(|span| Some((self.text.get(span.range())?, span.start)))
        else {
            return if line.is_empty() {
                self.above(line, &ids)
            } else {
                insert(end, format!(" {}", self.comment(&ids)))
            };
        };
        match Directive::parse(comment) {
            None => insert(end, format!(" {}", self.comment(&ids))),
            Some(directive) if self.is_extensible(&directive) => {
                let there: Vec<_> = directive.ids.iter().filter_map(|id| comment.get(id.clone())).collect();
                let more: Vec<_> = ids.into_iter().filter(|id| !there.contains(id)).collect();
                let separator = if there.is_empty() || more.is_empty() { "" } else { ", " };
                insert(at as usize + directive.end_of_ids, format!("{separator}{}", more.join(", ")))
            }
            Some(_) => self.above(line, &ids),
        }
    }

    /// Whether rules may join those that a comment names: it is for the line only, and it counts.
    fn is_extensible(&self, directive: &Directive) -> bool {
        !directive.whole_file
            && !directive.until.is_over(self.options.today)
            && (directive.has_reason || !self.options.require_reason)
    }

    /// A comment above the document's first line: it covers the document.
    fn at_head(&self, findings: &[&Finding]) -> Edit {
        self.above(Span::default(), &sorted(findings.iter().map(|finding| finding.rule.id).collect()))
    }

    /// A comment on a line of its own before `line`, indented like it.
    fn above(&self, line: Span, ids: &[&str]) -> Edit {
        let at = line.start as usize;
        let line = self.text.get(line_around(self.text, at).range()).unwrap_or_default();
        let indent = line.len() - line.trim_start_matches(' ').len();
        let newline = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
        insert(at, format!("{:indent$}{}{newline}", "", self.comment(ids)))
    }

    fn comment(&self, ids: &[&str]) -> String {
        format!("# saudit: ignore[{}] {}", ids.join(", "), self.reason.trim()).trim_end().to_owned()
    }

    /// The end of a line, blanks at its end excluded.
    fn end_of(&self, line: Span) -> usize {
        line.start as usize + self.text.get(line.range()).unwrap_or_default().trim_end().len()
    }

    /// Whether after the edits the document holds the same, and all `findings` are hidden.
    fn is_proven(&self, edits: &[Edit], findings: &[&Finding]) -> bool {
        let Ok(text) = yaml::apply(self.text, edits) else { return false };
        let document = read(&text);
        let same = match (&self.document.content, &document.content) {
            (Content::Tree(before), Content::Tree(after)) => before.is_same(after),
            (Content::Broken(_), Content::Broken(_)) => true,
            _ => false,
        };
        let origin = Origin { file: FileId(0), rendered_from: None };
        let mut suppressions = collect(&Manifest::new(&document, &origin, false), &text, None);
        let mut hiding = Hiding::new(&mut suppressions, self.options);
        let (mut added, mut edits) = (0, edits.iter().peekable());
        same && findings.iter().all(|finding| {
            let start = self.start_of(finding);
            while let Some(edit) = edits.next_if(|edit| edit.span.start as usize <= start) {
                added += edit.text.len();
            }
            hiding.hides_at(finding.rule.id, Span::new(start + added..start + added).start)
        })
    }
}

/// A scalar of several lines.
#[derive(Clone, Copy)]
struct LongScalar {
    start: u32,
    /// Lines that end in these bytes have no place for a comment.
    inside: Span,
}

fn long_scalars(text: &str, tree: &Tree<'_>) -> Vec<LongScalar> {
    let long = |node: Node<'_>| {
        let span = node.span();
        let first_line = text.get(span.range())?.find('\n')?;
        // A comment may follow the header of a block scalar (`|`), but not its last line.
        let is_block = node.scalar().is_some_and(|it| matches!(it.style(), Style::Literal | Style::Folded));
        let start = if is_block { span.start + Span::new(0..first_line + 1).len() } else { span.start };
        let inside = Span { start, end: span.end + u32::from(is_block) };
        (node.kind() == Kind::Scalar).then_some(LongScalar { start: span.start, inside })
    };
    tree.nodes().filter_map(long).collect()
}

/// The scalar that `at` lies in.
fn scalar_over(scalars: &[LongScalar], at: usize) -> Option<LongScalar> {
    let next = scalars.partition_point(|scalar| scalar.inside.start as usize <= at);
    let scalar = *scalars.get(next.checked_sub(1)?)?;
    (at < scalar.inside.end as usize).then_some(scalar)
}

fn read(text: &str) -> Document<'_> {
    Document::read(text, &Chunk { bytes: 0..text.len(), bad_separator: None })
}

fn insert(at: usize, text: String) -> Edit {
    Edit::replace(Span::new(at..at), text)
}

/// The line around a byte, with its line break.
fn line_around(text: &str, at: usize) -> Span {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let end =
        text.get(at..).and_then(|after| after.find('\n')).map_or(text.len(), |newline| at + newline + 1);
    Span::new(start..end)
}

fn sorted(mut ids: Vec<&str>) -> Vec<&str> {
    ids.sort_unstable();
    ids.dedup();
    ids
}
