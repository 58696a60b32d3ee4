//! Secrets, and whether the token controller would fill one with a token.

use super::Object;
use super::known::{SERVICE_ACCOUNT_NAME, TOKEN_TYPE};
use crate::yaml::{Entry, Get, Node, Scalar, Type};

/// The annotation in which the token controller notes the UID of the ServiceAccount.
pub const UID_ANNOTATION: &str = "kubernetes.io/service-account.uid";

/// The keys that the token controller fills in.
const TOKEN_KEYS: [&str; 3] = ["ca.crt", "namespace", "token"];

/// Whether `name` is that of a token Secret as Kubernetes made them by itself before 1.24: that of a ServiceAccount,
/// `-token-`, and five characters of its alphabet for random names (apimachinery `pkg/util/rand`). Behind `default` and
/// behind a ServiceAccount that is known, any five will do: people make them up in examples.
pub fn is_generated_token_name(name: &str, is_account: impl Fn(&str) -> bool) -> bool {
    const ALPHABET: &str = "bcdfghjklmnpqrstvwxz2456789";
    let Some((account, random)) = name.rsplit_once("-token-") else { return false };
    let made_up = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    match random.len() {
        5 if random.chars().all(|c| ALPHABET.contains(c)) => true,
        5 if random.chars().all(made_up) || random == "XXXXX" => account == "default" || is_account(account),
        _ => false,
    }
}

/// A core `Secret`.
#[derive(Clone, Copy, Debug)]
pub struct Secret<'a> {
    root: Node<'a>,
}

/// What becomes of a token Secret, as far as it can be told from the Secret alone
/// (`pkg/controller/serviceaccount/tokens_controller.go` and `ValidateSecret`). The first that holds.
#[derive(Clone, Copy, Debug)]
pub enum TokenState<'a> {
    /// The API server rejects it: no annotation names a ServiceAccount.
    NoAccount,
    /// The API server rejects it: the annotation is empty, or no string.
    BadAccount(Entry<'a>),
    /// Never filled: it is immutable and has no token yet.
    Immutable(Entry<'a>),
    /// Deleted on every cluster but the one where the ServiceAccount has this UID.
    PinnedUid(Entry<'a>),
    /// Filled with a token, if the ServiceAccount exists in its namespace.
    Works(Entry<'a>),
    /// It cannot be told.
    Unknown,
}

impl TokenState<'_> {
    /// Whether nothing in the Secret itself keeps it from getting a token.
    pub fn works(self) -> bool {
        matches!(self, TokenState::Works(_))
    }
}

impl<'a> Secret<'a> {
    /// The node of its type; `Opaque` where nothing is written.
    pub fn type_(self) -> Option<Node<'a>> {
        self.root.get("type").value()
    }

    /// Whether its type is exactly that of token Secrets. The token controller sees no others.
    pub fn is_token_secret(self) -> bool {
        self.type_().and_then(Node::as_str) == Some(TOKEN_TYPE)
    }

    /// The entries of `data` and `stringData`.
    pub fn values(self) -> impl Iterator<Item = Entry<'a>> {
        ["data", "stringData"]
            .into_iter()
            .filter_map(move |key| self.root.get(key).value())
            .flat_map(Node::entries)
    }

    /// `immutable`, if it is true.
    pub fn immutable(self) -> Option<Entry<'a>> {
        let entry = self.root.get("immutable").found()?;
        entry.value.scalar().is_some_and(|scalar| scalar.read() == Type::Bool(true)).then_some(entry)
    }

    /// `immutable: true` on a token Secret without a token: the controller can never write one.
    fn frozen(self) -> Option<Entry<'a>> {
        let may_hold_data =
            ["data", "stringData"].iter().any(|key| matches!(self.root.get(key), Get::Unknown));
        let is_filled = self.values().any(|entry| {
            entry.key.text().is_some_and(|key| key == "<<" || TOKEN_KEYS.contains(&key))
                && !is_empty(entry.value)
        });
        self.immutable().filter(|_| self.is_token_secret() && !is_filled && !may_hold_data)
    }

    /// The UID of a ServiceAccount, written into a token Secret. An empty one pins nothing.
    pub fn pinned_uid(self) -> Option<Entry<'a>> {
        let entry = self.annotation(UID_ANNOTATION).found()?;
        (self.is_token_secret() && !is_empty(entry.value)).then_some(entry)
    }

    /// What becomes of it; `None` if it is no token Secret.
    pub fn token_state(self) -> Option<TokenState<'a>> {
        self.is_token_secret().then(|| match self.annotation(SERVICE_ACCOUNT_NAME) {
            Get::Absent => TokenState::NoAccount,
            Get::Unknown => TokenState::Unknown,
            Get::Found(entry)
                if !entry.value.is_unknown() && entry.value.as_str().is_none_or(str::is_empty) =>
            {
                TokenState::BadAccount(entry)
            }
            Get::Found(entry) => match (self.frozen(), self.pinned_uid()) {
                (Some(immutable), _) => TokenState::Immutable(immutable),
                (None, Some(uid)) => TokenState::PinnedUid(uid),
                (None, None) => TokenState::Works(entry),
            },
        })
    }

    fn annotation(self, key: &str) -> Get<'a> {
        self.root.get("metadata").get("annotations").get(key)
    }
}

