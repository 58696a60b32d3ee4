//! What a file is: told by its content where that can be, else by its name and what stands around it.

use memchr::memmem;

/// What stands around a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Surroundings {
    /// Nothing that matters.
    #[default]
    Plain,
    /// A `Chart.yaml` in the same folder.
    Chart,
    /// Under the `templates/` folder of a chart.
    ChartTemplates,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Kubernetes objects.
    Manifest,
    /// Kubernetes objects that Helm rendered; `# Source:` comments say from which template.
    Rendered,
    /// A template of a chart, not rendered.
    Template,
    /// The file that kustomize starts from: a Kustomization or Component of `kustomize.config.k8s.io`.
    Kustomization,
    /// A client configuration, with clusters, users and contexts.
    Kubeconfig,
    /// Values of a chart.
    Values,
    /// No Kubernetes object: nothing in it has an `apiVersion` and a `kind`.
    Other,
}

/// Says what the file at `path` (relative to the root) with this text is.
pub fn classify(path: &str, text: &str, surroundings: Surroundings) -> Class {
    let name = path.rsplit('/').next().unwrap_or(path);
    if surroundings == Surroundings::ChartTemplates {
        Class::Template
    } else if is_kustomization(name, text) {
        Class::Kustomization
    } else if is_kubeconfig(text) {
        Class::Kubeconfig
    } else if surroundings == Surroundings::Chart && name.starts_with("values") {
        Class::Values
    } else if is_rendered(text) {
        Class::Rendered
    } else if contains(text, "apiVersion") && contains(text, "kind") {
        Class::Manifest
    } else {
        Class::Other
    }
}

/// Whether a template action stands where YAML has a value or a key, outside of quotes: such text is a template, or
/// is broken. Cheap, and wrong inside block scalars: ask only about text that cannot be read as YAML.
pub fn looks_like_template(text: &str) -> bool {
    contains(text, "{{")
        && text.lines().map(str::trim_start).filter(|line| !line.starts_with('#')).any(|line| {
            line.starts_with("{{") || [": {{", "- {{"].iter().any(|before| contains(line, before))
        })
}

/// By kustomize's own file names, or by its API group; Flux's Kustomization is an ordinary object.
fn is_kustomization(name: &str, text: &str) -> bool {
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
        || starts_line(text, "apiVersion: kustomize.config.k8s.io/")
}

/// A client configuration may lack `apiVersion` and `kind` (clientcmd fills them in), so its own keys decide.
fn is_kubeconfig(text: &str) -> bool {
    let own = ["clusters", "contexts", "users", "current-context"];
    own.into_iter().filter(|key| has_key(text, key)).count() >= 2
        && !["metadata", "spec"].into_iter().any(|key| has_key(text, key))
}

/// Whether a document starts with Helm's comment `# Source: chart/templates/file.yaml` (or `crds/`).
fn is_rendered(text: &str) -> bool {
    if !contains(text, "# Source: ") {
        return false;
    }
    let mut at_head = true;
    for line in text.lines() {
        if line.starts_with("---") {
            at_head = true;
        } else if let Some(source) = line.strip_prefix("# Source: ") {
            if at_head && ["/templates/", "/crds/"].iter().any(|folder| contains(source, folder)) {
                return true;
            }
        } else if !line.trim().is_empty() && !line.starts_with('#') {
            at_head = false;
        }
    }
    false
}

/// Whether the outer level has the key; in JSON, any level.
fn has_key(text: &str, key: &str) -> bool {
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        contains(text, &format!("\"{key}\""))
    } else {
        starts_line(text, &format!("{key}:"))
    }
}

/// Whether a line starts with this, not indented.
fn starts_line(text: &str, start: &str) -> bool {
    text.trim_start_matches('\u{feff}').starts_with(start) || contains(text, &format!("\n{start}"))
}

fn contains(text: &str, needle: &str) -> bool {
    memmem::find(text.as_bytes(), needle.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "apiVersion: v1\nkind: Secret\n";
    const KUBECONFIG: &str = "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n";

    #[test]
    fn content_says_what_a_file_is() {
        let json_kubeconfig = r#"{"kind":"Config","clusters":[],"users":[]}"#;
        let rendered = format!("---\n# Source: app/templates/sa.yaml\n{SECRET}");
        let crds = format!("# Source: app/crds/crd.yaml\n{SECRET}");
        let mentioned = format!("{SECRET}# Source: app/templates/sa.yaml\n");
        let kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
        let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: a\n";
        let crd = format!("{SECRET}metadata: {{}}\nclusters: []\nusers: []\n");
        for (path, text, class) in [
            ("a.yaml", SECRET, Class::Manifest),
            ("a.json", r#"{"apiVersion":"v1","kind":"Secret"}"#, Class::Manifest),
            ("a.yaml", &rendered, Class::Rendered),
            ("a.yaml", &crds, Class::Rendered),
            ("a.yaml", &mentioned, Class::Manifest),
            ("any.yaml", KUBECONFIG, Class::Kubeconfig),
            ("config", "clusters: []\ncurrent-context: a\n", Class::Kubeconfig),
            ("a.json", json_kubeconfig, Class::Kubeconfig),
            ("a.yaml", &crd, Class::Manifest),
            ("base/kustomization.yaml", "resources: []\n", Class::Kustomization),
            ("component.yaml", kustomization, Class::Kustomization),
            ("flux.yaml", flux, Class::Manifest),
            ("values.yaml", "image: a\n", Class::Other),
            ("package.json", r#"{"name":"a","version":"1"}"#, Class::Other),
            ("empty.yaml", "", Class::Other),
        ] {
            assert_eq!(classify(path, text, Surroundings::Plain), class, "{path}: {text}");
        }
    }

    #[test]
    fn charts_have_templates_and_values() {
        let templates = Surroundings::ChartTemplates;
        assert_eq!(classify("app/templates/sa.yaml", SECRET, templates), Class::Template);
        assert_eq!(classify("app/values-prod.yaml", "a: b", Surroundings::Chart), Class::Values);
        assert_eq!(classify("app/Chart.yaml", "apiVersion: v2\nname: a", Surroundings::Chart), Class::Other);
        assert_eq!(classify("app/extra.yaml", SECRET, Surroundings::Chart), Class::Manifest);
    }

    #[test]
    fn actions_outside_of_quotes_make_a_template() {
        for (text, template) in [
            ("name: {{ .Values.name }}\n", true),
            ("{{- if .Values.rbac }}\nkind: Role\n", true),
            ("items:\n- {{ .name }}\n", true),
            ("name: \"{{ .Values.name }}\"\n", false),
            ("name: app-{{workflow.name}}\n", false),
            ("# {{ old }}\nname: a\n", false),
            ("name: a\n", false),
        ] {
            assert_eq!(looks_like_template(text), template, "{text}");
        }
    }
}
