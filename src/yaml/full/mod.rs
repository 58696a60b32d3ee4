//! The full YAML parser behind the fast path: `granit-parser`, whose types stay in this folder, and the checks that
//! turn it into kubectl's parser.

mod causes;
mod strict;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, Tag as GranitTag};

use super::document::Problem;
use super::fast::is_json;
use super::tree::{Kind, NONE, Style, Tag, TreeBuilder, Value};

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 512;

/// Reads one document.
///
/// # Errors
/// The first thing that is not YAML, or that kubectl refuses.
pub(super) fn parse(source: &str) -> Result<TreeBuilder, Problem> {
    strict::check_characters(source)?;
    // As kubectl's line reader does; it matters to block scalars.
    let complete =
        if source.ends_with('\n') { Cow::Borrowed(source) } else { Cow::Owned(format!("{source}\n")) };
    let json = is_json(source);
    let options = granit_parser::options! {
        max_buffered_comment_events: usize::MAX,
        disallow_directives: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
        simple_key_max_lookahead: if json { source.len().max(1024) } else { 1024 },
        emit_anchor_events: true,
    };
    let mut reader = Reader::new(source);
    for next in Parser::new_from_str_with_options(&complete, options) {
        let (event, span) = next.map_err(|error| causes::explain(&error, source, &reader.builder))?;
        reader.event(event, span.byte_range().unwrap_or_default())?;
    }
    strict::check(source, &reader.builder, &reader.brackets, json)?;
    Ok(reader.builder)
}

struct Reader<'s> {
    source: &'s str,
    builder: TreeBuilder,
    /// Anchor id of the parser to node of the tree.
    anchors: HashMap<usize, u32>,
    /// For each open collection, whether it is written in brackets.
    flow: Vec<bool>,
    /// The outermost collections in brackets.
    brackets: Vec<Range<usize>>,
}

impl<'s> Reader<'s> {
    fn new(source: &'s str) -> Self {
        let builder = TreeBuilder::new(source.len());
        Self { source, builder, anchors: HashMap::new(), flow: Vec::new(), brackets: Vec::new() }
    }

