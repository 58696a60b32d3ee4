//! How ServiceAccounts come to be masters of a cluster: by their own rights, or by becoming one another.
//!
//! Searched backwards, from those who are masters to those who can become one of them. A right is looked for by where it
//! holds and where it stands, and found once, so that the search is as long as the input, whoever may become whom.

use std::collections::HashMap;
use std::ptr;
use std::sync::Arc;

use super::granted::GrantedRole;
use super::holdings::{Holdings, Lead, Outcome, UsedRight, grants_of};
use super::joins::{Handle, Joins, handles, places};
use super::powers::{Held, powers};
use super::requester::Account;
use super::rights::{Rights, Scope};
use crate::world::fact::Fact;
use crate::world::identities::Identity;
use crate::world::index::World;
use crate::world::resolve::Resolution;

/// Longer paths are not looked for.
const MOST_STEPS: usize = 8;

/// A ServiceAccount of the controller manager that every cluster lets escalate ClusterRoles
/// (`bootstrappolicy/controller_policy.go`), where controllers have ServiceAccounts of their own
/// (`--use-service-account-credentials`, which kubeadm sets).
const CONTROLLER: (&str, &str) = ("kube-system", "clusterrole-aggregation-controller");

/// The paths of all ServiceAccounts.
#[derive(Debug)]
pub struct Paths<'r, 'w> {
    identities: &'r [Identity<'w>],
    leads: Vec<(usize, Lead<'r, 'w>)>,
    /// What is known of each ServiceAccount; that of the controller manager is the last.
    known: Vec<Option<Known<'r, 'w>>>,
    /// Whose token each Secret holds, if it works, by the Secret's address.
    tokens: HashMap<usize, usize>,
}

/// How a ServiceAccount comes to be master.
#[derive(Debug)]
struct Known<'r, 'w> {
    next: Next<'r, 'w>,
    is_sure: bool,
}

#[derive(Debug)]
enum Next<'r, 'w> {
    /// It is.
    Goal(Vec<UsedRight<'r, 'w>>),
    /// Every cluster makes it so.
    Controller,
    /// By this lead, as that ServiceAccount.
    Lead(usize, usize),
}

/// A shortest way from a ServiceAccount to all rights.
#[derive(Debug)]
pub struct Path<'p, 'r, 'w> {
    /// From one ServiceAccount to the next; none if it has all rights itself.
    pub steps: Vec<Step<'p, 'r, 'w>>,
    /// Why the last is master of the cluster.
    pub goal: Goal<'p, 'r, 'w>,
    /// Whether all of it is certain from what was read. If there is a path that is, one that is not is not shown.
    pub is_sure: bool,
}

/// A step to another ServiceAccount.
#[derive(Debug)]
pub struct Step<'p, 'r, 'w> {
    /// The rights that it takes.
    pub rights: &'p [UsedRight<'r, 'w>],
    /// What they are used for.
    pub outcome: Outcome,
    /// Where.
    pub scope: Scope<'w>,
    /// Whom it leads to.
    pub to: Account<'w>,
    /// Where that is defined.
    pub definition: Option<&'w Fact>,
}

/// Why somebody is master of a cluster.
#[derive(Debug)]
pub enum Goal<'p, 'r, 'w> {
    /// By these rights.
    Rights(&'p [UsedRight<'r, 'w>]),
    /// Every cluster makes it so.
    BuiltIn,
}

impl<'r, 'w> Paths<'r, 'w> {
    /// Finds the paths of `identities`, which are those of the world of `rights`.
    pub fn new(rights: &'r Rights<'w>, identities: &'r [Identity<'w>]) -> Self {
        let mut search = Search::new(rights.world, identities);
        let mut roles = HashMap::new();
        for (index, identity) in identities.iter().enumerate() {
            search.paths.tokens.extend(tokens(identity).map(|secret| (ptr::from_ref(secret).addr(), index)));
            if may_exist(identity) {
                search.admit(index, &holdings(rights, identity, &mut roles));
            }
        }
        search.follow(true);
        search.add_doubtful_goals();
        search.follow(false);
        search.paths
    }

    /// The path of the ServiceAccount with this index; `None` if none is known.
    pub fn of(&self, index: usize) -> Option<Path<'_, 'r, 'w>> {
        let first = self.known.get(index)?.as_ref()?;
        let (mut steps, mut known) = (Vec::new(), first);
        let goal = loop {
            match &known.next {
                Next::Goal(rights) => break Goal::Rights(rights),
                Next::Controller => break Goal::BuiltIn,
                Next::Lead(lead, to) => {
                    steps.push(self.step(*lead, *to)?);
                    known = self.known.get(*to)?.as_ref()?;
                }
            }
        };
        Some(Path { steps, goal, is_sure: first.is_sure })
    }

    /// The path of whose token a Secret holds, if it works, and who that is.
    pub fn of_token(&self, secret: &Fact) -> Option<(&'r Identity<'w>, Path<'_, 'r, 'w>)> {
        let index = *self.tokens.get(&ptr::from_ref(secret).addr())?;
        Some((self.identities.get(index)?, self.of(index)?))
    }

    /// The Secrets whose token leads to all rights, and whether that is certain.
    pub(super) fn of_tokens(&self) -> HashMap<usize, bool> {
        let known = |index: usize| self.known.get(index)?.as_ref();
        self.tokens.iter().filter_map(|(secret, index)| Some((*secret, known(*index)?.is_sure))).collect()
    }

    fn step(&self, lead: usize, to: usize) -> Option<Step<'_, 'r, 'w>> {
        let (_, lead) = self.leads.get(lead)?;
        let (to, definition) = match self.identities.get(to) {
            Some(identity) => {
                let namespace = identity.namespace.map(Into::into);
                (Account { namespace, name: identity.name.into() }, identity.definition())
            }
            None => (Account { namespace: Some(CONTROLLER.0.into()), name: CONTROLLER.1.into() }, None),
        };
        Some(Step { rights: &lead.rights, outcome: lead.outcome, scope: lead.scope, to, definition })
    }
}

