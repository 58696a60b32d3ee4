//! One document of a stream, read as far as it can be.

use std::fmt;
use std::ops::Range;

use super::holes::Holes;
use super::split::Chunk;
use super::text::Text;
use super::tree::{Tree, TreeBuilder};
use super::{fast, full, tabs};
use crate::span::{Edit, Span};

/// Why a document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What a person understands: "a tab indents this line".
    pub message: String,
    /// What to do about it, where it is known.
    pub help: Option<String>,
    /// Edits after which the document can be read, if there is exactly one way.
    pub repair: Vec<Edit>,
}

/// The same, at inner bytes of a text.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) bytes: Range<usize>,
    message: String,
    help: Option<String>,
}

impl Problem {
    pub(super) fn new(bytes: Range<usize>, message: impl Into<String>) -> Self {
        Self { bytes, message: message.into(), help: None }
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn into_error(self, text: &Text<'_>) -> SyntaxError {
        let span = text.outer(self.bytes);
        SyntaxError { span, message: self.message, help: self.help, repair: Vec::new() }
    }
}

/// Text of a document that kubectl does not read, without a word.
#[derive(Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Its bytes.
    pub span: Span,
    /// Why: "everything after `...` is ignored".
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
    /// What kubectl does not read, without the separator.
    pub text: String,
}

/// What a document holds.
#[derive(Debug)]
pub enum Content<'t> {
    /// Nothing but blanks and comments.
    Empty,
    /// A tree.
    Tree(Tree<'t>),
    /// Not YAML; the other documents of the file are read all the same.
    Broken(SyntaxError),
}

/// One document of a stream.
pub struct Document<'t> {
    /// Its bytes in the file, separators excluded.
    pub span: Span,
    /// Its text.
    pub text: &'t str,
    /// What it holds.
    pub content: Content<'t>,
    /// What kubectl leaves out of it.
    pub ignored: Vec<Ignored>,
}

impl fmt::Debug for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No text: it may hold secrets.
        write!(f, "{} at {:?}", self.message, self.span)
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "document at {:?}: {:?}, ignored {:?}", self.span, self.content, self.ignored)
    }
}

impl<'t> Document<'t> {
    /// Reads the document that `chunk` marks in `file`.
    pub fn read(file: &'t str, chunk: &Chunk) -> Self {
        let span = Span::new(chunk.bytes.clone());
        let text = file.get(chunk.bytes.clone()).unwrap_or_default();
        let mut ignored = Vec::new();
        if let Some(separator) = &chunk.bad_separator {
            ignored.push(after_bad_separator(file, separator.clone(), text));
        }
        let (read, rest) = cut_at_end_marker(text);
        if let Some(rest) = rest {
            ignored.push(after_end_marker(text, rest, span.start));
        }
        let content = match Tree::parse(Text::slice(read, span.start)) {
            Ok(tree) if tree.root().is_none_or(super::Node::is_null) => Content::Empty,
            Ok(tree) => Content::Tree(tree),
            Err(error) => Content::Broken(error),
        };
        Self { span, text, content, ignored }
    }

    /// Reads the document at `bytes` of `file` from a text in which `holes` stand for what is not YAML.
    pub fn read_holed(file: &'t str, bytes: Range<usize>, text: Text<'t>, holes: Holes<'t>) -> Self {
        let content = match Tree::parse_holed(text, holes) {
            Ok(tree) if tree.root().is_none_or(super::Node::is_null) => Content::Empty,
            Ok(tree) => Content::Tree(tree),
            Err(error) => Content::Broken(error),
        };
        let text = file.get(bytes.clone()).unwrap_or_default();
        Self { span: Span::new(bytes), text, content, ignored: Vec::new() }
    }

    /// Its tree, if it could be read and is not empty.
    pub fn tree(&self) -> Option<&Tree<'t>> {
        match &self.content {
            Content::Tree(tree) => Some(tree),
            Content::Empty | Content::Broken(_) => None,
        }
    }
}

/// kubectl's decoder fails with "invalid Yaml document separator" and hands over nothing more.
fn after_bad_separator(file: &str, separator: Range<usize>, document: &str) -> Ignored {
    let line = file.get(separator.clone()).unwrap_or_default();
    let shown = separator.start..separator.start + line.trim_end().len();
    Ignored {
        span: Span::new(shown),
        message: "kubectl stops reading here: after `---` only a comment may stand".to_owned(),
        help: "end the line after `---` and put what follows on a line of its own",
        text: format!("{}\n{document}", line.trim_start_matches('-').trim()),
    }
}

/// The text of a document behind `...`. It is shown from its first line.
fn after_end_marker(text: &str, rest: Range<usize>, offset: u32) -> Ignored {
    let text = text.get(rest.clone()).unwrap_or_default();
    let start = offset as usize + rest.start;
    Ignored {
        span: Span::new(start..start + text.len()),
        message: "kubectl ignores everything after `...`".to_owned(),
        help: "separate documents with `---`",
        text: text.to_owned(),
    }
}

impl<'t> Tree<'t> {
    /// Reads a single document.
    ///
    /// # Errors
    /// The first thing that kubectl would not read.
    pub fn parse(text: Text<'t>) -> Result<Self, SyntaxError> {
        match read(text.as_str()) {
            Ok(builder) => Ok(builder.finish(text)),
            Err(problem) => Err(tabs::explain(&text, problem)),
        }
    }
}

/// The fast path reads what it knows, the full parser the rest.
pub(super) fn read(source: &str) -> Result<TreeBuilder, Problem> {
    fast::parse(source).or_else(|fast::Unusual| full::parse(source))
}

/// Only the first YAML document of a chunk is decoded: the text before a line `...`, and the bytes after it if there
/// is anything in them.
fn cut_at_end_marker(text: &str) -> (&str, Option<Range<usize>>) {
    let mut from = 0;
    for at in end_markers(text) {
        let before = text.get(from..at).unwrap_or_default();
        from = at;
        // Before any content it ends nothing.
        if !is_blank(before) {
            let rest = text.get(at + 3..).unwrap_or_default();
            let start = text.len() - rest.trim_start().len();
            let rest = (!is_blank(rest)).then_some(start..text.trim_end().len());
            return (text.get(..at).unwrap_or_default(), rest);
        }
    }
    (text, None)
}

/// Where lines `...` start.
pub(super) fn end_markers(text: &str) -> impl Iterator<Item = usize> + '_ {
    let is_marker = |at: &usize| {
        let line = text.get(*at..).and_then(|rest| rest.strip_prefix("..."));
        line.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
    };
    let later = memchr::memmem::find_iter(text.as_bytes(), "\n...").map(|at| at + 1);
    std::iter::once(0).chain(later).filter(is_marker)
}

/// Whether there are only blanks, comments and further `...` in it.
fn is_blank(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#') || line == "...")
}
