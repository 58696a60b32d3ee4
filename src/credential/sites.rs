//! Where in a document credentials stand: in its text, in kubeconfigs written into its strings, and in what its Secrets
//! have in base64.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use super::base64;
use super::claims::{Jwt, OtherToken};
use super::jwt;
use super::kubeconfig::{Kubeconfig, User};
use super::plausible::is_plausible_token;
use crate::finding::Place;
use crate::k8s::{Manifest, Object};
use crate::signs::Signs;
use crate::span::Span;
use crate::yaml::{self, Document, Node, Text, Tree};

/// Shorter than this a Secret's value holds neither a token nor a kubeconfig.
const SHORTEST_VALUE: usize = 80;

/// `apiVersion`, `kind` and a list with an item are longer than this.
const SHORTEST_KUBECONFIG: usize = 40;

/// The lists that every kubeconfig has; rules ask for them in every Secret.
static CLUSTERS: LazyLock<memmem::Finder<'_>> = LazyLock::new(|| memmem::Finder::new("clusters"));
static USERS: LazyLock<memmem::Finder<'_>> = LazyLock::new(|| memmem::Finder::new("users"));

/// A token in a file.
#[derive(Debug)]
pub struct Sighting {
    /// Where.
    pub place: Place,
    /// What it says of itself.
    pub jwt: Jwt,
    /// Whether it is what a user of a kubeconfig logs in with.
    pub is_login: bool,
}

/// Whether a token or a kubeconfig may stand in a document; fast.
pub fn may_be_in(manifest: &Manifest<'_>, signs: Signs) -> bool {
    signs.credentials && may_be_in_text(manifest.document.text)
        || decoded_values(manifest).any(|(_, text)| may_be_in_text(text.as_str()))
        || manifest.objects.iter().any(|object| opaque_token(object).is_some())
}

/// Whether a token or a kubeconfig may stand in a text, other than in base64 in a Secret; fast.
pub fn may_be_in_text(text: &str) -> bool {
    jwt::may_be_in(text) || may_be_kubeconfig(text)
}

/// The tokens in a text, with their bytes in the file.
pub fn scan(text: &Text<'_>) -> Vec<(Span, Jwt)> {
    let found = jwt::find(text.as_str()).into_iter();
    found.map(|(range, jwt)| (text.outer(range), jwt)).collect()
}

/// The tokens in a document, readable or not, wherever they stand: in values, keys and comments, and in what its Secrets
/// have in base64. In the order of the text.
pub fn tokens(manifest: &Manifest<'_>) -> Vec<Sighting> {
    let document = manifest.document;
    let found = if jwt::may_be_in(document.text) {
        scan(&Text::slice(document.text, document.span.start))
    } else {
        Vec::new()
    };
    let mut sightings = in_secrets(manifest, &found);
    sightings.extend(in_odd_scalars(manifest, &found));
    let spans: Vec<_> = found.iter().map(|(span, _)| *span).collect();
    let holders = holders(manifest, &spans);
    sightings.extend(found.into_iter().zip(holders).map(|((span, jwt), holder)| {
        let place = match holder {
            Some(node) => Place { span, ..place(manifest, node) },
            None => manifest.place(span),
        };
        Sighting { place, jwt, is_login: false }
    }));
    let logins = if sightings.is_empty() { Vec::new() } else { logins(manifest) };
    for sighting in &mut sightings {
        let after = logins.partition_point(|(login, _)| login.start <= sighting.place.span.start);
        // In a quoted string or in base64 all that stands there has one place.
        let before = logins.get(..after).unwrap_or_default().iter().rev();
        let mut around = before.take_while(|(login, _)| login.contains(sighting.place.span));
        sighting.is_login = around.any(|(_, jwt)| jwt.as_ref() == Some(&sighting.jwt));
    }
    sightings.sort_by_key(|sighting| sighting.place.span);
    sightings.dedup_by(|two, one| two.place.span == one.place.span && two.jwt == one.jwt);
    sightings
}

/// The tokens in what Secrets have in base64, but for those that were found in the document's own text: the usual case,
/// a token alone.
fn in_secrets(manifest: &Manifest<'_>, found: &[(Span, Jwt)]) -> Vec<Sighting> {
    let is_found = |value: Span| {
        let from = found.partition_point(|(span, _)| span.start < value.start);
        found.get(from).is_some_and(|(span, _)| value.contains(*span))
    };
    decoded_values(manifest)
        .filter(|(value, _)| !is_found(value.span()))
        .flat_map(|(value, text)| {
            let place = place(manifest, value);
            scan(&text).into_iter().map(move |(_, jwt)| Sighting {
                place: place.clone(),
                jwt,
                is_login: false,
            })
        })
        .collect()
}

