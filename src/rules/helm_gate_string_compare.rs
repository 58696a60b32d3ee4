//! A minor of Kubernetes compared as text, or as a number that it is not.

use super::{Check, Rule, Sink};
use crate::finding::{Draft, Fix, Place};
use crate::helm::chart::{Chart, Gate};
use crate::helm::gate::{MinorMisuse, MisuseKind};
use crate::span::Edit;

pub(super) static RULE: Rule = rule!("helm-gate-string-compare", Check::Chart(check));

const HELP: &str =
    "compare the whole version: `semverCompare \">=1.24-0\" .Capabilities.KubeVersion.Version`";
const TRIM: &str = "take the `+` away first: `(trimSuffix \"+\" .Capabilities.KubeVersion.Minor)`";

fn check(chart: &Chart, sink: &mut Sink<'_>) {
    for gate in &chart.gates {
        for misuse in &gate.misuses {
            let (message, help) = say(misuse.kind);
            let path = gate.written(&misuse.at).to_owned();
            let place = Place { file: gate.file, span: gate.place(&misuse.at), path, object: None };
            let draft = Draft::new(place, message).for_chart(gate.range);
            sink.report(match rewritten(gate, misuse) {
                Some(text) => {
                    let edit = Edit::replace(gate.place(&misuse.at), text.as_str());
                    draft.help(format!("compare the whole version: `{text}`")).fix(Fix::unsafe_([edit]))
                }
                None => draft.help(help),
            });
        }
    }
}

fn say(kind: MisuseKind) -> (&'static str, &'static str) {
    match kind {
        MisuseKind::TextOrder => {
            ("the minor is compared as text: \"9\" comes after \"24\", and so does \"24+\"", HELP)
        }
        MisuseKind::TextEquality => {
            ("the minor is compared as text: \"24+\", as EKS and GKE have it, is not \"24\"", TRIM)
        }
        MisuseKind::UntrimmedNumber => {
            ("the minor is made a number with its `+`: \"24+\", as EKS and GKE have it, gives 0", TRIM)
        }
        MisuseKind::Fraction => ("major and minor are made one number: 1.9 is more than 1.24", HELP),
        MisuseKind::UntrimmedVersion => {
            ("\"1.24+\", as EKS and GKE have it, is no version: Helm stops with an error", TRIM)
        }
    }
}

/// The same question as `semverCompare`, for a comparison of the minor with a number that is written out.
fn rewritten(gate: &Gate, misuse: &MinorMisuse) -> Option<String> {
    if misuse.kind != MisuseKind::TextOrder {
        return None;
    }
    let mut words = gate.written(&misuse.at).split_whitespace();
    let (function, left, right) = (words.next()?, words.next()?, words.next()?);
    let is_root = |prefix: &str| prefix.is_empty() || prefix == "$";
    let capabilities = left.strip_suffix(".Capabilities.KubeVersion.Minor").filter(|it| is_root(it))?;
    let minor: u8 = right.strip_prefix('"')?.strip_suffix('"')?.parse().ok()?;
    // `>1.24-0` takes 1.24.0, so what is meant is said with the next minor.
    let (operator, minor) = match function {
        "ge" => (">=", minor),
        "gt" => (">=", minor.checked_add(1)?),
        "lt" => ("<", minor),
        "le" => ("<", minor.checked_add(1)?),
        _ => return None,
    };
    let version = format!("{capabilities}.Capabilities.KubeVersion.Version");
    words.next().is_none().then(|| format!("semverCompare \"{operator}1.{minor}-0\" {version}"))
}
