//! JSON for scripts. Version 1; fields and words may be added to it, nothing else changes.

use std::io;

use jiff::Timestamp;
use serde::Serialize;

use super::Explanation;
use crate::credential::{Credential, Held, Jwt, OtherToken, ServiceAccountToken, TokenClass};
use crate::report::json::{Tool, masked};
use crate::report::{without_secrets, write_json};

#[derive(Serialize)]
struct Report {
    version: u8,
    tool: Tool,
    credentials: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    line: usize,
    /// The user of a kubeconfig who logs in with it.
    user: Option<String>,
    #[serde(flatten)]
    what: What,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum What {
    ServiceAccountToken(Account),
    OtherToken {
        issuer: String,
        subject: String,
        #[serde(flatten)]
        times: Times,
    },
    OpaqueToken,
    Password,
    ClientKey {
        /// `null` where the certificate is elsewhere.
        common_name: Option<String>,
        organizations: Vec<String>,
        #[serde(flatten)]
        times: Times,
    },
    TokenFile {
        file: String,
    },
    ClientKeyFile {
        file: String,
    },
    Plugin {
        command: String,
    },
    AuthProvider {
        name: String,
    },
}

#[derive(Serialize)]
struct Account {
    namespace: String,
    name: String,
    /// `legacy` or `bound`.
    class: &'static str,
    /// Whether it asked for an hour and was given a year.
    extended: bool,
    issuer: String,
    audiences: Vec<String>,
    /// What it is bound to beside the ServiceAccount; of a legacy token, its Secret.
    bound_to: Option<Object>,
    #[serde(flatten)]
    times: Times,
    /// The command that gives a new one.
    instead: String,
}

#[derive(Serialize)]
struct Object {
    kind: &'static str,
    name: String,
}

#[derive(Serialize)]
struct Times {
    /// `null` where it is not said.
    issued: Option<String>,
    /// `null` for never.
    expires: Option<String>,
    expired: bool,
}

pub(super) fn write(explanation: &Explanation<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let credentials = explanation.held.iter().map(|held| item(held, explanation)).collect();
    write_json(&Report { version: 1, tool: Tool::THIS, credentials }, out)
}

fn item(held: &Held, explanation: &Explanation<'_>) -> Item {
    let times = |issued, expires| times(issued, expires, explanation);
    let what = match &held.credential {
        Credential::Jwt(Jwt::ServiceAccount(token)) => What::ServiceAccountToken(account(token, explanation)),
        Credential::Jwt(Jwt::Other(OtherToken { issuer, subject, issued, expires })) => What::OtherToken {
            issuer: masked(issuer),
            subject: masked(subject),
            times: times(*issued, *expires),
        },
        Credential::Token => What::OpaqueToken,
        Credential::Password => What::Password,
        Credential::ClientKey(certificate) => What::ClientKey {
            common_name: certificate.as_ref().map(|known| masked(&known.common_name)),
            organizations: certificate
                .iter()
                .flat_map(|known| &known.organizations)
                .map(|group| masked(group))
                .collect(),
            times: times(None, certificate.as_ref().map(|known| known.expires)),
        },
        Credential::TokenFile(file) => What::TokenFile { file: place(file) },
        Credential::ClientKeyFile(file) => What::ClientKeyFile { file: place(file) },
        Credential::Plugin(command) => What::Plugin { command: place(command) },
        Credential::Provider(name) => What::AuthProvider { name: masked(name) },
    };
    Item { line: explanation.line(held), user: held.user.as_deref().map(masked), what }
}

/// A file or a command, unless somebody wrote the credential itself there.
fn place(text: &str) -> String {
    masked(&without_secrets(text))
}

fn account(token: &ServiceAccountToken, explanation: &Explanation<'_>) -> Account {
    let (class, extended, audiences, bound_to) = match &token.class {
        TokenClass::Legacy { secret } => {
            ("legacy", false, Vec::new(), Some(Object { kind: "Secret", name: masked(secret) }))
        }
        TokenClass::Bound { audiences, object, warn_after } => {
            let object =
                object.as_ref().map(|object| Object { kind: object.kind, name: masked(&object.name) });
            (
                "bound",
                warn_after.is_some(),
                audiences.iter().map(|audience| masked(audience)).collect(),
                object,
            )
        }
    };
    Account {
        namespace: masked(&token.namespace),
        name: masked(&token.name),
        class,
        extended,
        issuer: masked(&token.issuer),
        audiences,
        bound_to,
        times: times(token.issued, token.expires, explanation),
        instead: masked(&token.request()),
    }
}

fn times(issued: Option<Timestamp>, expires: Option<Timestamp>, explanation: &Explanation<'_>) -> Times {
    let text = |time: Timestamp| time.to_string();
    Times { issued: issued.map(text), expires: expires.map(text), expired: explanation.is_over(expires) }
}
