//! The texts that are measured. They are the same in every run.

use std::fmt::Write;

const APPS: [&str; 8] = ["cart", "checkout", "catalog", "billing", "search", "mailer", "report", "gateway"];
const ROLES: [&str; 5] = ["worker", "proxy", "exporter", "indexer", "scheduler"];

/// A document whose tree is built.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Document {
    /// A manifest of pods.
    Pods,
    /// Nested schemas with their descriptions.
    Schema,
    /// Objects in JSON.
    Json,
    /// Pods, left to the full parser.
    PodsInFull,
    /// JSON, left to the full parser.
    JsonInFull,
}

pub(crate) const DOCUMENTS: [Document; 5] =
    [Document::Pods, Document::Schema, Document::Json, Document::PodsInFull, Document::JsonInFull];

impl Document {
    pub(crate) fn text(self) -> String {
        match self {
            Self::Pods => pods(""),
            Self::Schema => format!("spec:\n{}", schema(2, 6)),
            Self::Json => json(""),
            Self::PodsInFull => pods("&first "),
            Self::JsonInFull => json("&first "),
        }
    }
}

/// The name of an application and of its ServiceAccount.
pub(crate) fn name(number: usize) -> String {
    let pick = |words: &[&'static str], at: usize| words.get(at % words.len()).copied().unwrap_or_default();
    format!("{}-{}-{number}", pick(&APPS, number), pick(&ROLES, number / APPS.len()))
}

/// Documents of applications, one after the other.
pub(crate) fn stream(applications: usize) -> String {
    (0..applications).map(application).collect()
}

/// A workload, its ServiceAccount, and what this may do.
pub(crate) fn application(number: usize) -> String {
    let name = name(number);
    format!(
        "---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {name}
  namespace: shop
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {name}
  namespace: shop
rules:
- apiGroups: [\"\"]
  resources: [configmaps, pods]
  verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {name}
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {name}
subjects:
- kind: ServiceAccount
  name: {name}
  namespace: shop
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels: {{app: {name}}}
  template:
    metadata:
      labels: {{app: {name}}}
    spec:
{}",
        pod(&name, "      ")
    )
}

/// What a pod runs.
fn pod(name: &str, indent: &str) -> String {
    let lines = format!(
        "serviceAccountName: {name}
containers:
- name: {name}
  image: registry.example.com/{name}:v1.2.3
  args: [\"--listen=:8080\", \"--log-level=info\"]
  env:
  - name: DATABASE_URL
    valueFrom:
      secretKeyRef:
        name: {name}-credentials
        key: url
  resources:
    limits:
      cpu: 200m
      memory: 256Mi
  volumeMounts:
  - name: config
    mountPath: /etc/config # read by the application itself
volumes:
- name: config
  configMap:
    name: {name}-config
"
    );
    lines.lines().fold(String::new(), |text, line| text + indent + line + "\n")
}

/// A list of pods. `before` stands before the first value.
fn pods(before: &str) -> String {
    let mut text = format!("apiVersion: {before}v1\nkind: List\nitems:\n");
    for number in 0..100 {
        let name = name(number);
        let _ = write!(text, "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: {name}\n  spec:\n");
        text += &pod(&name, "    ");
    }
    text
}

/// A schema of objects in objects.
fn schema(indent: usize, depth: usize) -> String {
    let pad = " ".repeat(indent);
    let mut text = format!("{pad}type: object\n{pad}description: |-\n");
    for _ in 0..3 {
        let _ = writeln!(
            text,
            "{pad}  The controller sets this field when the resource is observed for the first time."
        );
    }
    if depth > 0 {
        let _ = writeln!(text, "{pad}properties:");
        for field in ["storageClass", "replicas", "selector"] {
            let _ = writeln!(text, "{pad}  {field}:");
            text += &schema(indent + 4, depth - 1);
        }
    }
    text
}

/// Pods as `kubectl get -o json` would print them on one line.
fn json(before: &str) -> String {
    let pod = |number: usize| {
        let name = name(number);
        format!(
            "{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{{\"name\":\"{name}\",\"namespace\":\"shop\"}},\
             \"spec\":{{\"containers\":[{{\"image\":\"registry.example.com/{name}:v1.2.3\",\"name\":\"{name}\",\
             \"ports\":[{{\"containerPort\":8080}}],\"resources\":{{\"limits\":{{\"cpu\":\"200m\"}}}}}}],\
             \"serviceAccountName\":\"{name}\"}}}}"
        )
    };
    let items: Vec<_> = (0..200).map(pod).collect();
    format!("{{\"apiVersion\":{before}\"v1\",\"kind\":\"List\",\"items\":[{}]}}", items.join(","))
}