fn is_empty(node: Node<'_>) -> bool {
    node.scalar().is_some_and(|scalar: Scalar<'_>| scalar.is_null() || scalar.text().is_empty())
}

impl<'a> Object<'a> {
    /// It as a Secret, if it is one.
    pub fn secret(&self) -> Option<Secret<'a>> {
        (self.id.api_version == "v1" && self.id.kind == "Secret").then_some(Secret { root: self.root })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_object;
    use super::*;

    fn state(rest: &str) -> Option<&'static str> {
        with_object(&format!("apiVersion: v1\nkind: Secret\n{rest}\n"), |object| {
            Some(match object.secret()?.token_state()? {
                TokenState::NoAccount => "no account",
                TokenState::BadAccount(_) => "bad account",
                TokenState::Immutable(_) => "immutable",
                TokenState::PinnedUid(_) => "pinned",
                TokenState::Works(_) => "works",
                TokenState::Unknown => "unknown",
            })
        })
    }

    #[test]
    fn the_first_cause_is_the_state() {
        let token = "type: kubernetes.io/service-account-token\n";
        let name = "metadata: {annotations: {kubernetes.io/service-account.name: a}}\n";
        let uid = "metadata: {annotations: {kubernetes.io/service-account.name: a, \
                   kubernetes.io/service-account.uid: 2f1c-77}}\n";
        for (rest, expected) in [
            (format!("{token}{name}"), Some("works")),
            (format!("{token}{name}immutable: false"), Some("works")),
            (format!("{token}{name}immutable: true"), Some("immutable")),
            (format!("{token}{name}immutable: true\ndata: {{token: }}"), Some("immutable")),
            (format!("{token}{name}immutable: true\ndata: {{token: bWFkZQ==}}"), Some("works")),
            (format!("{token}{uid}"), Some("pinned")),
            (format!("{token}{}", uid.replace("2f1c-77", "''")), Some("works")),
            (format!("{token}{uid}immutable: true"), Some("immutable")),
            (token.to_owned(), Some("no account")),
            (format!("{token}{}", name.replace(": a", ": ''")), Some("bad account")),
            (format!("{token}{}", name.replace(": a", ": [a]")), Some("bad account")),
            (name.to_owned(), None),
            (format!("type: Opaque\n{uid}"), None),
        ] {
            assert_eq!(state(&rest), expected, "{rest}");
        }
    }

    #[test]
    fn generated_names_end_in_the_alphabet_of_random_names() {
        for (name, generated) in [
            ("robot-token-x7k2v", true),
            ("default-token-abcde", true),
            ("default-token-XXXXX", true),
            ("builder-token-abcde", true),
            ("builder-token-XXXXX", true),
            ("builder-token-ABCDE", false),
            ("builder-token-abcd", false),
            ("webhook-token-authz", false),
            ("builder-token", false),
            ("a-token-x7k2", false),
            ("token-x7k2v", false),
        ] {
            assert_eq!(is_generated_token_name(name, |account| account == "builder"), generated, "{name}");
        }
    }

    #[test]
    fn other_groups_have_secrets_of_their_own() {
        let yaml = "apiVersion: example.com/v1\nkind: Secret\ntype: kubernetes.io/service-account-token\n";
        assert!(with_object(yaml, |object| object.secret().is_none()));
    }
}
