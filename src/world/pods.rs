//! Pods, and the ServiceAccounts that they run as.

use super::fact::{Fact, Home, Pod};
use super::index::{Distance, Namespaces, World};
use super::names::Referent;
use crate::k8s::names::is_placeholder;

/// What a pod runs as that names no ServiceAccount (`plugin/pkg/admission/serviceaccount/admission.go`).
pub const DEFAULT_ACCOUNT: &str = "default";

/// API groups of the kinds whose pods are made as they are written; the operators of other kinds may give their pods a
/// ServiceAccount where none is named.
const CORE_GROUPS: [&str; 4] = ["", "apps", "batch", "extensions"];

impl Fact {
    /// Whether its pods are made as they are written.
    pub fn makes_pods_as_written(&self) -> bool {
        let group = self.object.api_version.split_once('/').map_or("", |(group, _)| group);
        CORE_GROUPS.contains(&group)
    }
}

impl World {
    /// The ServiceAccount that a pod of `workload` runs as, if it stands in the input. Every namespace has a `default` of
    /// its own, so one is taken for the pod's only from its unit or its namespace.
    pub fn account_of_pod(&self, workload: &Fact, pod: &Pod) -> Option<&Fact> {
        let name = pod.account_name().unwrap_or(DEFAULT_ACCOUNT);
        let is_told = workload.is_symbolic(name) || !is_placeholder(name);
        if pod.account_is_unknown || pod.home != Home::Own || !is_told {
            return None;
        }
        let reach = if name == DEFAULT_ACCOUNT { Distance::SameUnit } else { Distance::OneTree };
        self.nearest(workload, Referent::ServiceAccount, name, reach)
    }

    /// Whether the API server mounts a token into a pod of `workload`: the pod's own word counts, then that of its
    /// ServiceAccount; without either it does (`shouldAutomount` in the same file).
    pub fn is_automounted(&self, workload: &Fact, pod: &Pod) -> bool {
        let account = || self.account_of_pod(workload, pod)?.service_account()?.automount.as_ref();
        pod.automount.as_ref().or_else(account).is_none_or(|flag| flag.value)
    }

    /// Whether something may change the pods of `workload` that cannot be followed: a patch that names ServiceAccounts, a
    /// remote base.
    pub fn may_be_patched(&self, workload: &Fact) -> bool {
        self.builds.is_open(workload.file())
    }

    /// The closest object of a name that `from` can mean: in its namespace where both write one, else within `reach`.
    pub(super) fn nearest(
        &self,
        from: &Fact,
        referent: Referent,
        name: &str,
        reach: Distance,
    ) -> Option<&Fact> {
        if self.is_crowded(referent, name) {
            return None;
        }
        let is_near = |fact: &&Fact| match self.compare_namespaces(from, fact) {
            Namespaces::Different => false,
            Namespaces::Same if !fact.object.namespace.is_empty() => true,
            _ => self.distance(from, fact) <= reach,
        };
        let named = self.named(referent, name).filter(|fact| self.can_mean(from, fact));
        named.filter(is_near).min_by_key(|fact| self.distance(from, fact))
    }
}
