//! The commands of a text: `kubectl`, `oc` and `eksctl`, wherever they stand on a line.
//!
//! Those that are spread over a list with one argument a line are put together in `exec`.

use std::cell::OnceCell;
use std::ops::Range;

use super::arguments::{Arguments, is_tool};
use super::lines::{self, Needles};
use super::shell::substitutions;
use super::variables::Variables;
use super::words::{Token, Value, Words};
use crate::signs::names_tool;

/// What a command is piped into is followed so far.
const MAX_STAGES: usize = 6;

/// What stands farther away on a line does not matter: some lines hold a whole file, and every search shall be linear.
const NEAR: usize = 2000;

/// As many commands are looked for in the arguments of one another.
const MAX_DEPTH: usize = 8;

/// So many words of each are looked at.
const MAX_STAGE_WORDS: usize = 16;

/// A command, as it stands in one line and those that continue it. All ranges are bytes of the text.
#[derive(Debug)]
pub struct Command<'t> {
    text: &'t str,
    tool: Value<'t>,
    arguments: Arguments<'t>,
    line: Range<usize>,
    /// The namespace in the variable that is called: `K="kubectl -n x"; $K …`.
    namespace_of_tool: Option<&'t str>,
    /// Whether it is meant to be run, once that was found out.
    pub(super) is_run: OnceCell<bool>,
}

impl<'t> Command<'t> {
    /// What is called: `kubectl`, `oc`, `$KUBECTL`.
    pub fn tool(&self) -> &'t str {
        self.tool.text
    }

    /// Sub-commands and names, from the verb on: `get`, `secret`, `x`. At most nine.
    pub fn words(&self) -> &[Value<'t>] {
        &self.arguments.words
    }

    /// The word at a place, as text; empty behind the last.
    pub fn word(&self, index: usize) -> &'t str {
        self.arguments.words.get(index).map_or("", |word| word.text)
    }

    /// How many words there are.
    pub fn count(&self) -> usize {
        self.arguments.count
    }

    /// The value of a flag, by any of its names; of several, the last.
    pub fn flag(&self, names: &[&str]) -> Option<Value<'t>> {
        self.arguments.flag(names)
    }

    /// The files and folders that `-f` gives it.
    pub(super) fn files(&self) -> impl Iterator<Item = Value<'t>> {
        self.arguments.values(&["--filename", "-f"])
    }

    /// Whether a flag is there, with a value or without.
    pub fn has_flag(&self, name: &str) -> bool {
        self.arguments.has_flag(name)
    }

    /// The namespace that it names, or the variable does that is called.
    pub fn namespace(&self) -> Option<&'t str> {
        self.flag(&["--namespace", "-n"]).map(|namespace| namespace.text).or(self.namespace_of_tool)
    }

    /// The kind and the name of what it is about, behind the verb: `sa NAME`, `sa/NAME`. Of kinds only ServiceAccounts
    /// and Secrets are known.
    pub fn resource(&self) -> Option<(&'static str, Option<Value<'t>>)> {
        let word = *self.words().get(1)?;
        let slash =
            word.text.find('/').filter(|at| word.text.bytes().take(*at).all(|c| c.is_ascii_alphabetic()));
        let (kind, rest) = word.text.split_at_checked(slash.unwrap_or(word.text.len()))?;
        let kind = match kind.to_ascii_lowercase().as_str() {
            "sa" | "serviceaccount" | "serviceaccounts" => "ServiceAccount",
            "secret" | "secrets" => "Secret",
            _ => return None,
        };
        let behind =
            rest.strip_prefix('/').map(|text| Value { text, start: word.start + kind_length(word, rest) });
        Some((kind, behind.or_else(|| self.words().get(2).copied())))
    }

    /// Whether it is `kubectl create secret generic`.
    pub fn creates_secret(&self) -> bool {
        self.word(0) == "create" && self.word(1) == "secret" && self.word(2) == "generic"
    }

    /// The keys that `kubectl annotate` or `kubectl label` sets.
    pub fn metadata_keys(&self) -> impl Iterator<Item = Value<'t>> {
        let is_set = ["annotate", "label"].contains(&self.word(0));
        let words = self.words().iter().skip(1).filter(move |_| is_set);
        words.filter_map(|word| Some(Value { text: word.text.split_once('=')?.0, start: word.start }))
    }

    /// From the tool to the command's end.
    pub fn range(&self) -> Range<usize> {
        self.tool.start..self.arguments.end
    }

    /// The command as it is written.
    pub fn as_str(&self) -> &'t str {
        self.text.get(self.range()).unwrap_or_default()
    }

    /// The line that it stands on, with those that continue it.
    pub fn line(&self) -> Range<usize> {
        self.line.clone()
    }

    /// What stands on its line before it, near to it.
    pub fn before(&self) -> &'t str {
        let far = self.text.floor_char_boundary(self.tool.start.saturating_sub(NEAR));
        self.text.get(far.max(self.line.start)..self.tool.start).unwrap_or_default()
    }

    /// What stands on its line behind it, near to it.
    pub fn after(&self) -> &'t str {
        let far = self.text.ceil_char_boundary(self.arguments.end.saturating_add(NEAR));
        self.text.get(self.arguments.end..far.min(self.line.end)).unwrap_or_default()
    }

    /// Whether its end is where another command begins, which gives the next argument: `kubectl get secret $(…`.
    pub fn ends_in_substitution(&self) -> bool {
        let after = self.after().trim_start().trim_start_matches(['"', '\'']);
        after.starts_with(['(', '`']) || after.starts_with("$(") || self.as_str().ends_with('$')
    }

    /// Whether its output becomes a part of another command or the value of a variable: `$(kubectl …)`. A backtick only
    /// counts behind a `=`: others are those of Markdown.
    pub fn is_substituted(&self) -> bool {
        let mut open = Vec::new();
        let mut last = b' ';
        for byte in self.before().bytes() {
            match byte {
                b'(' => open.push(last == b'$' || last == b'<'),
                b'`' if last == b'=' => open.push(true),
                b')' | b'`' => drop(open.pop()),
                _ => {}
            }
            if ![b' ', b'"'].contains(&byte) {
                last = byte;
            }
        }
        open.contains(&true)
    }

    /// The variable that its output is assigned to: `X=$(kubectl …)`.
    pub fn assigned_to(&self) -> Option<&'t str> {
        let opener = self.before().trim_end().trim_end_matches(['"', '(', '$', '`', '@']);
        let (before, _) = opener.rsplit_once('=').filter(|(_, between)| !between.contains(['(', ' ']))?;
        let name = before.trim_end_matches([' ', ':', '?']);
        let start = name.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |at| at + 1);
        name.get(start..).filter(|name| !name.is_empty())
    }

    /// The words of what its output is piped into, flags among them, stage by stage.
    pub fn stages(&self) -> Vec<Vec<&'t str>> {
        let line = self.text.get(..self.line.end).unwrap_or_default();
        let mut words = Words::new(line, self.arguments.end);
        let mut stages = Vec::new();
        while words.redirection() {}
        while stages.len() < MAX_STAGES && words.pipe() {
            let mut stage = Vec::new();
            let mut end = words.at();
            while stage.len() < MAX_STAGE_WORDS {
                end = words.at();
                match words.token() {
                    Token::End => break,
                    Token::Word(word) => stage.push(word.text),
                    Token::Flag(name, value) => {
                        stage.push(name);
                        stage.extend(value.map(|value| value.text));
                    }
                }
            }
            stages.push(stage);
            words = Words::new(line, end);
            while words.redirection() {}
        }
        stages
    }
}

