//! A template of a chart, read without Helm: its literals are judged as those of any object.

use memchr::memchr_iter;

use super::Options;
use super::analyse::{File, Outcome, guard, run_credential_rules, run_object_rules};
use super::{scripts, suppress};
use crate::finding::Finding;
use crate::helm::template::{self, NotAnalysed, Template, TemplateDocument};
use crate::k8s::{CustomResource, Manifest, Origin};
use crate::rules::{self, Check, Sink};
use crate::world::{self, Fact};

/// Findings of one document for which it is read again.
const MAX_READ_AGAIN: usize = 64;

/// Reads the documents of a template and runs the rules about objects on them. Syntax is Helm's affair.
pub(super) fn file(file: File<'_>, options: &Options) -> Outcome {
    let mut outcome = Outcome { is_template: true, is_unread: true, ..Outcome::default() };
    if !file.is_reported && !world::may_matter(file.text, file.path) {
        return outcome;
    }
    let template = template::read(file.text);
    if file.is_reported {
        outcome.notes = notes(&template.not_analysed, file.text);
        if guard(|| run_credential_rules(file, options, &mut outcome)).is_none() {
            outcome.failures.push("internal error in the rules about credentials".to_owned());
        }
    }
    for document in &template.documents {
        let read = guard(|| one(&template, document, file, options)).unwrap_or_else(|| {
            let failure = format!("internal error in the document at byte {}", document.document.span.start);
            Outcome { failures: vec![failure], ..Outcome::default() }
        });
        outcome = outcome.absorb(read);
    }
    if file.is_reported {
        scripts::in_template(file, options, &mut outcome);
    }
    if options.heed_suppressions {
        suppress::add_from_template(file.text, file.id, &mut outcome.suppressions);
    }
    outcome
}

fn one<'t>(
    template: &Template<'t>,
    read: &TemplateDocument<'t>,
    file: File<'_>,
    options: &Options,
) -> Outcome {
    let origin = Origin { file: file.id, rendered_from: None };
    let manifest = Manifest::new(&read.document, &origin, false);
    let mut outcome = Outcome::default();
    if manifest.objects.is_empty() {
        return outcome;
    }
    outcome.objects = manifest.objects.len();
    if file.is_reported {
        run_object_rules(&manifest, options, &mut outcome);
        let mut budget = MAX_READ_AGAIN;
        outcome.findings.retain_mut(|finding| {
            budget = budget.saturating_sub(1);
            budget == 0 || holds_by_itself(finding, template, read, options)
        });
    }
    if options.heed_suppressions {
        outcome.suppressions = suppress::annotations(&manifest, file.text);
    }
    outcome.facts = Fact::all(&manifest, file.path);
    outcome.custom_resources = manifest.objects.iter().filter_map(CustomResource::of).collect();
    outcome
}

/// Whether a finding is still there when branches that exclude its place are left out: two values of which only one is
/// ever rendered do not contradict each other. The fix is that of this reading.
fn holds_by_itself<'t>(
    finding: &mut Finding,
    template: &Template<'t>,
    read: &TemplateDocument<'t>,
    options: &Options,
) -> bool {
    let check = rules::find(finding.rule.id).map(|rule| rule.check);
    let Some(Check::Object(check)) = check else { return true };
    let Some(document) = template.document_with(read, finding.place.span) else { return true };
    if document.tree().is_none() {
        return true;
    }
    let origin = Origin { file: finding.place.file, rendered_from: None };
    let mut again = Vec::new();
    let mut sink = Sink::new(finding.rule, options.context, &mut again);
    Manifest::new(&document, &origin, false).objects.iter().for_each(|object| check(object, &mut sink));
    let is_same = |it: &Finding| it.place.span == finding.place.span && it.message == finding.message;
    match again.into_iter().find(is_same) {
        Some(same) => {
            *finding = same;
            true
        }
        None => false,
    }
}

/// What is said of the parts that could not be read.
fn notes(parts: &[NotAnalysed], text: &str) -> Vec<String> {
    let breaks: Vec<usize> = memchr_iter(b'\n', text.as_bytes()).collect();
    let note = |part: &NotAnalysed| {
        let line = breaks.partition_point(|newline| *newline < part.span.start as usize) + 1;
        format!("line {line} of the template: {}; its document is not analysed", part.reason)
    };
    parts.iter().map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::pieces::Pieces;
    use crate::span::FileId;

    #[test]
    fn an_object_with_very_many_api_versions_is_said_to_be_gone_a_few_times() {
        const MANY: usize = 100;
        let branches = "{{ if .Values.a }}\napiVersion: policy/v1beta1\n{{ end }}\n".repeat(MANY);
        let text = format!("{branches}kind: PodDisruptionBudget\nmetadata: {{name: a}}\nspec: {{}}\n");
        let file_of = File {
            id: FileId(0),
            path: "",
            is_reported: true,
            in_chart: true,
            text: &text,
            pieces: &Pieces::of(&text),
        };
        let found = file(file_of, &Options::default()).findings.len();
        assert!(0 < found && found < MANY, "{found}");
    }

    #[test]
    fn notes_name_the_lines_of_the_parts() {
        let text = "a: b\n---\na: [\n---\na: b\n---\n\na: ]\n";
        let notes = notes(&template::read(text).not_analysed, text);
        let lines: Vec<_> = notes.iter().filter_map(|note| note.split_once(" of ")).map(|it| it.0).collect();
        assert_eq!(lines, ["line 3", "line 8"]);
    }
}
