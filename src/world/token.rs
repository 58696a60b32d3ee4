//! Token Secrets, and who has to do with them.

use super::fact::{Fact, Name, Token};
use super::index::{CROWD, Distance, Namespaces, World};
use super::names::Referent;
use super::resolve::Resolution;

/// A token Secret in the world.
#[derive(Clone, Copy, Debug)]
pub struct TokenSecret<'w> {
    /// The Secret.
    pub fact: &'w Fact,
    /// What makes it one.
    pub token: &'w Token,
}

impl World {
    /// All Secrets of type `kubernetes.io/service-account-token`.
    pub fn token_secrets(&self) -> impl Iterator<Item = TokenSecret<'_>> {
        self.facts().filter_map(|fact| Some(TokenSecret { fact, token: fact.token()? }))
    }

    /// What is known of the ServiceAccount that `secret` names. The token controller looks for it in the Secret's own
    /// namespace, and deletes the Secret if it is not there (`pkg/controller/serviceaccount/tokens_controller.go`).
    pub fn account_of<'w>(&'w self, secret: TokenSecret<'w>) -> Resolution<'w> {
        match &secret.token.account {
            Some(account) => self.account(secret.fact, account),
            None => Resolution::Unnamed,
        }
    }

    /// Where the ServiceAccount of `secret` lists it in `secrets`: that makes it count as auto-generated
    /// (`pkg/serviceaccount/legacy.go`).
    pub fn listing_of<'w>(&'w self, secret: TokenSecret<'w>) -> Option<&'w Name> {
        let Resolution::Found(fact) = self.account_of(secret) else { return None };
        let listed = fact.service_account()?.secrets.iter();
        let mut own = listed.filter(|name| *name.text == *secret.fact.object.name);
        own.find(|name| self.left_behind_secret(fact, name).is_none())
    }

    /// The token Secret that a pod of `workload` means by `name`.
    pub fn token_secret_for(&self, workload: &Fact, name: &str) -> Option<TokenSecret<'_>> {
        let near = |fact: &&Fact| match self.compare_namespaces(workload, fact) {
            Namespaces::Different => false,
            Namespaces::Same if !fact.object.namespace.is_empty() => true,
            _ => self.distance(workload, fact) < Distance::Apart,
        };
        if self.is_crowded(Referent::Secret, name) {
            return None;
        }
        let closest = self
            .named(Referent::Secret, name)
            .filter(near)
            .min_by_key(|fact| self.distance(workload, fact))?;
        Some(TokenSecret { fact: closest, token: closest.token()? })
    }

    /// Whether a ServiceAccount of that name stands in the unit of `fact`.
    pub fn has_account_beside(&self, fact: &Fact, name: &str) -> bool {
        let accounts = self.named(Referent::ServiceAccount, name).take(CROWD);
        accounts.into_iter().any(|account| self.distance(fact, account) <= Distance::SameUnit)
    }

    /// Whether the documents of the fact's file reach the API server in the order of the file: Helm, kustomize and
    /// Argo CD sort ServiceAccounts first.
    pub fn is_applied_in_order(&self, fact: &Fact) -> bool {
        self.is_plain(fact) && !self.is_kustomized(fact)
    }
}
