//! A block for each credential.

use std::fmt::Write;

use jiff::Timestamp;

use super::{Explanation, moment, stretch};
use crate::credential::{Certificate, Credential, Held, Jwt, OtherToken, ServiceAccountToken, TokenClass};
use crate::report::{escape, without_secrets};

/// The width of the labels.
const LABEL: usize = 10;

/// The blocks, with an empty line between them.
pub(super) fn blocks(explanation: &Explanation<'_>) -> String {
    let blocks: Vec<_> = explanation.held.iter().map(|held| block(held, explanation)).collect();
    blocks.join("\n")
}

fn block(held: &Held, explanation: &Explanation<'_>) -> String {
    let mut block = match &held.credential {
        Credential::Jwt(Jwt::ServiceAccount(token)) => service_account(token, explanation),
        Credential::Jwt(Jwt::Other(token)) => other(token, explanation),
        Credential::Token => Block::new("Token that tells nothing of itself")
            .row("instead", "a credential plugin (`exec`), `tokenFile`, or `kubectl create token`"),
        Credential::Password => Block::new("Password")
            .row("ends", "when it is changed; Kubernetes itself takes no passwords since 1.19"),
        Credential::ClientKey(Some(certificate)) => client_certificate(certificate, explanation),
        Credential::ClientKey(None) => Block::new("Client key, its certificate elsewhere"),
        Credential::TokenFile(file) => Block::new("File with a token")
            .row("file", &without_secrets(file))
            .row("class", "read anew from time to time"),
        Credential::ClientKeyFile(file) => {
            Block::new("File with a client key").row("file", &without_secrets(file))
        }
        Credential::Plugin(command) => Block::new("Credential plugin")
            .row("command", &without_secrets(command))
            .row("class", "asked when it is needed"),
        Credential::Provider(name) => Block::new("Auth provider of kubectl").row("name", name),
    };
    let line = format!("line {}", explanation.line(held));
    block = match &held.user {
        Some(user) => block.row("found", &format!("{line}, user {user} of a kubeconfig")),
        None => block.row("found", &line),
    };
    block.0
}

fn service_account(token: &ServiceAccountToken, explanation: &Explanation<'_>) -> Block {
    let block = Block::new(&format!("ServiceAccount {token}"));
    let block = match &token.class {
        TokenClass::Legacy { secret } => block
            .row("class", &format!("legacy: out of Secret {}/{secret}", token.namespace))
            .row("issuer", &token.issuer)
            .row("audience", "the API server"),
        TokenClass::Bound { audiences, object, warn_after } => {
            let class = match warn_after {
                Some(_) => "bound: a pod's own, asked for an hour and valid for a year",
                None => "bound: of the TokenRequest API",
            };
            let object = object.as_ref().map(|object| format!("{} {}", object.kind, object.name));
            let audiences = if audiences.is_empty() { "nobody".to_owned() } else { audiences.join(", ") };
            block
                .row("class", class)
                .row("issuer", &token.issuer)
                .row("audience", &audiences)
                .row("bound to", object.as_deref().unwrap_or("the ServiceAccount only"))
        }
    };
    let block = block.times(token.issued, token.expires, explanation);
    let is_over = explanation.is_over(token.expires);
    let block = if is_over { block } else { block.row("ends", &ending(token)) };
    block.row("instead", &token.request())
}

/// What ends it before its time.
fn ending(token: &ServiceAccountToken) -> String {
    match &token.class {
        TokenClass::Legacy { secret } => format!("when Secret {secret} or the ServiceAccount is deleted"),
        TokenClass::Bound { object: Some(object), .. } => {
            format!("when {} {} or the ServiceAccount is deleted", object.kind, object.name)
        }
        TokenClass::Bound { object: None, .. } => "when the ServiceAccount is deleted".to_owned(),
    }
}

fn other(token: &OtherToken, explanation: &Explanation<'_>) -> Block {
    Block::new("Token of another issuer than a cluster")
        .row("issuer", &token.issuer)
        .row("subject", &token.subject)
        .times(token.issued, token.expires, explanation)
}

fn client_certificate(certificate: &Certificate, explanation: &Explanation<'_>) -> Block {
    let groups = certificate.organizations.join(", ");
    let block = Block::new("Client key and certificate").row("user", &certificate.common_name);
    let block = if groups.is_empty() { block } else { block.row("groups", &groups) };
    let block = block.times(None, Some(certificate.expires), explanation);
    let is_master = certificate.organizations.iter().any(|group| group == "system:masters");
    let block =
        if is_master { block.row("may", "everything: RBAC does not bind system:masters") } else { block };
    let is_over = explanation.is_over(Some(certificate.expires));
    let ending = "when it expires, or with a new CA: Kubernetes cannot revoke it";
    let block = if is_over { block } else { block.row("ends", ending) };
    block.row("instead", "a credential plugin (`exec`), for programs `kubectl create token`")
}

/// A title and lines with labels below it.
struct Block(String);

impl Block {
    fn new(title: &str) -> Self {
        Self(format!("{}\n", escape::line(title)))
    }

    fn row(mut self, label: &str, text: &str) -> Self {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "  {label:LABEL$}{}", escape::line(text));
        self
    }

    fn times(
        self,
        issued: Option<Timestamp>,
        expires: Option<Timestamp>,
        explanation: &Explanation<'_>,
    ) -> Self {
        let block = match issued {
            Some(issued) => self.row("issued", &moment(issued)),
            None => self,
        };
        let Some(expires) = expires else { return block.row("expires", "never") };
        let seconds = expires.duration_since(explanation.now).as_secs();
        let distance = match stretch(seconds.abs()) {
            past if explanation.is_over(Some(expires)) => format!("expired {past} ago"),
            future => format!("in {future}"),
        };
        block.row("expires", &format!("{}, {distance}", moment(expires)))
    }
}
