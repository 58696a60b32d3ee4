//! Templates: actions lie in the text in order, pieces cover it, and what is read lies in it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saudit::helm::chart::ChartFile;
use saudit::helm::gate::{Expression, Piece};
use saudit::helm::template::{Template, read, scan};
use saudit::span::{FileId, Span};
use saudit_fuzz::text;

fuzz_target!(|data: &[u8]| {
    let Some(text) = text(data) else { return };
    let template = read(&text);
    assert!(scan(&text).is_none_or(|scanned| scanned.actions() == template.actions()));
    actions(&text, &template);
    documents(&text, &template);
    for fault in &template.not_analysed {
        assert!(text.get(fault.span.range()).is_some() && text.get(fault.part.range()).is_some());
    }
    for define in template.defines() {
        assert!(text.get(define.body.range()).is_some());
        pieces(&text, &template, define.body);
    }
    ChartFile::read(FileId(0), "chart/templates/a.yaml", Some("chart".into()), &text);
});

fn actions(text: &str, template: &Template<'_>) {
    let mut end = 0;
    for (index, action) in template.actions().iter().enumerate() {
        assert!(end <= action.span.start, "actions overlap");
        end = action.span.end;
        let written = &text[action.span.range()];
        assert!(written.starts_with("{{") && written.ends_with("}}"));
        assert!(text[action.pipeline_start as usize..].starts_with(action.pipeline));
        let _ = Expression::parse(action.pipeline);
        if let Some(region) = template.region(index) {
            assert!(text.get(region.body.range()).is_some() && region.body.end <= region.after);
            assert!(region.parent.is_none_or(|parent| parent < index));
            template.pieces(region.body);
        }
        assert!(template.next_branch(index).is_none_or(|next| next > index));
    }
    if !template.actions().is_empty() {
        pieces(text, template, Span::new(0..text.len()));
    }
}

/// Text and actions of `span` in order, without anything lost but delimiters and the blanks beside them.
fn pieces(text: &str, template: &Template<'_>, span: Span) {
    let mut end = span.start as usize;
    for piece in template.pieces(span) {
        let (Piece::Text(part) | Piece::Action(part)) = piece;
        if !part.is_empty() {
            let start = part.as_ptr().addr() - text.as_ptr().addr();
            lost(&text[end..start]);
            end = start + part.len();
        }
    }
    lost(&text[end..span.end as usize]);
}

fn lost(between: &str) {
    let rest = between.replace("{{-", "").replace("-}}", "").replace("{{", "").replace("}}", "");
    assert!(rest.trim().is_empty(), "{between:?} is lost");
}

fn documents(text: &str, template: &Template<'_>) {
    for read in &template.documents {
        assert!(text.get(read.document.span.range()).is_some());
        let Some(tree) = read.document.tree() else { continue };
        for node in tree.nodes() {
            let span = node.span();
            let written = &text[span.range()];
            assert!(node.scalar().is_none() || node.expression().is_none());
            assert!(!node.is_editable() || !written.contains("{{") || !text.contains("}}"));
        }
        let places = tree.nodes().take(20).map(|node| node.span());
        for span in places {
            template.conditions(span);
            template.document_with(read, span);
        }
    }
}
