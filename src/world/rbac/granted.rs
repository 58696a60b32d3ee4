//! The rules of the roles that bindings give, aggregated.

use std::collections::{HashMap, HashSet};
use std::ptr;
use std::sync::Arc;

use super::built_in;
use super::policy::PolicyRule;
use super::role::{LabelSelector, Role};
use crate::k8s::KubeVersions;
use crate::world::fact::{Fact, RoleReference};
use crate::world::index::{CROWD, Distance, World};
use crate::world::names::Referent;
use crate::world::resolve::Resolution;

/// A role as a binding gives it.
#[derive(Debug)]
pub struct GrantedRole<'w> {
    /// Whether it is a ClusterRole.
    pub is_cluster: bool,
    /// Its name.
    pub name: &'w str,
    /// What is known of it.
    pub origin: Origin<'w>,
    /// Its rules; those of an aggregated ClusterRole come from others.
    pub rules: Vec<GrantedRule<'w>>,
    /// The first of them that allows everything.
    pub everything: Option<GrantedRule<'w>>,
    /// Whether it may have more rules than these: values of a chart tell them, or too many roles are aggregated.
    pub is_partial: bool,
}

/// Where a role comes from.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'w> {
    /// It was read.
    Written(&'w Fact),
    /// Every cluster has it.
    BuiltIn,
    /// It is not in the input, or not told: what it allows is not known.
    Missing(Resolution<'w>),
}

/// A rule that a role gives.
#[derive(Clone, Copy, Debug)]
pub struct GrantedRule<'w> {
    /// The rule.
    pub rule: &'w PolicyRule,
    /// The role that it is written in; `None` for what every cluster has.
    pub role: Option<&'w Fact>,
}

impl<'w> GrantedRole<'w> {
    fn new(is_cluster: bool, name: &'w str, origin: Origin<'w>, rules: Vec<GrantedRule<'w>>) -> Self {
        let everything = rules.iter().copied().find(|granted| granted.rule.is_everything());
        Self { is_cluster, name, origin, rules, everything, is_partial: false }
    }

    /// Whether it is not known what it allows.
    pub fn is_missing(&self) -> bool {
        matches!(self.origin, Origin::Missing(_))
    }

    /// `Role` or `ClusterRole`.
    pub fn kind(&self) -> &'static str {
        if self.is_cluster { "ClusterRole" } else { "Role" }
    }
}

/// More rules than these are not copied to the ClusterRoles that aggregate them: of many that select each other's rules there
/// would be no end.
const MOST_AGGREGATED: usize = 100_000;

/// Finds roles and aggregates them; each once.
pub(super) struct Roles<'w> {
    world: &'w World,
    versions: KubeVersions,
    written: HashMap<*const Fact, Arc<GrantedRole<'w>>>,
    /// By name and by the folder of the binding: near it may stand ClusterRoles that extend the role.
    built_in: HashMap<(&'w str, &'w str), Arc<GrantedRole<'w>>>,
    /// The ClusterRoles that have a label.
    labelled: HashMap<(&'w str, &'w str), Vec<&'w Fact>>,
    /// All ClusterRoles that were read.
    all: Vec<&'w Fact>,
    /// How many rules have been aggregated.
    aggregated: usize,
    /// Whether a role was left with fewer rules than it has, as there are too many.
    pub(super) is_cut: bool,
}

impl<'w> Roles<'w> {
    pub(super) fn new(world: &'w World, versions: KubeVersions) -> Self {
        let mut labelled: HashMap<_, Vec<_>> = HashMap::new();
        let is_cluster_role = |fact: &&Fact| Referent::of(fact) == Some(Referent::ClusterRole);
        let all: Vec<_> = world.facts().filter(is_cluster_role).collect();
        for fact in &all {
            for (key, value) in fact.role().into_iter().flat_map(|role| &role.labels) {
                labelled.entry((&*key.text, &**value)).or_default().push(*fact);
            }
        }
        let (written, built_in) = (HashMap::new(), HashMap::new());
        Self { world, versions, written, built_in, labelled, all, aggregated: 0, is_cut: false }
    }

