//! Scripts: files of commands, and the commands and manifests in documents of YAML.

use std::cell::LazyCell;
use std::collections::HashSet;

use super::Options;
use super::analyse::{File, Outcome, guard};
use super::suppress::{self, Suppression};
use crate::finding::Persona;
use crate::k8s::Manifest;
use crate::rules::{Check, Rule, Sink};
use crate::script::{self, Creation, Language, Script};
use crate::signs::Signs;
use crate::yaml::Text;

/// Reads a script, a page of documentation, a Terraform file; or the text of a template, whose comments are read as those
/// of templates.
pub(super) fn file(file: File<'_>, is_template: bool, options: &Options) -> Outcome {
    let mut outcome = Outcome::default();
    if !file.is_reported {
        return outcome;
    }
    let text = Text::slice(file.text, 0);
    let script = Script::new(file.id, file.path, &text);
    check(&script, options, &mut outcome);
    check_exec_forms(&script, || script::exec_forms_in_terraform(&script), options, &mut outcome);
    outcome.scripts = usize::from(!script.commands().is_empty());
    if options.heed_suppressions && !is_template {
        outcome.suppressions = suppressions(&script, file.text);
    }
    outcome
}

/// What the comments of a script say, and of the manifests in it.
pub(super) fn suppressions(script: &Script<'_>, text: &str) -> Vec<Suppression> {
    let mut found = Vec::new();
    add_samples(script, text, &mut found);
    suppress::add_from_script(script, &mut found);
    found
}

fn add_samples(script: &Script<'_>, text: &str, found: &mut Vec<Suppression>) {
    // Reading them twice costs something, and hardly any has such a comment.
    if script.text.as_str().contains("saudit") {
        // What cannot be read was said when the rules looked at it.
        let _ = guard(|| {
            script.samples(|manifest| suppress::add_from_sample(script, manifest, text, found));
        });
    }
}

/// Looks at the commands in a document of YAML, wherever they stand in it.
pub(super) fn in_document(
    file: File<'_>,
    manifest: &Manifest<'_>,
    signs: Signs,
    options: &Options,
    outcome: &mut Outcome,
) {
    let document = manifest.document;
    let text = Text::slice(document.text, document.span.start);
    let script = Script::in_yaml(file.id, file.path, &text, &manifest.objects).with_signs(signs);
    if signs.has_script() {
        check(&script, options, outcome);
        let forms = || document.tree().map(script::exec_forms_in_tree).unwrap_or_default();
        check_exec_forms(&script, forms, options, outcome);
    }
    if options.heed_suppressions {
        if signs.heredocs {
            add_samples(&script, file.text, &mut outcome.suppressions);
        }
        suppress::add_from_document(&script, &mut outcome.suppressions);
    }
}

/// Looks at the commands in a template of a chart; what its comments say is read with the template.
pub(super) fn in_template(file: File<'_>, options: &Options, outcome: &mut Outcome) {
    let text = Text::slice(file.text, 0);
    check(&Script::in_yaml(file.id, file.path, &text, &[]), options, outcome);
}

fn check(script: &Script<'_>, options: &Options, outcome: &mut Outcome) {
    for rule in &options.rules {
        let Some(check) = rule.script_check() else { continue };
        let mut sink = Sink::new(rule.meta(), options.context, &mut outcome.findings);
        if guard(|| check(script, &mut sink)).is_none() {
            outcome.failures.push(format!("internal error in the rule {}", rule.id));
        }
    }
    let lookups = guard(|| script.token_lookups());
    outcome.failures.extend(lookups.is_none().then(|| "internal error in reading commands".to_owned()));
    let lookups = lookups.into_iter().flatten();
    outcome.lookups.extend(lookups.map(|lookup| (script.place(lookup.range.clone()), lookup)));
    let is_annotated = LazyCell::new(|| adds_annotation(script.text.as_str()));
    let judge = |manifest: &Manifest<'_>| judge_sample(script, manifest, *is_annotated, options, outcome);
    if guard(|| script.samples(judge)).is_none() {
        outcome.failures.push("internal error in reading the manifests of a script".to_owned());
    }
}

