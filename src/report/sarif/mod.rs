//! SARIF 2.1.0, for GitHub code scanning, GitLab and whoever else reads it.
//!
//! Nothing in it depends on the machine or the time. Suppressed findings are left out, because GitHub would show them
//! as open alerts; so is `automationDetails`, which would override the category that a user gives to the upload.

mod descriptors;
mod results;
mod schema;

use std::io;

use self::schema::{
    Driver, Invocation, Log, Notification, NotificationDescriptor, Reference, Run as SarifRun, Tool, UriBase,
};
use super::view::{edits, places};
use super::{REPOSITORY, Reporter, TOOL, VERSION, Views, escape, write_json};
use crate::engine::{Run, Skipped};
use crate::finding::Severity;

/// Stands for the root of the repository in URIs; services know where that is.
const SOURCE_ROOT: &str = "%SRCROOT%";
/// Skipped files that are named; more are counted.
const NAMED: usize = 1000;
/// Ids of notifications: a file was not read; there were too many findings for a service.
const SKIPPED: &str = "skipped-file";
const TOO_MANY: &str = "too-many-findings";

/// Writes a SARIF log.
#[derive(Clone, Copy, Debug)]
pub struct Sarif;

impl Reporter for Sarif {
    fn write(&self, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
        let places = places(&run.findings).map(|place| (place.file, place.span));
        let views = Views::locating(&run.sources, []).showing(places.chain(edits(&run.findings)));
        let (results, left_out) = results::results(&run.findings, &views);
        let mut notifications = skipped(&run.summary.skipped);
        if left_out > 0 {
            let text = format!("{left_out} less severe findings were left out, because there were too many.");
            notifications.push(notification(TOO_MANY, text));
        }
        let run = SarifRun {
            tool: Tool { driver: driver() },
            // Findings are no failure: GitHub may reject a run that did not succeed.
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notifications,
            }],
            original_uri_base_ids: [(
                SOURCE_ROOT,
                UriBase { description: "The root of the repository.".into() },
            )]
            .into(),
            column_kind: "utf16CodeUnits",
            results,
        };
        let schema = "https://json.schemastore.org/sarif-2.1.0.json";
        write_json(&Log { schema, version: "2.1.0", runs: [run] }, out)
    }
}

fn driver() -> Driver {
    Driver {
        name: TOOL,
        semantic_version: VERSION,
        information_uri: REPOSITORY,
        rules: descriptors::descriptors(),
        notifications: [
            (
                SKIPPED,
                "A file was found but not read.",
                "Nothing is known of what stands in it; the message says why it was not read.",
                "Make it readable, or leave it out with .sauditignore.",
            ),
            (
                TOO_MANY,
                "There were more findings than a service accepts.",
                "The most severe findings are in the report, the others are left out.",
                "Mend some, or check a part of the repository at a time.",
            ),
        ]
        .map(|(id, short, full, help)| NotificationDescriptor {
            id,
            short_description: short.into(),
            full_description: full.into(),
            help: help.into(),
        }),
    }
}

fn skipped(skipped: &[Skipped]) -> Vec<Notification> {
    let one = |left: &Skipped| {
        let text = format!("{} was not read: {}.", left.shown, left.reason);
        notification(SKIPPED, escape::sarif_message(&text))
    };
    let mut notifications: Vec<_> = skipped.iter().take(NAMED).map(one).collect();
    if let Some(more) = skipped.len().checked_sub(NAMED).filter(|more| *more > 0) {
        notifications.push(notification(SKIPPED, format!("{more} more files were not read.")));
    }
    notifications
}

/// A notification at level warning: `error` would say that the run failed.
fn notification(id: &'static str, text: String) -> Notification {
    Notification { descriptor: Reference { id }, level: "warning", message: text.into() }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// At most `most` characters of `text`.
fn clip(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
