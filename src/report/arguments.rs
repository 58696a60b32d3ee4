//! Credentials on command lines: what follows `--token` or `-p`, stands behind `PASSWORD=`, or before the `@` of an
//! address; and what is assigned to any variable, if it looks drawn by a machine. Whole words are covered; those that a variable or a template fills in are shown.

use std::cell::LazyCell;
use std::ops::Range;

use super::merged::merged;
use super::random::is_random_value;

/// What the name of a variable or an option has that holds a credential.
const WORDS: [&str; 7] = ["token", "passw", "secret", "apikey", "api_key", "api-key", "credential"];
/// How the name of something ends that only tells where a credential is.
const HARMLESS_ENDS: [&str; 9] =
    ["name", "ref", "file", "path", "dir", "type", "namespace", "duration", "ttl"];
/// Options whose next word is a credential.
const OPTIONS: [&str; 5] = ["--token", "--password", "--passwd", "--client-secret", "--access-token"];
/// The same on lines that log in or fetch something.
const SHORT_OPTIONS: [&str; 3] = ["-p", "-u", "--user"];
const LOGINS: [&str; 4] = ["login", "curl", "wget", "set-credentials"];
/// What a Secret is made of, `--from-literal=key=value`; a ConfigMap, too, but its line need not say which it is.
const LITERAL: &str = "--from-literal";
/// How OpenShift's tokens begin.
const OPENSHIFT: &str = "sha256~";

/// The bytes of all credentials in the lines of `text`, in order; they may overlap.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut done = 0;
    for mark in marks(text.as_bytes()) {
        if mark < done {
            continue;
        }
        let (before, after) = text.as_bytes().split_at(mark);
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        done = memchr::memchr(b'\n', after).map_or(text.len(), |at| mark + at + 1);
        in_line(text.get(start..done).unwrap_or_default(), start, &mut found);
    }
    found
}

/// Bytes without one of which a line has no credential, in order: those of assignments and addresses, and the first of
/// every option that may be one of ours.
fn marks(text: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let is_end = |at: usize| text.get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
    let is_option = move |at: &usize| match text.get(at + 1) {
        Some(b'-') => true,
        Some(b'p' | b'u') => is_end(at + 2),
        _ => false,
    };
    let signs = memchr::memchr3_iter(b'=', b'~', b'@', text);
    merged(signs, memchr::memchr_iter(b'-', text).filter(is_option))
}

fn in_line(line: &str, start: usize, found: &mut Vec<Range<usize>>) {
    let logs_in = LazyCell::new(|| LOGINS.iter().any(|word| line.contains(word)));
    let (mut is_next, mut is_pair) = (false, false);
    let mut at = 0;
    for word in line.split_inclusive([' ', '\t', '\n', '\r']) {
        let bytes = start + at..start + at + word.trim_end().len();
        at += word.len();
        let word = word.trim_end();
        if word.is_empty() {
            continue;
        }
        if std::mem::take(&mut is_next) && is_literal(word) && !word.starts_with('-') {
            found.push(bytes.clone());
        }
        if std::mem::take(&mut is_pair) {
            found.extend(value_of_pair(word).map(|length| bytes.end - length..bytes.end));
        }
        if word.contains('-') {
            let option = word.trim_matches(['"', '\'', '[', ',', '`']);
            is_next = OPTIONS.contains(&option) || SHORT_OPTIONS.contains(&option) && *logs_in;
            is_pair = option == LITERAL;
        }
        if memchr::memchr3(b'=', b'~', b'@', word.as_bytes()).is_some() {
            found.extend(in_word(word).map(|part| bytes.start + part.start..bytes.start + part.end));
        }
    }
}

/// The credential in a word.
fn in_word(word: &str) -> Option<Range<usize>> {
    if let Some(at) = word.find(OPENSHIFT) {
        return Some(at..word.len());
    }
    if let Some((before, rest)) = word.split_once("://")
        && let Some((login, _)) = rest.split_once('@')
        && let Some(colon) = login.find(':')
    {
        let from = before.len() + "://".len();
        let password = login.get(colon + 1..).unwrap_or_default();
        return is_literal(password).then(|| from + colon + 1..from + login.len());
    }
    if let Some((_, pair)) = word.split_once(LITERAL)
        && let Some(pair) = pair.strip_prefix('=')
    {
        return value_of_pair(pair).map(|length| word.len() - length..word.len());
    }
    let value = word.match_indices('=').find(|(at, _)| holds_credential(word.get(..*at).unwrap_or_default()));
    let Some(from) = value.map(|(at, _)| at + 1) else { return assigned(word) };
    let value = word.get(from..).unwrap_or_default();
    (!value.is_empty() && !value.starts_with('=') && is_literal(value)).then_some(from..word.len())
}

