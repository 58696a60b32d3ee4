//! Everything in a text with which somebody can log in, to be explained.

use super::base64;
use super::certificate::{Certificate, is_private_key};
use super::claims::Jwt;
use super::jwt;
use super::kubeconfig::{User, is_password, is_plausible_setting};
use super::plausible::{is_plausible_password, is_plausible_token};
use super::sites::{each_kubeconfig, opaque_token, tokens};
use crate::k8s::{Manifest, Origin};
use crate::span::{FileId, Span};
use crate::yaml::{self, Document, Node};

/// Something with which somebody can log in, without what is secret of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Where in the text.
    pub span: Span,
    /// The user of a kubeconfig who logs in with it.
    pub user: Option<String>,
    /// What it is.
    pub credential: Credential,
}

/// What somebody can log in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A token that tells of itself.
    Jwt(Jwt),
    /// A token that does not.
    Token,
    /// A password.
    Password,
    /// A client key, with its certificate if that is there.
    ClientKey(Option<Certificate>),
    /// A file that holds a token.
    TokenFile(String),
    /// A file that holds a client key.
    ClientKeyFile(String),
    /// A command that is asked for one.
    Plugin(String),
    /// A way that is built into kubectl.
    Provider(String),
}

/// What is in a text: a token, a kubeconfig, a Secret, or whatever holds one of these. In the order of the text.
/// Text that is base64 as a whole, wrapped or not, is decoded; what is found in it stands at its start.
pub fn held(text: &str) -> Vec<Held> {
    let found = held_in(text);
    match base64::decode_text(text.trim()).filter(|_| found.is_empty()) {
        Some(decoded) => {
            held_in(&decoded).into_iter().map(|held| Held { span: Span::default(), ..held }).collect()
        }
        None => found,
    }
}

fn held_in(text: &str) -> Vec<Held> {
    let origin = Origin { file: FileId(0), rendered_from: None };
    let mut found = Vec::new();
    for chunk in yaml::split(text) {
        let document = Document::read(text, &chunk);
        let manifest = Manifest::new(&document, &origin, false);
        each_kubeconfig(&manifest, &mut |site| {
            found.extend(site.config.users().flat_map(held_by));
        });
        let others = tokens(&manifest).into_iter().filter(|sighting| !sighting.is_login);
        found.extend(others.map(|sighting| Held {
            span: sighting.place.span,
            user: None,
            credential: Credential::Jwt(sighting.jwt),
        }));
        found.extend(manifest.objects.iter().filter_map(|object| {
            let (node, claims) = opaque_token(object)?;
            claims.is_none().then(|| Held { span: node.span(), user: None, credential: Credential::Token })
        }));
    }
    found.sort_by_key(|held| held.span);
    found
}

/// What a user of a kubeconfig can log in with.
pub fn held_by(user: User<'_>) -> Vec<Held> {
    let held = |node: Node<'_>, credential: Credential| Held {
        span: node.span(),
        user: Some(user.name.to_owned()),
        credential,
    };
    let token = user.token().and_then(|(node, text)| match jwt::parse(text) {
        Some(jwt) => Some(held(node, Credential::Jwt(jwt))),
        None => is_plausible_token(text).then(|| held(node, Credential::Token)),
    });
    let password = user.password().filter(|(_, text)| is_plausible_password(text));
    let key = user.client_key().filter(|(_, key)| is_private_key(key));
    let file = user.token_file().map(|file| held(user.login, Credential::TokenFile(file.to_owned())));
    let key_file =
        user.client_key_file().map(|file| held(user.login, Credential::ClientKeyFile(file.to_owned())));
    let plugin = user.exec_command().map(|command| held(user.login, Credential::Plugin(command.to_owned())));
    let provider = user
        .auth_provider()
        .and_then(|name| Some(held(name, Credential::Provider(name.as_str()?.to_owned()))));
    // Tokens that tell of themselves are found in all of the text.
    let others = user.others().filter(|(name, _, text)| is_plausible_setting(name, text));
    let others = others.map(|(name, node, _)| {
        held(node, if is_password(name) { Credential::Password } else { Credential::Token })
    });
    [
        token,
        password.map(|(node, _)| held(node, Credential::Password)),
        key.map(|(node, _)| held(node, Credential::ClientKey(user.certificate()))),
        file,
        key_file,
        plugin,
        provider,
    ]
    .into_iter()
    .flatten()
    .chain(others)
    .collect()
}
