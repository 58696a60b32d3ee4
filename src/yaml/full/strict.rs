//! What `granit-parser` accepts and kubectl's go-yaml v2 does not. Every check was seen in differential runs.

use std::collections::HashSet;
use std::ops::Range;

use super::causes::character;
use crate::yaml::characters::{Oddity, oddities};
use crate::yaml::document::Problem;
use crate::yaml::scalar::is_null_word;
use crate::yaml::tree::{Kind, NodeData, Style, Tag, TreeBuilder};

/// Control characters: checked before anything is parsed.
pub(super) fn check_characters(source: &str) -> Result<(), Problem> {
    match oddities(source).find(|(_, _, oddity)| *oddity == Oddity::Control) {
        Some((at, found, _)) => {
            let message = format!("control character U+{:04X}", u32::from(found));
            Err(Problem::new(character(source, at), message)
                .help("remove it, or write it as an escape in double quotes"))
        }
        None => Ok(()),
    }
}

/// Names of anchors; `bytes` is where the name stands, and `after` what comes behind it.
pub(super) fn check_anchor(name: &str, bytes: Range<usize>, after: &str) -> Result<(), Problem> {
    let known = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if known && !after.starts_with(['[', '{']) {
        return Ok(());
    }
    let problem = Problem::new(bytes, "an anchor's name has only letters, digits, `-` and `_`");
    Err(problem.help("if this is text, put it in quotes"))
}

/// Everything else, on what was read. `brackets` are the outermost collections in brackets.
pub(super) fn check(
    source: &str,
    read: &TreeBuilder,
    brackets: &[Range<usize>],
    json: bool,
) -> Result<(), Problem> {
    let checker = Checker { source, read, nodes: read.nodes(), brackets, json };
    checker.line_breaks()?;
    if source.contains('\t') {
        checker.tabs()?;
        checker.block_scalar_tabs()?;
    }
    checker.mappings()?;
    checker.plain_in_brackets()?;
    if json { Ok(()) } else { checker.surrogates() }
}

struct Checker<'c> {
    source: &'c str,
    read: &'c TreeBuilder,
    nodes: &'c [NodeData],
    brackets: &'c [Range<usize>],
    /// kubectl tries its JSON decoder first.
    json: bool,
}

