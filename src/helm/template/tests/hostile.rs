//! Input made to hurt. Each is large enough that quadratic work would show as minutes.

use crate::helm::template::read;

#[test]
fn hostile_templates_are_read_or_told() {
    const N: usize = 10_000;
    let line = |start: &str, middle: &str, end: &str| format!("{start}{}{end}", middle.repeat(N));
    for (name, text) in [
        ("openings", "{{".repeat(N)),
        ("comments", "{{/*".repeat(N)),
        ("empty actions", "{{}}".repeat(N)),
        ("nested conditions", "{{ if .x }}".repeat(N)),
        ("nested conditions that end", "{{ if .x }}".repeat(200) + "a: 1" + &"{{ end }}".repeat(200)),
        ("ends", "{{ end }}".repeat(N)),
        ("conditions in a line", line("a: ", "{{ if .x }}b{{ else }}c{{ end }}", "\n")),
        ("conditions at the start of a line", line("", "{{ if .x }}{{ else }}{{ end }}", "a: b\n")),
        ("branches", line("{{ if .x }}\n", "{{ else if .y }}\na: 1\n---\n", "{{ end }}\n")),
        ("broken branches", line("{{ if .x }}\n", "{{ else if .y }}\n'\n---\n", "{{ end }}\n")),
        ("kinds", line("{{ if .x }}\n", "{{ else if .y }}\nkind: A\n", "{{ end }}\n")),
        ("a long action", line("a: {{ \"", "x", "\" }}\n")),
        ("long action lines", line("a: {{ .x ", "\n.y", " }}\n")),
        ("open lines", line("a:\n  b:\n", "{{ .x }}\n", "  c: 1\n")),
        ("open lines in brackets", line(&"[".repeat(100), "\n{{ .x }}\n1,", &"]".repeat(100))),
        ("values", "k: {{ .x }}\n".repeat(N)),
        ("values in a line", line("[", "{{ .x }},", "]\n")),
        ("values before lines", "k: {{ .x }}\n  a: 1\n".repeat(N / 4)),
        ("definitions", "{{ define \"x\" }}apiVersion: kind:{{ end }}".repeat(N / 4)),
        ("parentheses", line("{{ ", "(", " }}")),
    ] {
        let template = read(&text);
        for fault in &template.not_analysed {
            assert!(text.get(fault.span.range()).is_some(), "{name}: {:?}", fault.span);
        }
        for document in template.documents.iter().filter_map(|document| document.document.tree()) {
            let root = document.root().unwrap();
            assert!(template.conditions(root.span()).len() <= 256, "{name}");
        }
    }
}
