//! Rules of roles that match nothing.

use std::collections::{HashMap, HashSet};
use std::ptr;

use super::wording::fitted;
use super::{Check, Rule, Sink, mistaken_words};
use crate::finding::{Draft, Persona};
use crate::world::Fact;
use crate::world::rbac::{
    Creators, GrantedRole, NAMELESS_VERBS, PolicyRule, Rights, Role, RoleGrant, Scope, Word, WrittenBinding,
};

pub(super) static RULE: Rule = rule!("ineffective-rule", Check::Rights(check));

/// Of so many rules that create something, nobody tells which of them serves for what.
const MOST_CREATING: usize = 500;

fn check(rights: &Rights<'_>, sink: &mut Sink<'_>) {
    let givers = Givers::new(rights);
    let mut creators = None;
    let is_written = |fact: &&Fact| !fact.is_dump && !fact.object.name.starts_with("system:");
    for fact in rights.world.facts().filter(is_written) {
        let Some(role) = fact.role() else { continue };
        if let Some(draft) = overwritten(fact, role) {
            sink.report(draft);
            continue;
        }
        let binding = givers.in_namespaces(fact);
        let mut creating = None;
        for rule in &role.rules {
            mistaken_words::report(rights, role, rule, sink);
            if let Some(draft) = binding.and_then(|binding| urls_in_namespace(rule, binding)) {
                sink.report(draft);
            }
            let Some(verb) = named_creation(role, rule) else { continue };
            let known = creating.get_or_insert_with(|| {
                let creators = creators.get_or_insert_with(|| Creators::new(rights));
                creating_rules(role, creators.rules(givers.of(fact)))
            });
            let can_create =
                |known: &Vec<&PolicyRule>| known.iter().any(|it| it.creates_for(rule, &verb.text));
            let is_certain = known.as_ref().is_some_and(|known| !can_create(known));
            if let Some(draft) = without_effect(rule, verb).filter(|_| is_certain) {
                sink.report(draft);
            }
        }
    }
}

/// The bindings that give what a role says, by itself or aggregated.
struct Givers<'r, 'w> {
    /// By the role as it is given.
    by_role: HashMap<*const GrantedRole<'w>, Vec<&'r RoleGrant<'w>>>,
    /// The roles that give what a role says.
    given: HashMap<*const Fact, Vec<*const GrantedRole<'w>>>,
    /// Those of which a binding holds in the whole cluster.
    in_cluster: HashSet<*const GrantedRole<'w>>,
}

impl<'r, 'w> Givers<'r, 'w> {
    fn new(rights: &'r Rights<'w>) -> Self {
        let mut givers = Self { by_role: HashMap::new(), given: HashMap::new(), in_cluster: HashSet::new() };
        for grant in rights.grants() {
            let given = ptr::from_ref(&*grant.role);
            let grants = givers.by_role.entry(given).or_default();
            grants.push(grant);
            if grant.scope == Scope::Cluster || !grant.role.is_cluster {
                givers.in_cluster.insert(given);
            }
            if grants.len() > 1 {
                continue;
            }
            for role in grant.role.rules.iter().filter_map(|granted| granted.role) {
                let roles = givers.given.entry(ptr::from_ref(role)).or_default();
                if roles.last() != Some(&given) {
                    roles.push(given);
                }
            }
        }
        givers
    }

    fn roles(&self, fact: &Fact) -> &[*const GrantedRole<'w>] {
        self.given.get(&ptr::from_ref(fact)).map_or(&[], Vec::as_slice)
    }

    fn of(&self, fact: &Fact) -> impl Iterator<Item = &'r RoleGrant<'w>> {
        self.roles(fact).iter().filter_map(|role| self.by_role.get(role)).flatten().copied()
    }

    /// The first binding of a ClusterRole, if somebody wrote it and all of them are RoleBindings.
    fn in_namespaces(&self, fact: &Fact) -> Option<WrittenBinding<'w>> {
        let is_in_cluster = self.roles(fact).iter().any(|role| self.in_cluster.contains(role));
        self.of(fact).next().filter(|_| !is_in_cluster)?.written()
    }
}

/// Rules that the controller replaces by those that it aggregates.
fn overwritten(fact: &Fact, role: &Role) -> Option<Draft> {
    let place = role.rules_place.clone().filter(|_| !role.rules.is_empty())?;
    // In the text of Kubernetes' own roles, as a cluster prints it, the controller has filled them in.
    if role.label("kubernetes.io/bootstrapping").is_some() {
        return None;
    }
    let selectors = role.aggregation.as_ref().filter(|_| fact.object.kind == "ClusterRole")?;
    let message = "these rules are replaced by those that the aggregationRule selects";
    (!selectors.is_empty()).then(|| {
        Draft::new(place, message).help(
            "write `rules: []` here, and put the rules into a ClusterRole of their own with a label that is selected",
        )
    })
}

/// Paths that are no resources are asked for in no namespace, so that RoleBindings are not looked at.
fn urls_in_namespace(rule: &PolicyRule, binding: WrittenBinding<'_>) -> Option<Draft> {
    let first = rule.urls.first()?;
    let message = fitted("a RoleBinding does not give ", &first.text, ": it is in no namespace");
    Some(
        Draft::new(rule.at(first)?, message)
            // A ClusterRoleBinding may stand where it is not read: in a script, or in another repository.
            .persona(Persona::Pedantic)
            .help(
                "bind the ClusterRole with a ClusterRoleBinding, or put this rule into one that is bound so",
            )
            .related(binding.role.name.place.clone(), "it is bound here"),
    )
}

/// The verb of a rule that creates with names, which the authorizer does not know yet.
fn named_creation<'w>(all: &Role, rule: &'w PolicyRule) -> Option<&'w Word> {
    let is_plain = rule.resources.iter().all(|word| !word.text.contains(['/', '*']));
    if rule.resource_names.is_empty() || rule.resources.is_empty() || !is_plain || all.is_partial {
        return None;
    }
    rule.verbs.iter().find(|word| NAMELESS_VERBS.contains(&&*word.text))
}

/// The rules by which whoever has a role may create something of any name: its own, and those of `others`.
fn creating_rules<'w>(role: &'w Role, others: Option<Vec<&'w PolicyRule>>) -> Option<Vec<&'w PolicyRule>> {
    let own = role.rules.iter().filter(|rule| rule.creates_any());
    let all: Vec<_> = own.chain(others?).take(MOST_CREATING + 1).collect();
    (all.len() <= MOST_CREATING).then_some(all)
}

fn without_effect(rule: &PolicyRule, verb: &Word) -> Option<Draft> {
    let message = format!("`{}` with resourceNames matches nothing", verb.text);
    Some(Draft::new(rule.at(verb)?, message).persona(Persona::Pedantic).help(
        "the name is not known when the API server asks; write the verb in a rule without resourceNames",
    ))
}
