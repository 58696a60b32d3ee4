//! Commands that nobody runs: those that a script prints for people, and those that are only searched for or named.

use std::ops::Range;

use memchr::memchr3_iter;

use super::Script;
use super::language::Language;
use super::shell::{Output, Shell, is_to_terminal};

/// What comes of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Somebody runs it: the script, or who reads the documentation.
    Run,
    /// The script prints it, for somebody to run.
    Shown,
    /// It is a pattern, a name, a description: nobody runs it.
    Mentioned,
}

/// A place farther away from the start of its line does not belong to what stands there; bytes.
const FAR: usize = 4096;

/// Parts of the names of commands that print what they are given.
const PRINTERS: [&str; 24] = [
    "echo", "printf", "print", "println", "puts", "log", "info", "warn", "warning", "error", "err", "die",
    "fatal", "fail", "debug", "notice", "note", "success", "msg", "message", "usage", "say", "abort", "hint",
];

/// Parts of the names of commands that run what they print.
const RUNNERS: [&str; 8] = ["run", "exec", "eval", "do", "retry", "try", "execute", "call"];

/// Commands to which others are texts: patterns, messages.
const READERS: [&str; 13] =
    ["grep", "egrep", "fgrep", "rg", "ag", "sed", "awk", "gawk", "git", "[", "[[", "test", "assert_output"];

/// Keys of YAML, and arguments of Terraform, whose value is a title.
const TITLES: [&str; 10] = [
    "name",
    "description",
    "title",
    "summary",
    "desc",
    "displayName",
    "help",
    "error_message",
    "label",
    "comment",
];

/// Keys of YAML whose value somebody gets to see.
const MESSAGES: [&str; 5] = ["msg", "fail_msg", "success_msg", "message", "text"];

/// What comes of the command at a place.
pub(super) fn at(script: &Script<'_>, at: usize) -> Use {
    let text = script.text.as_str();
    if script.language.is_documentation() {
        return Use::Run;
    }
    if matches!(script.language, Language::Yaml | Language::Terraform) {
        let key = key_in_flow(text, at).unwrap_or_else(|| key_above(text, at));
        if TITLES.contains(&key) {
            return Use::Mentioned;
        }
        if MESSAGES.contains(&key) || is_prose_of_variable(text, at) {
            return Use::Shown;
        }
    }
    match heredoc_around(script, at) {
        Some(body) => in_heredoc(script, &body, at),
        None => in_statement(text, script.statement(at).start, at),
    }
}

fn in_statement(text: &str, start: usize, at: usize) -> Use {
    if at - start > FAR {
        return Use::Run;
    }
    let mut shell = Shell::new(text, start);
    shell.read_to(at);
    let command = shell.command();
    let limit = at.saturating_add(FAR).min(text.len());
    if READERS.contains(&command) {
        Use::Mentioned
    } else if prints(command) && shell.output(limit) == Output::Person {
        Use::Shown
    } else {
        Use::Run
    }
}

/// Whether a command prints its arguments, by its name: `log_info`, `console.log`, `Write-Host`.
fn prints(command: &str) -> bool {
    let parts = || command.split(['_', '-', ':', '.', '/']).map(str::to_ascii_lowercase);
    let is_one_of = |known: &[&str]| parts().any(|part| known.contains(&part.as_str()));
    let is_power_shell = command.starts_with("Write-");
    (is_power_shell || is_one_of(&PRINTERS)) && !is_one_of(&RUNNERS)
}

fn heredoc_around(script: &Script<'_>, at: usize) -> Option<Range<usize>> {
    let bodies = script.heredocs();
    let next = bodies.partition_point(|body| body.start <= at);
    let body = bodies.get(next.checked_sub(1)?)?;
    (at < body.end).then(|| body.clone())
}

/// A command in a here-document is shown if `cat` or the like prints that and nothing else reads it.
fn in_heredoc(script: &Script<'_>, body: &Range<usize>, at: usize) -> Use {
    let text = script.text.as_str();
    let opener = text.get(..body.start).unwrap_or_default().trim_end_matches('\n');
    let start = script.statement(opener.len()).start;
    let line = opener.get(start..).unwrap_or_default();
    let Some(mark) = Some(line).filter(|line| line.len() < FAR).and_then(|line| line.find("<<")) else {
        return Use::Run;
    };
    let mut shell = Shell::new(text, start);
    shell.read_to(start + mark);
    let is_read = line.contains('|')
        || line.match_indices('>').any(|(at, _)| !is_to_terminal(line.get(at..).unwrap_or_default()));
    let prints = shell.command() == "cat" || prints(shell.command());
    if !prints || shell.is_substituted() || is_read || is_substituted_in(script, line, at) {
        Use::Run
    } else {
        Use::Shown
    }
}

