//! Which files a walk reads by their name alone.

use std::path::Path;

/// Kubeconfigs that kubeadm writes into `/etc/kubernetes`.
const KUBEADM: [&str; 4] = ["admin.conf", "kubelet.conf", "controller-manager.conf", "scheduler.conf"];

/// Folders that are never walked: they hold nothing that a person wrote for this project.
const NEVER_WALKED: [&str; 3] = [".git", "node_modules", ".terraform"];

/// Whether a walk reads the file: `*.yaml`, `*.yml` and `*.json` as `kubectl apply -f DIR` does, kubeconfigs,
/// and kustomizations by their third name.
pub fn is_read_by_default(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return has_manifest_extension(path);
    };
    has_manifest_extension(path) || is_kubeconfig_name(path, name) || name == "Kustomization"
}

/// Whether the name is that of a template of a chart which is no manifest: helpers (`*.tpl`) and NOTES.txt. Whether there
/// is a chart around it, the path alone cannot say.
pub fn is_template_text(path: &Path) -> bool {
    let is_text = path.extension().is_some_and(|extension| extension == "tpl" || extension == "txt");
    let folders = path.parent().into_iter().flat_map(Path::components);
    is_text && folders.into_iter().any(|folder| folder.as_os_str() == "templates")
}

/// Whether a walk leaves the folder out, whatever else is said.
pub(super) fn is_never_walked(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| NEVER_WALKED.iter().any(|never| name == *never))
}

/// Whether the name is one that kubeconfigs have.
fn is_kubeconfig_name(path: &Path, name: &str) -> bool {
    let is_home_config = || {
        name == "config" && path.parent().and_then(Path::file_name).is_some_and(|folder| folder == ".kube")
    };
    name == "kubeconfig" || name.ends_with(".kubeconfig") || KUBEADM.contains(&name) || is_home_config()
}

fn has_manifest_extension(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_that_are_no_manifests_by_name() {
        for (path, read) in [
            ("chart/templates/_helpers.tpl", true),
            ("templates/NOTES.txt", true),
            ("templates/sub/_a.tpl", true),
            ("chart/templates", false),
            ("chart/_helpers.tpl", false),
            ("templates/sa.yaml", false),
            ("templates.txt", false),
        ] {
            assert_eq!(is_template_text(Path::new(path)), read, "{path}");
        }
    }

    #[test]
    fn manifests_and_kubeconfigs_by_name() {
        for (path, read) in [
            ("sa.yaml", true),
            ("sa.yml", true),
            ("list.json", true),
            (".hidden.yaml", true),
            ("kubeconfig", true),
            ("ci.kubeconfig", true),
            (".kube/config", true),
            ("etc/kubernetes/admin.conf", true),
            ("kubelet.conf", true),
            ("base/Kustomization", true),
            ("config", false),
            ("kube/config", false),
            ("nginx.conf", false),
            ("README.md", false),
            ("sa.yaml.tpl", false),
            ("SA.YAML", false),
            ("yaml", false),
        ] {
            assert_eq!(is_read_by_default(Path::new(path)), read, "{path}");
        }
    }
}
