//! From objects to nodes and edges.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::mem::{Discriminant, discriminant};
use std::ptr;

use super::{Edge, Graph, Node, Part, Relation, Site, site};
use crate::finding::Place;
use crate::k8s::SecretUse;
use crate::world::fact::{AccountReference, Binding, Fact, Reference};
use crate::world::identities::{Identity, User, Way};
use crate::world::index::World;
use crate::world::kubeconfig::{Kubeconfig, Login, Owner};
use crate::world::rbac::{Account, GrantedRole, MASTERS, Origin, Requester, Rights, Scope};
use crate::world::resolve::Resolution;

/// What makes two names the same node, where no object does.
#[derive(PartialEq, Eq, Hash)]
enum Key<'w> {
    Object(*const Fact),
    Account(Option<&'w str>, &'w str),
    Role {
        is_cluster: bool,
        name: &'w str,
        namespace: Option<&'w str>,
        known: Discriminant<Resolution<'w>>,
    },
    User(&'w str),
    /// A user that only a kubeconfig knows by this name.
    Alias(*const Login),
}

/// A graph that is being built.
pub(super) struct Builder<'w> {
    world: &'w World,
    nodes: Vec<Node<'w>>,
    edges: Vec<Edge<'w>>,
    known: HashMap<Key<'w>, usize>,
    /// Groups by their names.
    groups: HashMap<&'w str, usize>,
    drawn: HashSet<(usize, usize, Relation)>,
}

impl<'w> Builder<'w> {
    pub(super) fn new(world: &'w World) -> Self {
        Self {
            world,
            nodes: Vec::new(),
            edges: Vec::new(),
            known: HashMap::new(),
            groups: HashMap::new(),
            drawn: HashSet::new(),
        }
    }

