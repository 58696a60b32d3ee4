//! What somebody wants to do, as the API server asks the authorizer (`apiserver pkg/endpoints/request/requestinfo.go`).

use std::borrow::Cow;

/// A request to the API server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// Of a resource.
    Resource(ResourceRequest<'a>),
    /// Of a path that is no resource: `/metrics`.
    Url {
        /// The HTTP method in lower case: `get`.
        verb: Cow<'a, str>,
        /// The path.
        path: Cow<'a, str>,
    },
}

/// A request of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceRequest<'a> {
    /// `get`, `list`, `create`, `impersonate` …
    pub verb: Cow<'a, str>,
    /// The API group; empty for the core group.
    pub group: Cow<'a, str>,
    /// The resource, in the plural: `pods`.
    pub resource: Cow<'a, str>,
    /// `log` of `pods/log`; empty for the resource itself.
    pub subresource: Cow<'a, str>,
    /// The namespace; `None` for what has none, and for all namespaces at once.
    pub namespace: Option<Cow<'a, str>>,
    /// The object's name; empty where none is said, as for `create` and `list`.
    pub name: Cow<'a, str>,
}

impl Request<'_> {
    /// What is to be done.
    pub fn verb(&self) -> &str {
        match self {
            Self::Resource(request) => &request.verb,
            Self::Url { verb, .. } => verb,
        }
    }
}

impl ResourceRequest<'_> {
    /// In which namespace a RoleBinding must stand to allow it: for a Namespace, that one itself, as the API server sees
    /// requests of it (`requestinfo.go`).
    pub fn bound_namespace(&self) -> Option<&str> {
        let is_namespace = self.group.is_empty() && self.resource == "namespaces" && !self.name.is_empty();
        if is_namespace { Some(&self.name) } else { self.namespace.as_deref() }
    }
}
