//! Conditions in a text: whether a command stands where something was thought of for newer versions of Kubernetes.

use std::collections::HashSet;
use std::ops::Range;

use memchr::memmem;

use super::functions;

/// The places of a text that have another way to a token.
#[derive(Debug, Default)]
pub(super) struct Alternatives<'t> {
    /// Where `create token` stands.
    requests: Vec<usize>,
    /// Conditions that ask for a version, or have `create token` in one of their branches; sorted, none in another.
    guarded: Vec<Range<usize>>,
    /// Variables in a condition of which a branch has `create token`.
    tested: HashSet<&'t str>,
    /// Functions of the shell that a condition calls which asks for a version, in their order.
    chosen: Vec<Range<usize>>,
}

/// A condition whose end is still ahead.
struct Open<'t> {
    syntax: Syntax,
    start: usize,
    /// Whether it asks for a version.
    asks_version: bool,
    line: &'t str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Shell,
    Make,
    Template,
}

impl<'t> Alternatives<'t> {
    /// The alternatives in a text; `requests` is where commands ask for a token.
    pub(super) fn of(text: &'t str, requests: impl Iterator<Item = usize>) -> Self {
        let mut requests: Vec<_> = requests.chain(positions(text, "create token")).collect();
        requests.sort_unstable();
        let mut found = Self { requests, ..Self::default() };
        let mut open: Vec<Open<'t>> = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            found.line(line, start, &mut open);
            start += line.len();
        }
        found.guarded.sort_by_key(|range| range.start);
        found.guarded = merged(std::mem::take(&mut found.guarded));
        found.choose(text);
        found
    }

    /// Finds the functions that conditions choose between.
    fn choose(&mut self, text: &'t str) {
        let functions = functions::of(text);
        if functions.is_empty() {
            return;
        }
        let conditions = self.guarded.iter().filter_map(|range| text.get(range.clone()));
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        let words: HashSet<_> = conditions.flat_map(|condition| condition.split(|c| !is_part(c))).collect();
        let chosen = functions.into_iter().filter(|function| words.contains(function.name));
        self.chosen = chosen.map(|function| function.body).collect();
    }

    fn line(&mut self, line: &'t str, start: usize, open: &mut Vec<Open<'t>>) {
        let content = line.trim_start_matches([' ', '\t', '-', '@']).trim_end();
        let asks_version = asks_version(content);
        if is_else(content)
            && let Some(last) = open.last_mut()
        {
            last.asks_version |= asks_version;
        }
        let (opened, closed) = turns(content);
        for syntax in opened {
            open.push(Open { syntax, start, asks_version, line: content });
        }
        for syntax in closed {
            if let Some(at) = open.iter().rposition(|open| open.syntax == syntax) {
                // What was opened inside and has no end of its own is none.
                open.truncate(at + 1);
                if let Some(ended) = open.pop() {
                    self.end(&ended, start + line.len());
                }
            }
        }
    }

    fn end(&mut self, ended: &Open<'t>, end: usize) {
        let has_request = self.has_request(&(ended.start..end));
        if ended.asks_version || has_request {
            self.guarded.push(ended.start..end);
        }
        if has_request {
            let variables = ended.line.split('$').skip(1).filter_map(variable);
            self.tested.extend(variables);
        }
    }

    /// Whether `create token` stands there.
    pub(super) fn has_request(&self, range: &Range<usize>) -> bool {
        let next = self.requests.partition_point(|at| *at < range.start);
        self.requests.get(next).is_some_and(|at| *at < range.end)
    }

    /// Whether a condition around the place thinks of newer versions.
    pub(super) fn guard(&self, at: usize) -> bool {
        [&self.guarded, &self.chosen].iter().any(|ranges| {
            let before = ranges.partition_point(|range| range.start <= at).checked_sub(1);
            before.and_then(|index| ranges.get(index)).is_some_and(|range| at < range.end)
        })
    }

    /// Whether the text asks what is in a variable, and makes a token if that is not enough.
    pub(super) fn tests(&self, variable: &str) -> bool {
        self.tested.contains(variable)
    }
}

fn positions(text: &str, needle: &str) -> Vec<usize> {
    memmem::find_iter(text.as_bytes(), needle).collect()
}

fn merged(ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

fn is_else(line: &str) -> bool {
    ["elif", "else if", "else ifeq", "{{- else if", "{{ else if", "{{else if"]
        .iter()
        .any(|head| line.starts_with(head))
}

/// The conditions that a line opens and closes.
fn turns(line: &str) -> (Vec<Syntax>, Vec<Syntax>) {
    let (mut opened, mut closed) = (Vec::new(), Vec::new());
    let first = line.split([' ', '\t', ';', '(']).next().unwrap_or_default();
    match first {
        "if" | "case" if !line.ends_with('{') => opened.push(Syntax::Shell),
        "fi" | "esac" => closed.push(Syntax::Shell),
        "ifeq" | "ifneq" | "ifdef" | "ifndef" => opened.push(Syntax::Make),
        "endif" => closed.push(Syntax::Make),
        _ => {}
    }
    if first == "if" && line.trim_end_matches([';', '\\', ' ']).ends_with(" fi") {
        closed.push(Syntax::Shell);
    }
    for action in line.split("{{").skip(1) {
        let action = action.trim_start_matches(['-', ' ']);
        match action.split([' ', '-', '}']).next().unwrap_or_default() {
            "if" | "with" | "range" | "define" | "block" => opened.push(Syntax::Template),
            "end" => closed.push(Syntax::Template),
            _ => {}
        }
    }
    (opened, closed)
}

/// Whether a condition asks for a version.
fn asks_version(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    ["version", "minor", "semver", "$ver", "{ver", "1.24", "1.23", "1.25", " 24", "\"24\""]
        .iter()
        .any(|word| line.contains(word))
}

/// The name at the head of what follows a `$`.
fn variable(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['{', '(']);
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    text.get(..end).filter(|name| !name.is_empty())
}

