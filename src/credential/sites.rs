//! Where in a document credentials stand: in its text, in kubeconfigs written into its strings, and in what its Secrets
//! have in base64.

use memchr::memmem;

use super::base64;
use super::claims::{Jwt, ServiceAccountToken};
use super::jwt;
use super::kubeconfig::Kubeconfig;
use crate::finding::Place;
use crate::k8s::{Manifest, Object};
use crate::span::Span;
use crate::yaml::{Entry, Kind, Node, Text, Tree};

/// Shorter than this a Secret's value holds neither a token nor a kubeconfig.
const SHORTEST_VALUE: usize = 80;

/// A ServiceAccount's token in a file.
#[derive(Debug)]
pub struct Sighting {
    /// Where.
    pub place: Place,
    /// What it says of itself.
    pub token: ServiceAccountToken,
    /// Whether it is what a user of a kubeconfig logs in with.
    pub is_login: bool,
}

/// The tokens of ServiceAccounts in a text, with their bytes in the file.
pub fn scan(text: &Text<'_>) -> Vec<(Span, ServiceAccountToken)> {
    let found = jwt::find(text.as_str()).into_iter();
    found
        .filter_map(|(range, jwt)| match jwt {
            Jwt::ServiceAccount(token) => Some((text.outer(range), token)),
            Jwt::Other(_) => None,
        })
        .collect()
}

/// The tokens of ServiceAccounts in a document, readable or not, wherever they stand: in values, keys and comments, and
/// in what its Secrets have in base64.
pub fn tokens(manifest: &Manifest<'_>) -> Vec<Sighting> {
    let document = manifest.document;
    let mut found = if jwt::may_be_in(document.text) {
        scan(&Text::slice(document.text, document.span.start))
    } else {
        Vec::new()
    };
    let mut sightings = Vec::new();
    for (object, entry, text) in decoded_values(manifest) {
        // The usual case, a token in base64, is found in the document's own text.
        let from = found.partition_point(|(at, _)| at.start < entry.value.span().start);
        if found.get(from).is_some_and(|(at, _)| entry.value.span().contains(*at)) {
            continue;
        }
        for (_, token) in scan(&text) {
            sightings.push(Sighting { place: object.place(entry.value), token, is_login: false });
        }
    }
    let logins = if found.is_empty() && sightings.is_empty() { Vec::new() } else { logins(manifest) };
    let nodes = holders(manifest, &found);
    for ((span, token), node) in found.drain(..).zip(nodes) {
        let place = match node {
            Some(node) => Place { span, ..place(manifest, node) },
            None => manifest.place(span),
        };
        sightings.push(Sighting { place, token, is_login: false });
    }
    for sighting in &mut sightings {
        let after = logins.partition_point(|login| login.start <= sighting.place.span.start);
        let before = after.checked_sub(1).and_then(|before| logins.get(before));
        sighting.is_login = before.is_some_and(|login| login.contains(sighting.place.span));
    }
    sightings.sort_by_key(|sighting| sighting.place.span);
    sightings
}

/// The tokens with which users of the kubeconfigs in a document log in, in order.
fn logins(manifest: &Manifest<'_>) -> Vec<Span> {
    let mut logins = Vec::new();
    each_kubeconfig(manifest, &mut |site| {
        logins.extend(site.config.users().filter_map(|user| Some(user.token()?.0.span())));
    });
    logins.sort_unstable();
    logins
}

/// For each span, of which none overlap, the scalar around it, if one is. Spans and nodes are in the order of the text.
fn holders<'m>(manifest: &'m Manifest<'_>, found: &[(Span, ServiceAccountToken)]) -> Vec<Option<Node<'m>>> {
    let tree = manifest.document.tree().filter(|_| !found.is_empty());
    let mut scalars =
        tree.into_iter().flat_map(Tree::nodes).filter(|node| node.kind() == Kind::Scalar).peekable();
    found
        .iter()
        .map(|(span, _)| {
            while scalars.next_if(|node| node.span().end <= span.start).is_some() {}
            scalars.peek().copied().filter(|node| node.span().contains(*span))
        })
        .collect()
}

/// The place of a node of the document.
fn place(manifest: &Manifest<'_>, node: Node<'_>) -> Place {
    match manifest.object_around(node) {
        Some(object) => object.place(node),
        None => Place {
            path: node.tree().root().map(|root| node.path_from(root)).unwrap_or_default(),
            ..manifest.place(node.span())
        },
    }
}

/// What the Secrets of a document have in base64, as text.
fn decoded_values<'m, 'a>(
    manifest: &'m Manifest<'a>,
) -> impl Iterator<Item = (&'m Object<'a>, Entry<'a>, Text<'static>)> {
    let secrets = manifest.objects.iter().filter(|object| object.secret().is_some());
    secrets.flat_map(|object| {
        let entries = object.root.get("data").value().into_iter().flat_map(Node::entries);
        entries.filter_map(move |entry| {
            let text = entry.value.as_str().filter(|text| text.len() >= SHORTEST_VALUE)?;
            Some((object, entry, entry.value.decoded(base64::decode_text(text)?)))
        })
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
    /// The place of one of its nodes.
    pub fn place(&self, node: Node<'_>) -> Place {
        let Some(host) = self.host else { return place(self.manifest, node) };
        let host = place(self.manifest, host);
        Place {
            span: node.span(),
            path: format!("{}|{}", host.path, node.path_from(self.config.root())),
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
    if may_be_kubeconfig(manifest.document.text) {
        let strings = tree.nodes().filter(|node| node.text().is_some_and(may_be_kubeconfig));
        for host in strings {
            each_inside(manifest, host, host.inside(), look);
        }
    }
    for (_, entry, text) in decoded_values(manifest) {
        each_inside(manifest, entry.value, Some(text).filter(|text| may_be_kubeconfig(text.as_str())), look);
    }
}

fn each_inside(
    manifest: &Manifest<'_>,
    host: Node<'_>,
    text: Option<Text<'_>>,
    look: &mut dyn FnMut(&Site<'_>),
) {
    let Some(tree) = text.and_then(|text| Tree::parse(text).ok()) else { return };
    if let Some(config) = tree.root().and_then(Kubeconfig::at) {
        look(&Site { config, manifest, host: Some(host) });
    }
}

/// Whether a kubeconfig may stand in `text`; fast.
fn may_be_kubeconfig(text: &str) -> bool {
    let has = |needle: &str| memmem::find(text.as_bytes(), needle.as_bytes()).is_some();
    has("Config") && (has("clusters") || has("users"))
}
