//! Comments that accept findings hide as many as `add_ignores` says, and bring no new ones: over all fixtures.

use saudit::engine::add_ignores;

use crate::support;

/// How many findings are hidden in all fixtures, whose texts `change` changes first.
fn hidden(change: impl Fn(&str) -> String) -> usize {
    let mut all = 0;
    for case in support::cases() {
        let options = case.options();
        let mut files = case.files.clone();
        for (_, text) in &mut files {
            *text = change(text);
        }
        let before = support::run(&files, &options);
        let mut hidden = 0;
        for (path, text) in &mut files {
            let is_in_it = |file| before.sources.get(file).is_some_and(|source| source.path == *path);
            let findings: Vec<_> =
                before.findings.iter().filter(|finding| is_in_it(finding.place.file)).collect();
            let commented = add_ignores(text, path, &findings, "accepted", &options);
            assert_eq!(commented.hidden + commented.left, findings.len(), "{}", case.name);
            assert!(commented.hidden > 0 || commented.text == *text, "{}", case.name);
            hidden += commented.hidden;
            *text = commented.text;
        }
        let after = support::run(&files, &options);
        assert_eq!(after.findings.len(), before.findings.len() - hidden, "{}: {files:#?}", case.name);
        all += hidden;
    }
    all
}

#[test]
fn comments_hide_what_they_are_said_to_hide() {
    let all = hidden(str::to_owned);
    assert!(all > 1000, "{all}");
}

#[test]
fn so_they_do_behind_byte_order_marks() {
    let all = hidden(|text| format!("\u{feff}{text}").replace("\n---\n", "\n---\n\u{feff}"));
    assert!(all > 1000, "{all}");
}
