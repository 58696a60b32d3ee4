//! Settings, resolved: what holds in this run.

use std::borrow::Cow;
use std::num::NonZero;
use std::path::PathBuf;

use jiff::civil::Date;

use super::file::{ConfigFile, FailOn, OverrideEntry, find};
use super::ignores::ConfigIgnore;
use super::quantity::{ByteSize, Lifetime};
use super::select::{Decision, Selection};
use crate::error::Error;
use crate::finding::{Confidence, Persona, Severity};
use crate::input::{MAX_FILE_SIZE, PathGlobs, Workspace};
use crate::k8s::{KubeVersions, SUPPORTED};
use crate::rules::{self, MAX_TOKEN_LIFETIME, Meta};

/// What holds in this run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is shown where no override holds.
    view: View,
    overrides: Vec<(PathGlobs, Layer)>,
    /// What the command line says about what is shown: it overrules overrides too.
    command_line: Layer,
    /// The same in the form of a configuration, to show.
    merged: ConfigFile,
    /// The configuration that was read.
    pub config: Option<PathBuf>,
    /// From which severity on a finding fails the run; `None` for never.
    pub fail_on: Option<Severity>,
    /// The Kubernetes versions to audit for.
    pub targets: KubeVersions,
    /// Whether the user named those.
    pub names_versions: bool,
    /// The namespace of objects that name none, if the user knows it.
    pub namespace: Option<String>,
    /// Paths to leave out.
    pub exclude: PathGlobs,
    /// Larger files are skipped; bytes.
    pub max_file_size: u64,
    /// A projected token that lives longer is worth a finding; seconds.
    pub max_token_lifetime: u64,
    /// Accepted findings.
    pub ignores: Vec<ConfigIgnore>,
    /// Whether a suppression without a reason counts for nothing.
    pub require_reason: bool,
    /// What only the command line can say.
    pub flags: RunFlags,
}

/// What only the command line can say.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct RunFlags {
    /// How many threads; as many as there are processors if not said.
    pub threads: Option<NonZero<usize>>,
    /// Whether anything that was not read fails the run.
    pub strict: bool,
    /// Whether findings leave the exit at 0.
    pub exit_zero: bool,
    /// Whether it is right that there is no Kubernetes object.
    pub allow_empty: bool,
    /// Whether suppressions of every kind are disregarded.
    pub no_ignores: bool,
    /// The date by which suppressions expire.
    pub today: Date,
}

/// What is shown of the findings in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Which rules run.
    pub selection: Selection,
    /// Nothing less bad is shown.
    pub min_severity: Severity,
    /// Nothing less sure is shown.
    pub min_confidence: Confidence,
    /// Whom the findings are for.
    pub persona: Persona,
}

/// Changes to a [`View`].
#[derive(Clone, Debug, Default)]
struct Layer {
    selection: Selection,
    min_severity: Option<Severity>,
    min_confidence: Option<Confidence>,
    persona: Option<Persona>,
}

