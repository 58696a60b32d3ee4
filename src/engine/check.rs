//! The run: files in, findings out.

use std::time::Instant;

use rayon::prelude::*;

use super::analyse::{self, Outcome};
use super::{Options, Run};
use crate::input::{Found, Source};
use crate::rules::{Check, Sink};
use crate::span::FileId;
use crate::world::World;

/// Reads what `found` yields while it yields it, runs the rules, and decides what is shown. The outcome does not
/// depend on the number of threads.
pub fn check(found: impl Iterator<Item = Found> + Send, options: &Options) -> Run {
    let started = Instant::now();
    let ids = (0..).map(FileId);
    let mut read: Vec<_> =
        ids.zip(found).par_bridge().map(|(id, found)| (id, analyse_found(found, id, options))).collect();
    read.sort_by_key(|(id, _)| *id);

    let mut run = Run::default();
    let mut facts = Vec::new();
    let mut suppressions = Vec::new();
    for (_, (source, outcome)) in read {
        match outcome {
            Ok(outcome) => {
                run.summary.add(&source.shown, &outcome);
                run.findings.extend(outcome.findings);
                facts.extend(outcome.facts);
                suppressions.push(outcome.suppressions);
            }
            Err(reason) => {
                run.summary.skip(&source.shown, &reason);
                suppressions.push(Vec::new());
            }
        }
        run.sources.add(source);
    }
    let world = World::new(facts, &run.sources, options.namespace.as_deref());
    run.findings.retain(|finding| !world.is_input(finding.place.file));
    for rule in &options.rules {
        if let Check::World(check) = rule.check {
            check(&world, &mut Sink::new(rule.meta(), options.targets, &mut run.findings));
        }
    }
    if options.heed_suppressions {
        run.suppress(&mut suppressions, options);
    }
    run.settle(options);
    run.summary.rules = options.rules.len();
    run.summary.elapsed = started.elapsed();
    run
}

fn analyse_found(found: Found, id: FileId, options: &Options) -> (Source, Result<Outcome, String>) {
    match found {
        Found::Skipped { source, reason } => (source, Err(reason)),
        Found::File(source) => match source.read(options.max_file_size) {
            Ok(text) => {
                let outcome = analyse::file(id, &source, &text, options);
                (source, Ok(outcome))
            }
            Err(error) => (source, Err(error.to_string())),
        },
    }
}
