//! Which rules of roles lead further than they say, and what makes them do so.

use super::primitive::assert_well_formed;
use super::{Granted, PolicyRule, Restriction, Word, primitives};
use crate::finding::Persona;
use crate::k8s::KubeVersions;
use crate::span::Span;

const RBAC: &str = "rbac.authorization.k8s.io";

/// A rule from words with blanks between them: verbs, group, resources, names.
fn rule([verbs, group, resources, names]: [&str; 4]) -> PolicyRule {
    let words = |text: &str| -> Vec<Word> {
        text.split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| Word { text: word.into(), span: Span::default() })
            .collect()
    };
    PolicyRule {
        verbs: words(verbs),
        api_groups: vec![Word { text: group.into(), span: Span::default() }],
        resources: words(resources),
        resource_names: words(names),
        ..PolicyRule::default()
    }
}

fn ids(rule: &PolicyRule, is_cluster: bool) -> Vec<&'static str> {
    primitives(rule, is_cluster).map(|granted| granted.primitive.id).collect()
}

fn find<'r>(rule: &'r PolicyRule, id: &str) -> Granted<'r> {
    primitives(rule, true).find(|granted| granted.primitive.id == id).unwrap()
}

#[test]
fn the_table_is_read() {
    assert_well_formed();
}

#[test]
fn primitives_are_found_in_all_namespaces() {
    let cases: &[([&str; 4], &[&str])] = &[
        (["get", "", "secrets", ""], &["read-secrets"]),
        (["list", "", "secrets", ""], &["read-secrets"]),
        (["watch", "", "secrets", ""], &["read-secrets"]),
        (["delete", "", "secrets", ""], &[]),
        (["get", "apps", "secrets", ""], &[]),
        (["get", "", "secrets", "mine"], &[]),
        (["list watch", "", "secrets", "mine"], &[]),
        (["create", "", "secrets", ""], &["create-token-secrets"]),
        (["create", "", "secrets", "mine"], &[]),
        (["create", "", "serviceaccounts/token", ""], &["mint-tokens"]),
        (["create", "", "serviceaccounts/token", "mine"], &["mint-tokens"]),
        (["create", "", "serviceaccounts", ""], &[]),
        (["get", "", "serviceaccounts/token", ""], &[]),
        (["patch", "", "serviceaccounts", ""], &["change-accounts"]),
        (["escalate", RBAC, "clusterroles", ""], &["escalate-cluster-roles"]),
        (["escalate", RBAC, "clusterrolebindings", ""], &[]),
        (["escalate", "", "clusterroles", ""], &[]),
        (["bind", RBAC, "clusterroles roles", ""], &["bind-cluster-roles", "bind-roles"]),
        (["bind", RBAC, "clusterrolebindings rolebindings", ""], &[]),
        (["impersonate", "", "users", ""], &["impersonate-users"]),
        (["impersonate", "authentication.k8s.io", "users", ""], &[]),
        (
            ["impersonate:user-info", "authentication.k8s.io", "users", ""],
            &["impersonate-users-within-limits"],
        ),
        (["get", "", "nodes/proxy", ""], &["proxy-nodes"]),
        (["create", "", "nodes/proxy", ""], &["proxy-nodes"]),
        (["get", "", "nodes", ""], &[]),
        (["get", "", "nodes/metrics", ""], &[]),
        (["create", "", "pods", ""], &["run-pods"]),
        (["create", "", "pods/exec", ""], &["exec-in-pods"]),
        (["get", "", "pods/exec", ""], &["exec-in-pods-by-get"]),
        (["get create", "", "pods/*", ""], &[]),
        (["create", "", "*/exec", ""], &["exec-in-pods"]),
        (["patch", "", "pods/ephemeralcontainers", ""], &["add-containers"]),
        (["create", "apps", "deployments", ""], &["run-apps"]),
        (["create", "extensions", "deployments", ""], &[]),
        (["create", "batch", "jobs", "mine"], &[]),
        (["create", "", "persistentvolumes", ""], &["create-volumes"]),
        (["create", "", "persistentvolumeclaims", ""], &[]),
        (["approve", "certificates.k8s.io", "signers", ""], &["approve-signers"]),
        (["approve", "certificates.k8s.io", "signers", "example.com/mine"], &[]),
        (["approve", "certificates.k8s.io", "signers", "kubernetes.io/*"], &["approve-signers"]),
        (
            ["patch", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "mine"],
            &["write-webhooks"],
        ),
        (["create", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "mine"], &[]),
        (["patch", "apiextensions.k8s.io", "customresourcedefinitions", ""], &["write-conversions"]),
        (["create", "apiextensions.k8s.io", "customresourcedefinitions", ""], &[]),
        (["create", "coordination.k8s.io", "leases", ""], &[]),
    ];
    for (words, expected) in cases {
        assert_eq!(ids(&rule(*words), true), *expected, "{words:?}");
    }
}

