//! Token Secrets that a text makes itself, and lists of Secrets that it fills.

use memchr::memmem;

use super::Script;
use super::command::Command;
use super::lookup::LookupForm;

const TYPE: &str = "kubernetes.io/service-account-token";
const ACCOUNT: &str = "kubernetes.io/service-account.name";

/// More does not stand between a key and its value, or between the words of a command; bytes.
const NEAR: usize = 200;

/// The token Secrets that a text makes with manifests.
pub(super) struct MadeSecrets<'t> {
    /// The ServiceAccounts that they are for; None for one that is not known.
    accounts: Vec<Option<&'t str>>,
}

impl<'t> MadeSecrets<'t> {
    /// Those of a script.
    pub(super) fn of(script: &Script<'t>, text: &'t str) -> Self {
        let mut accounts: Vec<_> = annotations(script, text).map(|(_, account)| account).collect();
        if accounts.is_empty() && has_type(text) {
            accounts.push(None);
        }
        accounts.sort_unstable();
        accounts.dedup();
        Self { accounts }
    }

    /// Whether what a command looks for may be one of them. Kubernetes lists none of them in `.secrets` of its
    /// ServiceAccount; `kubectl describe` goes through all Secrets for its line "Tokens".
    pub(super) fn answer(&self, command: &Command<'_>, form: LookupForm, account: Option<&str>) -> bool {
        let is_found = match form {
            LookupForm::List(_) | LookupForm::Annotation => true,
            LookupForm::Description => !command.after().contains("ountable"),
            _ => false,
        };
        let is_same =
            |made: Option<&str>| account.is_none_or(|account| made.is_none_or(|made| made == account));
        is_found && self.accounts.iter().copied().any(is_same)
    }
}

/// Where manifests of token Secrets name their ServiceAccounts, with those that are known.
pub(super) fn annotations<'t>(
    script: &Script<'t>,
    text: &'t str,
) -> impl Iterator<Item = (usize, Option<&'t str>)> {
    memmem::find_iter(text.as_bytes(), ACCOUNT).filter_map(move |at| {
        let account = annotated(text.get(at + ACCOUNT.len()..)?)?;
        Some((at, script.literal(account).filter(|account| !account.is_empty())))
    })
}

/// The value of the annotation behind its key; empty for an expression.
fn annotated(behind: &str) -> Option<&str> {
    let behind = behind.trim_start_matches(['"', '\'', '\\', ' ']);
    let value = behind.strip_prefix([':', '=']).filter(|value| !value.starts_with('='))?;
    let value = value.trim_start_matches([' ', '"', '\'', '\\']);
    let end =
        value.find(|c: char| c.is_whitespace() || "\"'\\,}".contains(c) && !value.starts_with(['$', '{']));
    let value = value.get(..end.unwrap_or(value.len())).unwrap_or_default();
    let is_name = !value.contains(['.', '$', '{', '[', '<', '%', '(']);
    Some(if is_name || value.starts_with('$') { value.trim_end_matches(['"', '\'', ',']) } else { "" })
}

/// Whether a manifest has the type of token Secrets. The API server takes none from `kubectl create secret`, which sets
/// no annotation, unless something else adds that before.
fn has_type(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), TYPE).any(|at| {
        let before = text.get(text.floor_char_boundary(at.saturating_sub(NEAR))..at).unwrap_or_default();
        let end = text.ceil_char_boundary(at.saturating_add(NEAR));
        let behind = text.get(at..end).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let key = line.trim_end_matches([' ', '\t', '"', '\'', '=', ':', '\\']);
        let is_assigned = key.len() < line.len();
        let is_dry = || [before, behind].iter().any(|near| near.contains("--dry-run"));
        let is_field = key.strip_suffix("type").is_some_and(|before| {
            !before.ends_with('.')
                && !line.contains("field-selector")
                && !line.contains("select(")
                && (!before.ends_with("--") || is_dry())
        });
        is_assigned && is_field
    })
}

/// Whether the text writes `secrets` of ServiceAccounts itself.
pub(super) fn fills_list(text: &str) -> bool {
    // As a key of JSON; as an item it is a resource of a role.
    let is_key = |at: usize| {
        text.get(at..).is_some_and(|rest| rest.trim_start_matches(['\\', '"', ' ']).starts_with(':'))
    };
    let mut keys = text.match_indices("\"secrets").map(|(at, key)| at + key.len());
    text.contains("secrets link") || text.contains("patch") && keys.any(is_key) || lists_in_manifest(text)
}

/// Whether a manifest of a ServiceAccount lists Secrets: `secrets:` above `- name: …`.
fn lists_in_manifest(text: &str) -> bool {
    let has_item = |at: usize| {
        let is_start =
            text.get(..at).is_none_or(|before| before.trim_end_matches([' ', '-']).ends_with('\n'));
        let behind =
            text.get(at..).and_then(|rest| rest.strip_prefix("secrets:")).unwrap_or_default().trim_start();
        is_start
            && behind.starts_with(['-', '['])
            && behind.lines().next().is_some_and(|item| item.contains("name:"))
    };
    text.contains("kind: ServiceAccount") && text.match_indices("secrets:").any(|(at, _)| has_item(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_of_annotations() {
        for (behind, expected) in [
            (": builder\n", Some("builder")),
            (": \"builder\"\n", Some("builder")),
            ("\": \"builder\"}}", Some("builder")),
            ("=builder --local", Some("builder")),
            (": \"${SA}\"\n", Some("${SA}")),
            (": {{ .Values.sa }}\n", Some("")),
            ("\" = kubernetes_service_account.x.metadata[0].name\n", Some("")),
            ("\"] == \"builder\"", None),
            (" is set\n", None),
        ] {
            assert_eq!(annotated(behind), expected, "{behind}");
        }
    }
}
