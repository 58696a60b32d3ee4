use std::fmt::Write;

use super::shape::{Fit, fit};
use super::*;
use crate::helm::template;
use crate::k8s::Object;
use crate::span::Span;
use crate::yaml::{self, Document};

/// The lines of `template` from which the places of `needle` in `stream` were rendered: `12`, or `(12)` where it is only
/// what stands around it, or `?` where the object is not known.
fn lines(template: &str, stream: &str, needle: &str) -> String {
    let (parsed, origin) = (template::read(template), Blueprint::origin());
    let blueprint = Blueprint::of(&parsed, &origin);
    let chunks = yaml::split(stream);
    let documents: Vec<_> = chunks.iter().map(|chunk| Document::read(stream, chunk)).collect();
    let objects: Vec<_> = documents.iter().flat_map(|document| Object::all(document, &origin)).collect();
    let budget = Budget::for_bytes(template.len() + stream.len());
    let mut lines = String::new();
    for (object, pattern) in objects.iter().zip(blueprint.pair(&objects, &budget)) {
        let text = stream.get(object.root.span().range()).unwrap();
        for (at, _) in text.match_indices(needle) {
            let span = Span::new(at..at + needle.len()).shift(object.root.span().start);
            let separator = if lines.is_empty() { "" } else { " " };
            let Some(pattern) = pattern else {
                let _ = write!(lines, "{separator}?");
                continue;
            };
            let found = pattern.counterpart(object.root, span, &budget);
            let before = template.get(..found.node.span().start as usize).unwrap();
            let line = before.matches('\n').count() + 1;
            let _ = if found.is_field {
                write!(lines, "{separator}{line}")
            } else {
                write!(lines, "{separator}({line})")
            };
        }
    }
    lines
}

const TEMPLATE: &str = r#"{{- if .Values.create }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "x.name" . }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "x.name" . }}-worker
{{- end }}
---
apiVersion: v1
kind: Pod
metadata:
  name: fixed
spec:
  {{- if .Values.own }}
  serviceAccountName: {{ include "x.name" . }}
  {{- else }}
  serviceAccountName: default
  {{- end }}
  volumes: {{- toYaml .Values.volumes | nindent 4 }}
  containers:
  - name: sidecar
    image: b
  - name: {{ .Chart.Name }}
    image: a
    {{- with .Values.env }}
    env: {{- toYaml . | nindent 6 }}
    {{- end }}
"#;

#[test]
fn fields_are_found_by_object_and_key() {
    let account = |name: &str| format!("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n");
    let pod = |spec: &str| format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: fixed\nspec:\n{spec}");
    let both = format!("---\n{}---\n{}", account("rel-worker"), account("rel"));
    let containers = "  containers:\n  - name: chart\n    image: rel\n    env:\n    - name: rel\n";
    for (stream, expected) in [
        (account("rel"), "5"),
        (account("rel-worker"), "10"),
        (both, "10 5"),
        (pod("  serviceAccountName: rel\n"), "19"),
        (pod(containers), "28 (30)"),
        (pod("  volumes:\n  - name: rel\n"), "(23)"),
        (pod("  rel: 1\n"), "(17)"),
        (account("rel").replace("ServiceAccount", "Secret"), "?"),
    ] {
        assert_eq!(lines(TEMPLATE, &stream, "rel"), expected, "{stream}");
    }
    assert_eq!(lines(TEMPLATE, &pod("  serviceAccountName: default\n"), "default"), "21");
}

#[test]
fn what_is_alike_is_told_apart_by_order_or_not_at_all() {
    let object = |name: &str| format!("apiVersion: v1\nkind: Role\nmetadata:\n  name: {name}\n");
    let template = format!("{}---\n{}", object("{{ .a }}"), object("{{ .b }}"));
    let stream = |names: &[&str]| names.iter().map(|name| object(name)).collect::<Vec<_>>().join("---\n");
    assert_eq!(lines(&template, &stream(&["xa", "xb"]), "name: x"), "4 9", "both are there");
    assert_eq!(lines(&template, &stream(&["xa"]), "name: x"), "?", "one is left out");
    assert_eq!(lines(&template, &stream(&["xa", "xb", "xc"]), "name: x"), "? ? ?", "one was repeated");
    let looped = format!("{{{{ range .Values.x }}}}\n---\n{}{{{{ end }}}}\n", object("{{ . }}"));
    assert_eq!(lines(&looped, &stream(&["xa", "xb"]), "name: x"), "6 6", "a loop");
}

#[test]
fn items_without_names_are_told_apart_by_what_they_say() {
    let template = "\
apiVersion: v1
kind: Role
metadata: {name: a}
rules:
{{- if .Values.secrets }}
- apiGroups: ['']
  resources: [secrets]
  verbs: [get]
{{- end }}
- apiGroups: ['']
  resources: [pods]
  verbs: [get]
";
    let stream = |resource: &str| {
        format!(
            "apiVersion: v1\nkind: Role\nmetadata: {{name: a}}\nrules:\n- apiGroups: ['']\n  \
             resources: [{resource}]\n  verbs: [get]\n"
        )
    };
    assert_eq!(lines(template, &stream("secrets"), "get"), "8");
    assert_eq!(lines(template, &stream("pods"), "get"), "12");
}

