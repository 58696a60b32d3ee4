//! Token Secrets, and who has to do with them.

use super::fact::{Fact, Name, Token};
use super::index::{CROWD, Distance, World};
use super::names::Referent;
use super::resolve::Resolution;
use crate::finding::Place;

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
    /// (`pkg/serviceaccount/legacy.go`). Of more than a crowd of entries only the first are looked at.
    pub fn listing_of<'w>(&'w self, secret: TokenSecret<'w>) -> Option<&'w Name> {
        let fact = self.account_fact_of(secret)?;
        let listed = fact.service_account()?.secrets.iter().take(CROWD);
        let mut own = listed.filter(|name| *name.text == *secret.fact.object.name);
        own.find(|name| self.left_behind_secret(fact, name).is_none())
    }

    /// The ServiceAccount of `secret` as it stands in the input, `default` too.
    fn account_fact_of<'w>(&'w self, secret: TokenSecret<'w>) -> Option<&'w Fact> {
        let account = secret.token.account.as_ref()?;
        match self.account_of(secret) {
            Resolution::Found(fact) => Some(fact),
            Resolution::BuiltIn => {
                self.nearest(secret.fact, Referent::ServiceAccount, &account.name.text, Distance::SameUnit)
            }
            _ => None,
        }
    }

    /// The token Secret that `from`, a workload or a ServiceAccount, means by `name`.
    pub fn token_secret_for(&self, from: &Fact, name: &str) -> Option<TokenSecret<'_>> {
        let closest = self.nearest(from, Referent::Secret, name, Distance::OneTree)?;
        // Something else of that name may be meant, which a kustomization generates or a command creates.
        let is_doubtful = self.distance(from, closest) > Distance::SameUnit
            && self.is_created(Referent::Secret, name, self.namespace(from));
        if is_doubtful { None } else { Some(TokenSecret { fact: closest, token: closest.token()? }) }
    }

    /// The token Secret that the ServiceAccount `account` lists as `entry` in its `secrets`, if it is one of its own.
    /// Because of the entry it counts as auto-generated (`pkg/serviceaccount/legacy.go`).
    pub fn adopted_by(&self, account: &Fact, entry: &Name) -> Option<TokenSecret<'_>> {
        let secret = self.token_secret_for(account, &entry.text)?;
        let is_own = self.account_fact_of(secret).is_some_and(|own| std::ptr::eq(own, account));
        (is_own && self.left_behind_secret(account, entry).is_none()).then_some(secret)
    }

    /// Whether a ServiceAccount of that name stands in the unit of `fact`.
    pub fn has_account_beside(&self, fact: &Fact, name: &str) -> bool {
        let accounts = self.named(Referent::ServiceAccount, name).take(CROWD);
        accounts
            .into_iter()
            .any(|account| self.can_mean(fact, account) && self.distance(fact, account) <= Distance::SameUnit)
    }

    /// Whether the documents of the fact's file reach the API server in the order of the file: Helm, kustomize and
    /// Argo CD sort ServiceAccounts first.
    pub fn is_applied_in_order(&self, fact: &Fact) -> bool {
        self.is_plain(fact) && !self.is_kustomized(fact)
    }

    /// The command that applies the fact's file, or a folder with it.
    pub fn application_of(&self, fact: &Fact) -> Option<&Place> {
        self.applied.by(self.path(fact.file()))
    }
}