    pub(super) fn build(mut self, rights: &Rights<'w>) -> Graph<'w> {
        for identity in self.world.identities() {
            self.take_identity(&identity);
        }
        for secret in self.world.token_secrets() {
            self.object(secret.fact, Part::TokenSecret);
        }
        for fact in self.world.facts() {
            if let Some(binding) = fact.binding() {
                self.take_binding(fact, binding, rights);
            }
            if let Some(kubeconfig) = fact.kubeconfig() {
                self.take_kubeconfig(fact, kubeconfig);
            }
        }
        for role in rights.unbound() {
            self.role(role, Scope::Cluster, None);
        }
        self.join_groups();
        self.mark_cluster_admins();
        self.sorted()
    }

    fn node(&mut self, key: Key<'w>, node: impl FnOnce() -> Node<'w>) -> usize {
        *self.known.entry(key).or_insert_with(|| {
            self.nodes.push(node());
            self.nodes.len() - 1
        })
    }

    fn object(&mut self, fact: &'w Fact, part: Part) -> usize {
        let world = self.world;
        self.node(Key::Object(ptr::from_ref(fact)), || Node::of(world, fact, part))
    }

    fn edge(&mut self, from: usize, to: usize, relation: Relation, place: Option<&'w Place>) {
        if self.drawn.insert((from, to, relation)) {
            self.edges.push(Edge { from, to, relation, place });
        }
    }

    fn take_identity(&mut self, identity: &Identity<'w>) {
        let account = self.account(identity);
        for user in &identity.users {
            let from = self.object(user.fact, Part::Workload);
            self.edge(from, account, use_of(identity, user), Some(user.place()));
        }
        for token in &identity.tokens {
            let (fact, works) = (token.secret.fact, token.works);
            let secret = self.object(fact, Part::TokenSecret);
            let named = token.secret.token.account.as_ref().map(|account| &account.name.place);
            self.edge(secret, account, Relation::TokenOf { works }, named);
            for holder in &token.holders {
                let from = self.object(holder.fact, Part::Workload);
                self.edge(from, secret, holding(holder.reference), Some(&holder.reference.secret.place));
            }
        }
        for grant in &identity.grants {
            let to = self.object(grant.fact, Part::Binding);
            self.edge(account, to, Relation::SubjectOf, Some(&grant.subject.name.place));
        }
    }

    fn account(&mut self, identity: &Identity<'w>) -> usize {
        let node = if let Some(fact) = identity.definition() {
            self.object(fact, Part::Account)
        } else {
            self.nodes.push(account(identity.name, identity.namespace, identity.account));
            self.nodes.len() - 1
        };
        if let Some(account) = self.nodes.get_mut(node) {
            account.site = Site::Namespace(identity.namespace);
            account.place = account.place.or_else(|| identity.places().next());
        }
        self.known.entry(Key::Account(identity.namespace, identity.name)).or_insert(node);
        node
    }

    fn take_binding(&mut self, fact: &'w Fact, binding: &'w Binding, rights: &Rights<'w>) {
        let from = self.object(fact, Part::Binding);
        for principal in &binding.principals {
            let (name, place) = (&*principal.name.text, &principal.name.place);
            let subject = if principal.is_group { self.group(name, place) } else { self.user(name, place) };
            self.edge(subject, from, Relation::SubjectOf, Some(place));
        }
        let Some((grant, reference)) = rights.grant_of(fact).zip(binding.role.as_ref()) else { return };
        let role = self.role(&grant.role, grant.scope, Some(&reference.name.place));
        self.edge(from, role, Relation::Gives, Some(&reference.name.place));
        let gives_all = self.nodes.get(role).is_some_and(|role| role.is_cluster_admin);
        if let Some(binding) = self.nodes.get_mut(from) {
            binding.is_cluster_admin = gives_all && grant.scope == Scope::Cluster;
        }
    }

    fn user(&mut self, name: &'w str, place: &'w Place) -> usize {
        self.node(Key::User(name), || outsider(Part::User, "User", name.into(), place))
    }

    fn group(&mut self, name: &'w str, place: &'w Place) -> usize {
        *self.groups.entry(name).or_insert_with(|| {
            self.nodes.push(outsider(Part::Group, "Group", name.into(), place));
            self.nodes.len() - 1
        })
    }

    /// A role that holds in `scope`, and those that it takes rules from.
    fn role(&mut self, role: &GrantedRole<'w>, scope: Scope<'w>, named: Option<&'w Place>) -> usize {
        let own = match role.origin {
            Origin::Written(fact) => Some(fact),
            Origin::BuiltIn | Origin::Missing(_) => None,
        };
        let node = match own {
            Some(fact) => self.object(fact, Part::Role),
            None => self.unwritten_role(role, scope, named),
        };
        for part in role.rules.iter().filter_map(|rule| rule.role) {
            if own.is_none_or(|own| !ptr::eq(own, part)) {
                let part = self.object(part, Part::Role);
                self.edge(node, part, Relation::Aggregates, None);
            }
        }
        let allows_all = role.is_cluster && role.everything.is_some();
        if let Some(node) = self.nodes.get_mut(node) {
            node.is_cluster_admin |= allows_all;
        }
        node
    }

    fn unwritten_role(
        &mut self,
        role: &GrantedRole<'w>,
        scope: Scope<'w>,
        named: Option<&'w Place>,
    ) -> usize {
        let resolution = match role.origin {
            Origin::Missing(resolution) => resolution,
            Origin::BuiltIn | Origin::Written(_) => Resolution::BuiltIn,
        };
        let namespace = match scope {
            Scope::Namespace(namespace) if !role.is_cluster => namespace,
            _ => None,
        };
        let (is_cluster, name, known) = (role.is_cluster, role.name, discriminant(&resolution));
        let site = if is_cluster { Site::Cluster } else { Site::Namespace(namespace) };
        self.node(Key::Role { is_cluster, name, namespace, known }, || Node {
            part: Part::Role,
            kind: role.kind(),
            name: name.into(),
            site,
            resolution: Some(resolution),
            place: named,
            is_cluster_admin: false,
        })
    }

    fn take_kubeconfig(&mut self, fact: &'w Fact, kubeconfig: &'w Kubeconfig) {
        let (name, site) = if kubeconfig.is_inside {
            let host = Cow::Owned(format!("{}/{}", fact.object.kind, fact.object.name));
            (host, site(self.world, fact))
        } else {
            (Cow::Borrowed(self.world.path(fact.file())), Site::Outside)
        };
        let from = self.node(Key::Object(ptr::from_ref(fact)), || Node {
            site,
            ..outsider(Part::Kubeconfig, "Kubeconfig", name, &fact.place)
        });
        for login in &kubeconfig.logins {
            let to = self.owner(fact, login);
            self.edge(from, to, Relation::HoldsCredentialOf, Some(&login.place));
        }
    }

    fn owner(&mut self, from: &'w Fact, login: &'w Login) -> usize {
        match &login.owner {
            Owner::Account(account) => self.named_account(from, account),
            Owner::User { name, groups } => {
                let user = self.user(name, &login.place);
                for group in groups {
                    let group = self.group(group, &login.place);
                    self.edge(user, group, Relation::MemberOf, Some(&login.place));
                }
                user
            }
            Owner::Unknown => self.node(Key::Alias(ptr::from_ref(login)), || Node {
                resolution: Some(Resolution::Unnamed),
                ..outsider(Part::User, "User", Cow::Borrowed(&login.alias), &login.place)
            }),
        }
    }

    /// The ServiceAccount that a token names.
    fn named_account(&mut self, from: &'w Fact, named: &'w AccountReference) -> usize {
        let resolution = self.world.account(from, named);
        if let Resolution::Found(fact) = resolution {
            return self.object(fact, Part::Account);
        }
        let namespace = self.world.namespace_of(from, &named.home);
        self.node(Key::Account(namespace, &named.name.text), || Node {
            place: Some(&named.name.place),
            ..account(&named.name.text, namespace, resolution)
        })
    }

    /// Everybody's groups, of those that something is given to.
    fn join_groups(&mut self) {
        let mut joined = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let requester = match (node.part, node.site) {
                (Part::Account, Site::Namespace(namespace)) => Requester::account(Account {
                    namespace: namespace.map(Cow::Borrowed),
                    name: Cow::Borrowed(&node.name),
                }),
                (Part::User, _) if node.resolution.is_none() => Requester::user(&node.name, []),
                _ => continue,
            };
            for group in &requester.groups {
                joined.extend(self.groups.get(&**group).map(|group| (index, *group)));
            }
        }
        for (member, group) in joined {
            self.edge(member, group, Relation::MemberOf, None);
        }
    }

