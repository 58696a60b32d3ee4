//! An annotation that Kubernetes does not have and that promises something about a token.

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix, Persona};
use crate::k8s::known::SERVICE_ACCOUNT_NAME;
use crate::k8s::{Object, UID_ANNOTATION};
use crate::yaml::removal::remove_line;
use crate::yaml::{Entry, Node};

pub(super) static RULE: Rule = rule!("invented-token-annotation", Check::Object(check));

/// What the words of an invented annotation promise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promise {
    Namespace,
    Lifetime,
    Audience,
}

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    let speaks_of_tokens =
        object.id.api_version == "v1" && ["Secret", "ServiceAccount"].contains(&object.id.kind.as_str());
    let Some(annotations) = object.at_path(&["metadata", "annotations"]).value().filter(|_| speaks_of_tokens)
    else {
        return;
    };
    for entry in annotations.entries() {
        let Some(key) = entry.key.text() else { continue };
        if let Some(promise) = promise(key) {
            let edit = remove_line(annotations, entry);
            sink.report(draft(object, entry, key, promise).fix(edit.map(|edit| Fix::safe([edit]))));
        }
    }
}

/// What a key in the domain `kubernetes.io` promises about a token, if Kubernetes does not know it.
fn promise(key: &str) -> Option<Promise> {
    let name = key
        .strip_prefix("kubernetes.io/")
        .filter(|_| ![SERVICE_ACCOUNT_NAME, UID_ANNOTATION].contains(&key))?;
    let about = name.strip_prefix("service-account").or_else(|| name.strip_prefix("token"))?;
    about.starts_with(['.', '-', '_', '/']).then_some(())?;
    about.split(['.', '-', '_', '/']).find_map(|word| match word {
        "namespace" => Some(Promise::Namespace),
        "ttl" | "expiration" | "expiry" | "expires" | "expire" | "duration" | "lifetime" | "rotation" => {
            Some(Promise::Lifetime)
        }
        "audience" | "audiences" => Some(Promise::Audience),
        _ => None,
    })
}

fn draft(object: &Object<'_>, entry: Entry<'_>, key: &str, promise: Promise) -> Draft {
    let (effect, help) = match promise {
        Promise::Namespace => (
            "and is ignored",
            "remove it: a token Secret always belongs to the ServiceAccount of that name in its own namespace",
        ),
        Promise::Lifetime => (
            "and limits nothing",
            "remove it: the token of such a Secret never expires; only projected tokens and `kubectl create token` do",
        ),
        Promise::Audience => (
            "and limits nothing",
            "remove it: the token of such a Secret has no audience; only projected tokens and `kubectl create token` do",
        ),
    };
    let shown = if key.len() <= 60 { format!("`{key}`") } else { "this annotation".to_owned() };
    let draft = object.draft(entry.key, format!("{shown} is unknown to Kubernetes {effect}")).help(help);
    let own = object.at_path(&["metadata", "namespace"]).value().and_then(Node::as_str);
    // Only another namespace misleads. Where none is written, the object most likely lands in that very namespace.
    let misleads = own.is_some_and(|own| entry.value.as_str() != Some(own));
    if promise == Promise::Namespace && !misleads { draft.persona(Persona::Pedantic) } else { draft }
}

#[cfg(test)]
mod tests {
    use super::promise;

    #[test]
    fn only_invented_keys_promise_something() {
        for key in [
            "kubernetes.io/service-account.namespace",
            "kubernetes.io/service-account.token-ttl",
            "kubernetes.io/service-account.token.expiration",
            "kubernetes.io/service-account.expiration",
            "kubernetes.io/service-account-token-expiration",
            "kubernetes.io/token-expiration-seconds",
            "kubernetes.io/service-account.token-audience",
        ] {
            assert!(promise(key).is_some(), "{key}");
        }
        for key in [
            "kubernetes.io/service-account.name",
            "kubernetes.io/service-account.uid",
            "kubernetes.io/legacy-token-last-used",
            "eks.amazonaws.com/token-expiration",
            "azure.workload.identity/service-account-token-expiration",
            "authentication.kubernetes.io/token-expiration",
            "kubernetes.io/tokenexpiration",
        ] {
            assert!(promise(key).is_none(), "{key}");
        }
    }
}
