//! Secrets in text that is not a tree: broken documents, manifests inside strings, raw templates. Line by line, and
//! rather too much than too little.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use super::keys::is_credential;
use crate::k8s::near_miss::{Name, is_near};

/// Keys of a Secret whose values are no secrets; annotations and labels (`a.b/c`) are not either.
const HARMLESS: [&str; 10] = [
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "namespace",
    "type",
    "labels",
    "annotations",
    "immutable",
    "items",
];

/// Keys of a Secret that hold its values.
pub(super) const DATA: [&str; 2] = ["data", "stringData"];

/// Where a kustomization has the values of Secrets.
const GENERATOR: &str = "secretGenerator";

/// Whether the value at `key` of a Secret is none of its secrets. A misspelled `stringdata` is not harmless.
pub(super) fn is_harmless(key: &str) -> bool {
    HARMLESS.contains(&key)
}

/// Whether `text`, a string, looks like a Secret or a kubeconfig rather than a word.
pub(super) fn is_suspicious(text: &str) -> bool {
    text.contains(':')
        && (mentions_secret(text)
            || configures_plugin(text)
            || text.split_inclusive('\n').any(is_of_credential))
}

/// Finds what may be secret in `text`, which starts at byte `offset` of its file.
pub(super) fn find(text: &str, offset: usize, found: &mut Vec<Range<usize>>) {
    let in_secret = mentions_secret(text) || configures_plugin(text) || text.contains(GENERATOR);
    let mut open: Option<Open> = None;
    // How deep the key stands whose values are all secret, whatever they are called.
    let mut data: Option<usize> = None;
    for mut line in lines(text, offset) {
        data = data.filter(|data| line.is_blank || line.indent > *data);
        line.is_harmless &= data.is_none();
        if line.is_data && in_secret {
            data.get_or_insert(line.indent);
        }
        if let Some(open) = open.as_ref().filter(|open| line.indent > open.indent || line.is_blank)
            && (open.is_text || !line.is_harmless)
        {
            found.push(if open.is_text { line.bytes } else { line.value_or_all() });
            continue;
        }
        open = None;
        if line.is_credential || (in_secret && !line.is_harmless) {
            open = line
                .value
                .clone()
                .map(|value| Open { indent: line.indent, is_text: !is_blank(text, offset, &value) });
            found.push(line.value_or_all());
        }
    }
}

/// A covered key whose value goes on in deeper lines.
struct Open {
    indent: usize,
    /// The value has begun on the key's line (`|`, or text): deeper lines have no keys.
    is_text: bool,
}

fn is_blank(text: &str, offset: usize, bytes: &Range<usize>) -> bool {
    text.get(bytes.start - offset..bytes.end - offset).is_none_or(|text| text.trim().is_empty())
}

/// What a kind says that was plainly meant to be that of Secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SecretKind {
    One,
    List,
}

/// One letter longer than the longest near miss of `SecretList`.
const LONGEST_KIND: usize = 13;

impl SecretKind {
    /// What `kind` says, near misses included: somebody who misspells it has written a secret all the same.
    pub(super) fn of(kind: &str) -> Option<Self> {
        static SECRET: LazyLock<Name<'_>> = LazyLock::new(|| Name::new("Secret"));
        static LIST: LazyLock<Name<'_>> = LazyLock::new(|| Name::new("SecretList"));
        let name = Name::new(kind);
        if is_near(name, *SECRET) { Some(Self::One) } else { is_near(name, *LIST).then_some(Self::List) }
    }
}

/// Whether `kind: Secret` stands somewhere, in YAML or JSON, escaped or not.
fn mentions_secret(text: &str) -> bool {
    secrets_mentioned(text) > 0
}

/// How often `kind: Secret` or `kind: SecretList` stands in `text`.
pub(super) fn secrets_mentioned(text: &str) -> usize {
    let mentions = memmem::find_iter(text.as_bytes(), "kind").filter(|at| {
        let rest = text.get(at + "kind".len()..).unwrap_or_default();
        let value = rest.trim_start_matches(['\\', '"', '\'', ' ', '\t', ':']);
        let length = value.bytes().take(LONGEST_KIND).take_while(u8::is_ascii_alphanumeric).count();
        rest.len() > value.len() && value.get(..length).and_then(SecretKind::of).is_some()
    });
    mentions.count()
}

/// Whether a tab indents a line: readers disagree about what stands where.
pub(super) fn is_indented_with_tabs(text: &str) -> bool {
    let indentation = |line: &str| line.len() - line.trim_start().len();
    text.contains('\t')
        && text.lines().any(|line| line.get(..indentation(line)).is_some_and(|s| s.contains('\t')))
}