    /// Whoever is given everything, or is in a group that is.
    fn mark_cluster_admins(&mut self) {
        if let Some(masters) = self.groups.get(MASTERS).and_then(|at| self.nodes.get_mut(*at)) {
            masters.is_cluster_admin = true;
        }
        for relation in [Relation::SubjectOf, Relation::MemberOf] {
            for edge in self.edges.iter().filter(|edge| edge.relation == relation) {
                let is_admin = self.nodes.get(edge.to).is_some_and(|to| to.is_cluster_admin);
                if let Some(from) = self.nodes.get_mut(edge.from) {
                    from.is_cluster_admin |= is_admin;
                }
            }
        }
    }

    fn sorted(self) -> Graph<'w> {
        let Self { world, nodes, mut edges, .. } = self;
        let mut order: Vec<_> = nodes.into_iter().enumerate().collect();
        order.sort_by(|(_, a), (_, b)| {
            let key = |node: &Node<'w>| (rank(node.site), node.part, node.kind);
            let place = |node: &Node<'w>| node.place.map(|place| (world.path(place.file), place.span.start));
            key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name)).then_with(|| place(a).cmp(&place(b)))
        });
        let mut places = vec![0; order.len()];
        for (new, (old, _)) in order.iter().enumerate() {
            if let Some(place) = places.get_mut(*old) {
                *place = new;
            }
        }
        for index in edges.iter_mut().flat_map(|edge| [&mut edge.from, &mut edge.to]) {
            *index = places.get(*index).copied().unwrap_or_default();
        }
        edges.sort_by_key(|edge| (edge.from, edge.to, edge.relation));
        Graph { nodes: order.into_iter().map(|(_, node)| node).collect(), edges }
    }
}

/// The order of sites.
fn rank(site: Site<'_>) -> (u8, &str) {
    match site {
        Site::Outside => (0, ""),
        Site::Namespace(Some(namespace)) => (1, namespace),
        Site::Namespace(None) => (2, ""),
        Site::Cluster => (3, ""),
    }
}

fn use_of<'w>(identity: &Identity<'w>, user: &User<'w>) -> Relation {
    match user.way {
        Way::Pod(_) => Relation::RunsAs { mounts_token: identity.mounts_into(user) },
        Way::Field(_) => Relation::Names,
        Way::Creates(_) => Relation::Makes,
    }
}

fn holding(reference: &Reference) -> Relation {
    match reference.use_ {
        SecretUse::Volume | SecretUse::Projected => Relation::Mounts,
        SecretUse::Env | SecretUse::EnvFrom | SecretUse::Csi | SecretUse::ImagePull => Relation::Reads,
    }
}

/// A ServiceAccount that is only named.
fn account<'w>(name: &'w str, namespace: Option<&'w str>, resolution: Resolution<'w>) -> Node<'w> {
    Node {
        part: Part::Account,
        kind: "ServiceAccount",
        name: name.into(),
        site: Site::Namespace(namespace),
        resolution: Some(resolution),
        place: None,
        is_cluster_admin: false,
    }
}

/// What is no object of the cluster.
fn outsider<'w>(part: Part, kind: &'w str, name: Cow<'w, str>, place: &'w Place) -> Node<'w> {
    Node {
        part,
        kind,
        name,
        site: Site::Outside,
        resolution: None,
        place: Some(place),
        is_cluster_admin: false,
    }
}
