//! `saudit.yaml`: what may stand in it, and where it is looked for.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::quantity::{ByteSize, Lifetime};
use super::select::closest;
use crate::error::Error;
use crate::finding::{Confidence, Persona, Severity};
use crate::input::Workspace;
use crate::yaml::{Content, Document, SyntaxError, split};

/// The names of the configuration, best first.
pub const CONFIG_NAMES: [&str; 2] = ["saudit.yaml", ".saudit.yaml"];

/// A larger file is no configuration.
const LARGEST: u64 = 1 << 20;

/// What a configuration says. The command line and the environment fill in the same form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, expecting = "a mapping of settings", rename_all = "kebab-case")]
pub struct ConfigFile {
    /// The only rules and groups to run.
    pub select: Option<Vec<String>>,
    /// Rules and groups not to run.
    pub disable: Option<Vec<String>>,
    /// Show nothing less bad.
    pub min_severity: Option<Severity>,
    /// Show nothing less sure.
    pub min_confidence: Option<Confidence>,
    /// Whom the findings are for.
    pub persona: Option<Persona>,
    /// From which severity on the run fails.
    pub fail_on: Option<FailOn>,
    /// The Kubernetes versions to audit for.
    pub kube_version: Option<String>,
    /// The namespace of objects that name none.
    pub namespace: Option<String>,
    /// Paths to leave out.
    pub exclude: Option<Vec<String>>,
    /// The size from which on a file is skipped.
    pub max_file_size: Option<ByteSize>,
    /// The lifetime from which on a projected token is worth a finding.
    pub max_token_lifetime: Option<Lifetime>,
    /// Whether a suppression must give a reason.
    pub require_reason: Option<bool>,
    /// Other settings for some paths.
    pub overrides: Vec<OverrideEntry>,
    /// Accepted findings.
    pub ignore: Vec<IgnoreEntry>,
}

/// Other settings for some paths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with `paths` and settings", rename_all = "kebab-case")]
pub struct OverrideEntry {
    /// Which paths.
    pub paths: Vec<String>,
    /// The only rules and groups to run.
    pub select: Option<Vec<String>>,
    /// Rules and groups not to run.
    pub disable: Option<Vec<String>>,
    /// Show nothing less bad.
    pub min_severity: Option<Severity>,
    /// Show nothing less sure.
    pub min_confidence: Option<Confidence>,
    /// Whom the findings are for.
    pub persona: Option<Persona>,
}

/// An accepted finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `rule`; to switch a rule off, list it under `disable`",
    rename_all = "kebab-case"
)]
pub struct IgnoreEntry {
    /// The rule's id.
    pub rule: String,
    /// Where.
    pub paths: Option<Vec<String>>,
    /// On which objects: `kind/name` or `kind/namespace/name`, with wildcards.
    pub object: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it counts.
    pub until: Option<String>,
}

/// From which severity on the run fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// On every finding.
    Info,
    /// From low on.
    Low,
    /// From medium on.
    Medium,
    /// From high on.
    High,
    /// Only on critical findings.
    Critical,
    /// On none.
    Never,
}

impl FailOn {
    /// The severity, or `None` for never.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Info => Some(Severity::Info),
            Self::Low => Some(Severity::Low),
            Self::Medium => Some(Severity::Medium),
            Self::High => Some(Severity::High),
            Self::Critical => Some(Severity::Critical),
            Self::Never => None,
        }
    }
}

impl ConfigFile {
    /// Reads the configuration at a path.
    ///
    /// # Errors
    /// If it cannot be read, or says something that it may not.
    pub fn read(path: &Path, workspace: &Workspace) -> Result<Self, Error> {
        let source = workspace.source(path.to_owned());
        let decoded = source.read(LARGEST).map_err(|error| Error::UnreadableConfig {
            path: path.to_owned(),
            source: std::io::Error::other(error.to_string()),
        })?;
        Self::parse(&decoded.text, &source.shown)
    }

