//! What stands behind `kubectl`, `oc` or `eksctl`: sub-commands, names and flags.

use memchr::memchr2;

use super::words::{Token, Value, Words};

/// Flags of kubectl and eksctl that stand alone; all others take the next word as their value.
const SWITCHES: [&str; 34] = [
    "--all",
    "--all-namespaces",
    "--allow-missing-template-keys",
    "--append-hash",
    "--approve",
    "--disable-compression",
    "--dry-run",
    "--edit",
    "--force",
    "--force-conflicts",
    "--help",
    "--ignore-not-found",
    "--insecure-skip-tls-verify",
    "--insecure-skip-tls-verify-backend",
    "--local",
    "--match-server-version",
    "--no-headers",
    "--overwrite",
    "--override-existing-serviceaccounts",
    "--prune",
    "--recursive",
    "--role-only",
    "--save-config",
    "--server-side",
    "--show-labels",
    "--show-managed-fields",
    "--validate",
    "--warnings-as-errors",
    "--watch",
    "--windows-line-endings",
    "-A",
    "-R",
    "-h",
    "-w",
];

/// Sub-commands whose arguments are of interest; behind others the rest of the line is left alone.
const VERBS: [&str; 12] = [
    "adm",
    "annotate",
    "apply",
    "create",
    "delete",
    "describe",
    "get",
    "label",
    "policy",
    "sa",
    "serviceaccount",
    "serviceaccounts",
];

/// The longest that is looked for is `create secret generic NAME`, the name perhaps behind variables.
const MAX_WORDS: usize = 9;

/// So many flags are remembered.
const MAX_FLAGS: usize = 40;

/// The arguments of one command.
#[derive(Debug, Default)]
pub(super) struct Arguments<'t> {
    /// Sub-commands and names, from the verb on. Further ones than [`MAX_WORDS`] only count.
    pub(super) words: Vec<Value<'t>>,
    /// How many there are.
    pub(super) count: usize,
    /// Flags and their values, as they are written.
    pub(super) flags: Vec<(&'t str, Option<Value<'t>>)>,
    /// Where the command ends.
    pub(super) end: usize,
}

impl<'t> Arguments<'t> {
    /// The arguments of a command up to its end. None if the command is none of [`VERBS`]: then the words behind the one
    /// that shows it are left.
    pub(super) fn read(words: &mut Words<'t>) -> Option<Self> {
        let mut arguments = Self::default();
        // A flag that may take the next word.
        let mut is_open = false;
        loop {
            arguments.end = words.at();
            match words.token() {
                Token::End => return (arguments.count > 0).then_some(arguments),
                Token::Flag(name, value) => {
                    is_open = value.is_none() && takes_value(name) && arguments.flags.len() < MAX_FLAGS;
                    if arguments.flags.len() < MAX_FLAGS {
                        arguments.flags.push((name, value));
                    }
                }
                Token::Word(word) => {
                    // `create` is nobody's namespace: before it, a flag stood alone that is not known here.
                    let is_verb = arguments.count == 0 && word.text == "create";
                    if std::mem::take(&mut is_open) && !is_verb {
                        if let Some((_, value)) = arguments.flags.last_mut() {
                            *value = Some(word);
                        }
                    } else if arguments.count > 0 || VERBS.contains(&word.text) {
                        arguments.word(word);
                    } else if !is_filled_in(word.text) && !is_tool(word.text) {
                        // Variables may hold flags; `oc kubectl` is a slip of prose.
                        return None;
                    }
                }
            }
        }
    }

    fn word(&mut self, word: Value<'t>) {
        self.count += 1;
        if self.words.len() < MAX_WORDS {
            self.words.push(word);
        }
    }

    /// The value of a flag, by any of its names: the last one, as kubectl has it.
    pub(super) fn flag(&self, names: &[&str]) -> Option<Value<'t>> {
        self.flags.iter().rev().find_map(|(name, value)| value.filter(|_| names.contains(name)))
    }

    /// The values of a flag that may be given several times.
    pub(super) fn values(&self, names: &[&str]) -> impl Iterator<Item = Value<'t>> {
        self.flags.iter().filter_map(|(name, value)| value.filter(|_| names.contains(name)))
    }

    /// Whether a flag is there, with a value or without.
    pub(super) fn has_flag(&self, name: &str) -> bool {
        self.flags.iter().any(|(flag, _)| *flag == name)
    }
}

/// Whether the next word is the flag's value. `-` stands for standard input, `--` is what `minikube kubectl --` needs.
fn takes_value(flag: &str) -> bool {
    !["-", "--"].contains(&flag) && !SWITCHES.contains(&flag)
}

/// Whether the word is one of the commands that talk to a cluster: by its name, or a variable's.
pub(super) fn is_tool(word: &str) -> bool {
    // Most words are not, as a letter tells.
    let may_end = matches!(word.bytes().next_back(), Some(b'k' | b'K' | b'c' | b'C' | b'l' | b'L'));
    if !may_end && memchr2(b'b', b'B', word.as_bytes()).is_none() {
        return false;
    }
    let name = word.rsplit('/').next().unwrap_or(word).trim_start_matches('-');
    is_eksctl(name)
        || ["k", "K", "kc", "oc", "OC", "kubecolor"].contains(&name)
        || name.contains("kubectl")
        || name.contains("KUBECTL")
}

/// Whether the word is eksctl.
pub(super) fn is_eksctl(word: &str) -> bool {
    word.ends_with("eksctl") || word.ends_with("EKSCTL")
}

/// Whether something else comes in the place of the word: a variable, a template.
pub(super) fn is_filled_in(word: &str) -> bool {
    word.contains('$') || word.contains("{{")
}
