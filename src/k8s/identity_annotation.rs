//! Does a Secret say that it holds a token, and for which ServiceAccount? One judgement for all rules, so that one
//! mistake gives one finding.

use super::Object;
use super::known::{self, SERVICE_ACCOUNT_NAME, TOKEN_TYPE};
use super::names::is_placeholder;
use super::near_miss::{Name, near_miss, normalize};
use crate::yaml::{Entry, Get, Kind, Node};

/// What a Secret says of itself.
#[derive(Clone, Copy, Debug)]
pub struct SecretClaim<'a> {
    /// Its type.
    pub type_: SecretType<'a>,
    /// The annotation that names the ServiceAccount.
    pub name: NameAnnotation<'a>,
}

/// The type of a Secret.
#[derive(Clone, Copy, Debug)]
pub enum SecretType<'a> {
    /// Exactly `kubernetes.io/service-account-token`.
    Token(Node<'a>),
    /// A near miss of the built-in type.
    Misspelled(Node<'a>, &'static str),
    /// Not written, so `Opaque`.
    Absent,
    /// Written: `Opaque` or empty.
    Opaque(Node<'a>),
    /// Anything else.
    Other(Node<'a>),
    /// A built-in type, written under `metadata` or among the annotations.
    Misplaced(Entry<'a>),
    /// It cannot be said.
    Unknown,
}

/// The annotation `kubernetes.io/service-account.name` of a Secret.
#[derive(Clone, Copy, Debug)]
pub enum NameAnnotation<'a> {
    /// There, with a value.
    Right(Entry<'a>),
    /// There, without a value.
    Empty(Entry<'a>),
    /// An annotation with a near miss of the key.
    Misspelled(Entry<'a>),
    /// Written as text in the place of a mapping (`key=value`, `key:value`): the scalar, and whether its key is right.
    Text(Node<'a>, bool),
    /// Written where it does nothing.
    Misplaced(Misplaced<'a>),
    /// The field around it (`annotations`, `metadata`) is misspelled.
    MisspelledField,
    /// Nowhere.
    Missing,
    /// It cannot be said.
    Unknown,
}

/// Where an identity annotation stands in vain.
#[derive(Clone, Copy, Debug)]
pub enum Misplaced<'a> {
    /// Under `annotations` beside `metadata`: that entry.
    TopLevel(Entry<'a>),
    /// Under `metadata`, beside `annotations`.
    InMetadata(Entry<'a>),
    /// Among the labels.
    InLabels(Entry<'a>),
    /// At the top of the object.
    AtTop(Entry<'a>),
}

impl SecretType<'_> {
    /// Whether it was plainly meant to be a token Secret.
    pub fn means_token(self) -> bool {
        match self {
            SecretType::Token(_) => true,
            SecretType::Misspelled(_, means) => means == TOKEN_TYPE,
            SecretType::Misplaced(entry) => entry.value.as_str().is_some_and(is_token_type),
            SecretType::Absent | SecretType::Opaque(_) | SecretType::Other(_) | SecretType::Unknown => false,
        }
    }
}

impl<'a> Object<'a> {
    /// What it says of itself, if it is a Secret.
    pub fn secret_claim(&self) -> Option<SecretClaim<'a>> {
        self.claim
    }
}

/// Judges a Secret; `None` for objects of other kinds.
pub(super) fn judge<'a>(object: &Object<'a>) -> Option<SecretClaim<'a>> {
    if !object.is("", "Secret") {
        return None;
    }
    let type_ = type_of(object.root);
    let name = name_of(object, type_.means_token());
    Some(SecretClaim { type_: type_beside(type_, name), name })
}

/// With the right annotation beside it, more is recognised as the type: another domain or none, a missing end, and
/// `Opaque` in another case.
fn type_beside<'a>(type_: SecretType<'a>, name: NameAnnotation<'a>) -> SecretType<'a> {
    let (SecretType::Other(node), NameAnnotation::Right(_)) = (type_, name) else { return type_ };
    match node.as_str() {
        Some(text) if text.eq_ignore_ascii_case("opaque") => SecretType::Opaque(node),
        Some(text) if is_about(text, &["serviceaccounttoken", "serviceaccount"]) => {
            SecretType::Misspelled(node, TOKEN_TYPE)
        }
        _ => type_,
    }
}

fn type_of(root: Node<'_>) -> SecretType<'_> {
    let node = match root.get("type") {
        Get::Found(entry) => entry.value,
        Get::Unknown => return SecretType::Unknown,
        Get::Absent => return absent_type(root),
    };
    match node.as_str() {
        _ if node.is_null() => absent_type(root),
        Some(TOKEN_TYPE) => SecretType::Token(node),
        Some("" | "Opaque") => SecretType::Opaque(node),
        Some(text) => match known::meant_secret_type(text) {
            Some(means) => SecretType::Misspelled(node, means),
            None if is_placeholder(text) => SecretType::Unknown,
            None => SecretType::Other(node),
        },
        None => SecretType::Unknown,
    }
}

fn absent_type(root: Node<'_>) -> SecretType<'_> {
    let metadata = root.get("metadata");
    let places = [metadata, metadata.get("annotations"), root.get("annotations")];
    let is_type = |entry: &Entry<'_>| entry.value.as_str().is_some_and(is_secret_type);
    let misplaced = places.into_iter().filter_map(|place| place.get("type").found()).find(is_type);
    match misplaced {
        Some(entry) => SecretType::Misplaced(entry),
        None if misspelled_field(root, "type").is_some() => SecretType::Unknown,
        None => SecretType::Absent,
    }
}

fn is_secret_type(text: &str) -> bool {
    text == "Opaque"
        || known::find(text).is_some_and(known::Known::is_secret_type)
        || known::meant_secret_type(text).is_some()
}

fn is_token_type(text: &str) -> bool {
    text == TOKEN_TYPE || known::meant_secret_type(text) == Some(TOKEN_TYPE)
}

fn name_of<'a>(object: &Object<'a>, is_token: bool) -> NameAnnotation<'a> {
    let means_name = |text: &str| means_name(text, is_token);
    match object.at_path(&["metadata", "annotations"]) {
        Get::Unknown => return NameAnnotation::Unknown,
        // The API server cannot read a list at all: wrong-type says so.
        Get::Found(annotations) if annotations.value.kind() == Kind::Sequence => {
            return NameAnnotation::Unknown;
        }
        Get::Found(annotations) => match annotations.value.get(SERVICE_ACCOUNT_NAME) {
            Get::Unknown => return NameAnnotation::Unknown,
            Get::Found(entry) if is_empty(entry.value) => return NameAnnotation::Empty(entry),
            Get::Found(entry) => return NameAnnotation::Right(entry),
            Get::Absent => {
                if let Some(found) = misspelled_in(annotations.value, means_name) {
                    return found;
                }
            }
        },
        Get::Absent => {}
    }
    misplaced(object.root, means_name)
}

/// The annotation in `annotations` under a wrong key, or as text.
fn misspelled_in(annotations: Node<'_>, means_name: impl Fn(&str) -> bool) -> Option<NameAnnotation<'_>> {
    if let Some(text) = annotations.as_str() {
        let key = key_in_text(text);
        let right = key == SERVICE_ACCOUNT_NAME;
        return (right || means_name(key)).then_some(NameAnnotation::Text(annotations, right));
    }
    entry_with_key(annotations, means_name).map(NameAnnotation::Misspelled)
}

/// The key in `key=value` or `key:value`.
pub fn key_in_text(text: &str) -> &str {
    text.split(['=', ':']).next().unwrap_or_default().trim()
}

fn misplaced<'a>(root: Node<'a>, means_name: impl Fn(&str) -> bool) -> NameAnnotation<'a> {
    let is_name = |text: &str| text == SERVICE_ACCOUNT_NAME || means_name(text);
    let metadata = root.get("metadata").value();
    let entry_in = |node: Option<Node<'a>>| node.and_then(|node| entry_with_key(node, is_name));
    if let Some(entry) = entry_in(metadata.and_then(|metadata| metadata.get("labels").value())) {
        return NameAnnotation::Misplaced(Misplaced::InLabels(entry));
    }
    if let Some(entry) = entry_in(metadata) {
        return NameAnnotation::Misplaced(Misplaced::InMetadata(entry));
    }
    if let Some(top) = root.get("annotations").found()
        && (entry_in(Some(top.value)).is_some()
            || top.value.as_str().is_some_and(|text| is_name(key_in_text(text))))
    {
        return NameAnnotation::Misplaced(Misplaced::TopLevel(top));
    }
    if let Some(entry) = entry_in(Some(root)) {
        return NameAnnotation::Misplaced(Misplaced::AtTop(entry));
    }
    let fields = [(Some(root), "metadata"), (Some(root), "annotations"), (metadata, "annotations")];
    let misspelled = fields
        .into_iter()
        .find_map(|(node, field)| misspelled_field(node.filter(|node| node.get(field).is_absent())?, field));
    match misspelled {
        Some(entry) => misspelled_in(entry.value, means_name)
            .filter(|found| matches!(found, NameAnnotation::Text(..)))
            .unwrap_or(NameAnnotation::MisspelledField),
        None => NameAnnotation::Missing,
    }
}

/// An entry of `mapping` whose key is a near miss of `field`.
fn misspelled_field<'a>(mapping: Node<'a>, field: &str) -> Option<Entry<'a>> {
    mapping
        .entries()
        .find(|entry| entry.key.text().is_some_and(|key| near_miss(key, [Name::new(field)]).is_some()))
}

fn entry_with_key(mapping: Node<'_>, is_wanted: impl Fn(&str) -> bool) -> Option<Entry<'_>> {
    mapping.entries().find(|entry| entry.key.text().is_some_and(&is_wanted))
}

/// Whether the key was meant to be the name annotation. On a token Secret, where that annotation is required, more is
/// recognised: another domain, a missing end, the type as the key, FlexVolume's option.
fn means_name(key: &str, is_token: bool) -> bool {
    if known::meant_key(key, "Secret").is_some_and(|known| known.text() == SERVICE_ACCOUNT_NAME) {
        return true;
    }
    is_token && is_about(key, &["serviceaccountname", "serviceaccounttoken", "serviceaccount"])
}

/// Whether `text` has Kubernetes' domain or none, and then one of these words or a near miss of one.
fn is_about(text: &str, words: &[&str]) -> bool {
    let (domain, name) = text.split_once('/').unwrap_or(("", text));
    let known_domain = ["", "k8s.io", "kubernetes.io"].contains(&domain)
        || near_miss(domain, [Name::new("kubernetes.io")]).is_some();
    let name = normalize(name);
    let near = |wanted: &&str| name == **wanted || near_miss(&name, [Name::new(wanted)]).is_some();
    known_domain && words.iter().any(near)
}

/// Whether nothing is written: null or an empty string, which the API server rejects both.
fn is_empty(value: Node<'_>) -> bool {
    value.is_null() || value.text() == Some("")
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_object;
    use super::*;

    fn name_of(rest: &str) -> &'static str {
        let yaml = format!("apiVersion: v1\nkind: Secret\n{rest}\n");
        with_object(&yaml, |object| match judge(object).unwrap().name {
            NameAnnotation::Right(_) => "right",
            NameAnnotation::Empty(_) => "empty",
            NameAnnotation::Misspelled(_) => "misspelled",
            NameAnnotation::Text(_, true) => "text",
            NameAnnotation::Text(_, false) => "misspelled text",
            NameAnnotation::Misplaced(Misplaced::TopLevel(_)) => "beside metadata",
            NameAnnotation::Misplaced(Misplaced::InMetadata(_)) => "in metadata",
            NameAnnotation::Misplaced(Misplaced::InLabels(_)) => "in labels",
            NameAnnotation::Misplaced(Misplaced::AtTop(_)) => "at top",
            NameAnnotation::MisspelledField => "misspelled field",
            NameAnnotation::Missing => "missing",
            NameAnnotation::Unknown => "unknown",
        })
    }

    #[test]
    fn the_annotation_is_looked_for_where_people_put_it() {
        let key = SERVICE_ACCOUNT_NAME;
        for (rest, expected) in [
            (format!("metadata: {{annotations: {{{key}: a}}}}"), "right"),
            (format!("metadata: {{annotations: {{{key}: ''}}}}"), "empty"),
            (format!("metadata: {{annotations: {{{key}: }}}}"), "empty"),
            (format!(r#"metadata: {{annotations: {{{key}: "${{SA}}"}}}}"#), "right"),
            ("metadata: {annotations: {kubernetes.io/sevice-account.name: a}}".to_owned(), "misspelled"),
            (format!("metadata: {{annotations: '{key}=a'}}"), "text"),
            ("metadata: {annotations: 'kubernetes.io/service-account-name:a'}".to_owned(), "misspelled text"),
            (format!("annotations: {{{key}: a}}"), "beside metadata"),
            (format!("metadata: {{{key}: a}}"), "in metadata"),
            (format!("metadata: {{labels: {{{key}: a}}}}"), "in labels"),
            (format!("metadata:\n{key}: a"), "at top"),
            (format!("metadata: {{annotation: {{{key}: a}}}}"), "misspelled field"),
            (format!("metdata: {{annotations: {{{key}: a}}}}"), "misspelled field"),
            ("metadata: {name: a}".to_owned(), "missing"),
            ("metadata: {annotations: {example.com/a: b}}".to_owned(), "missing"),
        ] {
            assert_eq!(name_of(&rest), expected, "{rest}");
        }
    }

    #[test]
    fn a_token_secret_tells_more_of_what_was_meant() {
        for key in [
            "kubernetes.io/service.account.name",
            "kubernetes.io/service-acount.name",
            "kubernetes.io/service-accounts.name",
            "kubernetes/service-account.name",
            "kubernetes.io/servcie-account.name",
            "kubernetes.io/service-acccount.name",
            "kubernetes-io/service-account.name",
            "kubernetes.io.service-account.name",
            "kubernetes.io/service-account.nam",
            "kubernetes.io/serviceaccountname",
            "kubernetes.io/service-account-token",
            "kubernetes.io/service-account.token",
            "kubernetes.io/service-account",
            "kubernetes.io/serviceAccount.name",
            "k8s.io/service-account.name",
            "service-account.name",
        ] {
            let rest = format!("type: {TOKEN_TYPE}\nmetadata: {{annotations: {{{key}: a}}}}");
            assert_eq!(name_of(&rest), "misspelled", "{key}");
        }
        for key in [
            "kubernetes.io/service-account.uid",
            "kubernetes.io/service-account.namespace",
            "workflows.argoproj.io/service-account-token.name",
            "gateway.istio.io/service-account",
            "app.oam.dev/service-account-name",
        ] {
            let rest = format!("type: {TOKEN_TYPE}\nmetadata: {{annotations: {{{key}: a}}}}");
            assert_eq!(name_of(&rest), "missing", "{key}");
        }
        assert_eq!(
            name_of("metadata: {annotations: {kubernetes.io/service-account: a}}"),
            "missing",
            "Opaque"
        );
    }

    #[test]
    fn types_are_looked_for_where_people_put_them() {
        for (rest, expected) in [
            ("type: kubernetes.io/service-account-token", "token"),
            ("type: kubernetes.io/service-account-toke", "misspelled"),
            ("metadata: {name: a}", "absent"),
            ("type: ", "absent"),
            ("type: Opaque", "opaque"),
            ("type: example.com/own", "other"),
            ("type: ${TYPE}", "unknown"),
            ("typ: kubernetes.io/service-account-token", "unknown"),
            ("metadata: {type: kubernetes.io/service-account-token}", "misplaced"),
            ("metadata: {annotations: {type: kubernetes.io/service-account-toke}}", "misplaced"),
            ("metadata: {annotations: {type: of another kind}}", "absent"),
        ] {
            let yaml = format!("apiVersion: v1\nkind: Secret\n{rest}\n");
            let found = with_object(&yaml, |object| match judge(object).unwrap().type_ {
                SecretType::Token(_) => "token",
                SecretType::Misspelled(..) => "misspelled",
                SecretType::Absent => "absent",
                SecretType::Opaque(_) => "opaque",
                SecretType::Other(_) => "other",
                SecretType::Misplaced(_) => "misplaced",
                SecretType::Unknown => "unknown",
            });
            assert_eq!(found, expected, "{rest}");
        }
    }
}
