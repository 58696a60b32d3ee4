//! The run: files in, findings out.

use std::collections::HashSet;
use std::path::Path;
use std::sync::mpsc;
use std::time::Instant;

use rayon::prelude::*;

use super::analyse::{self, Outcome, guard};
use super::charts::Charts;
use super::pieces::Pieces;
use super::pins::PinnedTemplates;
use super::run::Taken;
use super::{Options, Run, rendered, renderings, scripts, suppress};
use crate::helm::chart::{ChartFile, is_metadata};
use crate::input::{
    Audited, Decoded, Found, Keeper, Purpose, Source, Surroundings, is_script, is_template_text,
};
use crate::rules::{Check, Context, Rule, Sink};
use crate::script::{self, Application, Creation};
use crate::signs::Signs;
use crate::span::FileId;
use crate::world::World;
use crate::world::rbac::{Rights, read_built_in_roles};

/// How many files the walk may be ahead of the readers.
const AHEAD: usize = 4096;

/// A file that was found, and what came of it.
pub(super) enum Read {
    File {
        source: Source,
        explicit: bool,
        purpose: Purpose,
        surroundings: Surroundings,
        outcome: Result<Box<Outcome>, String>,
    },
    Skipped {
        shown: String,
        reason: String,
        explicit: bool,
    },
    Cut {
        max_files: usize,
    },
}

/// What was read, and what the rules said of each object alone.
pub(super) struct Gathered {
    pub(super) run: Run,
    pub(super) taken: Taken,
    pub(super) world: World,
    /// Whether nothing was left out that a rule may need to know.
    knows_all: bool,
}

/// Reads what `walk` finds while it walks, and runs the rules about single objects.
pub(super) fn gather(walk: impl FnOnce(&mut dyn FnMut(Found)) + Send, options: &Options) -> Gathered {
    let mut run = Run::default();
    // What rules will ask of Kubernetes itself is read beside the files.
    let prepare = || {
        if needs_rights(options) {
            read_built_in_roles();
        }
    };
    let (read, ()) = rayon::join(|| read_all(walk, options), prepare);
    let mut taken = run.take_in(read);
    let knows_all = taken.read.partial.is_empty() && !taken.read.is_cut;
    taken.read.namespace.clone_from(&options.namespace);
    let world = World::new(std::mem::take(&mut taken.read));
    Gathered { run, taken, world, knows_all }
}

/// Reads what `walk` finds while it walks, runs the rules, and decides what is shown. The outcome does not depend on
/// the number of threads.
pub fn check(walk: impl FnOnce(&mut dyn FnMut(Found)) + Send, options: &Options) -> Run {
    let started = Instant::now();
    let Gathered { mut run, mut taken, mut world, knows_all } = gather(walk, options);
    let pinned = PinnedTemplates::new(&run, &world, options);
    pinned.judge_again(&mut run, &taken, options);
    taken.pinned.extend(pinned.files());
    run.findings.retain(|finding| !world.is_input(finding.place.file));
    for (id, suppressions) in (0..).map(FileId).zip(&mut taken.suppressions) {
        if world.is_input(id) {
            suppressions.clear();
        }
    }
    let charts = Charts::new(std::mem::take(&mut taken.chart_files), &mut run);
    charts.tell(&mut world, &run.sources);
    run_world_rules(&world, options, pinned.context(options), &mut run);
    pinned.narrow(&mut run.findings, options);
    charts.run_rules(options, &mut run);
    charts.narrow(&mut run.findings, &world, &run.sources);
    rendered::relocate(&mut run, &taken);
    renderings::add(&mut run, &taken, &charts, options);
    for finding in run.findings.iter_mut().filter(|finding| !taken.can_be_mended(finding.place.file)) {
        finding.fix = None;
    }
    run.arrange();
    if options.heed_suppressions {
        let could_tell = |rule: &Rule| knows_all || !rule.needs_all();
        run.suppress(&mut taken, options, could_tell);
        run.arrange();
    }
    run.settle(&taken, options);
    run.summary.rules = options.rules.len();
    run.summary.elapsed = started.elapsed();
    run
}

fn needs_rights(options: &Options) -> bool {
    options.rules.iter().any(|rule| matches!(rule.check, Check::Rights(_)))
}

fn run_world_rules(world: &World, options: &Options, context: Context, run: &mut Run) {
    let rights = needs_rights(options).then(|| guard(|| Rights::new(world, context.targets))).flatten();
    let judge = |rule: &&'static Rule| {
        let mut findings = Vec::new();
        let mut sink = Sink::new(rule.meta(), context, &mut findings);
        let checked = match (rule.check, &rights) {
            (Check::World(check), _) => guard(|| check(world, &mut sink)),
            (Check::Rights(check), Some(rights)) => guard(|| check(rights, &mut sink)),
            (Check::Rights(_), None) => None,
            _ => Some(()),
        };
        (findings, checked.is_none().then_some(rule.id))
    };
    let mut rules = options.rules.clone();
    // What takes longest first, so that no thread waits for it in the end.
    rules.sort_by_key(|rule| !matches!(rule.check, Check::Rights(_)));
    let judged: Vec<_> = rules.par_iter().with_max_len(1).map(judge).collect();
    for (findings, failed) in judged {
        run.findings.extend(findings);
        if let Some(rule) = failed {
            let failure = format!("internal error in the rule {rule}; please report it");
            run.summary.skip("(all files)", &failure, true);
        }
    }
}

