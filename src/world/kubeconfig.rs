//! Kubeconfigs, and whose credentials they hold.

use std::sync::Arc;

use super::fact::{AccountReference, Detail, Fact, Home, Name};
use crate::credential::{self, Credential, Jwt, Site};
use crate::finding::Place;
use crate::k8s::Manifest;

/// A kubeconfig: who could log in with it. Nothing of it is kept with which somebody could.
#[derive(Debug)]
pub struct Kubeconfig {
    /// Whether it is written into another object: a string of a ConfigMap, a value of a Secret.
    pub is_inside: bool,
    /// What it holds, in the order of the text.
    pub logins: Vec<Login>,
}

/// A credential in a kubeconfig.
#[derive(Debug)]
pub struct Login {
    /// What the kubeconfig calls its user; no name that the cluster knows.
    pub alias: Box<str>,
    /// Where the credential stands.
    pub place: Place,
    /// Whose it is.
    pub owner: Owner,
}

/// Whose a credential is.
#[derive(Debug)]
pub enum Owner {
    /// That of a ServiceAccount, by the claims of its token.
    Account(AccountReference),
    /// That of a user, by the certificate.
    User {
        /// The user's name.
        name: Box<str>,
        /// The user's groups.
        groups: Vec<Box<str>>,
    },
    /// Not told: an opaque token, a password, a token of somebody else.
    Unknown,
}

impl Fact {
    /// It as a kubeconfig, if it is one.
    pub fn kubeconfig(&self) -> Option<&Kubeconfig> {
        match &self.detail {
            Detail::Kubeconfig(kubeconfig) => Some(kubeconfig),
            _ => None,
        }
    }

    /// The kubeconfigs of a document that hold credentials: itself, and those that are written into its objects.
    pub(super) fn kubeconfigs(manifest: &Manifest<'_>) -> Vec<Fact> {
        let mut facts = Vec::new();
        credential::each_kubeconfig(manifest, &mut |site| {
            let logins: Vec<_> = site.config.users().flat_map(|user| logins(site, user)).collect();
            let Some(first) = logins.first() else { return };
            let place = first.place.clone();
            let object = place.object.clone().unwrap_or_default();
            let detail = Detail::Kubeconfig(Box::new(Kubeconfig { is_inside: site.is_inside(), logins }));
            facts.push(Fact::bare(Arc::clone(&object), Place { object: Some(object), ..place }, detail));
        });
        facts
    }
}

fn logins(site: &Site<'_>, user: credential::User<'_>) -> Vec<Login> {
    let held = credential::held_by(user).into_iter().filter_map(|held| {
        let place = Place { span: held.span, ..site.place(user.login) };
        Some(Login { alias: user.name.into(), owner: owner(held.credential, &place)?, place })
    });
    held.collect()
}

/// Whose a credential is; `None` if it is none, but a way to get one.
fn owner(credential: Credential, place: &Place) -> Option<Owner> {
    Some(match credential {
        Credential::Jwt(Jwt::ServiceAccount(token)) => Owner::Account(AccountReference {
            name: Name { text: token.name, place: place.clone(), editable: false },
            home: Home::Named(token.namespace),
            is_known_to_kustomize: false,
        }),
        Credential::ClientKey(Some(certificate)) => Owner::User {
            name: certificate.common_name.into(),
            groups: certificate.organizations.into_iter().map(Box::from).collect(),
        },
        Credential::Jwt(Jwt::Other(_))
        | Credential::Token
        | Credential::Password
        | Credential::ClientKey(None) => Owner::Unknown,
        Credential::TokenFile(_)
        | Credential::ClientKeyFile(_)
        | Credential::Plugin(_)
        | Credential::Provider(_) => return None,
    })
}
