//! What leads further than it says: the table of risk primitives, and which of them a rule of a role grants.

use std::sync::LazyLock;

use super::policy::{ANY, PolicyRule, Word};
use crate::finding::Persona;
use crate::k8s::{KubeVersions, rows};

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/risk-primitives.csv"));

static PRIMITIVES: LazyLock<Vec<Primitive>> =
    LazyLock::new(|| rows(TABLE).enumerate().filter_map(|(rank, row)| primitive(rank, &row)).collect());

/// What `with` says of a primitive that is none unless there is somebody to run pods as.
const STRONGER: &str = "stronger-account";
/// What `namespaced` says of a primitive that is pedantic in one namespace, unless there is somebody stronger to become.
const WORSE: &str = "pedantic-unless-stronger";

/// A right that leads further than it says. Those of the table stand from the strongest to the weakest.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table")]
pub struct Primitive {
    /// Its place in the table: the strongest has the least.
    pub rank: usize,
    /// What it is called in the table.
    pub id: &'static str,
    /// The rule that reports it; `None` for what only counts together with another one.
    pub rule: Option<&'static str>,
    verbs: Vec<&'static str>,
    groups: Vec<&'static str>,
    /// Resources, each with a subresource or the empty string.
    resources: Vec<(&'static str, &'static str)>,
    /// Whether it is about what has no namespace, so that no RoleBinding gives it.
    pub(super) is_cluster_only: bool,
    /// Whether it is still worth a word where `resourceNames` restrict it.
    counts_named: bool,
    /// Names that are as bad as all.
    bad_names: Vec<&'static str>,
    /// Of these, the same identity needs one, too.
    pub with: Vec<&'static str>,
    /// Whether there must be a stronger ServiceAccount where it holds.
    pub needs_stronger: bool,
    /// The versions of Kubernetes in which it leads further.
    pub versions: KubeVersions,
    /// Who wants to hear of it in all namespaces, and who in one.
    personas: [Persona; 2],
    /// Whether those who want to hear of it in all namespaces also want to in one where a stronger ServiceAccount lives.
    pub is_worse_beside_stronger: bool,
    points_at_verb: bool,
    /// Where one of these is granted, it is not worth a word.
    pub implied_by: Vec<&'static str>,
    may: &'static str,
    may_named: &'static str,
}

/// Which objects a rule restricts a primitive to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restriction {
    /// None: to all of them.
    No,
    /// To some, and one of them is as bad as all.
    InVain,
    /// To some.
    ToSome,
}

/// A primitive that a rule of a role grants.
#[derive(Clone, Copy, Debug)]
pub struct Granted<'w> {
    /// The primitive.
    pub primitive: &'static Primitive,
    /// The verb that makes it.
    pub verb: &'w Word,
    /// The resource that makes it.
    pub resource: &'w Word,
    /// What `resourceNames` leave of it.
    pub restriction: Restriction,
}

/// The primitives that a rule grants, the strongest first; `is_cluster` says whether it holds in all namespaces.
pub fn primitives(rule: &PolicyRule, is_cluster: bool) -> impl Iterator<Item = Granted<'_>> {
    PRIMITIVES.iter().filter_map(move |primitive| primitive.granted_by(rule, is_cluster))
}

impl Primitive {
    fn granted_by<'w>(&'static self, rule: &'w PolicyRule, is_cluster: bool) -> Option<Granted<'w>> {
        if self.is_cluster_only && !is_cluster || !self.groups.iter().any(|group| rule.has_group(group)) {
            return None;
        }
        let restriction = self.restriction(rule);
        if restriction == Restriction::ToSome && !self.counts_named {
            return None;
        }
        let pairs = self.verbs.iter().flat_map(|verb| self.resources.iter().map(move |pair| (*verb, *pair)));
        pairs.into_iter().find_map(|(verb, (resource, subresource))| {
            if !rule.resource_names.is_empty() && carries_no_name(verb, subresource) {
                return None;
            }
            let (verb, resource) = (rule.verb_word(verb)?, rule.resource_word(resource, subresource)?);
            Some(Granted { primitive: self, verb, resource, restriction })
        })
    }

