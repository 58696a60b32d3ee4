//! Each ServiceAccount with all that has to do with it: who uses it, with which tokens, and what it may do.

use std::collections::{HashMap, HashSet};
use std::mem::{Discriminant, discriminant};
use std::ptr;

use super::fact::{AccountReference, Detail, Fact, Flag, Home, Pod, Reference, RoleReference};
use super::index::{CROWD, Distance, Namespaces, World, compare};
use super::names::Referent;
use super::pods::DEFAULT_ACCOUNT;
use super::resolve::Resolution;
use super::token::TokenSecret;
use crate::finding::Place;
use crate::k8s::SecretUse;

/// A ServiceAccount: one that is defined, or one that is only named.
#[derive(Debug)]
pub struct Identity<'w> {
    /// Its name.
    pub name: &'w str,
    /// Its namespace, if it is known.
    pub namespace: Option<&'w str>,
    /// Where it is defined, or what is known of it otherwise.
    pub account: Resolution<'w>,
    /// Who uses it, in the order of the input.
    pub users: Vec<User<'w>>,
    /// Its token Secrets, in the order of the input.
    pub tokens: Vec<IdentityToken<'w>>,
    /// What it is given: bindings with it among their subjects, in the order of the input.
    pub grants: Vec<Grant<'w>>,
}

/// Somebody who uses a ServiceAccount.
#[derive(Clone, Copy, Debug)]
pub struct User<'w> {
    /// The object.
    pub fact: &'w Fact,
    /// In which way.
    pub way: Way<'w>,
}

/// How an object uses a ServiceAccount.
#[derive(Clone, Copy, Debug)]
pub enum Way<'w> {
    /// Its pods run as it.
    Pod(&'w Pod),
    /// A field of it names it.
    Field(&'w AccountReference),
    /// An operator creates the ServiceAccount for it.
    Creates(&'w AccountReference),
}

/// A token Secret of a ServiceAccount.
#[derive(Debug)]
pub struct IdentityToken<'w> {
    /// The Secret.
    pub secret: TokenSecret<'w>,
    /// Whether it gets a token and keeps it: one that never expires.
    pub works: bool,
    /// Whether the ServiceAccount lists it in `secrets`.
    pub is_listed: bool,
    /// Who takes the token from the Secret, as whomever it runs.
    pub holders: Vec<Holder<'w>>,
}

/// A workload whose pods use a token Secret.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'w> {
    /// The workload.
    pub fact: &'w Fact,
    /// Where it names the Secret.
    pub reference: &'w Reference,
}

/// A binding that gives a ServiceAccount a role.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'w> {
    /// The RoleBinding or ClusterRoleBinding.
    pub fact: &'w Fact,
    /// The ServiceAccount among its subjects.
    pub subject: &'w AccountReference,
    /// Whether it holds in all namespaces.
    pub is_cluster: bool,
    /// The namespace that it holds in otherwise, if it is known.
    pub namespace: Option<&'w str>,
    /// The role, and what is known of it.
    pub role: Option<(&'w RoleReference, Resolution<'w>)>,
}

impl<'w> Identity<'w> {
    /// Where it is defined.
    pub fn definition(&self) -> Option<&'w Fact> {
        match self.account {
            Resolution::Found(fact) => Some(fact),
            _ => None,
        }
    }

    /// What the ServiceAccount says of mounting its token, if it does.
    pub fn automount(&self) -> Option<&'w Flag> {
        self.definition()?.service_account()?.automount.as_ref()
    }

    /// Whether pods that do not say otherwise get its token mounted; `None` if the ServiceAccount was not read. The API
    /// server does so where nothing is written (`shouldAutomount` in `plugin/pkg/admission/serviceaccount/admission.go`).
    pub fn automounts(&self) -> Option<bool> {
        match self.account {
            Resolution::Found(_) => Some(self.automount().is_none_or(|flag| flag.value)),
            Resolution::BuiltIn => Some(true),
            _ => None,
        }
    }

    /// Whether the pods of a user get its token mounted; `None` if that cannot be told, or there are no pods.
    pub fn mounts_into(&self, user: &User<'_>) -> Option<bool> {
        match user.way {
            Way::Pod(pod) => {
                pod.automount.as_ref().map_or_else(|| self.automounts(), |flag| Some(flag.value))
            }
            Way::Field(_) | Way::Creates(_) => None,
        }
    }

    /// All places that have to do with it.
    pub fn places(&self) -> impl Iterator<Item = &'w Place> {
        let definition = self.definition().map(|fact| &fact.place);
        let automount = self.automount().map(|flag| &flag.place);
        let users = self.users.iter().map(User::place);
        let tokens = self.tokens.iter().flat_map(|token| {
            let holders = token.holders.iter().map(|holder| &holder.reference.secret.place);
            std::iter::once(&token.secret.fact.place).chain(holders)
        });
        let grants = self.grants.iter().map(|grant| &grant.subject.name.place);
        definition.into_iter().chain(automount).chain(users).chain(tokens).chain(grants)
    }
}

