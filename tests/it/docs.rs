//! Tables and examples in the documentation are made from the rules and from runs. `UPDATE=1` writes them anew.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use saudit::report::{self, Format};
use saudit::rules;

use crate::project::Project;
use crate::support;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The document must be `wanted`; with `UPDATE=1` it becomes so.
pub(crate) fn settle(name: &str, wanted: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path(name), wanted).unwrap();
    }
    let is = std::fs::read_to_string(path(name)).unwrap_or_default();
    assert!(is == wanted, "{name} is out of date: run `UPDATE=1 cargo test --test it`");
}

/// The document with what stands between two comments replaced.
pub(crate) fn with_section(document: &str, open: &str, close: &str, section: &str) -> String {
    let (before, rest) = document.split_once(open).expect(open);
    let (_, after) = rest.split_once(close).expect(close);
    format!("{before}{open}\n{section}{close}{after}")
}

fn table(link: &str) -> String {
    let mut groups: Vec<&str> = rules::ALL.iter().map(|rule| rule.meta().group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut table = String::from("| rule | reports | severity | persona | fix |\n|---|---|---|---|---|\n");
    for group in groups {
        writeln!(table, "| **{group}** | | | | |").unwrap();
        for rule in rules::ALL.iter().filter(|rule| rule.meta().group == group) {
            let meta = rule.meta();
            let fix = meta.fix.map_or(String::new(), |fix| fix.to_string());
            let (id, title) = (rule.id, &meta.title);
            writeln!(
                table,
                "| [{id}]({link}{id}.md) | {title} | {} | {} | {fix} |",
                meta.severity, meta.persona
            )
            .unwrap();
        }
    }
    table
}

#[test]
fn the_table_of_rules_is_up_to_date() {
    let readme = std::fs::read_to_string(path("README.md")).unwrap();
    settle("README.md", &with_section(&readme, "<!-- rules -->", "<!-- /rules -->", &table("rules/")));
    let intro = "# Rules\n\nMade from the pages in this folder by `UPDATE=1 cargo test --test it`.\n\n";
    settle("rules/README.md", &format!("{intro}{}", table("")));
}

#[test]
fn the_finding_in_the_readme_is_a_real_one() {
    let readme = std::fs::read_to_string(path("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- example: ").unwrap();
    let (file, _) = rest.split_once(" -->").unwrap();
    let text = std::fs::read_to_string(path(file)).unwrap().replace(" #~ misspelled-annotation", "");
    let name = file.rsplit('/').next().unwrap().to_owned();
    let run = support::run(&[(name, text)], &saudit::engine::Options::default());
    let mut out = Vec::new();
    report::reporter(Format::Text, report::TextOptions::default()).write(&run, &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    let finding = out.split("\n\n").next().unwrap();
    let open = format!("<!-- example: {file} -->");
    settle(
        "README.md",
        &with_section(&readme, &open, "<!-- /example -->", &format!("```text\n{finding}\n```\n")),
    );
}

/// The JSON in the README names the fields that a report has.
#[test]
fn the_json_in_the_readme_has_the_fields_of_a_report() {
    let readme = std::fs::read_to_string(path("README.md")).unwrap();
    let (_, rest) = readme.split_once("```json\n").unwrap();
    let shown: serde_json::Value = serde_json::from_str(rest.split_once("```").unwrap().0).unwrap();
    let text = std::fs::read_to_string(path("fixtures/seeds/misspelled-key.yaml")).unwrap();
    let run = support::run(&[("token.yaml".to_owned(), text)], &saudit::engine::Options::default());
    let mut out = Vec::new();
    report::reporter(Format::Json, report::TextOptions::default()).write(&run, &mut out).unwrap();
    let real: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&shown), keys(&real));
    assert_eq!(keys(&shown["findings"][0]), keys(&real["findings"][0]));
    assert_eq!(keys(&shown["findings"][0]["object"]), keys(&real["findings"][0]["object"]));
    assert_eq!(keys(&shown["findings"][0]["fix"]["edits"][0]), keys(&real["findings"][0]["fix"]["edits"][0]));
    assert!(keys(&shown["summary"]).iter().all(|key| keys(&real["summary"]).contains(key)));
}

/// A repository with a copy of a folder of fixtures.
fn copy_of(folder: &str) -> Project {
    let project = Project::new(&[]);
    for entry in std::fs::read_dir(path(folder)).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), project.path(entry.file_name().to_str().unwrap())).unwrap();
    }
    project
}

/// What `saudit identities` prints on a copy of the fixture that the README names.
fn identities(readme: &str, format: &str) -> (String, String) {
    let (_, rest) = readme.split_once("<!-- identities: ").unwrap();
    let folder = rest.split_once(" -->").unwrap().0.to_owned();
    let listed = copy_of(&folder).run(&["identities", "--output", format]).stdout;
    (folder, listed)
}

