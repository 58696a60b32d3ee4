//! Users and groups that nobody is let into one by one, and what a role gives when everybody has it.

use std::collections::HashSet;

use super::policy::{ANY, PolicyRule, Word};
use super::requester::{ALL_ACCOUNTS, ANONYMOUS, AUTHENTICATED, MASTERS, UNAUTHENTICATED};
use super::rights::Scope;
use crate::world::fact::Principal;

/// Who a user or group is, if not people that somebody chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Whoever reaches the API server.
    Anybody,
    /// Whoever logs in, all ServiceAccounts among them.
    Authenticated,
    /// All ServiceAccounts of the cluster.
    Accounts,
    /// Those who may do everything, whatever is bound.
    Masters,
}

/// How much it is if everybody may do what a rule allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure<'r> {
    /// Nothing, or what every cluster shows: which APIs there are, whether it is healthy, what one may do oneself.
    Harmless,
    /// It shows something.
    Reads(Exposed<'r>),
    /// It changes something, or shows credentials.
    Gives(Exposed<'r>),
}

/// What is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposed<'r> {
    /// The verb.
    pub verb: &'r Word,
    /// The resource or path.
    pub object: &'r Word,
}

/// What everybody may ask of the API server to find their way: the built-in roles `system:discovery`,
/// `system:public-info-viewer` and `system:service-account-issuer-discovery`, and what older versions had.
const DISCOVERY: [&str; 11] = [
    "/.well-known/openid-configuration",
    "/api",
    "/apis",
    "/healthz",
    "/livez",
    "/openapi",
    "/openid/v1/jwks",
    "/readyz",
    "/swagger",
    "/swaggerapi",
    "/version",
];

/// The verbs that show and do not change.
const READ: [&str; 3] = ["get", "list", "watch"];

/// The verbs that change something, or let somebody act as another. Others are for what some API makes of them, such as
/// `use` for policies of pod security.
const WRITE: [&str; 11] = [
    ANY,
    "approve",
    "bind",
    "create",
    "delete",
    "deletecollection",
    "escalate",
    "impersonate",
    "patch",
    "sign",
    "update",
];

/// The groups whose reviews only answer a question.
const REVIEWS: [&str; 2] = ["authentication.k8s.io", "authorization.k8s.io"];

/// Resources by which somebody logs in, or asks who they are: they are for everybody (Pinniped's concierge).
const LOGINS: [&str; 2] = ["tokencredentialrequests", "whoamirequests"];

