//! A text with commands, as rules see it.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use super::blocks::{CodeBlock, code_blocks};
use super::command::{self, Command};
use super::embedded;
use super::language::Language;
use super::lines::{Needles, needles};
use super::lookup::{self, TokenLookup};
use super::shown::{self, Use};
use super::statements::{self, Statements, Strings};
use super::terraform_lookup::{self, Accounts};
use super::terraform_token::{self, TokenRequest};
use super::variables::Variables;
use crate::finding::{Draft, Persona, Place};
use crate::k8s::{Manifest, Object, Origin};
use crate::signs::Signs;
use crate::span::FileId;
use crate::yaml::{Content, Document, Text, Tree};

/// What the commands that rules ask about have on their line.
static NEEDLES: Needles = LazyLock::new(|| {
    needles(&[
        "create",
        "oken",
        ".secrets",
        "ountable",
        "annotate",
        "label",
        "service-account",
        "describe secret",
        ".crt",
        "add-cluster-role",
    ])
});

/// A longer block of a comment is not looked for, and no comment so far before a place of a long line; bytes.
const LONGEST_COMMENT: usize = 4096;

/// Whether a line of a shell has come to a comment: a `#` behind a blank, in no quotes.
fn ends_in_comment(line: &str) -> bool {
    let mut done = 0;
    let (mut is_double, mut is_single) = (false, false);
    memmem::find_iter(line.as_bytes(), b" #").any(|at| {
        for byte in line.as_bytes().get(done..at).unwrap_or_default() {
            is_double ^= *byte == b'"';
            is_single ^= *byte == b'\'';
        }
        done = at;
        !is_double && !is_single
    })
}

/// Whether a block of a comment is open where a text ends.
fn ends_in_block(text: &str, open: &str, close: &str) -> bool {
    let last = |mark: &str| memmem::find_iter(text.as_bytes(), mark.as_bytes()).last();
    last(open).is_some_and(|opened| last(close) < Some(opened))
}

/// How strings go over several lines in a file.
fn strings_of(language: Language, path: &str) -> Strings {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        _ if language != Language::Shell => Strings::Short,
        "sh" | "bash" | "zsh" | "ksh" | "bats" => Strings::Shell,
        "mk" | "dockerfile" => Strings::Short,
        _ if ["Makefile", "makefile", "Dockerfile", "Containerfile"].iter().any(|it| name.contains(it)) => {
            Strings::Short
        }
        _ => Strings::Triple,
    }
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
    /// What it may hold.
    pub signs: Signs,
    objects: &'t [Object<'t>],
    commands: OnceCell<Vec<Command<'t>>>,
    blocks: OnceCell<Vec<CodeBlock<'t>>>,
    heredocs: OnceCell<Vec<Range<usize>>>,
    statements: OnceCell<Statements>,
    variables: Variables<'t>,
    terraform_accounts: OnceCell<Accounts<'t>>,
}

impl<'t> Script<'t> {
    /// The text of a file.
    pub fn new(file: FileId, path: &'t str, text: &'t Text<'t>) -> Self {
        Self {
            file,
            path,
            text,
            language: Language::of(path),
            signs: Signs::ALL,
            objects: &[],
            commands: OnceCell::new(),
            blocks: OnceCell::new(),
            heredocs: OnceCell::new(),
            statements: OnceCell::new(),
            variables: Variables::of(text.as_str()),
            terraform_accounts: OnceCell::new(),
        }
    }

