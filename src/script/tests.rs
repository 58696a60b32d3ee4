use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::span::FileId;
use crate::yaml::Text;

/// One line for each creation: `kind namespace/name`.
fn shown(creations: &[Creation]) -> String {
    let lines = creations.iter().map(|creation| {
        let mut line = format!("{:?} ", creation.kind);
        if let Some(namespace) = &creation.namespace {
            write!(line, "{namespace}/").unwrap();
        }
        line + &creation.name
    });
    lines.collect::<Vec<_>>().join(", ")
}

#[track_caller]
fn assert_creates(text: &str, expected: &str) {
    let creations = creations(text);
    assert_eq!(shown(&creations), expected, "{text}");
    for creation in creations {
        let written = text.get(creation.span.range()).unwrap();
        assert!(
            written == &*creation.name || written.contains('$') || written.contains('.'),
            "{written} in {text}"
        );
    }
}

#[test]
fn accounts_by_kubectl() {
    for line in [
        "kubectl create serviceaccount builder -n ci",
        "kubectl create serviceaccounts builder -n ci",
        "kubectl create sa builder -n ci",
        "kubectl create sa builder --namespace ci",
        "kubectl create sa builder --namespace=ci",
        "kubectl create sa builder -n=ci",
        "kubectl create sa builder -nci",
        "kubectl create sa builder -n \"ci\"",
        "kubectl create sa builder --namespace='ci'",
        "kubectl create sa --namespace ci builder",
        "kubectl -n ci create sa builder",
        "kubectl --context prod --namespace ci create sa builder",
        "kubectl create -n ci serviceaccount builder",
        "kubectl create sa 'builder' -n ci",
        "kubectl create sa \"builder\" -n ci || true",
        "kubectl create sa builder -n ci --dry-run=client -o yaml | kubectl apply -f -",
        "kubectl create sa builder --dry-run -o yaml -n ci | kubectl apply -f -",
        "kubectl create sa builder -n ci 2>/dev/null",
        "kubectl create sa builder -n ci >/dev/null 2>&1 || true",
        "kubectl create sa builder -n ci # for the pipeline",
        "kubectl create sa \\\n    builder \\\n  -n ci",
        "kubectl create sa builder \\\r\n  -n ci\r\n",
        "kubectl create \\\n  serviceaccount builder -n ci",
        "kubectl \\\n  -n ci \\\n  create sa builder",
        "kubectl create sa builder `\n  -n ci",
        "oc create sa builder -n ci",
        "oc -n ci create serviceaccount builder",
        "k -n ci create sa builder",
        "microk8s kubectl create sa builder -n ci",
        "microk8s.kubectl create sa builder -n ci",
        "minikube kubectl -- create sa builder -n ci",
        "sudo /usr/local/bin/kubectl create sa builder -n ci",
        "$KUBECTL create sa builder -n ci",
        "${KUBECTL} create sa builder -n ci",
        "\"$KUBECTL\" create sa builder -n ci",
        "$(KUBECTL) create sa builder -n ci",
        "{{ bin_dir }}/kubectl create sa builder -n ci",
        "kubectl $FLAGS create sa builder -n ci",
        "kubectl \"${flags[@]}\" create sa builder -n ci $DRY_RUN",
        "# kubectl create sa builder -n ci",
        "#   kubectl create sa builder \\\n#     -n ci\n",
        "$ kubectl create sa builder -n ci",
        "Run `kubectl create sa builder -n ci`, then go on",
        "    kubectl create sa builder -n ci",
        "\t-@kubectl create sa builder -n ci",
        "RUN kubectl create sa builder -n ci && kubectl get sa",
        "- run: kubectl create sa builder -n ci",
        "command: [\"sh\", \"-c\", \"kubectl create sa builder -n ci\"]",
        "command: [\"kubectl\", \"create\", \"sa\", \"builder\", \"-n\", \"ci\"]",
        "command: [\"kubectl\", \"create\", \"sa\", \"builder\", \"--namespace=ci\"]",
        "command: [kubectl, create, sa, builder, -n, ci]",
        "command: [\"kubectl\",\"create\",\"sa\",\"builder\",\"-n\",\"ci\"]",
        r#"{"script": "set -e\nkubectl create sa \"builder\" -n \"ci\"\nkubectl get sa"}"#,
        r#"{"script": "set -e\nkubectl create sa builder -n ci\nkubectl get sa"}"#,
        "sh 'kubectl create sa builder -n ci'",
        "provisioner \"local-exec\" { command = \"kubectl create sa builder -n ci\" }",
        "if ! kubectl get sa x; then kubectl create sa builder -n ci; fi",
        "out=$(kubectl create sa builder -n ci)",
        "{ kubectl create sa builder -n ci; }",
        "don't forget: kubectl create sa builder -n ci",
        "eksctl create iamserviceaccount --cluster c --name builder --namespace ci --approve",
        "eksctl create iamserviceaccount \\\n  --name=builder \\\n  --namespace=ci \\\n  --cluster=c",
    ] {
        assert_creates(line, "ServiceAccount ci/builder");
    }
}

