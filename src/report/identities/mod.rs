//! Reports of identities: a table, blocks with every place, JSON.

mod escalation;
mod full;
mod json;
mod table;

use std::io;

use clap::ValueEnum;

use super::spots::{self, Spots};
use crate::engine::Summary;
use crate::finding::{ObjectId, Place};
use crate::input::Sources;
use crate::world::rbac::Path;
use crate::world::{Grant, Identity, User};

/// The ClusterRole that may do everything.
const CLUSTER_ADMIN: &str = "cluster-admin";

/// How identities are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum IdentityFormat {
    /// A line for each; long lists are cut.
    #[default]
    Table,
    /// A block for each, with every place.
    Full,
    /// For scripts; versioned.
    Json,
}

/// An identity that is printed.
#[derive(Debug)]
pub struct Entry<'w> {
    /// The identity.
    pub identity: &'w Identity<'w>,
    /// How it comes to all rights, if that was looked for and is known.
    pub path: Option<Path<'w, 'w, 'w>>,
}

/// Identities, and what is needed to print them.
#[derive(Clone, Copy, Debug)]
pub struct Inventory<'w> {
    /// The identities, in their order.
    pub entries: &'w [Entry<'w>],
    /// Whether it was looked for how they come to all rights.
    pub has_paths: bool,
    /// The files, to look names and text up.
    pub sources: &'w Sources,
    /// What was read.
    pub summary: &'w Summary,
}

impl Inventory<'_> {
    /// Writes the identities in one format.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, format: IdentityFormat, out: &mut dyn io::Write) -> io::Result<()> {
        let spots = Spots::new(self.sources, self.entries.iter().flat_map(places));
        match format {
            IdentityFormat::Table => out.write_all(table::table(self, &spots).as_bytes()),
            IdentityFormat::Full => out.write_all(full::blocks(self, &spots).as_bytes()),
            IdentityFormat::Json => json::write(self, &spots, out),
        }
    }
}

/// `Deployment/api`
fn object(id: &ObjectId) -> String {
    super::escape::line(&format!("{}/{}", id.kind, id.name))
}

/// The objects that use an identity, each once.
fn users<'i, 'w>(identity: &'i Identity<'w>) -> impl Iterator<Item = &'i User<'w>> {
    let mut last = None;
    identity.users.iter().filter(move |user| {
        let this = Some((user.fact.file(), user.fact.span()));
        std::mem::replace(&mut last, this) != this
    })
}

/// What an identity is given: what holds everywhere first, and cluster-admin before all.
fn grants<'i, 'w>(identity: &'i Identity<'w>) -> Vec<&'i Grant<'w>> {
    let mut grants: Vec<_> = identity.grants.iter().collect();
    let is_admin = |grant: &Grant<'_>| grant.role.is_some_and(|(role, _)| *role.name.text == *CLUSTER_ADMIN);
    grants.sort_by_key(|grant| (!grant.is_cluster, !is_admin(grant)));
    grants
}

/// All places that a report may name.
fn places<'w>(entry: &'w Entry<'w>) -> impl Iterator<Item = &'w Place> {
    let identity = entry.identity;
    let grants = identity.grants.iter().flat_map(|grant| {
        let role = grant.role.and_then(|(_, resolution)| spots::target(resolution));
        std::iter::once(&grant.fact.place).chain(role)
    });
    let path = entry.path.iter().flat_map(escalation::places);
    identity.places().chain(spots::target(identity.account)).chain(grants).chain(path)
}
