//! libyaml, of which kubectl's parser is a port, as the referee of both producers.

use std::mem::MaybeUninit;

use libyaml_rs as libyaml;
use saudit::yaml::{Kind, Node, Style, Tree};

/// What is said of a node.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// A mapping or sequence begins.
    Start(Kind),
    /// It ends.
    End,
    /// A scalar.
    Scalar(Style, String),
    /// `*name`
    Alias,
}

/// What libyaml reads, as kubectl hands it over: its line reader ends every line with `\n`. `None` where it refuses.
/// Of several documents only the first is read, and they are told.
pub fn judge(source: &str) -> Option<Vec<Event>> {
    let lines = source.replace("\r\n", "\n");
    let complete = if lines.ends_with('\n') { lines } else { lines + "\n" };
    let mut parser = Parser::new(&complete);
    let mut events = Vec::new();
    let mut documents = 0;
    while let Some(event) = parser.next()? {
        match event {
            Said::Document => documents += 1,
            Said::Node(event) => events.push(event),
        }
    }
    (documents < 2).then_some(events)
}

/// What a tree says, in the same words.
pub fn events(tree: &Tree<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    let mut open = Vec::new();
    for (depth, node) in tree.walk() {
        while open.pop_if(|outer| *outer >= depth).is_some() {
            events.push(Event::End);
        }
        events.push(event(node));
        if matches!(node.kind(), Kind::Mapping | Kind::Sequence) {
            open.push(depth);
        }
    }
    events.extend(open.iter().map(|_| Event::End));
    events
}

fn event(node: Node<'_>) -> Event {
    match (node.kind(), node.scalar()) {
        (Kind::Alias, _) => Event::Alias,
        (_, Some(scalar)) => Event::Scalar(scalar.style(), scalar.text().to_owned()),
        (kind, None) => Event::Start(kind),
    }
}

enum Said {
    Document,
    Node(Event),
}

struct Parser(Box<MaybeUninit<libyaml::yaml_parser_t>>);

impl Parser {
    fn new(source: &str) -> Self {
        let mut parser = Self(Box::new(MaybeUninit::uninit()));
        // SAFETY: the parser is initialised before anything else is done with it, and `source` outlives it: the only
        // caller keeps both.
        unsafe {
            assert!(libyaml::yaml_parser_initialize(parser.0.as_mut_ptr()).ok);
            libyaml::yaml_parser_set_input_string(
                parser.0.as_mut_ptr(),
                source.as_ptr(),
                source.len() as u64,
            );
        }
        parser
    }

    /// The next word; `Some(None)` at the end, `None` for an error.
    #[expect(clippy::option_option, reason = "an error and the end are not the same")]
    fn next(&mut self) -> Option<Option<Said>> {
        loop {
            let mut event = MaybeUninit::<libyaml::yaml_event_t>::uninit();
            // SAFETY: libyaml fills in the event where it says ok, and it is deleted once, after it was read.
            unsafe {
                if libyaml::yaml_parser_parse(self.0.as_mut_ptr(), event.as_mut_ptr()).fail {
                    return None;
                }
                let mut event = event.assume_init();
                let kind = event.type_;
                let said = said(&event);
                libyaml::yaml_event_delete(&raw mut event);
                if kind == libyaml::YAML_STREAM_END_EVENT {
                    return Some(None);
                }
                if said.is_some() {
                    return Some(said);
                }
            }
        }
    }
}

impl Drop for Parser {
    fn drop(&mut self) {
        // SAFETY: it was initialised, and nothing uses it any more.
        unsafe { libyaml::yaml_parser_delete(self.0.as_mut_ptr()) }
    }
}

/// # Safety
/// `event` must be one that libyaml has filled in.
unsafe fn said(event: &libyaml::yaml_event_t) -> Option<Said> {
    let event = match event.type_ {
        libyaml::YAML_DOCUMENT_START_EVENT => return Some(Said::Document),
        libyaml::YAML_MAPPING_START_EVENT => Event::Start(Kind::Mapping),
        libyaml::YAML_SEQUENCE_START_EVENT => Event::Start(Kind::Sequence),
        libyaml::YAML_MAPPING_END_EVENT | libyaml::YAML_SEQUENCE_END_EVENT => Event::End,
        libyaml::YAML_ALIAS_EVENT => Event::Alias,
        libyaml::YAML_SCALAR_EVENT => {
            // SAFETY: of a scalar event this is the part that is filled in.
            let scalar = unsafe { event.data.scalar };
            // SAFETY: libyaml gives as many bytes as it says.
            let bytes =
                unsafe { std::slice::from_raw_parts(scalar.value, usize::try_from(scalar.length).ok()?) };
            Event::Scalar(style(scalar.style), String::from_utf8_lossy(bytes).into_owned())
        }
        _ => return None,
    };
    Some(Said::Node(event))
}

fn style(style: libyaml::yaml_scalar_style_t) -> Style {
    match style {
        libyaml::YAML_SINGLE_QUOTED_SCALAR_STYLE => Style::Single,
        libyaml::YAML_DOUBLE_QUOTED_SCALAR_STYLE => Style::Double,
        libyaml::YAML_LITERAL_SCALAR_STYLE => Style::Literal,
        libyaml::YAML_FOLDED_SCALAR_STYLE => Style::Folded,
        _ => Style::Plain,
    }
}