impl<'w> User<'w> {
    /// Where it names the ServiceAccount; its containers if it runs as `default` without saying so.
    pub fn place(&self) -> &'w Place {
        match self.way {
            Way::Pod(pod) => pod.account.as_ref().map_or(&pod.place, |account| &account.name.place),
            Way::Field(account) | Way::Creates(account) => &account.name.place,
        }
    }
}

impl World {
    /// All ServiceAccounts, defined or only named, by namespace, name and place.
    ///
    /// Those that are only named are told apart by what is known of them, not by where they are named: without a
    /// namespace, one name may stand for several ServiceAccounts.
    pub fn identities(&self) -> Vec<Identity<'_>> {
        let mut census = Census::new(self);
        for fact in self.facts() {
            census.define(fact);
        }
        census.take_tokens();
        for fact in self.facts() {
            census.take(fact);
        }
        census.sorted()
    }

    /// The ServiceAccount that `from` names. What every cluster has may be defined, too; one far away that says no
    /// namespace is not taken for it.
    fn account_with_built_in<'w>(&'w self, from: &'w Fact, name: &str, home: &Home) -> Resolution<'w> {
        if self.is_crowded(Referent::ServiceAccount, name) {
            return Resolution::BuiltIn;
        }
        let namespace = self.namespace_of(from, home);
        let is_meant = |fact: &&Fact| match compare(namespace, self.namespace(fact)) {
            Namespaces::Different => false,
            Namespaces::Same if namespace.is_some() => true,
            _ => *home == Home::Own && self.distance(from, fact) <= Distance::SameUnit,
        };
        let named = self.named(Referent::ServiceAccount, name).take(CROWD).filter(is_meant);
        named.min_by_key(|fact| self.distance(from, fact)).map_or(Resolution::BuiltIn, Resolution::Found)
    }
}

impl World {
    /// What a name leads to, as far as it is told which is meant: not where several objects far away could be. For an
    /// alarm it is enough that there is one; here somebody reads what belongs to it.
    fn unless_ambiguous<'w>(&'w self, from: &Fact, resolution: Resolution<'w>) -> Resolution<'w> {
        let Resolution::Found(found) = resolution else { return resolution };
        let is_told = self.distance(from, found) < Distance::Apart
            || (self.compare_namespaces(from, found) == Namespaces::Same && self.namespace(found).is_some());
        let Some(referent) = Referent::of(found).filter(|_| !is_told) else { return resolution };
        let mut others = self.named(referent, &found.object.name).take(CROWD);
        let is_other = |fact: &Fact| {
            !ptr::eq(fact, found) && self.compare_namespaces(fact, found) != Namespaces::Different
        };
        if others.any(is_other) { Resolution::Unnamed } else { resolution }
    }
}

/// By what a ServiceAccount is known again.
#[derive(PartialEq, Eq, Hash)]
enum Key<'w> {
    Defined(*const Fact),
    Named(&'w str, Option<&'w str>, Discriminant<Resolution<'w>>),
}

/// The identities while they are gathered.
struct Census<'w> {
    world: &'w World,
    identities: Vec<Identity<'w>>,
    /// Where they stand in the list.
    known: HashMap<Key<'w>, usize>,
    /// Where each token Secret stands: its identity, and its place there.
    tokens: HashMap<*const Fact, (usize, usize)>,
    /// Each ServiceAccount with each name in its `secrets`.
    listed: HashSet<(*const Fact, &'w str)>,
}

impl<'w> Census<'w> {
    fn new(world: &'w World) -> Self {
        Self {
            world,
            identities: Vec::new(),
            known: HashMap::new(),
            tokens: HashMap::new(),
            listed: HashSet::new(),
        }
    }

    fn define(&mut self, fact: &'w Fact) {
        let Some(account) = fact.service_account().filter(|_| !fact.object.name.is_empty()) else { return };
        self.index(&fact.object.name, self.world.namespace(fact), Resolution::Found(fact));
        self.listed.extend(account.secrets.iter().map(|name| (ptr::from_ref(fact), &*name.text)));
    }

    /// The place of an identity in the list; a new one if there is none.
    fn index(&mut self, name: &'w str, namespace: Option<&'w str>, account: Resolution<'w>) -> usize {
        let key = match account {
            Resolution::Found(fact) => Key::Defined(ptr::from_ref(fact)),
            _ => Key::Named(name, namespace, discriminant(&account)),
        };
        *self.known.entry(key).or_insert_with(|| {
            let (name, namespace) = match account {
                Resolution::Found(fact) => (fact.object.name.as_str(), self.world.namespace(fact)),
                _ => (name, namespace),
            };
            let (users, tokens, grants) = (Vec::new(), Vec::new(), Vec::new());
            self.identities.push(Identity { name, namespace, account, users, tokens, grants });
            self.identities.len() - 1
        })
    }