impl<'c> Checker<'c> {
    fn node(&self, id: u32) -> Option<&'c NodeData> {
        self.nodes.get(id as usize)
    }

    fn bytes(node: &NodeData) -> Range<usize> {
        node.start as usize..node.end as usize
    }

    /// The last node that starts at or before `at`.
    fn node_before(&self, at: usize) -> Option<&'c NodeData> {
        let index = self.nodes.partition_point(|node| node.start as usize <= at).checked_sub(1)?;
        self.nodes.get(index)
    }

    fn is_in_brackets(&self, at: usize) -> bool {
        let index = self.brackets.partition_point(|bracket| bracket.start <= at);
        index
            .checked_sub(1)
            .and_then(|index| self.brackets.get(index))
            .is_some_and(|bracket| bracket.contains(&at))
    }

    /// NEL, LS and PS are line breaks to kubectl. Inside quotes that only folds the value.
    fn line_breaks(&self) -> Result<(), Problem> {
        for (at, found, oddity) in oddities(self.source) {
            let quoted = self.node_before(at).is_some_and(|node| {
                matches!(node.style, Style::Single | Style::Double) && Self::bytes(node).contains(&at)
            });
            if oddity == Oddity::LineBreak && !quoted {
                let message = format!("the character U+{:04X} is a line break to kubectl", u32::from(found));
                return Err(Problem::new(character(self.source, at), message).help("remove it"));
            }
        }
        Ok(())
    }

    /// A tab in the indentation of a line, or between `-` and its item, unless it is part of a value.
    fn tabs(&self) -> Result<(), Problem> {
        let mut from = 0;
        while let Some(tab) = self.source.get(from..).and_then(|rest| rest.find('\t')).map(|at| from + at) {
            let line = self.source.get(..tab).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
            let line_text =
                self.source.get(line..).unwrap_or_default().split('\n').next().unwrap_or_default();
            if leading(line_text).contains(&(tab - line)) && self.is_wrong_tab(tab, line, line_text) {
                let rest = self.source.get(tab..).unwrap_or_default();
                let tabs = rest.len() - rest.trim_start_matches('\t').len();
                return Err(Problem::new(tab..tab + tabs, "a tab stands where YAML allows only spaces")
                    .help("use spaces"));
            }
            // One look per line is enough: the first tab decides.
            from = line + line_text.len();
        }
        Ok(())
    }

    fn is_wrong_tab(&self, tab: usize, line: usize, text: &str) -> bool {
        if self.is_in_brackets(tab) {
            return false;
        }
        let Some(node) = self.node_before(tab).filter(|node| node.kind == Kind::Scalar) else { return true };
        let inside = Self::bytes(node).contains(&tab);
        if node.style != Style::Plain || node.start == node.end {
            return !inside;
        }
        // A plain value goes on, or swallows blank lines after it, if they are indented deeper than its key.
        let between = self.source.get(node.end as usize..line).unwrap_or_default();
        let blank = text.trim().is_empty() || text.trim_start().starts_with('#');
        let swallowed = tab > line && (inside || blank && between.trim().is_empty());
        !swallowed || self.key_column(node).is_some_and(|column| tab - line <= column)
    }

    /// The column of the key or dash before `value`, if both stand on one line.
    fn key_column(&self, value: &NodeData) -> Option<usize> {
        let start = value.start as usize;
        let line = self.source.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
        let before = self.source.get(line..start)?;
        let key = self.nodes.partition_point(|node| node.start < value.start).checked_sub(1);
        let key = key.and_then(|key| self.nodes.get(key)).filter(|key| key.kind == Kind::Scalar);
        let key = key.map(|key| key.start as usize).filter(|key| *key >= line).map(|key| key - line);
        let dash = before.trim_end_matches(' ').strip_suffix('-').map(str::len);
        dash.or(key)
    }

    /// Inside brackets `:x` and `?x` are no text.
    fn plain_in_brackets(&self) -> Result<(), Problem> {
        if self.brackets.is_empty() {
            return Ok(());
        }
        let plain = |node: &&NodeData| node.kind == Kind::Scalar && node.style == Style::Plain;
        for node in self.nodes.iter().filter(plain) {
            let start = node.start as usize;
            let odd = self.read.text_of(node, self.source).starts_with([':', '?']);
            if odd && self.is_in_brackets(start) {
                let problem =
                    Problem::new(start..start + 1, "an unquoted value in brackets cannot start like this");
                return Err(problem.help("put the value in quotes"));
            }
        }
        Ok(())
    }

    /// A tab in what would be the indentation of a block scalar.
    fn block_scalar_tabs(&self) -> Result<(), Problem> {
        for node in self.nodes.iter().filter(|node| matches!(node.style, Style::Literal | Style::Folded)) {
            let bytes = Self::bytes(node);
            let block = self.source.get(bytes.clone()).unwrap_or_default();
            let (header, lines) = block.split_once('\n').unwrap_or((block, ""));
            let explicit = header.bytes().take_while(|byte| *byte != b' ').any(|byte| byte.is_ascii_digit());
            if let Some(at) = (!explicit).then(|| tab_in_indentation(lines)).flatten() {
                let at = bytes.start + header.len() + 1 + at;
                return Err(
                    Problem::new(at..at + 1, "a tab stands where YAML allows only spaces").help("use spaces")
                );
            }
        }
        Ok(())
    }

    fn mappings(&self) -> Result<(), Problem> {
        // A list that many mappings merge is looked at once.
        let mut known = HashSet::new();
        for node in self.nodes.iter().filter(|node| node.kind == Kind::Mapping) {
            let mut next = self.node(node.child);
            while let Some(key) = next {
                let value = self.node(key.next);
                self.key(key)?;
                let merges = key.style == Style::Plain && self.read.text_of(key, self.source) == "<<";
                let new = |value: &&NodeData| value.kind != Kind::Alias || known.insert(value.value);
                if let Some(value) = value.filter(|_| merges).filter(new) {
                    self.merge(value)?;
                }
                next = value.and_then(|value| self.node(value.next));
            }
        }
        Ok(())
    }

    /// JSON has only strings as keys; kubectl turns numbers and booleans into strings, and nothing else.
    fn key(&self, key: &NodeData) -> Result<(), Problem> {
        let target = self.resolve(key);
        let problem = |message| Err(Problem::new(Self::bytes(key), message));
        match target.kind {
            Kind::Mapping => Err(Problem::new(Self::bytes(key), "a mapping cannot be a key")
                .help("if the `{{` belongs to a template, put the value in quotes")),
            Kind::Sequence => problem("a list cannot be a key"),
            Kind::Scalar | Kind::Alias => {
                let written = self.source.get(Self::bytes(key)).unwrap_or_default();
                if !self.json && written.contains('\n') {
                    return problem("a key must stand on one line");
                }
                let plain = target.style == Style::Plain && target.tag == Tag::None;
                if plain && is_null_word(self.read.text_of(target, self.source)) {
                    return Err(Problem::new(Self::bytes(key), "a value without a key")
                        .help("write a name before the `:`"));
                }
                Ok(())
            }
        }
    }

    /// Only mappings can be merged.
    fn merge(&self, written: &'c NodeData) -> Result<(), Problem> {
        let target = self.resolve(written);
        let wrong = match target.kind {
            Kind::Mapping => false,
            Kind::Sequence => {
                let mut items = std::iter::successors(self.node(target.child), |item| self.node(item.next));
                items.any(|item| self.resolve(item).kind != Kind::Mapping)
            }
            Kind::Scalar | Kind::Alias => true,
        };
        if wrong {
            return Err(Problem::new(Self::bytes(written), "`<<` merges mappings, and this is none"));
        }
        Ok(())
    }

    fn resolve(&self, node: &'c NodeData) -> &'c NodeData {
        match node.kind {
            Kind::Alias => self.node(node.value).unwrap_or(node),
            _ => node,
        }
    }

    /// `"\ud83d\ude00"` is JSON. kubectl's YAML parser takes no half characters.
    fn surrogates(&self) -> Result<(), Problem> {
        for node in self.nodes.iter().filter(|node| node.style == Style::Double) {
            let bytes = Self::bytes(node);
            let text = self.source.get(bytes.clone()).unwrap_or_default();
            if let Some(at) = surrogate(text) {
                let at = bytes.start + at;
                return Err(Problem::new(
                    at..at + 6,
                    "half of a character: kubectl reads `\\ud800` to `\\udfff` only in JSON",
                )
                .help("write the character itself, or as `\\U` with eight digits"));
            }
        }
        Ok(())
    }
}

