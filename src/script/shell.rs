//! The quotes and substitutions of a shell around a place, and which command the place is an argument of.

use std::ops::Range;

/// Words behind which the command still comes: keywords, prompts, keys of YAML and JSON, runners of others.
const BEFORE_COMMANDS: [&str; 22] = [
    "-", "$", "{", "}", "!", "if", "then", "else", "elif", "do", "while", "until", "time", "sudo", "exec",
    "command", "builtin", "env", "RUN", "sh", "bash", "-c",
];

/// What a part of the text is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Commands: those of the text itself, or in plain brackets.
    Code,
    /// Commands whose output is put in the place: `$(…)`, `<(…)`.
    Substitution,
    /// The same, in backticks.
    Backticks,
    /// `"…"`
    Double,
    /// `'…'`
    Single,
    /// `$'…'`
    Escaped,
    /// A here-document whose delimiter has no quotes.
    Heredoc,
}

impl Kind {
    fn is_code(self) -> bool {
        matches!(self, Self::Code | Self::Substitution | Self::Backticks)
    }
}

#[derive(Clone, Copy)]
struct Frame<'t> {
    kind: Kind,
    /// The first word of the command that is being read; empty for one in quotes.
    first: Option<&'t str>,
}

/// No person writes a longer substitution; bytes. The search for its end has to have one.
const LONGEST_SUBSTITUTION: usize = 1000;

/// Nor one with more of quotes, brackets and substitutions in one another.
const DEEPEST_SUBSTITUTION: usize = 12;

/// The length of `$(…)` at the head of the text, if it has an end.
pub(super) fn substitution(text: &str) -> Option<usize> {
    let near =
        text.get(..text.floor_char_boundary(LONGEST_SUBSTITUTION)).filter(|text| text.starts_with("$("))?;
    let mut shell = Shell::new(near, 0);
    while shell.step() && shell.frames.len() <= DEEPEST_SUBSTITUTION {
        if shell.frames.len() == 1 {
            return Some(shell.at);
        }
    }
    None
}

/// The outermost `$(…)` and `` `…` `` in a range of the text, in their order. One that a backslash hides from this shell is
/// for another.
pub(super) fn substitutions(text: &str, range: &Range<usize>) -> Vec<Range<usize>> {
    let Some(text) = text.get(..range.end) else { return Vec::new() };
    let mut shell = Shell::new(text, range.start);
    let mut found = Vec::new();
    let mut open = None;
    loop {
        let at = shell.at;
        if shell.rest().starts_with("\\$(") {
            shell.at += 1;
        }
        let goes_on = shell.step();
        match open {
            None if shell.is_substituted() => open = Some(at),
            Some(start) if !shell.is_substituted() || !goes_on => {
                found.push(start..shell.at.min(range.end));
                open = None;
            }
            _ => {}
        }
        if !goes_on {
            return found;
        }
    }
}

/// Where the output of a command goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// To whoever runs the script.
    Person,
    /// To a file, or another command.
    Elsewhere,
}

/// A reader of shell, byte by byte.
pub(super) struct Shell<'t> {
    text: &'t str,
    at: usize,
    frames: Vec<Frame<'t>>,
}

