//! Documents lie in their file in order and lose nothing but separators; what is read of each lies in it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saudit::yaml::{Content, Document, Tree, split};
use saudit_fuzz::text;

fuzz_target!(|data: &[u8]| {
    let Some(text) = text(data) else { return };
    let mut end = 0;
    for chunk in split(&text) {
        assert!(end <= chunk.bytes.start && chunk.bytes.start <= chunk.bytes.end);
        let between = &text[end..chunk.bytes.start];
        assert!(between.is_empty() || between.starts_with("---") || between.starts_with('\u{feff}'));
        end = chunk.bytes.end;
        let document = Document::read(&text, &chunk);
        assert_eq!(document.text, &text[document.span.range()]);
        for ignored in &document.ignored {
            assert!(!text[ignored.span.range()].trim().is_empty());
        }
        match &document.content {
            Content::Empty => {}
            Content::Tree(tree) => places(&text, tree),
            Content::Broken(error) => {
                assert!(document.span.contains(error.span));
                assert!(text.get(error.span.range()).is_some());
                assert!(error.repair.iter().all(|edit| text.get(edit.span.range()).is_some()));
            }
        }
    }
    assert_eq!(end, text.len());
});

fn places(text: &str, tree: &Tree<'_>) {
    let mut open = Vec::new();
    for (depth, node) in tree.walk() {
        let span = node.span();
        assert!(text.get(span.range()).is_some());
        open.truncate(depth);
        assert!(open.last().is_none_or(|outer: &saudit::span::Span| outer.contains(span)));
        open.push(span);
    }
    for comment in tree.comments() {
        let comment = &text[comment.range()];
        assert!(comment.starts_with('#') && !comment.contains('\n'));
    }
    assert!(tree.duplicates().all(|duplicate| text.get(duplicate.last.key.span().range()).is_some()));
}
