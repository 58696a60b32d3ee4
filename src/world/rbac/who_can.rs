//! Who may do something.

use std::collections::{BTreeMap, BTreeSet};

use super::policy::ANY;
use super::request::Request;
use super::rights::{Chain, Granter, Rights, RoleGrant, Scope, Subject};
use crate::world::fact::Home;

/// In which namespaces it is asked who may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// In that of the request.
    Own,
    /// In any.
    Any,
}

/// Somebody who may do something: a subject of bindings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who<'w> {
    /// What it is.
    pub kind: SubjectKind,
    /// The namespace of a ServiceAccount, if it is known.
    pub namespace: Option<Box<str>>,
    /// Its name.
    pub name: &'w str,
}

/// What a subject of a binding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectKind {
    /// A ServiceAccount.
    ServiceAccount,
    /// A user.
    User,
    /// A group: all who are in it.
    Group,
}

/// Who may do something, and by what.
#[derive(Debug, Default)]
pub struct WhoCan<'r, 'w> {
    /// Everybody, with everything that allows it; what is certain first.
    pub allowed: BTreeMap<Who<'w>, Vec<Chain<'r, 'w>>>,
    /// Bindings that may allow it to others: their roles are not in the input, or were read in part.
    pub unknown: Vec<&'r RoleGrant<'w>>,
}

impl SubjectKind {
    /// As Kubernetes calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ServiceAccount => "ServiceAccount",
            Self::User => "User",
            Self::Group => "Group",
        }
    }
}

impl<'w> Rights<'w> {
    /// Who may do what `request` says. With [`Reach::Any`], a request in a namespace is asked of every namespace.
    pub fn who_can<'r>(&'r self, request: &Request<'_>, reach: Reach) -> WhoCan<'r, 'w> {
        let kinds = [
            (SubjectKind::ServiceAccount, &self.holders.accounts),
            (SubjectKind::User, &self.holders.users),
            (SubjectKind::Group, &self.holders.groups),
        ];
        let all = kinds.into_iter().flat_map(|(kind, by_name)| {
            by_name.iter().flat_map(move |(name, held)| held.iter().map(move |held| (kind, *name, *held)))
        });
        let mut found: BTreeMap<Who<'w>, Vec<(usize, Chain<'r, 'w>)>> = BTreeMap::new();
        let mut unknown = Vec::new();
        for (kind, name, (index, subject)) in all {
            let Some(grant) = self.grants.get(index) else { continue };
            let namespace = self.namespace_of(grant, subject);
            let Some(is_assumed) = grant.is_assumed_for(namespace, request, reach) else { continue };
            if let Some(rule) = grant.rule_for(request) {
                let namespace = namespace.or_else(|| own_namespace(grant, subject, request));
                let who = Who { kind, namespace: namespace.map(Box::from), name };
                found.entry(who).or_default().push((index, Chain { grant, subject, rule, is_assumed }));
            } else if grant.role.is_partial {
                unknown.push(index);
            }
        }
        unknown.sort_unstable();
        unknown.dedup();
        let allowed = found.into_iter().map(|(who, mut chains)| {
            chains.sort_by_key(|(index, chain)| (chain.is_assumed, *index));
            (who, chains.into_iter().map(|(_, chain)| chain).collect())
        });
        WhoCan {
            allowed: allowed.collect(),
            unknown: unknown.into_iter().filter_map(|index| self.grants.get(index)).collect(),
        }
    }

    /// The API groups in which rules of roles name a resource, each once; `*` is none.
    pub fn groups_that_name(&self, resource: &str) -> Vec<&'w str> {
        let bound = self.grants.iter().map(|grant| &*grant.role);
        let rules = bound.chain(self.unbound()).flat_map(|role| &role.rules).map(|granted| granted.rule);
        let naming = rules.filter(|rule| rule.resources.iter().any(|word| *word.text == *resource));
        let groups = naming.flat_map(|rule| &rule.api_groups).map(|word| &*word.text);
        groups.filter(|group| *group != ANY).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The namespace of a ServiceAccount among the subjects of a binding, if it is known.
    pub fn namespace_of(&self, grant: &RoleGrant<'w>, subject: Subject<'w>) -> Option<&'w str> {
        match (subject, grant.binding) {
            (Subject::Account(account), Granter::Written(fact)) => {
                self.world.namespace_of(fact, &account.home)
            }
            (Subject::BuiltIn(binding), _) => binding.subject_namespace,
            _ => None,
        }
    }
}

/// The namespace that is taken for that of a ServiceAccount: one without a namespace in a RoleBinding without one is where that
/// would have to be.
fn own_namespace<'a>(
    grant: &RoleGrant<'_>,
    subject: Subject<'_>,
    request: &'a Request<'_>,
) -> Option<&'a str> {
    let Request::Resource(request) = request else { return None };
    let is_at_home = matches!(subject, Subject::Account(account) if account.home == Home::Own);
    if is_at_home && grant.scope == Scope::Namespace(None) { request.bound_namespace() } else { None }
}

impl RoleGrant<'_> {
    /// Whether it holds for `request` only if a namespace that is not written is taken for that of its subject, or for the
    /// one that is asked about; `None` if it does not hold there.
    fn is_assumed_for(&self, home: Option<&str>, request: &Request<'_>, reach: Reach) -> Option<bool> {
        let Scope::Namespace(own) = self.scope else { return Some(false) };
        let is_any = reach == Reach::Any && matches!(request, Request::Resource(_));
        let holds = if is_any { Some(false) } else { Scope::Namespace(own.or(home)).is_assumed_for(request) };
        holds.map(|is_far| is_far || own.is_none())
    }
}
