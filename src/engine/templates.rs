//! A template of a chart, read without Helm: its literals are judged as those of any object.

use memchr::memchr_iter;

use super::Options;
use super::analyse::{File, Outcome, guard, run_object_rules};
use super::suppress;
use crate::helm::template::{self, NotAnalysed, TemplateDocument};
use crate::k8s::{Manifest, Origin};
use crate::world::{self, Fact};

/// Reads the documents of a template and runs the rules about objects on them. Syntax is Helm's affair.
pub(super) fn file(file: File<'_>, options: &Options) -> Outcome {
    let mut outcome = Outcome { is_template: true, is_unread: true, ..Outcome::default() };
    if !file.is_reported && !world::may_matter(file.text, file.path) {
        return outcome;
    }
    let template = template::read(file.text);
    if file.is_reported {
        outcome.notes = notes(&template.not_analysed, file.text);
    }
    for document in &template.documents {
        let read = guard(|| one(document, file, options)).unwrap_or_else(|| {
            let failure = format!("internal error in the document at byte {}", document.document.span.start);
            Outcome { failures: vec![failure], ..Outcome::default() }
        });
        outcome = outcome.absorb(read);
    }
    if options.heed_suppressions {
        suppress::add_from_template(file.text, file.id, &mut outcome.suppressions);
    }
    outcome
}

fn one(read: &TemplateDocument<'_>, file: File<'_>, options: &Options) -> Outcome {
    let origin = Origin { file: file.id, rendered_from: None };
    let manifest = Manifest::new(&read.document, &origin, false);
    let mut outcome = Outcome::default();
    if manifest.objects.is_empty() {
        return outcome;
    }
    outcome.objects = manifest.objects.len();
    if file.is_reported {
        run_object_rules(&manifest, options, &mut outcome);
    }
    if options.heed_suppressions {
        outcome.suppressions = suppress::annotations(&manifest, file.text);
    }
    outcome.facts = Fact::all(&manifest, file.path);
    outcome
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
    use crate::span::FileId;

    #[test]
    fn an_object_with_very_many_api_versions_is_said_to_be_gone_a_few_times() {
        const MANY: usize = 100;
        let branches = "{{ if .Values.a }}\napiVersion: policy/v1beta1\n{{ end }}\n".repeat(MANY);
        let text = format!("{branches}kind: PodDisruptionBudget\nmetadata: {{name: a}}\nspec: {{}}\n");
        let file_of = File { id: FileId(0), path: "", is_reported: true, in_chart: true, text: &text };
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
