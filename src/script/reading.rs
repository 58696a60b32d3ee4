//! A text with commands, as rules see it.

use std::cell::OnceCell;
use std::ops::Range;

use super::command::{self, Command};
use super::embedded;
use super::language::{CodeBlock, Language, code_blocks};
use super::lookup::{self, TokenLookup};
use super::variables::Variables;
use crate::finding::{Draft, Place};
use crate::k8s::{Manifest, Object, Origin};
use crate::span::FileId;
use crate::yaml::{Content, Document, Text, Tree};

/// What the commands that rules ask about have on their line.
const NEEDLES: [&str; 8] =
    ["create", "oken", ".secrets", "ountable", "annotate", "label", "service-account", "add-cluster-role"];

/// A longer block of a comment is not looked for; bytes.
const LONGEST_COMMENT: usize = 4096;

/// Whether a line of a shell has come to a comment: a `#` behind a blank, in no quotes.
fn ends_in_comment(line: &str) -> bool {
    line.match_indices(" #").any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default();
        ['"', '\''].iter().all(|quote| before.matches(*quote).count() % 2 == 0)
    })
}

/// A script, a page of documentation, a Terraform file; or a document of YAML, for the commands in it.
pub struct Script<'t> {
    /// The file.
    pub file: FileId,
    /// Its path, relative to the root.
    pub path: &'t str,
    /// The text. Ranges of commands are its own; [`Script::place`] leads to the file.
    pub text: &'t Text<'t>,
    /// What it is written in.
    pub language: Language,
    objects: &'t [Object<'t>],
    commands: OnceCell<Vec<Command<'t>>>,
    blocks: OnceCell<Vec<CodeBlock<'t>>>,
    variables: Variables<'t>,
}

impl<'t> Script<'t> {
    /// The text of a file.
    pub fn new(file: FileId, path: &'t str, text: &'t Text<'t>) -> Self {
        Self {
            file,
            path,
            text,
            language: Language::of(path),
            objects: &[],
            commands: OnceCell::new(),
            blocks: OnceCell::new(),
            variables: Variables::of(text.as_str()),
        }
    }

    /// A document of YAML, or a template of one, with the objects that stand in it.
    pub fn in_yaml(file: FileId, path: &'t str, text: &'t Text<'t>, objects: &'t [Object<'t>]) -> Self {
        Self { language: Language::Yaml, objects, ..Self::new(file, path, text) }
    }

    /// The commands that create, bind, label or annotate something, and those that have to do with ServiceAccounts, Secrets
    /// and tokens.
    pub fn commands(&self) -> &[Command<'t>] {
        self.commands.get_or_init(|| command::all(self.text.as_str(), &NEEDLES))
    }

    /// Where it looks for token Secrets that Kubernetes made before 1.24.
    pub fn token_lookups(&self) -> Vec<TokenLookup> {
        lookup::find(self)
    }

    /// Shows the manifests in it that can be read: in here-documents, in blocks of code of Markdown, and what Terraform
    /// makes of its resources.
    pub fn samples(&self, mut show: impl FnMut(&Manifest<'_>)) {
        let origin = Origin { file: self.file, rendered_from: None };
        for text in embedded::find(self) {
            let span = text.outer(0..text.as_str().len());
            if let Ok(tree) = Tree::parse(text) {
                let document = Document { span, text: "", content: Content::Tree(tree), ignored: Vec::new() };
                show(&Manifest::new(&document, &origin, false));
            }
        }
    }

    /// Whether a command is meant to be run: it stands in no comment, and in documentation in a block of code.
    pub fn is_run(&self, command: &Command<'t>) -> bool {
        let start = command.range().start;
        match self.language {
            Language::Markdown => self.block_around(start).is_some(),
            Language::Prose => !command.before().trim_end().ends_with('`') || command.is_substituted(),
            _ => !self.is_comment(self.text.as_str().get(..start).unwrap_or_default()),
        }
    }

    /// Whether what follows `before` is a comment: that begins its line, ends it, or is a block.
    fn is_comment(&self, before: &str) -> bool {
        let line = before.rsplit('\n').next().unwrap_or_default();
        let from = before.floor_char_boundary(before.len().saturating_sub(LONGEST_COMMENT));
        let near = before.get(from..).unwrap_or_default();
        let extension = self.path.rsplit_once('.').map(|(_, extension)| extension);
        let is_open = |open: &str, close: &str| near.rfind(open) > near.rfind(close);
        let has_blocks = self.language == Language::Terraform || extension == Some("groovy");
        self.language.is_comment(line)
            || ends_in_comment(line)
            || (has_blocks || self.path.contains("Jenkinsfile")) && is_open("/*", "*/")
            || extension == Some("ps1") && is_open("<#", "#>")
    }

    /// The blocks of code of a text in Markdown.
    pub(super) fn blocks(&self) -> &[CodeBlock<'t>] {
        self.blocks.get_or_init(|| code_blocks(self.text.as_str()))
    }

    /// The block of code around a place, in Markdown.
    pub(super) fn block_around(&self, at: usize) -> Option<Range<usize>> {
        if self.language != Language::Markdown {
            return None;
        }
        let blocks = self.blocks();
        let next = blocks.partition_point(|block| block.range.start <= at);
        let block = blocks.get(next.checked_sub(1)?)?;
        (at < block.range.end).then(|| block.range.clone())
    }

    /// What a word stands for: itself, or the one thing that the text assigns to its variable.
    pub fn literal(&self, word: &'t str) -> Option<&'t str> {
        self.variables.resolve(word)
    }

    /// A place in the file, with the object around it.
    pub fn place(&self, range: Range<usize>) -> Place {
        let span = self.text.outer(range);
        let next = self.objects.partition_point(|object| object.root.span().start <= span.start);
        let before = next.checked_sub(1).and_then(|index| self.objects.get(index));
        let object = before.filter(|object| object.root.span().contains(span));
        Place { file: self.file, span, path: String::new(), object: object.map(|object| object.id.clone()) }
    }

    /// A finding at a place.
    pub fn draft(&self, range: Range<usize>, message: impl Into<String>) -> Draft {
        Draft::new(self.place(range), message)
    }
}

impl std::fmt::Debug for Script<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // No text: it may hold secrets.
        write!(f, "script in {:?}", self.language)
    }
}