#[test]
fn other_commands() {
    for (text, expected) in [
        (
            "kubectl create sa a\nkubectl create sa b; oc create sa c",
            "ServiceAccount a, ServiceAccount b, ServiceAccount c",
        ),
        ("kubectl create secret generic db --from-literal=p=x -n app", "Secret app/db"),
        ("kubectl create secret generic db --from-literal=p=\"$(cat x | tr -d y)\" -n app", "Secret app/db"),
        ("kubectl -n app create secret generic --from-file a.txt db", "Secret app/db"),
        ("kubectl create secret tls cert --cert=a --key=b", "Secret cert"),
        (
            "kubectl create secret docker-registry regcred --docker-server=<server> -n app",
            "Secret app/regcred",
        ),
        ("kubectl create secret generic a --from-literal='x=a b; c' --namespace app", "Secret app/a"),
        ("kubectl create role reader --verb=get,list --resource=pods -n app", "Role app/reader"),
        ("kubectl create clusterrole my:reader --verb=get --resource=pods -n app", "ClusterRole my:reader"),
        ("kubectl create secret tls --namespace {{ .Release.Namespace }} certs --key=k", "Secret certs"),
        ("kubectl create sa builder -n $(kubectl config view)", "ServiceAccount builder"),
        ("kubectl create sa builder -n $NAMESPACE", "ServiceAccount builder"),
        ("kubectl create sa builder -n <namespace>", "ServiceAccount builder"),
        ("kubectl create sa builder -n Not_A_Namespace", "ServiceAccount builder"),
        ("kubectl create secret generic \"$1\" -n ci", ""),
        ("Use kubectl create sa builder.", "ServiceAccount builder"),
        ("Use oc or kubectl create sa builder, please", ""),
    ] {
        assert_creates(text, expected);
    }
}

#[test]
fn what_creates_nothing() {
    for text in [
        "",
        "kubectl create token builder",
        "kubectl create rolebinding b --role=r --serviceaccount=ci:builder",
        "kubectl create clusterrolebinding b --clusterrole=r --serviceaccount=ci:builder",
        "kubectl create namespace ci",
        "kubectl create -f sa.yaml",
        "kubectl create secret",
        "kubectl create secret generic",
        "kubectl create sa",
        "kubectl create sa -n ci",
        "kubectl create sa \\",
        "kubectl delete sa builder",
        "kubectl get sa builder",
        "kubectl get pods create sa builder",
        "create a serviceaccount",
        "create serviceaccount with this name",
        "create sa builder",
        "Next, create serviceaccount builder",
        "kubectl can create serviceaccount builder",
        "With kubectl create serviceaccount for each of them",
        "kubectl create serviceaccount NAME [--dry-run=server|none|client] [options]",
        "kubectl create sa <name>",
        "kubectl create sa build-<name>",
        "kubectl create sa YOUR_ACCOUNT",
        "kubectl create sa $1",
        "kubectl create sa \"$SA\"",
        "kubectl create sa ${SA}-x",
        "kubectl create sa \"$SA-x\"",
        "kubectl create sa $SA=x",
        "kubectl create sa {{ .Values.name }}",
        "kubectl create sa {{ item }}",
        "kubectl create sa ${{ env.SA }}",
        "kubectl create sa $(cat name)",
        "kubectl create sa `cat name`",
        "kubectl create sa \" + name + \"",
        "kubectl create sa \"builder",
        "kubectl create sa a b",
        "kubectl create sa system:x",
        "kubectl create role NAME --verb=verb",
        "kubectl create clusterrole a/b --verb=get",
        "eksctl create iamserviceaccount --name x --role-only",
        "eksctl create iamserviceaccount --cluster x",
        "eksctl create cluster --name x",
        "kubectl auth can-i create sa builder",
        "kubectl auth can-i create serviceaccounts -n ci",
    ] {
        assert_creates(text, "");
    }
}