    /// Reads a configuration's text; `shown` is the file's name in errors.
    ///
    /// # Errors
    /// If it says something that it may not.
    pub fn parse(text: &str, shown: &str) -> Result<Self, Error> {
        well_formed(text, shown)?;
        let parsed: Result<Option<Self>, _> = serde_yaml::from_str(text);
        parsed.map(Option::unwrap_or_default).map_err(|error| invalid(&error, shown))
    }
}

/// The nearest configuration from the working directory up to the root. If the working directory is outside of the
/// root, its own configuration or else the root's.
pub fn find(workspace: &Workspace) -> Option<PathBuf> {
    let (cwd, root) = (workspace.cwd(), workspace.root());
    let upward = cwd.ancestors().enumerate().take_while(|(up, folder)| *up == 0 || folder.starts_with(root));
    upward
        .map(|(_, folder)| folder)
        .chain([root])
        .flat_map(|folder| CONFIG_NAMES.map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

/// Says what is no YAML, before serde reads it: that takes minutes for some thousand open brackets.
fn well_formed(text: &str, shown: &str) -> Result<(), Error> {
    for chunk in split(text) {
        if let Content::Broken(SyntaxError { span, message, help, .. }) = Document::read(text, &chunk).content
        {
            let before = text.get(..span.start as usize).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            return Err(Error::InvalidConfig { place: format!("{shown}:{line}:{column}"), message, help });
        }
    }
    Ok(())
}

/// Says what is wrong with a configuration, where, and what was likely meant.
fn invalid(error: &serde_yaml::Error, shown: &str) -> Error {
    let place = match error.location() {
        Some(at) => format!("{shown}:{}:{}", at.line(), at.column()),
        None => shown.to_owned(),
    };
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let (message, help) = match unknown_word(message) {
        Some((said, expected)) => (said, Some(suggestion(said, expected))),
        None => (message, None),
    };
    Error::InvalidConfig { place, message: message.to_owned(), help }
}

/// Parts serde's "unknown field `a`, expected one of `b`, `c`" before the words that it expected.
fn unknown_word(message: &str) -> Option<(&str, &str)> {
    let is_unknown = ["unknown field `", "unknown variant `"].iter().any(|start| message.contains(start));
    message.split_once(", expected ").filter(|_| is_unknown)
}

/// The expected word that was likely meant, or all of them.
fn suggestion(said: &str, expected: &str) -> String {
    let quoted = |text: &'_ str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let known = quoted(expected);
    let wrong = quoted(said).pop().unwrap_or_default();
    match closest(&wrong, known.iter().map(String::as_str)) {
        Some(close) => format!("Did you mean `{close}`?"),
        None => format!("Known here: {}.", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_setting_is_read() {
        let text = "
select: [token]
disable: [pinned-token-uid]
min-severity: high
min-confidence: medium
persona: auditor
fail-on: never
kube-version: 1.30
namespace: prod
exclude: [legacy/]
max-file-size: 1048576
require-reason: true
overrides: [{paths: [test/], disable: [token], persona: regular}]
ignore: [{rule: pinned-token-uid, paths: [ci/], object: Secret/a, reason: old, until: 2030-01-31}]
";
        let file = ConfigFile::parse(text, "saudit.yaml").unwrap();
        assert_eq!(file.kube_version.as_deref(), Some("1.30"), "as written, not as a number");
        assert_eq!(file.max_file_size, Some(ByteSize(1 << 20)));
        assert_eq!((file.min_severity, file.fail_on), (Some(Severity::High), Some(FailOn::Never)));
        assert_eq!(file.overrides.first().unwrap().persona, Some(Persona::Regular));
        assert_eq!(file.ignore.first().unwrap().until.as_deref(), Some("2030-01-31"));
        let again = ConfigFile::parse(&serde_yaml::to_string(&file).unwrap(), "again").unwrap();
        assert_eq!(again, file);
    }

    #[test]
    fn what_is_no_yaml_is_said_with_its_place() {
        // For serde alone this would take hours.
        for text in [format!("ignore: {}", "[".repeat(500_000)), "{a: ".repeat(200_000)] {
            let error = ConfigFile::parse(&text, "saudit.yaml").unwrap_err().to_string();
            assert!(error.contains("nested deeper than 512 levels"), "{error}");
        }
        let error = ConfigFile::parse("# é\nselect: \"é", "saudit.yaml").unwrap_err().to_string();
        assert_eq!(error, "saudit.yaml:2:9: this quote is never closed");
    }

    #[test]
    fn an_empty_file_says_nothing() {
        for text in ["", "# nothing\n", "{}"] {
            assert_eq!(ConfigFile::parse(text, "saudit.yaml").unwrap(), ConfigFile::default(), "{text:?}");
        }
    }

    #[test]
    fn the_template_says_nothing_until_edited_and_then_is_right() {
        assert_eq!(ConfigFile::parse(super::super::TEMPLATE, "").unwrap(), ConfigFile::default());
        // A line such as `# select: [token]` is a setting; prose starts with a capital letter or a backtick.
        let is_setting = |line: &&str| line.starts_with(|c: char| c.is_lowercase() || c == ' ');
        let uncommented: Vec<_> = super::super::TEMPLATE
            .lines()
            .filter_map(|line| line.strip_prefix("# "))
            .filter(is_setting)
            .collect();
        let file = ConfigFile::parse(&uncommented.join("\n"), "template").unwrap();
        let value = serde_json::to_value(&file).unwrap();
        assert!(value.as_object().unwrap().values().all(|value| !value.is_null()), "{value}");
    }

    #[test]
    fn mistakes_have_a_place_and_a_suggestion() {
        for (text, message, help) in [
            (
                "min-severty: high\n",
                "saudit.yaml:1:1: unknown field `min-severty`",
                Some("Did you mean `min-severity`?"),
            ),
            (
                "persona: x\n",
                "saudit.yaml:1:10: persona: unknown variant `x`",
                Some("Known here: regular, pedantic, auditor."),
            ),
            (
                "persona: auditors\n",
                "saudit.yaml:1:10: persona: unknown variant `auditors`",
                Some("Did you mean `auditor`?"),
            ),
            (
                "overrides:\n- paths: [a]\n  persna: auditor\n",
                "saudit.yaml:3:3: overrides[0]: unknown field `persna`",
                Some("Did you mean `persona`?"),
            ),
            ("ignore: [pinned-token-uid]\n", "saudit.yaml:1:10: ignore[0]: invalid type", None),
            ("max-file-size: much\n", "saudit.yaml:1:1: `much` is not a size", None),
            ("select: token\n", "saudit.yaml:1:9: select: invalid type", None),
            ("- a\n", "saudit.yaml:1:1: invalid type: sequence, expected a mapping of settings", None),
            ("select: [\n", "saudit.yaml:", None),
        ] {
            let error = ConfigFile::parse(text, "saudit.yaml").unwrap_err();
            assert!(error.to_string().starts_with(message), "{error}");
            let Error::InvalidConfig { help: said, .. } = error else { panic!("{error}") };
            assert_eq!(said.as_deref(), help, "{text}");
        }
    }

    /// `repo/.git`, `repo/saudit.yaml`, `repo/a/.saudit.yaml`, `repo/a/b`, `repo/c`; a configuration above the root.
    #[test]
    fn the_nearest_configuration_up_to_the_root_counts() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        for path in ["repo/.git", "repo/a/b", "repo/c", "bare/.git"] {
            fs::create_dir_all(top.join(path)).unwrap();
        }
        for path in ["saudit.yaml", "repo/saudit.yaml", "repo/a/.saudit.yaml"] {
            fs::write(top.join(path), "").unwrap();
        }
        for (cwd, start, expected) in [
            ("repo/a/b", "repo/a/b", Some("repo/a/.saudit.yaml")),
            ("repo/c", "repo/c", Some("repo/saudit.yaml")),
            ("repo", "repo/a", Some("repo/saudit.yaml")),
            ("bare", "bare", None),
            ("repo/c", "bare", None),
            ("bare", "repo", Some("repo/saudit.yaml")),
        ] {
            let workspace = Workspace::around(&[top.join(start)], &top.join(cwd), None, None).unwrap();
            assert_eq!(find(&workspace), expected.map(|path| top.join(path)), "{cwd} {start}");
        }
    }
}
