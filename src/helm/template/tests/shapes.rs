//! What lines of a template become.

use super::{documents, read, roots};
use crate::helm::template::Branches;
use crate::yaml::Get;

/// Each template is one document.
fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(documents(text), [*expected], "{text}");
    }
}

#[test]
fn an_action_among_text_is_an_expression() {
    check(&[
        ("a: {{ .x }}\n", "{a: <.x>}"),
        ("a: \"{{ $.x }}\"\n", "{a: <.x>}"),
        ("a: '{{ .x | quote }}' # {{ .y }}\n", "{a: <.x>}"),
        ("a: {{ template \"n\" $ }}-sa\n", "{a: <\"{{ include \\\"n\\\" . }}-sa\">}"),
        ("a: {{ .x }}{{ .y }}\n", "{a: <\"{{ .x }}{{ .y }}\">}"),
        ("{{ .k }}: {{ .v }}\nb: 1\n", "{<.k>: <.v>, b: 1}"),
        ("a: [{{ .x }}, y]\n", "{a: [<.x>, y]}"),
        ("- {{ .x }}\n- b\n", "[<.x>, b]"),
        ("- name: {{ .x }}\n  value: y\n", "[{name: <.x>, value: y}]"),
        ("a: {{ include \"n\" (dict\n  \"x\" 1\n) }}\nb: 1\n", "{a: <include \"n\" (dict \"x\" 1)>, b: 1}"),
        ("a: x {{- .y }}\n", "{a: <\"x {{ .y }}\">}"),
        ("# {{ .x }}\na: 1 # {{ toYaml .y | nindent 2 }}\n", "{a: 1}"),
        ("a: {{ \"}}\" }}\n", "{a: <\"}}\">}"),
        ("a: é{{ .x }}é\n", "{a: <\"é{{ .x }}é\">}"),
    ]);
}

#[test]
fn control_actions_leave_the_text_around_them() {
    check(&[
        ("{{- if .x }}\na: 1\n{{- end }}\nb: 2\n", "{a: 1, b: 2}"),
        ("{{ if .x }}a: 1{{ end }}\nb: 2\n", "{a: 1, b: 2}"),
        ("m:\n  {{- if .x }}\n  a: 1\n  {{- else }}\n  a: 2\n  {{- end }}\n", "{m: {a: 1, a: 2}}"),
        ("m:\n  a: 1\n  {{ if .x }}b: 2{{ else }}c: 3{{ end }}\n", "{m: {a: 1, b: 2}}"),
        ("{{- $x := .y }}\r\na: 1\r\n", "{a: 1}"),
        ("{{/* a: 1 */}}\na: 2 {{/* b */}}\n", "{a: 2}"),
        ("a: b{{/* c */}}d\n", "{a: <\"b{{ /* c */ }}d\">}"),
        ("{{- range .l }}\n- a: {{ . }}\n{{- end }}\n- b\n", "[{a: <.>}, b]"),
        ("a: 1\n{{- with .x }}\nb: {{ . }}{{ end }}\n", "{a: 1, b: <.>}"),
    ]);
}

#[test]
fn a_condition_inside_of_a_value_makes_it_an_expression() {
    check(&[
        ("a: {{ if .x }}1{{ else }}2{{ end }}\n", "{a: <if .x }}1{{ else }}2{{ end>}"),
        ("a: \"{{ if .x }}1{{ end }}\"\n", "{a: <if .x }}1{{ end>}"),
        ("a: b{{ if .x }}-c{{ end }}\n", "{a: <\"b{{ if .x }}-c{{ end }}\">}"),
        ("- {{ if .x }}\"b\"{{ else }}\"c\"{{ end }}\n", "[<if .x }}\"b\"{{ else }}\"c\"{{ end>]"),
    ]);
}

