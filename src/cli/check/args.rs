//! The options of `saudit check`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::config::{ConfigFile, FailOn, Lifetime, RunFlags};
use crate::finding::{Applicability, Confidence, Persona, Severity};
use crate::report::{Output, Verbosity};

use super::super::inputs::{InputArgs, ReleaseArgs, kube_version};
use super::super::mend::{Change, Changes};

const EXAMPLES: &str = "\
Examples:
  saudit check                                   this folder, and what is below
  saudit check deploy/ rbac.yaml                 these only
  helm template . | saudit check -               what Helm renders
  saudit check --select token --fail-on high     one group; fail on the worst only
  saudit check --helm charts/                    what charts become, on each version of Kubernetes
  saudit check --changed=origin/main             what a branch changes, and what it breaks elsewhere
  saudit check --kube-version 1.23..1.25 --by-version
                                                 what an upgrade breaks
  saudit check --fix --diff                      what would be mended
  saudit check -o text -o sarif=saudit.sarif     for people, and for code scanning

Settings come from saudit.yaml (see `saudit init`), then SAUDIT_* in the environment, then these options.";

/// Audit files: manifests, what Helm rendered, kubeconfigs, and the commands in scripts.
///
/// Folders are searched for *.yaml, *.yml, *.json and kubeconfigs; for shell scripts, Makefiles, Dockerfiles, Jenkinsfiles
/// and the like, Terraform and documentation (*.md, *.adoc, *.rst, NOTES.txt). .gitignore and .sauditignore are heeded.
/// Files that are named are always read.
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CheckArgs {
    /// Files and folders; `-` is standard input.
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) release: ReleaseArgs,
    /// Report only files that differ from a commit, staged or not, and what they break elsewhere: also what still names
    /// an object that is gone.
    #[arg(
        long,
        help_heading = "Input",
        value_name = "REV",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "HEAD",
        env = "SAUDIT_CHANGED"
    )]
    pub(super) changed: Option<String>,
    #[command(flatten)]
    pub(super) helm: HelmArgs,
    #[command(flatten)]
    pub(super) rules: RuleArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) fix: FixArgs,
    #[command(flatten)]
    pub(super) exit: ExitArgs,
}

/// How charts are rendered.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct HelmArgs {
    /// Also judge what charts become: run `helm template` (that of the PATH, or PATH) on each for every version of
    /// Kubernetes at which its gates change, with and without a vendor's suffix, and say findings of the templates.
    /// Values are the chart's defaults. helm gets no network, cluster, plugins or configuration; dependencies must lie
    /// in charts/. What cannot be rendered is named in the summary.
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "helm")]
    pub(super) helm: Option<PathBuf>,
    /// Kill helm after so many milliseconds.
    #[arg(long, value_name = "MILLISECONDS", hide = true)]
    pub(super) helm_timeout: Option<u64>,
}

/// Which rules run, and which findings are shown.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Rules")]
pub(super) struct RuleArgs {
    /// The Kubernetes versions to audit for: 1.29, 1.29..1.33, >=1.29 or a list [default: those supported today].
    #[arg(long, value_name = "VERSIONS", value_parser = kube_version, env = "SAUDIT_KUBE_VERSION")]
    pub(super) kube_version: Option<String>,
    /// Report projected tokens that live longer: a number with s, m, h or d [default: 24h].
    #[arg(long, value_name = "LIFETIME", env = "SAUDIT_MAX_TOKEN_LIFETIME")]
    pub(super) max_token_lifetime: Option<Lifetime>,
    /// Run only these rules or groups; a rule that is named is shown to every persona.
    #[arg(long, value_name = "RULE", value_delimiter = ',', env = "SAUDIT_SELECT")]
    pub(super) select: Option<Vec<String>>,
    /// Do not run these rules or groups.
    #[arg(
        long,
        visible_alias = "disable",
        value_name = "RULE",
        value_delimiter = ',',
        env = "SAUDIT_IGNORE"
    )]
    pub(super) ignore: Option<Vec<String>>,
    /// Show nothing less bad [default: info].
    #[arg(long, value_name = "SEVERITY", value_enum, env = "SAUDIT_MIN_SEVERITY")]
    pub(super) min_severity: Option<Severity>,
    /// Show nothing less sure [default: low].
    #[arg(long, value_name = "CONFIDENCE", value_enum, env = "SAUDIT_MIN_CONFIDENCE")]
    pub(super) min_confidence: Option<Confidence>,
    /// Whom the findings are for [default: regular].
    #[arg(long, value_name = "PERSONA", value_enum, env = "SAUDIT_PERSONA")]
    pub(super) persona: Option<Persona>,
    /// Disregard suppressions: comments, annotations and the configuration's.
    #[arg(long, env = "SAUDIT_NO_IGNORES", value_parser = FalseyValueParser::new())]
    pub(super) no_ignores: bool,
    /// The day by which suppressions expire.
    #[arg(long, value_name = "DATE", hide = true)]
    pub(super) today: Option<Date>,
}

