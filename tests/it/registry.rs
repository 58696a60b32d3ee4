//! One rule is one page, one source file, one folder of fixtures and two lines.

use std::collections::BTreeSet;
use std::path::Path;

use saudit::rules;

use crate::support;

fn stems(folder: &str, extension: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

fn ids() -> BTreeSet<String> {
    rules::ALL.iter().map(|rule| rule.id.to_owned()).collect()
}

#[test]
fn the_registry_is_sorted() {
    assert!(rules::ALL.is_sorted_by(|a, b| a.id < b.id), "sort rules::ALL by id");
}

#[test]
fn every_page_is_a_rule() {
    let pages: BTreeSet<_> = stems("rules", "md").into_iter().filter(|stem| stem != "README").collect();
    assert_eq!(pages, ids());
}

#[test]
fn every_source_file_is_a_rule() {
    let files: BTreeSet<_> =
        stems("src/rules", "rs").into_iter().map(|stem| stem.replace('_', "-")).collect();
    let missing: Vec<_> = ids().into_iter().filter(|id| !files.contains(id)).collect();
    assert!(missing.is_empty(), "no source file of that name: {missing:?}");
}

#[test]
fn every_rule_has_bad_and_good_fixtures() {
    let cases = support::cases();
    for id in ids() {
        let own: Vec<_> = cases.iter().filter(|case| case.name.starts_with(&format!("{id}/"))).collect();
        let finds = |case: &&&support::Case| case.expected.iter().any(|(_, _, rule)| *rule == id);
        assert!(own.iter().any(|case| finds(&case)), "{id}: no fixture in which it is found");
        assert!(own.iter().any(|case| !finds(&case)), "{id}: no fixture in which it is silent");
    }
}

#[test]
fn bad_fixtures_are_marked_and_good_ones_are_silent() {
    for case in support::cases() {
        let (rule, name) = case.name.split_once('/').unwrap();
        let own = case.expected.iter().any(|(_, _, marked)| marked == rule);
        assert!(own || !name.starts_with("bad"), "{}: nothing is marked with {rule}", case.name);
        assert!(!own || !name.starts_with("good"), "{}: {rule} is marked", case.name);
    }
}

#[test]
fn former_ids_are_still_understood() {
    for rule in rules::ALL {
        for alias in &rule.meta().aliases {
            assert_eq!(rules::find(alias).map(|found| found.id), Some(rule.id));
        }
    }
    assert!(rules::find("no-such-rule").is_none());
}
