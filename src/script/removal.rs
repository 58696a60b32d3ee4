//! Commands whose output is only deleted: somebody tidies up what Kubernetes made before 1.24.

use super::command::Command;

/// A loop's body, or what is done with a variable, is looked for so many lines below.
const LINES: usize = 20;

/// In so many bytes, too: some lines hold a whole file.
const BYTES: usize = 2000;

/// Whether the Secrets that a command finds are deleted, and nothing in them is read: on its line, in the loop that begins
/// there, or where the variable is used that holds them.
pub(super) fn is_only_removed(command: &Command<'_>, text: &str) -> bool {
    // `kubectl delete secret $(…)`; what stands before a `;` is another command.
    let outer = command.before().rsplit([';', '&', '\n']).next().unwrap_or_default();
    let after = command.after();
    if deletes(outer) {
        return true;
    }
    let below = below(command, text);
    if opens_loop(outer) || after.contains("while read") {
        return is_removal([after].into_iter().chain(body(below)));
    }
    match command.assigned_to() {
        None => is_removal([after].into_iter()),
        Some(variable) => is_variable_removed(variable, below),
    }
}

/// The lines below the one of a command, near to it.
fn below<'t>(command: &Command<'t>, text: &'t str) -> &'t str {
    let start = command.line().end;
    let end = text.ceil_char_boundary(start.saturating_add(BYTES));
    text.get(start..end).unwrap_or_default()
}

/// The lines of a loop, up to its end.
fn body(below: &str) -> impl Iterator<Item = &str> {
    below.lines().take(LINES).take_while(|line| !line.trim_start().starts_with("done"))
}

/// `for X in …`
fn opens_loop(text: &str) -> bool {
    text.trim_start_matches([' ', '\t', '-', '@']).starts_with("for ") && text.contains(" in ")
}

/// Whether what a variable holds is deleted, or gone through in a loop that deletes it.
fn is_variable_removed(variable: &str, below: &str) -> bool {
    let uses: Vec<_> =
        below.lines().enumerate().take(LINES).filter(|(_, line)| mentions(line, variable)).collect();
    let looped = uses.iter().filter(|(_, line)| opens_loop(line));
    let bodies = looped.flat_map(|(at, _)| body_from(below, at + 1));
    is_removal(uses.iter().map(|(_, line)| *line).chain(bodies))
}

fn body_from(below: &str, first: usize) -> impl Iterator<Item = &str> {
    let lines = below.lines().skip(first).take(LINES);
    lines.take_while(|line| !line.trim_start().starts_with("done"))
}

fn mentions(line: &str, variable: &str) -> bool {
    let names = line.split('$').skip(1).map(|rest| rest.trim_start_matches(['{', '(', '#', '!']));
    let is_end = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    names.filter_map(|rest| rest.strip_prefix(variable)).any(is_end)
}

/// Whether some of the lines delete Secrets, and none reads one.
fn is_removal<'t>(lines: impl Iterator<Item = &'t str>) -> bool {
    const READS: [&str; 4] = ["get secret", "describe secret", ".data", "token="];
    let mut is_deleted = false;
    for line in lines {
        if READS.iter().any(|read| line.contains(read)) {
            return false;
        }
        is_deleted |= deletes(line);
    }
    is_deleted
}

/// `delete secret`, with flags between: `delete -n x secrets`.
fn deletes(text: &str) -> bool {
    text.split("delete ").skip(1).any(|rest| {
        let words = rest.split([';', '|', '&', '\n']).next().unwrap_or_default();
        words.split_ascii_whitespace().take(4).any(|word| {
            let kind = word.trim_matches(['"', '\'']).split('/').next().unwrap_or_default();
            ["secret", "secrets"].contains(&kind)
        })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use crate::script::command;
    use crate::script::lines::{Needles, needles};
    use crate::script::variables::Variables;

    #[test]
    fn what_is_found_is_only_deleted() {
        const FOUND: &str = "$(kubectl get sa a -o jsonpath='{.secrets[*].name}')";
        for (text, expected) in [
            (format!("kubectl delete secret {FOUND}\n"), true),
            (format!("kubectl delete -n x secrets {FOUND}\n"), true),
            (format!("for s in {FOUND}; do kubectl delete secret $s; done\n"), true),
            (format!("for s in {FOUND}\ndo\n  kubectl -n x delete \"secret/$s\"\ndone\nkubectl get secret x\n"), true),
            (format!("OLD={FOUND}\necho $OLD\nkubectl delete secret ${{OLD}}\n"), true),
            (format!("OLD={FOUND}\nfor s in $OLD; do\n  kubectl delete secret $s\ndone\n"), true),
            ("kubectl get sa a -o jsonpath='{.secrets[*].name}' | xargs kubectl delete secret\n".to_owned(), true),
            ("kubectl get sa a -o jsonpath='{.secrets[*].name}' | while read s; do\n  kubectl delete secret $s\ndone\n".to_owned(), true),
            (format!("for s in {FOUND}; do\n  kubectl get secret $s -o yaml\n  kubectl delete secret $s\ndone\n"), false),
            (format!("for s in {FOUND}; do\n  echo $s\ndone\nkubectl delete secret x\n"), false),
            (format!("OLD={FOUND}\nkubectl get secret $OLD\nkubectl delete secret $OLD\n"), false),
            (format!("OLD={FOUND}\nkubectl delete secret $OLDER\n"), false),
            (format!("kubectl delete secret x; kubectl get secret {FOUND}\n"), false),
            (format!("kubectl delete pod {FOUND}\n"), false),
        ] {
            let secrets: Needles = LazyLock::new(|| needles(&[".secrets"]));
            let commands = command::all(&text, &secrets, &Variables::of(&text));
            let found = commands.iter().find(|command| command.word(0) == "get");
            assert_eq!(super::is_only_removed(found.unwrap(), &text), expected, "{text}");
        }
    }
}