/// Whether the shell runs the command at a place of a here-document that `opener` begins.
fn is_substituted_in(script: &Script<'_>, opener: &str, at: usize) -> bool {
    let is_literal = opener
        .split_once("<<")
        .is_some_and(|(_, word)| word.trim_start_matches(['-', '~', ' ']).starts_with(['\'', '"', '\\']));
    let start = script.line_start(at);
    let mut shell = Shell::in_heredoc(script.text.as_str(), start);
    if !is_literal && at - start <= FAR {
        shell.read_to(at);
    }
    shell.is_substituted()
}

/// The key whose value a place lies in: on its line, or on the one that begins the block scalar around it.
fn key_above(text: &str, at: usize) -> &str {
    let before = text.get(text.floor_char_boundary(at.saturating_sub(FAR))..at).unwrap_or_default();
    let mut lines = before.rsplit('\n');
    let own = lines.next().unwrap_or_default();
    if let Some(key) = key_of(own) {
        return key;
    }
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut column = indent(own);
    // A title may go on in lines below its own, with no other key and no item of a list between.
    let mut may_go_on = !own.trim_start().starts_with('-');
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let outer = indent(line);
        if outer < column {
            let is_block = line.trim_end().ends_with(['|', '>', '-', '+']) && line.contains([':', '|', '>']);
            let key = key_of(line);
            if let Some(key) = key.filter(|key| is_block || may_go_on && TITLES.contains(key)) {
                return key;
            }
            may_go_on &= key.is_none() && !line.trim_start().starts_with('-');
            column = outer;
        }
        if column == 0 {
            break;
        }
    }
    ""
}

/// The key of the string in double quotes around a place, in JSON or a flow mapping: `{"description": "…"}`. Only titles
/// and messages.
fn key_in_flow(text: &str, at: usize) -> Option<&str> {
    let line = text.get(text.floor_char_boundary(at.saturating_sub(FAR))..at)?.rsplit('\n').next()?;
    let (mut string, mut last) = (None, "");
    let mut key = None;
    let mut escaped = None;
    for at in memchr3_iter(b'\\', b'"', b':', line.as_bytes()) {
        match (string, line.as_bytes().get(at)) {
            _ if escaped == Some(at) => {}
            (_, Some(b'\\')) => escaped = Some(at + 1),
            (Some(start), Some(b'"')) => (string, last) = (None, line.get(start..at).unwrap_or_default()),
            (None, Some(b'"')) => {
                (string, key) = (Some(at + 1), key.filter(|_| line.get(..at).is_some_and(is_value)));
            }
            (None, Some(b':')) => key = Some(last),
            _ => {}
        }
    }
    key.filter(|key| string.is_some() && (TITLES.contains(key) || MESSAGES.contains(key)))
}

fn is_value(before: &str) -> bool {
    before.trim_end().ends_with(':')
}

/// Whether a place lies in prose that is the value of a variable of a pipeline: `variables: {HELP: "use kubectl …"}`. A
/// value that is a whole command is one.
fn is_prose_of_variable(text: &str, at: usize) -> bool {
    const SECTIONS: [&str; 2] = ["variables", "env"];
    /// What shows that a command comes.
    const CODE: [&str; 7] = ["$(", "`", "&&", "||", ";", "|", "sudo"];
    let before = text.get(text.floor_char_boundary(at.saturating_sub(FAR))..at).unwrap_or_default();
    let (above, own) = before.rsplit_once('\n').unwrap_or(("", before));
    let is_prose = |value: &str| {
        let value = value.trim_start_matches([' ', '"', '\'']);
        !value.is_empty()
            && !CODE.iter().any(|mark| value.contains(mark))
            && !value.ends_with(['"', '\'', '='])
    };
    let flow = own.rsplit_once('{').filter(|(head, _)| SECTIONS.contains(&key_of(head).unwrap_or_default()));
    if let Some((_, entries)) = flow {
        return entries.rsplit_once(": ").is_some_and(|(_, value)| is_prose(value));
    }
    if key_of(own).is_none() || !own.split_once(": ").is_some_and(|(_, value)| is_prose(value)) {
        return false;
    }
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_outer = |line: &&str| {
        let is_item = line.trim_start().starts_with('-');
        !line.trim().is_empty()
            && !is_item
            && (indent(line) < indent(own) || own.trim_start().starts_with('-'))
    };
    above.rsplit('\n').find(is_outer).and_then(key_of).is_some_and(|key| SECTIONS.contains(&key))
}