impl Settings {
    /// The settings of a run: `config` is the configuration to read ([`Settings::locate`]), `command_line` what the
    /// command line and the environment say.
    ///
    /// # Errors
    /// If the configuration cannot be read or says something that it may not, or a rule does not exist.
    pub fn resolve(
        workspace: &Workspace,
        config: Option<PathBuf>,
        command_line: ConfigFile,
        flags: RunFlags,
    ) -> Result<Self, Error> {
        let file = match &config {
            Some(path) => ConfigFile::read(path, workspace)?,
            None => ConfigFile::default(),
        };
        let place = config.as_ref().map_or("command line".to_owned(), |path| workspace.shown(path));
        let invalid = |error: &dyn std::error::Error| Error::InvalidConfig {
            place: place.clone(),
            message: error.to_string(),
            help: None,
        };
        let folder = config.as_ref().map_or(String::new(), |path| folder_of(path, workspace));
        let globs = |patterns: &[String]| PathGlobs::new(&folder, patterns).map_err(|error| invalid(&error));
        let overriding = |entry: &OverrideEntry| {
            let layer = Layer::of_override(entry).map_err(|error| error.in_config(&place))?;
            Ok((globs(&entry.paths)?, layer))
        };
        let overrides = file.overrides.iter().map(overriding).collect::<Result<_, Error>>()?;
        let ignores = file.ignore.iter().map(|entry| ConfigIgnore::new(entry, &folder, &place));
        let ignores = ignores.collect::<Result<_, _>>()?;
        let command_line_layer = Layer::of_file(&command_line)?;
        let mut view = View::default();
        view.overlay(&Layer::of_file(&file).map_err(|error| error.in_config(&place))?);
        view.overlay(&command_line_layer);
        let merged = merge(file, command_line);
        let targets = match &merged.kube_version {
            Some(text) => KubeVersions::parse(text).map_err(|error| invalid(&error))?,
            None => SUPPORTED,
        };
        Ok(Self {
            view,
            overrides,
            command_line: command_line_layer,
            config,
            fail_on: merged.fail_on.unwrap_or(FailOn::Medium).severity(),
            targets,
            names_versions: merged.kube_version.is_some(),
            namespace: merged.namespace.clone(),
            exclude: globs(merged.exclude.as_deref().unwrap_or_default())?,
            max_file_size: merged.max_file_size.map_or(MAX_FILE_SIZE, |size| size.0),
            max_token_lifetime: merged.max_token_lifetime.unwrap_or(Lifetime(MAX_TOKEN_LIFETIME)).0,
            ignores,
            require_reason: merged.require_reason.unwrap_or_default(),
            flags,
            merged,
        })
    }

    /// The configuration of this run, by its real path: the one that is `given`, else the nearest.
    ///
    /// # Errors
    /// If the given one is not there.
    pub fn locate(workspace: &Workspace, given: Option<&PathBuf>) -> Result<Option<PathBuf>, Error> {
        let Some(path) = given else { return Ok(find(workspace)) };
        let real = std::fs::canonicalize(workspace.cwd().join(path));
        real.map(Some).map_err(|source| Error::UnreadableConfig { path: path.clone(), source })
    }

    /// What is shown of the findings in the file at `path` (relative to the root).
    pub fn view(&self, path: &str) -> Cow<'_, View> {
        let mut layers = self.overrides.iter().filter(|(paths, _)| paths.contains(path)).peekable();
        if layers.peek().is_none() {
            return Cow::Borrowed(&self.view);
        }
        let mut view = self.view.clone();
        for (_, layer) in layers {
            view.overlay(layer);
        }
        view.overlay(&self.command_line);
        Cow::Owned(view)
    }

    /// Whether the rule can show anything anywhere, so that it has to run.
    pub fn runs(&self, rule: &Meta) -> bool {
        self.views().any(|view| view.selection.decides(rule) != Decision::Off)
    }

    /// Whether this is said about the rule for any path.
    pub fn decides_anywhere(&self, rule: &Meta, decision: Decision) -> bool {
        self.views().any(|view| view.selection.decides(rule) == decision)
    }

    /// The least thresholds of all paths. Which rules run is not part of it.
    pub fn loosest_view(&self) -> View {
        self.views().fold(self.view.clone(), |loosest, view| View {
            selection: loosest.selection,
            min_severity: loosest.min_severity.min(view.min_severity),
            min_confidence: loosest.min_confidence.min(view.min_confidence),
            persona: loosest.persona.max(view.persona),
        })
    }

    /// The view where no override holds, and that of each override.
    fn views(&self) -> impl Iterator<Item = View> {
        let overridden = self.overrides.iter().map(|(_, layer)| {
            let mut view = self.view.clone();
            view.overlay(layer);
            view.overlay(&self.command_line);
            view
        });
        std::iter::once(self.view.clone()).chain(overridden)
    }

    /// The settings as a configuration that says the same, with the rules that run as comments.
    pub fn to_yaml(&self) -> String {
        let mut shown = self.merged.clone();
        shown.min_severity = Some(self.view.min_severity);
        shown.min_confidence = Some(self.view.min_confidence);
        shown.persona = Some(self.view.persona);
        shown.fail_on.get_or_insert(FailOn::Medium);
        shown.max_file_size.get_or_insert(ByteSize(MAX_FILE_SIZE));
        shown.max_token_lifetime.get_or_insert(Lifetime(MAX_TOKEN_LIFETIME));
        shown.require_reason.get_or_insert(false);
        shown.kube_version.get_or_insert_with(|| {
            let minors: Vec<_> = SUPPORTED.minors().map(|minor| format!("1.{minor}")).collect();
            minors.join(",")
        });
        let mut yaml = match serde_yaml::to_value(&shown) {
            Ok(serde_yaml::Value::Mapping(mut settings)) => {
                settings.retain(|_, value| !value.is_null());
                serde_yaml::to_string(&settings).unwrap_or_default()
            }
            _ => String::new(),
        };
        yaml.push_str("# rules that run:\n");
        for rule in rules::ALL.iter().filter(|rule| self.runs(rule.meta())) {
            yaml.push_str("# - ");
            yaml.push_str(rule.id);
            yaml.push('\n');
        }
        yaml
    }
}

