//! Comments that accept findings hide as many as `add_ignores` says, and bring no new ones: over all fixtures.

use saudit::engine::add_ignores;

use crate::support;

#[test]
fn comments_hide_what_they_are_said_to_hide() {
    let mut all = 0;
    for case in support::cases() {
        let options = case.options();
        let before = support::run(&case.files, &options);
        let mut files = case.files.clone();
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
    assert!(all > 1000, "{all}");
}
