//! `kubectl create …`, `oc create …` and `eksctl create iamserviceaccount …`, wherever they stand on a line.
//!
//! Commands that are spread over lines without a backslash (folded YAML, lists with one argument a line) are not seen.

use memchr::{memchr, memmem, memrchr};

use super::arguments::{Arguments, is_eksctl, is_filled_in, is_tool};
use super::words::{Value, Words};
use super::{CreatedKind, Found};

/// Adds what the commands of `text` create.
pub(super) fn find<'t>(text: &'t str, found: &mut Found<'t>) {
    let mut done = 0;
    for at in memmem::find_iter(text.as_bytes(), "create") {
        if at < done || !may_be_verb(text, at) {
            continue;
        }
        let end = line_end(text, at);
        let line = text.get(..end).unwrap_or_default();
        read_line(Words::new(line, line_start(text, done, at)), found);
        done = end;
    }
}

/// Whether the `create` at `at` is a word, and what follows may be a flag, a variable or one of the kinds looked for.
/// This spares prose ("created", "create a new") a closer look.
fn may_be_verb(text: &str, at: usize) -> bool {
    const FOLLOWERS: [&str; 11] = [
        "sa",
        "serviceaccount",
        "secret",
        "role",
        "clusterrole",
        "iamserviceaccount",
        "-",
        "$",
        "{",
        "\\",
        "`",
    ];
    let rest = text.get(at + "create".len()..).unwrap_or_default();
    let next = rest.trim_start_matches([' ', '\t', '"', '\'', ',']);
    let is_word = next.len() < rest.len() || rest.starts_with('\\');
    is_word && FOLLOWERS.iter().any(|follower| next.starts_with(follower))
}

fn read_line<'t>(mut words: Words<'t>, found: &mut Found<'t>) {
    while let Some(tool) = words.plain() {
        if !is_tool(tool) {
            continue;
        }
        words.skip_closers();
        let Some(arguments) = Arguments::of_create(&mut words) else { continue };
        let created = if is_eksctl(tool) { by_eksctl(&arguments) } else { by_kubectl(&arguments) };
        if let Some((kind, name)) = created {
            found.add(kind, name, arguments.namespace);
        }
    }
}

/// `kubectl create` knows these kinds and names (`kubectl/pkg/cmd/create`).
fn by_kubectl<'t>(arguments: &Arguments<'t>) -> Option<(CreatedKind, Value<'t>)> {
    let mut words = arguments.words.iter();
    let kind = match words.next()?.text {
        "serviceaccount" | "serviceaccounts" | "sa" => CreatedKind::ServiceAccount,
        "role" => CreatedKind::Role,
        "clusterrole" => CreatedKind::ClusterRole,
        "secret" if matches!(words.next()?.text, "generic" | "tls" | "docker-registry") => {
            CreatedKind::Secret
        }
        _ => return None,
    };
    let names = words.as_slice();
    let mut literals = names.iter().filter(|name| !is_filled_in(name.text));
    // kubectl takes exactly one name: more words are prose. Variables beside it may hold flags.
    let name = literals.next().or(names.first())?;
    (literals.next().is_none() && arguments.count == arguments.words.len()).then_some((kind, *name))
}

/// `eksctl create iamserviceaccount --name NAME`.
fn by_eksctl<'t>(arguments: &Arguments<'t>) -> Option<(CreatedKind, Value<'t>)> {
    let is_account = arguments.words.first()?.text == "iamserviceaccount" && !arguments.role_only;
    is_account.then_some((CreatedKind::ServiceAccount, arguments.name?))
}

/// The start of the line that holds `at` and of those it continues, not before `done`.
fn line_start(text: &str, done: usize, at: usize) -> usize {
    let mut start = at;
    loop {
        let before = text.as_bytes().get(done..start).unwrap_or_default();
        let Some(newline) = memrchr(b'\n', before) else { return done };
        if !is_continued(before.get(..newline).unwrap_or_default()) {
            return done + newline + 1;
        }
        start = done + newline;
    }
}

/// The end of the line that holds `at` and of those that continue it, without the last newline.
fn line_end(text: &str, at: usize) -> usize {
    let mut end = at;
    while let Some(newline) = memchr(b'\n', text.as_bytes().get(end..).unwrap_or_default()) {
        let newline = end + newline;
        if !is_continued(text.as_bytes().get(at..newline).unwrap_or_default()) {
            return newline;
        }
        end = newline + 1;
    }
    text.len()
}

/// Whether the line goes on behind its end: a backslash, or the backtick of PowerShell, which a blank comes before (the
/// one of Markdown follows a word).
fn is_continued(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.ends_with(b"\\") || line.ends_with(b" `")
}
