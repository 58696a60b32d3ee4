//! A part of a template as its text and its actions.

use super::super::gate::Piece;
use super::source::Source;
use crate::span::Span;

/// The pieces of `span`. Blanks beside `{{-` and `-}}` are gone.
pub(super) fn pieces<'t>(source: &Source<'t>, span: Span) -> Vec<Piece<'t>> {
    let inside = |at: u32| span.start <= at && at < span.end;
    let first = source.actions.partition_point(|action| action.span.start < span.start);
    let mut pieces = Vec::new();
    let head = first.checked_sub(1).and_then(|head| source.actions.get(head));
    let mut is_trimmed = head.is_some_and(|head| head.span.end == span.start && head.trims_right);
    let mut at = span.start;
    let text = |from: u32, to: u32, is_trimmed: bool| {
        let text = source.text.get(from as usize..to as usize).unwrap_or_default();
        if is_trimmed { text.trim_start() } else { text }
    };
    for action in source.actions.iter().skip(first).take_while(|action| inside(action.span.start)) {
        let before = text(at, action.span.start, is_trimmed);
        let trims_left = source.text.get(action.span.range()).is_some_and(trims_left);
        let before = if trims_left { before.trim_end() } else { before };
        pieces.extend((!before.is_empty()).then_some(Piece::Text(before)));
        pieces.push(Piece::Action(action.body));
        (at, is_trimmed) = (action.span.end, action.trims_right);
    }
    let rest = text(at, span.end, is_trimmed);
    // What `end` trims is no longer in the body.
    let end = source.text.get(span.end as usize..).is_some_and(trims_left);
    let rest = if end { rest.trim_end() } else { rest };
    pieces.extend((!rest.is_empty()).then_some(Piece::Text(rest)));
    pieces
}

/// `{{- `: the marker needs a blank.
fn trims_left(action: &str) -> bool {
    action.strip_prefix("{{-").is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n']))
}

#[cfg(test)]
mod tests {
    use super::super::scan;
    use super::*;

    #[test]
    fn blanks_beside_trim_markers_are_gone() {
        let text = "{{ define \"v\" -}}\n  a {{- .x }} b {{/* c */ -}} \n{{ .y }}\n {{- end }}";
        let template = scan(text).unwrap();
        let body = template.defines().next().unwrap().body;
        let expected = [
            Piece::Text("a"),
            Piece::Action(".x"),
            Piece::Text(" b "),
            Piece::Action("/* c */"),
            Piece::Action(".y"),
        ];
        assert_eq!(template.pieces(body), expected);
    }
}
