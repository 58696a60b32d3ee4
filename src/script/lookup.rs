//! Commands that look for the token Secret that Kubernetes made for every ServiceAccount before 1.24.

use std::ops::Range;

use super::alternatives::{Alternative, Alternatives};
use super::command::Command;
use super::language::Language;
use super::listed::{self, Evidence, is_extractor, pattern_of};
use super::made::{MadeSecrets, fills_list};
use super::removal::is_only_removed;
use super::version::{self, names_change, speaks_of_version};
use super::{Script, helm_lookup, keys, terraform_lookup};

/// As many of one file are remembered.
pub(super) const MAX_LOOKUPS: usize = 1000;

/// A place that looks for a token Secret that Kubernetes 1.24 and later do not make.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself")]
pub struct TokenLookup {
    /// What a person replaces, in bytes of the script's text.
    pub range: Range<usize>,
    /// How it looks.
    pub form: LookupForm,
    /// The ServiceAccount, as it is written: perhaps a variable.
    pub account: Option<Box<str>>,
    /// Its namespace, as it is written.
    pub namespace: Option<Box<str>>,
    /// The ServiceAccount's name, if it is known.
    pub name: Option<Box<str>>,
    /// Whether it is only the certificate of the cluster that is wanted.
    pub wants_certificate: bool,
    /// Whether `oc` is used.
    pub is_oc: bool,
    /// Whether something is done with what is found.
    pub is_used: bool,
    /// Whether a script only prints it, for somebody to run.
    pub is_shown: bool,
    /// Whether the text asks for a token near by, perhaps where this finds none.
    pub is_doubtful: bool,
}

/// How a token Secret is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupForm {
    /// In `.secrets` of a ServiceAccount.
    Secrets,
    /// In what `kubectl describe serviceaccount` prints.
    Description,
    /// In a list of Secrets, by a part of its name.
    List(Evidence),
    /// Among all Secrets, by the annotation that names the ServiceAccount.
    Annotation,
    /// `oc sa get-token`.
    GetToken,
    /// In an attribute of Terraform.
    Terraform(Attribute),
    /// `lookup` of Helm: the first entry, or all of them.
    Helm {
        /// Whether it needs an entry to be there.
        takes_one: bool,
    },
}

/// An attribute of a ServiceAccount in Terraform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// `default_secret_name`.
    DefaultSecretName,
    /// `secret` of a resource, which holds what the resource itself lists.
    Secret,
    /// `secret` of a data source, which holds what the ServiceAccount lists.
    DataSecret,
}

/// What a script looks up, in the order of the text.
pub(super) fn find(script: &Script<'_>) -> Vec<TokenLookup> {
    let text = script.text.as_str();
    let mut found = of_commands(script);
    match script.language {
        Language::Terraform => terraform_lookup::find(script, &mut found),
        Language::Markdown => {
            terraform_lookup::find(script, &mut found);
            found.retain(|lookup| script.block_around(lookup.range.start).is_some());
        }
        _ => helm_lookup::find(text, &mut found),
    }
    found.sort_by_key(|lookup| lookup.range.start);
    found.truncate(MAX_LOOKUPS);
    for lookup in &mut found {
        lookup.is_shown = script.is_shown(lookup.range.start);
    }
    found
}

fn of_commands(script: &Script<'_>) -> Vec<TokenLookup> {
    let text = script.text.as_str();
    let is_documentation = script.language.is_documentation();
    let found = script.commands().iter();
    let found = found.filter_map(|command| Some((command, judge(command, is_documentation)?)));
    let mut found = found.filter(|(command, _)| script.is_run(command)).take(MAX_LOOKUPS).peekable();
    if found.peek().is_none() || fills_list(text) {
        return Vec::new();
    }
    let made = MadeSecrets::of(script, text);
    let alternatives = Alternatives::of(script, text);
    let mut lookups = Vec::new();
    for (command, seen) in found {
        let account = seen.account.and_then(|account| script.literal(account));
        let is_answered = made.answer(command, seen.form, account);
        if is_answered || is_only_removed(command, text) || asks_version(command, script, &alternatives) {
            continue;
        }
        let alternative = alternatives.to(command, account);
        let is_doubtful = alternative == Alternative::Perhaps;
        if alternative != Alternative::Known {
            lookups.push(TokenLookup { is_doubtful, ..lookup(script, command, seen) });
        }
    }
    lookups
}