/// The tokens in scalars whose text is not what stands in the file: folded, or with escapes. Where all of a scalar is one
/// token but for blanks, these came from folding.
fn in_odd_scalars(manifest: &Manifest<'_>, found: &[(Span, Jwt)]) -> Vec<Sighting> {
    let Some(tree) = manifest.document.tree().filter(|_| jwt::may_be_in(manifest.document.text)) else {
        return Vec::new();
    };
    let is_found = |value: Span| {
        let from = found.partition_point(|(span, _)| span.start < value.start);
        found.get(from).is_some_and(|(span, _)| value.contains(*span))
    };
    let long = |node: &Node<'_>| {
        node.text().is_some_and(|text| text.len() >= SHORTEST_VALUE && jwt::may_be_in(text))
    };
    let odd = tree.nodes().filter(long).filter(|node| !is_found(node.span()));
    odd.flat_map(|node| {
        let text = node.text().unwrap_or_default();
        let mut tokens: Vec<_> = jwt::find(text).into_iter().map(|(_, jwt)| jwt).collect();
        if tokens.is_empty() {
            tokens.extend(jwt::parse(&text.split_whitespace().collect::<String>()));
        }
        let place = place(manifest, node);
        tokens.into_iter().map(move |jwt| Sighting { place: place.clone(), jwt, is_login: false })
    })
    .collect()
}

/// The tokens with which users of the kubeconfigs in a document log in, in order.
fn logins(manifest: &Manifest<'_>) -> Vec<(Span, Option<Jwt>)> {
    let mut logins = Vec::new();
    each_kubeconfig(manifest, &mut |site| {
        let tokens = site.config.users().filter_map(User::token);
        logins.extend(tokens.map(|(node, text)| (node.span(), jwt::parse(text))));
    });
    logins.sort_by_key(|(span, _)| *span);
    logins
}

/// For each span the scalar around it, if one is.
fn holders<'m>(manifest: &'m Manifest<'_>, found: &[Span]) -> Vec<Option<Node<'m>>> {
    found.iter().map(|span| manifest.document.tree()?.scalar_around(*span)).collect()
}

/// The place of a node of the document. A path through a key that is a token itself is not kept.
fn place(manifest: &Manifest<'_>, node: Node<'_>) -> Place {
    let place = match manifest.object_around(node) {
        Some(object) => object.place(node),
        None => Place {
            path: node.tree().root().map(|root| node.path_from(root)).unwrap_or_default(),
            ..manifest.place(node.span())
        },
    };
    Place { path: without_token(place.path), ..place }
}

fn without_token(path: String) -> String {
    if jwt::may_be_in(&path) { String::new() } else { path }
}

/// What the Secrets of a document have in base64, as text. Aliases are not followed: one long value may have many.
fn decoded_values<'a>(manifest: &Manifest<'a>) -> impl Iterator<Item = (Node<'a>, Text<'static>)> {
    let secrets = manifest.objects.iter().filter(|object| object.secret().is_some());
    let data = secrets.filter_map(|object| object.root.get("data").value());
    data.flat_map(Node::entries).filter(|entry| entry.value.alias().is_none()).filter_map(|entry| {
        let text = entry.value.as_str().filter(|text| text.len() >= SHORTEST_VALUE)?;
        Some((entry.value, entry.value.decoded(base64::decode_text(text)?)))
    })
}

/// What a token Secret has for its token, if that may be one but is none of a ServiceAccount; and what it tells of itself.
pub fn opaque_token<'a>(object: &Object<'a>) -> Option<(Node<'a>, Option<OtherToken>)> {
    object.secret().filter(|secret| secret.is_token_secret())?;
    let value = |key| object.at_path(&[key, "token"]).value().filter(|node| node.alias().is_none());
    let plain = value("stringData").and_then(|node| Some((node, node.as_str()?.to_owned())));
    let encoded = value("data").and_then(|node| Some((node, base64::decode_text(node.as_str()?)?)));
    plain.into_iter().chain(encoded).find_map(|(node, text)| match jwt::parse(text.trim()) {
        Some(Jwt::ServiceAccount(_)) => None,
        Some(Jwt::Other(token)) => Some((node, Some(token))),
        None => is_plausible_token(text.trim()).then_some((node, None)),
    })
}