/// The Secrets with a token of a ServiceAccount.
fn tokens<'i, 'w>(identity: &'i Identity<'w>) -> impl Iterator<Item = &'w Fact> + use<'i, 'w> {
    identity.tokens.iter().filter(|token| token.works).map(|token| token.secret.fact)
}

/// Whether nothing speaks against it, and it is told which is meant.
fn may_exist(identity: &Identity<'_>) -> bool {
    !identity.account.is_wrong() && !matches!(identity.account, Resolution::Unnamed)
}

fn exists(identity: &Identity<'_>) -> bool {
    matches!(identity.account, Resolution::Found(_) | Resolution::BuiltIn | Resolution::Created)
}

/// What an identity has; the powers of a role are looked for once.
fn holdings<'r, 'w>(
    rights: &'r Rights<'w>,
    identity: &Identity<'w>,
    roles: &mut HashMap<*const GrantedRole<'w>, Vec<Held<'w>>>,
) -> Holdings<'r, 'w> {
    let mut holdings = Holdings::default();
    for (grant, binding, is_sure) in grants_of(rights, identity) {
        let powers = roles.entry(Arc::as_ptr(&grant.role)).or_insert_with(|| powers(&grant.role));
        holdings.add((grant, binding), powers, is_sure);
    }
    holdings
}

/// The search for paths.
struct Search<'r, 'w> {
    world: &'w World,
    paths: Paths<'r, 'w>,
    /// Leads that are sure, and those that are not.
    sure: Joins<'w>,
    doubtful: Joins<'w>,
    /// Who is master by rights that are not sure.
    doubtful_goals: Vec<(usize, Vec<UsedRight<'r, 'w>>)>,
    /// Who is known, by the number of steps.
    levels: Vec<Vec<usize>>,
}

impl<'r, 'w> Search<'r, 'w> {
    fn new(world: &'w World, identities: &'r [Identity<'w>]) -> Self {
        let known = std::iter::repeat_with(|| None).take(identities.len() + 1).collect();
        Self {
            world,
            paths: Paths { identities, leads: Vec::new(), known, tokens: HashMap::new() },
            sure: Joins::default(),
            doubtful: Joins::default(),
            doubtful_goals: Vec::new(),
            levels: vec![Vec::new(); MOST_STEPS + 1],
        }
    }

    /// Takes a ServiceAccount in: as a master, or with its ways to others.
    fn admit(&mut self, index: usize, holdings: &Holdings<'r, 'w>) {
        match holdings.goal() {
            Some((rights, true)) => return self.settle(index, 0, Next::Goal(rights), true),
            Some((rights, false)) => self.doubtful_goals.push((index, rights)),
            None => {}
        }
        for lead in holdings.leads() {
            let joins = if lead.is_sure { &mut self.sure } else { &mut self.doubtful };
            let number = self.paths.leads.len();
            joins.add(self.world, number, (lead.reach, lead.name), (lead.scope, lead.binding));
            self.paths.leads.push((index, lead));
        }
    }

    /// Notes how a ServiceAccount comes to be master, unless that is known.
    fn settle(&mut self, index: usize, steps: usize, next: Next<'r, 'w>, is_sure: bool) {
        if let Some(known @ None) = self.paths.known.get_mut(index) {
            *known = Some(Known { next, is_sure });
            if let Some(level) = self.levels.get_mut(steps) {
                level.push(index);
            }
        }
    }

    fn add_doubtful_goals(&mut self) {
        for (index, rights) in std::mem::take(&mut self.doubtful_goals) {
            self.settle(index, 0, Next::Goal(rights), false);
        }
        self.settle(self.paths.identities.len(), 0, Next::Controller, false);
    }

    /// Goes back from all who are known, the nearest first: over what is sure only, or over everything.
    fn follow(&mut self, only_sure: bool) {
        for steps in 0..MOST_STEPS {
            // What is found is one step farther away.
            let level = self.levels.get(steps).cloned().unwrap_or_default();
            for to in level {
                for lead in self.leads_to(to, only_sure) {
                    if let Some((from, _)) = self.paths.leads.get(lead) {
                        self.settle(*from, steps + 1, Next::Lead(lead, to), only_sure);
                    }
                }
            }
        }
    }

    /// The leads to a ServiceAccount that have not been followed to another.
    fn leads_to(&mut self, to: usize, only_sure: bool) -> Vec<usize> {
        let Some(identity) = self.paths.identities.get(to) else {
            let mut leads = self.sure.take_anywhere(CONTROLLER.1, CONTROLLER.0);
            leads.extend(self.doubtful.take_anywhere(CONTROLLER.1, CONTROLLER.0));
            return leads;
        };
        if only_sure && !exists(identity) {
            return Vec::new();
        }
        let (places, mut leads) = (places(identity), Vec::new());
        let is_followed = |handle: &Handle<'_>| handle.is_sure || !only_sure;
        for handle in handles(identity).into_iter().filter(is_followed) {
            for place in &places {
                leads.extend(self.sure.take(self.world, handle, identity.namespace, place));
                if !only_sure {
                    leads.extend(self.doubtful.take(self.world, handle, identity.namespace, place));
                }
            }
        }
        leads
    }
}
