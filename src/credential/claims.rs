//! What a JSON Web Token says of itself, and what that makes it for Kubernetes.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// The issuer of tokens in Secrets (`LegacyIssuer`, `pkg/serviceaccount/legacy.go`).
const LEGACY_ISSUER: &str = "kubernetes/serviceaccount";
/// Longer names are none; longer claims are cut.
const LONGEST: usize = 253;

/// A JSON Web Token, as far as it is remembered: its claims, never its text, never its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Jwt {
    /// A Kubernetes cluster made it for a ServiceAccount.
    ServiceAccount(ServiceAccountToken),
    /// Somebody else's.
    Other(OtherToken),
}

/// The token of a ServiceAccount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccountToken {
    /// The ServiceAccount's namespace.
    pub namespace: Box<str>,
    /// The ServiceAccount's name.
    pub name: Box<str>,
    /// Who signed it.
    pub issuer: Box<str>,
    /// When it was issued; a legacy token does not say.
    pub issued: Option<Timestamp>,
    /// When it expires; a legacy token never does.
    pub expires: Option<Timestamp>,
    /// What kind of token it is.
    pub class: TokenClass,
}

/// The two kinds of tokens that Kubernetes makes for ServiceAccounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenClass {
    /// From a token Secret: valid until that or the ServiceAccount is deleted.
    Legacy {
        /// The Secret.
        secret: Box<str>,
    },
    /// From the TokenRequest API: `kubectl create token`, a projected volume, an automounted token.
    Bound {
        /// For whom it is.
        audiences: Vec<Box<str>>,
        /// The object whose deletion ends it, beside the ServiceAccount.
        object: Option<BoundObject>,
        /// Asked for an hour and given a year, so that old clients which never read it again go on working: the moment
        /// from which the API server counts its use as stale (`--service-account-extend-token-expiration`).
        warn_after: Option<Timestamp>,
    },
}

/// An object that a token is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundObject {
    /// Its kind: `Pod`, `Secret` or `Node`.
    pub kind: &'static str,
    /// Its name.
    pub name: Box<str>,
}

/// A token of another issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherToken {
    /// Who signed it.
    pub issuer: Box<str>,
    /// Of whom it speaks.
    pub subject: Box<str>,
    /// When it was issued.
    pub issued: Option<Timestamp>,
    /// When it expires.
    pub expires: Option<Timestamp>,
}

impl ServiceAccountToken {
    /// Whether it expired before `today` (UTC).
    pub fn is_expired(&self, today: Date) -> bool {
        is_over(self.expires, today)
    }

    /// The command that gives a token of the same ServiceAccount which lives for an hour, as long as the API server wants
    /// (`kubectl create token`, since 1.24). Other audiences than the API server's are repeated, unless a shell could take
    /// them for more than a word.
    pub fn request(&self) -> String {
        let mut command = format!("kubectl create token {} --namespace {}", self.name, self.namespace);
        let TokenClass::Bound { audiences, .. } = &self.class else { return command };
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/@".contains(&byte);
        let is_other = |audience: &&str| {
            **audience != *self.issuer
                && !audience.starts_with("https://kubernetes.default")
                && audience.starts_with(|c: char| c.is_ascii_alphanumeric())
                && audience.bytes().all(is_word)
        };
        for audience in audiences.iter().map(|audience| &**audience).filter(is_other) {
            command.extend([" --audience ", audience]);
        }
        command
    }

    /// How long it is valid in all.
    pub fn lifetime(&self) -> Option<SignedDuration> {
        Some(self.expires?.duration_since(self.issued?))
    }
}

impl OtherToken {
    /// Whether it expired before `today` (UTC).
    pub fn is_expired(&self, today: Date) -> bool {
        is_over(self.expires, today)
    }
}