    fn event(&mut self, event: Event<'_>, bytes: Range<usize>) -> Result<(), Problem> {
        let end = self.source.len();
        let bytes = bytes.start.min(end)..bytes.end.min(end);
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let tag = tag.as_deref().map_or(Tag::None, read_tag);
                self.scalar(&value, read_style(style), bytes, anchor, tag);
            }
            Event::MappingStart(style, anchor, _) => self.open(bytes, anchor, Kind::Mapping, style)?,
            Event::SequenceStart(style, anchor, _) => self.open(bytes, anchor, Kind::Sequence, style)?,
            Event::MappingEnd | Event::SequenceEnd => self.close(bytes.end),
            Event::Alias(anchor) => self.alias(bytes, anchor)?,
            Event::Anchor(_, name) => {
                let after = self.source.get(bytes.end..).unwrap_or_default();
                strict::check_anchor(&name, bytes, after)?;
            }
            Event::Comment(..) => self.builder.comment(bytes),
            Event::DocumentStart(..) if self.builder.last_end() > 0 => {
                return Err(causes::second_root(self.source, self.builder.last_end()));
            }
            _ => {}
        }
        Ok(())
    }

    fn scalar(&mut self, value: &str, style: Style, bytes: Range<usize>, anchor: usize, tag: Tag) {
        let (bytes, value) = match style {
            // The parser says `~` for what is not there.
            Style::Plain if bytes.is_empty() => {
                let at = self.place_of_nothing(bytes.start);
                (at..at, "")
            }
            Style::Literal | Style::Folded => (self.whole_block(bytes), value),
            _ => (bytes, value),
        };
        let id = self.builder.scalar(bytes, Value::Owned(value), style, tag);
        self.name(anchor, id);
    }

    /// Where an absent value stands: after the colon, dash, anchor or tag before it.
    fn place_of_nothing(&self, at: usize) -> usize {
        // Behind a key the parser puts it before the colon.
        let behind = self.source.get(self.builder.last_end()..).unwrap_or_default();
        let after = behind.trim_start_matches([' ', '\t']).strip_prefix(':');
        match after.map(|after| self.source.len() - after.len()) {
            Some(after) if at < after => after,
            _ => self.end_of_token_before(at),
        }
    }

    /// Skips blanks, line breaks and comments backwards.
    fn end_of_token_before(&self, at: usize) -> usize {
        let mut at = at;
        let mut comments = self.builder.comments().iter().rev();
        loop {
            at = self.source.get(..at).unwrap_or_default().trim_end_matches([' ', '\t', '\r', '\n']).len();
            match comments.next() {
                Some(comment) if comment.start < at && at <= comment.end => at = comment.start,
                _ => return at,
            }
        }
    }

    /// From the header to the last line that is not blank; the parser's span is that of the lines alone.
    fn whole_block(&self, lines: Range<usize>) -> Range<usize> {
        let start = self.block_header(lines.start).unwrap_or(lines.start);
        let block = self.source.get(start..lines.end).unwrap_or_default();
        let text = block.trim_end_matches([' ', '\r', '\n']).len();
        let end = block.get(text..).and_then(|rest| rest.find('\n')).map_or(block.len(), |at| text + at);
        let end = if block.get(..end).is_some_and(|block| block.ends_with('\r')) { end - 1 } else { end };
        let empty = !block.get(..end).is_some_and(|block| block.contains('\n'));
        let header = || block.find(|c: char| !matches!(c, '|' | '>' | '-' | '+' | '1'..='9')).unwrap_or(end);
        start..start + if empty { header() } else { end }
    }

    /// The place of `|` or `>` in the last line before `at` that is not blank.
    fn block_header(&self, at: usize) -> Option<usize> {
        let before = self.source.get(..at)?.trim_end_matches([' ', '\t', '\r', '\n']);
        let comment = self.builder.comments().last().map_or(0, |comment| comment.end);
        let line = before.rfind('\n').map_or(0, |at| at + 1).max(self.builder.last_end()).max(comment);
        let is_header = |at: usize| {
            let after = before.get(at + 1..).unwrap_or_default();
            let rest = after.trim_start_matches(['-', '+', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
            rest.is_empty() || rest.starts_with([' ', '\t']) && rest.trim_start().starts_with('#')
        };
        let text = before.get(line..)?;
        text.match_indices(['|', '>']).map(|(at, _)| line + at).find(|at| is_header(*at))
    }

    fn open(
        &mut self,
        bytes: Range<usize>,
        anchor: usize,
        kind: Kind,
        style: StructureStyle,
    ) -> Result<(), Problem> {
        if self.builder.depth() >= MAX_DEPTH {
            return Err(causes::too_deep(bytes));
        }
        let flow = style == StructureStyle::Flow;
        if flow && !self.flow.contains(&true) {
            self.brackets.push(bytes.start..self.source.len());
        }
        self.flow.push(flow);
        let start = match kind {
            Kind::Sequence if !flow => self.first_dash(bytes.start),
            _ => bytes.start,
        };
        let id = self.builder.open(start, kind);
        self.name(anchor, id);
        Ok(())
    }

    /// Where a block sequence starts. Of one that is not indented below its key, the parser gives the first item.
    fn first_dash(&self, at: usize) -> usize {
        let before = self.end_of_token_before(at);
        let line = self.source.get(..before).unwrap_or_default();
        match line.strip_suffix('-') {
            Some(line)
                if self.builder.is_in_mapping() && line.trim_end_matches(' ').ends_with(['\n', '\r']) =>
            {
                before - 1
            }
            _ => at,
        }
    }

    fn close(&mut self, end: usize) {
        if self.flow.pop() != Some(true) {
            self.builder.close_block();
            return;
        }
        self.builder.close(end);
        if let Some(outermost) = self.brackets.last_mut().filter(|_| !self.flow.contains(&true)) {
            outermost.end = end;
        }
    }

    fn alias(&mut self, bytes: Range<usize>, anchor: usize) -> Result<(), Problem> {
        let name = self.source.get(bytes.start + 1..bytes.end).unwrap_or_default();
        strict::check_anchor(name, bytes.clone(), "")?;
        let target = self.anchors.get(&anchor).copied().unwrap_or(NONE);
        if self.builder.is_open(target) {
            return Err(Problem::new(bytes, "this alias stands inside what it stands for"));
        }
        self.builder.alias(bytes, target);
        Ok(())
    }

    fn name(&mut self, anchor: usize, id: u32) {
        // Zero stands for no anchor.
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
    }
}

fn read_style(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
        ScalarStyle::Plain => Style::Plain,
    }
}

fn read_tag(tag: &GranitTag) -> Tag {
    if tag.handle() != "tag:yaml.org,2002:" {
        return Tag::Str;
    }
    match tag.suffix() {
        "int" | "float" | "bool" | "null" => Tag::Typed,
        "binary" => Tag::Binary,
        "map" | "seq" => Tag::None,
        _ => Tag::Str,
    }
}
