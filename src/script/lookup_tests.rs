use super::*;
use crate::span::FileId;
use crate::yaml::Text;

/// What is looked up in a text, each as `account namespace | what stands at its place`.
fn found(path: &str, content: &str) -> Vec<String> {
    let text = Text::slice(content, 0);
    let script = Script::new(FileId(0), path, &text);
    let shown = |lookup: TokenLookup| {
        let [account, namespace] =
            [&lookup.account, &lookup.namespace].map(|name| name.as_deref().unwrap_or("?"));
        format!("{account} {namespace} | {}", content.get(lookup.range).unwrap())
    };
    script.token_lookups().into_iter().map(shown).collect()
}

/// The one list of Secrets that is searched in a command, and what shows it.
fn listed(command: &str) -> Option<(String, Evidence)> {
    let text = Text::slice(command, 0);
    let script = Script::new(FileId(0), "a.sh", &text);
    let lookups = script.token_lookups();
    let [lookup] = lookups.as_slice() else { return None };
    let LookupForm::List(evidence) = lookup.form else { return None };
    Some((lookup.account.as_deref().unwrap_or_default().to_owned(), evidence))
}

#[test]
fn only_the_list_of_a_service_account_counts() {
    let is_found = |path: &str| !found("a.sh", &format!("X=$(kubectl get sa a -o json{path})")).is_empty();
    for path in [
        "path='{.secrets[0].name}'",
        "path='{.items[*].secrets[0].name}'",
        "path='{.items[?(@.metadata.name==\"a\")].secrets[0].name}'",
        "path='{$.secrets[0].name}'",
        "path='{..secrets[0].name}'",
        " | jq -r .secrets[0].name",
        " | jq -r '.items[] | .secrets[].name'",
        " --template='{{range .items}}{{range $sa.secrets}}{{.name}}{{end}}{{end}}'",
        " -o custom-columns=NAME:.secrets[0].name",
        "path='{.metadata.annotations.secrets}{.secrets[0].name}'",
    ] {
        assert!(is_found(path), "{path}");
    }
    for path in [
        "path='{.metadata.annotations.secrets}'",
        "path='{.metadata.annotations.secrets[0].name}'",
        "path='{.items[*].metadata.labels.secrets}'",
        "path='{.spec.secrets[0].name}'",
        "path='{.data.secrets}'",
        " | jq -r .metadata.annotations.secrets",
        " --template='{{$sa.metadata.secrets}}'",
        "path='{.imagePullSecrets[0].name}'",
    ] {
        assert!(!is_found(path), "{path}");
    }
}

#[test]
fn lists_are_searched_with_more_or_less_evidence() {
    use Evidence::{Account, Name, Shape};
    for (command, account, evidence) in [
        ("kubectl get secret | grep x-token- | awk '{print $1}'", "x", Shape),
        ("kubectl get secret | grep -E '^x-token-[a-z0-9]{5}' | cut -d' ' -f1", "x", Shape),
        ("kubectl get secret | grep service-account-token | grep x | awk '{print $1}'", "x", Shape),
        (
            "kubectl get secret --field-selector type=kubernetes.io/service-account-token | grep x-token | cut -f1",
            "x",
            Shape,
        ),
        ("kubectl get secret | grep \"${SA}-token\" | awk '{print $1}'", "${SA}", Shape),
        (
            "kubectl get secret | grep $SERVICE_ACCOUNT_NAME-token | awk '{print $1}'",
            "$SERVICE_ACCOUNT_NAME",
            Shape,
        ),
        ("kubectl get secret | awk '/x-token/{print $1}'", "x", Name),
        ("kubectl get secret | grep x-remote-secret-token | head -1", "x-remote-secret", Name),
        ("kubectl get secret | grep x | grep token | awk '{print $1}'", "x", Name),
        ("kubectl get secret | grep token | grep x | awk '{print $1}'", "x", Name),
        ("kubectl get secret | grep -v dockercfg | grep x-token | awk '{print $1}'", "x", Name),
        ("kubectl get secret | grep token | awk '{print $1}'", "", Name),
        (
            "kubectl describe secret $(kubectl get secret | grep x | awk '{print $1}') | grep ^token",
            "x",
            Name,
        ),
        ("kubectl -n y describe secret $(kubectl -n y get secret | grep x | awk '{print $1}')", "x", Account),
        (
            "kubectl get secret $(kubectl get secret | grep x | cut -f1) -o jsonpath=\"{.data.ca\\.crt}\"",
            "x",
            Account,
        ),
    ] {
        assert_eq!(listed(command), Some((account.to_owned(), evidence)), "{command}");
    }
    for command in [
        "kubectl get secret | grep x | awk '{print $1}'",
        "kubectl get secret | awk '{print $1}'",
        "kubectl describe secret $(kubectl get secret | awk '{print $1}')",
        "kubectl describe secret $(kubectl get secret -o name | head -1)",
        "kubectl get secret | grep x | grep -c token",
        "kubectl get secret | grep -v token | awk '{print $1}'",
        "kubectl get secret | grep bootstrap-token | awk '{print $1}'",
    ] {
        assert_eq!(listed(command), None, "{command}");
    }
}