/// Subresources through which `get` suffices to act: a connection is opened by it (`nodes/proxy` in all versions, `pods/exec`
/// before 1.35).
const CONNECTIONS: [&str; 6] =
    ["nodes/proxy", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"];

impl Audience {
    /// Who a subject of a binding is, if it is one of these.
    pub fn of(subject: &Principal) -> Option<Self> {
        match (subject.is_group, &*subject.name.text) {
            (false, ANONYMOUS) | (true, UNAUTHENTICATED) => Some(Self::Anybody),
            (true, AUTHENTICATED) => Some(Self::Authenticated),
            (true, ALL_ACCOUNTS) => Some(Self::Accounts),
            (true, MASTERS) => Some(Self::Masters),
            _ => None,
        }
    }

    /// How much it is for them to have a rule in `scope`.
    pub fn exposure<'r>(self, rule: &'r PolicyRule, scope: Scope<'_>) -> Exposure<'r> {
        let (verbs, traits) = (first_of_kinds(&rule.verbs), Traits::of(rule));
        let verbs = || verbs.iter().copied();
        let paths = rule.urls.iter().filter(|path| scope == Scope::Cluster && !is_discovery(&path.text));
        let paths = paths.flat_map(|object| verbs().map(move |verb| self.path(Exposed { verb, object })));
        let resources = rule.resources.iter().filter(|_| !rule.api_groups.is_empty());
        let resources = resources
            .flat_map(|object| verbs().map(move |verb| self.resource(traits, Exposed { verb, object })));
        let first_worst =
            |worst: Exposure<'r>, next: Exposure<'r>| if next.is_worse_than(worst) { next } else { worst };
        paths.chain(resources).fold(Exposure::Harmless, first_worst)
    }

    fn path(self, exposed: Exposed<'_>) -> Exposure<'_> {
        if self == Self::Anybody { Exposure::Gives(exposed) } else { Exposure::Reads(exposed) }
    }

    fn resource(self, traits: Traits, exposed: Exposed<'_>) -> Exposure<'_> {
        let (verb, resource) = (&*exposed.verb.text, &*exposed.object.text);
        let is_plain = !resource.contains('/') && resource != ANY;
        let Traits { is_named, is_core, is_cluster_info, has_reviews } = traits;
        if LOGINS.contains(&resource) {
            return Exposure::Harmless;
        }
        if has_reviews && resource.ends_with("reviews") && ["create", ANY].contains(&verb) {
            let is_own = resource.starts_with("self");
            return if is_own { Exposure::Harmless } else { self.path(exposed) };
        }
        // The name of what is created is not known when the authorizer is asked.
        if is_named && is_plain && ["create", "deletecollection"].contains(&verb) {
            return Exposure::Harmless;
        }
        match self {
            // What `kubeadm join` reads before it trusts anybody.
            Self::Anybody if READ.contains(&verb) && is_cluster_info => Exposure::Harmless,
            Self::Anybody => Exposure::Gives(exposed),
            // A proxy to one Service is what that Service is made for: the certificate of sealed-secrets.
            _ if is_named && resource == "services/proxy" => Exposure::Reads(exposed),
            _ if WRITE.contains(&verb) || verb.starts_with("impersonate") => Exposure::Gives(exposed),
            _ if READ.contains(&verb) && is_core && is_secret_or_connection(resource) => {
                Exposure::Gives(exposed)
            }
            _ if READ.contains(&verb) => Exposure::Reads(exposed),
            _ => Exposure::Harmless,
        }
    }
}

impl Exposure<'_> {
    /// Whether it is more than another.
    pub fn is_worse_than(self, other: Exposure<'_>) -> bool {
        self.rank() > other.rank()
    }

    fn rank(self) -> u8 {
        match self {
            Self::Harmless => 0,
            Self::Reads(_) => 1,
            Self::Gives(_) => 2,
        }
    }
}

/// Whether a path is one of [`DISCOVERY`], or below one.
fn is_discovery(path: &str) -> bool {
    DISCOVERY.iter().any(|known| {
        path.strip_prefix(known)
            .is_some_and(|rest| rest.is_empty() || rest == "*" || rest.starts_with(['/', '-']))
    })
}

/// What holds of all that a rule allows.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "independent of each other")]
struct Traits {
    is_named: bool,
    is_core: bool,
    is_cluster_info: bool,
    /// Whether what is called a review in it is one.
    has_reviews: bool,
}

impl Traits {
    fn of(rule: &PolicyRule) -> Self {
        Self {
            is_named: !rule.resource_names.is_empty(),
            is_core: rule.has_group(""),
            is_cluster_info: is_cluster_info(rule),
            has_reviews: rule.api_groups.iter().all(|group| REVIEWS.contains(&&*group.text)),
        }
    }
}

/// The first verb of each kind: of verbs that are taken alike, the others tell nothing more.
fn first_of_kinds(verbs: &[Word]) -> Vec<&Word> {
    let mut seen = HashSet::new();
    let kind = |word: &Word| {
        let verb = &*word.text;
        let known = WRITE.iter().chain(&READ).find(|known| **known == verb);
        known.copied().unwrap_or(if verb.starts_with("impersonate") { "impersonate" } else { "" })
    };
    verbs.iter().filter(|word| seen.insert(kind(word))).collect()
}

fn is_cluster_info(rule: &PolicyRule) -> bool {
    let is = |words: &[Word], text: &str| !words.is_empty() && words.iter().all(|word| *word.text == *text);
    is(&rule.resources, "configmaps") && is(&rule.resource_names, "cluster-info")
}

fn is_secret_or_connection(resource: &str) -> bool {
    let subresource = resource.strip_prefix("*/");
    [ANY, "secrets"].contains(&resource)
        || CONNECTIONS.contains(&resource)
        || subresource.is_some_and(|sub| CONNECTIONS.iter().any(|known| known.ends_with(&format!("/{sub}"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    fn words(text: &str) -> Vec<Word> {
        let core = |word: &str| if word == "core" { "" } else { word }.into();
        text.split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| Word { text: core(word), span: Span::default() })
            .collect()
    }

    /// How much a rule is for somebody: 0, 1 or 2.
    fn rank(audience: Audience, rule: &PolicyRule) -> u8 {
        audience.exposure(rule, Scope::Cluster).rank()
    }

    fn rule(verbs: &str, groups: &str, resources: &str, names: &str) -> PolicyRule {
        PolicyRule {
            verbs: words(verbs),
            api_groups: words(groups),
            resources: words(resources),
            resource_names: words(names),
            ..PolicyRule::default()
        }
    }

    #[test]
    fn what_everybody_may_do_is_ranked() {
        for (verbs, groups, resources, names, anybody, authenticated) in [
            ("get", "core", "pods", "", 2, 1),
            ("get", "core", "secrets", "ca", 2, 2),
            ("get list", "apps", "secrets", "", 2, 1),
            ("watch", "*", "*", "", 2, 2),
            ("get", "core", "pods/exec", "", 2, 2),
            ("get", "core", "*/proxy", "", 2, 2),
            ("get", "core", "*/scale", "", 2, 1),
            ("get create", "core", "services/proxy", "http:sealed-secrets:", 2, 1),
            ("get", "core", "configmaps", "cluster-info", 0, 1),
            ("get update", "core", "configmaps", "cluster-info", 2, 2),
            ("create", "core", "configmaps", "lock", 0, 0),
            ("create", "core", "serviceaccounts/token", "ci", 2, 2),
            ("use", "policy", "podsecuritypolicies", "restricted", 2, 0),
            ("create", "authorization.k8s.io", "selfsubjectaccessreviews", "", 0, 0),
            ("create", "authentication.k8s.io", "tokenreviews", "", 2, 1),
            ("create", "example.com", "reviews", "", 2, 2),
            ("create list", "login.concierge.pinniped.dev", "tokencredentialrequests", "", 0, 0),
            ("impersonate:user-info", "authentication.k8s.io", "users", "", 2, 2),
        ] {
            let rule = rule(verbs, groups, resources, names);
            assert_eq!(rank(Audience::Anybody, &rule), anybody, "{rule:?}");
            assert_eq!(rank(Audience::Accounts, &rule), authenticated, "{rule:?}");
        }
    }

    #[test]
    fn some_paths_are_for_everybody() {
        for (path, anybody) in [
            ("/healthz", 0),
            ("/healthz/*", 0),
            ("/version/", 0),
            ("/api*", 0),
            ("/openid/v1/jwks", 0),
            ("/.well-known/openid-configuration", 0),
            ("/swagger-2.0.0.pb-v1", 0),
            ("/metrics", 2),
            ("/versions", 2),
            ("*", 2),
        ] {
            let rule = PolicyRule { verbs: words("get"), urls: words(path), ..PolicyRule::default() };
            assert_eq!(rank(Audience::Anybody, &rule), anybody, "{path}");
            assert_eq!(Audience::Anybody.exposure(&rule, Scope::Namespace(None)), Exposure::Harmless);
        }
    }
}