#[test]
fn names_in_variables() {
    for (assignment, resolved) in [
        ("SA=builder", true),
        ("SA='builder'", true),
        ("  SA=\"builder\"; X=1", true),
        ("X=1 SA=builder", true),
        ("SA := builder", true),
        ("SA ?= builder", true),
        ("export SA=builder", true),
        ("local SA=builder", true),
        ("export SA ?= builder", true),
        ("readonly SA=builder # the account", true),
        ("SA=${1:-builder}", true),
        ("SA=builder\nSA=builder", true),
        ("  SA: builder", true),
        ("  - SA: \"builder\"", true),
        ("SA=builder\nSA=deployer", false),
        ("SA=builder\nSA=$1", false),
        ("SA=$1", false),
        ("SA=$(whoami)", false),
        ("SA=", false),
        ("OTHER_SA=builder", false),
        ("SA_X=builder", false),
    ] {
        for name in ["$SA", "${SA}", "\"$SA\"", "\"${SA}\"", "$(SA)", "$$SA"] {
            let text = format!("{assignment}\nkubectl create sa {name} -n ci\n");
            assert_creates(&text, if resolved { "ServiceAccount ci/builder" } else { "ServiceAccount ci/" });
        }
    }
    assert_creates("kubectl create sa ${SA:-builder}", "ServiceAccount builder");
    assert_creates("kubectl create sa \"${SA:=builder}\" -n ${NS-ci}", "ServiceAccount ci/builder");
    assert_creates("kubectl create sa ${SA:-$1}", "");
    assert_creates("SA==builder\nkubectl create sa $SA -n ci", "");
    assert_creates("NS=ci\nkubectl -n $NS create sa builder", "ServiceAccount ci/builder");
}

const ACCOUNT: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  labels:\n    name: x\n  name: builder\n  namespace: ci\n";

fn indented(text: &str, by: &str) -> String {
    text.lines().flat_map(|line| [by, line, "\n"]).collect()
}

#[test]
fn manifests_in_scripts() {
    let role =
        "metadata:\n  name: \"reader\" # reads\nkind: Role\napiVersion: rbac.authorization.k8s.io/v1\n";
    for text in [
        format!("cat <<EOF | kubectl apply -f -\n{ACCOUNT}EOF\n"),
        format!("kubectl create -f - <<-EOF\n{}\tEOF\n", indented(ACCOUNT, "\t")),
        format!("Text:\n\n```yaml\n{ACCOUNT}```\n"),
        format!("1. Text:\n\n   ```yaml\n{}   ```\n", indented(ACCOUNT, "   ")),
        format!("{ACCOUNT}---\nkind: ConfigMap\nmetadata:\n  name: other\n"),
        format!("# comment\n{}", ACCOUNT.replace("metadata", "# comment: x\n\nmetadata")),
        format!("SA=builder\n{}", ACCOUNT.replace("builder", "${SA}")),
        "kind: List\nitems:\n- apiVersion: v1\n  kind: ServiceAccount\n  metadata:\n    name: builder\n    namespace: ci\n".to_owned(),
        "apiVersion: v1\nimagePullSecrets:\n- name: x\nkind: ServiceAccount\nmetadata:\n  name: builder\n  namespace: ci".to_owned(),
    ] {
        assert_creates(&text, "ServiceAccount ci/builder");
    }
    assert_creates(&format!("{ACCOUNT}---\n{role}"), "ServiceAccount ci/builder, Role reader");
    assert_creates(&format!("{ACCOUNT}{role}"), "ServiceAccount ci/builder, Role reader");
    assert_creates(&format!("cat <<EOF\n{role}EOF\nkind: Secret"), "Role reader");
}

#[test]
fn what_is_no_manifest() {
    for text in [
        "kind: ServiceAccount\nmetadata:\n  name: builder\n",
        "apiVersion: talos.dev/v1alpha1\nkind: ServiceAccount\nmetadata:\n  name: builder\n",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${NAME}\n",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {{ .Values.name }}\n",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  labels:\n    name: builder\n",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\nEOF\n  name: builder\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: b\nsubjects:\n- kind: ServiceAccount\n  name: builder\n  namespace: ci\n",
        "subjects:\n  - kind: ServiceAccount\n    apiVersion: v1\n    name: builder\n",
        "metadata:\n  ownerReferences:\n  - apiVersion: v1\n    kind: Secret\n    name: builder\n",
    ] {
        assert_creates(text, "");
    }
}

