//! Other ways to a token, beside a lookup of the Secret that Kubernetes made before 1.24.

use std::collections::HashMap;
use std::ops::Range;

use memchr::memmem;

use super::Script;
use super::branch::Branches;
use super::command::Command;
use super::functions::{self, Function};
use super::made::annotations;

/// What stands farther away has nothing to do with a lookup, unless a condition says so; bytes and lines.
const NEAR: usize = 2000;
const NEAR_LINES: usize = 20;

/// So many requests before and behind a lookup are looked at.
const MAX_REQUESTS: usize = 32;

/// So many calls of a function are remembered.
const MAX_CALLS: usize = 8;

/// Whether a text has another way to what a command looks up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alternative {
    /// It has none.
    None,
    /// It has one near by, of which it is not known when it is taken.
    Perhaps,
    /// It has one, or the lookup is only made in old clusters.
    Known,
}

/// A command that asks for a token, or a manifest of a Secret that gets one.
#[derive(Debug)]
struct Request<'t> {
    at: usize,
    /// The ServiceAccount, if it is known.
    account: Option<&'t str>,
    /// The variable that holds the token.
    variable: Option<&'t str>,
    /// The function that it stands in.
    function: Option<usize>,
}

/// The ways to a token in a text.
#[derive(Debug)]
pub(super) struct Alternatives<'t> {
    text: &'t str,
    branches: Branches<'t>,
    /// In the order of the text.
    requests: Vec<Request<'t>>,
    functions: Vec<Function<'t>>,
    /// Where functions are called.
    calls: HashMap<&'t str, Vec<usize>>,
}

impl<'t> Alternatives<'t> {
    /// The ways to a token in a script.
    pub(super) fn of(script: &Script<'t>, text: &'t str) -> Self {
        let functions = functions::of(text);
        let calls = calls(text, &functions);
        let branches = Branches::of(text);
        let mut found = Self { text, branches, requests: Vec::new(), functions, calls };
        found.requests = requests(script, text);
        for index in 0..found.requests.len() {
            let function = found.requests.get(index).and_then(|request| found.function(request.at));
            if let Some(request) = found.requests.get_mut(index) {
                request.function = function;
            }
        }
        found
    }

    /// Whether a condition lets a place be reached in clusters of some version only, or lets a function be called there
    /// which the place lies in.
    pub(super) fn guard(&self, at: usize) -> bool {
        self.places(at).into_iter().any(|place| self.branches.ask_version(place))
    }

    /// Whether the text has another way to what a command looks up for a ServiceAccount, if that is known.
    pub(super) fn to(&self, command: &Command<'t>, account: Option<&str>) -> Alternative {
        let at = command.range().start;
        let lookup = Lookup { at, variable: command.assigned_to(), places: self.places(at) };
        let is_same = |request: &&Request<'t>| {
            account.is_none_or(|account| request.account.is_none_or(|other| other == account))
        };
        let next = self.requests.partition_point(|request| request.at < at);
        let (before, behind) = self.requests.split_at_checked(next).unwrap_or_default();
        let near = before.iter().rev().take(MAX_REQUESTS).chain(behind.iter().take(MAX_REQUESTS));
        near.filter(is_same).map(|request| self.relation(&lookup, request)).max().unwrap_or(Alternative::None)
    }

    fn relation(&self, lookup: &Lookup<'t>, request: &Request<'t>) -> Alternative {
        let places = self.places(request.at);
        let pairs = || lookup.places.iter().flat_map(|one| places.iter().map(move |other| (*one, *other)));
        let is_choice =
            pairs().any(|(one, other)| self.branches.part(one, other) || self.is_fallback(one, other));
        let is_tested =
            self.is_tested(lookup.variable, request.at) || self.is_tested(request.variable, lookup.at);
        if is_choice || is_tested || self.is_left_between(lookup.at, request.at) {
            return Alternative::Known;
        }
        let function = self.function(lookup.at);
        let is_conditional = || [lookup.at, request.at].iter().any(|at| self.is_conditional(*at));
        let is_doubtful = if function == request.function { is_conditional() } else { function.is_some() };
        if is_doubtful && self.between(lookup.at, request.at).is_some() {
            Alternative::Perhaps
        } else {
            Alternative::None
        }
    }

    /// A place, and where the function around it is called.
    fn places(&self, at: usize) -> Vec<usize> {
        let function = self.function(at).and_then(|index| self.functions.get(index));
        let calls = function.and_then(|function| self.calls.get(function.name));
        std::iter::once(at).chain(calls.into_iter().flatten().copied()).collect()
    }

    /// The function around a place.
    fn function(&self, at: usize) -> Option<usize> {
        let next = self.functions.partition_point(|function| function.body.start <= at);
        let index = next.checked_sub(1)?;
        self.functions.get(index).filter(|function| at < function.body.end).map(|_| index)
    }

    /// What stands between two places that are near to each other.
    fn between(&self, one: usize, other: usize) -> Option<&'t str> {
        let between = self.text.get(one.min(other)..one.max(other)).filter(|between| between.len() < NEAR)?;
        (memchr::memchr_iter(b'\n', between.as_bytes()).take(NEAR_LINES).count() < NEAR_LINES)
            .then_some(between)
    }

    /// Whether one of two places on a line is only reached if something fails.
    fn is_fallback(&self, one: usize, other: usize) -> bool {
        let lines = |between: &str| between.replace("\\\n", " ").contains('\n');
        self.between(one, other).is_some_and(|between| !lines(between) && has_choice(between))
    }

    /// Whether what a variable holds decides that a place is reached: `[ -n "$S" ] || …`, `if [ -z "$S" ]; then …`.
    fn is_tested(&self, variable: Option<&str>, at: usize) -> bool {
        let Some(variable) = variable else { return false };
        let line = line_before(self.text, at);
        has_choice(line) && mentions(line, variable)
            || self.branches.heads(at).any(|head| mentions(head, variable))
    }

    /// Whether a place is reached under a condition.
    fn is_conditional(&self, at: usize) -> bool {
        self.branches.condition(at).is_some() || has_choice(line_before(self.text, at))
    }

    /// Whether the first of two places stands in a condition that ends the script or the function: `if …; return; fi`.
    fn is_left_between(&self, one: usize, other: usize) -> bool {
        let (first, second) = (one.min(other), one.max(other));
        let condition = self.branches.condition(first).filter(|condition| condition.end <= second);
        let line = first..first + self.text.get(first..).and_then(|rest| rest.find('\n')).unwrap_or_default();
        let rest = condition.map_or(line, |condition| first..condition.end);
        let rest = self.text.get(rest).unwrap_or_default();
        let leaves = |word: &str| ["return", "exit", "break", "continue"].contains(&word);
        self.function(first) == self.function(second)
            && self.between(first, second).is_some_and(|between| between.len() >= rest.len())
            && rest.split(|c: char| !c.is_ascii_alphanumeric()).any(leaves)
    }
}

