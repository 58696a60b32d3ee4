//! Runs saudit on files in memory, and reads the markers in fixtures.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use saudit::engine::{self, Options, Run};
use saudit::finding::Persona;
use saudit::input::{
    Contents, Found, Purpose, Source, Surroundings, is_read_by_default, is_script, is_template_text,
};
use saudit::k8s::KubeVersions;

/// A finding as tests compare it: file, line, rule.
pub(crate) type Mark = (String, usize, String);

/// Every rule, for auditors, on a fixed day.
pub(crate) fn options() -> Options {
    let mut options = Options { today: "2026-11-21".parse().unwrap(), ..Options::default() };
    options.context.today = options.today;
    options.show.persona = Persona::Auditor;
    options
}

/// Runs on files given as (root-relative path, text).
pub(crate) fn run(files: &[(String, String)], options: &Options) -> Run {
    let charts: Vec<_> = files.iter().filter_map(|(path, _)| path.strip_suffix("Chart.yaml")).collect();
    let found: Vec<_> = files
        .iter()
        .map(|(path, text)| {
            let mut chart = charts.iter().find(|chart| path.starts_with(&format!("{chart}templates/")));
            let holds = |inner: &str, outer: &str| inner.starts_with(&format!("{outer}charts/"));
            while let Some(outer) = charts.iter().find(|outer| chart.is_some_and(|inner| holds(inner, outer)))
            {
                chart = Some(outer);
            }
            let contents = Contents::Memory(Arc::from(text.as_str()));
            Found::File {
                source: Source::new(path, path, contents),
                explicit: false,
                purpose: if is_read_by_default(Path::new(path))
                    || is_script(Path::new(path))
                    || chart.is_some() && is_template_text(Path::new(path))
                {
                    Purpose::Report
                } else {
                    Purpose::Commands
                },
                surroundings: Surroundings {
                    chart: chart.map(|chart| Arc::from(chart.trim_end_matches('/'))),
                    is_alone: false,
                },
            }
        })
        .collect();
    engine::check(|take| found.into_iter().for_each(take), options)
}

/// The findings of a run, to compare.
pub(crate) fn marks(run: &Run, files: &[(String, String)]) -> Vec<Mark> {
    let mut marks: Vec<_> = run
        .findings
        .iter()
        .map(|finding| {
            let path = &run.sources.get(finding.place.file).unwrap().path;
            let text = &files.iter().find(|(name, _)| name == path).unwrap().1;
            (path.clone(), line_of(text, finding.place.span.start as usize), finding.rule.id.to_owned())
        })
        .collect();
    marks.sort();
    marks
}

/// 1-based line of a byte.
pub(crate) fn line_of(text: &str, byte: usize) -> usize {
    text.get(..byte).unwrap().matches('\n').count() + 1
}

/// 1-based column of a byte, in characters.
pub(crate) fn column_of(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap();
    before.rsplit('\n').next().unwrap().trim_start_matches('\u{feff}').chars().count() + 1
}

/// What the markers in a file announce: `#~ rule` on its line, `#~^ rule` on the line above; and the lines of its
/// `.expect` file, if it has one.
pub(crate) fn expected(path: &str, text: &str, expect: Option<&str>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((_, marker)) = line.split_once("#~") else { continue };
        let up = marker.len() - marker.trim_start_matches('^').len();
        // The end of a comment (`-->`, `*/`) is no rule.
        let words = marker.trim_start_matches('^').split_whitespace();
        for rule in words.filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase())) {
            marks.push((path.to_owned(), index + 1 - up, rule.to_owned()));
        }
    }
    for line in expect.into_iter().flat_map(str::lines).filter(|line| !line.trim().is_empty()) {
        let (position, rule) = line.split_once(' ').expect("<line>:<column> <rule>");
        let (line, _column) = position.split_once(':').expect("<line>:<column>");
        marks.push((path.to_owned(), line.parse().expect("a line number"), rule.trim().to_owned()));
    }
    marks.sort();
    marks
}

/// A fixture: files that are read together.
pub(crate) struct Case {
    /// `<rule>/<file or folder>`.
    pub(crate) name: String,
    /// Root-relative path and text of each.
    pub(crate) files: Vec<(String, String)>,
    /// What must be found.
    pub(crate) expected: Vec<Mark>,
    /// In which columns, where `.expect` files say so: path, `line:column rule`.
    pub(crate) columns: Vec<(String, String)>,
    /// The Kubernetes versions that are asked about, where a file `<case>.versions` names them.
    versions: Option<KubeVersions>,
    /// Where the files are.
    pub(crate) root: PathBuf,
}

impl Case {
    /// Every rule, for auditors, for the versions of this case.
    pub(crate) fn options(&self) -> Options {
        let mut options = options();
        options.context.targets = self.versions.unwrap_or(options.context.targets);
        options.names_versions = self.versions.is_some();
        options
    }
}

/// All fixtures: each file directly in `fixtures/<rule>/` alone, each folder there as a whole.
pub(crate) fn cases() -> Vec<Case> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut cases = Vec::new();
    for folder in sorted(&fixtures).into_iter().filter(|path| path.is_dir()) {
        let group = name(&folder);
        if group == "_yaml" {
            continue;
        }
        for entry in sorted(&folder).into_iter().filter(|path| !is_companion(path)) {
            let root = if entry.is_dir() { entry.clone() } else { folder.clone() };
            let mut paths = BTreeSet::new();
            collect(&entry, &mut paths);
            let versions = std::fs::read_to_string(companion(&entry, "versions")).ok();
            cases.push(Case {
                versions: versions.map(|versions| KubeVersions::parse(versions.trim()).unwrap()),
                ..case(format!("{group}/{}", name(&entry)), root, paths)
            });
        }
    }
    cases
}

fn case(name: String, root: PathBuf, paths: BTreeSet<PathBuf>) -> Case {
    let (mut files, mut marks, mut columns) = (Vec::new(), Vec::new(), Vec::new());
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let relative = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let expect = std::fs::read_to_string(companion(&path, "expect")).ok();
        marks.extend(expected(&relative, &text, expect.as_deref()));
        let lines = expect.iter().flat_map(|expect| expect.lines());
        columns.extend(
            lines.map(|line| (relative.clone(), line.trim().to_owned())).filter(|(_, line)| !line.is_empty()),
        );
        files.push((relative, text));
    }
    marks.sort();
    Case { name, files, expected: marks, columns, versions: None, root }
}

/// `x.yaml.expect` for `x.yaml`.
pub(crate) fn companion(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn is_companion(path: &Path) -> bool {
    matches!(path.extension().and_then(|extension| extension.to_str()), Some("expect" | "fixed" | "versions"))
}

fn collect(path: &Path, into: &mut BTreeSet<PathBuf>) {
    if path.is_dir() {
        for entry in sorted(path) {
            collect(&entry, into);
        }
    } else if !is_companion(path) {
        into.insert(path.to_owned());
    }
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}
