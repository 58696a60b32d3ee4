//! The rules' pages: their Bad blocks give the finding, their Good blocks do not.

use saudit::engine::Options;
use saudit::finding::{Applicability, Persona};
use saudit::k8s::SUPPORTED;
use saudit::rules::{self, Rule, Scope};

use crate::support;

/// A fenced block, or several that are files of one example.
struct Example {
    files: Vec<(String, String)>,
}

/// The examples of a section: blocks with `file=` belong together, others stand alone.
fn examples(section: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut lines = section.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or_default();
        let named = words.find_map(|word| word.strip_prefix("file="));
        let body: String =
            lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
        let extension = match language {
            "yaml" | "json" | "sh" => language,
            "hcl" => "tf",
            _ => continue,
        };
        let file = (named.map_or(format!("example.{extension}"), str::to_owned), body);
        match examples
            .last_mut()
            .filter(|example| named.is_some() && example.files.iter().all(|f| f.0 != file.0))
        {
            Some(example) if example.files.iter().all(|(name, _)| !name.starts_with("example.")) => {
                example.files.push(file);
            }
            _ => examples.push(Example { files: vec![file] }),
        }
    }
    examples
}

/// Asks about the versions of today; about those of the rule if they are all past.
fn options(rule: &'static Rule) -> Options {
    let mut options = support::options();
    let versions = rule.meta().kubernetes;
    if versions.and(SUPPORTED).is_empty() {
        options.context.targets = versions;
    }
    options
}

#[test]
fn bad_blocks_give_the_finding_and_good_blocks_do_not() {
    let mut wrong = Vec::new();
    for rule in rules::ALL {
        for (heading, should) in [("Bad", true), ("Good", false)] {
            let examples = examples(rule.meta().section(heading).unwrap_or_default());
            if examples.is_empty() {
                wrong.push(format!("{}: no {heading} example", rule.id));
            }
            for (number, example) in examples.iter().enumerate() {
                let run = support::run(&example.files, &options(rule));
                if run.findings.iter().any(|finding| finding.rule.id == rule.id) != should {
                    wrong.push(format!("{}: {heading} example {}", rule.id, number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn pages_have_every_section() {
    for rule in rules::ALL {
        let meta = rule.meta();
        for heading in ["What it reports", "Why it matters", "Bad", "Good", "Fix", "Limits", "References"] {
            assert!(meta.section(heading).is_some_and(|text| !text.is_empty()), "{}: ## {heading}", rule.id);
        }
        assert_eq!(meta.body.matches("```").count() % 2, 0, "{}: a fence is not closed", rule.id);
        let references = meta.section("References").unwrap();
        assert!(
            references.lines().all(|line| line.starts_with("- https://")),
            "{}: references are links",
            rule.id
        );
    }
}

#[test]
fn front_matter_agrees_with_itself() {
    for rule in rules::ALL {
        let meta = rule.meta();
        let security = matches!(meta.group.as_str(), "token" | "mount" | "rbac" | "kubeconfig");
        assert_eq!(meta.is_security(), security, "{}: security-severity is for security groups", rule.id);
        let score = match meta.severity.to_string().as_str() {
            "critical" => "9.3",
            "high" => "8.0",
            "medium" => "5.5",
            _ => "3.0",
        };
        assert!(meta.security_severity.as_deref().is_none_or(|s| s == score), "{}: score {score}", rule.id);
        let looks_at = match rule.check {
            // What a script looks for may be there.
            rules::Check::World(_) if meta.scope == Scope::Script => Scope::Script,
            rules::Check::Script(_) => Scope::Script,
            rules::Check::Object(_) => Scope::Object,
            rules::Check::World(_) | rules::Check::Rights(_) => Scope::World,
            rules::Check::Chart(_) => Scope::Chart,
            rules::Check::Document(_) | rules::Check::Credential(_) => Scope::Document,
            rules::Check::Engine => Scope::Engine,
        };
        assert_eq!(meta.scope, looks_at, "{}", rule.id);
        assert!(!meta.title.ends_with('.') && !meta.title.is_empty(), "{}: title", rule.id);
    }
}

/// What the fixtures show of each rule must agree with its page.
#[test]
fn findings_agree_with_their_pages() {
    let mut fixes = std::collections::BTreeMap::new();
    for case in support::cases() {
        for finding in support::run(&case.files, &case.options()).findings {
            let meta = finding.rule;
            let message = &finding.message;
            assert!(message.chars().count() <= 100, "{}: longer than 100 characters: {message}", meta.id);
            assert!(!message.ends_with('.'), "{}: full stop: {message}", meta.id);
            assert!(finding.help.is_some(), "{}: no help in {}", meta.id, case.name);
            assert!(finding.persona >= meta.persona && finding.confidence <= meta.confidence, "{}", meta.id);
            assert_eq!(finding.fingerprint.len(), 64);
            if let Some(fix) = &finding.fix {
                fixes.entry(meta.id).or_insert_with(Vec::new).push(fix.applicability);
            }
        }
    }
    for rule in rules::ALL {
        let emitted = fixes.get(rule.id).map(Vec::as_slice).unwrap_or_default();
        match rule.meta().fix {
            None => assert!(emitted.is_empty(), "{}: offers a fix that its page does not declare", rule.id),
            Some(Applicability::Unsafe) => {
                assert!(!emitted.is_empty(), "{}: no fixture shows its fix", rule.id);
                assert!(emitted.iter().all(|a| *a == Applicability::Unsafe), "{}: a safe fix", rule.id);
            }
            Some(Applicability::Safe) => {
                assert!(emitted.contains(&Applicability::Safe), "{}: no fixture shows its safe fix", rule.id);
            }
        }
    }
}

#[test]
fn personas_are_ordered_from_quiet_to_noisy() {
    assert!(Persona::Regular < Persona::Pedantic && Persona::Pedantic < Persona::Auditor);
}