/// The key that a line begins with, of YAML or Terraform.
fn key_of(line: &str) -> Option<&str> {
    let line = line.trim_start_matches([' ', '\t', '-', '"', '\'']);
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')?;
    let (key, rest) = line.split_at_checked(end)?;
    let rest = rest.trim_start_matches(['"', '\'']);
    let is_key = rest.starts_with(": ") || rest.trim_end() == ":" || rest.starts_with(" =") || rest == ":\n";
    (is_key && !key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::FileId;
    use crate::yaml::Text;

    fn used(path: &str, file: &str) -> Use {
        let text = Text::slice(file, 0);
        let script = Script::new(FileId(0), path, &text);
        at(&script, file.find("kubectl").unwrap())
    }

    #[test]
    fn what_comes_of_commands() {
        for (path, file, expected) in [
            ("a.sh", "kubectl get sa", Use::Run),
            ("a.sh", "echo 'run: kubectl get sa'", Use::Shown),
            ("a.sh", "log_info \"a\n kubectl get sa\n\"\n", Use::Shown),
            ("a.sh", "run_or_die 'kubectl get sa'", Use::Run),
            ("a.sh", "bash -c \"kubectl get sa\"", Use::Run),
            ("a.sh", "echo \"kubectl get sa\" >> run.sh", Use::Run),
            ("a.sh", "grep -r 'kubectl get sa' .", Use::Mentioned),
            ("a.sh", "if [[ \"$x\" == *'kubectl get sa'* ]]; then", Use::Mentioned),
            ("a.sh", "if [ -n \"$(kubectl get sa)\" ]; then", Use::Run),
            ("a.sh", "cat <<EOF\nkubectl get sa\nEOF\n", Use::Shown),
            ("a.sh", "usage() {\n  cat >&2 <<-'EOF'\n$(kubectl get sa)\nEOF\n}\n", Use::Shown),
            ("a.sh", "cat <<EOF\n$(kubectl get sa)\nEOF\n", Use::Run),
            ("a.sh", "cat <<EOF\n\\$(kubectl get sa)\nEOF\n", Use::Shown),
            ("a.sh", "cat <<EOF > a\nkubectl get sa\nEOF\n", Use::Run),
            ("a.sh", "cat > a <<EOF\nkubectl get sa\nEOF\n", Use::Run),
            ("a.sh", "cat <<EOF | sh\nkubectl get sa\nEOF\n", Use::Run),
            ("a.sh", "x=$(cat <<EOF\nkubectl get sa\nEOF\n)\n", Use::Run),
            ("a.sh", "bash <<EOF\nkubectl get sa\nEOF\n", Use::Run),
            ("Makefile", "a:\n\t@echo kubectl get sa\n", Use::Shown),
            ("Jenkinsfile", "println(\"kubectl get sa\")", Use::Shown),
            ("a.ps1", "Write-Host \"kubectl get sa\"", Use::Shown),
            ("a.yml", "- name: kubectl get sa\n", Use::Mentioned),
            ("a.yml", "description: >-\n  a\n  kubectl get sa\n", Use::Mentioned),
            ("a.yml", "- name: x\n  run: |\n    kubectl get sa\n", Use::Run),
            ("a.yml", "- run: |\n    set -e\n    echo \"kubectl get sa\"\n", Use::Shown),
            ("a.yml", "  msg: run kubectl get sa\n", Use::Shown),
            ("a.yml", "variables:\n  HELP: \"use kubectl get sa\"\n", Use::Shown),
            ("a.yml", "variables: {HELP: \"use kubectl get sa\"}\n", Use::Shown),
            ("a.yml", "env:\n- name: HELP\n  value: use kubectl get sa\n", Use::Shown),
            ("a.yml", "variables:\n  GET: kubectl get sa\n", Use::Run),
            ("a.yml", "variables:\n  GET: \"set -e; kubectl get sa\"\n", Use::Run),
            ("a.yml", "steps:\n  run: time kubectl get sa\n", Use::Run),
            ("a.yml", "description: a\n  b kubectl get sa\n", Use::Mentioned),
            ("a.yml", "- name: a\n  args:\n    - |\n      kubectl get sa\n", Use::Run),
            ("a.json", "{\"a\": {\"description\": \"Run \\\"kubectl get sa\"}}", Use::Mentioned),
            ("a.json", "{\"description\": \"a\", \"run\": \"kubectl get sa\"}", Use::Run),
            ("a.tf", "description = \"kubectl get sa\"\n", Use::Mentioned),
            ("a.tf", "command = \"kubectl get sa\"\n", Use::Run),
            ("a.md", "```\necho 'kubectl get sa'\n```\n", Use::Run),
        ] {
            assert_eq!(used(path, file), expected, "{file}");
        }
    }
}
