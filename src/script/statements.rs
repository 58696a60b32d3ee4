//! Lines that belong together: none of them can be had without the others, and no comment may come between.

use std::ops::Range;

use super::lines::is_continued;
use super::shell::Shell;

/// How strings go over several lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strings {
    /// They do not, or nobody knows.
    Short,
    /// As in a shell: all of them, and what they substitute.
    Shell,
    /// Between three quotes, as in Groovy and Starlark.
    Triple,
}

/// Lines that belong together.
#[derive(Debug)]
pub(super) struct Statements {
    /// The ranges of several lines, in their order.
    pub(super) long: Vec<Range<usize>>,
    /// Whether every string ends. If not, something was read wrongly, perhaps before it.
    pub(super) is_whole: bool,
    /// Where each line starts.
    lines: Vec<usize>,
    /// Where the text ends.
    end: usize,
}

impl Statements {
    /// The line that a place lies in, with its newline.
    pub(super) fn line(&self, at: usize) -> Range<usize> {
        let next = self.lines.partition_point(|start| *start <= at);
        let start = next.checked_sub(1).and_then(|index| self.lines.get(index));
        start.copied().unwrap_or(0)..self.lines.get(next).copied().unwrap_or(self.end)
    }
}

/// The lines that belong together: that continue one another, here-documents with the command that reads them, and
/// strings over several lines.
pub(super) fn of(text: &str, heredocs: &[Range<usize>], strings: Strings) -> Statements {
    let mut long: Vec<Range<usize>> = Vec::new();
    let mut heredocs = heredocs.iter().peekable();
    let mut start = 0;
    let mut state = State { strings, shell: Shell::new(text, 0), triple: None };
    let mut group = None;
    let mut lines = Vec::new();
    // Up to here a here-document goes, with its last line.
    let mut body_end = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        lines.push(start);
        let is_in_body = end <= body_end;
        if let Some(body) = heredocs.next_if(|body| body.start <= end) {
            body_end = line_end(text, body.end);
        } else if !is_in_body {
            state.read(line, end);
        }
        let is_open =
            end < body_end || !is_in_body && (is_continued(line.as_bytes()) || state.is_in_string());
        let from = *group.get_or_insert(start);
        if !is_open {
            if from < start {
                long.push(from..end);
            }
            group = None;
            state.shell.begin(end);
        }
        start = end;
    }
    Statements { long, is_whole: !state.is_in_string(), lines, end: text.len() }
}

/// The strings that are open.
struct State<'t> {
    strings: Strings,
    shell: Shell<'t>,
    triple: Option<&'static str>,
}

impl State<'_> {
    fn read(&mut self, line: &str, end: usize) {
        match self.strings {
            Strings::Short => {}
            Strings::Shell => self.shell.read_to(end),
            Strings::Triple => {
                let mut rest = line;
                loop {
                    let known =
                        ["'''", "\"\"\""].into_iter().filter(|mark| self.triple.is_none_or(|it| it == *mark));
                    let next = known.filter_map(|mark| Some((rest.find(mark)?, mark))).min();
                    let Some((at, mark)) = next else { return };
                    self.triple = if self.triple.is_some() { None } else { Some(mark) };
                    rest = rest.get(at + mark.len()..).unwrap_or_default();
                }
            }
        }
    }

    fn is_in_string(&self) -> bool {
        !self.shell.is_level() || self.triple.is_some()
    }
}

fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::embedded::heredocs;

    #[test]
    fn lines_that_belong_together() {
        for (text, expected) in [
            ("a\nb \\\n c\nd\n", vec!["b \\\n c\n"]),
            ("a\ncat <<EOF | x \\\n y\nEOF\nb\n", vec!["cat <<EOF | x \\\n y\nEOF\n"]),
            ("cat <<EOF\nit's\nEOF\nb\nc\n", vec!["cat <<EOF\nit's\nEOF\n"]),
            ("a 'b\nc'\nd\n", vec!["a 'b\nc'\n"]),
            ("x=\"$(a \"b\nc\")\"\nd\n", vec!["x=\"$(a \"b\nc\")\"\n"]),
            ("a # it's\nb\n# don't\nc\n", vec![]),
            ("a 'b\nc\nd", vec![]),
            ("a: |\n b\nc\n", vec![]),
            ("a b |\n b\nc\n", vec!["a b |\n b\n"]),
        ] {
            let statements = of(text, &heredocs(text), Strings::Shell);
            let found: Vec<_> = statements.long.into_iter().map(|range| text.get(range).unwrap()).collect();
            assert_eq!(found, expected, "{text}");
            assert_eq!(statements.is_whole, text != "a 'b\nc\nd", "{text}");
        }
    }

    #[test]
    fn strings_between_three_quotes() {
        let text = "sh '''\n  a \"\"\"\n'''\nsh 'b'\nsh \"\"\"c\"\"\"\n";
        let statements = of(text, &[], Strings::Triple);
        let found: Vec<_> = statements.long.into_iter().map(|range| text.get(range).unwrap()).collect();
        assert_eq!(found, ["sh '''\n  a \"\"\"\n'''\n"]);
    }
}