#[test]
fn a_role_binding_gives_nothing_that_has_no_namespace() {
    for (words, expected) in [
        (["escalate", RBAC, "clusterroles roles", ""], &["escalate-roles"][..]),
        (["bind", RBAC, "clusterroles", ""], &["bind-cluster-roles"]),
        (["impersonate", "", "users groups serviceaccounts", ""], &["impersonate-accounts"]),
        (["get", "", "nodes/proxy", ""], &[]),
        (["create", "", "persistentvolumes", ""], &[]),
        (["get", "", "secrets", ""], &["read-secrets"]),
    ] {
        assert_eq!(ids(&rule(words), false), expected, "{words:?}");
    }
}

#[test]
fn the_words_that_make_it_are_pointed_at() {
    for (words, id, verb, resource, at) in [
        (
            ["get escalate", RBAC, "roles clusterroles", ""],
            "escalate-cluster-roles",
            "escalate",
            "clusterroles",
            "escalate",
        ),
        (
            ["list create", "", "pods serviceaccounts/token", ""],
            "mint-tokens",
            "create",
            "serviceaccounts/token",
            "serviceaccounts/token",
        ),
        (["get", "", "*", ""], "read-secrets", "get", "*", "get"),
        (["*", "", "secrets", ""], "read-secrets", "*", "secrets", "secrets"),
    ] {
        let rule = rule(words);
        let granted = find(&rule, id);
        let found = [granted.verb, granted.resource, granted.word()].map(|word| &*word.text);
        assert_eq!(found, [verb, resource, at], "{words:?}");
    }
}

#[test]
fn names_and_namespaces_quieten() {
    for (words, id, is_cluster, restriction, persona) in [
        (["bind", RBAC, "clusterroles", ""], "bind-cluster-roles", true, Restriction::No, Persona::Regular),
        (
            ["bind", RBAC, "clusterroles", "view"],
            "bind-cluster-roles",
            true,
            Restriction::ToSome,
            Persona::Pedantic,
        ),
        (
            ["bind", RBAC, "clusterroles", "view cluster-admin"],
            "bind-cluster-roles",
            true,
            Restriction::InVain,
            Persona::Regular,
        ),
        (
            ["create", "", "serviceaccounts/token", "mine"],
            "mint-tokens",
            true,
            Restriction::ToSome,
            Persona::Pedantic,
        ),
        (["get", "", "secrets", ""], "read-secrets", true, Restriction::No, Persona::Pedantic),
        (["get", "", "secrets", ""], "read-secrets", false, Restriction::No, Persona::Auditor),
        (
            ["patch", "", "nodes/status", "mine"],
            "write-node-status",
            true,
            Restriction::ToSome,
            Persona::Auditor,
        ),
    ] {
        let rule = rule(words);
        let granted = find(&rule, id);
        assert_eq!((granted.restriction, granted.persona(is_cluster)), (restriction, persona), "{words:?}");
    }
}

#[test]
fn some_hold_for_some_versions() {
    for (words, id, versions) in [
        (["get", "", "pods/exec", ""], "exec-in-pods-by-get", KubeVersions::before(35)),
        (["get", "", "pods/portforward", ""], "forward-ports-by-get", KubeVersions::before(35)),
        (
            ["impersonate:serviceaccount", "authentication.k8s.io", "serviceaccounts", ""],
            "impersonate-accounts-within-limits",
            KubeVersions::since(36),
        ),
        (["create", "", "pods/exec", ""], "exec-in-pods", KubeVersions::ALL),
    ] {
        assert_eq!(find(&rule(words), id).primitive.versions, versions, "{id}");
    }
}
