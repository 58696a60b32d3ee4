//! Answers about rights: what somebody may do, and who may do something; as text and JSON.

mod json;
mod notes;
mod text;

use std::io;

use clap::ValueEnum;

use super::spots::Spots;
use crate::engine::Summary;
use crate::finding::Place;
use crate::input::Sources;
use crate::world::rbac::{Chain, Granter, List, Origin, Request, Requester, RoleGrant, Subject, WhoCan};

/// How answers about rights are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RightsFormat {
    /// For people.
    #[default]
    Text,
    /// For scripts; versioned.
    Json,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The request that somebody would make.
    pub request: Request<'static>,
    /// Where.
    pub place: Asked,
}

/// Where something is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// In the namespace of the request.
    Namespace,
    /// In the namespace of the request, which nobody named: it is that of the ServiceAccount, or else `default`.
    ChosenNamespace,
    /// In all namespaces at once.
    AllNamespaces,
    /// In any namespace.
    AnyNamespace,
    /// Nowhere: what is asked about has no namespace.
    Cluster,
}

/// An answer about rights, and what is needed to print it.
#[derive(Debug)]
pub struct RightsReport<'a, 'r, 'w> {
    /// The answer.
    pub answer: Answer<'a, 'r, 'w>,
    /// What else is to be known, in words.
    pub notes: Vec<String>,
    /// The files, to look names and text up.
    pub sources: &'w Sources,
    /// What was read.
    pub summary: &'w Summary,
}

/// An answer about rights.
#[derive(Debug)]
pub enum Answer<'a, 'r, 'w> {
    /// Whether somebody may do something.
    CanI {
        /// What.
        question: &'a Question,
        /// Who.
        requester: &'a Requester<'a>,
        /// What allows it; what is certain first. Members of `system:masters` need nothing.
        chains: Vec<Chain<'r, 'w>>,
        /// What may allow it, if nothing else does: bindings whose roles are not in the input.
        unknown: Vec<&'r RoleGrant<'w>>,
        /// Whether it is a member of `system:masters`.
        is_master: bool,
        /// Whether there are documents that could not be read.
        has_unread: bool,
    },
    /// All that somebody may do.
    List {
        /// Who.
        requester: &'a Requester<'a>,
        /// The namespace in which; anywhere without one.
        namespace: Option<&'a str>,
        /// What.
        list: List<'r, 'w>,
        /// Whether the table has a header.
        has_header: bool,
    },
    /// Who may do something.
    WhoCan {
        /// What.
        question: &'a Question,
        /// Who.
        who: WhoCan<'r, 'w>,
        /// Whether those are listed whom every cluster lets do it.
        lists_built_in: bool,
    },
}

impl<'w> RightsReport<'_, '_, 'w> {
    /// Writes the answer in one format.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, format: RightsFormat, out: &mut dyn io::Write) -> io::Result<()> {
        let spots = Spots::new(self.sources, self.chains().flat_map(places).chain(self.unknown_places()));
        match format {
            RightsFormat::Text => out.write_all(text::answer(self, &spots).as_bytes()),
            RightsFormat::Json => json::write(self, &spots, out),
        }
    }

    fn chains(&self) -> Box<dyn Iterator<Item = &Chain<'_, 'w>> + '_> {
        match &self.answer {
            Answer::CanI { chains, .. } => Box::new(chains.iter()),
            Answer::List { list, .. } => Box::new(list.rights.iter().flat_map(|right| &right.chains)),
            Answer::WhoCan { who, .. } => Box::new(who.allowed.values().flatten()),
        }
    }

    /// Bindings whose roles are not in the input.
    fn unknown(&self) -> &[&RoleGrant<'w>] {
        match &self.answer {
            Answer::CanI { unknown, .. } => unknown,
            Answer::List { list, .. } => &list.unknown,
            Answer::WhoCan { who, .. } => &who.unknown,
        }
    }

    /// The bindings whose roles are not known, the names of those roles, and what is known of the roles.
    fn unknown_places(&self) -> impl Iterator<Item = &'w Place> {
        let written = self.unknown().iter().filter_map(|grant| match grant.binding {
            Granter::Written(fact) => Some(fact),
            Granter::BuiltIn(_) => None,
        });
        let read_in_part = self.unknown().iter().filter_map(|grant| match grant.role.origin {
            Origin::Written(fact) => Some(&fact.place),
            Origin::BuiltIn | Origin::Missing(_) => None,
        });
        let named = written.flat_map(|fact| {
            let role = fact.binding().and_then(|binding| binding.role.as_ref());
            std::iter::once(&fact.place).chain(role.map(|role| &role.name.place))
        });
        named.chain(read_in_part)
    }
}

/// All places of a chain.
fn places<'w>(chain: &Chain<'_, 'w>) -> impl Iterator<Item = &'w Place> {
    let binding = match chain.grant.binding {
        Granter::Written(fact) => Some(&fact.place),
        Granter::BuiltIn(_) => None,
    };
    let role = match chain.grant.role.origin {
        Origin::Written(fact) => Some(&fact.place),
        Origin::BuiltIn | Origin::Missing(_) => None,
    };
    let source = chain.rule.role.map(|fact| &fact.place);
    let places = [binding, subject_place(chain.subject), role, source, chain.rule.rule.place.as_ref()];
    places.into_iter().flatten()
}

/// Whether all of it is what every cluster allows by itself.
fn is_built_in(chains: &[Chain<'_, '_>]) -> bool {
    chains.iter().all(|chain| matches!(chain.grant.binding, Granter::BuiltIn(_)))
}

fn subject_place(subject: Subject<'_>) -> Option<&Place> {
    match subject {
        Subject::Account(account) => Some(&account.name.place),
        Subject::Principal(principal) => Some(&principal.name.place),
        Subject::BuiltIn(_) => None,
    }
}

/// `yes`, `no`, or `unknown` where something that was not read may say otherwise.
fn verdict(is_allowed: bool, is_known: bool) -> &'static str {
    match (is_allowed, is_known) {
        (true, _) => "yes",
        (false, true) => "no",
        (false, false) => "unknown",
    }
}