#[test]
fn the_identities_in_the_readme_are_real_ones() {
    let readme = std::fs::read_to_string(path("README.md")).unwrap();
    let (folder, table) = identities(&readme, "table");
    let open = format!("<!-- identities: {folder} -->");
    settle(
        "README.md",
        &with_section(&readme, &open, "<!-- /identities -->", &format!("```text\n{table}```\n")),
    );
}

/// What `saudit identities --paths` prints on the fixture that the README names.
#[test]
fn the_paths_in_the_readme_are_real_ones() {
    let readme = std::fs::read_to_string(path("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- paths: ").unwrap();
    let folder = rest.split_once(" -->").unwrap().0.to_owned();
    let table = copy_of(&folder).run(&["identities", "--paths"]).stdout;
    let open = format!("<!-- paths: {folder} -->");
    settle("README.md", &with_section(&readme, &open, "<!-- /paths -->", &format!("```text\n{table}```\n")));
}

/// The second credential of the fixture that the README names, on a fixed day.
#[test]
fn the_token_in_the_readme_is_a_real_one() {
    let readme = std::fs::read_to_string(path("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- token: ").unwrap();
    let file = rest.split_once(" -->").unwrap().0;
    let fixture = std::fs::read_to_string(path(file)).unwrap();
    let explained = Project::new(&[]).run_with_stdin(&["token", "--today", "2026-11-21"], &fixture).stdout;
    let token = explained.split("\n\n").nth(1).unwrap();
    let open = format!("<!-- token: {file} -->");
    settle(
        "README.md",
        &with_section(&readme, &open, "<!-- /token -->", &format!("```text\n{token}\n```\n")),
    );
}

/// Every value in the JSON in the README is that of the run, and no field of the first identity is left out.
#[test]
fn the_json_of_identities_in_the_readme_is_real() {
    let readme = std::fs::read_to_string(path("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- identities json -->\n```json\n").unwrap();
    let shown: serde_json::Value = serde_json::from_str(rest.split_once("```").unwrap().0).unwrap();
    let real: serde_json::Value = serde_json::from_str(&identities(&readme, "json").1).unwrap();
    assert_within(&shown, &real);
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let (shown, real) = (&shown["identities"][0], &real["identities"][0]);
    assert_eq!(keys(shown), keys(real));
    for list in ["users", "tokens", "bindings"] {
        assert_eq!(keys(&shown[list][0]), keys(&real[list][0]));
    }
}

/// What `saudit can-i` prints on a copy of the fixture that the README names.
fn can_i(readme: &str, format: &str) -> (String, String) {
    let (_, rest) = readme.split_once("<!-- can-i: ").unwrap();
    let heading = rest.split_once(" -->").unwrap().0.to_owned();
    let (folder, question) = heading.split_once(": ").unwrap();
    let project = copy_of(folder);
    let arguments: Vec<_> = ["can-i", "--output", format].into_iter().chain(question.split(' ')).collect();
    (heading.clone(), project.run(&arguments).stdout)
}

#[test]
fn the_answer_in_the_readme_is_a_real_one() {
    let readme = std::fs::read_to_string(path("README.md")).unwrap();
    let (heading, answer) = can_i(&readme, "text");
    let open = format!("<!-- can-i: {heading} -->");
    settle("README.md", &with_section(&readme, &open, "<!-- /can-i -->", &format!("```text\n{answer}```\n")));
}

/// Every value in the JSON in the README is that of the run, and no field is left out.
#[test]
fn the_json_of_an_answer_in_the_readme_is_real() {
    let readme = std::fs::read_to_string(path("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- can-i json -->\n```json\n").unwrap();
    let shown: serde_json::Value = serde_json::from_str(rest.split_once("```").unwrap().0).unwrap();
    let real: serde_json::Value = serde_json::from_str(&can_i(&readme, "json").1).unwrap();
    assert_within(&shown, &real);
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&shown), keys(&real));
    assert_eq!(keys(&shown["question"]), keys(&real["question"]));
    let (shown, real) = (&shown["chains"][0], &real["chains"][0]);
    assert_eq!(keys(shown), keys(real));
    for part in ["subject", "binding", "role", "rule"] {
        assert_eq!(keys(&shown[part]), keys(&real[part]));
    }
}

pub(crate) fn assert_within(shown: &serde_json::Value, real: &serde_json::Value) {
    match shown {
        serde_json::Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| assert_within(value, &real[key]));
        }
        serde_json::Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| assert_within(item, &real[index]));
        }
        _ => assert_eq!(shown, real),
    }
}
