//! Commands in the arguments of others, and what stands behind substitutions.

use super::Script;
use crate::span::FileId;
use crate::yaml::Text;

/// The words of each command.
fn found(content: &str) -> Vec<String> {
    let text = Text::slice(content, 0);
    let script = Script::new(FileId(0), "a.sh", &text);
    let commands = script.commands().iter();
    let words = |command: &super::Command<'_>| {
        let words: Vec<_> = command.words().iter().map(|word| word.text).collect();
        words.join(" ")
    };
    commands.map(words).collect()
}

#[test]
fn commands_in_arguments_are_found_once() {
    const INNER: &str = "kubectl get sa builder -o jsonpath='{.secrets[0].name}'";
    for (text, expected) in [
        (format!("kubectl get secret \"$({INNER})\" -o yaml"), vec!["get secret $(INNER)", "get sa builder"]),
        (format!("kubectl get secret $({INNER}) x"), vec!["get secret $(INNER) x", "get sa builder"]),
        (format!("kubectl get \"secret/$({INNER})\""), vec!["get secret/$(INNER)", "get sa builder"]),
        (format!("kubectl get secret \"`{INNER}`\""), vec!["get secret `INNER`", "get sa builder"]),
        ("kubectl --token=\"$(oc sa get-token builder)\" get secrets".to_owned(), vec!["get secrets", "sa get-token builder"]),
        (
            "kubectl create secret generic x --from-literal=token=\"$(kubectl create token b --duration=8760h)\"".to_owned(),
            vec!["create secret generic x", "create token b"],
        ),
        ("kubectl exec x -- \"$(oc sa get-token x)\"".to_owned(), vec!["sa get-token x"]),
        ("\"${KUBECTL:-kubectl}\" create sa x".to_owned(), vec!["create sa x"]),
    ] {
        let expected: Vec<_> = expected.iter().map(|words| words.replace("INNER", INNER)).collect();
        assert_eq!(found(&text), expected, "{text}");
    }
}

#[test]
fn lookups_in_arguments_are_judged() {
    for line in [
        "kubectl get secret \"$(kubectl get sa builder -o jsonpath='{.secrets[0].name}')\"",
        "kubectl describe secret \"$(kubectl get secrets | grep default-token | cut -f1 -d ' ')\"",
        "kubectl --token=\"$(oc sa get-token builder)\" get pods",
    ] {
        let text = Text::slice(line, 0);
        let lookups = Script::new(FileId(0), "a.sh", &text).token_lookups();
        assert_eq!(lookups.len(), 1, "{line}");
        let start = line.find("$(").unwrap() + 2;
        assert!(lookups[0].is_used && lookups[0].range.start == start, "{line}");
    }
}

#[test]
fn flags_behind_substitutions_are_read() {
    for namespace in ["$(params.ns)", "$(get-ns)", "$(cat ns)", "\"$(cat \"ns\")\""] {
        let line = format!("kubectl create token builder -n {namespace} --duration=8760h");
        let text = Text::slice(&line, 0);
        let script = Script::new(FileId(0), "a.sh", &text);
        let [command] = script.commands() else { panic!("{line}") };
        assert_eq!(command.flag(&["--duration"]).map(|value| value.text), Some("8760h"), "{line}");
        assert_eq!(command.namespace(), Some(namespace.trim_matches('"')), "{line}");
    }
}
