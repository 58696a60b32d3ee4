//! What rules allow that leads to other identities, or to everything.
//!
//! Which rights these are: `pkg/registry/rbac/escalation_check.go` (escalate, bind),
//! `apiserver pkg/endpoints/filters/impersonation` (impersonate), and what a token, a pod or a Secret of a ServiceAccount
//! is good for.

use super::granted::{GrantedRole, GrantedRule};
use super::policy::Word;
use crate::world::index::CROWD;

/// What somebody can do with rights, alone or together with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Power {
    Everything,
    Escalate,
    ChangeClusterRoles,
    BindClusterRoles,
    WriteClusterRoleBindings,
    CreateRoleBindings,
    ImpersonateUsers,
    ImpersonateGroups,
    ImpersonateAccounts,
    RequestCertificates,
    ReadCertificates,
    ApproveCertificates,
    ApproveSigner,
    CreateTokens,
    ReadSecrets,
    CreateSecrets,
    CreatePods,
    ChangePods,
    ChangeWorkloads,
    ExecuteInPods,
    AttachToPods,
    ReachKubelets,
}

/// A right that gives a power.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) power: Power,
    /// Any of them.
    pub(super) verbs: &'static [&'static str],
    pub(super) group: &'static str,
    pub(super) resource: &'static str,
    pub(super) subresource: &'static str,
    /// The names that a rule with `resourceNames` must have to give as much as one without.
    wanted: &'static [&'static str],
}

const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const CHANGE: &[&str] = &["patch", "update"];
const READ: &[&str] = &["get", "list", "watch"];
const CREATE: &[&str] = &["create"];
/// The signer of client certificates, of which the API server accepts any user
/// (`pkg/controller/certificates/signer/signer.go`), and all signers of its domain.
const CLIENT_SIGNERS: &[&str] = &["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"];

const fn way(
    power: Power,
    verbs: &'static [&'static str],
    group: &'static str,
    resource: &'static str,
    subresource: &'static str,
) -> Way {
    Way { power, verbs, group, resource, subresource, wanted: &[] }
}

const fn naming(way: Way, wanted: &'static [&'static str]) -> Way {
    Way { wanted, ..way }
}

/// Of several that give a power, the first is shown.
static WAYS: &[Way] = &[
    way(Power::Everything, &["*"], "*", "*", ""),
    way(Power::Escalate, &["escalate"], RBAC, "clusterroles", ""),
    way(Power::ChangeClusterRoles, CHANGE, RBAC, "clusterroles", ""),
    naming(way(Power::BindClusterRoles, &["bind"], RBAC, "clusterroles", ""), &["cluster-admin"]),
    way(Power::WriteClusterRoleBindings, &["create", "patch", "update"], RBAC, "clusterrolebindings", ""),
    way(Power::CreateRoleBindings, CREATE, RBAC, "rolebindings", ""),
    way(Power::ImpersonateUsers, &["impersonate"], "", "users", ""),
    naming(way(Power::ImpersonateGroups, &["impersonate"], "", "groups", ""), &["system:masters"]),
    way(Power::RequestCertificates, CREATE, CERTIFICATES, "certificatesigningrequests", ""),
    way(Power::ReadCertificates, READ, CERTIFICATES, "certificatesigningrequests", ""),
    way(Power::ApproveCertificates, CHANGE, CERTIFICATES, "certificatesigningrequests", "approval"),
    naming(way(Power::ApproveSigner, &["approve"], CERTIFICATES, "signers", ""), CLIENT_SIGNERS),
    way(Power::CreateTokens, CREATE, "", "serviceaccounts", "token"),
    way(Power::ImpersonateAccounts, &["impersonate"], "", "serviceaccounts", ""),
    way(Power::ReadSecrets, READ, "", "secrets", ""),
    way(Power::CreateSecrets, CREATE, "", "secrets", ""),
    way(Power::CreatePods, CREATE, "", "pods", ""),
    way(Power::CreatePods, CREATE, "apps", "deployments", ""),
    way(Power::CreatePods, CREATE, "apps", "daemonsets", ""),
    way(Power::CreatePods, CREATE, "apps", "statefulsets", ""),
    way(Power::CreatePods, CREATE, "apps", "replicasets", ""),
    way(Power::CreatePods, CREATE, "batch", "jobs", ""),
    way(Power::CreatePods, CREATE, "batch", "cronjobs", ""),
    way(Power::CreatePods, CREATE, "", "replicationcontrollers", ""),
    way(Power::ChangePods, CHANGE, "", "pods", ""),
    way(Power::ChangePods, CHANGE, "", "pods", "ephemeralcontainers"),
    way(Power::ChangeWorkloads, CHANGE, "apps", "deployments", ""),
    way(Power::ChangeWorkloads, CHANGE, "apps", "daemonsets", ""),
    way(Power::ChangeWorkloads, CHANGE, "apps", "statefulsets", ""),
    way(Power::ChangeWorkloads, CHANGE, "apps", "replicasets", ""),
    way(Power::ChangeWorkloads, CHANGE, "batch", "cronjobs", ""),
    way(Power::ChangeWorkloads, CHANGE, "", "replicationcontrollers", ""),
    way(Power::ExecuteInPods, CREATE, "", "pods", "exec"),
    way(Power::AttachToPods, CREATE, "", "pods", "attach"),
    way(Power::ReachKubelets, &["create", "get"], "", "nodes", "proxy"),
];

/// The workloads that make pods, with the resource that they are; those whose template may be changed later.
const CONTROLLERS: [(&str, &str); 6] = [
    ("CronJob", "cronjobs"),
    ("DaemonSet", "daemonsets"),
    ("Deployment", "deployments"),
    ("ReplicaSet", "replicasets"),
    ("ReplicationController", "replicationcontrollers"),
    ("StatefulSet", "statefulsets"),
];

/// The resource that a workload is, if its pods can be changed by changing it.
pub(super) fn resource_of(kind: &str) -> Option<&'static str> {
    CONTROLLERS.iter().find(|(known, _)| *known == kind).map(|(_, resource)| *resource)
}

/// A rule that gives a power.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held<'w> {
    pub(super) way: &'static Way,
    /// The first of its verbs that the rule has.
    pub(super) verb: &'static str,
    pub(super) rule: GrantedRule<'w>,
    /// The only objects for which it does; none if for all.
    pub(super) names: &'w [Word],
}

/// The powers that a role gives. Rules that name objects are looked at as long as no rule gives the same for all, and as
/// long as they do not name a crowd.
pub(super) fn powers<'w>(role: &GrantedRole<'w>) -> Vec<Held<'w>> {
    WAYS.iter().flat_map(|way| held(way, role)).collect()
}

fn held<'w>(way: &'static Way, given: &GrantedRole<'w>) -> Vec<Held<'w>> {
    let (mut some, mut count) = (Vec::new(), 0_usize);
    for granted in &given.rules {
        let rule = granted.rule;
        let verb = way.verbs.iter().find(|verb| rule.has_verb(verb));
        let Some(verb) = verb.filter(|_| rule.has_group(way.group)) else { continue };
        if !rule.has_resource(way.resource, way.subresource) {
            continue;
        }
        let names = rule.resource_names.as_slice();
        let has_wanted = names.iter().any(|name| way.wanted.contains(&&*name.text));
        if names.is_empty() || has_wanted {
            return vec![Held { way, verb, rule: *granted, names: &[] }];
        }
        count += names.len();
        if count <= CROWD {
            some.push(Held { way, verb, rule: *granted, names });
        }
    }
    some
}
