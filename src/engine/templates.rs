//! A template of a chart, read without Helm: its literals are judged as those of any object.

use super::Options;
use super::analyse::{File, Outcome, guard, run_credential_rules, run_object_rules};
use super::{scripts, suppress};
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
        outcome.notes = template.not_analysed.iter().map(|part| note(part, file.text)).collect();
        if guard(|| run_credential_rules(file, options, &mut outcome)).is_none() {
            outcome.failures.push("internal error in the rules about credentials".to_owned());
        }
    }
    for document in &template.documents {
        let read = guard(|| one(document, file, options)).unwrap_or_else(|| {
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

/// What is said of a part that could not be read.
fn note(part: &NotAnalysed, text: &str) -> String {
    let before = text.get(..part.span.start as usize).unwrap_or_default();
    format!(
        "line {} of the template: {}; its document is not analysed",
        before.lines().count().max(1),
        part.reason
    )
}