/// How much of `sa/NAME` comes before the name.
fn kind_length(word: Value<'_>, rest: &str) -> usize {
    word.text.len() - rest.len() + 1
}

/// The commands on lines that hold one of the `needles`, in the order of the text.
pub(super) fn all<'t>(text: &'t str, needles: &Needles, variables: &Variables<'t>) -> Vec<Command<'t>> {
    let mut search = Search { text, variables, commands: Vec::new() };
    if !names_tool(text) {
        return search.commands;
    }
    let may_call = |line: &Range<usize>| {
        let line = text.get(line.clone()).unwrap_or_default();
        names_tool(line) || line.contains('$')
    };
    for line in lines::with_needles(text, needles).into_iter().filter(may_call) {
        search.part(line.clone(), &line, 0);
    }
    search.commands
}

/// A search for commands.
struct Search<'v, 't> {
    text: &'t str,
    variables: &'v Variables<'t>,
    commands: Vec<Command<'t>>,
}

impl Search<'_, '_> {
    /// Adds the commands in a part of a line, and those whose output is put into their arguments.
    fn part(&mut self, part: Range<usize>, line: &Range<usize>, depth: usize) {
        let mut words = Words::new(self.text.get(..part.end).unwrap_or_default(), part.start);
        while let Some(tool) = words.plain() {
            let called = called(self.text, tool, self.variables);
            if called.is_none() && !is_tool(tool.text) {
                continue;
            }
            words.skip_closers();
            let start = words.at();
            if let Some(arguments) = Arguments::read(&mut words) {
                let (text, line) = (self.text, line.clone());
                let namespace_of_tool = called.and_then(namespace_in);
                self.commands.push(Command {
                    text,
                    tool,
                    arguments,
                    line,
                    namespace_of_tool,
                    is_run: OnceCell::new(),
                });
            }
            if depth < MAX_DEPTH {
                for inner in substitutions(self.text, &(start..words.at().min(part.end))) {
                    self.part(inner, line, depth + 1);
                }
            }
        }
    }
}

/// The command in the variable that the word names, if it is one that talks to a cluster: `kubectl -n x` of `$K`.
fn called<'t>(text: &'t str, word: Value<'t>, variables: &Variables<'t>) -> Option<&'t str> {
    let before = text.get(..word.start).filter(|before| before.ends_with(['$', '{', '(']))?;
    if !["$", "${", "$("].iter().any(|opener| before.ends_with(opener)) {
        return None;
    }
    // A string in a string has more backslashes than are read here.
    let written = variables.written(word.text).filter(|written| !written.contains('\\'))?;
    written.split_ascii_whitespace().next().is_some_and(is_tool).then_some(written)
}

/// The namespace that a command names, written without its quotes.
fn namespace_in(command: &str) -> Option<&str> {
    let mut words = command.split_ascii_whitespace();
    let namespace = loop {
        let word = words.next()?;
        if ["-n", "--namespace"].contains(&word) {
            break words.next()?;
        }
        if let Some(namespace) = ["-n=", "--namespace="].iter().find_map(|flag| word.strip_prefix(flag)) {
            break namespace;
        }
    };
    Some(namespace.trim_matches(['"', '\''])).filter(|namespace| !namespace.is_empty())
}
