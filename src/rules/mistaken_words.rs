//! Words of rules that match nothing: a part of ineffective-rule.

use super::Sink;
use super::wording::fitted;
use crate::finding::{Draft, Persona};
use crate::world::rbac::{Mistake, MistakeKind, PolicyRule, Rights, Role};

/// Of a role that has more rules, the first are asked for what another one has in vain.
const MOST_RULES: usize = 500;

/// The words that match nothing; those of one kind in one finding.
pub(super) fn report(rights: &Rights<'_>, all: &Role, rule: &PolicyRule, sink: &mut Sink<'_>) {
    let mut rest = rule.mistakes(rights.world);
    while let Some(first) = rest.first().copied() {
        let (same, others): (Vec<_>, Vec<_>) = rest
            .into_iter()
            .partition(|other| std::mem::discriminant(&other.kind) == std::mem::discriminant(&first.kind));
        rest = others;
        let Some(place) = rule.at(first.word) else { continue };
        let (after, help) = explanation(first);
        let more = match same.len() - 1 {
            0 => String::new(),
            count => format!(" (and {count} more)"),
        };
        let message = fitted("`", &first.word.text, &format!("` {after}{more}"));
        let mut draft = Draft::new(place, message).help(help);
        for other in same.iter().skip(1) {
            if let Some(place) = rule.at(other.word) {
                draft = draft.related(place, "and so does this");
            }
        }
        // What is allowed where it is does no harm here.
        let others = || all.rules.iter().take(MOST_RULES);
        let is_granted = |mistake: &Mistake<'_>| others().any(|other| other.has_right_for(rule, *mistake));
        let persona = if same.iter().all(is_granted) { Persona::Pedantic } else { Persona::Regular };
        sink.report(draft.persona(persona));
    }
}

/// What comes behind the word, and what to do.
fn explanation(mistake: Mistake<'_>) -> (String, String) {
    let core = |group: &'static str| if group.is_empty() { "\"\", the core group" } else { group };
    match mistake.kind {
        MistakeKind::Joined => {
            ("is one word, which matches nothing".into(), "write the words as items of the list".into())
        }
        MistakeKind::VerbCase => (
            "matches nothing: verbs are in lower case".into(),
            "the API server compares letter by letter".into(),
        ),
        MistakeKind::VerbIsSubresource => (
            "is a subresource, not a verb: it matches nothing".into(),
            format!(
                "write it among the resources, as in `pods/{}`, with the verb `get` or `create`",
                mistake.word.text
            ),
        ),
        MistakeKind::SubresourceWildcard => (
            "matches no subresource: there is no such wildcard".into(),
            "list the subresources that are needed, as in `pods/log`; only `*` and `*/scale` are wildcards"
                .into(),
        ),
        MistakeKind::ResourceName(right) => (
            format!("matches nothing: the resource is `{right}`"),
            format!("write `{right}`, as in the URL of the API"),
        ),
        MistakeKind::OtherGroup(group) => (
            "is in none of the API groups of this rule: it matches nothing".into(),
            format!("its group is {}; write a rule for that group", core(group)),
        ),
    }
}
