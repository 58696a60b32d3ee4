//! Documents, their conditions, and what is not read.

use super::{documents, read, roots};
use crate::k8s::{Manifest, Origin, Standing};
use crate::span::FileId;

fn conditions(text: &str, needle: &str) -> Vec<(String, bool)> {
    let template = read(text);
    let node = |root: crate::yaml::Node<'_>| {
        let at = u32::try_from(text.find(needle).unwrap()).unwrap();
        root.tree().nodes().map(crate::yaml::Node::span).filter(|span| span.start == at).last()
    };
    let span = roots(&template).find_map(node).unwrap();
    let conditions = template.conditions(span);
    conditions.into_iter().map(|c| (c.action.pipeline.to_owned(), c.is_negated)).collect()
}

#[test]
fn documents_are_split_as_helm_splits_them() {
    for (text, expected) in [
        ("a: 1\n---\nb: 2\n", vec!["{a: 1}", "{b: 2}"]),
        ("{{ if .x }}\n---\na: 1\n{{ end }}---\nb: {{ .y }}\n", vec!["{a: 1}", "{b: <.y>}"]),
        ("{{ range .l }}\na: 1\n---\n{{ end }}\nb: 1\n", vec!["{a: 1}", "{b: 1}"]),
        ("--- # c\na: 1\n", vec!["{a: 1}"]),
        ("---\n{{ .x }}\n", vec![]),
        ("a: |\n  ---\n", vec!["{a: ---\n}"]),
    ] {
        assert_eq!(documents(text), expected, "{text}");
    }
}

#[test]
fn spans_are_those_of_the_template() {
    let text = "{{- if .a }}\nk: {{ .b }}\n{{ end }}---\n{{ if .c }}  name: é-{{ .d }}  {{ end }}\n";
    let template = read(text);
    let spans: Vec<_> = roots(&template)
        .flat_map(|root| root.entries().flat_map(|entry| [entry.key.span(), entry.value.span()]))
        .map(|span| text.get(span.range()).unwrap())
        .collect();
    assert_eq!(spans, ["k", "{{ .b }}", "name", "é-{{ .d }}"]);
}

#[test]
fn only_literals_can_be_edited() {
    let text = "a: 1\nb: {{ .x }}\nm:\n  {{- if .y }}\n  c: \"2\"\n  {{- end }}\n";
    let template = read(text);
    let root = roots(&template).next().unwrap();
    let editable = |key: &str| root.get(key).value().unwrap().is_editable();
    assert!(editable("a") && !editable("b") && !root.is_editable());
    assert!(root.get("m").get("c").value().unwrap().is_editable());
}

#[test]
fn conditions_are_told_from_outside_to_inside() {
    let text = "{{ if .a }}\n{{ with .b }}\nk1: 1\n{{ else if .c }}\nk2: 2\n{{ else }}\nk3: 3\n{{ end }}\n\
                {{ range .d }}{{ end }}k4: 4\n{{ end }}\nk5: 5\n";
    let of = |needle| {
        let all = conditions(text, needle);
        all.iter().map(|(c, no)| format!("{}{c}", if *no { "!" } else { "" })).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of("k1"), ".a .b");
    assert_eq!(of("k2"), ".a !.b .c");
    assert_eq!(of("k3"), ".a !.b !.c");
    assert_eq!(of("k4"), ".a");
    assert_eq!(of("k5"), "");
}

#[test]
fn each_kind_that_an_object_may_be_is_a_reading_of_its_own() {
    for (text, expected) in [
        (
            "{{ if .x }}\nkind: A\n{{ else }}\nkind: B\n{{ end }}\nspec: 1\n",
            vec!["{kind: A, spec: 1}", "{kind: B, spec: 1}"],
        ),
        (
            "{{ if .x }}\nkind: A\na: 1\n{{ end }}\n{{ if .y }}\nkind: B\n{{ end }}\n",
            vec!["{kind: A, a: 1}", "{kind: B}"],
        ),
        (
            "{{ if .x }}\nkind: A\n{{ else }}\nkind: B\n{{ end }}\n{{ if .x }}\na: 1\n{{ else }}\nb: 1\n{{ end }}\n",
            vec!["{kind: A, a: 1}", "{kind: B, b: 1}"],
        ),
        ("kind: A\nkind: B\n", vec!["{kind: A, kind: B}"]),
        ("kind: A\n{{ if .x }}\nkind: B\n{{ end }}\n", vec!["{kind: A, kind: B}"]),
    ] {
        assert_eq!(documents(text), expected, "{text}");
        let is_alternative = expected.len() > 1;
        assert!(read(text).documents.iter().all(|document| document.is_alternative == is_alternative));
    }
}

