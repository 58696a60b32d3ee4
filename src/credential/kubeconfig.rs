//! Kubeconfigs (`client-go/tools/clientcmd/api/v1/types.go`).

use super::base64;
use super::certificate::Certificate;
use super::plausible::{is_plausible_password, is_plausible_token};
use crate::k8s::names::is_placeholder;
use crate::yaml::{Get, Node, Scalar, Type};

/// The lists of a kubeconfig, each with the key that its items have. Dozens of other tools have a `kind: Config`.
const LISTS: [(&str, &str); 3] = [("clusters", "cluster"), ("contexts", "context"), ("users", "user")];

/// A kubeconfig.
#[derive(Clone, Copy, Debug)]
pub struct Kubeconfig<'a> {
    root: Node<'a>,
}

/// A user of a kubeconfig: how to log in.
#[derive(Clone, Copy, Debug)]
pub struct User<'a> {
    /// What the kubeconfig calls it.
    pub name: &'a str,
    /// What it has to log in with.
    pub login: Node<'a>,
}

/// A cluster of a kubeconfig: where its API server is.
#[derive(Clone, Copy, Debug)]
pub struct Cluster<'a> {
    /// What the kubeconfig calls it.
    pub name: &'a str,
    node: Node<'a>,
}

impl<'a> Kubeconfig<'a> {
    /// `root` as a kubeconfig, if it is one. client-go takes one without `apiVersion` or `kind`, too
    /// (`Load` of `tools/clientcmd/loader.go` has defaults for them): then all three lists tell it from other files.
    pub fn at(root: Node<'a>) -> Option<Self> {
        let is = |key, text| match root.get(key) {
            Get::Found(entry) => Some(entry.value.as_str() == Some(text)),
            Get::Absent => None,
            Get::Unknown => Some(false),
        };
        let has = |list: &str, key: &str, inner: &str| {
            let list = root.get(list).value();
            list.is_some_and(|list| {
                list.items().any(|item| {
                    let found = item.get(key);
                    found.found().is_some() && (inner.is_empty() || found.get(inner).found().is_some())
                })
            })
        };
        // Nearly every object is of another kind.
        let kind = is("kind", "Config");
        let version = if kind == Some(false) { None } else { is("apiVersion", "v1") };
        let is_config = match (version, kind) {
            (Some(false), _) | (_, Some(false)) => false,
            (Some(_), Some(_)) => LISTS.into_iter().any(|(list, key)| has(list, key, "")),
            _ => {
                has("clusters", "cluster", "server")
                    && has("contexts", "context", "cluster")
                    && has("users", "user", "")
            }
        };
        is_config.then_some(Self { root })
    }

    /// Its users.
    pub fn users(self) -> impl Iterator<Item = User<'a>> {
        self.items("users", "user").map(|(name, login)| User { name, login })
    }

    /// Its clusters.
    pub fn clusters(self) -> impl Iterator<Item = Cluster<'a>> {
        self.items("clusters", "cluster").map(|(name, node)| Cluster { name, node })
    }

    /// The top of it.
    pub(super) fn root(self) -> Node<'a> {
        self.root
    }

    fn items(self, list: &'static str, key: &'static str) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let items = self.root.get(list).value().into_iter().flat_map(Node::items);
        items.filter_map(move |item| {
            let name = item.get("name").value().and_then(Node::text).unwrap_or_default();
            Some((name, item.get(key).value()?))
        })
    }
}

impl<'a> User<'a> {
    /// A literal that is written under a key. Aliases are not followed: one long value may have many.
    fn literal(self, key: &str) -> Option<(Node<'a>, &'a str)> {
        let node = self.login.get(key).value().filter(|node| node.alias().is_none())?;
        let text = node.text().map(str::trim).filter(|text| !text.is_empty())?;
        (!node.is_null()).then_some((node, text))
    }

    /// The token, and its text.
    pub fn token(self) -> Option<(Node<'a>, &'a str)> {
        self.literal("token")
    }

    /// The password of basic authentication, and its text.
    pub fn password(self) -> Option<(Node<'a>, &'a str)> {
        self.literal("password")
    }