#[test]
fn inside_yaml_only_what_is_embedded() {
    let nested = |header: &str, by: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\ndata:\n{header}\n{}", indented(ACCOUNT, by))
    };
    for text in [
        nested("  sa.yaml: |", "    "),
        nested("  sa.yaml: |-", "    "),
        nested("  sa.yaml: >2+ # folded", "    "),
        nested("  list:\n  - |", "    "),
        nested("list:\n- |", "  "),
        nested("  steps:\n  - run: |\n      cat <<EOF | kubectl apply -f -", "      "),
        "steps:\n- run: kubectl create sa builder -n ci\n".to_owned(),
        "# kubectl create sa builder -n ci\nkind: Pod\n".to_owned(),
        format!("kind: SyncSet\nspec:\n  resources:\n  - {}", indented(ACCOUNT, "    ").trim_start()),
        format!("kind: Object\nspec:\n  forProvider:\n    manifest:\n{}", indented(ACCOUNT, "      ")),
    ] {
        assert_eq!(
            shown(&embedded_creations(&text, Signs::of(&text))),
            "ServiceAccount ci/builder",
            "{text}"
        );
    }
    for text in [
        ACCOUNT.to_owned(),
        indented(ACCOUNT, "  "),
        format!("kind: List\nitems:\n- {}", indented(ACCOUNT, "  ").trim_start()),
        format!("kind: Template\nobjects:\n- {}", indented(ACCOUNT, "  ").trim_start()),
        format!("items:\n- {}kind: List\n", indented(ACCOUNT, "  ").trim_start()),
        format!("kind: Kustomization\npatches:\n- patch: |-\n{}", indented(ACCOUNT, "    ")),
        format!("data:\n  a: |\n    x\nobjects:\n- {}", indented(ACCOUNT, "  ").trim_start()),
        format!("- a: |\n    x\n  b:\n{}", indented(ACCOUNT, "   ")),
        format!("patches:\n- patch: |-\n{}", indented(ACCOUNT, "    ")),
        format!("patches:\n- target: {{}}\n  patch: |-\n{}", indented(ACCOUNT, "    ")),
    ] {
        assert_eq!(shown(&embedded_creations(&text, Signs::of(&text))), "", "{text}");
    }
}

#[test]
fn terraform_resources() {
    let resource = |kind: &str, name: &str, namespace: &str| {
        format!(
            "resource \"{kind}\" \"x\" {{\n  metadata {{\n    name      = {name}\n    namespace = {namespace}\n  }}\n}}\n"
        )
    };
    for (kind, shown) in [
        ("kubernetes_service_account", "ServiceAccount ci/builder"),
        ("kubernetes_service_account_v1", "ServiceAccount ci/builder"),
        ("kubernetes_secret", "Secret ci/builder"),
        ("kubernetes_secret_v1", "Secret ci/builder"),
        ("kubernetes_role", "Role ci/builder"),
        ("kubernetes_role_v1", "Role ci/builder"),
        ("kubernetes_cluster_role", "ClusterRole builder"),
        ("kubernetes_cluster_role_v1", "ClusterRole builder"),
        ("kubernetes_config_map", ""),
        ("kubernetes_role_binding", ""),
    ] {
        assert_creates(&resource(kind, "\"builder\"", "\"ci\""), shown);
    }
    let account =
        |name: &str| resource("kubernetes_service_account", name, "kubernetes_namespace.ci.metadata[0].name");
    let variable = "variable \"sa\" {\n  type = string\n  default = \"builder\" // the account\n}\n";
    for (text, expected) in [
        (account("var.sa") + variable, "ServiceAccount builder"),
        (account("\"${var.sa}\"") + variable, "ServiceAccount builder"),
        (account("local.sa") + "locals {\n  sa = \"builder\"\n}\n", "ServiceAccount builder"),
        (account("\"${var.sa}-x\"") + variable, ""),
        (account("var.other") + variable, ""),
        (account("var.sa") + variable + "variable \"sa\" {}", ""),
        (account("random_pet.x.id"), ""),
        (account("\"a_b\""), ""),
        ("resource \"kubernetes_secret\" \"x\" { metadata { name = \"db\" } }".to_owned(), "Secret db"),
        (
            "resource \"kubernetes_secret\" \"x\" {\n data = { name = \"db\" }\n spec {\n name = \"db\" } }"
                .to_owned(),
            "",
        ),
        ("data \"kubernetes_secret\" \"x\" { metadata { name = \"db\" } }".to_owned(), ""),
        ("the resource \"kubernetes_secret\" is { metadata { name = \"db\" } }".to_owned(), ""),
    ] {
        assert_creates(&text, expected);
    }
}

