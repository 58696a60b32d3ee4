//! From settings to the engine and back.

use crate::config::{Decision, Settings};
use crate::engine::{self, Options, Run, Show, Survey};
use crate::error::Error;
use crate::input::{Found, Helm, Request, discover};
use crate::report::shapes::mask;
use crate::rules::{self, Context, Rule};

/// Audits what the request asks for. `failed` is what could not even be asked for.
/// `helm` renders charts.
pub(super) fn audit(
    request: &Request,
    failed: Option<Found>,
    settings: &Settings,
    helm: Option<&Helm>,
) -> Result<Run, Error> {
    let mut run = pool(settings)?.install(|| {
        rules::read_pages();
        let options = Options { helm: helm.cloned(), ..options(request, settings) };
        engine::check(walk(request, failed), &options)
    });
    for skipped in &mut run.summary.skipped {
        // What another program says may quote what it read.
        skipped.reason = mask(&skipped.reason).into_owned();
    }
    hide(&mut run, settings);
    Ok(run)
}

/// Reads what the request asks for. `failed` is what could not even be asked for.
pub(super) fn survey(request: &Request, failed: Option<Found>, settings: &Settings) -> Result<Survey, Error> {
    let options = options(request, settings);
    Ok(pool(settings)?.install(|| engine::survey(walk(request, failed), options)))
}

fn pool(settings: &Settings) -> Result<rayon::ThreadPool, Error> {
    let mut pool = rayon::ThreadPoolBuilder::new();
    if let Some(threads) = settings.flags.threads {
        pool = pool.num_threads(threads.get());
    }
    Ok(pool.build().map_err(std::io::Error::other)?)
}

fn walk(request: &Request, failed: Option<Found>) -> impl FnOnce(&mut dyn FnMut(Found)) + Send {
    |found| {
        failed.into_iter().for_each(&mut *found);
        discover(request, found);
    }
}

/// The rules that run.
pub(super) fn rules(settings: &Settings) -> impl Iterator<Item = &'static Rule> {
    rules::ALL.iter().copied().filter(|rule| settings.runs(rule.meta()))
}

/// The engine shows what any path may show; [`hide`] looks at each path.
pub(super) fn options(request: &Request, settings: &Settings) -> Options {
    let loosest = settings.loosest_view();
    let rules: Vec<_> = rules(settings).collect();
    let named = |id: &&str| {
        rules::find(id).is_some_and(|rule| settings.decides_anywhere(rule.meta(), Decision::Named))
    };
    Options {
        show: Show {
            persona: loosest.persona,
            min_severity: loosest.min_severity,
            min_confidence: loosest.min_confidence,
            by_id: rules.iter().map(|rule| rule.id).filter(named).collect(),
        },
        rules,
        context: Context {
            targets: settings.targets,
            max_token_lifetime: settings.max_token_lifetime,
            today: settings.flags.today,
        },
        names_versions: settings.names_versions,
        config: settings.config.clone().map(|path| request.workspace.source(path)),
        require_reason: settings.require_reason,
        namespace: settings.namespace.clone(),
        heed_suppressions: !settings.flags.no_ignores,
        ignores: settings.ignores.clone(),
        today: settings.flags.today,
        max_file_size: settings.max_file_size,
        helm: None,
    }
}

/// Leaves out what the settings of each path do not show.
fn hide(run: &mut Run, settings: &Settings) {
    let Run { findings, sources, summary } = run;
    findings.retain(|finding| {
        let path = sources.get(finding.place.file).map_or("", |source| source.path.as_str());
        let view = settings.view(path);
        let shown = view.shows(finding.rule, finding.confidence, finding.persona);
        if !shown && view.selection.decides(finding.rule) != Decision::Off {
            summary.below_threshold += 1;
        }
        shown
    });
}
