//! For how long commands and Terraform ask for a token.

use std::ops::Range;
use std::time::Duration;

use super::{Command, Script};

/// A request for a token that says how long it shall live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedLifetime<'t> {
    /// The lifetime, in bytes of the text.
    pub range: Range<usize>,
    /// It, as it is written or as a variable holds it. None in Terraform, where it may be a product.
    pub written: Option<&'t str>,
    /// What it comes to, or why kubectl rejects it.
    pub lifetime: Result<Duration, DurationFault>,
}

/// Why kubectl takes no such duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationFault {
    /// It is a number alone, but for 0.
    NoUnit,
    /// It has a unit that Go does not know: `d`, `w`, `H`.
    UnknownUnit,
    /// It is less than nothing (`kubectl/pkg/cmd/create/create_token.go`).
    Negative,
    /// It has more than 2^63 - 1 nanoseconds, 292 years.
    TooLong,
}

impl Script<'_> {
    /// The lifetimes of the tokens that are asked for, as far as they are known, in commands that somebody runs.
    pub fn requested_lifetimes(&self) -> Vec<RequestedLifetime<'_>> {
        let blocks = self.token_requests().into_iter().map(|request| RequestedLifetime {
            range: request.range,
            written: None,
            lifetime: Ok(Duration::from_secs(request.seconds)),
        });
        let commands = self.commands().iter().filter(|command| is_request(command) && self.is_run(command));
        let commands = commands.filter_map(|command| {
            let duration = command.flag(&["--duration"])?;
            let written = self.literal(duration.text)?;
            let lifetime = parse(written)?;
            Some(RequestedLifetime { range: duration.range(), written: Some(written), lifetime })
        });
        blocks.chain(commands).collect()
    }
}

fn is_request(command: &Command<'_>) -> bool {
    command.word(0) == "create" && command.word(1) == "token"
}

/// A duration as Go reads it (`time.ParseDuration`): `87600h`, `1h30m`, `1.5h`. None for what is filled in later.
fn parse(text: &str) -> Option<Result<Duration, DurationFault>> {
    /// Go counts nanoseconds in 63 bits.
    const LONGEST: f64 = 9_223_372_036.854_775;
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let is_literal = unsigned.starts_with(is_part)
        && unsigned.chars().all(|c| is_part(c) || c.is_ascii_alphabetic() || "µμ".contains(c));
    if !is_literal {
        return None;
    }
    let mut total = 0.0;
    let mut rest = unsigned;
    while !rest.is_empty() && unsigned != "0" {
        let (number, behind) = rest.split_at_checked(rest.find(|c| !is_part(c)).unwrap_or(rest.len()))?;
        let (unit, behind) = behind.split_at_checked(behind.find(is_part).unwrap_or(behind.len()))?;
        let unit = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" | "μs" => 1e-6,
            "ns" => 1e-9,
            "" => return Some(Err(DurationFault::NoUnit)),
            _ => return Some(Err(DurationFault::UnknownUnit)),
        };
        total += number.parse::<f64>().ok()? * unit;
        rest = behind;
    }
    if total > LONGEST {
        return Some(Err(DurationFault::TooLong));
    }
    if text.starts_with('-') && total > 0.0 {
        return Some(Err(DurationFault::Negative));
    }
    Duration::try_from_secs_f64(total).ok().map(Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_go() {
        for (text, seconds) in [
            ("87600h", 315_360_000),
            ("1h30m", 5400),
            ("1.5h", 5400),
            ("+3600s", 3600),
            ("2000ms", 2),
            ("2000000h", 7_200_000_000),
            ("0", 0),
            ("-0", 0),
        ] {
            assert_eq!(parse(text), Some(Ok(Duration::from_secs(seconds))), "{text}");
        }
    }

    #[test]
    fn kubectl_rejects_what_go_does_not_read() {
        for (text, fault) in [
            ("30d", DurationFault::UnknownUnit),
            ("1h30", DurationFault::NoUnit),
            ("1y", DurationFault::UnknownUnit),
            ("24H", DurationFault::UnknownUnit),
            ("8760", DurationFault::NoUnit),
            ("-1h", DurationFault::Negative),
            ("99999999999h", DurationFault::TooLong),
        ] {
            assert_eq!(parse(text), Some(Err(fault)), "{text}");
        }
        for text in ["h", "", "$DURATION", "${HOURS}h", "1.2.3h", "<24h>", "24h|48h", "{{ .hours }}h"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
