//! Token Secrets and the ServiceAccounts that they name: the one judgement that several rules share.

use super::fact::{Detail, Fact, Name, Reference, Token};
use super::index::{CROWD, Distance, Namespaces, World};
use crate::finding::Confidence;
use crate::k8s::names::{NameRule, is_placeholder};

/// A token Secret in the world.
#[derive(Clone, Copy, Debug)]
pub struct TokenSecret<'w> {
    /// The Secret.
    pub fact: &'w Fact,
    /// What makes it one.
    pub token: &'w Token,
}

/// What is known of the ServiceAccount that a token Secret names.
///
/// The token controller looks for it in the Secret's own namespace, and deletes the Secret if it is not there
/// (`pkg/controller/serviceaccount/tokens_controller.go`).
#[derive(Clone, Copy, Debug)]
pub enum Account<'w> {
    /// It cannot be said, or nothing is named: another rule's business.
    Unnamed,
    /// Nothing can have that name: invalid-name says so.
    Impossible,
    /// `default`, which every namespace has.
    BuiltIn,
    /// Something that was read makes an operator create it.
    Created,
    /// Here it is.
    Found(&'w Fact),
    /// It exists, but not in the Secret's namespace. Not certain if one of the two namespaces is not written.
    OtherNamespace(&'w Fact, Confidence),
    /// It does not exist, but one with nearly that name does.
    Misspelled(&'w Name, &'w Fact),
    /// It does not exist, though other ServiceAccounts of that namespace do.
    Unknown(&'w Name),
    /// Nothing was read that would tell.
    NotInInput(&'w Name),
}

impl Account<'_> {
    /// Whether the controller will, as far as anyone can see, delete the Secret.
    pub fn is_wrong(self) -> bool {
        matches!(
            self,
            Account::Impossible | Account::OtherNamespace(..) | Account::Misspelled(..) | Account::Unknown(_)
        )
    }
}

impl World {
    /// All Secrets of type `kubernetes.io/service-account-token`.
    pub fn token_secrets(&self) -> impl Iterator<Item = TokenSecret<'_>> {
        self.facts().filter_map(|fact| match &fact.detail {
            Detail::Secret { token: Some(token) } => Some(TokenSecret { fact, token }),
            _ => None,
        })
    }

    /// What is known of the ServiceAccount that `secret` names.
    pub fn account_of<'w>(&'w self, secret: TokenSecret<'w>) -> Account<'w> {
        let Some(name) = &secret.token.account else { return Account::Unnamed };
        if is_placeholder(&name.text) {
            return Account::Unnamed;
        }
        if NameRule::Subdomain.reject(&name.text).is_some() {
            return Account::Impossible;
        }
        if &*name.text == "default" {
            return Account::BuiltIn;
        }
        let fact = secret.fact;
        if self.has_creator(fact, &name.text) {
            return Account::Created;
        }
        let (mut here, mut elsewhere) = (None, None);
        if self.is_crowded("ServiceAccount", &name.text) {
            return Account::Unnamed;
        }
        for account in self.named("ServiceAccount", &name.text).filter(|account| is_account(account)) {
            let distance = self.distance(fact, account);
            match self.compare_namespaces(fact, account) {
                Namespaces::Same => closer(&mut here, distance, account, Confidence::High),
                Namespaces::Unknown if fact.is_plain() || fact.unit != account.unit => {
                    closer(&mut here, distance, account, Confidence::High);
                }
                Namespaces::Unknown => closer(&mut elsewhere, distance, account, Confidence::Medium),
                Namespaces::Different if distance < Distance::Apart => {
                    closer(&mut elsewhere, distance, account, Confidence::High);
                }
                Namespaces::Different => {}
            }
        }
        match (here, elsewhere) {
            (Some((_, account, _)), _) => Account::Found(account),
            (None, Some((_, account, confidence))) => Account::OtherNamespace(account, confidence),
            (None, None) => self.missing_account(fact, name),
        }
    }

    /// Where the ServiceAccount of `secret` lists it in `secrets`: that makes it count as auto-generated
    /// (`pkg/serviceaccount/legacy.go`).
    pub fn listing_of<'w>(&'w self, secret: TokenSecret<'w>) -> Option<&'w Reference> {
        let Account::Found(fact) = self.account_of(secret) else { return None };
        let Detail::ServiceAccount { secrets } = &fact.detail else { return None };
        secrets.iter().find(|reference| *reference.secret.text == *secret.fact.object.name)
    }

    /// The token Secret that a pod of `workload` means by `name`.
    pub fn token_secret_for(&self, workload: &Fact, name: &str) -> Option<TokenSecret<'_>> {
        let near = |fact: &&Fact| match self.compare_namespaces(workload, fact) {
            Namespaces::Different => false,
            Namespaces::Same if !fact.object.namespace.is_empty() => true,
            _ => self.distance(workload, fact) < Distance::Apart,
        };
        if self.is_crowded("Secret", name) {
            return None;
        }
        let closest =
            self.named("Secret", name).filter(near).min_by_key(|fact| self.distance(workload, fact))?;
        match &closest.detail {
            Detail::Secret { token: Some(token) } => Some(TokenSecret { fact: closest, token }),
            _ => None,
        }
    }

    /// Whether a ServiceAccount of that name stands in the unit of `fact`.
    pub fn has_account_beside(&self, fact: &Fact, name: &str) -> bool {
        self.named("ServiceAccount", name).take(CROWD).any(|account| account.unit == fact.unit)
    }

    /// Whether the documents of the fact's file reach the API server in the order of the file: Helm, kustomize and
    /// Argo CD sort ServiceAccounts first.
    pub fn is_applied_in_order(&self, fact: &Fact) -> bool {
        fact.is_plain() && !self.is_kustomized(fact)
    }
}

/// Keeps the closer of two; of equally close ones the first.
fn closer<'w>(
    best: &mut Option<(Distance, &'w Fact, Confidence)>,
    distance: Distance,
    fact: &'w Fact,
    confidence: Confidence,
) {
    if best.is_none_or(|(other, ..)| distance < other) {
        *best = Some((distance, fact, confidence));
    }
}

fn is_account(fact: &Fact) -> bool {
    matches!(fact.detail, Detail::ServiceAccount { .. })
}
