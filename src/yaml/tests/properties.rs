//! What holds for every input.

use proptest::prelude::*;

use super::snippets::SNIPPETS;
use crate::yaml::{Content, Document, Node, Style, Text, Tree, split};

/// Pieces that make YAML more often than chance does.
fn yaml_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(SNIPPETS.to_vec()).prop_map(str::to_owned),
        4 => proptest::sample::select(vec!["\n", " ", "  ", "- ", ": ", "a", "#", "\t", "\"", "'", "[", "{", "]", "}", "|\n", ">", "&a ", "*a", "---\n", "...\n", "\r\n", "é", "\u{feff}", "<<: "]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Spans lie inside the file, on character boundaries, and children inside their parents.
fn check_places(file: &str, tree: &Tree<'_>) {
    for node in tree.nodes() {
        let span = node.span().range();
        assert!(file.get(span.clone()).is_some(), "{span:?} in {file:?}");
        for child in node.children() {
            let child = child.span().range();
            assert!(
                span.start <= child.start && child.end <= span.end,
                "{child:?} not in {span:?} of {file:?}"
            );
        }
    }
    for comment in tree.comments() {
        let text = file.get(comment.range()).unwrap();
        assert!(text.starts_with('#') && !text.contains('\n'), "{text:?} in {file:?}");
    }
}

/// A scalar's own bytes, read alone, are the same scalar.
fn check_values(file: &str, tree: &Tree<'_>) {
    for node in tree.nodes() {
        let Some(scalar) = node.scalar() else { continue };
        let written = file.get(node.span().range()).unwrap();
        if matches!(scalar.style(), Style::Literal | Style::Folded) {
            assert!(written.starts_with(['|', '>']), "{written:?} in {file:?}");
            continue;
        }
        let again = [format!("- {written}"), format!("{{\"k\": {written}}}")];
        let as_key = format!("{written}: v");
        let same =
            again.iter().any(|again| reads_as(again, scalar.text())) || has_key(&as_key, scalar.text());
        let several = written.contains(['\n', '\r']);
        assert!(same || several, "{written:?} of {file:?}");
    }
}

/// Whether `text`, a list or a mapping of one value, holds the scalar `value`.
fn reads_as(text: &str, value: &str) -> bool {
    let Ok(tree) = Tree::parse(Text::slice(text, 0)) else { return false };
    tree.nodes().last().and_then(Node::text) == Some(value)
}

/// Whether `text` is a mapping with the key `key`: a lone `:` can be a key and nothing else.
fn has_key(text: &str, key: &str) -> bool {
    let Ok(tree) = Tree::parse(Text::slice(text, 0)) else { return false };
    tree.root().is_some_and(|root| root.entries().any(|entry| entry.key.text() == Some(key)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_is_read_or_refused_with_a_place(text in yaml_like()) {
        for chunk in &split(&text) {
            let document = Document::read(&text, chunk);
            match &document.content {
                Content::Empty => {}
                Content::Tree(tree) => {
                    check_places(&text, tree);
                    check_values(&text, tree);
                }
                Content::Broken(error) => {
                    prop_assert!(text.get(error.span.range()).is_some(), "{:?} in {:?}", error, text);
                    prop_assert!(document.span.contains(error.span), "{:?}", error);
                }
            }
            for ignored in &document.ignored {
                prop_assert!(text.get(ignored.span.range()).is_some_and(|text| !text.trim().is_empty()));
            }
        }
    }

    #[test]
    fn chunks_lie_in_order_and_lose_only_separators(text in yaml_like()) {
        let mut end = 0;
        for chunk in split(&text) {
            prop_assert!(end <= chunk.bytes.start && chunk.bytes.start <= chunk.bytes.end);
            let between = text.get(end..chunk.bytes.start).unwrap();
            let separator = between.is_empty() || between.starts_with("---") || between.starts_with('\u{feff}');
            prop_assert!(separator, "{:?}", between);
            end = chunk.bytes.end;
        }
        prop_assert_eq!(end, text.len());
    }
}
