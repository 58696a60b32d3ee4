//! Conditions in a text, and their branches: of the shell, of make, of templates, and those in braces.

use std::ops::Range;

use super::version::{asks_version, knows_version};

/// So many conditions around a place are looked at.
const MAX_DEPTH: usize = 16;

/// The conditions of a text.
#[derive(Debug, Default)]
pub(super) struct Branches<'t> {
    blocks: Vec<Block<'t>>,
    parts: Vec<Branch>,
    /// Where another branch begins, or none is left; in the order of the text.
    turns: Vec<(usize, Option<usize>)>,
    knows_version: bool,
}

/// A condition with its branches, or a loop of a template.
#[derive(Debug)]
struct Block<'t> {
    syntax: Syntax,
    range: Range<usize>,
    /// Its first line.
    head: &'t str,
    /// The blanks before that.
    indent: usize,
    /// The branch that it lies in.
    parent: Option<usize>,
    /// Whether it asks for a version of Kubernetes.
    asks_version: bool,
    /// Whether it has an end. If not, it is a piece of prose.
    is_closed: bool,
}

/// A part of a block that runs only if others do not: its test, or what follows.
#[derive(Clone, Copy, Debug)]
struct Branch {
    block: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Syntax {
    Shell,
    Case,
    Make,
    Template,
    /// `range` and the like, which are no conditions.
    TemplateLoop,
    /// `if (x) {` of Groovy, PowerShell and others.
    Braces,
}

impl Syntax {
    fn ends_like(self, other: Self) -> bool {
        let kind = |syntax| if syntax == Self::TemplateLoop { Self::Template } else { syntax };
        kind(self) == kind(other)
    }
}

impl<'t> Branches<'t> {
    /// The conditions in a text.
    pub(super) fn of(text: &'t str) -> Self {
        let mut found = Self { knows_version: knows_version(text), ..Self::default() };
        let mut open = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            found.line(line, start, &mut open);
            start += line.len();
        }
        found
    }

    /// Whether a condition around the place asks for a version of Kubernetes.
    pub(super) fn ask_version(&self, at: usize) -> bool {
        self.around(at).any(|branch| self.block(branch).is_some_and(|block| block.asks_version))
    }

    /// Whether only one of two places is reached: they stand in different branches of a condition, or one in its test.
    pub(super) fn part(&self, one: usize, other: usize) -> bool {
        let others: Vec<_> = self.around(other).collect();
        self.around(one).any(|mine| {
            let is_other =
                |branch: &usize| *branch != mine && self.block_index(*branch) == self.block_index(mine);
            self.is_condition(mine) && others.iter().any(is_other)
        })
    }

    /// The innermost condition around a place.
    pub(super) fn condition(&self, at: usize) -> Option<Range<usize>> {
        let branch = self.around(at).find(|branch| self.is_condition(*branch))?;
        self.block(branch).map(|block| block.range.clone())
    }

    /// The first lines of the conditions around a place.
    pub(super) fn heads(&self, at: usize) -> impl Iterator<Item = &'t str> {
        let conditions = self.around(at).filter(|branch| self.is_condition(*branch));
        conditions.filter_map(|branch| self.block(branch).map(|block| block.head))
    }

    /// The branches around a place, the innermost first.
    fn around(&self, at: usize) -> impl Iterator<Item = usize> {
        let next = self.turns.partition_point(|(start, _)| *start <= at);
        let innermost = next.checked_sub(1).and_then(|index| self.turns.get(index)).and_then(|turn| turn.1);
        let outwards = std::iter::successors(innermost, |branch| self.block(*branch)?.parent);
        outwards.take(MAX_DEPTH).filter(|branch| self.block(*branch).is_some_and(|block| block.is_closed))
    }

    fn block_index(&self, branch: usize) -> Option<usize> {
        self.parts.get(branch).map(|branch| branch.block)
    }

    fn block(&self, branch: usize) -> Option<&Block<'t>> {
        self.blocks.get(self.block_index(branch)?)
    }

    fn is_condition(&self, branch: usize) -> bool {
        self.block(branch).is_some_and(|block| block.syntax != Syntax::TemplateLoop)
    }

    fn line(&mut self, line: &'t str, start: usize, open: &mut Vec<usize>) {
        let content = line.trim_start_matches([' ', '\t', '-', '@']).trim_end();
        let indent = line.len() - line.trim_start().len();
        let end = start + line.len();
        if let Some(block) = open.last().copied() {
            self.inside(block, content, indent, start..end);
        }
        let (opened, closed) = turns(content);
        let mut is_opened = false;
        for syntax in opened {
            let asks_version = asks_version(content, self.knows_version);
            let parent = self.turns.last().and_then(|turn| turn.1);
            let range = start..end;
            open.push(self.blocks.len());
            let block =
                Block { syntax, range, head: content, indent, parent, asks_version, is_closed: false };
            self.blocks.push(block);
            self.turn(self.blocks.len() - 1, start);
            is_opened = true;
        }
        // Behind the test another branch begins.
        if is_opened {
            self.turn(self.blocks.len() - 1, end);
        }
        for syntax in closed {
            let is_own = |block: &Block<'_>| {
                block.syntax.ends_like(syntax) && (syntax != Syntax::Braces || block.indent == indent)
            };
            let found = open.iter().rposition(|index| self.blocks.get(*index).is_some_and(is_own));
            if let Some(at) = found {
                self.close(open.get(at).copied(), end);
                // What was opened inside and has no end of its own is none.
                open.truncate(at);
            }
        }
    }

    /// Reads a line in a block: another branch may begin there.
    fn inside(&mut self, index: usize, content: &str, indent: usize, line: Range<usize>) {
        let knows_version = self.knows_version;
        let Some(block) = self.blocks.get_mut(index) else { return };
        let is_else = match block.syntax {
            Syntax::Shell => ["elif", "else", "then"].iter().any(|word| content.starts_with(word)),
            Syntax::Make => content.starts_with("else"),
            Syntax::Template => actions(content).any(|word| word == "else"),
            Syntax::Braces => block.indent == indent && content.starts_with("} else"),
            Syntax::Case | Syntax::TemplateLoop => false,
        };
        let is_case = block.syntax == Syntax::Case;
        let arm = content.split_once(')').filter(|_| is_case);
        block.asks_version |= is_else && asks_version(content, knows_version)
            || arm.is_some_and(|(pattern, _)| asks_version(&pattern.replace('*', "4"), knows_version));
        if is_else {
            self.turn(index, line.start);
        }
        if is_else && content.contains("if") || is_case && content.contains(";;") {
            self.turn(index, line.end);
        }
    }

    /// Begins a branch of a block.
    fn turn(&mut self, block: usize, at: usize) {
        self.turns.push((at, Some(self.parts.len())));
        self.parts.push(Branch { block });
    }

    fn close(&mut self, block: Option<usize>, end: usize) {
        if let Some(block) = block.and_then(|index| self.blocks.get_mut(index)) {
            (block.range.end, block.is_closed) = (end, true);
            self.turns.push((end, block.parent));
        }
    }
}