/// The blanks at the start of a line, and those between `-`, `?` or `:` and what belongs to it.
fn leading(line: &str) -> Range<usize> {
    let mut rest = line;
    loop {
        let text = rest.trim_start_matches([' ', '\t']);
        match text.strip_prefix(['-', '?', ':']).filter(|after| after.starts_with([' ', '\t'])) {
            Some(after) => rest = after,
            None => return 0..line.len() - text.len(),
        }
    }
}

/// The place of a tab before the column in which the first of these lines starts that is not blank.
fn tab_in_indentation(lines: &str) -> Option<usize> {
    let mut indent = usize::MAX;
    let mut at = 0;
    for line in lines.split_inclusive('\n') {
        let text = line.trim_start_matches(' ');
        let spaces = line.len() - text.len();
        if text.starts_with('\t') && spaces < indent {
            return Some(at + spaces);
        }
        if !text.trim_end().is_empty() {
            indent = indent.min(spaces);
        }
        at += line.len();
    }
    None
}

/// The place of an escaped surrogate in double-quoted text.
fn surrogate(text: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text.get(at..)?.find('\\') {
        at += found;
        let escape = text.as_bytes().get(at + 1..at + 4)?;
        if matches!(escape, [b'u', b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F']) {
            return Some(at);
        }
        at += 2;
    }
    None
}