impl fmt::Display for ServiceAccountToken {
    /// `namespace/name`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

fn is_over(expires: Option<Timestamp>, today: Date) -> bool {
    expires.is_some_and(|expires| expires.to_zoned(TimeZone::UTC).date() < today)
}

/// The claims as they are written (`pkg/serviceaccount/claims.go` and `legacy.go`).
#[derive(Deserialize)]
pub(super) struct Claims {
    #[serde(default)]
    iss: String,
    #[serde(default)]
    sub: String,
    #[serde(default)]
    aud: Audience,
    iat: Option<f64>,
    exp: Option<f64>,
    #[serde(rename = "kubernetes.io")]
    bound: Option<BoundClaims>,
    #[serde(rename = "kubernetes.io/serviceaccount/namespace")]
    legacy_namespace: Option<String>,
    #[serde(rename = "kubernetes.io/serviceaccount/service-account.name")]
    legacy_name: Option<String>,
    #[serde(rename = "kubernetes.io/serviceaccount/secret.name")]
    legacy_secret: Option<String>,
}

#[derive(Deserialize)]
struct BoundClaims {
    namespace: String,
    serviceaccount: Reference,
    pod: Option<Reference>,
    secret: Option<Reference>,
    node: Option<Reference>,
    warnafter: Option<f64>,
}

#[derive(Deserialize)]
struct Reference {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Audience {
    #[default]
    None,
    One(String),
    Several(Vec<String>),
}

impl Claims {
    /// What they make of the token.
    pub(super) fn read(self) -> Jwt {
        match self.bound_token().or_else(|| self.legacy_token()) {
            Some(token) => Jwt::ServiceAccount(token),
            None => Jwt::Other(OtherToken {
                issuer: clipped(&self.iss),
                subject: clipped(&self.sub),
                issued: self.iat.map(timestamp),
                expires: self.exp.map(timestamp),
            }),
        }
    }

    fn bound_token(&self) -> Option<ServiceAccountToken> {
        let bound = self.bound.as_ref()?;
        let object = [("Pod", &bound.pod), ("Secret", &bound.secret), ("Node", &bound.node)]
            .into_iter()
            .find_map(|(kind, reference)| Some((kind, reference.as_ref()?)))
            .map(|(kind, reference)| BoundObject { kind, name: clipped(&reference.name) });
        let audiences = match &self.aud {
            Audience::None => &[],
            Audience::One(audience) => std::slice::from_ref(audience),
            Audience::Several(audiences) => audiences.as_slice(),
        };
        let class = TokenClass::Bound {
            audiences: audiences.iter().map(|audience| clipped(audience)).collect(),
            object,
            warn_after: bound.warnafter.map(timestamp),
        };
        self.token(&bound.namespace, &bound.serviceaccount.name, class)
    }

    fn legacy_token(&self) -> Option<ServiceAccountToken> {
        let class = TokenClass::Legacy { secret: clipped(self.legacy_secret.as_ref()?) };
        let (namespace, name) = (self.legacy_namespace.as_ref()?, self.legacy_name.as_ref()?);
        if self.iss == LEGACY_ISSUER { self.token(namespace, name, class) } else { None }
    }

    /// A token whose subject is the ServiceAccount that its other claims name.
    fn token(&self, namespace: &str, name: &str, class: TokenClass) -> Option<ServiceAccountToken> {
        let is_right = is_name(namespace)
            && is_name(name)
            && self.sub.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'))
                == Some((namespace, name));
        is_right.then(|| ServiceAccountToken {
            namespace: namespace.into(),
            name: name.into(),
            issuer: clipped(&self.iss),
            issued: self.iat.map(timestamp),
            expires: self.exp.map(timestamp),
            class,
        })
    }
}

/// Whether a namespace or ServiceAccount could have that name; a placeholder could not.
fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    text.len() <= LONGEST && text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.bytes().all(fits)
}

fn clipped(text: &str) -> Box<str> {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default().into()
}

/// A NumericDate of RFC 7519: seconds, perhaps with a fraction. What lies beyond the year 9999 saturates.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and so does what follows")]
fn timestamp(seconds: f64) -> Timestamp {
    let limit = if seconds < 0.0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(seconds as i64).unwrap_or(limit)
}