#[test]
fn lines_that_are_not_there_leave_a_mapping_open() {
    check(&[
        ("m:\n  {{- toYaml .x | nindent 2 }}\n", "{m: ?}"),
        ("m: {{- toYaml .x | nindent 2 }}\n", "{m: ?}"),
        ("m: {{- toYaml .x | nindent 2 }}\n  a: 1\n", "{m: ?{a: 1}}"),
        ("m:\n  {{- toYaml .x | nindent 2 }}\n  a: 1\n", "{m: ?{a: 1}}"),
        ("m:\n  a: 1\n  {{- toYaml .x | nindent 2 }}\nb: 1\n", "{m: ?{a: 1}, b: 1}"),
        ("m:\n  a: 1\n{{ toYaml .x | indent 2 }}\nb: 1\n", "{m: ?{a: 1}, b: 1}"),
        ("m:\n  a: 1\n{{ include \"x\" . }}\nb: 1\n", "?{m: ?{a: 1}, b: 1}"),
        ("m:\n  a: 1\n  {{- include \"x\" . | nindent 0 }}\n", "?{m: {a: 1}}"),
        ("{{ include \"x\" . }}\na: 1\n", "?{a: 1}"),
        ("l:\n- a\n{{ toYaml .x | indent 0 }}\nm: 1\n", "?{l: ?[a], m: 1}"),
        ("l:\n  - a: 1\n    {{- toYaml .x | nindent 4 }}\n  - b: 1\n", "{l: [?{a: 1}, {b: 1}]}"),
        ("l:\n  - a: 1\n  {{- toYaml .x | nindent 2 }}\n", "{l: ?[{a: 1}]}"),
        ("l:\n  - {{ toYaml .x | nindent 4 }}\n  - b\n", "{l: [?, b]}"),
        ("m:\n  a: |\n    {{ .x | nindent 4 }}\n  b: 1\n", "{m: {a: ?, b: 1}}"),
        ("m:\n  a: |-{{ .x | nindent 4 }}\n  b: 1\n", "{m: {a: ?, b: 1}}"),
        ("m:\n  a: |\n    x\n    {{ if .y }}\n    y\n    {{ end }}\n", "{m: {a: ?}}"),
        ("m:\n  a: |\n    x\n  b: 1\n", "{m: {a: x\n, b: 1}}"),
        ("l:\n{{ if .x }}\n- a: 1\n{{ else }}\n- a: 2\n{{ end }}\n  b: 1\n", "{l: [?{a: 1}, {a: 2, b: 1}]}"),
        ("l:\n{{ if .x }}\n- a: 1\n{{ else }}\n- a: 2\n{{ end }}\n- b\n", "{l: [{a: 1}, {a: 2}, b]}"),
        ("m: {{ .x }}\n  a: 1\n", "{m: ?{a: 1}}"),
        ("m: {{ .x }}\n- a\n", "{m: ?[a]}"),
        ("- {{ .x }}\n  a: 1\n", "[?{a: 1}]"),
    ]);
}

#[test]
fn what_cannot_be_known_is_not_absent() {
    let text = "known: {a: 1}\nunknown:\n  {{- toYaml .x | nindent 2 }}\nopen:\n  a: 1\n  {{ .k }}: 2\nword: {{ .w }}\n";
    let template = read(text);
    let root = roots(&template).next().unwrap();
    for (key, absent, found) in
        [("known", true, true), ("unknown", false, false), ("open", false, true), ("word", false, false)]
    {
        let value = root.get(key);
        assert_eq!(value.get("b").is_absent(), absent, "{key}");
        assert_eq!(matches!(value.get("a"), Get::Found(_)), found, "{key}");
    }
    let word = root.get("word").value().unwrap();
    assert!(word.as_str().is_none() && word.text().is_none() && !word.is_null() && word.scalar().is_none());
}

#[test]
fn branches_that_do_not_fit_together_are_left_out() {
    for (text, branches, expected) in [
        ("a: 1\n{{ if .x }}\nb: 2\n{{ else }}\n- c\n{{ end }}\n", Branches::First, "?{a: 1, b: 2}"),
        ("a: 1\n{{ if .x }}\n- b\n{{ else }}\nc: 2\n{{ end }}\n", Branches::Last, "?{a: 1, c: 2}"),
        ("a: 1\n{{ if .x }}\n- b\n{{ end }}\n", Branches::Readable, "?{a: 1}"),
    ] {
        assert_eq!(documents(text), [expected], "{text}");
        assert_eq!(read(text).documents.first().unwrap().branches, branches, "{text}");
    }
}