/// The conditions that a line opens and closes.
fn turns(line: &str) -> (Vec<Syntax>, Vec<Syntax>) {
    let (mut opened, mut closed) = (Vec::new(), Vec::new());
    let first = line.split([' ', '\t', ';', '(']).next().unwrap_or_default();
    match first {
        "if" | "switch" if line.ends_with('{') => opened.push(Syntax::Braces),
        "if" => opened.push(Syntax::Shell),
        "case" => opened.push(Syntax::Case),
        "fi" => closed.push(Syntax::Shell),
        "esac" => closed.push(Syntax::Case),
        "ifeq" | "ifneq" | "ifdef" | "ifndef" => opened.push(Syntax::Make),
        "endif" => closed.push(Syntax::Make),
        "}" if !line.starts_with("} else") => closed.push(Syntax::Braces),
        _ => {}
    }
    if first == "if" && line.trim_end_matches([';', '\\', ' ']).ends_with(" fi") {
        closed.push(Syntax::Shell);
    }
    for word in actions(line) {
        match word {
            "if" => opened.push(Syntax::Template),
            "with" | "range" | "define" | "block" => opened.push(Syntax::TemplateLoop),
            "end" => closed.push(Syntax::Template),
            _ => {}
        }
    }
    (opened, closed)
}

/// The first words of the actions of a template on a line.
fn actions(line: &str) -> impl Iterator<Item = &str> {
    let actions = line.split("{{").skip(1).map(|action| action.trim_start_matches(['-', ' ']));
    actions.map(|action| action.split([' ', '-', '}']).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_that_ask_for_a_version() {
        for (text, expected) in [
            ("if [ \"$MINOR\" -lt 24 ]; then\n  if x; then\n    HERE\n  fi\nfi\n", true),
            ("if [ $VER -lt 24 ]; then\n  until x; do\n    HERE\n  done\nfi\n", true),
            ("if x; then\n  a\nelif [ $VERSION = 1.23 ]; then\n  HERE\nfi\n", true),
            ("V=$(kubectl version)\nif [ $VERSION = $OLD ]; then\n  HERE\nfi\n", true),
            ("{{- if semverCompare \"<1.24-0\" .x }}\n{{ range .y }}\nHERE\n{{ end }}\n{{- end }}\n", true),
            ("ifeq ($(K8S_VERSION),1.23)\nHERE\nendif\n", true),
            ("case $version in\n1.2*) HERE ;;\nesac\n", true),
            ("if (minor < 24) {\n  HERE\n}\n", true),
            ("if [ $VERSION = v2 ]; then\n  HERE\nfi\n", false),
            ("if [ $MINOR = 1 ]; then\n  a\nfi\nHERE\n", false),
            ("{{ if .x }}\nHERE\n{{ end }}\n", false),
            ("if MINOR\nHERE\n", false),
            ("fi\n{{ end }}\nHERE\n", false),
        ] {
            assert_eq!(Branches::of(text).ask_version(text.find("HERE").unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn branches_of_one_condition() {
        for (text, expected) in [
            ("if x; then\n  ONE\nelse\n  OTHER\nfi\n", true),
            ("if x\nthen\n  ONE\nelif y; then\n  if z; then\n    OTHER\n  fi\nfi\n", true),
            ("if ! ONE; then\n  OTHER\nfi\n", true),
            ("case $x in\na)\n  ONE\n  ;;\nb) OTHER ;;\nesac\n", true),
            ("case $x in\na) ONE ;;\nb) OTHER ;;\nesac\n", true),
            ("{{ if .x }}\nONE\n{{ else }}\nOTHER\n{{ end }}\n", true),
            ("ifdef X\nONE\nelse\nOTHER\nendif\n", true),
            ("if (x) {\n  ONE\n} else {\n  OTHER\n}\n", true),
            ("if x; then\n  ONE\n  OTHER\nfi\n", false),
            ("if x; then\n  ONE\nfi\nOTHER\n", false),
            ("{{ range .x }}\nONE\n{{ else }}\nOTHER\n{{ end }}\n", false),
            ("if this\nONE\nelse\nOTHER\n", false),
        ] {
            let [one, other] = ["ONE", "OTHER"].map(|place| text.find(place).unwrap());
            let branches = Branches::of(text);
            assert_eq!(branches.part(one, other), expected, "{text}");
            assert_eq!(branches.part(other, one), expected, "{text}");
        }
    }
}