impl<'t> Shell<'t> {
    /// A reader of commands, from `at` on.
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        Self { text, at, frames: vec![Frame { kind: Kind::Code, first: None }] }
    }

    /// Goes on with commands at `at`, whatever was open.
    pub(super) fn begin(&mut self, at: usize) {
        self.at = at;
        self.frames.clear();
        self.frames.push(Frame { kind: Kind::Code, first: None });
    }

    /// A reader of a here-document in which substitutions are made, from `at` on.
    pub(super) fn in_heredoc(text: &'t str, at: usize) -> Self {
        Self { text, at, frames: vec![Frame { kind: Kind::Heredoc, first: None }] }
    }

    /// Reads on up to the byte `end`.
    pub(super) fn read_to(&mut self, end: usize) {
        while self.at < end && self.step() {}
    }

    /// Whether no quote and no substitution is open.
    pub(super) fn is_level(&self) -> bool {
        !self.frames.iter().any(|frame| frame.kind != Kind::Code)
    }

    /// The first word of the command around this place; empty if it is not known.
    pub(super) fn command(&self) -> &'t str {
        let around = self.frames.iter().rev().find(|frame| frame.kind.is_code());
        around.and_then(|frame| frame.first).unwrap_or_default()
    }

    /// Whether the command around this place gives its output to another command or a variable.
    pub(super) fn is_substituted(&self) -> bool {
        self.frames.iter().any(|frame| matches!(frame.kind, Kind::Substitution | Kind::Backticks))
    }

    /// Reads the command around this place to its end, at most up to `limit`: where its output goes.
    pub(super) fn output(mut self, limit: usize) -> Output {
        while self.frames.last().is_some_and(|frame| !frame.kind.is_code()) && self.at < limit && self.step()
        {
        }
        let depth = self.frames.len();
        while self.at < limit {
            if self.frames.len() == depth {
                let rest = self.text.get(self.at..).unwrap_or_default();
                match rest.as_bytes().first() {
                    Some(b'|') if !rest.starts_with("||") => return after_pipe(rest),
                    Some(b'>') if !is_to_terminal(rest) => return Output::Elsewhere,
                    Some(b'|' | b';' | b'\n') | None => return Output::Person,
                    Some(b'&') if rest.starts_with("&&") => return Output::Person,
                    _ => {}
                }
            }
            if !self.step() || self.frames.len() < depth {
                return Output::Person;
            }
        }
        Output::Person
    }

    /// Reads one byte, or what belongs together; false at the end.
    fn step(&mut self) -> bool {
        let Some(byte) = self.byte(0) else { return false };
        let kind = self.frames.last().map_or(Kind::Code, |frame| frame.kind);
        let length = match (kind, byte) {
            (Kind::Single | Kind::Escaped, b'\'') | (Kind::Double, b'"') | (Kind::Backticks, b'`') => {
                self.pop()
            }
            (Kind::Single, _) => 1,
            (_, b'\\') => 2,
            (Kind::Escaped, _) => 1,
            (_, b'`') => self.push(Kind::Backticks, None, 1),
            (_, b'$') if self.byte(1) == Some(b'(') => self.push(Kind::Substitution, None, 2),
            (Kind::Double | Kind::Heredoc, _) => 1,
            _ => self.code(byte),
        };
        self.at += length;
        // A character may be longer than a byte.
        while self.at < self.text.len() && !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        true
    }

    fn code(&mut self, byte: u8) -> usize {
        match byte {
            b'$' if self.byte(1) == Some(b'\'') => self.quote(Kind::Escaped, 2),
            b'\'' => self.quote(Kind::Single, 1),
            b'"' => self.quote(Kind::Double, 1),
            b'(' => {
                let kind = if self.before() == Some(b'<') { Kind::Substitution } else { Kind::Code };
                let first = self.before().filter(u8::is_ascii_alphanumeric).and(self.first());
                self.push(kind, first, 1)
            }
            b')' if self.frames.len() > 1 => self.pop(),
            b'&' if self.before() == Some(b'>') || self.byte(1) == Some(b'>') => 1,
            b';' | b'|' | b'&' | b'\n' => self.forget(),
            b'#' if self.before().is_none_or(|byte| byte.is_ascii_whitespace()) => {
                self.rest().find('\n').unwrap_or(self.rest().len())
            }
            b' ' | b'\t' | b'\r' | b'<' | b'>' | b')' => 1,
            _ => self.word(),
        }
    }

    fn word(&mut self) -> usize {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || ";|&()<>\"'`$\\".contains(c));
        let length = end.unwrap_or(rest.len()).max(1);
        let word = rest.get(..length).unwrap_or_default().trim_start_matches('@');
        // `test` is a word of its own, a list of YAML or JSON begins with its first item.
        let is_list = word == "[" && rest.get(length..).is_some_and(|rest| rest.starts_with(['"', '\'']));
        let is_before =
            word.contains('=') || word.ends_with(':') || BEFORE_COMMANDS.contains(&word) || is_list;
        if let Some(frame) = self.frames.last_mut()
            && frame.first.is_none()
            && !is_before
        {
            frame.first = Some(word);
        }
        length
    }

    fn quote(&mut self, kind: Kind, length: usize) -> usize {
        if let Some(frame) = self.frames.last_mut() {
            frame.first.get_or_insert_default();
        }
        self.push(kind, None, length)
    }

    fn push(&mut self, kind: Kind, first: Option<&'t str>, length: usize) -> usize {
        self.frames.push(Frame { kind, first });
        length
    }

    fn pop(&mut self) -> usize {
        self.frames.pop();
        1
    }

    fn forget(&mut self) -> usize {
        if let Some(frame) = self.frames.last_mut() {
            frame.first = None;
        }
        1
    }

    fn first(&self) -> Option<&'t str> {
        self.frames.last().and_then(|frame| frame.first)
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn before(&self) -> Option<u8> {
        self.at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at)).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// `| tee`, `| fold`: a person sees it all the same.
