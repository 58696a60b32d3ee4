//! A command, or Terraform, that asks for a token that lives longer than it needs to.

use std::ops::Range;
use std::time::Duration;

use super::wording::fitted;
use super::{Check, Rule, Sink};
use crate::script::{Command, Script};

pub(super) static RULE: Rule = rule!("long-token-request", Check::Script(check));

fn check(script: &Script<'_>, sink: &mut Sink<'_>) {
    let longest = Duration::from_secs(sink.context().max_token_lifetime);
    for request in script.token_requests() {
        if Duration::from_secs(request.seconds) > longest {
            report(script, request.range, &format!("{} seconds", request.seconds), sink);
        }
    }
    for command in script.commands().iter().filter(|command| is_request(command) && script.is_run(command)) {
        let Some(duration) = command.flag(&["--duration"]) else { continue };
        let written = script.literal(duration.text).unwrap_or(duration.text);
        if lifetime(written).is_some_and(|lifetime| lifetime > longest) {
            report(script, duration.range(), written, sink);
        }
    }
}

fn report(script: &Script<'_>, range: Range<usize>, lifetime: &str, sink: &mut Sink<'_>) {
    let draft = script.draft(range, fitted("asks for a token that lives for ", lifetime, ""));
    sink.report(draft.help(
        "ask for as long as one run takes; the API server may hand out a shorter one without failing, and nobody can \
         revoke a longer one but by deleting the ServiceAccount",
    ));
}

fn is_request(command: &Command<'_>) -> bool {
    command.word(0) == "create" && command.word(1) == "token"
}

/// A duration as Go writes it (`time.ParseDuration`): `87600h`, `1h30m`, `1.5h`.
fn lifetime(text: &str) -> Option<Duration> {
    let mut total = 0.0;
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, behind) =
            rest.split_at_checked(rest.find(|c: char| !c.is_ascii_digit() && c != '.')?)?;
        let (unit, behind) = behind.split_at_checked(
            behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len()),
        )?;
        let unit = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" | "μs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * unit;
        rest = behind;
    }
    Duration::try_from_secs_f64(total).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_go() {
        for (text, expected) in [
            ("87600h", Some(315_360_000)),
            ("1h30m", Some(5400)),
            ("1.5h", Some(5400)),
            ("3600s", Some(3600)),
            ("2000ms", Some(2)),
            ("99999999999999999999h", None),
            ("1d", None),
            ("3600", None),
            ("h", None),
            ("", None),
            ("$DURATION", None),
        ] {
            assert_eq!(lifetime(text), expected.map(Duration::from_secs), "{text}");
        }
    }
}
