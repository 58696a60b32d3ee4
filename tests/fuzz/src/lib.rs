//! What the targets share: files in memory, the kinds of files, and what holds for every run.

pub mod referee;
#[path = "../../support/mod.rs"]
#[expect(dead_code, reason = "most of it is for fixtures")]
mod support;

use std::collections::HashSet;
use std::sync::Once;

use rayon::ThreadPoolBuilder;
use saudit::engine::{Options, Run};
use saudit::finding::{Finding, Place};
use saudit::input;

/// The kinds of files, by the first byte of an input.
const KINDS: [(u8, &str); 10] = [
    (b'y', "a.yaml"),
    (b'j', "a.json"),
    (b's', "a.sh"),
    (b't', "a.tf"),
    (b'd', "Dockerfile"),
    (b'm', "a.md"),
    (b'g', ".gitlab-ci.yml"),
    (b'k', "kubeconfig"),
    (b'h', "chart/templates/a.yaml"),
    (b'n', "chart/templates/NOTES.txt"),
];

/// Stands between the files of one input: the file itself, then `Chart.yaml`, `values.yaml` and helpers.
const SEPARATOR: &str = "\n%%%%\n";

/// The chart of a template that brings none of its own.
const CHART: [(&str, &str); 3] = [
    ("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 1.0.0\nkubeVersion: \">=1.22.0\"\n"),
    ("chart/values.yaml", "serviceAccount:\n  create: true\n  name: \"\"\n"),
    (
        "chart/templates/_helpers.tpl",
        "{{- define \"chart.serviceAccountName\" -}}\n{{- .Values.serviceAccount.name -}}\n{{- end }}\n",
    ),
];

/// Files as (path, text); the first is the one that is looked at.
pub type Files = Vec<(String, String)>;

/// The files of an input: its first byte says what kind of file the rest is. `None` if that is no text.
pub fn files(data: &[u8]) -> Option<Files> {
    let (first, rest) = data.split_first()?;
    let named = KINDS.iter().find(|(byte, _)| byte == first);
    let (_, path) = named.unwrap_or(&KINDS[usize::from(*first) % KINDS.len()]);
    let text = text(rest)?;
    if !path.starts_with("chart/") {
        return Some(vec![(String::from(*path), text)]);
    }
    let mut parts = text.split(SEPARATOR);
    let mut files = vec![(String::from(*path), parts.next()?.to_owned())];
    let rest = CHART.map(|(path, text)| (path.to_owned(), parts.next().unwrap_or(text).to_owned()));
    files.extend(rest);
    Some(files)
}

/// Bytes as saudit reads a file.
pub fn text(bytes: &[u8]) -> Option<String> {
    input::decode(bytes.to_vec()).ok().map(|decoded| decoded.text.into_owned())
}

/// Every rule, for auditors, on a fixed day.
pub fn options() -> Options {
    support::options()
}

/// Runs all rules, and checks what holds for every run.
pub fn run(files: &[(String, String)], options: &Options) -> Run {
    in_this_thread();
    let run = support::run(files, options);
    let failed = run.summary.skipped.iter().find(|skipped| skipped.reason.contains("internal error"));
    assert!(failed.is_none(), "{failed:?}");
    let mut fingerprints = HashSet::new();
    for finding in &run.findings {
        let related = finding.related.iter().map(|related| &related.place);
        for place in std::iter::once(&finding.place).chain(related).chain(&finding.seen_at) {
            let (text, span) = (text_of(place, &run, files), place.span.range());
            assert!(text.get(span.clone()).is_some(), "{} at {span:?}", finding.rule.id);
        }
        for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
            let span = edit.span.range();
            let text = text_of(&finding.place, &run, files);
            assert!(text.get(span.clone()).is_some(), "{} edits {span:?}", finding.rule.id);
        }
        assert!(fingerprints.insert(&finding.fingerprint), "{} has another's fingerprint", finding.rule.id);
    }
    run
}

/// Most of a small run would be waiting for other threads.
fn in_this_thread() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global().unwrap();
    });
}

fn text_of<'f>(place: &Place, run: &Run, files: &'f [(String, String)]) -> &'f str {
    let path = &run.sources.get(place.file).unwrap().path;
    files.iter().find(|(name, _)| name == path).map(|(_, text)| &**text).unwrap()
}

/// The findings of a run that lie in the first file.
pub fn in_first<'r>(run: &'r Run, files: &[(String, String)]) -> Vec<&'r Finding> {
    let path = &files[0].0;
    let is_in_it =
        |finding: &&Finding| run.sources.get(finding.place.file).is_some_and(|source| source.path == *path);
    run.findings.iter().filter(is_in_it).collect()
}
