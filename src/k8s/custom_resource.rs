//! Resources that CustomResourceDefinitions bring.

use super::Object;
use crate::yaml::Node;

/// A resource that a CustomResourceDefinition brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomResource {
    /// Its API group.
    pub group: Box<str>,
    /// Its name, as rules of roles write it: the plural.
    pub name: Box<str>,
    /// The singular; that of a definition without one is its kind in lower case
    /// (`apiextensions-apiserver pkg/apis/apiextensions/helpers.go`).
    singular: Box<str>,
    short_names: Vec<Box<str>>,
    /// Whether its objects live in namespaces.
    pub is_namespaced: bool,
}

impl CustomResource {
    /// The resource that the object defines, if it is a CustomResourceDefinition.
    pub fn of(object: &Object<'_>) -> Option<Self> {
        if object.group() != "apiextensions.k8s.io" || object.id.kind != "CustomResourceDefinition" {
            return None;
        }
        let text = |path: &[&str]| object.at_path(path).value().and_then(Node::as_str);
        let kind = text(&["spec", "names", "kind"]).map(str::to_ascii_lowercase);
        let singular = text(&["spec", "names", "singular"]).map(str::to_owned).or(kind);
        let short_names = object.at_path(&["spec", "names", "shortNames"]).value();
        Some(Self {
            group: text(&["spec", "group"])?.into(),
            name: text(&["spec", "names", "plural"])?.into(),
            singular: singular.unwrap_or_default().into(),
            short_names: short_names
                .into_iter()
                .flat_map(Node::items)
                .filter_map(Node::as_str)
                .map(Box::from)
                .collect(),
            is_namespaced: text(&["spec", "scope"]) != Some("Cluster"),
        })
    }

    /// Whether kubectl takes `name`, in lower case, for it.
    pub fn is_called(&self, name: &str) -> bool {
        *self.name == *name || *self.singular == *name || self.short_names.iter().any(|own| **own == *name)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_object;
    use super::*;

    #[test]
    fn a_definition_names_its_resource() {
        let names = "names: {plural: prometheuses, kind: Prometheus, shortNames: [prom]}";
        let text = |scope: &str| {
            format!(
                "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
                 spec: {{group: monitoring.coreos.com, {scope} {names}}}\n"
            )
        };
        with_object(&text("scope: Namespaced,"), |object| {
            let resource = CustomResource::of(object).unwrap();
            assert_eq!((&*resource.group, &*resource.name), ("monitoring.coreos.com", "prometheuses"));
            for name in ["prometheuses", "prometheus", "prom"] {
                assert!(resource.is_called(name) && resource.is_namespaced, "{name}");
            }
            assert!(!resource.is_called("Prometheus"));
        });
        with_object(&text("scope: Cluster,"), |object| {
            assert!(!CustomResource::of(object).unwrap().is_namespaced);
        });
        // The default of v1beta1.
        with_object(&text(""), |object| assert!(CustomResource::of(object).unwrap().is_namespaced));
        with_object("apiVersion: v1\nkind: CustomResourceDefinition\n", |object| {
            assert_eq!(CustomResource::of(object), None);
        });
    }
}