    /// The client key, and its text in PEM.
    pub fn client_key(self) -> Option<(Node<'a>, String)> {
        let (node, text) = self.literal("client-key-data")?;
        Some((node, base64::decode_text(text)?))
    }

    /// The client certificate that is written beside the key.
    pub fn certificate(self) -> Option<Certificate> {
        let (_, text) = self.literal("client-certificate-data")?;
        Certificate::from_pem(&base64::decode_text(text)?)
    }

    /// The file that a token is read from.
    pub fn token_file(self) -> Option<&'a str> {
        self.literal("tokenFile").map(|(_, text)| text)
    }

    /// The file that a client key is read from.
    pub fn client_key_file(self) -> Option<&'a str> {
        self.literal("client-key").map(|(_, text)| text)
    }

    /// The version of the API that a credential plugin is to speak.
    pub fn exec_version(self) -> Option<Node<'a>> {
        self.login.get("exec").get("apiVersion").value()
    }

    /// The command that is run for a credential.
    pub fn exec_command(self) -> Option<&'a str> {
        self.login.get("exec").get("command").value()?.text()
    }

    /// What the settings of an auth provider, and the arguments and environment of a plugin call a credential: its name
    /// there, and its text. Aliases are not followed.
    pub fn others(self) -> impl Iterator<Item = (&'a str, Node<'a>, &'a str)> {
        let config = self.login.get("auth-provider").get("config").value();
        let settings = config.into_iter().flat_map(Node::entries);
        let settings = settings.filter_map(|entry| Some((entry.key.text()?, entry.value)));
        let exec = self.login.get("exec");
        let variables = exec.get("env").value().into_iter().flat_map(Node::items);
        let variables = variables
            .filter_map(|item| Some((item.get("name").value()?.text()?, item.get("value").value()?)));
        let arguments = exec.get("args").value().into_iter().flat_map(Node::items);
        let named = settings.chain(variables).chain(options(arguments));
        named.filter(|(name, node)| names_credential(name) && node.alias().is_none()).filter_map(
            |(name, node)| {
                let text = node.as_str()?.trim();
                let text = text.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).unwrap_or(text);
                (!text.is_empty()).then_some((name, node, text))
            },
        )
    }

    /// The name of the auth provider: `gcp`, `oidc`.
    pub fn auth_provider(self) -> Option<Node<'a>> {
        self.login.get("auth-provider").get("name").value()
    }
}

impl<'a> Cluster<'a> {
    /// The API server's address.
    pub fn server(self) -> Option<(Node<'a>, &'a str)> {
        let node = self.node.get("server").value()?;
        Some((node, node.as_str()?))
    }

    /// `insecure-skip-tls-verify`, if it is true.
    pub fn skips_verification(self) -> Option<Node<'a>> {
        let node = self.node.get("insecure-skip-tls-verify").value()?;
        node.scalar().is_some_and(|scalar: Scalar<'_>| scalar.read() == Type::Bool(true)).then_some(node)
    }

    /// Whether it certainly names no authority of its own.
    pub fn has_no_authority(self) -> bool {
        let is_absent = |key| matches!(self.node.get(key), Get::Absent);
        is_absent("certificate-authority") && is_absent("certificate-authority-data")
    }

    /// The host of its address: nothing where that is filled in later, or made up.
    pub fn host(self) -> Option<&'a str> {
        let (_, server) = self.server()?;
        let rest = server.split_once("://").map_or(server, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next()?;
        let host = match authority.strip_prefix('[') {
            Some(address) => address.split(']').next()?,
            None => authority.split(':').next()?,
        };
        (!host.is_empty() && !is_placeholder(server) && !is_reserved(host)).then_some(host)
    }

    /// Whether its address is this very machine: `kubectl proxy`, a forwarded port, kind.
    pub fn is_local(self) -> bool {
        let host = self.host().unwrap_or_default();
        matches!(host, "localhost" | "::1" | "0.0.0.0") || host.starts_with("127.")
    }
}

/// Whether what a plugin is given under a name may open something.
pub fn is_plausible_setting(name: &str, text: &str) -> bool {
    if is_password(name) { is_plausible_password(text) } else { is_plausible_token(text) }
}

/// Whether a setting, a variable or an option of that name is a password.
pub(super) fn is_password(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with("password")
}

