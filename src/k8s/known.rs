//! Strings that mean something to Kubernetes or to a cloud's identity service: `rules/data/known-strings.csv`.

use std::sync::LazyLock;

use super::near_miss::{Name, near_miss};

/// The annotation of a token Secret that names its ServiceAccount.
pub const SERVICE_ACCOUNT_NAME: &str = "kubernetes.io/service-account.name";

/// The type of a Secret that the token controller fills with a token.
pub const TOKEN_TYPE: &str = "kubernetes.io/service-account-token";

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/known-strings.csv"));

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    name: Name<'static>,
    kind: Kind,
    objects: &'static str,
    /// Whether something near it was meant to be it. Of others it is only known that they are no misspellings.
    misspellable: bool,
    meaning: &'static str,
}

/// What a known string is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Annotation,
    Label,
    SecretType,
    Other,
}

impl Kind {
    fn parse(text: &str) -> Self {
        match text {
            "annotation" => Self::Annotation,
            "label" => Self::Label,
            "secret-type" => Self::SecretType,
            _ => Self::Other,
        }
    }
}

impl Known {
    fn read(row: &'static str) -> Option<Self> {
        let mut cells = row.splitn(5, ',');
        Some(Self {
            name: Name::new(cells.next()?),
            kind: Kind::parse(cells.next()?),
            objects: cells.next()?,
            misspellable: cells.next()? == "yes",
            meaning: cells.next()?,
        })
    }

    /// The string.
    pub fn text(self) -> &'static str {
        self.name.text()
    }

    /// What it means, in a few words.
    pub fn meaning(self) -> &'static str {
        self.meaning
    }

    /// Whether it is an annotation that gives or limits an identity.
    pub fn is_identity_annotation(self) -> bool {
        self.kind == Kind::Annotation && self.misspellable
    }

    /// Whether it is a label that gives or limits an identity.
    pub fn is_identity_label(self) -> bool {
        self.is_label() && self.misspellable
    }

    /// Whether it is a label rather than an annotation.
    pub fn is_label(self) -> bool {
        self.kind == Kind::Label
    }

    /// Whether it is a type of Secrets.
    pub fn is_secret_type(self) -> bool {
        self.kind == Kind::SecretType
    }

    fn is_key(self) -> bool {
        matches!(self.kind, Kind::Annotation | Kind::Label)
    }

    /// Whether it does something on objects of this kind.
    pub fn is_on(self, object: &str) -> bool {
        self.objects.split(' ').any(|kind| kind == object)
    }
}

/// All rows, sorted by string.
static KNOWN: LazyLock<Vec<Known>> =
    LazyLock::new(|| TABLE.lines().skip(1).filter_map(Known::read).collect());

/// What annotations and labels may be meant to be.
static KEYS: LazyLock<Vec<Name<'_>>> = LazyLock::new(|| names(Known::is_key));

/// What types of Secrets may be meant to be.
static SECRET_TYPES: LazyLock<Vec<Name<'_>>> = LazyLock::new(|| names(Known::is_secret_type));

fn names(of: fn(Known) -> bool) -> Vec<Name<'static>> {
    KNOWN.iter().filter(|known| of(**known)).map(|known| known.name).collect()
}

/// The row of exactly this string.
pub fn find(text: &str) -> Option<Known> {
    let at = KNOWN.binary_search_by(|known| known.text().cmp(text)).ok()?;
    KNOWN.get(at).copied()
}

/// The annotation or label for objects of kind `object` (`Pod` also for pod templates) that `key` was meant to be.
pub fn meant_key(key: &str, object: &str) -> Option<Known> {
    meant(key, &KEYS).filter(|known| known.is_on(object))
}

/// The built-in Secret type that `text` was meant to be.
pub fn meant_secret_type(text: &str) -> Option<&'static str> {
    meant(text, &SECRET_TYPES).map(Known::text)
}

/// The nearest string among those that can stand there. A string that is known for anything is no misspelling.
fn meant(text: &str, candidates: &[Name<'static>]) -> Option<Known> {
    find(near_miss(text, candidates.iter().copied())?)
        .filter(|known| known.misspellable && find(text).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_whole() {
        assert_eq!(KNOWN.len(), TABLE.lines().count() - 1, "every row has five cells");
        assert!(KNOWN.is_sorted_by(|a, b| a.text() < b.text()));
        assert!(KNOWN.iter().all(|known| !known.meaning().is_empty()));
        assert!(find(SERVICE_ACCOUNT_NAME).is_some_and(Known::is_identity_annotation));
        assert!(find(TOKEN_TYPE).is_some_and(|known| known.misspellable));
    }

    #[test]
    fn no_known_string_is_a_misspelling_of_another() {
        for known in KNOWN.iter() {
            for object in ["Secret", "ServiceAccount", "Pod"] {
                assert!(meant_key(known.text(), object).is_none(), "{}", known.text());
            }
            assert_eq!(meant_secret_type(known.text()), None);
        }
    }

    #[test]
    fn keys_count_where_they_do_something() {
        let meant = |key, object| meant_key(key, object).map(Known::text);
        assert_eq!(meant("kubernetes.io/service-account-name", "Secret"), Some(SERVICE_ACCOUNT_NAME));
        assert_eq!(meant("kubernetes.io/service-account-name", "Pod"), None);
        assert_eq!(meant("eks.amazonaws.com/role_arn", "ServiceAccount"), Some("eks.amazonaws.com/role-arn"));
        assert_eq!(meant("eks.amazonaws.com/rolearn", "ServiceAccount"), Some("eks.amazonaws.com/role-arn"));
        assert_eq!(
            meant("kubernetes.io/enforce-mountable-secret", "ServiceAccount"),
            Some("kubernetes.io/enforce-mountable-secrets")
        );
    }

    #[test]
    fn other_peoples_keys_are_theirs() {
        for key in [
            "olm.operatorframework.io/service-account-name",
            "app.oam.dev/service-account-name",
            "vcluster.loft.sh/service-account-name",
            "gateway.istio.io/service-account",
            "debug.workloadcertificates.kubelet.kubernetes.io/service-account-name",
            "kubernetes.azure.com/service-account-name",
            "serviceaccounts.openshift.io/oauth-redirectreference.primary",
            "eks.amazonaws.com/compute-type",
            "eks.amazonaws.com/nodegroup",
            "helm.sh/hook",
            "meta.helm.sh/release-name",
            "app.kubernetes.io/name",
            "kubernetes.io/description",
        ] {
            for object in ["Secret", "ServiceAccount", "Pod"] {
                assert!(meant_key(key, object).is_none(), "{key}");
            }
        }
    }

    #[test]
    fn types_are_recognised() {
        for text in [
            "kubernetes.io/service-account-toke",
            "kubernets.io/service-account-token",
            "kubernetes.io/service-accout-token",
            "kubernetes.io/serviceaccount-token",
            "kubernetes.io/service-account-tokens",
            "kubernetes.io/service-account.token",
        ] {
            assert_eq!(meant_secret_type(text), Some(TOKEN_TYPE), "{text}");
        }
        for text in
            ["Opaque", "opaque", "kubernetes.io/ssl", "example.com/token", "kubernetes.io/tls-acme", ""]
        {
            assert_eq!(meant_secret_type(text), None, "{text}");
        }
    }
}
