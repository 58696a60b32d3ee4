//! Charts that are rendered for versions which the repository names: those are asked about in their templates, unless the
//! user names versions.

use std::collections::HashMap;
use std::path::Path;

use rayon::prelude::*;

use super::analyse;
use super::pieces::Pieces;
use super::run::Taken;
use super::{Options, Run};
use crate::finding::Finding;
use crate::input::{ReadError, Source, is_template_text};
use crate::k8s::KubeVersions;
use crate::rules::Context;
use crate::span::FileId;
use crate::world::World;

/// The versions to ask about in each template that is rendered for versions that are named.
pub(super) struct PinnedTemplates(HashMap<FileId, KubeVersions>);

impl PinnedTemplates {
    pub(super) fn new(run: &Run, world: &World, options: &Options) -> Self {
        let pins = world.pins();
        if options.names_versions || pins.is_empty() {
            return Self(HashMap::new());
        }
        let usual = options.context.targets;
        let pinned = |(file, source): (FileId, &Source)| {
            Some((file, pins.of(&source.path, world.chart(file)?, usual)?))
        };
        Self(run.sources.iter().filter_map(pinned).collect())
    }

    /// The templates.
    pub(super) fn files(&self) -> impl Iterator<Item = FileId> {
        self.0.keys().copied()
    }

    /// Judges them once more, for their versions, in place of what was said of them. The world is not looked at.
    pub(super) fn judge_again(&self, run: &mut Run, taken: &Taken, options: &Options) {
        run.findings.retain(|finding| !self.0.contains_key(&finding.place.file));
        let templates: Vec<_> = self.0.iter().filter(|(file, _)| taken.is_reported(**file)).collect();
        let judged = templates.into_par_iter().filter_map(|(file, versions)| {
            let source =
                run.sources.get(*file).filter(|source| !is_template_text(Path::new(&source.path)))?;
            Some((source.shown.clone(), findings(*file, source, *versions, options)))
        });
        let judged: Vec<_> = judged.collect();
        for (shown, findings) in judged {
            match findings {
                Ok(findings) => run.findings.extend(findings),
                Err(error) => run.summary.skip(&shown, &error.to_string(), false),
            }
        }
    }

    /// What rules about the world are asked: all versions that matter somewhere.
    pub(super) fn context(&self, options: &Options) -> Context {
        let all = self.0.values().fold(options.context.targets, |all, versions| all.or(*versions));
        Context { targets: all, ..options.context }
    }

    /// Leaves of each finding what holds for the versions of its file.
    pub(super) fn narrow(&self, findings: &mut Vec<Finding>, options: &Options) {
        if self.0.is_empty() {
            return;
        }
        let usual = options.context.targets;
        findings.retain_mut(|finding| {
            let versions = self.0.get(&finding.place.file).copied().unwrap_or(usual);
            finding.kubernetes = finding.versions.and(versions);
            finding.partial = finding.kubernetes != usual;
            !finding.kubernetes.is_empty()
        });
    }
}

fn findings(
    file: FileId,
    source: &Source,
    versions: KubeVersions,
    options: &Options,
) -> Result<Vec<Finding>, ReadError> {
    let decoded = source.read(options.max_file_size)?;
    let options = Options {
        rules: options.rules.clone(),
        context: Context { targets: versions, ..options.context },
        heed_suppressions: false,
        ..Options::default()
    };
    let (path, text) = (&*source.path, &*decoded.text);
    let pieces = &Pieces::of(text);
    let file = analyse::File { id: file, path, is_reported: true, in_chart: true, text, pieces };
    Ok(analyse::file(file, &options).findings)
}
