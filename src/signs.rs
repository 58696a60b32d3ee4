//! What a text may hold, found in one pass over its bytes: it spares most texts every closer look.
//!
//! A sign says "perhaps": where it is set, the rooms look for themselves; where it is not, there is nothing to be found.

use std::ops::BitOr;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::{memchr_iter, memchr3_iter, memmem};

/// The signs of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself")]
pub struct Signs {
    /// A command that talks to a cluster.
    pub commands: bool,
    /// A role that is bound by a manifest, or by a program that makes one.
    pub bindings: bool,
    /// A role that is bound otherwise: by a command, Terraform, Ansible.
    pub binding_commands: bool,
    /// A manifest inside of another text.
    pub manifests: bool,
    /// A here-document.
    pub heredocs: bool,
    /// A resource of Terraform.
    pub terraform: bool,
    /// Helm's `lookup`.
    pub lookups: bool,
    /// A token or a kubeconfig, other than in base64 in a Secret.
    pub credentials: bool,
}

/// Which sign each of [`MARKS`] is.
#[derive(Clone, Copy)]
enum Sign {
    Bindings,
    BindingCommands,
    Manifests,
    Terraform,
    Lookups,
    Credentials,
}

/// None ends with what another begins with: of two that overlap only the first is found.
const MARKS: [(&str, Sign); 12] = [
    ("RoleBinding", Sign::Bindings),
    ("rolebinding", Sign::BindingCommands),
    ("role_binding", Sign::BindingCommands),
    ("-role-to-", Sign::BindingCommands),
    ("t subject", Sign::BindingCommands),
    (" kind: ", Sign::Manifests),
    ("resource \"kub", Sign::Terraform),
    ("lookup \"v1\"", Sign::Lookups),
    ("eyJ", Sign::Credentials),
    ("ZXlK", Sign::Credentials),
    ("clusters", Sign::Credentials),
    ("users", Sign::Credentials),
];

/// `None` cannot be: the marks are few and short.
static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(MARKS.map(|(mark, _)| mark)).ok()
});

static OC: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("oc"));

impl BitOr for Signs {
    type Output = Self;

    /// What one of two texts may hold.
    fn bitor(self, other: Self) -> Self {
        Self {
            commands: self.commands || other.commands,
            bindings: self.bindings || other.bindings,
            binding_commands: self.binding_commands || other.binding_commands,
            manifests: self.manifests || other.manifests,
            heredocs: self.heredocs || other.heredocs,
            terraform: self.terraform || other.terraform,
            lookups: self.lookups || other.lookups,
            credentials: self.credentials || other.credentials,
        }
    }
}

impl Signs {
    /// Those of a text that was not looked at.
    pub const ALL: Self = Self {
        commands: true,
        bindings: true,
        binding_commands: true,
        manifests: true,
        heredocs: true,
        terraform: true,
        lookups: true,
        credentials: true,
    };

    /// The signs of a text.
    pub fn of(text: &str) -> Self {
        Self { commands: names_tool(text), heredocs: has_heredoc(text), ..Self::marks(text) }
    }

    fn marks(text: &str) -> Self {
        let mut signs = Self::default();
        for found in FINDER.iter().flat_map(|finder| finder.find_iter(text)) {
            match MARKS.get(found.pattern().as_usize()).map(|(_, sign)| *sign) {
                Some(Sign::Bindings) => signs.bindings = true,
                Some(Sign::BindingCommands) => signs.binding_commands = true,
                Some(Sign::Manifests) => signs.manifests = true,
                Some(Sign::Terraform) => signs.terraform = true,
                Some(Sign::Lookups) => signs.lookups = true,
                Some(Sign::Credentials) => signs.credentials = true,
                None => {}
            }
        }
        signs
    }

    /// The signs of a part of the text.
    #[must_use]
    pub fn of_part(self, part: &str) -> Self {
        let rest = Self { commands: false, heredocs: false, ..self };
        let marks = if rest == Self::default() { rest } else { Self::marks(part) };
        Self {
            commands: self.commands && names_tool(part),
            heredocs: self.heredocs && has_heredoc(part),
            ..marks
        }
    }

    /// Whether something may be said of commands and texts in a manifest.
    pub fn has_script(self) -> bool {
        self.commands || self.heredocs || self.lookups
    }