    /// The role that the binding `from` gives.
    pub(super) fn given(&mut self, from: &'w Fact, role: &'w RoleReference) -> Arc<GrantedRole<'w>> {
        let resolution = self.world.role(from, role);
        match resolution {
            Resolution::Found(fact) => self.written(fact),
            Resolution::BuiltIn if role.is_cluster && built_in::is_known(&role.name.text) => {
                self.built_in(&role.name.text, Some(from))
            }
            Resolution::BuiltIn => {
                if let Some(fact) = self.nearest(from, role) {
                    return self.written(fact);
                }
                let home = || built_in::home_of_role(&role.name.text, self.world.namespace(from));
                match (!role.is_cluster).then(home).flatten() {
                    Some(home) => self.built_in_role(home, &role.name.text),
                    None => Arc::new(missing(role, resolution)),
                }
            }
            _ => Arc::new(missing(role, resolution)),
        }
    }

    /// A role with a name that Kubernetes keeps for itself, and that is written all the same: `system:metrics-server`.
    fn nearest(&self, from: &Fact, role: &RoleReference) -> Option<&'w Fact> {
        let named = self.world.named(role.referent(), &role.name.text).take(CROWD);
        let is_near = |fact: &&Fact| role.is_cluster || self.world.distance(from, fact) < Distance::Apart;
        named.filter(is_near).min_by_key(|fact| self.world.distance(from, fact))
    }

    /// A role that was read.
    pub(super) fn written(&mut self, fact: &'w Fact) -> Arc<GrantedRole<'w>> {
        if let Some(known) = self.written.get(&ptr::from_ref(fact)) {
            return Arc::clone(known);
        }
        let role = Arc::new(self.read(fact));
        self.written.insert(ptr::from_ref(fact), Arc::clone(&role));
        role
    }

    fn read(&mut self, fact: &'w Fact) -> GrantedRole<'w> {
        let is_cluster = Referent::of(fact) == Some(Referent::ClusterRole);
        let (mut rules, mut is_partial) = (Vec::new(), false);
        if let Some(role) = fact.role() {
            is_partial = role.is_partial || role.rules.iter().any(|rule| rule.is_partial);
            match role.aggregation.as_ref().filter(|_| is_cluster) {
                Some(selectors) => {
                    let (selected, is_cut) = self.aggregate(selectors, Some(fact), &fact.object.name);
                    (rules, is_partial) = (selected, is_partial || is_cut);
                }
                None => rules.extend(role.rules.iter().map(|rule| GrantedRule { rule, role: Some(fact) })),
            }
        }
        let origin = Origin::Written(fact);
        GrantedRole { is_partial, ..GrantedRole::new(is_cluster, &fact.object.name, origin, rules) }
    }

    /// A ClusterRole that every cluster has; ClusterRoles near `from` may extend it.
    pub(super) fn built_in(&mut self, name: &'w str, from: Option<&'w Fact>) -> Arc<GrantedRole<'w>> {
        let folder = from.map_or("", |from| self.world.folder(from));
        if let Some(known) = self.built_in.get(&(name, folder)) {
            return Arc::clone(known);
        }
        let mut rules: Vec<_> =
            built_in::rules(None, name, self.versions).map(GrantedRule::built_in).collect();
        let (selected, is_partial) = self.aggregate(built_in::selectors(name), from, name);
        rules.extend(selected);
        let role = GrantedRole::new(true, name, Origin::BuiltIn, rules);
        let role = Arc::new(GrantedRole { is_partial, ..role });
        self.built_in.insert((name, folder), Arc::clone(&role));
        role
    }

    /// A Role that every cluster has in `namespace`.
    pub(super) fn built_in_role(&self, namespace: &'static str, name: &'w str) -> Arc<GrantedRole<'w>> {
        let rules = built_in::rules(Some(namespace), name, self.versions).map(GrantedRule::built_in);
        Arc::new(GrantedRole::new(false, name, Origin::BuiltIn, rules.collect()))
    }
}