#[test]
fn a_text_fits_what_is_written_around_expressions() {
    let budget = Budget::for_bytes(0);
    for (name, text, expected) in [
        ("{{ .x }}", "any", Fit::Loose),
        ("literal", "literal", Fit::Same),
        ("literal", "other", Fit::Not),
        ("pre-{{ .x }}", "pre-any", Fit::Partly(3)),
        ("pre-{{ .x }}", "any", Fit::Not),
        ("{{ .x }}-mid-{{ .y }}.end", "a-mid-b.end", Fit::Partly(6)),
        ("{{ .x }}-mid-{{ .y }}.end", "a-b.end", Fit::Not),
        ("{{ .x }}-{{ .y }}", "a-b", Fit::Loose),
    ] {
        let text_of = format!("name: {name}\n");
        let template = template::read(&text_of);
        let root = template.documents.first().unwrap().document.tree().unwrap().root().unwrap();
        assert_eq!(fit(root.get("name").value().unwrap(), text, &budget), expected, "{name} {text}");
    }
}

#[test]
fn sources_name_charts_by_their_metadata() {
    let paths = [
        "deploy/web/templates/sa.yaml",
        "deploy/web/charts/db/templates/sa.yaml",
        "deploy/web/charts/db-2/templates/x.yaml",
        "deploy/common/templates/sa.yaml",
        "one/templates/sa.yaml",
        "two/templates/sa.yaml",
        "db/templates/other.yaml",
        "bare/templates/sa.yaml",
    ];
    let metadata = [
        (
            "deploy/web",
            "name: shop\ndependencies:\n- {name: db, alias: store}\n- {name: lib, repository: 'file://../common'}\n",
        ),
        ("deploy/web/charts/db", "name: db\n"),
        ("deploy/web/charts/db-2", "name: cache\n"),
        ("deploy/common", "name: lib\n"),
        ("one", "name: same\n"),
        ("two", "name: same\n"),
    ];
    let charts = Charts::new(paths, metadata.map(|(folder, text)| (folder, Metadata::read(text))));
    for (source, expected) in [
        ("shop/templates/sa.yaml", Some("deploy/web/templates/sa.yaml")),
        ("shop/charts/db/templates/sa.yaml", Some("deploy/web/charts/db/templates/sa.yaml")),
        ("shop/charts/store/templates/sa.yaml", Some("deploy/web/charts/db/templates/sa.yaml")),
        ("shop/charts/cache/templates/x.yaml", Some("deploy/web/charts/db-2/templates/x.yaml")),
        ("shop/charts/lib/templates/sa.yaml", Some("deploy/common/templates/sa.yaml")),
        ("db/templates/sa.yaml", Some("deploy/web/charts/db/templates/sa.yaml")),
        ("bare/templates/sa.yaml", Some("bare/templates/sa.yaml")),
        ("same/templates/sa.yaml", None),
        ("web/templates/sa.yaml", Some("deploy/web/templates/sa.yaml")),
        ("shop/templates/gone.yaml", None),
        ("shop/charts/../templates/sa.yaml", None),
        ("shop", None),
    ] {
        assert_eq!(charts.resolve(source), expected, "{source}");
    }
}

#[test]
fn a_chart_by_itself_is_meant_before_one_in_another() {
    let paths = ["db/templates/sa.yaml", "web/charts/db/templates/sa.yaml"];
    let metadata = [("db", "name: db\n"), ("web", "name: web\n"), ("web/charts/db", "name: db\n")];
    let charts = Charts::new(paths, metadata.map(|(folder, text)| (folder, Metadata::read(text))));
    assert_eq!(charts.resolve("db/templates/sa.yaml"), Some("db/templates/sa.yaml"));
}

#[test]
fn only_folders_in_charts_are_parts() {
    let metadata = [("web", "name: web\n"), ("web/charts-old/x", "name: db\n")];
    let charts = Charts::new(
        ["web/charts-old/x/sa.yaml"],
        metadata.map(|(folder, text)| (folder, Metadata::read(text))),
    );
    assert_eq!(charts.resolve("web/charts/db/sa.yaml"), None);
}

#[test]
fn charts_in_charts_are_followed_so_far_only() {
    let metadata = Metadata::read("name: web\ndependencies: [{name: db, repository: 'file://.'}]\n");
    let charts = Charts::new(["web/sa.yaml"], [("web", metadata)]);
    for (depth, expected) in [(0, Some("web/sa.yaml")), (3, Some("web/sa.yaml")), (100, None)] {
        let source = format!("web/{}sa.yaml", "charts/db/".repeat(depth));
        assert_eq!(charts.resolve(&source), expected, "{depth}");
    }
}

#[test]
fn the_work_is_bounded() {
    const MANY: usize = 600;
    let object = |name: usize| format!("---\napiVersion: v1\nkind: Role\nmetadata:\n  name: a{name}\n");
    let stream: String = (0..MANY).map(object).collect();
    let template: String = (0..MANY).map(|_| object(0).replace("a0", "{{ .x }}")).collect();
    let found = lines(&template, &stream, "name: a");
    assert_eq!(found, vec!["?"; MANY].join(" "), "so many that look alike are not told apart");
    let same = object(0).repeat(MANY);
    assert_eq!(lines(&same, &same, "name: a"), vec!["?"; MANY].join(" "), "nor those of one name");
    let items: String = (0..MANY).fold(String::new(), |items, item| items + &format!("- name: n{item}\n"));
    let text = format!("apiVersion: v1\nkind: Role\nmetadata: {{name: a}}\nrules:\n{items}");
    let found = lines(&text.replace("name: n", "name: {{ .n }}"), &text, "name: n");
    assert_eq!(found.split(' ').count(), MANY);
}
