//! No text may make the scans panic, point outside of it, or take more than linear time.

use proptest::prelude::*;

use super::*;
use crate::signs::Signs;
use crate::span::FileId;
use crate::yaml::Text;

/// Pieces that have a meaning to some scan.
const PIECES: &[&str] = &[
    "kubectl ",
    "oc ",
    "get ",
    "describe ",
    "create token ",
    "create secret generic ",
    "sa ",
    "sa/a ",
    "secrets ",
    "get-token ",
    "label ",
    "annotate ",
    "a=b ",
    "builder ",
    "default-token ",
    "-o jsonpath=",
    "{.secrets[0].name}",
    "'{.secrets}'",
    "'{{index .secrets 0}}'",
    "--duration=",
    "--type=kubernetes.io/service-account-token ",
    "-l kubernetes.io/service-account.name=",
    "--field-selector type=a ",
    "24h",
    "é",
    "😀",
    "<name> ",
    "<",
    ">",
    "2>&1 ",
    "| ",
    "|\n",
    "|| ",
    "grep ",
    "awk ",
    "'{print $1}' ",
    "jq ",
    "$(",
    ")",
    "`",
    "\"",
    "'",
    "\\\n",
    "\n",
    "\t",
    "    ",
    "X=",
    "$X ",
    "if [ -z $X ]\n",
    "fi\n",
    "{{ if semver }}",
    "{{ end }}",
    "{{ $x := lookup \"v1\" \"ServiceAccount\" }}",
    "{{ $x.secrets }}",
    "kubernetes_service_account.a.default_secret_name",
    "resource \"kubernetes_secret\" \"x\" {\n",
    "metadata {\n",
    "annotations = {\n",
    "\"a\" = \"b\"\n",
    "name = var.x\n",
    "}\n",
    "<<EOF\n",
    "EOF\n",
    "```\n",
    "```yaml\n",
    "apiVersion: v1\n",
    "kind: Secret\n",
    "type: kubernetes.io/service-account-token\n",
    "---\n",
    "1.23\n",
    "K=\"kubectl -n x\"\n",
    "$K ",
    "run: >-\n",
    "  ",
    "f() {\n",
    "for s in ",
    "; do\n",
    "done\n",
    "delete secret ",
    ".items[*]",
    "# ",
    "\"$(",
    ")\" ",
    "$(a.b) ",
    "${KUBECTL:-kubectl}",
    " \\\n # a\n --b ",
];

fn read(path: &str, content: &str) {
    let text = Text::slice(content, 0);
    let script = Script::new(FileId(0), path, &text);
    for command in script.commands() {
        assert!(content.get(command.range()).is_some_and(|written| !written.is_empty()));
        assert!(command.metadata_keys().all(|key| content.get(key.range()) == Some(key.text)));
        let name = command.resource().and_then(|(_, name)| name);
        assert!(name.is_none_or(|name| content.get(name.range()) == Some(name.text)));
        command.assigned_to();
    }
    for lookup in script.token_lookups() {
        assert!(content.get(lookup.range.clone()).is_some_and(|written| !written.is_empty()), "{lookup:?}");
    }
    script.samples(|manifest| {
        assert!(manifest.objects.iter().all(|object| content.get(object.root.span().range()).is_some()));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_script_is_read(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        let text = pieces.concat();
        for path in ["a.sh", "a.md", "a.rst", "a.tf", "a.yaml"] {
            read(path, &text);
        }
    }
}

/// Each would take minutes if the line around a command were read for each command on it.
#[test]
fn many_commands_on_one_line_are_read() {
    for piece in [
        "kubectl get secret $(kubectl get sa a -o jsonpath='{.secrets[0].name}'); ",
        "kubectl get secret \"$(kubectl get sa a -o jsonpath='{.secrets[0].name}')\"; ",
        "oc sa get-token x; ",
        "kubectl create sa a $( # ",
        "kubectl create sa a \"$(",
        "kubectl create sa a $(cat a) \"$(kubectl get sa a\" ",
        "echo 'kubectl get sa x' \"oc sa get-token x\" ; ",
    ] {
        let text = piece.repeat(300_000 / piece.len());
        for path in ["a.sh", "a.md", "a.tf"] {
            let text = Text::slice(&text, 0);
            let script = Script::new(FileId(0), path, &text);
            assert!(script.commands().iter().filter(|command| script.is_run(command)).count() < 300_000);
            assert!(script.token_lookups().len() <= lookup::MAX_LOOKUPS);
        }
    }
}

/// Each would take minutes if some scan were not linear.
#[test]
fn long_lines_and_deep_nesting_are_read() {
    for piece in [
        "kubectl get secret|grep a ",
        "kubectl get sa a -o jsonpath={.secrets[0]} ",
        "kubectl get secret | '",
        "kubectl get x w w w w ",
        "$(kubectl get secrets | grep x-token ",
        "kubernetes.io/service-account-token ",
        "kubernetes_service_account.a.default_secret_name ",
        "{{ lookup \"v1\" \"ServiceAccount\" ",
        "apiVersion kind <<A ",
        "apiVersion kind <<A\n",
        "if version; then kubectl create token\nkubectl get sa a -o jsonpath={.secrets[0]}\n",
        "{{ if kubectl create token }}\nkubectl get sa a -o jsonpath={.secrets[0]}\n",
        "1.2",
        "f() {\nkubectl get sa a -o jsonpath={.secrets[0]}\n}\nif version; then f; fi\n",
        "for s in $(kubectl get sa a -o jsonpath={.secrets[0]})\n",
        "X=$(kubectl get sa a -o jsonpath={.secrets[0]}) $X\n",
        "kubectl get sa a -o jsonpath=.secrets.secrets.secrets",
        ".secrets",
        "a: >\n kubectl get sa\n a\n",
        "- >\n  kubectl get sa a\n  -o jsonpath={.secrets[0]}\n  ",
        "create token: >",
        "create token : > # ",
        "K=kubectl $K ",
        "```\n",
        "resource \"kubernetes_secret\" \"x\" {",
    ] {
        let text = piece.repeat(300_000 / piece.len());
        for path in ["a.sh", "a.md", "a.tf"] {
            read(path, &text);
        }
    }
}

/// Each would take minutes if the line around a place were read for each place on it.
#[test]
fn many_places_on_one_line_are_read() {
    assert!(embedded::heredocs(&"cat <<A ".repeat(500_000)).is_empty());
    assert!(names_beside_embedded_bindings(&"RoleBinding ".repeat(400_000), Signs::ALL).is_empty());
}
