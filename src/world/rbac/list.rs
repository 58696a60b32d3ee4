//! All that somebody may do, broken down and put together as `kubectl auth can-i --list` does it
//! (`k8s.io/kubectl/pkg/util/rbac/rbac.go`).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::held::Held;
use super::policy::{PolicyRule, Word};
use super::request::{Request, ResourceRequest};
use super::requester::Requester;
use super::rights::{Chain, Rights, RoleGrant, Scope};
use crate::world::index::World;

/// More verbs of things than this are too many to read, and a rule from a stranger may name thousands of verbs, resources and
/// groups.
const MOST: usize = 100_000;

/// Something that somebody may do.
#[derive(Debug)]
pub struct Right<'r, 'w> {
    /// What with.
    pub target: Target<'w>,
    /// Where; `None` for a namespace that is not known.
    pub scope: Scope<'w>,
    /// Whether it depends on a namespace that is not written.
    pub is_assumed: bool,
    /// What may be done, each verb once.
    pub verbs: Vec<&'w str>,
    /// What allows it.
    pub chains: Vec<Chain<'r, 'w>>,
}

/// What somebody may do something with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target<'w> {
    /// A resource.
    Resource {
        /// Its API group.
        group: &'w str,
        /// With its subresource: `pods/log`.
        resource: &'w str,
        /// The one object that is meant.
        name: Option<&'w str>,
    },
    /// A path that is no resource.
    Url(&'w str),
}

/// All that somebody may do.
#[derive(Debug, Default)]
pub struct List<'r, 'w> {
    /// In the order of kubectl: by verbs, group, resource, name and path; then by where it holds.
    pub rights: Vec<Right<'r, 'w>>,
    /// Bindings whose roles are not in the input, or were read in part.
    pub unknown: Vec<&'r RoleGrant<'w>>,
    /// Whether there is more than can be listed.
    pub is_cut: bool,
}

impl<'w> Rights<'w> {
    /// All that somebody may do: anywhere, or in `namespace` and with what has none.
    pub fn list<'r>(&'r self, requester: &Requester<'_>, namespace: Option<&str>) -> List<'r, 'w> {
        let mut builder = Builder {
            world: self.world,
            list: List::default(),
            known: HashMap::new(),
            verbs: HashSet::new(),
            work: 0,
        };
        for held in self.held_by(requester) {
            let Some(is_assumed) = holds_in(&held, requester, namespace) else { continue };
            if held.grant.role.is_partial {
                builder.list.unknown.push(held.grant);
            }
            for rule in &held.grant.role.rules {
                let Held { grant, subject, .. } = held;
                builder.add(rule.rule, Chain { grant, subject, rule: *rule, is_assumed });
            }
        }
        let mut list = builder.list;
        list.rights.sort_by_cached_key(|right| (right.key(), right.scope));
        list
    }
}

/// Whether something holds in `namespace` only if a namespace that is not written is taken for it; `None` if it does not.
fn holds_in(held: &Held<'_, '_>, requester: &Requester<'_>, namespace: Option<&str>) -> Option<bool> {
    let Some(namespace) = namespace else {
        return Some(held.is_assumed || held.grant.scope == Scope::Namespace(None));
    };
    let anything =
        ResourceRequest { namespace: Some(Cow::Borrowed(namespace)), ..ResourceRequest::default() };
    held.is_assumed_for(requester, &Request::Resource(anything))
}

struct Builder<'r, 'w> {
    world: &'w World,
    list: List<'r, 'w>,
    known: HashMap<(Target<'w>, Scope<'w>, bool), usize>,
    verbs: HashSet<(usize, &'w str)>,
    work: usize,
}

impl<'r, 'w> Builder<'r, 'w> {
    fn add(&mut self, rule: &'w PolicyRule, chain: Chain<'r, 'w>) {
        for target in targets(rule, chain.grant.scope) {
            if chain.grant.scope != Scope::Cluster && self.is_without_namespace(target) {
                continue;
            }
            self.work += 1 + rule.verbs.len();
            if self.work > MOST {
                self.list.is_cut = true;
                return;
            }
            let at = *self.known.entry((target, chain.grant.scope, chain.is_assumed)).or_insert_with(|| {
                let Chain { grant, is_assumed, .. } = chain;
                let (verbs, chains) = (Vec::new(), Vec::new());
                self.list.rights.push(Right { target, scope: grant.scope, is_assumed, verbs, chains });
                self.list.rights.len() - 1
            });
            let Some(right) = self.list.rights.get_mut(at) else { return };
            for verb in &rule.verbs {
                if self.verbs.insert((at, &verb.text)) {
                    right.verbs.push(&verb.text);
                }
            }
            right.chains.push(chain);
        }
    }
}

impl Builder<'_, '_> {
    /// Whether something is nothing that a RoleBinding can give. A Namespace itself is: requests of it count as made there.
    fn is_without_namespace(&self, target: Target<'_>) -> bool {
        let Target::Resource { group, resource, .. } = target else { return true };
        let name = resource.split('/').next().unwrap_or_default();
        let is_namespace = group.is_empty() && name == "namespaces";
        !is_namespace && self.world.scope_of(group, name) == Some(false)
    }
}

/// What a rule speaks of, one by one. Paths are for ClusterRoleBindings only.
fn targets<'w>(rule: &'w PolicyRule, scope: Scope<'_>) -> impl Iterator<Item = Target<'w>> {
    let text = |word: &'w Word| &*word.text;
    let names = rule.resource_names.iter().map(move |word| Some(text(word)));
    let names: Vec<_> = names.chain(rule.resource_names.is_empty().then_some(None)).collect();
    let resources = rule.api_groups.iter().flat_map(move |group| {
        let names = names.clone();
        rule.resources.iter().flat_map(move |resource| {
            let (group, resource) = (text(group), text(resource));
            names.clone().into_iter().map(move |name| Target::Resource { group, resource, name })
        })
    });
    let urls = rule.urls.iter().filter(move |_| scope == Scope::Cluster);
    resources.chain(urls.map(move |word| Target::Url(text(word))))
}

impl Right<'_, '_> {
    /// What kubectl sorts by: the rule as Go prints it.
    fn key(&self) -> String {
        let mut key = format!("Verbs:[{}],", self.verbs.join(" "));
        // Writing to a string does not fail.
        let _ = match self.target {
            Target::Resource { group, resource, name } => {
                let name = name.unwrap_or_default();
                write!(
                    key,
                    "APIGroups:[{group}],Resources:[{resource}],ResourceNames:[{name}],NonResourceURLs:[],"
                )
            }
            Target::Url(url) => {
                write!(key, "APIGroups:[],Resources:[],ResourceNames:[],NonResourceURLs:[{url}],")
            }
        };
        key
    }
}
