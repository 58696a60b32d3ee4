//! Flux Kustomizations and Argo CD Applications: they build a folder of a repository, often of this one, and say things
//! of it that its own files do not tell.

use super::kustomize::{Changes, join, name_affix};
use crate::k8s::Object;
use crate::yaml::{Kind, Node};

/// What an object in a cluster makes of a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Deployment {
    /// The folder, if it is one of this repository.
    pub folder: String,
    /// Whether it sets the namespace of everything there, or may do so.
    pub sets_namespace: bool,
    /// Goes before every name.
    pub name_prefix: String,
    /// Goes behind every name.
    pub name_suffix: String,
    /// Whether it may change names by patches.
    pub changes_names: bool,
}

impl Deployment {
    /// The folders that an object builds: `kustomize.toolkit.fluxcd.io/v1` (`api/v1/kustomization_types.go`),
    /// `argoproj.io/v1alpha1` (`pkg/apis/application/v1alpha1/types.go`).
    pub(super) fn all(object: &Object<'_>) -> Vec<Deployment> {
        let at = |path: &[&str]| object.at_path(path).value();
        match (object.group(), object.id.kind.as_str()) {
            ("kustomize.toolkit.fluxcd.io", "Kustomization") => {
                at(&["spec"]).and_then(|spec| Self::read(spec, spec, "targetNamespace")).into_iter().collect()
            }
            _ => application(object).map(Self::of_application).unwrap_or_default(),
        }
    }

    fn of_application(spec: Node<'_>) -> Vec<Deployment> {
        let read = |source: Node<'_>| Self::read(source, source.get("kustomize").value()?, "namespace");
        sources(spec).filter_map(read).collect()
    }

    /// `source` says where the folder is, and `settings` what is done to it.
    fn read(source: Node<'_>, settings: Node<'_>, namespace: &str) -> Option<Deployment> {
        let folder = join("", source.get("path").value()?.text()?)?;
        let inline = settings.get("patches").value().into_iter().flat_map(Node::items);
        let patches = inline.filter_map(|patch| patch.get("patch").value()?.text());
        let has_text = |node: Node<'_>| node.kind() != Kind::Scalar || node.text() != Some("");
        Some(Deployment {
            folder,
            sets_namespace: settings.get(namespace).value().is_some_and(has_text),
            name_prefix: name_affix(settings, "namePrefix"),
            name_suffix: name_affix(settings, "nameSuffix"),
            changes_names: settings.get("components").found().is_some()
                || patches.into_iter().any(|patch| Changes::of_patch(patch).names),
        })
    }
}

/// What an Application of Argo CD says, or what an ApplicationSet makes Applications say.
pub(super) fn application<'a>(object: &Object<'a>) -> Option<Node<'a>> {
    let path: &[&str] = match (object.group(), object.id.kind.as_str()) {
        ("argoproj.io", "Application") => &["spec"],
        ("argoproj.io", "ApplicationSet") => &["spec", "template", "spec"],
        _ => return None,
    };
    object.at_path(path).value()
}

/// The sources of an Application.
pub(super) fn sources(application: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let several = application.get("sources").value().into_iter().flat_map(Node::items);
    application.get("source").value().into_iter().chain(several)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::testing::with_object;

    #[test]
    fn flux_and_argo_say_what_becomes_of_a_folder() {
        let all = |yaml: &str| with_object(yaml, Deployment::all);
        let flux =
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  path: ./apps/x\n";
        let plain = Deployment { folder: "apps/x".into(), ..Deployment::default() };
        assert_eq!(all(flux), [plain]);
        let found = all(&format!(
            "{flux}  targetNamespace: x\n  namePrefix: p-\n  patches: [{{patch: 'replicas: 1'}}]\n"
        ));
        let expected = Deployment {
            folder: "apps/x".into(),
            sets_namespace: true,
            name_prefix: "p-".into(),
            ..Deployment::default()
        };
        assert_eq!(found, [expected]);
        let argo = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  sources:\n  - path: a\n    kustomize: \
                    {namespace: n}\n  - {path: b}\n  - {path: c, kustomize: {patches: [{patch: '- path: /metadata/name'}]}}\n";
        let found = all(argo);
        assert_eq!(found.iter().map(|found| found.folder.as_str()).collect::<Vec<_>>(), ["a", "c"]);
        assert!(
            found.iter().any(|found| found.sets_namespace) && found.iter().any(|found| found.changes_names)
        );
    }
}
