//! Commands that look for the token Secret that Kubernetes made for every ServiceAccount before 1.24.

use std::ops::Range;

use super::branch::{Alternatives, speaks_of_version};
use super::command::Command;
use super::language::Language;
use super::listed::{self, Evidence, is_extractor, pattern_of};
use super::removal::is_only_removed;
use super::{Script, helm_lookup, terraform_lookup};

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
    let found = script.commands().iter().filter(|command| script.is_run(command));
    let found = found.filter_map(|command| Some((command, judge(command, is_documentation)?)));
    let mut found = found.take(MAX_LOOKUPS).peekable();
    if found.peek().is_none() || makes_token_secret(text) || fills_list(text) {
        return Vec::new();
    }
    let alternatives = Alternatives::of(text, requests(script));
    let found = found.filter(|(command, _)| {
        !is_only_removed(command, text) && !has_another_way(command, text, script, &alternatives)
    });
    found.map(|(command, seen)| lookup(script, command, seen)).collect()
}

/// Where commands ask for a token, whatever flags stand between their words.
fn requests(script: &Script<'_>) -> impl Iterator<Item = usize> {
    let commands = script.commands().iter();
    commands
        .filter(|command| command.word(0) == "create" && command.word(1) == "token")
        .map(|command| command.range().start)
}

/// Whether somebody thought of clusters without such Secrets.
fn has_another_way(
    command: &Command<'_>,
    text: &str,
    script: &Script<'_>,
    alternatives: &Alternatives<'_>,
) -> bool {
    let line = command.line();
    let is_documentation = script.language.is_documentation();
    let above = |at: usize| speaks_of_version(text.get(..at).unwrap_or_default(), is_documentation);
    // A script that asks for tokens too knows both worlds; a page may show the old one beside the new.
    let knows_both = script.language == Language::Shell && alternatives.has_request(&(0..text.len()));
    let before = command.before();
    let asks_version =
        before.contains("24") && ["-lt", "-le", "-gt", "-ge", "<", ">"].iter().any(|it| before.contains(it));
    knows_both
        || asks_version
        || alternatives.has_request(&line)
        || alternatives.guard(command.range().start)
        || command.assigned_to().is_some_and(|variable| alternatives.tests(variable))
        || above(line.start)
        || script.block_around(line.start).is_some_and(|block| above(block.start))
}

/// Whether the text makes a token Secret itself: with a manifest, or with a command.
fn makes_token_secret(text: &str) -> bool {
    const TYPE: &str = "kubernetes.io/service-account-token";
    /// More does not stand between a key and its value.
    const NEAR: usize = 200;
    memchr::memmem::find_iter(text.as_bytes(), TYPE).any(|at| {
        let before = text.get(text.floor_char_boundary(at.saturating_sub(NEAR))..at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let key = line.trim_end_matches([' ', '\t', '"', '\'', '=', ':', '\\']);
        let is_assigned = key.len() < line.len();
        let is_field = key.strip_suffix("type").is_some_and(|before| {
            !before.ends_with('.') && !line.contains("field-selector") && !line.contains("select(")
        });
        is_assigned && is_field
    }) || text.contains("kubernetes.io/service-account.name:")
        || text.contains("kubernetes.io/service-account.name\":")
}

/// Whether the text writes `secrets` of ServiceAccounts itself.
fn fills_list(text: &str) -> bool {
    // As a key of JSON; as an item it is a resource of a role.
    let is_key = |at: usize| {
        text.get(at..).is_some_and(|rest| rest.trim_start_matches(['\\', '"', ' ']).starts_with(':'))
    };
    let mut keys = text.match_indices("\"secrets").map(|(at, key)| at + key.len());
    text.contains("secrets link") || text.contains("patch") && keys.any(is_key)
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
    if !found.is_used && !is_documentation {
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
    }
}
