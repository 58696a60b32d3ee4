//! Which rules run: `select` and `disable` by rule id, former id or group.

use crate::error::Error;
use crate::rules::{self, Meta, Rule};

/// What was said about a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It does not run.
    Off,
    /// It runs, and its findings are shown to those whom they are for.
    On,
    /// It was asked for by its own name: its findings are shown to everyone.
    Named,
}

/// Which rules run. A rule's own name counts more than its group's; where both say the same, `disable` wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Empty for all.
    select: Vec<Name>,
    disable: Vec<Name>,
}

/// A name that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Rule(&'static str),
    Group(String),
}

impl Selection {
    /// Reads names of rules and groups.
    ///
    /// # Errors
    /// If there is no such rule or group.
    pub fn new(select: &[String], disable: &[String]) -> Result<Self, Error> {
        let names = |names: &[String]| names.iter().map(|name| Name::parse(name)).collect::<Result<_, _>>();
        Ok(Self { select: names(select)?, disable: names(disable)? })
    }

    /// This selection with a stronger one on top: what the stronger one selects replaces what this one selects and
    /// is no longer disabled by the same name; what it disables is disabled as well.
    pub fn overlay(&mut self, stronger: &Self) {
        if !stronger.select.is_empty() {
            self.select.clone_from(&stronger.select);
            self.disable.retain(|name| !stronger.select.contains(name));
        }
        self.disable.extend(stronger.disable.iter().cloned());
    }

    /// Whether a rule runs.
    pub fn decides(&self, rule: &Meta) -> Decision {
        let by_id = |names: &[Name]| names.contains(&Name::Rule(rule.id));
        let by_group = |names: &[Name]| {
            names.iter().any(|name| matches!(name, Name::Group(group) if *group == rule.group))
        };
        if by_id(&self.disable) {
            Decision::Off
        } else if by_id(&self.select) {
            Decision::Named
        } else if !by_group(&self.disable) && (self.select.is_empty() || by_group(&self.select)) {
            Decision::On
        } else {
            Decision::Off
        }
    }
}

impl Name {
    fn parse(name: &str) -> Result<Self, Error> {
        if let Some(rule) = rules::find(name) {
            return Ok(Self::Rule(rule.id));
        }
        if rules::ALL.iter().any(|rule| rule.meta().group == name) {
            return Ok(Self::Group(name.to_owned()));
        }
        let groups = rules::ALL.iter().map(|rule| rule.meta().group.as_str());
        Err(unknown(name, rule_names().chain(groups)))
    }
}

/// The rule with this id or former id.
///
/// # Errors
/// If there is none; the error has the closest name.
pub fn rule_named(name: &str) -> Result<&'static Rule, Error> {
    rules::find(name).ok_or_else(|| unknown(name, rule_names()))
}

/// Ids and former ids.
fn rule_names() -> impl Iterator<Item = &'static str> {
    rules::ALL
        .iter()
        .flat_map(|rule| std::iter::once(rule.id).chain(rule.meta().aliases.iter().map(String::as_str)))
}

fn unknown<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Error {
    let help = match closest(name, names) {
        Some(close) => format!("Did you mean `{close}`?"),
        None => "`saudit rules` lists all rules and their groups.".to_owned(),
    };
    Error::UnknownRule { name: name.to_owned(), help }
}

/// The name that was most likely meant, if one is close.
pub(super) fn closest<'n>(wrong: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let likeness = |name: &str| strsim::jaro_winkler(wrong, name);
    names
        .map(|name| (likeness(name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "pinned-token-uid";
    const GROUP: &str = "token";

    fn selection(select: &[&str], disable: &[&str]) -> Selection {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        Selection::new(&owned(select), &owned(disable)).unwrap()
    }

    fn decision(selection: &Selection) -> Decision {
        selection.decides(rules::find(RULE).unwrap().meta())
    }

    #[test]
    fn the_more_exact_name_wins_and_then_disable() {
        for (select, disable, expected) in [
            (&[][..], &[][..], Decision::On),
            (&[RULE], &[], Decision::Named),
            (&[GROUP], &[], Decision::On),
            (&[], &[RULE], Decision::Off),
            (&[], &[GROUP], Decision::Off),
            (&[RULE], &[GROUP], Decision::Named),
            (&[GROUP], &[RULE], Decision::Off),
            (&[GROUP], &[GROUP], Decision::Off),
            (&[RULE], &[RULE], Decision::Off),
            (&[RULE, GROUP], &[], Decision::Named),
        ] {
            assert_eq!(decision(&selection(select, disable)), expected, "{select:?} {disable:?}");
        }
    }

    #[test]
    fn what_is_not_selected_is_off() {
        let other = Selection { select: vec![Name::Group("another".to_owned())], disable: Vec::new() };
        assert_eq!(decision(&other), Decision::Off);
    }

    #[test]
    fn a_stronger_selection_overrules() {
        for (weak, strong, expected) in [
            (selection(&[], &[RULE]), selection(&[RULE], &[]), Decision::Named),
            (selection(&[], &[RULE]), selection(&[GROUP], &[]), Decision::Off),
            (selection(&[], &[GROUP]), selection(&[GROUP], &[]), Decision::On),
            (selection(&[RULE], &[]), selection(&[], &[RULE]), Decision::Off),
            (selection(&[RULE], &[]), selection(&[], &[GROUP]), Decision::Named),
            (selection(&[RULE], &[]), selection(&[], &[]), Decision::Named),
        ] {
            let mut both = weak.clone();
            both.overlay(&strong);
            assert_eq!(decision(&both), expected, "{weak:?} {strong:?}");
        }
    }

    #[test]
    fn unknown_names_get_a_suggestion() {
        for (name, help) in [
            ("pined-token-uid", "Did you mean `pinned-token-uid`?"),
            ("tokens", "Did you mean `token`?"),
            ("zzz", "`saudit rules` lists all rules and their groups."),
        ] {
            let error = Selection::new(&[name.to_owned()], &[]).unwrap_err();
            assert!(matches!(error, Error::UnknownRule { help: said, .. } if said == help), "{name}");
        }
        assert!(rule_named(GROUP).is_err(), "a group is no rule");
    }
}