/// A lookup, as far as it decides whether there is another way.
struct Lookup<'t> {
    at: usize,
    /// The variable that holds what is found.
    variable: Option<&'t str>,
    /// Where it is reached.
    places: Vec<usize>,
}

/// The requests for tokens that are run, and the token Secrets that are made, in the order of the text.
fn requests<'t>(script: &Script<'t>, text: &'t str) -> Vec<Request<'t>> {
    let commands = script.commands().iter();
    let commands = commands.filter(|command| command.word(0) == "create" && command.word(1) == "token");
    let read: Vec<Range<usize>> = commands.clone().map(Command::range).collect();
    let run = commands.filter(|command| script.is_run(command)).map(|command| Request {
        at: command.range().start,
        account: script.literal(command.word(2)).filter(|name| !name.is_empty()),
        variable: command.assigned_to(),
        function: None,
    });
    let mut found: Vec<_> = run.collect();
    let is_read = |at: usize| {
        let next = read.partition_point(|range| range.start <= at);
        next.checked_sub(1).and_then(|index| read.get(index)).is_some_and(|range| at < range.end)
    };
    // Whatever tool is called: a function, an alias.
    let others = memmem::find_iter(text.as_bytes(), "create token").filter(|at| !is_read(*at));
    let is_code = |at: &usize| !script.is_comment(*at);
    let others = others.filter(is_code);
    found.extend(others.map(|at| Request { at, account: None, variable: None, function: None }));
    let made = annotations(script, text).filter(|(at, _)| is_code(at));
    found.extend(made.map(|(at, account)| Request { at, account, variable: None, function: None }));
    found.sort_by_key(|request| request.at);
    found
}

/// Where the functions are called: outside of themselves.
fn calls<'t>(text: &'t str, functions: &[Function<'t>]) -> HashMap<&'t str, Vec<usize>> {
    let bodies: HashMap<_, _> = functions.iter().map(|function| (function.name, &function.body)).collect();
    let mut calls: HashMap<_, Vec<usize>> = HashMap::new();
    if bodies.is_empty() {
        return calls;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let mut at = 0;
    for piece in text.split_inclusive(|c: char| !is_part(c)) {
        let word = piece.trim_end_matches(|c: char| !is_part(c));
        if let Some((name, body)) = bodies.get_key_value(word)
            && !body.contains(&at)
        {
            let places = calls.entry(*name).or_default();
            if places.len() < MAX_CALLS {
                places.push(at);
            }
        }
        at += piece.len();
    }
    calls
}

/// Whether a piece of a line makes a choice.
fn has_choice(piece: &str) -> bool {
    ["||", "&&", " else ", "; else", ":-", " ? ", "; then", "{{ else", "{{- else"]
        .iter()
        .any(|word| piece.contains(word))
}

/// The line of a place, up to it.
fn line_before(text: &str, at: usize) -> &str {
    let from = text.floor_char_boundary(at.saturating_sub(NEAR));
    text.get(from..at).unwrap_or_default().rsplit('\n').next().unwrap_or_default()
}

/// Whether a text uses a variable.
fn mentions(text: &str, variable: &str) -> bool {
    let names = text.split('$').skip(1).map(|rest| rest.trim_start_matches(['{', '(', '#', '!']));
    let is_end = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    names.filter_map(|rest| rest.strip_prefix(variable)).any(is_end)
}