/// Whether it is a kubeconfig with a credential plugin, whose environment holds credentials.
pub(super) fn configures_plugin(text: &str) -> bool {
    memmem::find(text.as_bytes(), b"client.authentication.k8s.io/").is_some()
}

#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself")]
struct Line {
    /// Its bytes in the file.
    bytes: Range<usize>,
    indent: usize,
    /// The bytes after `key:`, if it has a key.
    value: Option<Range<usize>>,
    is_credential: bool,
    is_harmless: bool,
    is_blank: bool,
    /// `data:` or `stringData:`, with what belongs to it below.
    is_data: bool,
}

impl Line {
    /// What follows the key, or all of it: the line of a multi-line value.
    fn value_or_all(&self) -> Range<usize> {
        self.value.clone().unwrap_or_else(|| self.bytes.clone())
    }
}

fn lines(text: &str, offset: usize) -> impl Iterator<Item = Line> {
    let mut at = offset;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        read(line, start)
    })
}

fn read(line: &str, start: usize) -> Line {
    let (key_at, key, value) = key_and_value(line);
    let is_single = value.is_none_or(is_single);
    let is_comment = line.trim_start().starts_with('#');
    let is_structural = line.trim().trim_matches(|c: char| "{}[],|>-".contains(c)).is_empty();
    let is_data = is_credential_free_header(key, value);
    let is_known = is_harmless(key) || is_annotation(key) || is_data;
    Line {
        bytes: start..start + line.len(),
        indent: key_at,
        value: value.map(|value| start + line.len() - value.len()..start + line.len()),
        is_credential: is_of_credential(line),
        is_harmless: is_structural || is_control(line) || (is_known && is_single && !is_comment),
        is_blank: line.trim().is_empty(),
        is_data,
    }
}

/// Where the key of a line stands, the key, and what follows it; without a `:` there is no key.
fn key_and_value(line: &str) -> (usize, &str, Option<&str>) {
    let is_lead = |c: char| c.is_whitespace() || "-{[,\"'\\#&".contains(c);
    let body = line.trim_start_matches(is_lead);
    let key_at = line.len() - body.len();
    match body.split_once(':') {
        Some((key, value)) => (key_at, key.trim_end_matches(is_lead), Some(value)),
        None => (key_at, "", None),
    }
}

/// One line of JSON, or with lines in it (`\n`), holds many keys: only its end is certain.
fn is_single(value: &str) -> bool {
    !value.contains(['{', '[', ',', '\\'])
}

/// Whether the value of a line is or holds a credential.
fn is_of_credential(line: &str) -> bool {
    let (_, key, value) = key_and_value(line);
    // Without the `:` the line is its value.
    let is_lone = || line.trim_start().split([' ', '\t', '=']).next().is_some_and(is_credential);
    match value {
        Some(value) => is_credential(key) || !is_single(value) && holds_credential(value),
        None => is_lone(),
    }
}

/// Whether a line is an action of a template that gives no text: a condition, its end, a loop.
fn is_control(line: &str) -> bool {
    let inside = line.trim().strip_prefix("{{").and_then(|line| line.strip_suffix("}}"));
    let inside = inside.filter(|inside| !inside.contains("}}"));
    let word = inside.and_then(|inside| inside.trim_start_matches('-').split_whitespace().next());
    word.is_some_and(|word| ["if", "else", "end", "range", "with", "define", "block"].contains(&word))
}

/// The key of an annotation or label that Kubernetes defines.
fn is_annotation(key: &str) -> bool {
    key.split_once('/')
        .is_some_and(|(domain, _)| domain.ends_with("k8s.io") || domain.ends_with("kubernetes.io"))
}

/// `data:` and `stringData:` with nothing behind them.
fn is_credential_free_header(key: &str, value: Option<&str>) -> bool {
    DATA.iter().any(|data| key.eq_ignore_ascii_case(data))
        && value.is_some_and(|value| value.trim().is_empty())
}

