//! `saudit rules`: what is there.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Exit, Io};
use crate::error::Error;
use crate::report::columns;
use crate::rules::{ALL, Meta};

/// List all rules.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:\n  saudit rules\n  saudit rules --output json | jq -r '.rules[].id'")]
pub struct RulesArgs {
    /// How to print them.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    output: ListFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum ListFormat {
    /// A table for people.
    #[default]
    Text,
    /// All metadata, for scripts.
    Json,
}

impl RulesArgs {
    pub(super) fn run(&self, io: &mut Io<'_>) -> Result<Exit, Error> {
        let text = match self.output {
            ListFormat::Text => table(),
            ListFormat::Json => {
                let rules: Vec<_> = ALL.iter().map(|rule| rule.meta()).collect();
                format!("{:#}\n", json!({ "version": 1, "rules": rules }))
            }
        };
        io.print(&text)?;
        Ok(Exit::Clean)
    }
}

fn table() -> String {
    let rows = ALL.iter().map(|rule| cells(rule.meta()));
    let rows: Vec<_> =
        std::iter::once(["RULE", "GROUP", "SEVERITY", "PERSONA", "FIX", "TITLE"].map(str::to_owned))
            .chain(rows)
            .collect();
    columns(&rows)
}

fn cells(meta: &Meta) -> [String; 6] {
    [
        meta.id.to_owned(),
        meta.group.clone(),
        meta.severity.to_string(),
        meta.persona.to_string(),
        meta.fix.map_or("-".to_owned(), |fix| fix.to_string()),
        meta.title.clone(),
    ]
}
