//! Resources by the names that kubectl takes for them: those of Kubernetes, and those of CustomResourceDefinitions.

use std::collections::HashMap;

use super::index::World;
use crate::k8s::CustomResource;
use crate::k8s::resources::{Resource, named};

/// A resource that a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownResource<'w> {
    /// Its API group; the core group is the empty string.
    pub group: &'w str,
    /// Its name, as rules of roles write it: the plural.
    pub name: &'w str,
    /// Whether its objects live in namespaces.
    pub is_namespaced: bool,
    /// The subresources that are known of it, without its own name.
    pub subresources: &'w [&'static str],
}

/// What CustomResourceDefinitions may bring beside the resource.
const CUSTOM_SUBRESOURCES: [&str; 2] = ["scale", "status"];

/// Whether the objects of a resource of a CustomResourceDefinition live in namespaces, by its group and its name.
#[derive(Debug, Default)]
pub(super) struct CustomScopes(HashMap<(Box<str>, Box<str>), bool>);

impl CustomScopes {
    /// Of several resources of one name, the first counts.
    pub(super) fn new(resources: &[CustomResource]) -> Self {
        let first = resources.iter().rev();
        let scopes = first.map(|it| ((it.group.clone(), it.name.clone()), it.is_namespaced));
        Self(scopes.collect())
    }
}

impl World {
    /// The resource that kubectl takes `text` for: of several Kubernetes' own before that of a definition, and both before
    /// those that no supported version has. kubectl asks in lower case.
    pub fn resource(&self, text: &str) -> Option<KnownResource<'_>> {
        let text = text.to_ascii_lowercase();
        let own = |resource: &'static Resource| KnownResource {
            group: resource.group,
            name: resource.name,
            is_namespaced: resource.is_namespaced,
            subresources: &resource.subresources,
        };
        let found = named(&text).next();
        let current = found.filter(|resource| resource.until.is_none()).map(own);
        current.or_else(|| self.custom_resource(&text)).or_else(|| found.map(own))
    }

    /// Whether the objects of a resource live in namespaces, if it is known.
    pub fn scope_of(&self, group: &str, name: &str) -> Option<bool> {
        if let Some(resource) = Resource::of(group, name) {
            return Some(resource.is_namespaced);
        }
        self.custom_scopes.0.get(&(group.into(), name.into())).copied()
    }

    /// Whether a CustomResourceDefinition brings a resource of this name to an API group.
    pub(super) fn has_custom_resource(&self, group: &str, name: &str) -> bool {
        self.custom_scopes.0.contains_key(&(group.into(), name.into()))
    }

    fn custom_resource(&self, text: &str) -> Option<KnownResource<'_>> {
        let (name, group) = text.split_once('.').unwrap_or((text, ""));
        let group = without_version(group);
        let called: Vec<_> =
            self.custom_resources().iter().filter(|resource| resource.is_called(name)).collect();
        let exact = called.iter().find(|resource| *resource.group == *group);
        let resource = exact.or_else(|| called.iter().find(|resource| resource.group.starts_with(group)))?;
        let CustomResource { group, name, is_namespaced, .. } = resource;
        Some(KnownResource { group, name, is_namespaced: *is_namespaced, subresources: &CUSTOM_SUBRESOURCES })
    }
}

/// The group of `apps` and of `v1.apps`.
pub fn without_version(text: &str) -> &str {
    let version = |text: &str| {
        text.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    match text.split_once('.') {
        Some((first, group)) if version(first) => group,
        _ => text,
    }
}