impl View {
    /// Whether a finding of the rule, as sure as this and for this audience, is shown.
    pub fn shows(&self, rule: &Meta, confidence: Confidence, persona: Persona) -> bool {
        let for_us = match self.selection.decides(rule) {
            Decision::Off => false,
            Decision::On => persona <= self.persona,
            Decision::Named => true,
        };
        for_us && rule.severity >= self.min_severity && confidence >= self.min_confidence
    }

    fn overlay(&mut self, layer: &Layer) {
        self.selection.overlay(&layer.selection);
        self.min_severity = layer.min_severity.unwrap_or(self.min_severity);
        self.min_confidence = layer.min_confidence.unwrap_or(self.min_confidence);
        self.persona = layer.persona.unwrap_or(self.persona);
    }
}

impl Default for View {
    /// Everything that is for everyone.
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            min_severity: Severity::Info,
            min_confidence: Confidence::Low,
            persona: Persona::Regular,
        }
    }
}

impl Layer {
    fn of_file(file: &ConfigFile) -> Result<Self, Error> {
        Ok(Self {
            selection: selection(file.select.as_deref(), file.disable.as_deref())?,
            min_severity: file.min_severity,
            min_confidence: file.min_confidence,
            persona: file.persona,
        })
    }

    fn of_override(entry: &OverrideEntry) -> Result<Self, Error> {
        Ok(Self {
            selection: selection(entry.select.as_deref(), entry.disable.as_deref())?,
            min_severity: entry.min_severity,
            min_confidence: entry.min_confidence,
            persona: entry.persona,
        })
    }
}

fn selection(select: Option<&[String]>, disable: Option<&[String]>) -> Result<Selection, Error> {
    Selection::new(select.unwrap_or_default(), disable.unwrap_or_default())
}

/// `file` with `stronger` on top; what both disable adds up.
fn merge(file: ConfigFile, stronger: ConfigFile) -> ConfigFile {
    let disable = match (file.disable, stronger.disable) {
        (Some(mut all), Some(more)) => {
            all.extend(more);
            Some(all)
        }
        (one, other) => other.or(one),
    };
    ConfigFile {
        select: stronger.select.or(file.select),
        disable,
        min_severity: stronger.min_severity.or(file.min_severity),
        min_confidence: stronger.min_confidence.or(file.min_confidence),
        persona: stronger.persona.or(file.persona),
        fail_on: stronger.fail_on.or(file.fail_on),
        kube_version: stronger.kube_version.or(file.kube_version),
        namespace: stronger.namespace.or(file.namespace),
        exclude: stronger.exclude.or(file.exclude),
        max_file_size: stronger.max_file_size.or(file.max_file_size),
        max_token_lifetime: stronger.max_token_lifetime.or(file.max_token_lifetime),
        require_reason: stronger.require_reason.or(file.require_reason),
        overrides: file.overrides,
        ignore: file.ignore,
    }
}

/// The folder that a configuration's patterns are relative to. A configuration from outside of the project speaks
/// about the root.
fn folder_of(config: &std::path::Path, workspace: &Workspace) -> String {
    match config.parent() {
        Some(folder) if folder.starts_with(workspace.root()) => workspace.relative(folder),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
