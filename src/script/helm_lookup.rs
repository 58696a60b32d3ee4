//! Helm's `lookup` of a ServiceAccount, for what its `.secrets` says.

use std::ops::Range;

use memchr::memmem;

use super::lookup::{LookupForm, TokenLookup};

const CALL: &str = "lookup \"v1\" \"ServiceAccount\"";

/// So many of one file are followed: each looks for its variable in the rest of the text.
const MAX_CALLS: usize = 50;

/// Nobody writes a longer action.
const FAR: usize = 1000;

/// Adds where templates go through `.secrets` of a ServiceAccount that they look up.
pub(super) fn find(text: &str, found: &mut Vec<TokenLookup>) {
    for at in memmem::find_iter(text.as_bytes(), CALL).take(MAX_CALLS) {
        if let Some((action, variable)) = action_around(text, at) {
            let inside = text.get(at..action.end).unwrap_or_default();
            let range = match variable {
                // `(lookup …).secrets`
                None => inside.find(").secrets").map(|dot| at + dot + 1),
                Some(variable) => use_of(text, action.end, variable),
            };
            found.extend(range.and_then(|dot| lookup(text, dot)));
        }
    }
}

/// The action around a place, and the variable that it sets.
fn action_around(text: &str, at: usize) -> Option<(Range<usize>, Option<&str>)> {
    let from = at.saturating_sub(FAR);
    let before = text.as_bytes().get(from..at)?;
    let start = from + memmem::rfind(before, b"{{")?;
    let behind = text.as_bytes().get(at..)?;
    let end = at + memmem::find(behind.get(..FAR).unwrap_or(behind), b"}}")?;
    let head = text.get(start + 2..at)?.trim_start_matches(['-', ' ']);
    let variable = head.split_once('=').map(|(name, _)| name.trim_end_matches([':', ' ']));
    Some((start..end, variable.filter(|name| name.starts_with('$'))))
}

/// Where `.secrets` of a variable is first used.
fn use_of(text: &str, from: usize, variable: &str) -> Option<usize> {
    let path = format!("{variable}.secrets");
    memmem::find(text.as_bytes().get(from..)?, path.as_bytes()).map(|at| from + at + variable.len())
}

/// The lookup whose `.secrets` stands at `dot`.
fn lookup(text: &str, dot: usize) -> Option<TokenLookup> {
    let rest = text.get(dot + ".secrets".len()..)?;
    if rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let action = text.get(..dot)?.rsplit("{{").next()?;
    let behind = rest.split("}}").next().unwrap_or_default();
    let takes_one = ["index ", "first "].iter().any(|word| action.contains(word)) || behind.contains("first");
    Some(TokenLookup {
        range: dot..dot + ".secrets".len(),
        form: LookupForm::Helm { takes_one },
        account: None,
        namespace: None,
        name: None,
        wants_certificate: false,
        is_oc: false,
        is_used: takes_one,
        is_shown: false,
        is_doubtful: false,
    })
}