/// What is printed.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct OutputArgs {
    /// text, concise, json, sarif, github or gitlab, and the file to write; may be repeated [default: text].
    #[arg(short, long, value_name = "FORMAT[=PATH]", env = "SAUDIT_OUTPUT")]
    pub(super) output: Vec<Output>,
    /// Print no summary.
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Name everything that was skipped.
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// Group text and concise output by the Kubernetes versions for which findings hold: what an upgrade breaks, step by
    /// step, as in `--kube-version 1.23..1.25 --by-version`.
    #[arg(long, conflicts_with = "statistics")]
    pub(super) by_version: bool,
    /// Print how many findings each rule has, in place of what goes to standard output.
    #[arg(long)]
    pub(super) statistics: bool,
    /// Print the files that would be read, and stop.
    #[arg(long, conflicts_with_all = ["show_settings", "fix"])]
    pub(super) show_files: bool,
    /// Print the settings that are in force, as a saudit.yaml, and stop.
    #[arg(long, conflicts_with = "fix")]
    pub(super) show_settings: bool,
}

/// What is mended.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Fixes")]
pub(super) struct FixArgs {
    /// Mend what can be mended without a look.
    #[arg(long)]
    pub(super) fix: bool,
    /// Mend what needs a look, too.
    #[arg(long)]
    pub(super) unsafe_fixes: bool,
    /// Show what would be mended (or ignored), in place of what goes to standard output, and change nothing.
    #[arg(long)]
    pub(super) diff: bool,
    /// Accept the findings that are shown: write `# saudit: ignore[…] REASON` where they are. The reason may have a
    /// date, as in `--add-ignore='until=2027-06-30 the agent needs it'`.
    #[arg(
        long,
        value_name = "REASON",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_parser = one_line,
        conflicts_with_all = ["fix", "unsafe_fixes", "no_ignores", "show_files", "show_settings"]
    )]
    pub(super) add_ignore: Option<String>,
}

/// How the run ends.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Exit status")]
pub(super) struct ExitArgs {
    /// Exit with 1 from this severity on [default: medium].
    #[arg(long, value_name = "SEVERITY", value_enum, env = "SAUDIT_FAIL_ON")]
    pub(super) fail_on: Option<FailOn>,
    /// Exit with 0 in place of 1.
    #[arg(long, env = "SAUDIT_EXIT_ZERO", value_parser = FalseyValueParser::new())]
    pub(super) exit_zero: bool,
    /// Exit with 2 if anything was skipped.
    #[arg(long, env = "SAUDIT_STRICT", value_parser = FalseyValueParser::new())]
    pub(super) strict: bool,
    /// Exit with 0 in place of 3 if there is no Kubernetes object.
    #[arg(long, env = "SAUDIT_ALLOW_EMPTY", value_parser = FalseyValueParser::new())]
    pub(super) allow_empty: bool,
}

impl OutputArgs {
    pub(super) fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Normal,
        }
    }
}

fn one_line(reason: &str) -> Result<String, &'static str> {
    let is_one_line = !reason.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
    is_one_line.then(|| reason.to_owned()).ok_or("a reason is one line of text")
}

impl CheckArgs {
    /// What the command line and the environment say, in the form of a configuration.
    pub(super) fn settings(&self) -> ConfigFile {
        ConfigFile {
            select: self.rules.select.clone(),
            disable: self.rules.ignore.clone(),
            min_severity: self.rules.min_severity,
            min_confidence: self.rules.min_confidence,
            persona: self.rules.persona,
            fail_on: self.exit.fail_on,
            kube_version: self.rules.kube_version.clone(),
            namespace: self.release.namespace.clone(),
            max_file_size: self.input.max_file_size,
            max_token_lifetime: self.rules.max_token_lifetime,
            ..ConfigFile::default()
        }
    }

    pub(super) fn flags(&self) -> RunFlags {
        RunFlags {
            threads: self.input.threads,
            strict: self.exit.strict,
            exit_zero: self.exit.exit_zero,
            // Of what pre-commit hands over nothing may be left, nothing may have changed, or nothing may be for Kubernetes.
            allow_empty: self.exit.allow_empty || self.input.force_exclude || self.changed.is_some(),
            no_ignores: self.rules.no_ignores,
            today: self.rules.today.unwrap_or_else(|| Timestamp::now().to_zoned(TimeZone::UTC).date()),
        }
    }

    /// `--unsafe-fixes` alone mends as `--fix --unsafe-fixes` does; `--diff` alone shows what `--fix` would do.
    pub(super) fn changes(&self) -> Option<Changes> {
        let FixArgs { fix, unsafe_fixes, diff, add_ignore } = &self.fix;
        let change = match add_ignore {
            Some(reason) => Change::AddIgnores { reason: reason.clone() },
            None if *unsafe_fixes => Change::Fix(Applicability::Unsafe),
            None => Change::Fix(Applicability::Safe),
        };
        (*fix || *unsafe_fixes || *diff || add_ignore.is_some()).then_some(Changes { change, write: !diff })
    }
}
