//! What conditions give: twins, choices by API, lookups.

use super::super::template::scan;
use super::body::{Bodies, Body, Form};
use super::tests::charts;
use super::*;
use crate::helm::gate::Patch;
use crate::k8s::{KubeVersions, NEWEST_KNOWN};
use crate::span::Span;

/// A chart of its own for all versions since 1.16, with these templates.
fn chart(templates: &[(&str, &str)]) -> Chart {
    let files: Vec<_> = templates.iter().map(|(path, text)| (Some("c"), *path, *text)).collect();
    charts(&files).into_iter().next().unwrap()
}

/// `if` with a constraint, and what it gives.
fn gate(constraint: &str, body: &str) -> String {
    format!(
        "{{{{ if semverCompare {constraint:?} .Capabilities.KubeVersion.Version }}}}\n{body}\n{{{{ end }}}}\n"
    )
}

/// What twins in one file do on plain versions: the minors for which neither and both hold.
fn disagreement(text: &str) -> Option<(String, String)> {
    let chart = chart(&[("c/templates/a.yaml", text)]);
    let [twins] = chart.twins.as_slice() else { return None };
    let all =
        twins.on_plain_versions().fold((KubeVersions::NONE, KubeVersions::NONE), |(neither, both), it| {
            (neither.or(it.neither), both.or(it.both))
        });
    Some((all.0.to_string(), all.1.to_string()))
}

#[test]
fn twins_leave_gaps_or_overlap_at_their_boundary() {
    let none = KubeVersions::NONE.to_string();
    for (one, other, neither, both) in [
        (">=1.24-0", "<1.24-0", "", ""),
        (">=1.24", "<1.24", "", ""),
        (">=1.24", "<1.24-0", "", ""),
        (">1.24", "<1.24", "1.24", ""),
        (">1.24-0", "<1.24-0", "1.24", ""),
        (">1.24.0", "<1.24.0", "1.24", ""),
        (">1.24.0", "<=1.24.0", "", ""),
        (">=1.24-0", "<=1.24-0", "", "1.24"),
        (">=1.24.0", "<=1.23.0", "1.23", ""),
        (">=1.19-0", "<1.18-0", "1.18", ""),
        ("<1.18-0", ">=1.19-0", "1.18", ""),
        ("^1.24-0", "<1.23-0", "1.23", ""),
    ] {
        let text = gate(one, "a: 1") + &gate(other, "a: 2");
        let shown = |set: &str| if set.is_empty() { none.clone() } else { set.to_owned() };
        assert_eq!(disagreement(&text), Some((shown(neither), shown(both))), "{one} {other}");
    }
}

#[test]
fn other_pairs_are_no_twins() {
    let (new, old) = (gate(">=1.24-0", "a: 1"), gate("<1.23-0", "a: 2"));
    let with = |from: &str, to: &str| old.replace(from, to);
    assert!(disagreement(&format!("{new}{old}")).is_some());
    for text in [
        format!("{new}b: 1\n{old}"),
        format!("{new}{}", with("a: 2", "b: 2")),
        format!("{new}{}", with("a: 2", "a: 2\nb: 2")),
        format!("{new}{}", with("a: 2", "")),
        format!(
            "{new}{}",
            with("semverCompare", "or .Values.a (semverCompare").replace("Version }}", "Version) }}")
        ),
        format!(
            "{new}{}",
            with("semverCompare", "and .Values.a (semverCompare").replace("Version }}", "Version) }}")
        ),
        format!("{new}{}", with(".Capabilities.KubeVersion.Version", ".Values.version")),
        format!("{new}{}", with("<1.23-0", ">=1.25-0")),
        format!("{new}{}", with("<1.23-0", "<1.22-0")),
        format!("{new}{}", with("<1.23-0", ">=1.20-0 <1.23-0")),
        format!("{new}{}", with("{{ end }}", "{{ else }}\na: 3\n{{ end }}")),
        format!("{new}{old}{{{{ if .Values.a }}}}\na: 3\n{{{{ end }}}}"),
        format!("{new}{old}{new}"),
        format!("{new}{{{{ if .Values.a }}}}\n{old}{{{{ end }}}}"),
        format!("{}{}", gate(">=1.24-0", "- name: a"), gate("<1.23-0", "- name: b")),
    ] {
        assert_eq!(disagreement(&text), None, "{text}");
    }
}