    /// Whether it may bind roles.
    pub fn may_bind(self) -> bool {
        self.bindings || self.binding_commands
    }

    /// Whether something in a manifest may create objects, beside those that it is made of.
    pub fn may_create(self) -> bool {
        self.commands || self.manifests || self.terraform
    }
}

fn has_heredoc(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr_iter(b'<', bytes).any(|at| bytes.get(at + 1) == Some(&b'<'))
}

/// Whether a word of a text may be a command that talks to a cluster: `kubectl`, `kubecolor`, `eksctl`, `oc`, `k`, `kc`,
/// whatever of it is in capitals.
pub(crate) fn names_tool(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_tool = |at: usize| {
        let (before, word) = bytes.split_at_checked(at).unwrap_or_default();
        match word {
            [b'C', rest @ ..] => before.strip_suffix(b"O").is_some_and(|before| is_apart(before, rest)),
            // As in annotations: kubectl.kubernetes.io/last-applied-configuration.
            [b'k', b'u', b'b', b'e', b'c', b't', b'l', rest @ ..] if rest.starts_with(b".kubernetes.io/") => {
                false
            }
            // kubectl, kubecolor, eksctl
            [b'k', b'u', b'b', b'e', b'c', ..]
            | [b'K', b'U', b'B', b'E', b'C', ..]
            | [b'k', b's', b'c', b't', b'l', ..]
            | [b'K', b'S', b'C', b'T', b'L', ..] => true,
            [b'k', b'c', rest @ ..] if is_apart(before, rest) => true,
            [b'k' | b'K', rest @ ..] => is_apart(before, rest),
            _ => false,
        }
    };
    let is_oc = |at: usize| {
        let (before, word) = bytes.split_at_checked(at).unwrap_or_default();
        word.get(2..).is_some_and(|rest| is_apart(before, rest))
    };
    memchr3_iter(b'k', b'K', b'C', bytes).any(is_tool) || OC.find_iter(bytes).any(is_oc)
}

/// Whether a word stands alone between these, or is the last part of a path. Strings write line ends as `\n`.
fn is_apart(before: &[u8], rest: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./".contains(byte);
    !rest.first().is_some_and(is_part)
        && (!before.last().is_some_and(is_part)
            || [&b"/"[..], b"-", b"\\n", b"\\t"].iter().any(|end| before.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_talk_to_a_cluster() {
        for text in [
            "kubectl get",
            "a KUBECTL=x",
            "$MY_KUBECTL_COMMAND",
            "kubecolor get",
            "eksctl create",
            "EKSCTL",
            "oc",
            "/usr/bin/oc get",
            "\"oc\",",
            "'a\\noc get'",
            "$OC get",
            "(k get",
            "${K} get",
            "\\tk get",
            "--kc get",
            "a: kc",
        ] {
            assert!(names_tool(text), "{text}");
        }
        for text in [
            "kubernetes",
            "apiVersion: v1\nkind: Pod\n",
            "a block of docs",
            "k8s",
            "a.k",
            "disk: x",
            "RFC 1",
            "oci",
            "proc/oc1",
            "",
        ] {
            assert!(!names_tool(text), "{text}");
        }
    }

    #[test]
    fn every_mark_is_a_sign() {
        for (mark, _) in MARKS {
            assert_ne!(Signs::of(&format!("a{mark}a")), Signs::default(), "{mark}");
        }
        let text = "cat <<EOF\nusers:\nEOF\n---\nkubectl get sa\n";
        let signs = Signs::of(text);
        assert!(signs.has_script() && signs.heredocs && signs.commands && signs.credentials);
        let (one, other) = text.split_once("---\n").unwrap();
        assert_eq!([one, other].map(|part| signs.of_part(part)), [one, other].map(Signs::of));
        assert_eq!(Signs::of("apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n"), Signs::default());
    }

    #[test]
    fn no_mark_hides_another() {
        for (one, _) in MARKS {
            for (other, _) in MARKS.iter().filter(|(other, _)| *other != one) {
                let overlap = (1..one.len().min(other.len()))
                    .any(|length| one.get(one.len() - length..).is_some_and(|end| other.starts_with(end)));
                assert!(!overlap, "{one} {other}");
            }
        }
    }
}
