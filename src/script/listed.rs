//! Lists of Secrets that are searched for the token Secret of a ServiceAccount.

use super::command::Command;

/// What shows that a list of Secrets is searched for what Kubernetes made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The names that Kubernetes gave (`NAME-token-…`), the type of the Secrets, or a word for ServiceAccounts.
    Shape,
    /// The name of a Secret that a person may have made, too: `NAME-token`; or that a token is wanted.
    Name,
    /// Only that some Secret of that name is described: it may be any, unless a ServiceAccount has the name.
    Account,
}

/// What a list of Secrets is searched for.
pub(super) struct Search<'t> {
    /// The ServiceAccount; empty if the search says none.
    pub(super) account: &'t str,
    /// Whether something is done with what is found.
    pub(super) is_used: bool,
    pub(super) evidence: Evidence,
}

/// `kubectl get secrets | grep NAME-token | awk '{print $1}'` and the like.
pub(super) fn search<'t>(command: &Command<'t>) -> Option<Search<'t>> {
    let stages = command.stages();
    let searches = stages.iter().enumerate().filter(|(_, stage)| !has_grep_flag(stage, &['v']));
    let searches = searches.filter_map(|(index, stage)| Some((index, pattern_of(stage)?)));
    let (indices, patterns): (Vec<usize>, Vec<&str>) = searches.unzip();
    let first = *indices.first()?;
    // `grep -q token`, `grep -c token`: nobody wants the name.
    let is_question =
        stages.iter().any(|stage| has_grep_flag(stage, &['q', 'c', 'L']) || stage.first() == Some(&"wc"));
    let is_awaited = command.before().trim_end_matches([' ', '!']).ends_with("until");
    if is_question && !is_awaited {
        return None;
    }
    let extracts = stages.iter().skip(first).any(|stage| is_extractor(stage));
    let prints_names = command.flag(&["-o", "--output"]).is_some() && command.is_substituted();
    let (account, evidence) = evidence(command, &patterns)?;
    Some(Search { account, is_used: is_awaited || extracts || prints_names, evidence })
}

/// The ServiceAccount whose token Secret the patterns look for, and what shows that they do.
fn evidence<'t>(command: &Command<'t>, patterns: &[&'t str]) -> Option<(&'t str, Evidence)> {
    let tokens: Vec<_> = patterns.iter().filter_map(|pattern| account_in(pattern)).collect();
    let named = tokens.iter().copied().find(|account| !account.is_empty());
    let is_plain = |pattern: &&&str| account_in(pattern).is_none();
    let account = named.or_else(|| patterns.iter().filter(is_plain).find_map(|pattern| whole_name(pattern)));
    let is_typed = command.as_str().contains("service-account-token")
        || patterns.iter().any(|pattern| has_shape(pattern));
    let evidence = if tokens.is_empty() {
        if wants(command, &TOKENS) { Evidence::Name } else { Evidence::Account }
    } else if is_typed || account.is_some_and(names_account) {
        Evidence::Shape
    } else {
        Evidence::Name
    };
    let is_described = describes(command) || wants(command, &CERTIFICATES);
    let is_told = evidence != Evidence::Account || account.is_some() && is_described;
    is_told.then_some((account.unwrap_or_default(), evidence))
}

/// The ServiceAccount in `{.items[?(@.metadata.annotations['kubernetes\.io/service-account\.name']=='NAME')]…}`.
/// Empty if it cannot be read.
pub(super) fn named_by_annotation<'t>(command: &Command<'t>) -> Option<&'t str> {
    let (_, key) = command.as_str().split_once("service-account")?;
    // In a string of a string the full stop has more than one backslash before it.
    let rest = key.trim_start_matches('\\').strip_prefix(".name")?;
    let (_, value) = rest.split_once("==")?;
    let is_data = rest.contains(".data") || rest.contains(".metadata.name");
    let account = value
        .split(['\'', '"', ')'])
        .map(|part| part.trim_matches(['\\', ' ']))
        .find(|part| !part.is_empty());
    is_data.then_some(account.unwrap_or_default())
}

/// Whether a stage is a grep with one of these flags: `-v`, `-qi`.
fn has_grep_flag(stage: &[&str], letters: &[char]) -> bool {
    stage.first().is_some_and(|tool| tool.ends_with("grep"))
        && stage.iter().any(|flag| flag.starts_with('-') && !flag.starts_with("--") && flag.contains(letters))
}

/// The pattern that a stage of a pipe searches for, if it is a search.
pub(super) fn pattern_of<'t>(stage: &[&'t str]) -> Option<&'t str> {
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
pub(super) fn is_extractor(stage: &[&str]) -> bool {
    const EXTRACTORS: [&str; 11] =
        ["awk", "gawk", "cut", "sed", "jq", "xargs", "head", "tail", "tr", "while", "perl"];
    stage.first().is_some_and(|tool| EXTRACTORS.contains(tool))
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
    let name = template_at_end(head)
        .unwrap_or_else(|| head.rsplit(['/', '"', '(', '^', ' ', '*']).next().unwrap_or(head));
    // `kubernetes.io/service-account-token` is a type.
    if name == "service-account" {
        return Some("");
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_${}.".contains(c);
    let is_name = name.starts_with("{{") || name.chars().all(is_name);
    (is_end && is_name && !["bootstrap", "webhook"].contains(&name)).then_some(name)
}

/// The action of a template that a text ends with: `{{ include "x" . }}`.
fn template_at_end(text: &str) -> Option<&str> {
    text.ends_with("}}").then(|| text.get(text.rfind("{{")?..))?
}

/// A pattern as a name, if it can be one.
fn whole_name(pattern: &str) -> Option<&str> {
    let bare = pattern.trim_start_matches(['"', '\'', '/', '^']).trim_end_matches(['"', '\'', '/', '$']);
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_${}.".contains(c);
    (!bare.is_empty() && !bare.starts_with('{') && bare.chars().all(is_name)).then_some(bare)
}

/// Whether a pattern looks for the names or the type that Kubernetes gave: `NAME-token-`, `service-account-token`.
fn has_shape(pattern: &str) -> bool {
    pattern.contains("service-account-token")
        || pattern
            .split_once("-token")
            .is_some_and(|(_, tail)| tail.trim_start_matches('\\').starts_with(['-', '[']))
}

/// Whether a name, or the variable in its place, says that it is one of a ServiceAccount.
fn names_account(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("serviceaccount")
        || name.contains("service_account")
        || name.contains("service-account")
        || name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "sa")
}

/// How the token in a Secret is asked for.
const TOKENS: [&str; 6] = [".token", "^token", "'token", "\"token", " token", "['token"];

/// How the certificate of the cluster is asked for, in strings of strings, too. Other Secrets may have one as well.
pub(super) const CERTIFICATES: [&str; 4] = ["ca.crt", r"ca\.crt", r"ca\\.crt", r"ca\\\.crt"];

/// Whether the line around a list of Secrets goes for something in one of them: `describe secret $(kubectl get secret |
/// grep x …) | grep token`.
fn wants(command: &Command<'_>, what: &[&str]) -> bool {
    let before = command.before();
    let names_secret = describes(command) || before.contains("get secret");
    command.is_substituted() && names_secret && what.iter().any(|word| command.after().contains(word))
}

/// Whether what is found is described: `kubectl describe secret $(kubectl get secret …`.
fn describes(command: &Command<'_>) -> bool {
    command.is_substituted() && command.before().contains("describe secret")
}