/// The walk goes on in a thread of its own while all others read; in the end the order is that of the walk.
fn read_all(walk: impl FnOnce(&mut dyn FnMut(Found)) + Send, options: &Options) -> Vec<Read> {
    let (sender, receiver) = mpsc::sync_channel(AHEAD);
    let keeper = Keeper::default();
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
            .map(|(order, (id, found))| (order, read_one(id, found, &keeper, options)))
            .collect();
        read.sort_by_key(|(order, _)| *order);
        read.into_iter().map(|(_, read)| read).collect()
    })
}

fn read_one(id: FileId, found: Found, keeper: &Keeper, options: &Options) -> Read {
    match found {
        Found::Skipped { shown, reason, explicit } => Read::Skipped { shown, reason, explicit },
        Found::Cut { max_files } => Read::Cut { max_files },
        Found::File { mut source, explicit, purpose, surroundings } => {
            let mut audited = Audited::Nothing;
            let outcome = match source.read(options.max_file_size) {
                Ok(decoded) => {
                    let outcome = failing_alone(|| {
                        read_text(id, &source.path, &decoded, purpose, &surroundings, options)
                    });
                    if outcome.is_remembered() {
                        audited = keeper.remember(decoded);
                    }
                    Ok(Box::new(outcome))
                }
                Err(error) => Err(error.to_string()),
            };
            source.audited = audited;
            Read::File { source, explicit, purpose, surroundings, outcome }
        }
    }
}

/// What a file gives; where that panics, that it failed. The other files are read all the same.
fn failing_alone(read: impl FnOnce() -> Outcome) -> Outcome {
    guard(read).unwrap_or_else(|| {
        let failures = vec!["internal error in reading it".to_owned()];
        Outcome { is_unread: true, failures, ..Outcome::default() }
    })
}

fn applications(pieces: &Pieces<'_>) -> Vec<Application> {
    let found = pieces.search(|signs| signs.commands, |piece, _| script::applications(piece));
    found.into_iter().map(|(by, it)| Application { span: it.span.shift(by), ..it }).collect()
}

fn embedded_creations(pieces: &Pieces<'_>) -> Vec<Creation> {
    let found = pieces.search(Signs::may_create, script::embedded_creations);
    found.into_iter().map(|(by, it)| Creation { span: it.span.shift(by), ..it }).collect()
}

fn with_creations(mut outcome: Outcome, creations: Vec<Creation>) -> Outcome {
    outcome.creations.extend(creations);
    outcome
}

fn read_text(
    id: FileId,
    path: &str,
    decoded: &Decoded<'_>,
    purpose: Purpose,
    surroundings: &Surroundings,
    options: &Options,
) -> Outcome {
    let text = &*decoded.text;
    let pieces = Pieces::of(text);
    let applications = applications(&pieces);
    let bound = |names: fn(&str, Signs) -> HashSet<Box<str>>| -> HashSet<_> {
        let names = |piece: &str, signs| names(piece, signs).into_iter().collect();
        pieces.search(Signs::may_bind, names).into_iter().map(|(_, name)| name).collect()
    };
    if purpose == Purpose::Commands {
        let (creations, bound_names) =
            (script::creations(text), bound(|piece, _| script::names_beside_bindings(piece)));
        return Outcome { creations, bound_names, applications, ..Outcome::default() };
    }
    let (is_reported, in_chart) = (purpose == Purpose::Report, surroundings.chart.is_some());
    let may_be_in_chart = in_chart || purpose == Purpose::Ghost;
    let file = analyse::File { id, path, is_reported, in_chart, text, pieces: &pieces };
    let is_template = may_be_in_chart && is_template_text(Path::new(path));
    let mut outcome = if is_template || is_script(Path::new(path)) {
        let outcome = scripts::file(file, is_template, options);
        let outcome =
            Outcome { bound_names: bound(|piece, _| script::names_beside_bindings(piece)), ..outcome };
        with_creations(outcome, script::creations(text))
    } else {
        let outcome = analyse::file(file, options);
        let outcome = Outcome { bound_names: bound(script::names_beside_embedded_bindings), ..outcome };
        with_creations(outcome, embedded_creations(&pieces))
    };
    outcome.applications = applications;
    outcome.transcoded = decoded.transcoded;
    if purpose != Purpose::Ghost && (in_chart || is_metadata(path)) {
        outcome.chart_file = ChartFile::read(id, path, surroundings.chart.clone(), text);
        if (in_chart || outcome.chart_file.is_some()) && options.heed_suppressions && !outcome.is_template {
            suppress::add_from_template(text, id, &mut outcome.suppressions);
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_fails_alone_and_may_define_anything() {
        let outcome = failing_alone(|| panic!("what it says is not repeated"));
        assert!(outcome.is_unread);
        assert_eq!(outcome.failures, ["internal error in reading it"]);
        assert!(failing_alone(Outcome::default).failures.is_empty());
    }
}