/// Whether a line of JSON, or of YAML in its style, has a credential's key somewhere in it.
fn holds_credential(value: &str) -> bool {
    let is_key = |word: &str| {
        // Behind a backslash a letter may stand for the end of a line.
        is_credential(word) || word.strip_prefix(['n', 'r', 't']).is_some_and(is_credential)
    };
    value.split(['"', '\'', ',', '{', ' ', '\\', ':']).any(is_key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::mask::cover;

    fn masked(text: &str) -> String {
        let mut found = Vec::new();
        find(text, 0, &mut found);
        cover(text, &found)
    }

    #[test]
    fn a_broken_secret_keeps_only_what_is_known_to_be_harmless() {
        let text = "kind: Secret\nmetadata:\n\tname: web\ndata:\n  a: hunter2\n  b: |\n    name: hunter2\n\n  kubernetes.io/x: hunter2\n  type: hunter2\ntype: Opaque\n";
        let shown = "kind: Secret\nmetadata:\n\tname: web\ndata:\n  a: *******\n  b: *\n    ***** *******\n\n  kubernetes.io/x: *******\n  type: *******\ntype: Opaque\n";
        assert_eq!(masked(text), shown);
    }

    #[test]
    fn conditions_of_templates_are_shown_and_what_gives_text_is_not() {
        for (line, is_shown) in [
            ("{{- if semverCompare \">=1.24\" .Capabilities.KubeVersion.Version }}", true),
            ("  {{- else if eq .Values.a \"b\" -}}", true),
            ("{{ end }}", true),
            ("{{ default \"hunter2\" .Values.a }}", false),
            ("{{ if .Values.a }}hunter2{{ end }}", false),
            ("{{ iffy \"hunter2\" }}", false),
        ] {
            let text = format!("kind: Secret\n{line}\n");
            assert_eq!(masked(&text) == text, is_shown, "{line}: {}", masked(&text));
        }
    }

    #[test]
    fn one_line_of_json_keeps_its_first_key_at_most() {
        let text = r#"{"apiVersion":"v1","kind":"Secret","data":{"a":"hunter2"}"#;
        assert!(!masked(text).contains("hunter2"));
    }

    #[test]
    fn flow_style_keeps_its_first_key_at_most() {
        assert!(!masked("users:\n- {name: a, user: {token: hunter2}}\n").contains("hunter2"));
    }

    #[test]
    fn no_form_of_a_secret_is_shown() {
        for text in [
            // Misspelled, whole or not.
            "apiVersion: v1\nstringData:\n  pw: hunter2\nkind: secret\n",
            "apiVersion: v1\nkind: Secrets\ndata: {pw: hunter2}\n",
            "apiVersion: v1\nkind: Sercet\ndata:\n\tpw: hunter2\n",
            "apiVersion: v1\nkind: Secretlist\nitems:\n- stringData: {pw: hunter2}\n",
            "cat <<EOF\nkind: secret\nstringData:\n  pw: hunter2\nEOF\n",
            // Without its colon.
            "users:\n- user:\n    password hunter2\n    a: b\n",
            // In a kustomization that cannot be read.
            "secretGenerator:\n- literals:\n  - db=hunter2\n\t- a=b\n",
            // In a string of lines, beside what cannot be read.
            "data:\n  a: \"users:\\n- user:\\n    password: hunter2\\n\"\n\tb: c\n",
            "- \"kind: Secret\\nstringData:\\n  pw: hunter2\\n\"\n\t- a\n",
            // What a plugin is given.
            "data:\n  a: '{\"exec\":{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"env\":[{\"value\":\"hunter2\"}]}}'\n",
            // In the values of a chart.
            "kind: HelmRelease\nspec:\n  values:\n    auth:\n      rootPassword: hunter2\n",
            // In a comment, and the kind where no search sees it.
            "# - kind: Secret\n#   stringData:\n#     a: hunter2\napiVersion: v1\nkind: &k Secret\n",
            "# - kind: Secret\n#   stringData:\n#     a: hunter2\napiVersion: v1\nkind:\n  Secret\n",
        ] {
            let masked = crate::report::masked(text);
            assert!(!masked.contains("hunter2"), "{text}{masked}");
        }
    }

    #[test]
    fn kinds_that_only_sound_alike_are_no_secrets() {
        for kind in ["Service", "SecretStore", "SealedSecret", "ServiceAccount", "Role", ""] {
            assert_eq!(SecretKind::of(kind), None, "{kind}");
        }
    }

    #[test]
    fn credentials_go_everywhere() {
        let text = "users:\n- name: dev\n  user:\n    token: hunter2\n    client-key-data: >\n      aHVudGVy\n      Mg==\n    tokenFile: /a\n";
        let shown = "users:\n- name: dev\n  user:\n    token: *******\n    client-key-data: *\n      ********\n      ****\n    tokenFile: /a\n";
        assert_eq!(masked(text), shown);
    }
}