/// Whether a command is only run in clusters of some version, or finds out which one it is.
fn asks_version(command: &Command<'_>, script: &Script<'_>, alternatives: &Alternatives<'_>) -> bool {
    const CHOICES: [&str; 5] = ["&&", "||", "if ", "if(", " ? "];
    let text = script.text.as_str();
    let (line, at) = (command.line(), command.range().start);
    let is_documentation = script.language.is_documentation();
    let above = |at: usize| speaks_of_version(text.get(..at).unwrap_or_default(), is_documentation);
    let before = command.before();
    let is_choice = CHOICES.iter().any(|word| before.contains(word));
    is_choice && version::asks_version(before, version::knows_version(before))
        || tells_version(command, text)
        || alternatives.guard(at)
        || script.language == Language::Yaml
            && keys::conditions(text, at).iter().any(|condition| version::asks_version(condition, false))
        || above(line.start)
        || script.block_around(line.start).is_some_and(|block| above(block.start))
}

/// Whether a test of what is found is answered with a version: `test -z "$(…)" && echo "1.24 or newer"`.
fn tells_version(command: &Command<'_>, text: &str) -> bool {
    const LINES: usize = 3;
    let is_test = ["test ", "[ "].iter().any(|test| command.before().contains(test));
    let is_branch = command.before().trim_start().starts_with("if ");
    let end = command.range().end;
    let behind = text.get(end..text.ceil_char_boundary(end.saturating_add(1000))).unwrap_or_default();
    let lines = behind.lines().take(if is_branch { LINES } else { 1 });
    is_test
        && lines
            .take_while(|line| !line.trim_start().starts_with("fi"))
            .any(|line| names_change(line.as_bytes()))
}

/// What a command was seen to look for.
#[derive(Clone, Copy)]
struct Seen<'t> {
    form: LookupForm,
    account: Option<&'t str>,
    is_used: bool,
}

fn judge<'t>(command: &Command<'t>, is_documentation: bool) -> Option<Seen<'t>> {
    match command.word(0) {
        "get" => of_get(command, is_documentation),
        "describe" => of_describe(command),
        "sa" | "serviceaccounts" | "serviceaccount" if command.word(1) == "get-token" => {
            let account = command.words().get(2).map(|name| name.text);
            Some(Seen { form: LookupForm::GetToken, account, is_used: true })
        }
        _ => None,
    }
}

fn of_get<'t>(command: &Command<'t>, is_documentation: bool) -> Option<Seen<'t>> {
    let (kind, name) = command.resource()?;
    if kind == "ServiceAccount" {
        let (is_used, account) = (asks_for_secrets(command)?, name.map(|name| name.text));
        return Some(Seen { form: LookupForm::Secrets, account, is_used });
    }
    if name.is_some() || command.ends_in_substitution() {
        return None;
    }
    if let Some(account) = listed::named_by_annotation(command) {
        let account = Some(account).filter(|account| !account.is_empty());
        return Some(Seen { form: LookupForm::Annotation, account, is_used: true });
    }
    // Labels are something that a person gave.
    if command.flag(&["-l", "--selector"]).is_some() {
        return None;
    }
    let found = listed::search(command)?;
    let is_plain = found.evidence == Evidence::Shape || found.account == "default";
    if !found.is_used && !is_documentation && !is_plain {
        return None;
    }
    let account = Some(found.account).filter(|account| !account.is_empty());
    Some(Seen { form: LookupForm::List(found.evidence), account, is_used: found.is_used })
}

fn of_describe<'t>(command: &Command<'t>) -> Option<Seen<'t>> {
    let (kind, name) = command.resource()?;
    let stages = command.stages();
    let [filter, rest @ ..] = stages.as_slice() else { return None };
    let pattern = pattern_of(filter)?;
    let asks = ["oken", "TOKEN", "ountable"].iter().any(|word| pattern.contains(word));
    let is_used = command.is_substituted() || !rest.is_empty() || is_extractor(filter);
    let seen = Seen { form: LookupForm::Description, account: name.map(|name| name.text), is_used };
    (kind == "ServiceAccount" && asks && is_used).then_some(seen)
}