    /// A document of YAML, or a template of one, with the objects that stand in it.
    pub fn in_yaml(file: FileId, path: &'t str, text: &'t Text<'t>, objects: &'t [Object<'t>]) -> Self {
        Self { language: Language::Yaml, objects, ..Self::new(file, path, text) }
    }

    /// The same, of which it is known what it may hold.
    #[must_use]
    pub fn with_signs(self, signs: Signs) -> Self {
        Self { signs, ..self }
    }

    /// A command of this text that is a list of arguments, as one line.
    pub fn of_form<'f>(&self, line: &'f Text<'f>) -> Script<'f>
    where
        't: 'f,
    {
        Script::in_yaml(self.file, self.path, line, self.objects)
    }

    /// The commands that create, bind, label or annotate something, and those that have to do with ServiceAccounts, Secrets
    /// and tokens.
    pub fn commands(&self) -> &[Command<'t>] {
        self.commands.get_or_init(|| command::all(self.text.as_str(), &NEEDLES, &self.variables))
    }

    /// Where it looks for token Secrets that Kubernetes made before 1.24.
    pub fn token_lookups(&self) -> Vec<TokenLookup> {
        lookup::find(self)
    }

    /// The tokens that its Terraform asks for; in Markdown that of blocks of code.
    pub fn token_requests(&self) -> Vec<TokenRequest> {
        if ![Language::Terraform, Language::Markdown].contains(&self.language) {
            return Vec::new();
        }
        let mut requests = terraform_token::find(self.text.as_str());
        requests.retain(|request| {
            let start = request.range.start;
            self.language == Language::Terraform || self.block_around(start).is_some()
        });
        requests
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

    /// Whether a command is meant to be run: it stands in no comment, is no pattern and no title, and in documentation
    /// stands in a block of code.
    pub fn is_run(&self, command: &Command<'t>) -> bool {
        let start = command.range().start;
        // Every rule asks.
        *command.is_run.get_or_init(|| match self.language {
            Language::Markdown => self.block_around(start).is_some(),
            Language::Prose => !command.before().trim_end().ends_with('`') || command.is_substituted(),
            _ => !self.is_comment(start) && shown::at(self, start) != Use::Mentioned,
        })
    }

    /// Whether a comment is around a place: one that begins its line, ends it, or is a block.
    pub(super) fn is_comment(&self, at: usize) -> bool {
        let text = self.text.as_str();
        let start = self.line_start(at);
        let from = text.floor_char_boundary(at.saturating_sub(LONGEST_COMMENT));
        let near = text.get(from..at).unwrap_or_default();
        let head = text.get(start..at.min(text.ceil_char_boundary(start + LONGEST_COMMENT)));
        let near_line = text.get(from.max(start)..at).unwrap_or_default();
        let extension = self.path.rsplit_once('.').map(|(_, extension)| extension);
        let has_blocks = self.language == Language::Terraform || extension == Some("groovy");
        self.language.is_comment(head.unwrap_or_default())
            || ends_in_comment(near_line)
            || (has_blocks || self.path.contains("Jenkinsfile")) && ends_in_block(near, "/*", "*/")
            || extension == Some("ps1") && ends_in_block(near, "<#", "#>")
    }

    /// Whether what stands at a place is only printed, for somebody to run.
    pub fn is_shown(&self, at: usize) -> bool {
        shown::at(self, at) == Use::Shown
    }

    /// The bodies of here-documents.
    pub(super) fn heredocs(&self) -> &[Range<usize>] {
        self.heredocs.get_or_init(|| embedded::heredocs(self.text.as_str()))
    }

    fn statements(&self) -> &Statements {
        self.statements.get_or_init(|| {
            statements::of(self.text.as_str(), self.heredocs(), strings_of(self.language, self.path))
        })
    }

    /// Whether every string in it ends, as far as strings are read.
    pub(super) fn is_whole(&self) -> bool {
        self.statements().is_whole
    }

    /// The line that a place lies in, with those that belong to it: that continue it, or are the here-document it reads.
    pub(crate) fn statement(&self, at: usize) -> Range<usize> {
        let groups = &self.statements().long;
        let next = groups.partition_point(|group| group.start <= at);
        let group = next.checked_sub(1).and_then(|index| groups.get(index)).filter(|group| at < group.end);
        group.cloned().unwrap_or_else(|| self.statements().line(at))
    }

    /// Where the line starts that a place lies in. To look for it anew for each place of a long line would not be linear.
    pub(super) fn line_start(&self, at: usize) -> usize {
        self.statements().line(at).start
    }

    /// The blocks of code of a text in Markdown.
    pub(crate) fn blocks(&self) -> &[CodeBlock<'t>] {
        self.blocks.get_or_init(|| match self.language {
            Language::Markdown => code_blocks(self.text.as_str()),
            _ => Vec::new(),
        })
    }

    /// The block of code around a place, in Markdown.
    pub(crate) fn code_block(&self, at: usize) -> Option<&CodeBlock<'t>> {
        let next = self.blocks().partition_point(|block| block.range.start <= at);
        let block = self.blocks().get(next.checked_sub(1)?)?;
        (at < block.range.end).then_some(block)
    }

    /// The block of code around a place, in Markdown, unless the place is in a line that a difference takes away.
    pub(super) fn block_around(&self, at: usize) -> Option<Range<usize>> {
        let block = self.code_block(at)?;
        let line = || self.text.as_str().get(self.line_start(at)..at).unwrap_or_default();
        let is_gone = block.is_difference() && line().trim_start().starts_with('-');
        (!is_gone).then(|| block.range.clone())
    }

    /// The ServiceAccounts of its Terraform.
    pub(super) fn terraform_accounts(&self) -> &Accounts<'t> {
        self.terraform_accounts.get_or_init(|| terraform_lookup::accounts(self.text.as_str()))
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

    /// A finding at a place; for those who want to hear everything if what stands there is only shown.
    pub fn draft(&self, range: Range<usize>, message: impl Into<String>) -> Draft {
        let persona = if self.is_shown(range.start) { Persona::Pedantic } else { Persona::Regular };
        Draft::new(self.place(range), message).persona(persona)
    }
}

impl std::fmt::Debug for Script<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // No text: it may hold secrets.
        write!(f, "script in {:?}", self.language)
    }
}
