//! Commands that look for the token Secret that Kubernetes made for every ServiceAccount before 1.24.

use std::ops::Range;

use super::branch::{Alternatives, speaks_of_version};
use super::command::Command;
use super::language::Language;
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
    List,
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
    let alternatives = Alternatives::of(text);
    let found = found.filter(|(command, _)| !has_another_way(command, text, script, &alternatives));
    found.map(|(command, seen)| lookup(script, command, seen)).collect()
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
    if let Some(account) = named_by_annotation(command) {
        let account = Some(account).filter(|account| !account.is_empty());
        return Some(Seen { form: LookupForm::Annotation, account, is_used: true });
    }
    // Labels are something that a person gave.
    if command.flag(&["-l", "--selector"]).is_some() {
        return None;
    }
    let found = filtered(command)?;
    if !found.is_used && !is_documentation {
        return None;
    }
    let account = Some(found.account).filter(|account| !account.is_empty());
    Some(Seen { form: LookupForm::List, account, is_used: found.is_used })
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

/// Whether a path in a text goes through `.secrets` of a ServiceAccount: to one of its entries, or only to the list.
fn entry_of_secrets(text: &str) -> Option<bool> {
    let at = text.find(".secrets")?;
    let rest = text.get(at + ".secrets".len()..)?;
    let is_index = text.get(..at)?.trim_end().ends_with("index");
    match rest.chars().next() {
        Some(c) if c.is_ascii_alphanumeric() || c == '_' || c == '-' => None,
        Some('[' | '.') => Some(true),
        _ if rest.trim_start().starts_with('|') && rest.contains("[0]") => Some(true),
        _ => Some(is_index || rest.contains(".name")),
    }
}

/// The ServiceAccount in `{.items[?(@.metadata.annotations['kubernetes\.io/service-account\.name']=='NAME')]…}`.
/// Empty if it cannot be read.
fn named_by_annotation<'t>(command: &Command<'t>) -> Option<&'t str> {
    let text = command.as_str();
    let (_, rest) =
        text.split_once(r"service-account\.name").or_else(|| text.split_once("service-account.name"))?;
    let (_, value) = rest.split_once("==")?;
    let is_data = rest.contains(".data") || rest.contains(".metadata.name");
    let account = value
        .split(['\'', '"', ')'])
        .map(|part| part.trim_matches(['\\', ' ']))
        .find(|part| !part.is_empty());
    is_data.then_some(account.unwrap_or_default())
}

/// What a list of Secrets is searched for.
struct Filtered<'t> {
    /// Empty if the search says none.
    account: &'t str,
    is_used: bool,
}

/// `… | grep NAME-token | awk '{print $1}'` and the like.
fn filtered<'t>(command: &Command<'t>) -> Option<Filtered<'t>> {
    let stages = command.stages();
    let (index, pattern) =
        stages.iter().enumerate().find_map(|(index, stage)| Some((index, pattern_of(stage)?)))?;
    let stage = stages.get(index)?;
    // `grep -v token`, `grep -q token`, `grep -c token`: nobody wants the name.
    let is_question = stage.first().is_some_and(|tool| tool.ends_with("grep"))
        && stage.iter().any(|flag| {
            flag.starts_with('-') && !flag.starts_with("--") && flag.contains(['v', 'q', 'c', 'L'])
        });
    let is_awaited = command.before().trim_end_matches([' ', '!']).ends_with("until");
    let is_removed = [command.before(), command.after()].iter().any(|text| text.contains("delete secret"));
    if is_awaited || is_question || is_removed || stages.iter().flatten().any(|word| *word == "wc") {
        return account_in(pattern).filter(|_| is_awaited).map(|account| Filtered { account, is_used: true });
    }
    let prints_names = command.flag(&["-o", "--output"]).is_some() && command.is_substituted();
    let extracts = stages.get(index..)?.iter().any(|stage| is_extractor(stage));
    let is_used = extracts || prints_names;
    let account = account_in(pattern);
    let is_about_token = account.is_some() || wants_token(command);
    let account = account.or_else(|| whole_name(pattern)).unwrap_or_default();
    is_about_token.then_some(Filtered { account, is_used })
}

