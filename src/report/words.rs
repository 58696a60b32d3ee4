//! What is known of a ServiceAccount or a role that was not found: in a word for scripts, and in words for people.

use crate::report::escape;
use crate::world::Resolution;

/// One word, for JSON. Words may be added.
pub(super) fn status(resolution: Resolution<'_>) -> &'static str {
    match resolution {
        Resolution::Found(_) => "defined",
        Resolution::BuiltIn => "built-in",
        Resolution::Created => "created",
        Resolution::OtherNamespace(..) => "other-namespace",
        Resolution::OtherKind(_) => "other-kind",
        Resolution::LeftBehind(_) => "left-behind",
        Resolution::Removed(_) => "removed",
        Resolution::Misspelled(_) => "misspelled",
        Resolution::Unknown => "missing",
        Resolution::NotInInput => "not-in-input",
        Resolution::Impossible => "invalid-name",
        Resolution::Unnamed => "unclear",
    }
}

/// Why nothing defines it, in few words; for what is defined, that it is.
pub(super) fn reason(resolution: Resolution<'_>) -> String {
    match resolution {
        Resolution::Found(_) => "defined".to_owned(),
        Resolution::BuiltIn => "built-in".to_owned(),
        Resolution::Created => "by a command or operator".to_owned(),
        Resolution::OtherNamespace(fact, _) if fact.object.namespace.is_empty() => {
            "missing: another namespace has it".to_owned()
        }
        Resolution::OtherNamespace(fact, _) => {
            format!("missing: {} has it", escape::line(&fact.object.namespace))
        }
        Resolution::OtherKind(_) => "missing: it is of the other kind".to_owned(),
        Resolution::LeftBehind(_) => "missing: kustomize renames it".to_owned(),
        Resolution::Removed(_) => "missing: removed".to_owned(),
        Resolution::Misspelled(fact) => format!("missing: {}?", escape::line(&fact.object.name)),
        Resolution::Unknown => "missing".to_owned(),
        Resolution::NotInInput => "not in the input".to_owned(),
        Resolution::Impossible => "no valid name".to_owned(),
        Resolution::Unnamed => "cannot be told".to_owned(),
    }
}
