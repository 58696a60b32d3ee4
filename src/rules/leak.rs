//! What several rules say of a ServiceAccount's token that stands in a file.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::wording::{fitted, shortened};
use crate::credential::{self, Jwt, ServiceAccountToken, Site, TokenClass, User, each_kubeconfig, parse};
use crate::finding::{Draft, Place};
use crate::script::{Language, Script};
use crate::span::Span;

/// Longer names of audiences and objects are cut.
const LONGEST_NAME: usize = 60;

/// The tokens of ServiceAccounts in a script. In documents of YAML they are found with all else that may stand there.
pub(super) fn in_text(script: &Script<'_>) -> Vec<(Place, ServiceAccountToken)> {
    let text = script.text.as_str();
    if script.language == Language::Yaml || !credential::may_be_in_text(text) {
        return Vec::new();
    }
    let found = credential::find(text).into_iter();
    let of_accounts = found.filter_map(|(range, jwt)| match jwt {
        Jwt::ServiceAccount(token) => Some((script.place(range), token)),
        Jwt::Other(_) => None,
    });
    of_accounts.collect()
}

/// Shows `look` the kubeconfigs that a script writes: in here-documents, in blocks of code of Markdown.
pub(super) fn each_kubeconfig_in(script: &Script<'_>, look: &mut dyn FnMut(&Site<'_>)) {
    if script.signs.credentials && credential::may_be_in_text(script.text.as_str()) {
        script.samples(|manifest| each_kubeconfig(manifest, look));
    }
}

/// Where those have the tokens of ServiceAccounts with which their users log in.
pub(super) fn logins_in(script: &Script<'_>) -> Vec<Span> {
    let mut logins = Vec::new();
    each_kubeconfig_in(script, &mut |site| {
        let tokens = site.config.users().filter_map(User::token);
        logins.extend(tokens.filter(|(_, text)| parse(text).is_some()).map(|(node, _)| node.span()));
    });
    logins
}

/// A token at `place`.
pub(super) fn draft(place: Place, token: &ServiceAccountToken) -> Draft {
    let (account, until) = validity(token);
    Draft::new(place, fitted("token of ServiceAccount ", &account, &until)).help(help(token))
}

/// Whose it is, and how long it is valid: `ci/robot` and ", which never expires".
pub(super) fn validity(token: &ServiceAccountToken) -> (String, String) {
    let until = match token.expires {
        None => ", which never expires".to_owned(),
        Some(expires) => format!(", valid until {}", day(expires)),
    };
    (token.to_string(), until)
}

/// What kind of token it is, how to end it, and what to use instead.
pub(super) fn help(token: &ServiceAccountToken) -> String {
    let instead = token.request();
    match &token.class {
        TokenClass::Legacy { secret } => format!(
            "delete Secret {}/{}, whose token it is, to end it; where one is needed, `{instead}` gives one that expires",
            token.namespace,
            shortened(secret, LONGEST_NAME)
        ),
        TokenClass::Bound { .. } => {
            format!("{}; {}; `{instead}` gives a new one when it is needed", kind(token), ending(token))
        }
    }
}

/// The class of a bound token and for whom it is.
fn kind(token: &ServiceAccountToken) -> String {
    let TokenClass::Bound { audiences, warn_after, .. } = &token.class else { return "legacy".to_owned() };
    let audience = match &audiences[..] {
        [] => String::new(),
        [only] => format!(" for {}", shortened(only, LONGEST_NAME)),
        [first, rest @ ..] => format!(" for {} and {} more", shortened(first, LONGEST_NAME), rest.len()),
    };
    match warn_after {
        Some(_) => format!("a pod's token{audience}, asked for an hour and valid for a year"),
        None => format!("a bound token{audience}"),
    }
}

/// What ends a bound token before its time.
fn ending(token: &ServiceAccountToken) -> String {
    match &token.class {
        TokenClass::Bound { object: Some(object), .. } => {
            format!("to end it, delete {} {}", object.kind, shortened(&object.name, LONGEST_NAME))
        }
        _ => "only deleting the ServiceAccount ends it earlier".to_owned(),
    }
}

/// The day (UTC), as `2026-11-21`.
pub(super) fn day(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).date().to_string()
}