#[test]
fn terraform_manifests() {
    let manifest = "resource \"kubernetes_manifest\" \"x\" {\n  manifest = {\n    apiVersion = \"v1\"\n    \"kind\" = \"ServiceAccount\"\n    \
                    metadata = {\n      labels = { name = \"x\" }\n      name = \"builder\"\n    }\n  }\n}\n";
    assert_creates(manifest, "ServiceAccount builder");
    assert_creates(&manifest.replace("\"v1\"", "\"talos.dev/v1\""), "");
    for body in ["manifest = {", "yaml_body = yamlencode({"] {
        let kind = if body.contains("yaml") { "kubectl_manifest" } else { "kubernetes_manifest" };
        let close = if body.contains('(') { "})" } else { "}" };
        let line = format!(
            "resource \"{kind}\" \"x\" {{\n  {body} apiVersion = \"v1\", kind = \"ServiceAccount\", metadata = {{ name = \"builder\", \
             namespace = \"ci\" }} {close}\n}}\n"
        );
        assert_creates(&line, "ServiceAccount ci/builder");
    }
    let heredoc = format!(
        "resource \"kubectl_manifest\" \"x\" {{\n  yaml_body = <<-YAML\n{}  YAML\n}}\n",
        indented(ACCOUNT, "    ")
    );
    assert_creates(&heredoc, "ServiceAccount ci/builder");
    let unbalanced = "resource \"kubernetes_secret\" \"x\" {\n  data = <<EOF\n}}}{{\nEOF\n  metadata {\n    name = \"db\"\n  }\n}\n";
    assert_creates(unbalanced, "Secret db");
}

#[test]
fn a_name_in_a_variable_is_placed_where_it_is_used() {
    let text = "SA=builder\nkubectl create sa \"$SA\"\n";
    let creations = creations(text);
    assert_eq!(
        creations.iter().map(|creation| text.get(creation.span.range())).collect::<Vec<_>>(),
        [Some("$SA")]
    );
}

#[test]
fn as_many_as_are_remembered() {
    let text = "kubectl create sa builder
"
    .repeat(MAX_CREATIONS + 5);
    assert_eq!(creations(&text).len(), MAX_CREATIONS);
}

/// Pieces that have a meaning to some scan.
const PIECES: &[&str] = &[
    "kubectl ",
    "create ",
    "sa ",
    "secret generic ",
    "builder",
    " -n ci",
    "--namespace=",
    "--",
    "\\\n",
    " `\n",
    "\n",
    "\r\n",
    "\\n",
    "\t",
    "\x0c",
    "\"",
    "'",
    "\\\"",
    "\\",
    "$",
    "${",
    "{{",
    "}}",
    "}",
    "$(SA)",
    "$SA",
    "SA=builder\n",
    "SA: b\n",
    "(",
    ")",
    "<",
    ">",
    "#",
    ",",
    "[",
    "]",
    "=",
    "é",
    "😀",
    "eksctl ",
    "iamserviceaccount ",
    "--name x",
    "apiVersion: v1\n",
    "kind: ServiceAccount\n",
    "metadata:\n",
    "  name: a\n",
    "- ",
    "  ",
    "a: |\n",
    "---\n",
    "resource \"kubernetes_secret\" \"x\" {\n",
    "metadata {\n",
    "name = \"a\"\n",
    "name = var.x\n",
    "variable \"x\" {\n",
    "default = \"a\"\n",
    "<<EOF\n",
    "EOF\n",
    "resource \"kubernetes_manifest\" \"x\" {\n",
    "resource \"kubernetes_token_request_v1\" \"x\" {\n",
    "resource \"kubernetes_service_account\" \"x\" {\n",
    "manifest = {\n",
    "manifest = [for ",
    "expiration_seconds = 5 * ",
    "kubernetes_service_account.x.secret[",
    "one(kubernetes_service_account.x.default_secret_name",
    "kubectl apply -f a,",
    "/*",
    "*/",
    "//",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        let text = pieces.concat();
        for creation in creations(&text).into_iter().chain(embedded_creations(&text, Signs::of(&text))) {
            prop_assert!(text.get(creation.span.range()).is_some_and(|written| !written.is_empty()), "{:?} in {:?}", creation, text);
            prop_assert!(is_name(creation.kind, &creation.name), "{:?} in {:?}", creation, text);
        }
        for application in applications(&text) {
            prop_assert!(text.get(application.span.range()).is_some(), "{:?} in {:?}", application, text);
        }
        let whole = Text::slice(&text, 0);
        let script = Script::new(FileId(0), "main.tf", &whole);
        let requests = script.token_requests().into_iter().map(|request| request.range);
        for range in requests.chain(script.token_lookups().into_iter().map(|lookup| lookup.range)) {
            prop_assert!(text.get(range.clone()).is_some(), "{:?} in {:?}", range, text);
        }
        script.samples(|_| ());
    }
}