/// How long the value of `key=value` is, if it stands for itself.
fn value_of_pair(pair: &str) -> Option<usize> {
    pair.split_once('=').map(|(_, value)| value).filter(|value| is_literal(value)).map(str::len)
}

/// What is assigned to a variable of any name (`X=`), if it may be a secret.
fn assigned(word: &str) -> Option<Range<usize>> {
    let (name, value) = word.split_once('=')?;
    let name = name.trim_start_matches(['"', '\'', '-', '`', '[', '(', '{', '$']);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_name && is_literal(value) && is_random_value(value)).then(|| word.len() - value.len()..word.len())
}

/// Whether what is assigned to `name` (with what stands before it in its word) is a credential.
fn holds_credential(name: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name = name.rsplit(|c| !is_name(c)).next().unwrap_or_default().to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word)) && !HARMLESS_ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether a word stands for itself: no variable, substitution, template or placeholder.
fn is_literal(word: &str) -> bool {
    let bare = word.trim_start_matches(['"', '\'', '\\', '`']);
    !bare.is_empty() && !bare.starts_with(['$', '<', '(', '{', '|', '>']) && !bare.starts_with("@@")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::mask::cover;

    #[test]
    fn credentials_on_command_lines_are_covered() {
        for (line, shown) in [
            (
                "kubectl config set-credentials ci --token=Zq81",
                "kubectl config set-credentials ci --token=****",
            ),
            ("oc login --token sha256~abc", "oc login --token **********"),
            ("docker login -p kV7pQ reg.acme.io", "docker login -p ***** reg.acme.io"),
            ("curl -u a:X https://u:hunter2@a.io", "curl -u *** https://u:*******@a.io"),
            ("--from-literal=token=abc", "--from-literal=token=***"),
            ("--from-literal=a=b --from-literal 'c=d'", "--from-literal=a=* --from-literal 'c=**"),
            ("--from-literal=a=\"$B\" --from-literal=c", "--from-literal=a=\"$B\" --from-literal=c"),
            ("export DB_PASSWORD='a b'", "export DB_PASSWORD=** b'"),
            ("args: [\"--token\", \"abc\"]", "args: [\"--token\", ******"),
            ("X=s3cr3tvalue Y='a1b2c3d4e5'", "X=*********** Y=************"),
            ("NS=team-a1 CLUSTER=prod-eu-west-1", "NS=team-a1 CLUSTER=prod-eu-west-1"),
            ("TOKEN=$(kubectl create token a) # now", "TOKEN=$(kubectl create token a) # now"),
            ("curl -u \"$USER:$PASS\" --token <TOKEN>", "curl -u \"$USER:$PASS\" --token <TOKEN>"),
            ("mkdir -p build", "mkdir -p build"),
            ("--tls-secret-name=web --token-file=/a", "--tls-secret-name=web --token-file=/a"),
            ("select(.type==\"kubernetes.io/token\")", "select(.type==\"kubernetes.io/token\")"),
        ] {
            assert_eq!(cover(line, &find(line)), shown);
        }
    }

    /// Words, options and signs, among them those that [`marks`] must not miss.
    fn lines() -> impl Strategy<Value = String> {
        let pieces = vec![
            "--token",
            "-p",
            "-u",
            "--user",
            "--password",
            "login",
            "curl",
            "a",
            "Zq81x9",
            "=",
            "~",
            "@",
            "://",
            ":",
            "sha256~",
            "TOKEN",
            "\"",
            "'",
            "[",
            ",",
            "`",
            "-",
            " ",
            "\t",
            "\n",
            "\r\n",
            "\u{a0}",
            "é",
        ];
        prop::collection::vec(prop::sample::select(pieces), 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_line_with_a_credential_is_left_out(text in lines()) {
            let (mut all, mut at) = (Vec::new(), 0);
            for line in text.split_inclusive('\n') {
                in_line(line, at, &mut all);
                at += line.len();
            }
            prop_assert_eq!(find(&text), all);
        }
    }
}
