//! A version range that Helm cannot read: it stops.

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Place};
use crate::helm::chart::{Chart, Gate};
use crate::helm::constraint::{Constraint, ConstraintError};
use crate::helm::gate::{GateSet, VersionGate};
use crate::span::{FileId, Span};

pub(super) static RULE: Rule = rule!("invalid-helm-constraint", Check::Chart(check));

fn check(chart: &Chart, sink: &mut Sink<'_>) {
    for gate in &chart.gates {
        for comparison in &gate.comparisons {
            check_comparison(gate, comparison, sink);
        }
        for at in &gate.swapped {
            let message = "`semverCompare` gets this range in the place of the version".to_owned();
            let help = "the range comes first: `semverCompare \">=1.24-0\" .Capabilities.KubeVersion.Version`; \
                        as it is, Helm stops with an error";
            sink.report(
                draft(gate.file, gate.place(at), gate.written(at), message, help).for_chart(gate.range),
            );
        }
    }
    for field in &chart.fields {
        if let Some((message, help)) = Constraint::parse(&field.constraint).err().and_then(|it| judge(&it)) {
            sink.report(draft(field.file, field.span, &field.constraint, message, &help));
        }
    }
}

fn check_comparison(gate: &Gate, comparison: &VersionGate, sink: &mut Sink<'_>) {
    let (message, help) = match comparison.error() {
        Some(error) => match judge(&error).filter(|_| !comparison.constraint.contains("{{")) {
            Some(said) => said,
            None => return,
        },
        None if comparison.set == GateSet::ABORTS => {
            let message = "what is compared with this range is no version".to_owned();
            (
                message,
                "compare `.Capabilities.KubeVersion.Version`; as it is, Helm stops with an error".to_owned(),
            )
        }
        None => return,
    };
    let span = gate.place(&comparison.at);
    sink.report(draft(gate.file, span, &comparison.constraint, message, &help).for_chart(gate.range));
}

/// What is wrong, and what to do.
fn judge(error: &ConstraintError) -> Option<(String, String)> {
    let what = match error {
        ConstraintError::TooLong => return None,
        ConstraintError::Empty => "a comparison is missing here",
        ConstraintError::DoubleEquals => "`==` is not an operator of version ranges",
        ConstraintError::Ampersand => "`&` is not an operator of version ranges",
        ConstraintError::SinglePipe => "`|` is not an operator of version ranges",
        ConstraintError::StrayComma => "this range has a comma too many",
        ConstraintError::TooManyNumbers(_) => "a version in this range has more than three numbers",
        ConstraintError::MissingSeparator(_) => "a blank or a comma is missing between two comparisons",
        ConstraintError::LeadingZero(_) => "a number in a pre-release of this range has a leading zero",
        ConstraintError::NotAVersion(_) => "Helm cannot read this version range",
    };
    Some((what.to_owned(), format!("{error}; as it is, Helm stops with an error")))
}

fn draft(file: FileId, span: Span, path: &str, message: String, help: &str) -> Draft {
    Draft::new(Place { file, span, path: path.to_owned(), object: None }, message).help(help)
}