#[test]
fn lines_of_a_folded_scalar_are_one() {
    let folded = "steps:\n  - run: >-\n      kubectl get sa builder\n      -n ci\n      -o jsonpath='{.secrets[0].name}'\n  - run: x\n";
    let expected = "builder ci | kubectl get sa builder\n      -n ci\n      -o jsonpath='{.secrets[0].name}'";
    assert_eq!(found("a.yaml", folded), [expected]);
    for text in [folded.replace(">-", "|"), folded.replace("builder\n", "builder\n\n")] {
        assert!(found("a.yaml", &text).is_empty(), "{text}");
    }
}

#[test]
fn strings_in_strings() {
    let annotation = |dot: &str| {
        format!(
            "kubectl get secret -o jsonpath='{{.items[?(@.metadata.annotations.kubernetes{dot}io/service-account{dot}name==\\\"builder\\\")].data.token}}'"
        )
    };
    for (path, text, account) in [
        ("a.json", format!("{{\"run\": \"{}\"}}", annotation(r"\\.")), "builder"),
        ("a.yml", format!("script: \"X=$({})\"", annotation(r"\\.")), "builder"),
        ("Jenkinsfile", format!("sh \"{}\"", annotation(r"\\.")), "builder"),
        ("a.tf", format!("command = \"{}\"", annotation(r"\\\\.")), "builder"),
        (
            "a.json",
            r#"{"data": {"run.sh": "X=$(kubectl get sa builder -o go-template=\"{{range .secrets}}{{.name}}{{end}}\")\n"}}"#.to_owned(),
            "builder",
        ),
        (
            "a.json",
            r#"{"data": {"run.sh": "set -e\nX=$(kubectl get sa builder -n ci --template='{{(index .secrets 0).name}}')\n"}}"#.to_owned(),
            "builder",
        ),
    ] {
        let found = found(path, &text);
        assert!(matches!(found.as_slice(), [one] if one.starts_with(account)), "{found:?} in {text}");
    }
    let text = r#"{"run": "kubectl get secret $(kubectl get sa a -o jsonpath='{.secrets[0].name}') -o jsonpath='{.data.ca\\.crt}'"}"#;
    let inner = Text::slice(text, 0);
    let lookups = Script::new(FileId(0), "a.json", &inner).token_lookups();
    assert!(lookups.iter().all(|lookup| lookup.wants_certificate) && lookups.len() == 1, "{lookups:?}");
}

#[test]
fn commands_in_variables() {
    for (assignment, tool, namespace) in [
        ("K=\"kubectl -n ci\"", "$K", "ci"),
        ("KUBE='kubectl --namespace=ci'", "${KUBE}", "ci"),
        ("CLI := oc -n ci", "$(CLI)", "ci"),
        ("K=\"kubectl -n $NS\"", "$K", "$NS"),
        ("KUBECTL=kubectl", "${KUBECTL} -n ci", "ci"),
        ("K=\"kubectl -n other\"", "$K -n ci", "ci"),
        ("K=\"kubectl -n ci\"\nK=\"kubectl -n other\"", "$K", "?"),
        ("K=kubectl", "$K", "?"),
    ] {
        let text = format!("{assignment}\nX=$({tool} get sa builder -o jsonpath='{{.secrets[0].name}}')\n");
        let found = found("Makefile", &text);
        let expected = format!("builder {namespace} | ");
        assert!(matches!(found.as_slice(), [one] if one.starts_with(&expected)), "{found:?} in {text}");
    }
    assert!(found("a.sh", "X=echo\n$X get sa builder -o jsonpath='{.secrets[0].name}'\n").is_empty());
}

#[test]
fn functions_for_both_worlds() {
    let functions = "old() {\n  kubectl get sa a -o jsonpath='{.secrets[0].name}'\n}\nnew() {\n  NEW\n}\n";
    let by_version = "if [ \"$MINOR\" -lt 24 ]; then\n  old\nelse\n  new\nfi\n";
    let by_flag = by_version.replace("\"$MINOR\" -lt 24", "\"$1\" = old");
    let request = functions.replace("NEW", "kubectl -n x create --duration 1h token a");
    let indented =
        |text: &str| text.lines().fold("run: |\n".to_owned(), |all, line| all + "  " + line + "\n");
    for (path, script, expected) in [
        ("a.sh", format!("{functions}{by_version}"), "-"),
        ("a.yml", indented(&format!("{functions}{by_version}")), "-"),
        ("a.sh", format!("{request}{by_flag}"), "-"),
        ("a.sh", format!("{request}new || old\n"), "-"),
        // Who calls them, is not known.
        ("a.sh", request, "doubtful"),
        ("a.sh", format!("{functions}{by_flag}"), "found"),
        ("a.sh", functions.to_owned(), "found"),
    ] {
        assert_eq!(standing(path, &script), expected, "{script}");
    }
}