/// The pattern that a stage of a pipe searches for, if it is a search.
fn pattern_of<'t>(stage: &[&'t str]) -> Option<&'t str> {
    const SEARCHES: [&str; 11] =
        ["grep", "egrep", "fgrep", "rg", "ag", "awk", "gawk", "sed", "jq", "findstr", "Select-String"];
    /// Flags of grep that take the next word.
    const WITH_NUMBER: [&str; 4] = ["-A", "-B", "-C", "-m"];
    let (tool, rest) = stage.split_first()?;
    let tool = tool.rsplit('/').next().unwrap_or(tool);
    if !SEARCHES.contains(&tool) {
        return None;
    }
    let mut is_number = false;
    rest.iter().copied().find(|word| {
        let skipped = word.starts_with('-') || std::mem::take(&mut is_number);
        is_number = WITH_NUMBER.contains(word);
        !skipped
    })
}

/// Whether a stage takes a part of its lines, or hands them on as arguments.
fn is_extractor(stage: &[&str]) -> bool {
    const EXTRACTORS: [&str; 11] =
        ["awk", "gawk", "cut", "sed", "jq", "xargs", "head", "tail", "tr", "while", "perl"];
    stage.first().is_some_and(|tool| EXTRACTORS.contains(tool))
}

/// `jq .`, which only makes JSON readable. The full stop is lost with those that end sentences.
fn is_printer(stage: &[&str]) -> bool {
    stage.first() == Some(&"jq") && stage.iter().skip(1).all(|word| word.is_empty() || word.starts_with('-'))
}

/// The ServiceAccount in a pattern that looks for a token Secret (`NAME-token`); empty if it says none. A pattern for
/// anything else gives nothing.
fn account_in(pattern: &str) -> Option<&str> {
    let bare = pattern.trim_start_matches(['"', '\'', '/', '^', ' ', '*', '.']);
    let bare = bare.trim_end_matches(['"', '\'', '/', '$', ' ', '*', '.', '\\']);
    if bare == "token" || bare.ends_with("service-account-token") || bare == "-token" {
        return Some("");
    }
    let (head, tail) = bare.split_once("-token")?;
    // `NAME-tokens`, `bootstrap-token-id` are other things.
    let is_end = tail.is_empty() || tail.starts_with(['-', '.', '[', '*', '/', ')', '"', '\\', ' ', '$']);
    let name = head.rsplit(['/', '"', '(', '^', ' ', '*']).next().unwrap_or(head);
    // `kubernetes.io/service-account-token` is a type.
    if name == "service-account" {
        return Some("");
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_${}.".contains(c);
    (is_end && name.chars().all(is_name) && !["bootstrap", "webhook"].contains(&name)).then_some(name)
}

/// A pattern as a name, if it can be one.
fn whole_name(pattern: &str) -> Option<&str> {
    let bare = pattern.trim_start_matches(['"', '\'', '/', '^']).trim_end_matches(['"', '\'', '/', '$']);
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_${}.".contains(c);
    (!bare.is_empty() && bare.chars().all(is_name)).then_some(bare)
}

/// Whether the line around a list of Secrets goes for the token in one: `describe secret $(kubectl get secret | grep x …)
/// | grep token`.
fn wants_token(command: &Command<'_>) -> bool {
    let before = command.before();
    let names_secret = ["get secret", "describe secret"].iter().any(|verb| before.contains(verb))
        || before.contains("get secrets")
        || before.contains("describe secrets");
    let after = command.after();
    command.is_substituted()
        && names_secret
        && ["ca.crt", r"ca\.crt", ".token", "^token", "'token", "\"token", " token", "['token"]
            .iter()
            .any(|word| after.contains(word))
}

fn lookup<'t>(script: &Script<'t>, command: &Command<'t>, seen: Seen<'t>) -> TokenLookup {
    let line_has = |word: &str| command.after().contains(word) || command.before().contains(word);
    TokenLookup {
        range: command.range(),
        form: seen.form,
        account: seen.account.map(Into::into),
        namespace: command.namespace().map(|namespace| namespace.text.into()),
        name: seen.account.and_then(|account| script.literal(account)).map(Into::into),
        wants_certificate: line_has("ca.crt") || line_has("ca\\.crt"),
        is_oc: command.tool().eq_ignore_ascii_case("oc"),
        is_used: seen.is_used,
        is_shown: false,
    }
}