/// Looks at the commands of a text that are lists of arguments. Where such a list is one line, the line was looked at
/// already.
fn check_exec_forms(
    script: &Script<'_>,
    forms: impl FnOnce() -> Vec<Text<'static>>,
    options: &Options,
    outcome: &mut Outcome,
) {
    let Some(forms) = guard(forms) else {
        outcome.failures.push("internal error in reading the commands of containers".to_owned());
        return;
    };
    let (findings, lookups) = (outcome.findings.len(), outcome.lookups.len());
    for form in &forms {
        check(&script.of_form(form), options, outcome);
        let creations = script::creations(form.as_str()).into_iter();
        outcome.creations.extend(
            creations.map(|creation| Creation { span: form.outer(creation.span.range()), ..creation }),
        );
    }
    let mut known = HashSet::new();
    let mut order = 0;
    outcome.findings.retain(|finding| {
        let is_new = known.insert((finding.rule.id, finding.place.span.start));
        order += 1;
        is_new || order <= findings
    });
    let mut known = HashSet::new();
    let mut order = 0;
    outcome.lookups.retain(|(place, _)| {
        let is_new = known.insert(place.span.start);
        order += 1;
        is_new || order <= lookups
    });
}

/// What stands in a manifest in a script is judged as far as nobody else needs to be known for it, and is written about
/// annotations and tokens: other samples are often older than their text.
fn judge_sample(
    script: &Script<'_>,
    manifest: &Manifest<'_>,
    is_annotated: bool,
    options: &Options,
    outcome: &mut Outcome,
) {
    let first = outcome.findings.len();
    let may_have_more = is_annotated || has_computed_annotations(script, manifest);
    let is_told = |rule: &&&'static Rule| rule.id != "missing-service-account-annotation" || !may_have_more;
    for rule in options.rules.iter().filter(|rule| reads_samples(rule)).filter(is_told) {
        let Check::Object(check) = rule.check else { continue };
        let mut sink = Sink::new(rule.meta(), options.context, &mut outcome.findings);
        if guard(|| manifest.objects.iter().for_each(|object| check(object, &mut sink))).is_none() {
            outcome.failures.push(format!("internal error in the rule {}", rule.id));
        }
    }
    // The text around it has a syntax of its own, which an edit might break.
    let is_documentation = script.language.is_documentation();
    for finding in outcome.findings.iter_mut().skip(first) {
        finding.fix = None;
        // Whoever copies it sees at once what the API server says.
        if is_documentation && finding.rule.id == "non-string-annotation" {
            finding.persona = Persona::Pedantic;
        }
    }
}

/// Whether a manifest has annotations that are not read: from variables, or expressions of Terraform.
fn has_computed_annotations(script: &Script<'_>, manifest: &Manifest<'_>) -> bool {
    let span = manifest.document.span;
    let offset = script.text.outer(0..0).start;
    let range = span.start.saturating_sub(offset) as usize..span.end.saturating_sub(offset) as usize;
    let own = script.text.as_str().get(range).unwrap_or_default();
    own.contains("annotations") && (script.language == Language::Terraform || own.contains(['$', '%']))
}

/// Whether a command adds the annotation of token Secrets before the API server sees them. What `kubectl annotate` adds
/// to an object in the cluster comes too late: the API server takes no token Secret without the annotation.
fn adds_annotation(text: &str) -> bool {
    let tools = ["--local", "yq", "jq", "sed ", "kustomize"];
    let lines = || text.lines().filter(|line| line.contains("service-account.name"));
    text.contains("service-account.name") && lines().any(|line| tools.iter().any(|tool| line.contains(tool)))
}

/// Whether a rule judges manifests in scripts.
pub(super) fn reads_samples(rule: &'static Rule) -> bool {
    ["annotation", "token"].contains(&rule.meta().group.as_str())
}
