//! Runs `helm template`, if the user asks for it, on charts that are not trusted.
//!
//! Helm reads a chart and writes text; it needs no network, no cluster and no configuration for that. It gets none of
//! them: an environment of its own with empty folders, no plugins, a proxy that nobody listens on, a time limit and a
//! size limit. Nothing but `helm version` and `helm template` is ever run.

mod links;
mod process;
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

pub use links::link_out;
use tempfile::TempDir;

/// The release that is rendered.
const RELEASE: &str = "release";

/// A proxy on which nobody listens: port 9 discards.
const NO_PROXY: &str = "http://127.0.0.1:9";

/// More of what helm says is cut; characters.
const MAX_MESSAGE: usize = 300;

/// What a run of helm may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// After this time it is killed.
    pub time: Duration,
    /// More than this it may not print; bytes.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(30), output: 16 << 20 }
    }
}

/// Why there is no helm to render with.
#[derive(Debug, thiserror::Error)]
pub enum HelmError {
    /// None on the `PATH`.
    #[error("helm is not installed, or not on the PATH")]
    NotFound,
    /// The system does not run it, or it did not say which version it is.
    #[error("`{}` is not a helm that can be run: {reason}", program.display())]
    Unusable {
        /// What was run.
        program: PathBuf,
        /// What it said.
        reason: String,
    },
    /// No room for its empty folders.
    #[error("cannot make a folder for helm")]
    NoFolder(#[source] io::Error),
}

/// A helm that can be run.
#[derive(Clone, Debug)]
pub struct Helm {
    program: PathBuf,
    version: (u32, u32),
    limits: Limits,
    /// Its folders; empty, and deleted in the end.
    home: Arc<TempDir>,
}

impl Helm {
    /// The program at the path `program`; a name alone is looked for on the search path `path`, of which only absolute
    /// folders count.
    ///
    /// # Errors
    /// If there is none, or it cannot be run.
    pub fn find(program: &Path, path: Option<&OsStr>, limits: Limits) -> Result<Self, HelmError> {
        let is_name = program.parent().is_some_and(|folder| folder.as_os_str().is_empty());
        let program = if is_name {
            on_path(program, path.unwrap_or_default()).ok_or(HelmError::NotFound)?
        } else {
            program.to_owned()
        };
        let home = TempDir::with_prefix("saudit-helm-").map_err(HelmError::NoFolder)?;
        let mut helm = Self { program, version: (0, 0), limits, home: Arc::new(home) };
        let unusable = |reason| HelmError::Unusable { program: helm.program.clone(), reason };
        let said = helm.run(helm.command(&["version", "--short"])).map_err(unusable)?;
        let version = parse_version(&said);
        helm.version = version.ok_or_else(|| unusable("it does not say which version it is".to_owned()))?;
        Ok(helm)
    }

    /// Whether templates see the suffix of `v1.24.3-gke.100`. Helm 3.19 to 4.0 take it off `--kube-version`
    /// (helm/helm#31423), so that what they render is not what a cluster of that vendor gets.
    pub fn keeps_suffix(&self) -> bool {
        !((3, 19)..(4, 1)).contains(&self.version)
    }

    /// Its version in words: `helm 3.19`.
    pub fn name(&self) -> String {
        let (major, minor) = self.version;
        format!("helm {major}.{minor}")
    }

    /// What the chart in the folder `chart` becomes on a cluster of the version `kube_version`, released into `namespace`,
    /// or else Helm's.
    ///
    /// # Errors
    /// What helm said first, in one line without control characters.
    pub fn render(
        &self,
        chart: &Path,
        kube_version: &str,
        namespace: Option<&str>,
    ) -> Result<String, String> {
        let mut command =
            self.command(&["template", RELEASE, "--skip-schema-validation", "--kube-version", kube_version]);
        // The folder is absolute, so that it is no option.
        command.args(namespace.into_iter().flat_map(|namespace| ["--namespace", namespace]));
        command.arg("--").arg(chart);
        self.run(command)
    }

    fn run(&self, command: Command) -> Result<String, String> {
        process::run(command, self.limits)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let home = self.home.path();
        let mut command = Command::new(&self.program);
        command.args(arguments).env_clear().current_dir(home);
        for name in ["HOME", "USERPROFILE", "TMPDIR", "TMP", "TEMP"] {
            command.env(name, home);
        }
        for name in ["CACHE", "CONFIG", "DATA"] {
            command.env(format!("HELM_{name}_HOME"), home.join(name)).env(format!("XDG_{name}_HOME"), home);
        }
        command.env("HELM_PLUGINS", home.join("plugins")).env("HELM_NO_PLUGINS", "1");
        command.env("KUBECONFIG", if cfg!(windows) { "NUL" } else { "/dev/null" });
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
            command.env(name, NO_PROXY);
        }
        // Windows finds its own libraries by it.
        command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
        command
    }
}

/// The program of this name in the first absolute folder of a search path that has one.
fn on_path(name: &Path, path: &OsStr) -> Option<PathBuf> {
    let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    let name = name.with_added_extension(std::env::consts::EXE_EXTENSION);
    folders.map(|folder| folder.join(&name)).find(|program| is_program(program))
}

fn is_program(path: &Path) -> bool {
    let Ok(metadata) = fs::metadata(path) else { return false };
    #[cfg(unix)]
    let may_run = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = true;
    metadata.is_file() && may_run
}

/// The major and minor of `v3.19.0+g3d8990f`.
fn parse_version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The first line that tells of an error, without anything that a terminal would obey. Warnings come before it.
fn first_error(stderr: &str) -> String {
    let lines = || stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines().find(|line| line.starts_with("Error: "));
    let is_log = |line: &&str| ["WARNING", "level=", "walk.go"].iter().any(|mark| line.contains(mark));
    let line = error.or_else(|| lines().find(|line| !is_log(line))).or_else(|| lines().next());
    let line = line.map_or("it gave no reason", |line| line.strip_prefix("Error: ").unwrap_or(line));
    let printable = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    line.chars().take(MAX_MESSAGE).map(printable).collect()
}