/// A ClusterRole that another one may aggregate.
#[derive(Clone, Copy)]
enum Candidate<'w> {
    Written(&'w Fact, &'w Role),
    BuiltIn(&'static str),
}

impl<'w> Candidate<'w> {
    fn name(self) -> &'w str {
        match self {
            Self::Written(fact, _) => &fact.object.name,
            Self::BuiltIn(name) => name,
        }
    }

    fn label(self, key: &str) -> Option<&'w str> {
        match self {
            Self::Written(_, role) => role.label(key),
            Self::BuiltIn(name) => built_in::label(name, key),
        }
    }

    /// What it takes its own rules from, if it is aggregated, too.
    fn selectors(self) -> Option<&'w [LabelSelector]> {
        match self {
            Self::Written(_, role) => role.aggregation.as_deref(),
            Self::BuiltIn(name) => Some(built_in::selectors(name)).filter(|selectors| !selectors.is_empty()),
        }
    }
}

impl<'w> Roles<'w> {
    /// The rules of the ClusterRoles that `selectors` select, and whether there are more of those than a crowd. What one of
    /// those aggregates counts, too (`clusterroleaggregation_controller.go`); the role `own` itself does not.
    fn aggregate(
        &mut self,
        selectors: &'w [LabelSelector],
        from: Option<&'w Fact>,
        own: &str,
    ) -> (Vec<GrantedRule<'w>>, bool) {
        let (mut open, mut seen, mut rules) = (vec![selectors], HashSet::from([own]), Vec::new());
        // Many ClusterRoles may select the same ones.
        let mut asked: HashSet<&LabelSelector> = HashSet::new();
        while let Some(selectors) = open.pop() {
            let new = selectors.iter().filter(|selector| asked.insert(selector));
            let new: Vec<_> = new.flat_map(|selector| self.selected(selector, from)).collect();
            for candidate in new {
                if seen.len() > CROWD || self.aggregated > MOST_AGGREGATED {
                    self.is_cut = true;
                    return (rules, true);
                }
                if !seen.insert(candidate.name()) {
                    continue;
                }
                match (candidate, candidate.selectors()) {
                    (_, Some(selectors)) => open.push(selectors),
                    (Candidate::Written(fact, role), None) => {
                        self.aggregated += role.rules.len();
                        rules.extend(role.rules.iter().map(|rule| GrantedRule { rule, role: Some(fact) }));
                    }
                    (Candidate::BuiltIn(name), None) => {
                        rules.extend(built_in::rules(None, name, self.versions).map(GrantedRule::built_in));
                    }
                }
            }
        }
        (rules, false)
    }

    /// The ClusterRoles that a selector selects: those of every cluster, and those that are not written far from `from`.
    fn selected(&self, selector: &'w LabelSelector, from: Option<&'w Fact>) -> Vec<Candidate<'w>> {
        let written = match selector.first_label() {
            Some(label) => self.labelled.get(&label),
            None => Some(&self.all),
        };
        let written = written
            .into_iter()
            .flatten()
            .take(CROWD)
            .filter(|fact| from.is_none_or(|from| self.world.distance(from, fact) < Distance::Apart));
        let written = written.filter_map(|fact| Some(Candidate::Written(fact, fact.role()?)));
        let all = built_in::cluster_roles().map(Candidate::BuiltIn).chain(written);
        all.filter(|candidate| selector.selects(|key| candidate.label(key))).collect()
    }
}

impl GrantedRule<'_> {
    fn built_in(rule: &'static PolicyRule) -> Self {
        Self { rule, role: None }
    }
}

fn missing<'w>(role: &'w RoleReference, resolution: Resolution<'w>) -> GrantedRole<'w> {
    let known = GrantedRole::new(role.is_cluster, &role.name.text, Origin::Missing(resolution), Vec::new());
    GrantedRole { is_partial: true, ..known }
}
