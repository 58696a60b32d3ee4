//! One document of a stream, read as far as it can be.

use super::full;
use super::split::Chunk;
use super::text::Text;
use super::tree::Tree;
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

impl SyntaxError {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None, repair: Vec::new() }
    }
}

/// Text of a document that kubectl does not read, without a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// Its bytes.
    pub span: Span,
    /// Why: "everything after `...` is ignored".
    pub message: String,
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
#[derive(Debug)]
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

impl<'t> Document<'t> {
    /// Reads the document that `chunk` marks in `file`.
    pub fn read(file: &'t str, chunk: &Chunk) -> Self {
        let span = Span::new(chunk.bytes.clone());
        let text = file.get(chunk.bytes.clone()).unwrap_or_default();
        let content = match full::parse(Text::slice(text, span.start)) {
            Ok(tree) if tree.root().is_none_or(super::tree::Node::is_null) => Content::Empty,
            Ok(tree) => Content::Tree(tree),
            Err(error) => Content::Broken(error),
        };
        Self { span, text, content, ignored: Vec::new() }
    }

    /// Its tree, if it could be read and is not empty.
    pub fn tree(&self) -> Option<&Tree<'t>> {
        match &self.content {
            Content::Tree(tree) => Some(tree),
            Content::Empty | Content::Broken(_) => None,
        }
    }
}