    fn restriction(&self, rule: &PolicyRule) -> Restriction {
        let is_bad = |word: &Word| self.bad_names.contains(&&*word.text);
        match &*rule.resource_names {
            [] => Restriction::No,
            names if names.iter().any(is_bad) => Restriction::InVain,
            _ => Restriction::ToSome,
        }
    }

    /// Who wants to hear of it.
    fn persona(&self, is_cluster: bool, restriction: Restriction) -> Persona {
        let [cluster, namespaced] = self.personas;
        let persona = if is_cluster { cluster } else { namespaced };
        match (restriction, persona) {
            (Restriction::ToSome, Persona::Regular) => Persona::Pedantic,
            (Restriction::ToSome, _) => Persona::Auditor,
            _ => persona,
        }
    }
}

/// Whether a request has no name, so that a rule with `resourceNames` never allows it: what is created has none yet. A
/// subresource has that of its parent (`apiserver pkg/endpoints/request/requestinfo.go`).
fn carries_no_name(verb: &str, subresource: &str) -> bool {
    verb == "deletecollection" || verb == "create" && subresource.is_empty()
}

impl<'w> Granted<'w> {
    /// The word that a person would edit.
    pub fn word(&self) -> &'w Word {
        let is_at_verb = self.primitive.points_at_verb || *self.resource.text == *ANY;
        if is_at_verb { self.verb } else { self.resource }
    }

    /// What it lets somebody do: `give itself any right`.
    pub fn may(&self) -> &'static str {
        if self.restriction == Restriction::ToSome { self.primitive.may_named } else { self.primitive.may }
    }

    /// Who wants to hear of it; `is_cluster` says whether it holds in all namespaces.
    pub fn persona(&self, is_cluster: bool) -> Persona {
        self.primitive.persona(is_cluster, self.restriction)
    }
}

fn primitive(rank: usize, row: &[&'static str; 17]) -> Option<Primitive> {
    let [id, rule, verbs, groups, resources, scope, names, bad_names, with, versions, ..] = *row;
    let [.., persona, namespaced, at, implied_by, may, may_named, _source] = *row;
    let resources = words(resources).map(|resource| resource.split_once('/').unwrap_or((resource, "")));
    Some(Primitive {
        rank,
        id,
        rule: Some(rule).filter(|rule| !rule.is_empty()),
        verbs: words(verbs).collect(),
        groups: words(groups).map(|group| if group == "core" { "" } else { group }).collect(),
        resources: resources.collect(),
        is_cluster_only: scope == "cluster",
        counts_named: names == "quiet",
        bad_names: words(bad_names).collect(),
        with: words(with).filter(|id| *id != STRONGER).collect(),
        needs_stronger: words(with).any(|id| id == STRONGER),
        versions: if versions.is_empty() { KubeVersions::ALL } else { KubeVersions::parse(versions).ok()? },
        is_worse_beside_stronger: namespaced == WORSE,
        personas: [
            loudness(persona)?,
            if namespaced.is_empty() { Persona::Auditor } else { loudness(namespaced)? },
        ],
        points_at_verb: at == "verb",
        implied_by: words(implied_by).collect(),
        may,
        may_named,
    })
}

fn words(cell: &'static str) -> impl Iterator<Item = &'static str> {
    cell.split(' ').filter(|word| !word.is_empty())
}

fn loudness(cell: &str) -> Option<Persona> {
    match cell {
        "regular" => Some(Persona::Regular),
        "pedantic" | WORSE => Some(Persona::Pedantic),
        "auditor" => Some(Persona::Auditor),
        _ => None,
    }
}

#[cfg(test)]
pub(super) fn assert_well_formed() {
    let ids: Vec<_> = PRIMITIVES.iter().map(|primitive| primitive.id).collect();
    assert_eq!(ids.len(), TABLE.lines().count() - 1, "every row is read");
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "ids are unique");
    for primitive in &*PRIMITIVES {
        for id in primitive.with.iter().chain(&primitive.implied_by) {
            assert!(ids.contains(id), "{} names {id}", primitive.id);
        }
        let is_one_of_ours = |rule| crate::rules::find(rule).is_some();
        assert!(primitive.rule.is_none_or(is_one_of_ours), "{}", primitive.id);
    }
}