/// Options with their values: `--a=b` in one argument, `--a` and `b` in two.
fn options<'a>(arguments: impl Iterator<Item = Node<'a>>) -> impl Iterator<Item = (&'a str, Node<'a>)> {
    let mut before = "";
    arguments.filter_map(move |node| {
        let text = node.text()?;
        let name = std::mem::replace(&mut before, text);
        match text.split_once('=').filter(|_| text.starts_with('-')) {
            Some((option, _)) => Some((option, node)),
            None => (name.starts_with('-') && !text.starts_with('-')).then_some((name, node)),
        }
    })
}

/// Whether a setting, a variable or an option of that name is a credential, and not the way to one.
fn names_credential(name: &str) -> bool {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    ["token", "password", "clientsecret", "secretaccesskey", "secretkey", "apikey"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// Whether nobody can have that host: names for documentation and tests (RFC 2606), addresses likewise (RFC 5737).
fn is_reserved(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_example = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    matches!(last, "example" | "test" | "invalid")
        || ["example.com", "example.org", "example.net"].into_iter().any(is_example)
        || ["192.0.2.", "198.51.100.", "203.0.113."].iter().any(|network| host.starts_with(network))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Text, Tree};

    fn with<T>(text: &str, look: impl FnOnce(Option<Kubeconfig<'_>>) -> T) -> T {
        let tree = Tree::parse(Text::slice(text, 0)).unwrap();
        look(tree.root().and_then(Kubeconfig::at))
    }

    /// What `kubectl config view` takes for one.
    const FULL: &str = "clusters: [{name: a, cluster: {server: x}}]\ncontexts: [{name: a, context: {cluster: a}}]\n\
                        users: [{name: a, user: {}}]\n";

    #[test]
    fn only_kubeconfigs_are_kubeconfigs() {
        for (text, expected) in [
            ("apiVersion: v1\nkind: Config\nusers: [{name: a, user: {}}]\n", true),
            ("{\"kind\": \"Config\", \"apiVersion\": \"v1\", \"clusters\": [{\"cluster\": {}}]}", true),
            ("apiVersion: v1\nkind: Config\ncontexts: [{name: a, context: {}}]\nusers: null\n", true),
            ("apiVersion: v1\nkind: Config\n", false),
            ("apiVersion: v1\nkind: Config\nusers: [a]\n", false),
            ("apiVersion: skaffold/v1\nkind: Config\nusers: [{name: a, user: {}}]\n", false),
            ("kind: Config\nusers: [{name: a, user: {}}]\n", false),
            (FULL, true),
            (&format!("apiVersion: v1\n{FULL}"), true),
            (&format!("kind: Config\n{FULL}"), true),
            (&format!("apiVersion: v1beta1\n{FULL}"), false),
            (&format!("apiVersion: v1\nkind: Settings\n{FULL}"), false),
            (&FULL.replace("contexts", "views"), false),
            (&FULL.replace("server", "brokers"), false),
            ("users: [{name: a, user: {}}]\n", false),
        ] {
            assert_eq!(with(text, |config| config.is_some()), expected, "{text}");
        }
    }

    #[test]
    fn hosts_that_somebody_has() {
        for (server, host, local) in [
            ("https://api.cluster.acme.io:6443/k8s", Some("api.cluster.acme.io"), false),
            ("http://10.0.0.1", Some("10.0.0.1"), false),
            ("10.0.0.1:8080", Some("10.0.0.1"), false),
            ("https://[::1]:6443", Some("::1"), true),
            ("https://127.0.0.1:6443", Some("127.0.0.1"), true),
            ("http://localhost:8001", Some("localhost"), true),
            ("https://example.com", None, false),
            ("https://k8s.example.org:6443", None, false),
            ("https://192.0.2.7", None, false),
            ("https://${SERVER}", None, false),
            ("''", None, false),
        ] {
            let text = format!(
                "{{apiVersion: v1, kind: Config, clusters: [{{cluster: {{server: \"{server}\"}}}}]}}"
            );
            let text = text.replace("\"''\"", "''");
            with(&text, |config| {
                let cluster = config.unwrap().clusters().next().unwrap();
                assert_eq!((cluster.host(), cluster.is_local()), (host, local), "{server}");
            });
        }
    }
}
