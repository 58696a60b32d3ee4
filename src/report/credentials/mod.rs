//! Reports of credentials: blocks for people, JSON.

mod json;
mod text;

use std::io;

use clap::ValueEnum;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Lines;
use crate::credential::Held;

/// How credentials are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CredentialFormat {
    /// A block for each.
    #[default]
    Text,
    /// For scripts; versioned.
    Json,
}

/// The credentials of a text, and what is needed to print them.
#[derive(Debug)]
pub struct Explanation<'e> {
    /// The credentials, in the order of the text.
    pub held: &'e [Held],
    /// The lines of the text.
    pub lines: &'e Lines,
    /// By when they count as expired or not.
    pub now: Timestamp,
}

impl Explanation<'_> {
    /// Writes the credentials in one format.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, format: CredentialFormat, out: &mut dyn io::Write) -> io::Result<()> {
        match format {
            CredentialFormat::Text => out.write_all(text::blocks(self).as_bytes()),
            CredentialFormat::Json => json::write(self, out),
        }
    }

    fn line(&self, held: &Held) -> usize {
        self.lines.line(held.span.start as usize)
    }

    fn is_over(&self, expires: Option<Timestamp>) -> bool {
        expires.is_some_and(|expires| expires <= self.now)
    }
}

/// `2026-11-21 10:00:00 UTC`
fn moment(time: Timestamp) -> String {
    let time = time.to_zoned(TimeZone::UTC).datetime();
    format!("{} {:02}:{:02}:{:02} UTC", time.date(), time.hour(), time.minute(), time.second())
}

/// A rough stretch of time: "40 minutes", "363 days".
fn stretch(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| seconds >= *unit).unwrap_or((1, "second"));
    let count = seconds / unit;
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}