#[test]
fn comments_and_separators_may_stand_between_twins() {
    let (new, old) = (gate(">=1.24-0", "a: 1"), gate("<1.23-0", "a: 2"));
    for between in ["", "\n\n", "---\n", "# older\n", "{{- /* older\nones */ -}}\n"] {
        assert!(disagreement(&format!("{new}{between}{old}")).is_some(), "{between}");
    }
}

#[test]
fn two_files_are_twins_where_all_of_them_is_the_same_object() {
    let object = "kind: A\nmetadata:\n  labels: {}\n  name: {{ .x }}";
    let (new, old) = (gate(">=1.24-0", object), gate("<1.23-0", object));
    let count = |path: &str, text: &str, more: &[(&str, &str)]| {
        let files = [&[("c/templates/a.yaml", new.as_str()), (path, text)], more].concat();
        chart(&files).twins.len()
    };
    let path = "c/templates/old/a.yaml";
    assert_eq!(count(path, &old, &[]), 1);
    assert_eq!(count(path, &format!("# b\n{{{{- $x := 1 }}}}\n{old}---\n"), &[]), 1);
    for text in [
        format!("{old}b: 1\n"),
        format!("b: 1\n{old}"),
        format!("{old}{{{{ include \"b\" . }}}}"),
        format!("{{{{ range .x }}}}{old}{{{{ end }}}}"),
        old.replace("kind: A", "kind: B"),
        old.replace(".x", ".y"),
        old.replace("  name: {{ .x }}\n", ""),
    ] {
        assert_eq!(count(path, &text, &[]), 0, "{text}");
    }
    assert_eq!(count("c/charts/b/templates/a.yaml", &old, &[]), 0, "another chart");
    assert_eq!(count(path, &old, &[("c/templates/b.yaml", &gate("~1.23-0", object))]), 0, "three of them");
}

#[test]
fn twins_are_lost_on_vendors_where_one_is_true_on_plain_versions() {
    for (one, other, are_lost) in [
        (">=1.24", "<1.24", true),
        (">1.24.0", "<=1.24.0", true),
        (">=1.24-0", "<1.24", true),
        (">=1.24-0", "<1.24-0", false),
        (">=1.24-0", "<1.23-0", false),
    ] {
        let chart = chart(&[("c/templates/a.yaml", &(gate(one, "a: 1") + &gate(other, "a: 2")))]);
        assert_eq!(chart.twins[0].are_lost_on_vendors(), are_lost, "{one} {other}");
        let is_newer = chart.gates[chart.twins[0].newer].comparisons[0].constraint == one;
        assert!(is_newer, "{one} {other}");
    }
    let twins =
        &chart(&[("c/templates/a.yaml", &(gate(">1.24.0", "a: 1") + &gate("<1.24.0", "a: 2")))]).twins;
    assert!(twins[0].on_plain_versions().all(|it| it.flavour.patch == Patch::First));
}

fn body(text: &str) -> Body {
    Bodies::new(text).read(Span::new(0..text.len())).unwrap()
}