/// Whether the one lookup in a text is found, doubtful or silenced.
fn standing(path: &str, content: &str) -> &'static str {
    let text = Text::slice(content, 0);
    match Script::new(FileId(0), path, &text).token_lookups().as_slice() {
        [] => "-",
        [one] if one.is_doubtful => "doubtful",
        _ => "found",
    }
}

#[test]
fn another_way_to_the_token() {
    for (script, expected) in [
        ("if x; then\n  NEW\nelse\n  S=$(OLD)\nfi\n", "-"),
        ("if ! NEW; then\n  S=$(OLD)\nfi\n", "-"),
        ("NEW || S=$(OLD)\n", "-"),
        ("S=$(OLD)\n[ -n \"$S\" ] || T=$(NEW)\n", "-"),
        ("T=$(NEW)\nif [ -z \"$T\" ]; then\n  S=$(OLD)\nfi\n", "-"),
        ("if x; then\n  NEW\n  exit 0\nfi\nS=$(OLD)\n", "-"),
        ("SA=a\nif x; then\n  kubectl create token $SA\nelse\n  S=$(OLD)\nfi\n", "-"),
        ("if x; then\n  NEW\nfi\nS=$(OLD)\n", "doubtful"),
        // c05: the token is asked for, and the certificate looked for, whatever the cluster is.
        (
            "T=$(NEW --duration=8760h)\nS=$(OLD)\nkubectl get secret $S -o jsonpath='{.data.ca\\.crt}'\n",
            "found",
        ),
        ("T=$(NEW); S=$(OLD)\n", "found"),
        ("if x; then\n  kubectl create token b\nelse\n  S=$(OLD)\nfi\n", "found"),
        ("S=$(OLD)\n# NEW\n", "found"),
        ("S=$(OLD)\n[ -n \"$S\" ] || exit 1 # or: NEW\n", "found"),
        ("if x; then\n  NEW\nfi\nFAR\nS=$(OLD)\n", "found"),
        ("one:\n\tNEW\n\ntwo:\n\tS=$(OLD)\n", "found"),
        ("if [ \"$VERSION\" = v2 ]; then\n  S=$(OLD)\nfi\n", "found"),
        ("test -z \"$(OLD)\" && echo \"1.24 or newer\"\n", "-"),
        ("if [ -z \"$(OLD)\" ]; then\n  echo \"1.24 or newer\"\nfi\n", "-"),
    ] {
        let old = "kubectl get sa a -o jsonpath='{.secrets[0].name}'";
        let far = "echo\n".repeat(500);
        let script = script.replace("OLD", old).replace("NEW", "kubectl create token a").replace("FAR", &far);
        assert_eq!(standing("a.sh", &script), expected, "{script}");
    }
}

#[test]
fn token_secrets_that_the_text_makes() {
    let manifest = "cat <<EOF | kubectl apply -f -\napiVersion: v1\nkind: Secret\nmetadata:\n  name: a-token\n  annotations:\n    kubernetes.io/service-account.name: ACCOUNT\ntype: kubernetes.io/service-account-token\nEOF\n";
    let by_name = "X=$(kubectl get secret | grep a-token- | awk '{print $1}')\n";
    let by_list = "X=$(kubectl get sa a -o jsonpath='{.secrets[0].name}')\n";
    let described = "X=$(kubectl describe sa a | grep Tokens | awk '{print $2}')\n";
    let listing = "kind: ServiceAccount\nsecrets:\n- name: a-token\n";
    let rejected = "kubectl create secret generic x --type=kubernetes.io/service-account-token\n";
    for (script, expected) in [
        (manifest.replace("ACCOUNT", "a") + by_name, "-"),
        (manifest.replace("ACCOUNT", "\"$SA\"") + by_name, "-"),
        (manifest.replace("ACCOUNT", "a") + described, "-"),
        (manifest.replace("ACCOUNT", "a") + listing + by_list, "-"),
        (manifest.replace("ACCOUNT", "b") + by_name, "found"),
        (manifest.replace("ACCOUNT", "a") + by_list, "found"),
        (rejected.to_owned() + by_name, "found"),
    ] {
        assert_eq!(standing("a.sh", &script), expected, "{script}");
    }
}

#[test]
fn lists_that_are_only_shown() {
    for (command, expected) in [
        ("kubectl get secret|grep service-account-token", true),
        ("kubectl get secrets -n default | grep default-token", true),
        ("kubectl get secrets | grep token", false),
        ("kubectl get secrets | grep github-token", false),
    ] {
        let text = Text::slice(command, 0);
        let lookups = Script::new(FileId(0), "a.sh", &text).token_lookups();
        let is_told = matches!(lookups.as_slice(), [one] if !one.is_used);
        assert_eq!(is_told, expected, "{command}: {lookups:?}");
    }
}
