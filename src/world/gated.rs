//! Token Secrets in templates, the places that use them, and the versions for which each of these is rendered.

use std::collections::HashMap;

use super::fact::{Fact, Name};
use super::index::World;
use super::token::TokenSecret;
use crate::finding::Place;
use crate::helm::chart::Reach;
use crate::span::{FileId, Span};

/// What decides about places in templates.
pub(super) type Reaches = HashMap<(FileId, Span), Reach>;

/// A place in a template that uses a token Secret of the same chart.
#[derive(Clone, Copy, Debug)]
pub struct TokenUse<'w> {
    /// The name that is written there.
    pub name: &'w Name,
    /// The Secret.
    pub secret: TokenSecret<'w>,
    /// Whether a pod needs it; otherwise a ServiceAccount lists it.
    pub is_pod: bool,
}

impl World {
    /// Whether it stands in a file of a chart's templates.
    fn is_in_chart(&self, fact: &Fact) -> bool {
        self.chart(fact.file()).is_some()
    }

    /// The token Secrets that stand in templates.
    pub fn gated_token_secrets(&self) -> impl Iterator<Item = TokenSecret<'_>> {
        self.token_secrets().filter(|secret| self.is_in_chart(secret.fact))
    }

    /// The places in templates that use token Secrets of templates.
    pub fn gated_uses(&self) -> Vec<TokenUse<'_>> {
        if self.gated_token_secrets().next().is_none() {
            return Vec::new();
        }
        self.facts().filter(|fact| self.is_in_chart(fact)).flat_map(|fact| self.uses_in(fact)).collect()
    }

    fn uses_in<'w>(&'w self, fact: &'w Fact) -> impl Iterator<Item = TokenUse<'w>> {
        let references = fact.written_pods().flat_map(|pod| &pod.references);
        let of_pods = references.map(|reference| (&reference.secret, true));
        let listed = fact.service_account().into_iter().flat_map(|account| &account.secrets);
        of_pods.chain(listed.map(|name| (name, false))).filter_map(move |(name, is_pod)| {
            let secret =
                self.token_secret_for(fact, &name.text).filter(|secret| self.is_in_chart(secret.fact))?;
            Some(TokenUse { name, secret, is_pod })
        })
    }

    /// The places of which it matters for which versions they are rendered.
    pub fn gated_places(&self) -> Vec<Place> {
        let secrets = self.gated_token_secrets().map(|secret| secret.fact.place.clone());
        let uses = self.gated_uses().into_iter().map(|found| found.name.place.clone());
        secrets.chain(uses).collect()
    }

    /// Takes in what decides about those places.
    pub fn set_reaches(&mut self, reaches: HashMap<(FileId, Span), Reach>) {
        self.reaches = reaches;
    }

    /// What decides about a place, if it is one of those.
    pub fn reach(&self, place: &Place) -> Option<&Reach> {
        self.reaches.get(&(place.file, place.span))
    }
}
