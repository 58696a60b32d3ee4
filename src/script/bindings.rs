//! Texts that bind roles: what is named in them may be given one.

use std::cell::LazyCell;
use std::collections::HashSet;

use memchr::memmem;

use super::manifests;
use crate::k8s::names::NameRule;
use crate::signs::Signs;

/// What commands, Terraform and Ansible write to bind a role.
const COMMANDS: [&str; 8] = [
    "create clusterrolebinding",
    "create rolebinding",
    "patch clusterrolebinding",
    "patch rolebinding",
    "-role-to-group",
    "-role-to-user",
    "role_binding",
    "set subject ",
];

/// The kinds of bindings as manifests and programs write them.
const KINDS: [&str; 1] = ["RoleBinding"];

/// More names than this are not in a text that people write.
const MOST_NAMES: usize = 10_000;

/// All words of a text that could be names of ServiceAccounts, if the text binds roles to anybody: which words are meant is
/// not told apart, as they may stand in variables.
pub fn names_beside_bindings(text: &str) -> HashSet<Box<str>> {
    let has = |sign: &&str| memmem::find(text.as_bytes(), sign.as_bytes()).is_some();
    if COMMANDS.iter().chain(&KINDS).any(has) { names(text) } else { HashSet::new() }
}

/// The same for a file of YAML or JSON, whose own bindings are known: those in commands and in text inside it. `signs` are
/// those of the text.
pub fn names_beside_embedded_bindings(text: &str, signs: Signs) -> HashSet<Box<str>> {
    let has = |sign: &&str| memmem::find(text.as_bytes(), sign.as_bytes()).is_some();
    let binds = signs.binding_commands && COMMANDS.iter().any(has) || signs.bindings && holds_manifest(text);
    if binds { names(text) } else { HashSet::new() }
}

/// Whether a binding stands deeper in a text than its own objects do.
fn holds_manifest(text: &str) -> bool {
    let own = LazyCell::new(|| manifests::own_column(text));
    // Of a line the first one tells.
    let mut done = 0;
    memmem::find_iter(text.as_bytes(), "RoleBinding").any(|at| {
        let Some((before, behind)) =
            text.get(done..).and_then(|rest| rest.split_at_checked(at.checked_sub(done)?))
        else {
            return false;
        };
        done = behind.find('\n').map_or(text.len(), |newline| at + newline);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let written = line.trim_start_matches([' ', '#', '-']);
        line.len() > written.len() && written.starts_with("kind: ") && line.len() - written.len() > *own
    })
}

fn names(text: &str) -> HashSet<Box<str>> {
    let words = words(text).map(|word| word.trim_matches(['-', '.']));
    let names: HashSet<&str> =
        words.filter(|word| NameRule::Subdomain.takes(word)).take(MOST_NAMES).collect();
    names.into_iter().map(Box::from).collect()
}

/// The runs of small letters, digits, `-` and `.`.
fn words(mut text: &str) -> impl Iterator<Item = &str> {
    let is_part = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    std::iter::from_fn(move || {
        let rest = text.get(text.bytes().position(is_part)?..)?;
        let end = rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(end)?;
        text = behind;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_bind_roles_name_accounts() {
        for text in [
            "kubectl create rolebinding b --clusterrole=view --serviceaccount=shop:web",
            "SA=web\nkubectl create clusterrolebinding b --clusterrole=view --serviceaccount=shop:$SA",
            "oc adm policy add-cluster-role-to-user view -z web",
            "resource \"kubernetes_role_binding\" \"b\" {\n  subject {\n    name = \"web\"\n  }\n}",
            "    kind: RoleBinding\n    subjects: [{kind: ServiceAccount, name: web}]",
            "a: RoleBinding RoleBinding\nb: RoleBinding\n# - kind: ClusterRoleBinding\nname: web",
        ] {
            assert!(names_beside_bindings(text).contains("web"), "{text}");
            assert!(names_beside_embedded_bindings(text, Signs::of(text)).contains("web"), "{text}");
        }
        let program = "new RoleBinding('b', { subjects: [{ name: 'web' }] })";
        assert!(names_beside_bindings(program).contains("web"));
    }

    #[test]
    fn other_texts_give_nothing() {
        assert!(names_beside_bindings("kubectl create serviceaccount web").is_empty());
        let object = "kind: RoleBinding\nsubjects: [{kind: ServiceAccount, name: web}]\n---\nkind: Role\nrules: \
                      [{resources: [rolebindings], verbs: [create]}]\n";
        assert!(
            names_beside_embedded_bindings(object, Signs::of(object)).is_empty(),
            "its own bindings are read"
        );
        let item =
            "- apiVersion: rbac.authorization.k8s.io/v1\n  kind: RoleBinding\n  metadata: {name: web}\n";
        assert!(names_beside_embedded_bindings(item, Signs::of(item)).is_empty(), "those of a list, too");
        let inside = format!("{item}  text: |\n    kind: RoleBinding\n");
        assert!(names_beside_embedded_bindings(&inside, Signs::of(&inside)).contains("web"));
    }
}
