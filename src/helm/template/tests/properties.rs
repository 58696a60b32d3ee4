//! What holds for every input.

use proptest::prelude::*;

use crate::helm::template::read;
use crate::yaml::Node;

/// Pieces that make templates more often than chance does.
fn template_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(vec![
            "{{ if .a }}", "{{- else }}", "{{ else if .b }}", "{{ end }}", "{{- end -}}", "{{ range .l }}", "{{ .x }}",
            "{{ toYaml .y | nindent 2 }}", "{{- include \"n\" . | indent 4 }}", "{{/* c */}}", "{{ $x := 1 }}",
            "{{ define \"d\" }}", "{{ .m\n }}", "{{", "}}", "{{ \"é}}\" }}",
        ]),
        4 => proptest::sample::select(vec![
            "\n", " ", "  ", "- ", ": ", "a", "kind: A", "apiVersion: v1\n", "é", "\"", "'", "[", "{", "}", "|\n",
            "---", "\n---\n", "\r\n", "\t", "# ", "&a ", "*a",
        ]),
    ];
    proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

fn check(text: &str) {
    let template = read(text);
    for document in &template.documents {
        assert!(text.get(document.document.span.range()).is_some());
        let Some(tree) = document.document.tree() else { continue };
        for node in tree.nodes() {
            assert!(text.get(node.span().range()).is_some(), "{:?} in {text:?}", node.span());
            check_node(text, node);
            template.conditions(node.span());
        }
    }
    for fault in &template.not_analysed {
        assert!(text.get(fault.span.range()).is_some() && text.get(fault.part.range()).is_some(), "{text:?}");
    }
}

/// A scalar is either a literal that stands in the template, or has something of an action in it.
fn check_node(text: &str, node: Node<'_>) {
    let written = text.get(node.span().range()).unwrap();
    if let Some(scalar) = node.scalar().filter(|scalar| scalar.is_plain() && !scalar.text().contains('\n')) {
        assert!(written.contains(scalar.text()) || written.contains(['\n', '\r']), "{written:?} in {text:?}");
    }
    assert!(node.scalar().is_none() || node.expression().is_none(), "{written:?} in {text:?}");
    if node.is_editable() {
        assert!(!written.contains("{{") || !text.contains("}}"), "{written:?} in {text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_is_read_or_told(text in template_like()) {
        check(&text);
    }

    #[test]
    fn any_text_is_read_or_told(text in any::<String>()) {
        check(&text);
    }
}
