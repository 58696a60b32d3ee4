//! Every fixture is a test: what its markers announce is found, and nothing else.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use saudit::engine::{self, Run};
use saudit::finding::{Applicability, Confidence, Finding, Persona};
use support::{Case, Mark};

fn main() {
    let tests = support::cases()
        .into_iter()
        .map(|case| {
            Trial::test(case.name.clone(), move || {
                check(&case)?;
                check_fixes(&case).map_err(Failed::from)
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), tests).exit();
}

fn check(case: &Case) -> Result<(), String> {
    let run = support::run(&case.files, &case.options());
    let found = support::marks(&run, &case.files);
    let missing = without(&case.expected, &found);
    let surplus = without(&without(&found, &case.expected), &asides(case, run.clone()));
    if missing.is_empty() && surplus.is_empty() {
        return check_columns(case, &run);
    }
    let list =
        |marks: &[Mark]| marks.iter().map(|(path, line, rule)| format!("  {path}:{line} {rule}")).collect();
    let messages = run.findings.iter().map(|f| format!("  {}: {}", f.rule.id, f.message)).collect();
    let sections: [(&str, Vec<String>); 3] =
        [("not found:", list(&missing)), ("not expected:", list(&surplus)), ("all messages:", messages)];
    Err(sections.map(|(title, lines)| format!("{title}\n{}", lines.join("\n"))).join("\n"))
}

fn check_columns(case: &Case, run: &Run) -> Result<(), String> {
    let positions: Vec<_> = run
        .findings
        .iter()
        .map(|finding| {
            let path = run.sources.get(finding.place.file).unwrap().path.clone();
            let text = &case.files.iter().find(|(name, _)| *name == path).unwrap().1;
            let at = finding.place.span.start as usize;
            let (line, column) = (support::line_of(text, at), support::column_of(text, at));
            (path, format!("{line}:{column} {}", finding.rule.id))
        })
        .collect();
    match case.columns.iter().find(|position| !positions.contains(position)) {
        Some((path, wanted)) => Err(format!("not at {path}:{wanted}, but: {positions:?}")),
        None => Ok(()),
    }
}

/// What rules of other folders ask of a fixture that is only a fragment: where the objects are that it names, and whether
/// its pods need a token. These are findings of low confidence, or for auditors; they need no marker.
fn asides(case: &Case, mut run: Run) -> Vec<Mark> {
    let is_aside =
        |finding: &Finding| finding.confidence == Confidence::Low || finding.persona == Persona::Auditor;
    let own = case.name.split('/').next().unwrap_or_default();
    run.findings.retain(|finding| is_aside(finding) && finding.rule.id != own);
    support::marks(&run, &case.files)
}

/// The marks of `all` that `other` lacks, counted.
fn without(all: &[Mark], other: &[Mark]) -> Vec<Mark> {
    let mut other = other.to_vec();
    all.iter()
        .filter(|mark| match other.iter().position(|o| &o == mark) {
            Some(at) => {
                other.remove(at);
                false
            }
            None => true,
        })
        .cloned()
        .collect()
}

/// Rules that judge a pod, token, token Secret, limit or name that nothing else is wrong with, and so may speak once a
/// fix has been made.
const JUDGE_WHAT_IS_MENDED: [&str; 9] = [
    "default-service-account",
    "deprecated-mountable-secrets",
    "immutable-token-secret",
    "long-lived-token-secret",
    "redundant-token-secret",
    "token-for-unknown-service-account",
    "token-without-audience",
    "unknown-binding-subject",
    "unknown-service-account",
];

/// Fixes mend what they are for, bring no new finding, and leave nothing to mend; what `.fixed` files show is what
/// comes out.
fn check_fixes(case: &Case) -> Result<(), String> {
    mended(case, false)?;
    for (path, text) in mended(case, true)? {
        let fixed = support::companion(&case.root.join(&path), "fixed");
        if let Ok(expected) = std::fs::read_to_string(&fixed)
            && expected != text
        {
            return Err(format!("{path} after its fixes:\n{text}\nexpected:\n{expected}"));
        }
    }
    Ok(())
}

/// The files after the safe fixes, or after all.
fn mended(case: &Case, unsafe_too: bool) -> Result<Vec<(String, String)>, String> {
    let options = case.options();
    let can_be_mended = |finding: &&Finding| {
        finding.fix.as_ref().is_some_and(|fix| unsafe_too || fix.applicability == Applicability::Safe)
    };
    let before = support::run(&case.files, &options);
    let mut files = case.files.clone();
    for _ in 0..5 {
        let run = support::run(&files, &options);
        if run.findings.iter().find(can_be_mended).is_none() {
            break;
        }
        for (id, source) in run.sources.iter() {
            let own = run.findings.iter().filter(|finding| finding.place.file == id);
            let (_, text) = files.iter_mut().find(|(path, _)| *path == source.path).unwrap();
            *text = engine::mend(text, own, unsafe_too).text;
        }
    }
    let after = support::run(&files, &options);
    if let Some(left) = after.findings.iter().find(can_be_mended) {
        return Err(format!("{} is still there after its fix: {}", left.rule.id, left.message));
    }
    let count = |run: &Run, rule| run.findings.iter().filter(|finding| finding.rule.id == rule).count();
    let is_new = |rule| count(&after, rule) > count(&before, rule);
    match after.findings.iter().find(|f| is_new(f.rule.id) && !JUDGE_WHAT_IS_MENDED.contains(&f.rule.id)) {
        Some(new) => Err(format!("a fix (unsafe too: {unsafe_too}) brings {}: {}", new.rule.id, new.message)),
        None => Ok(files),
    }
}
