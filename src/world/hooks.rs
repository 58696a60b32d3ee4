//! Hooks of Helm: which of two objects is there first.
//!
//! Helm creates nothing of a release before its `pre-install` hooks are done. Among these the weight decides, then the kind:
//! in `InstallOrder` every kind that runs pods comes after ServiceAccounts (`pkg/action/hooks.go`,
//! `pkg/release/v1/util/kind_sorter.go` of helm/helm).

use super::fact::{Fact, Pod};
use super::index::{CROWD, Distance, Namespaces, World};
use super::names::Referent;
use super::resolve::{Resolution, Sought};
use crate::k8s::Object;
use crate::yaml::{Entry, Node};

const HOOK: &str = "helm.sh/hook";
const WEIGHT: &str = "helm.sh/hook-weight";

/// The events that Helm 3 and 4 know (`pkg/release/v1/util/manifest_sorter.go`). An object with another one is never
/// created.
const EVENTS: [&str; 10] = [
    "post-delete",
    "post-install",
    "post-rollback",
    "post-upgrade",
    "pre-delete",
    "pre-install",
    "pre-rollback",
    "pre-upgrade",
    "test",
    "test-success",
];

/// What makes an object a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// It may be one, but its annotations cannot be read; or it waits for an event that does not exist.
    Unknown,
    /// It is one.
    At {
        /// Whether it is created before the release is installed.
        is_pre_install: bool,
        /// Hooks of lower weight go first; `None` if it cannot be read.
        weight: Option<i64>,
    },
}

impl Hook {
    /// What the annotations of `object` say; `None` if it is installed with the release.
    pub(super) fn of(object: &Object<'_>) -> Option<Hook> {
        let events = match annotation(object, HOOK) {
            Annotation::Absent => return None,
            Annotation::Unknown => return Some(Hook::Unknown),
            Annotation::Text(events) => events,
        };
        let mut is_pre_install = false;
        for event in events.split(',').map(|event| event.trim().to_ascii_lowercase()) {
            if !EVENTS.contains(&event.as_str()) {
                return Some(Hook::Unknown);
            }
            is_pre_install |= event == "pre-install";
        }
        let weight = match annotation(object, WEIGHT) {
            Annotation::Absent => Some(0),
            Annotation::Unknown => None,
            Annotation::Text(weight) => Some(weight.parse().unwrap_or(0)),
        };
        Some(Hook::At { is_pre_install, weight })
    }
}

enum Annotation<'a> {
    Absent,
    Unknown,
    Text(&'a str),
}

/// What an annotation says, whatever branch of a template it stands in.
fn annotation<'a>(object: &Object<'a>, key: &str) -> Annotation<'a> {
    let Some(metadata) = object.root.get("metadata").value() else { return Annotation::Unknown };
    let maps: Vec<Node<'_>> = metadata.alternatives("annotations").map(|entry| entry.value).collect();
    let is_known = !maps.is_empty() || metadata.get("annotations").is_absent();
    let mut written = maps.iter().flat_map(|map| map.alternatives(key)).map(|entry: Entry<'_>| entry.value);
    match written.next().map(Node::text) {
        Some(Some(text)) if written.all(|other| other.text() == Some(text)) => Annotation::Text(text),
        None if is_known && maps.iter().all(|map| is_absent(*map, key)) => Annotation::Absent,
        _ => Annotation::Unknown,
    }
}

fn is_absent(map: Node<'_>, key: &str) -> bool {
    !map.is_unknown() && map.get(key).is_absent()
}

impl World {
    /// The ServiceAccount of a Job or Pod for which Helm waits before it creates that ServiceAccount. It waits for no other
    /// kind (`WatchUntilReady` in `pkg/kube/client.go`): their pods come when the ServiceAccount does.
    pub fn account_after<'w>(&'w self, hook: &'w Fact, pod: &'w Pod) -> Option<&'w Fact> {
        let Some(Hook::At { is_pre_install: true, weight }) = hook.hook.as_deref() else { return None };
        if !["Job", "Pod"].contains(&hook.object.kind.as_str()) || hook.is_dump || self.is_plain(hook) {
            return None;
        }
        let account = pod.account.as_ref()?;
        let Resolution::Found(found) = self.account(hook, account) else { return None };
        if self.distance(hook, found) > Distance::SameUnit {
            return None;
        }
        let (name, referent) = (&account.name, Referent::ServiceAccount);
        let sought = Sought { from: hook, referent, name, home: &account.home };
        let named = self.named(referent, &name.text).take(CROWD).filter(|fact| self.can_mean(hook, fact));
        // One of that name that is there in time is enough.
        let mut meant = named.filter(|fact| self.compare(sought, fact) != Namespaces::Different);
        meant.all(|fact| is_late(fact, *weight)).then_some(found)
    }
}

/// Whether it is certain that a ServiceAccount is not there when a `pre-install` hook of this weight runs.
fn is_late(account: &Fact, weight: Option<i64>) -> bool {
    match account.hook.as_deref() {
        None | Some(Hook::At { is_pre_install: false, .. }) => true,
        Some(Hook::At { is_pre_install: true, weight: Some(own) }) => {
            weight.is_some_and(|weight| *own > weight)
        }
        Some(Hook::At { weight: None, .. } | Hook::Unknown) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::testing::with_object;

    #[test]
    fn annotations_are_read_as_helm_reads_them() {
        let at = |is_pre_install, weight| Some(Hook::At { is_pre_install, weight: Some(weight) });
        for (annotations, expected) in [
            ("", None),
            ("annotations: {}", None),
            ("annotations: {a: b}", None),
            ("annotations: {helm.sh/hook: pre-install}", at(true, 0)),
            ("annotations: {helm.sh/hook: 'Post-Install , PRE-INSTALL'}", at(true, 0)),
            ("annotations: {helm.sh/hook: test-success}", at(false, 0)),
            ("annotations: {helm.sh/hook: 'pre-install,crd-install'}", Some(Hook::Unknown)),
            ("annotations: {helm.sh/hook: ''}", Some(Hook::Unknown)),
            ("annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: '-5'}", at(true, -5)),
            ("annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: '+5'}", at(true, 5)),
            ("annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: '5.0'}", at(true, 0)),
            ("annotations: {helm.sh/hook-weight: '5'}", None),
        ] {
            let yaml = format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  {annotations}\n");
            assert_eq!(with_object(&yaml, Hook::of), expected, "{annotations}");
        }
    }
}