/// Whether it asks for entries of `.secrets`: `None` if it does not, or only shows the list to a person.
fn asks_for_secrets(command: &Command<'_>) -> Option<bool> {
    // OpenShift lists the Secrets of its registry there.
    if [command.as_str(), command.after()].iter().any(|text| text.contains("dockercfg")) {
        return None;
    }
    let stages = command.stages();
    let is_used =
        command.is_substituted() || stages.iter().any(|stage| is_extractor(stage) && !is_printer(stage));
    if let Some(is_entry) = entry_of_secrets(command.as_str()) {
        return (is_entry || is_used).then_some(is_used);
    }
    command.flag(&["-o", "--output"])?;
    let piped = stages.iter().flatten().find_map(|word| entry_of_secrets(word));
    if let Some(is_entry) = piped {
        return (is_entry || command.is_substituted()).then_some(command.is_substituted());
    }
    let [filter, rest @ ..] = stages.as_slice() else { return None };
    let is_token = pattern_of(filter).is_some_and(|pattern| pattern.contains("token"));
    let is_used = command.is_substituted() && (!rest.is_empty() || is_extractor(filter));
    (is_token && is_used).then_some(true)
}

/// `jq .`, which only makes JSON readable. The full stop is lost with those that end sentences.
fn is_printer(stage: &[&str]) -> bool {
    stage.first() == Some(&"jq") && stage.iter().skip(1).all(|word| word.is_empty() || word.starts_with('-'))
}

/// Whether a path in a text goes through `.secrets` of a ServiceAccount: to one of its entries, or only to the list.
fn entry_of_secrets(text: &str) -> Option<bool> {
    const FIELD: &str = ".secrets";
    let is_end = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let (before, rest) = text
        .match_indices(FIELD)
        .filter_map(|(at, field)| text.split_at_checked(at).zip(text.get(at + field.len()..)))
        .map(|((before, _), rest)| (before, rest))
        .find(|(before, rest)| is_end(rest) && is_account(before))?;
    let is_index = before.trim_end().ends_with("index");
    match rest.chars().next() {
        Some('[' | '.') => Some(true),
        _ if rest.trim_start().starts_with('|') && rest.contains("[0]") => Some(true),
        _ => Some(is_index || rest.contains(".name")),
    }
}

/// Whether the path that a text ends with is the one of a ServiceAccount: empty, a variable, an item of a list.
/// `.metadata.annotations` is not.
fn is_account(text: &str) -> bool {
    /// Nobody writes a longer path.
    const LONGEST: usize = 100;
    let near = text.get(text.floor_char_boundary(text.len().saturating_sub(LONGEST))..).unwrap_or_default();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.[]*$@".contains(c);
    let path = near.get(near.trim_end_matches(is_part).len()..).unwrap_or_default();
    let fields = path.trim_start_matches(['$', '@', '.']);
    let is_variable = path.starts_with('$') && !path.contains(['.', '[']);
    // `]` ends a filter: `.items[?(@.x=="y")]`.
    let is_item = fields == "]" || fields.starts_with("items") && fields.find(']') == Some(fields.len() - 1);
    fields.is_empty() || is_variable || is_item
}

fn lookup<'t>(script: &Script<'t>, command: &Command<'t>, seen: Seen<'t>) -> TokenLookup {
    let line_has = |word: &str| command.after().contains(word) || command.before().contains(word);
    TokenLookup {
        range: command.range(),
        form: seen.form,
        account: seen.account.map(Into::into),
        namespace: command.namespace().map(Into::into),
        name: seen.account.and_then(|account| script.literal(account)).map(Into::into),
        wants_certificate: listed::CERTIFICATES.iter().any(|key| line_has(key)),
        is_oc: command.tool().eq_ignore_ascii_case("oc"),
        is_used: seen.is_used,
        is_shown: false,
        is_doubtful: false,
    }
}
