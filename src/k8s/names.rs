//! What the API server accepts as a name (`k8s.io/apimachinery/pkg/util/validation`,
//! `k8s.io/apimachinery/pkg/api/validation`).

/// Rules that the API server has for names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRule {
    /// DNS-1123 subdomain, at most 253 characters: ServiceAccounts, Secrets, most objects.
    Subdomain,
    /// DNS-1123 label, at most 63 characters: namespaces.
    Label,
    /// A segment of a path: RBAC objects. Capitals, colons and spaces are fine.
    PathSegment,
}

impl NameRule {
    /// Whether the API server takes `name`.
    pub fn takes(self, name: &str) -> bool {
        match self {
            NameRule::Subdomain => name.len() <= 253 && name.split('.').all(is_label),
            NameRule::Label => name.len() <= 63 && is_label(name),
            NameRule::PathSegment => ![".", ".."].contains(&name) && !name.contains(['/', '%']),
        }
    }

    /// Why the API server rejects `name`, in its own words.
    pub fn reject(self, name: &str) -> Option<String> {
        if self.takes(name) {
            return None;
        }
        Some(match self {
            NameRule::Subdomain if name.len() > 253 => "must be no more than 253 characters".to_owned(),
            NameRule::Subdomain => {
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and \
                 must start and end with an alphanumeric character"
                    .to_owned()
            }
            NameRule::Label if name.len() > 63 => "must be no more than 63 characters".to_owned(),
            NameRule::Label => {
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start \
                 and end with an alphanumeric character"
                    .to_owned()
            }
            NameRule::PathSegment => match name.chars().find(|c| ['/', '%'].contains(c)) {
                Some(c) => format!("may not contain '{c}'"),
                None => format!("may not be '{name}'"),
            },
        })
    }
}

fn is_label(text: &str) -> bool {
    let alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
        && bytes.iter().all(|byte| alphanumeric(byte) || *byte == b'-')
}

/// Namespace and name of the ServiceAccount whose user is called so: `system:serviceaccount:<namespace>:<name>`
/// (`SplitUsername` in `k8s.io/apiserver/pkg/authentication/serviceaccount/util.go`).
pub fn service_account_of_user(user: &str) -> Option<(&str, &str)> {
    let (namespace, name) = user.strip_prefix("system:serviceaccount:")?.split_once(':')?;
    let is_right = NameRule::Label.takes(namespace) && NameRule::Subdomain.takes(name);
    is_right.then_some((namespace, name))
}

/// Whether `text` stands for something that is filled in later: `${X}`, `$(VAR)`, `<NAME>`, `{{ … }}`, `%NAME%`,
/// `##X##`, `@NAME@`, `((x))`, `ENC[…]`, `YOUR_NAME`, `_`. Such text is neither a name nor a credential.
pub fn is_placeholder(text: &str) -> bool {
    // Nearly all names are labels, and names are compared often.
    !is_label(text) && looks_filled_in(text)
}

fn looks_filled_in(text: &str) -> bool {
    const OPENINGS: [&str; 9] = ["{{", "{%", "[[", "<<", "((", "##", "__", "ref+", "vault:"];
    let enclosed = |open: char, close: char| {
        text.split_once(open).is_some_and(|(_, rest)| rest.contains(close) && !rest.starts_with(close))
    };
    text.contains('$')
        || OPENINGS.iter().any(|opening| text.contains(opening))
        || text.contains("ENC[")
        || enclosed('<', '>')
        || enclosed('%', '%')
        || enclosed('@', '@')
        || enclosed('{', '}')
        || (text.starts_with('(') && text.ends_with(')'))
        || text.contains('…')
        || text.contains("...")
        || is_shouted(text)
        || (!text.is_empty() && text.chars().all(|c| ['_', '-', '*', '?'].contains(&c)))
}

/// `YOUR_NAMESPACE`, `CHANGEME`, `RELEASE-NAME-operator`: a part in capitals is to be replaced, and no object may be
/// named so.
fn is_shouted(text: &str) -> bool {
    let capitals = |part: &str| part.chars().filter(char::is_ascii_uppercase).count();
    text.split(['-', '.', ':', '/'])
        .any(|part| capitals(part) > 2 && !part.chars().any(|c| c.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_api_takes() {
        for (rule, names) in [
            (NameRule::Subdomain, &["a", "a-b", "0", "argo.service-account-token", "1.2"][..]),
            (NameRule::Label, &["default", "kube-system", "1"]),
            (NameRule::PathSegment, &["system:node", "Some Role", "a.b"]),
        ] {
            for name in names {
                assert_eq!(rule.reject(name), None, "{name}");
            }
        }
        assert_eq!(NameRule::Subdomain.reject(&"a".repeat(253)), None);
        assert_eq!(NameRule::Label.reject(&"a".repeat(63)), None);
    }

    #[test]
    fn names_that_the_api_rejects() {
        for (rule, names) in [
            (NameRule::Subdomain, &["", "A", "a_b", "-a", "a-", "a..b", "a.-b", "system:x", "a b", "é"][..]),
            (NameRule::Label, &["a.b", "Default", "", "kube_system"]),
            (NameRule::PathSegment, &[".", "..", "a/b", "50%"]),
        ] {
            for name in names {
                assert!(rule.reject(name).is_some(), "{name}");
            }
        }
        assert!(NameRule::Subdomain.reject(&"a".repeat(254)).is_some());
        assert!(NameRule::Label.reject(&"a".repeat(64)).is_some());
    }

    #[test]
    fn users_of_service_accounts() {
        assert_eq!(service_account_of_user("system:serviceaccount:ci:robot.v1"), Some(("ci", "robot.v1")));
        for user in [
            "system:serviceaccount:robot",
            "system:serviceaccounts:ci:robot",
            "system:serviceaccount:ci:robot:x",
            "system:serviceaccount:ci:*",
            "system:serviceaccount::robot",
            "robot",
        ] {
            assert_eq!(service_account_of_user(user), None, "{user}");
        }
    }

    #[test]
    fn placeholders_are_not_names() {
        for text in [
            "${CLUSTER_NAME}",
            "$(VAR)",
            "$NAME",
            "<name>",
            "<< AddonManagerNamespace >>",
            "{{ .Release.Namespace}}",
            "##CRNAME##",
            "%NAME%",
            "@NAME@",
            "YOUR_NAMESPACE",
            "NAMESPACE",
            "((name))",
            "my-...",
            "sa-{name}",
            "__NAME__",
            "RELEASE-NAME-operator",
            "my-APP_NAME",
            "{% if x %}",
            "_",
            "***",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "",
            "default",
            "My-Account",
            "a_b",
            "system:serviceaccounts:test",
            "A",
            "Build_Robot",
            "100%",
            "a@b",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