/// Whether the lines before a place speak of a version of Kubernetes about the change, as documentation and comments do:
/// "up to Kubernetes 1.23, do …".
pub(super) fn speaks_of_version(before: &str, is_documentation: bool) -> bool {
    /// So far above the command it is announced, in lines and in bytes.
    const LINES: usize = 5;
    const BYTES: usize = 1000;
    let near = before.as_bytes().get(before.len().saturating_sub(BYTES)..).unwrap_or_default();
    let lines = near.rsplit(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| line.len() > 3);
    let is_said = |line: &&[u8]| {
        let is_text = is_documentation || line.starts_with(b"#") || line.starts_with(b"//");
        is_text && memmem::find(line, b"saudit:").is_none() && memmem::find(line, b"{{").is_none()
    };
    lines.take(LINES).filter(is_said).any(|line| {
        memmem::find_iter(line, "1.2").any(|at| {
            let is_number = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
            let minor = line.get(at + 3).is_some_and(|digit| (b'0'..=b'5').contains(digit));
            minor
                && !is_number(line.get(at + 4))
                && !at.checked_sub(1).is_some_and(|at| is_number(line.get(at)))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_that_think_of_newer_versions() {
        for (text, guarded) in [
            ("if new; then\n  kubectl create token a\nelse\n  HERE\nfi\n", true),
            ("if [ \"$MINOR\" -lt 24 ]; then\n  if x; then\n    HERE\n  fi\nfi\n", true),
            ("if [ $VER -lt 24 ]; then\n  until x; do\n    HERE\n  done\nfi\n", true),
            ("if x; then\n  a\nelif [ $VERSION = 1 ]; then\n  HERE\nfi\n", true),
            ("{{- if semverCompare \"<1.24-0\" .x }}\n{{ range .y }}\nHERE\n{{ end }}\n{{- end }}\n", true),
            ("ifeq ($(K8S_VERSION),1.23)\nHERE\nendif\n", true),
            ("case $version in\n1.2*) HERE ;;\nesac\n", true),
            ("old() {\n  HERE\n}\nif [ $MINOR -lt 24 ]; then\n  old\nelse\n  new\nfi\n", true),
            ("function old {\n  HERE\n}\n[ $MINOR -lt 24 ] && new || old\n", false),
            ("old() {\n  HERE\n}\nif [ $MINOR -lt 24 ]; then\n  other\nfi\nold\n", false),
            ("  old() {\n    HERE\n  }\n  case $VERSION in\n  1.2*) X=$(old) ;;\n  esac\n", true),
            ("if x; then\n  HERE\nfi\nkubectl create token a\n", false),
            ("if [ $VERSION = 1 ]; then\n  a\nfi\nHERE\n", false),
            ("{{ if .x }}\nHERE\n{{ end }}\n", false),
            ("kubectl create token a\nHERE\n", false),
            ("if VERSION\nHERE\n", false),
            ("fi\n{{ end }}\nHERE\n", false),
        ] {
            let alternatives = Alternatives::of(text, std::iter::empty());
            assert_eq!(alternatives.guard(text.find("HERE").unwrap()), guarded, "{text}");
        }
    }

    #[test]
    fn variables_that_are_tested() {
        let text = "if [ -z \"$SECRET\" ] || [ -z \"${OTHER}\" ]; then\n  kubectl create token a\nfi\nif [ $X ]; then a; fi\n";
        let alternatives = Alternatives::of(text, std::iter::empty());
        assert!(alternatives.tests("SECRET") && alternatives.tests("OTHER") && !alternatives.tests("X"));
    }

    #[test]
    fn versions_that_are_announced() {
        for (before, expected) in [
            ("Up to Kubernetes 1.23:\n\n", true),
            ("For v1.24+ do something else.\n```sh\n", true),
            ("### Kubernetes < 1.24.0\n", true),
            ("Kubernetes 1.2 or 1.30\n", false),
            ("chart 11.24\n", false),
            ("Up to 1.23:\na line\nb line\nc line\nd line\ne line\nf line\n", false),
            ("", false),
        ] {
            assert_eq!(speaks_of_version(before, true), expected, "{before}");
        }
        for (before, expected) in [
            ("# up to 1.23\n", true),
            ("VERSION=1.23\n", false),
            ("# saudit: ignore[x] still on 1.22\n", false),
            ("{{ if semverCompare \"<1.24-0\" .x }}\n", false),
        ] {
            assert_eq!(speaks_of_version(before, false), expected, "{before}");
        }
    }
}