fn after_pipe(rest: &str) -> Output {
    const FILTERS: [&str; 7] = ["tee", "fold", "fmt", "column", "less", "more", "indent"];
    let word = rest.trim_start_matches(['|', '&', ' ']).split_whitespace().next().unwrap_or_default();
    if FILTERS.contains(&word) { Output::Person } else { Output::Elsewhere }
}

/// `>&2`, `> /dev/stderr`
pub(super) fn is_to_terminal(redirection: &str) -> bool {
    let target = redirection.trim_start_matches(['>', ' ']);
    ["&1", "&2", "/dev/stderr", "/dev/stdout", "/dev/tty"].iter().any(|known| target.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_around_a_place() {
        for (text, command, is_substituted) in [
            ("echo \"run X\"", "echo", false),
            ("X get", "", false),
            ("if ! sudo echo 'run X'", "echo", false),
            ("a; b && echo X", "echo", false),
            ("echo a | grep -q 'X'", "grep", false),
            ("echo \"$(X get)\"", "", true),
            ("echo '$(X get)'", "echo", false),
            ("echo \"\\$(X get)\"", "echo", false),
            ("echo `X get`", "", true),
            ("echo \"$(grep \"don't\" a)\" 'X'", "echo", false),
            ("V=\"X get\"", "", false),
            ("- run: echo 'X'", "echo", false),
            ("\t@echo \"X\"", "echo", false),
            ("$(info X get)", "info", true),
            ("println(\"X\")", "println", false),
            ("command: [\"sh\", \"-c\", \"X get\"]", "", false),
            ("if [ \"$a\" = 'X' ]", "[", false),
            ("grep a <(X get)", "", true),
            ("echo a # it's\nX", "", false),
            ("echo a \\\n  X", "echo", false),
            ("echo $'it\\'s X'", "echo", false),
        ] {
            let mut shell = Shell::new(text, 0);
            shell.read_to(text.find('X').unwrap());
            assert_eq!((shell.command(), shell.is_substituted()), (command, is_substituted), "{text}");
        }
    }

    #[test]
    fn the_end_of_a_substitution() {
        for (text, expected) in [
            ("$(a) b", Some("$(a)")),
            ("$(params.ns)/x", Some("$(params.ns)")),
            ("$(a \")\" ')' $(b) (c)) d", Some("$(a \")\" ')' $(b) (c))")),
            ("$(a", None),
            ("$(a ')", None),
            ("(a)", None),
        ] {
            assert_eq!(substitution(text).map(|length| text.get(..length).unwrap()), expected, "{text}");
        }
        assert_eq!(substitution(&"$(".repeat(1000)), None);
    }

    #[test]
    fn substitutions_in_a_command() {
        for (text, expected) in [
            ("a $(b $(c)) `d` \"$(e)\"", vec!["$(b $(c))", "`d`", "$(e)"]),
            ("a '$(b)' \\$(c)", vec!["\\$(c)"]),
            ("a \"$(b", vec!["$(b"]),
            ("a", vec![]),
        ] {
            let found = substitutions(text, &(0..text.len())).into_iter();
            assert_eq!(found.map(|range| text.get(range).unwrap()).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn where_the_output_of_a_command_goes() {
        for (text, output) in [
            ("echo 'X'", Output::Person),
            ("echo 'X' >&2", Output::Person),
            ("echo 'X' > /dev/stderr; b > c", Output::Person),
            ("echo 'X' || b | c", Output::Person),
            ("echo 'X' | tee log", Output::Person),
            ("(echo 'X') > a", Output::Person),
            ("echo 'X' | sh", Output::Elsewhere),
            ("echo \"X | y > z\"", Output::Person),
            ("echo X >> a.sh", Output::Elsewhere),
        ] {
            let mut shell = Shell::new(text, 0);
            shell.read_to(text.find('X').unwrap());
            assert_eq!(shell.output(text.len()), output, "{text}");
        }
    }
}