#[test]
fn bodies_give_objects_keys_items_or_an_api_version() {
    for (text, entries) in [
        ("apiVersion: a/v1\nkind: B\nmetadata:\n  name: c\n", vec!["B c"]),
        ("---\nkind: B\nmetadata:\n  name: c\n---\nkind: A\nmetadata:\n  name: c\n", vec!["A c", "B c"]),
        ("kind: B\nmetadata:\n  labels:\n    name: x\n  name: \"{{ .c }}\" # d\n", vec!["B {{ .c }}"]),
        ("kind: B\nspec:\n  name: c\n", vec!["kind", "spec"]),
        ("  b: 1\n  a:\n    c: 1\n", vec!["a", "b"]),
        ("  a: 1\n# b: 1\n  {{- if .x }}\n  a: 2\n  {{- end }}\n", vec!["a"]),
        ("  - name: a\n    b: 1\n  - c\n", vec!["- c", "- name: a"]),
        ("policy/v1", vec!["apiVersion"]),
        ("\n{{- print \"policy/v1\" -}}\n", vec!["apiVersion"]),
        ("{{ printf `v1` }}", vec!["apiVersion"]),
        ("policy/v1\npolicy/v2", vec![]),
        ("policy/{{ .v }}", vec![]),
        ("https://a/v1", vec![]),
        ("text", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(body(text).entries, entries, "{text}");
    }
    let found = body("apiVersion: a/v1\nkind: B\nmetadata:\n  name: c\n");
    assert_eq!(
        (found.api_version.as_deref(), found.kind.as_deref(), found.name.as_deref()),
        (Some("a/v1"), Some("B"), Some("c"))
    );
    assert_eq!((found.form, body("a: 1").form), (Form::Objects, Form::Parts));
    assert_eq!(body("apiVersion: {{ .a }}\nkind: B\n").api_version, None);
}

#[test]
fn what_is_nested_deeply_is_not_read_again_and_again() {
    let text = "a: 1\n".repeat(10);
    let mut bodies = Bodies::new(&text);
    let all = bodies.file();
    let read = (0..20).take_while(|_| bodies.read(all).is_some()).count();
    assert!((1..20).contains(&read), "{read}");
}

/// What `helm template` renders although it is gone, what clusters get, and for which versions.
fn gone(text: &str) -> Option<(String, String, String)> {
    let chart = chart(&[("c/templates/a.yaml", text)]);
    let found = chart.choices.iter().find_map(ApiChoice::gone_offline)?;
    let name = |it: crate::k8s::Lifecycle| format!("{} {}", it.api_version(), it.kind());
    Some((name(found.gone), name(found.served), found.versions.to_string()))
}

fn has(api: &str) -> String {
    format!("(.Capabilities.APIVersions.Has \"{api}\")")
}

#[test]
fn apis_that_helm_template_alone_renders_are_found() {
    let choose = |condition: &str, then: &str, otherwise: &str| {
        format!("{{{{ if {condition} }}}}{then}{{{{ else }}}}{otherwise}{{{{ end }}}}")
    };
    let budget = has("policy/v1/PodDisruptionBudget");
    let since_25 = KubeVersions::range(25..=NEWEST_KNOWN).to_string();
    let expected = ("policy/v1beta1 PodDisruptionBudget", "policy/v1 PodDisruptionBudget", since_25.as_str());
    for text in [
        choose(&budget, "policy/v1", "policy/v1beta1"),
        choose(&format!("not {budget}"), "policy/v1beta1", "policy/v1"),
        choose(&format!("and .Values.a (eq .Values.b 1) {budget}"), "policy/v1", "policy/v1beta1"),
        choose(&has("policy/v1beta1"), "policy/v1beta1", "policy/v1") + "\nkind: PodDisruptionBudget\n",
        choose(&budget, "\napiVersion: policy/v1\n", "\napiVersion: policy/v1beta1\n"),
    ] {
        let found = gone(&text);
        let found = found.as_ref().map(|(gone, served, on)| (gone.as_str(), served.as_str(), on.as_str()));
        assert_eq!(found, Some(expected), "{text}");
    }
    // Ingress went with 1.22, but kinds that came later may be meant.
    let text = choose(&has("networking.k8s.io/v1beta1"), "networking.k8s.io/v1beta1", "networking.k8s.io/v1");
    let since_37 = KubeVersions::range(37..=NEWEST_KNOWN).to_string();
    assert_eq!(gone(&text).map(|(.., versions)| versions), Some(since_37));
    let since_22 = KubeVersions::range(22..=NEWEST_KNOWN).without(KubeVersions::range(31..=36)).to_string();
    assert_eq!(gone(&(text + "\nkind: Ingress")).map(|(.., versions)| versions), Some(since_22));
    for text in [
        choose(&has("policy/v1"), "policy/v1", "policy/v1beta1"),
        choose(&format!("or {budget} .Values.a"), "policy/v1", "policy/v1beta1"),
        choose(&format!("and .x {}", has("policy/v1beta1")), "policy/v1beta1", "policy/v1"),
        choose(
            &format!("and (semverCompare `<1.25-0` .v) {}", has("policy/v1beta1")),
            "policy/v1beta1",
            "policy/v1",
        ),
        choose(&has("monitoring.coreos.com/v1/Probe"), "policy/v1", "policy/v1beta1"),
        choose(&has("networking.k8s.io/v1beta1"), "networking.k8s.io/v1beta1", "extensions/v1beta1"),
        choose(&budget, "policy/v1", "{{ fail \"no\" }}"),
        choose("(.Values.APIVersions.Has \"policy/v1/PodDisruptionBudget\")", "policy/v1", "policy/v1beta1"),
        choose(&budget, "policy/v1", "{{ .Values.api }}"),
    ] {
        assert_eq!(gone(&text), None, "{text}");
    }
}

#[test]
fn questions_have_two_answers() {
    for (condition, offline, live) in [
        (has("v1/ServiceAccount"), Some(false), Some(KubeVersions::ALL)),
        (has("v1"), Some(true), Some(KubeVersions::ALL)),
        (has("policy/v1beta1"), Some(true), Some(KubeVersions::range(5..=24))),
        (has("apiregistration.k8s.io/v1"), Some(false), Some(KubeVersions::since(10))),
        (has("autoscaling/v2beta2"), None, Some(KubeVersions::range(12..=25))),
        (has("example.com/v1"), None, None),
        (format!("not {}", has("v1/Pod")), Some(true), Some(KubeVersions::NONE)),
        (format!("or {} {}", has("v1/Pod"), has("v1")), Some(true), Some(KubeVersions::ALL)),
        (format!("and .Values.a {}", has("v1/Pod")), Some(false), Some(KubeVersions::ALL)),
        (format!("and $a {}", has("v1/Pod")), Some(false), None),
        (format!("and $a {}", has("v1")), None, None),
        (format!("or $a {}", has("v1")), None, None),
    ] {
        let text = format!("{{{{ if {condition} }}}}a{{{{ end }}}}");
        let chart = chart(&[("c/templates/a.yaml", &text)]);
        let branch = &chart.choices[0].branches[0];
        assert_eq!((branch.offline(), branch.live()), (offline, live), "{condition}");
        let questions = branch.questions();
        assert!(text.get(questions[0].span.range()).is_some_and(|it| it.contains(&questions[0].api)));
    }
}

#[test]
fn lookups_guard_what_they_look_for() {
    let object = "kind: Secret\nmetadata:\n  name: {{ .n | quote }}\n";
    let guards = |head: &str, object: &str| {
        let text = format!("{head}\n{object}{{{{ end }}}}");
        let charts = charts(&[(Some("c"), "c/templates/a.yaml", text.as_str())]);
        charts.iter().map(|chart| chart.lookups.len()).sum::<usize>()
    };
    let lookup = "lookup \"v1\" \"Secret\" .ns .n";
    for head in [
        format!("{{{{ if not ({lookup}) }}}}"),
        format!("{{{{ if and .a (empty ({lookup})) }}}}"),
        format!("{{{{ $s := {lookup} }}}}{{{{ if not $s }}}}"),
    ] {
        assert_eq!(guards(&head, object), 1, "{head}");
        let kept = object.replace("  name", "  annotations:\n    helm.sh/resource-policy: keep\n  name");
        assert_eq!(guards(&head, &kept), 0, "{head}");
        assert_eq!(guards(&head, &object.replace(".n ", ".m ")), 0, "{head}");
        assert_eq!(guards(&head, &object.replace("Secret", "ConfigMap")), 0, "{head}");
        assert_eq!(guards(&head, "a: 1\n"), 0, "{head}");
    }
    for head in [
        format!("{{{{ if ({lookup}) }}}}"),
        format!("{{{{ if or .a (not ({lookup})) }}}}"),
        format!("{{{{ if not ({lookup}x) }}}}"),
        format!("{{{{ if not ({lookup}).data }}}}"),
        format!("{{{{ $s := {lookup} }}}}{{{{ $s = 1 }}}}{{{{ if not $s }}}}"),
        format!("{{{{ if not ({}) }}}}", lookup.replace("Secret", "ConfigMap")),
        "{{ if not (lookup \"v1\" \"Secret\" .ns \"\").items }}".to_owned(),
    ] {
        assert_eq!(guards(&head, object), 0, "{head}");
    }
}

#[test]
fn regions_end_with_their_last_branch() {
    let text = "{{ if .a }}x{{ else }}{{ if .b }}y{{ end }}{{ end }}z";
    let template = scan(text).unwrap();
    let shown = |index: usize| {
        let region = template.region(index)?;
        Some((text.get(region.body.range())?, text.get(region.after as usize..)?, region.parent))
    };
    assert_eq!(shown(0), Some(("x", "z", None)));
    assert_eq!(shown(1), Some(("{{ if .b }}y{{ end }}", "z", None)));
    assert_eq!(shown(2), Some(("y", "{{ end }}z", Some(1))));
    assert_eq!(shown(3), None);
}
