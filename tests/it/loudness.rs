//! Names that lead nowhere: what is worth a red build, and what only the pedantic hear of.

use saudit::finding::Persona;

use crate::support;

const RULES: [&str; 5] = [
    "subject-without-namespace",
    "token-before-service-account",
    "unknown-binding-role",
    "unknown-binding-subject",
    "unknown-service-account",
];

/// Fixtures say so in a comment.
const QUIET: &str = "nly for the pedantic";

#[test]
fn fixtures_say_what_is_only_for_the_pedantic() {
    let mut cases = 0;
    for case in support::cases() {
        let Some(rule) = RULES.iter().find(|rule| case.name.starts_with(&format!("{rule}/"))) else {
            continue;
        };
        if !case.expected.iter().any(|(_, _, marked)| marked == rule) {
            continue;
        }
        let run = support::run(&case.files, &support::options());
        let own = run.findings.iter().filter(|finding| finding.rule.id == *rule);
        let is_loud = own.clone().any(|finding| finding.persona == Persona::Regular);
        let is_quiet = case.files.iter().any(|(_, text)| text.contains(QUIET));
        let messages: Vec<_> = own.map(|finding| &finding.message).collect();
        assert_eq!(is_loud, !is_quiet, "{}: {messages:?}", case.name);
        cases += 1;
    }
    assert!(cases > 2 * RULES.len(), "fixtures of these rules");
}
