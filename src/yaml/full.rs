//! The full YAML parser behind the fast path: `granit-parser`, whose types stay in this file.

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Tag as GranitTag};

use super::document::SyntaxError;
use super::text::Text;
use super::tree::{Kind, Style, Tag, Tree, TreeBuilder, Value};

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 512;

/// Reads one document.
///
/// # Errors
/// The first thing that is not YAML.
pub(super) fn parse<'t>(text: Text<'t>) -> Result<Tree<'t>, SyntaxError> {
    let source = text.as_str().to_owned();
    let options = granit_parser::options! {
        max_buffered_comment_events: usize::MAX,
    };
    let mut reader = Reader { builder: TreeBuilder::new(text), anchors: HashMap::new(), depth: 0 };
    for next in Parser::new_from_str_with_options(&source, options) {
        let (event, span) = next.map_err(|error| {
            let at = error.marker().byte_offset().unwrap_or(0);
            SyntaxError::new(reader.builder.text().outer(at..at), error.info())
        })?;
        if matches!(event, Event::DocumentEnd) {
            break;
        }
        reader.event(event, span.byte_range().unwrap_or(0..0))?;
    }
    Ok(reader.builder.finish())
}

struct Reader<'t> {
    builder: TreeBuilder<'t>,
    /// Anchor id of the parser to node of the tree.
    anchors: HashMap<usize, u32>,
    depth: usize,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, bytes: Range<usize>) -> Result<(), SyntaxError> {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let tag = tag.as_deref().map_or(Tag::None, read_tag);
                let value = if bytes.is_empty() { "" } else { &value };
                let id = self.builder.scalar(bytes, Value::Owned(value), read_style(style), tag);
                self.anchors.insert(anchor, id);
            }
            Event::MappingStart(_, anchor, _) => self.open(bytes, anchor, Kind::Mapping)?,
            Event::SequenceStart(_, anchor, _) => self.open(bytes, anchor, Kind::Sequence)?,
            Event::MappingEnd | Event::SequenceEnd => {
                self.depth -= 1;
                self.builder.close(bytes.end);
            }
            Event::Alias(anchor) => {
                let target = self.anchors.get(&anchor).copied().unwrap_or(u32::MAX);
                if self.builder.is_open(target) {
                    let span = self.builder.text().outer(bytes);
                    return Err(SyntaxError::new(span, "this alias stands inside what it stands for"));
                }
                self.builder.alias(bytes, target);
            }
            Event::Comment(..) => self.builder.comment(bytes),
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, bytes: Range<usize>, anchor: usize, kind: Kind) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let span = self.builder.text().outer(bytes);
            return Err(SyntaxError::new(span, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let id = self.builder.open(bytes.start, kind);
        self.anchors.insert(anchor, id);
        Ok(())
    }
}

fn read_style(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
        _ => Style::Plain,
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
