//! A token request that the API server rejects: its lifetime, or the path of its file.

use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::k8s::{KubeVersions, MAX_TOKEN_SECONDS, MIN_TOKEN_SECONDS, Object, PodSpec, TokenRequest};
use crate::script::{DurationFault, RequestedLifetime, Script};
use crate::yaml::Get;

pub(super) static RULE: Rule =
    rule!("out-of-range-token-lifetime", Check::Object(check), in scripts in_script);

const DEFAULT: &str = "an hour is the default";

fn check(object: &Object<'_>, sink: &mut Sink<'_>) {
    for (_, request) in object.pod_specs().flat_map(PodSpec::token_requests) {
        check_lifetime(object, request, sink);
        check_path(object, request, sink);
    }
    for request in object.csi_token_requests() {
        check_lifetime(object, request, sink);
    }
}

fn check_lifetime(object: &Object<'_>, request: TokenRequest<'_>, sink: &mut Sink<'_>) {
    let Some((seconds, node)) = request.expiration_seconds() else { return };
    let Some((limit, words)) = excess(seconds) else { return };
    sink.report(
        object
            .draft(node, format!("`expirationSeconds` asks for a token of {limit}"))
            .help(format!("the API server rejects it: `{words}`; an hour (3600) is the default")),
    );
}

/// What is wrong with a lifetime (`ValidateTokenRequest`), and the server's words.
fn excess(seconds: i64) -> Option<(&'static str, &'static str)> {
    match seconds {
        ..MIN_TOKEN_SECONDS => {
            Some(("less than 10 minutes", "may not specify a duration less than 10 minutes"))
        }
        MIN_TOKEN_SECONDS..=MAX_TOKEN_SECONDS => None,
        _ => Some(("more than 2^32 seconds", "may not specify a duration larger than 2^32 seconds")),
    }
}

fn in_script(script: &Script<'_>, sink: &mut Sink<'_>) {
    for request in script.requested_lifetimes() {
        if let Some((message, help)) = rejection(&request) {
            sink.report(script.draft(request.range, message).help(help));
        }
    }
}

/// Why kubectl or the API server rejects a request. `--duration=0` asks for the default.
fn rejection(request: &RequestedLifetime<'_>) -> Option<(String, String)> {
    let fault = match request.lifetime {
        Ok(lifetime) if lifetime.is_zero() => return None,
        Ok(lifetime) => {
            let (limit, words) = excess(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX))?;
            let help = format!("the API server rejects it: `{words}`; {DEFAULT}");
            return Some((format!("asks for a token of {limit}"), help));
        }
        Err(DurationFault::NoUnit) => ": it has no unit",
        Err(DurationFault::UnknownUnit) => ": it does not know the unit",
        Err(DurationFault::Negative) => ": it is less than 0",
        Err(DurationFault::TooLong) => ": it is more than 292 years",
    };
    let message = fitted("kubectl rejects the duration ", request.written.unwrap_or_default(), fault);
    Some((message, format!("the command fails; durations are written as `12h`, `90m` or `1h30m`; {DEFAULT}")))
}

fn check_path(object: &Object<'_>, request: TokenRequest<'_>, sink: &mut Sink<'_>) {
    let (node, message, words, versions) = match request.path() {
        Get::Unknown => return,
        Get::Absent => (request.key, "this token has no `path`", "Required value", KubeVersions::ALL),
        Get::Found(entry) if entry.value.is_null() || entry.value.as_str() == Some("") => {
            (entry.key, "the `path` of this token is empty", "Required value", KubeVersions::ALL)
        }
        Get::Found(entry) => {
            let Some((message, words)) = entry.value.as_str().and_then(fault) else { return };
            (entry.value, message, words, KubeVersions::since(30))
        }
    };
    let help = format!(
        "the API server rejects it: `{words}`; `path` is a file name below the volume's mount path, such as `token`"
    );
    sink.report(object.draft(node, message).help(help).kubernetes(versions));
}

/// What is wrong with a path (`validateLocalNonReservedPath`), and the server's words. Not checked before 1.30.
fn fault(path: &str) -> Option<(&'static str, &'static str)> {
    if path.starts_with('/') {
        Some(("the `path` of this token is absolute", "must be a relative path"))
    } else if path.split('/').any(|part| part == "..") {
        Some(("the `path` of this token leads out of its volume", "must not contain '..'"))
    } else if path.starts_with("..") {
        Some(("the `path` of this token is reserved", "must not start with '..'"))
    } else {
        None
    }
}