#[test]
fn bodies_of_define_are_read_apart() {
    let text = "{{ define \"sa\" }}\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {{ .n }}\n{{ end }}\n\
                {{ define \"labels\" }}\nkind: {{ .apiVersion: }}\n{{ end }}\na: 1\n";
    let text = text.replace("{{ .apiVersion: }}", "x");
    let template = read(&text);
    let shown: Vec<_> = template
        .documents
        .iter()
        .zip(roots(&template))
        .map(|(d, root)| (d.define, super::shown(root)))
        .collect();
    let object = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: <.n>}}".to_owned();
    assert_eq!(shown, [(None, "{a: 1}".to_owned()), (Some("sa"), object)]);
    let names: Vec<_> = template.defines().map(|define| define.name).collect();
    assert_eq!(names, ["sa", "labels"]);
}

#[test]
fn what_is_not_read_is_told() {
    for (text, at, reason) in [
        ("a: 1\nb: {{ .x\n", 8, "unclosed action"),
        ("a: 1\n{{ if .x }}\nb: 2\n", 5, "unclosed action: {{end}} is missing"),
        ("{{ end }}\n", 0, "unexpected {{end}}"),
        ("{{ else }}\n", 0, "unexpected {{else}}"),
        ("{{ if .x }}{{ define \"y\" }}{{ end }}{{ end }}", 11, "unexpected {{define}}"),
        ("a: 1\n---\nb: 'x\n", 12, "this quote is never closed"),
    ] {
        let template = read(text);
        let [fault] = template.not_analysed.as_slice() else { panic!("{text}: {:?}", template.not_analysed) };
        assert_eq!((fault.span.start, fault.reason.as_str()), (at, reason), "{text}");
    }
    let template = read("a: 1\n---\nb: 'x\n---\nc: 1\n");
    assert_eq!(roots(&template).map(super::shown).collect::<Vec<_>>(), ["{a: 1}", "{c: 1}"]);
    let part = template.not_analysed.first().unwrap().part;
    assert_eq!(part.range(), 8..15);
}

#[test]
fn objects_of_templates_are_objects() {
    let text = "{{- if semverCompare \">=1.24-0\" .Capabilities.KubeVersion.Version }}\napiVersion: v1\nkind: Secret\n\
                metadata:\n  name: {{ .n }}\n  annotations:\n    kubernetes.io/service-account.name: example-sa\n\
                type: kubernetes.io/service-account-token\n{{- end }}\n";
    let template = read(text);
    let origin = Origin { file: FileId(0), rendered_from: None };
    let document = &template.documents.first().unwrap().document;
    let manifest = Manifest::new(document, &origin, false);
    assert_eq!((manifest.standing, manifest.objects.len()), (Standing::Kubernetes, 1));
    let object = manifest.objects.first().unwrap();
    let annotation = object.annotation("kubernetes.io/service-account.name").value().unwrap();
    assert_eq!(annotation.as_str(), Some("example-sa"));
    let conditions = template.conditions(object.root.span());
    let [condition] = conditions.as_slice() else { panic!("{conditions:?}") };
    assert_eq!(condition.action.pipeline, "semverCompare \">=1.24-0\" .Capabilities.KubeVersion.Version");
}

#[test]
fn an_api_version_that_is_an_expression_is_the_usual_one() {
    for (kind, version) in [
        ("RoleBinding", Some("rbac.authorization.k8s.io/v1")),
        ("Deployment", Some("apps/v1")),
        ("Ingress", None),
        ("{{ .kind }}", None),
    ] {
        let text = format!("apiVersion: {{{{ include \"version\" . }}}}\nkind: {kind}\n");
        let template = read(&text);
        let origin = Origin { file: FileId(0), rendered_from: None };
        let manifest = Manifest::new(&template.documents.first().unwrap().document, &origin, false);
        let versions: Vec<_> = manifest.objects.iter().map(|object| object.id.api_version.as_str()).collect();
        assert_eq!(versions, version.into_iter().collect::<Vec<_>>(), "{kind}");
    }
}
