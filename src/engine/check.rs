//! The run: files in, findings out.

use std::sync::mpsc;
use std::time::Instant;

use rayon::prelude::*;

use super::analyse::{self, Outcome};
use super::{Options, Run};
use crate::input::{Digest, Found, Source, Surroundings};
use crate::rules::{Check, Sink};
use crate::span::FileId;
use crate::world::World;

/// How many files the walk may be ahead of the readers.
const AHEAD: usize = 4096;

/// A file that was found, and what came of it.
pub(super) enum Read {
    File { source: Source, explicit: bool, outcome: Result<Outcome, String> },
    Skipped { shown: String, reason: String, explicit: bool },
}

/// Reads what `walk` finds while it walks, runs the rules, and decides what is shown. The outcome does not depend on
/// the number of threads.
pub fn check(walk: impl FnOnce(&mut dyn FnMut(Found)) + Send, options: &Options) -> Run {
    let started = Instant::now();
    let mut run = Run::default();
    let (facts, mut suppressions) = run.take_in(read_all(walk, options));
    let world = World::new(facts, &run.sources, options.namespace.as_deref());
    run.findings.retain(|finding| !world.is_input(finding.place.file));
    for rule in &options.rules {
        if let Check::World(check) = rule.check {
            check(&world, &mut Sink::new(rule.meta(), options.context, &mut run.findings));
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

/// The walk goes on in a thread of its own while all others read; in the end the order is that of the walk.
fn read_all(walk: impl FnOnce(&mut dyn FnMut(Found)) + Send, options: &Options) -> Vec<Read> {
    let (sender, receiver) = mpsc::sync_channel(AHEAD);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut files = 0;
            walk(&mut |found| {
                let id = FileId(files);
                files += u32::from(matches!(found, Found::File { .. }));
                // The receiver only goes away when this run is over.
                let _ = sender.send((id, found));
            });
        });
        let mut read: Vec<_> = receiver
            .into_iter()
            .enumerate()
            .par_bridge()
            .map(|(order, (id, found))| (order, read_one(id, found, options)))
            .collect();
        read.sort_by_key(|(order, _)| *order);
        read.into_iter().map(|(_, read)| read).collect()
    })
}

fn read_one(id: FileId, found: Found, options: &Options) -> Read {
    match found {
        Found::Skipped { shown, reason, explicit } => Read::Skipped { shown, reason, explicit },
        Found::File { mut source, explicit, surroundings } => {
            let mut digest = None;
            let outcome = match source.read(options.max_file_size) {
                Ok(decoded) => {
                    let in_chart = surroundings == Surroundings::ChartTemplates;
                    let file = analyse::File { id, path: &source.path, in_chart, text: &decoded.text };
                    let mut outcome = analyse::file(file, options);
                    outcome.transcoded = decoded.transcoded;
                    digest = outcome.is_remembered().then(|| Digest::of(&decoded.text));
                    Ok(outcome)
                }
                Err(error) => Err(error.to_string()),
            };
            source.digest = digest;
            Read::File { source, explicit, outcome }
        }
    }
}