    fn at(
        &mut self,
        name: &'w str,
        namespace: Option<&'w str>,
        account: Resolution<'w>,
    ) -> Option<&mut Identity<'w>> {
        let index = self.index(name, namespace, account);
        self.identities.get_mut(index)
    }

    /// What is known of a ServiceAccount that `from` names.
    fn resolve(&self, from: &'w Fact, account: &'w AccountReference) -> Resolution<'w> {
        match self.world.account(from, account) {
            Resolution::BuiltIn => self.world.account_with_built_in(from, &account.name.text, &account.home),
            other => self.world.unless_ambiguous(from, other),
        }
    }

    /// The identity that `from` names.
    fn named(&mut self, from: &'w Fact, account: &'w AccountReference) -> Option<&mut Identity<'w>> {
        let resolution = self.resolve(from, account);
        self.at(&account.name.text, self.world.namespace_of(from, &account.home), resolution)
    }

    fn take_tokens(&mut self) {
        for secret in self.world.token_secrets() {
            let Some(account) = &secret.token.account else { continue };
            let resolution = self.resolve(secret.fact, account);
            let is_listed = match resolution {
                Resolution::Found(account) => {
                    self.listed.contains(&(ptr::from_ref(account), &secret.fact.object.name))
                }
                _ => false,
            };
            let namespace = self.world.namespace_of(secret.fact, &account.home);
            let index = self.index(&account.name.text, namespace, resolution);
            let Some(identity) = self.identities.get_mut(index) else { continue };
            self.tokens.insert(ptr::from_ref(secret.fact), (index, identity.tokens.len()));
            // What was read from a cluster is there, with what the token controller wrote into it.
            let works = (secret.token.works || secret.fact.is_dump) && !resolution.is_wrong();
            identity.tokens.push(IdentityToken { secret, works, is_listed, holders: Vec::new() });
        }
    }

    fn take(&mut self, fact: &'w Fact) {
        for pod in &fact.pods {
            self.take_pod(fact, pod);
        }
        for field in &fact.fields {
            self.use_(fact, field, Way::Field(field));
        }
        for created in &fact.creates {
            self.use_(fact, created, Way::Creates(created));
        }
        let Detail::Binding(binding) = &fact.detail else { return };
        let role = binding.role.as_ref();
        let role = role.map(|role| (role, self.world.unless_ambiguous(fact, self.world.role(fact, role))));
        let (is_cluster, namespace) = (binding.is_cluster, self.world.namespace(fact));
        for subject in &binding.accounts {
            if let Some(identity) = self.named(fact, subject) {
                identity.grants.push(Grant { fact, subject, is_cluster, namespace, role });
            }
        }
    }

    fn use_(&mut self, fact: &'w Fact, account: &'w AccountReference, way: Way<'w>) {
        if let Some(identity) = self.named(fact, account) {
            identity.users.push(User { fact, way });
        }
    }

    fn take_pod(&mut self, fact: &'w Fact, pod: &'w Pod) {
        match &pod.account {
            Some(account) => self.use_(fact, account, Way::Pod(pod)),
            None if !pod.account_is_unknown && fact.makes_pods_as_written() => {
                let resolution = self.world.account_with_built_in(fact, DEFAULT_ACCOUNT, &pod.home);
                let namespace = self.world.namespace_of(fact, &pod.home);
                if let Some(identity) = self.at(DEFAULT_ACCOUNT, namespace, resolution) {
                    identity.users.push(User { fact, way: Way::Pod(pod) });
                }
            }
            None => {}
        }
        for reference in pod.references.iter().filter(|reference| reference.use_ != SecretUse::ImagePull) {
            self.take_reference(fact, reference);
        }
    }

    /// A pod that names a Secret may take a token from it.
    fn take_reference(&mut self, fact: &'w Fact, reference: &'w Reference) {
        let secret = self.world.token_secret_for(fact, &reference.secret.text);
        let place = secret.and_then(|secret| self.tokens.get(&ptr::from_ref(secret.fact)));
        let Some((identity, token)) = place else { return };
        let tokens = self.identities.get_mut(*identity).map(|identity| &mut identity.tokens);
        if let Some(token) = tokens.and_then(|tokens| tokens.get_mut(*token)) {
            token.holders.push(Holder { fact, reference });
        }
    }

    fn sorted(self) -> Vec<Identity<'w>> {
        let Self { world, mut identities, .. } = self;
        identities.sort_by(|a, b| {
            let key = |identity: &Identity<'w>| (identity.namespace, identity.name);
            let place = |identity: &Identity<'w>| {
                identity.definition().map(|fact| (world.path(fact.file()), fact.span().start))
            };
            key(a).cmp(&key(b)).then_with(|| place(a).cmp(&place(b)))
        });
        identities
    }
}