/// A kubeconfig, and where it stands.
#[derive(Debug)]
pub struct Site<'s> {
    /// The kubeconfig.
    pub config: Kubeconfig<'s>,
    manifest: &'s Manifest<'s>,
    /// The string that it is written into.
    host: Option<Node<'s>>,
}

impl Site<'_> {
    /// Whether it is written into another document.
    pub fn is_inside(&self) -> bool {
        self.host.is_some()
    }

    /// The place of one of its nodes.
    pub fn place(&self, node: Node<'_>) -> Place {
        let Some(host) = self.host else { return place(self.manifest, node) };
        let host = place(self.manifest, host);
        Place {
            span: node.span(),
            path: without_token(format!("{}|{}", host.path, node.path_from(self.config.root()))),
            ..host
        }
    }
}

/// Shows `look` every kubeconfig of a document: itself, those written into its strings, and those that its Secrets have
/// in base64.
pub fn each_kubeconfig(manifest: &Manifest<'_>, look: &mut dyn FnMut(&Site<'_>)) {
    let Some(tree) = manifest.document.tree() else { return };
    if let Some(config) = tree.root().and_then(Kubeconfig::at) {
        look(&Site { config, manifest, host: None });
        return;
    }
    let hosts = manifest.kubeconfig_hosts.get_or_init(|| kubeconfig_hosts(manifest.document, tree));
    for host in hosts.iter().filter_map(|host| tree.scalar_around(*host)) {
        each_inside(manifest, host, host.inside(), look);
    }
    for (host, text) in decoded_values(manifest) {
        each_inside(manifest, host, Some(text).filter(|text| may_be_kubeconfig(text.as_str())), look);
    }
}

/// Where strings stand that kubeconfigs may be written into: those with a list that every kubeconfig has.
fn kubeconfig_hosts(document: &Document<'_>, tree: &Tree<'_>) -> Vec<Span> {
    if !may_be_kubeconfig(document.text) {
        return Vec::new();
    }
    let lists = [&CLUSTERS, &USERS].into_iter().flat_map(|list| keys(document.text, list));
    let around = |list| Some(tree.scalar_around(Span::new(list).shift(document.span.start))?.span());
    let hosts: BTreeSet<_> = lists.filter_map(around).collect();
    let may_be = |text: &str| text.len() >= SHORTEST_KUBECONFIG && may_be_kubeconfig(text);
    let text_of = |host| tree.scalar_around(host).and_then(Node::text);
    hosts.into_iter().filter(|host| text_of(*host).is_some_and(may_be)).collect()
}

fn each_inside(
    manifest: &Manifest<'_>,
    host: Node<'_>,
    text: Option<Text<'_>>,
    look: &mut dyn FnMut(&Site<'_>),
) {
    let Some(text) = text else { return };
    // Several may be written one after the other.
    for chunk in yaml::split(text.as_str()) {
        let Some(tree) = text.part(chunk.bytes).and_then(|part| Tree::parse(part).ok()) else { continue };
        if let Some(config) = tree.root().and_then(Kubeconfig::at) {
            look(&Site { config, manifest, host: Some(host) });
        }
    }
}

/// Whether a kubeconfig may stand in `text`; fast.
fn may_be_kubeconfig(text: &str) -> bool {
    let has = |needle: &str| memmem::find(text.as_bytes(), needle.as_bytes()).is_some();
    let [has_clusters, has_users] = [&CLUSTERS, &USERS].map(|list| keys(text, list).next().is_some());
    (has_clusters || has_users) && has("Config") || has_clusters && has_users && has("contexts")
}

/// Where the key of a list may stand, in YAML or JSON, in a string or not. Prose has such words, too, with blanks behind
/// them.
fn keys(text: &str, list: &'static memmem::Finder<'_>) -> impl Iterator<Item = Range<usize>> {
    let all = list.find_iter(text.as_bytes()).map(|at| at..at + list.needle().len());
    all.filter(|key| {
        let behind = text.get(key.end..).unwrap_or_default();
        behind.trim_start_matches([' ', '\t']).starts_with([':', '"', '\'', '\\'])
    })
}
