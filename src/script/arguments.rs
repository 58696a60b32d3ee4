//! What stands behind `kubectl`, `oc` or `eksctl`: sub-commands, names, and the flags that say more of what is made.

use super::words::{Token, Value, Words};

/// Flags of `kubectl create …` and `eksctl create …` that stand alone; all others take the next word as their value.
const SWITCHES: [&str; 18] = [
    "--allow-missing-template-keys",
    "--append-hash",
    "--approve",
    "--disable-compression",
    "--dry-run",
    "--edit",
    "--help",
    "--insecure-skip-tls-verify",
    "--insecure-skip-tls-verify-backend",
    "--match-server-version",
    "--override-existing-serviceaccounts",
    "--role-only",
    "--save-config",
    "--show-managed-fields",
    "--validate",
    "--warnings-as-errors",
    "--windows-line-endings",
    "-h",
];

/// The longest that is looked for is `create secret generic NAME`, the name perhaps behind variables.
const MAX_WORDS: usize = 8;

/// The arguments of one command.
#[derive(Default)]
pub(super) struct Arguments<'t> {
    /// Sub-commands and names, from `create` on, without it. Further ones than [`MAX_WORDS`] only count.
    pub(super) words: Vec<Value<'t>>,
    /// How many there are.
    pub(super) count: usize,
    /// `--namespace`, `-n`: the last one, as kubectl has it.
    pub(super) namespace: Option<Value<'t>>,
    /// `--name` of eksctl.
    pub(super) name: Option<Value<'t>>,
    /// `--role-only` of eksctl: no account is made.
    pub(super) role_only: bool,
}

impl<'t> Arguments<'t> {
    /// The arguments of `… create …` up to the command's end. None for another command: then the words behind the one
    /// that shows it are left.
    pub(super) fn of_create(words: &mut Words<'t>) -> Option<Self> {
        let mut arguments = Self::default();
        // A flag that may take the next word.
        let mut open = None;
        let mut is_create = false;
        loop {
            match words.token() {
                Token::End => return is_create.then_some(arguments),
                Token::Flag(name, value) => {
                    arguments.flag(name, value);
                    open = (value.is_none() && takes_value(name)).then_some(name);
                }
                Token::Word(word) if !is_create && word.text == "create" => {
                    is_create = true;
                    open = None;
                }
                Token::Word(word) => match open.take() {
                    Some(flag) => arguments.flag(flag, Some(word)),
                    None if is_create => arguments.word(word),
                    // Variables may hold flags; `oc kubectl` is a slip of prose.
                    None if is_filled_in(word.text) || is_tool(word.text) => {}
                    None => return None,
                },
            }
        }
    }

    fn word(&mut self, word: Value<'t>) {
        self.count += 1;
        if self.words.len() < MAX_WORDS {
            self.words.push(word);
        }
    }

    fn flag(&mut self, name: &'t str, value: Option<Value<'t>>) {
        match (name, value) {
            ("--namespace" | "-n", Some(value)) => self.namespace = Some(value),
            ("--name", Some(value)) => self.name = Some(value),
            ("--role-only", _) => self.role_only = true,
            _ => {}
        }
    }
}

/// Whether the next word is the flag's value. `-` stands for standard input, `--` is what `minikube kubectl --` needs.
fn takes_value(flag: &str) -> bool {
    !["-", "--"].contains(&flag) && !SWITCHES.contains(&flag)
}

/// Whether the word is one of the commands that talk to a cluster: by its name, or a variable's.
pub(super) fn is_tool(word: &str) -> bool {
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
