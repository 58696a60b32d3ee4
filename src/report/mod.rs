//! Reports: one file per format behind one trait.

mod arguments;
mod columns;
mod concise;
mod credentials;
mod documents;
pub(crate) mod escape;
mod fallback;
mod format;
mod github;
mod gitlab;
mod graph;
#[cfg(test)]
mod hostile;
mod identities;
mod json;
mod keys;
mod line_hash;
mod lines;
mod mask;
mod merged;
mod page;
mod positions;
mod random;
mod rights;
mod sarif;
pub(crate) mod shapes;
mod snippet;
mod spots;
mod summary;
#[cfg(test)]
mod testing;
mod text;
mod versions;
mod view;
mod words;

use std::io;

pub use columns::columns;
pub use concise::Concise;
pub use credentials::{CredentialFormat, Explanation};
pub use format::{Format, Output, OutputError};
pub use github::Github;
pub use gitlab::Gitlab;
pub use graph::{Drawing, GraphFormat};
pub use identities::{Entry, IdentityFormat, Inventory};
pub use json::Json;
pub use lines::Lines;
pub use rights::{Answer, Asked, Question, RightsFormat, RightsReport};
pub use sarif::Sarif;
pub use text::{Text, TextOptions, Verbosity};
pub use view::{Region, SourceView, Unit, Views, masked};

use crate::engine::Run;

/// `text` for an error: what may be a credential is covered, so that an argument in the wrong place reaches no log.
pub(crate) fn without_secrets(text: &str) -> String {
    let text = shapes::mask(text);
    let words: Vec<_> = random::find(&text).collect();
    mask::cover(&text, &words)
}

/// Where the project lives: for links to it and to its rules.
pub const REPOSITORY: &str = "https://github.com/saudit/saudit";

/// The name of this tool, as reports give it.
const TOOL: &str = env!("CARGO_PKG_NAME");
/// Its version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Writes a run in one format.
pub trait Reporter {
    /// Writes the whole report.
    ///
    /// # Errors
    /// When `out` fails.
    fn write(&self, run: &Run, out: &mut dyn io::Write) -> io::Result<()>;
}

/// The reporter for `format`; only those for people have options.
pub fn reporter(format: Format, options: TextOptions) -> Box<dyn Reporter> {
    match format {
        Format::Text => Box::new(Text::new(options)),
        Format::Concise => Box::new(Concise { by_version: options.by_version }),
        Format::Json => Box::new(Json),
        Format::Sarif => Box::new(Sarif),
        Format::Github => Box::new(Github),
        Format::Gitlab => Box::new(Gitlab),
    }
}

/// The page of a rule.
fn rule_url(id: &str) -> String {
    format!("{REPOSITORY}/blob/main/rules/{id}.md")
}

/// Writes `report` as JSON that is harmless in a terminal and a CI log, with a line end.
fn write_json(report: &impl serde::Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let json = serde_json::to_string_pretty(report).map_err(io::Error::other)?;
    writeln!(out, "{}", escape::json(&json))
}
