//! Every fixture is a test: what its markers announce is found, and nothing else.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use support::{Case, Mark};

fn main() {
    let tests = support::cases()
        .into_iter()
        .map(|case| Trial::test(case.name.clone(), move || check(&case).map_err(Failed::from)))
        .collect();
    libtest_mimic::run(&Arguments::from_args(), tests).exit();
}

fn check(case: &Case) -> Result<(), String> {
    let run = support::run(&case.files, &support::options());
    let found = support::marks(&run, &case.files);
    let missing = without(&case.expected, &found);
    let surplus = without(&found, &case.expected);
    if missing.is_empty() && surplus.is_empty() {
        return Ok(());
    }
    let list = |marks: &[Mark]| {
        marks.iter().map(|(path, line, rule)| format!("  {path}:{line} {rule}\n")).collect::<String>()
    };
    let messages: String = run.findings.iter().map(|f| format!("  {}: {}\n", f.rule.id, f.message)).collect();
    Err(format!("not found:\n{}not expected:\n{}all messages:\n{messages}", list(&missing), list(&surplus)))
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
