//! Accepted findings: the `ignore:` list of the configuration.

use jiff::civil::Date;

use super::file::IgnoreEntry;
use super::select::rule_named;
use crate::error::Error;
use crate::finding::ObjectId;
use crate::input::PathGlobs;

/// An accepted finding.
#[derive(Clone, Debug)]
pub struct ConfigIgnore {
    /// The rule's id.
    pub rule: &'static str,
    /// Where; everywhere if not written.
    pub paths: Option<PathGlobs>,
    /// On which objects; on all if not written.
    pub object: Option<ObjectPattern>,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it counts.
    pub until: Option<Date>,
}

impl ConfigIgnore {
    /// Reads an entry; its patterns are relative to `folder` (itself relative to the root).
    ///
    /// # Errors
    /// If there is no such rule, or a pattern or the date cannot be understood.
    pub fn new(entry: &IgnoreEntry, folder: &str, place: &str) -> Result<Self, Error> {
        let invalid = |message: String, help: &str| Error::InvalidConfig {
            place: place.to_owned(),
            message,
            help: Some(help.to_owned()),
        };
        let paths = entry.paths.as_deref().map(|paths| PathGlobs::new(folder, paths)).transpose();
        let object = entry.object.as_deref().map(|object| {
            ObjectPattern::parse(object).ok_or_else(|| {
                invalid(
                    format!("`{object}` does not name an object"),
                    "Write kind/name or kind/namespace/name; * and ? stand for any text and any character.",
                )
            })
        });
        let until = entry.until.as_deref().map(|date| {
            date.parse().map_err(|_| {
                invalid(format!("`{date}` is not a date"), "Write year, month and day: 2030-01-31.")
            })
        });
        Ok(Self {
            rule: rule_named(&entry.rule).map_err(|error| error.in_config(place))?.id,
            paths: paths.map_err(|error| invalid(error.to_string(), "Patterns are those of .gitignore."))?,
            object: object.transpose()?,
            reason: entry.reason.clone(),
            until: until.transpose()?,
        })
    }

    /// Whether it accepts a finding of the rule on this object, in the file at `path` (relative to the root).
    pub fn covers(&self, rule: &str, path: &str, object: Option<&ObjectId>) -> bool {
        self.rule == rule
            && self.paths.as_ref().is_none_or(|paths| paths.contains(path))
            && self.object.as_ref().is_none_or(|wanted| object.is_some_and(|object| wanted.matches(object)))
    }

    /// Whether its last day is over.
    pub fn is_expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }
}

/// Objects by kind, namespace and name: `Secret/ci-*`, `Secret/ci/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectPattern {
    kind: String,
    /// Any if not written.
    namespace: Option<String>,
    name: String,
}

impl ObjectPattern {
    /// Reads `kind/name` or `kind/namespace/name`.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<_> = text.split('/').map(str::to_owned).collect();
        let (kind, namespace, name) = match <[String; 2]>::try_from(parts) {
            Ok([kind, name]) => (kind, None, name),
            Err(parts) => {
                let [kind, namespace, name] = <[String; 3]>::try_from(parts).ok()?;
                (kind, Some(namespace), name)
            }
        };
        let complete = !kind.is_empty() && !name.is_empty();
        complete.then_some(Self { kind, namespace, name })
    }

    /// Whether it is one of them.
    pub fn matches(&self, object: &ObjectId) -> bool {
        wildcard(&self.kind, &object.kind)
            && self.namespace.as_deref().is_none_or(|namespace| wildcard(namespace, &object.namespace))
            && wildcard(&self.name, &object.name)
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any text and `?` for any character.
fn wildcard(pattern: &str, text: &str) -> bool {
    let (mut wanted, mut rest) = (pattern.chars(), text.chars());
    // Where to go on if what follows the last `*` does not fit: the pattern behind it, and the text it has not taken.
    let mut retry = None;
    loop {
        let (before, here) = (wanted.clone(), rest.clone());
        match (wanted.next(), rest.next()) {
            (Some('*'), _) => {
                rest = here;
                retry = Some((wanted.clone(), rest.clone()));
            }
            (None, None) => return true,
            (Some(one), Some(other)) if one == '?' || one == other => {}
            _ => {
                let Some((after_star, mut taken)) = retry.take() else { return false };
                if taken.next().is_none() {
                    return before.as_str().is_empty() && here.as_str().is_empty();
                }
                wanted = after_star.clone();
                rest = taken.clone();
                retry = Some((after_star, taken));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(kind: &str, namespace: &str, name: &str) -> ObjectId {
        let [kind, namespace, name] = [kind, namespace, name].map(str::to_owned);
        ObjectId { api_version: "v1".to_owned(), kind, namespace, name }
    }

    #[test]
    fn wildcards() {
        for (pattern, text, matches) in [
            ("", "", true),
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("*", "anything", true),
            ("ci-*", "ci-token", true),
            ("ci-*", "c", false),
            ("*-token", "ci-token-token", true),
            ("*-token", "ci-tokens", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXcYb", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("é*", "été", true),
            ("**", "x", true),
        ] {
            assert_eq!(wildcard(pattern, text), matches, "{pattern} {text}");
        }
        let (pattern, text) = ("*a".repeat(50), "a".repeat(5000) + "b");
        assert!(!wildcard(&pattern, &text), "and quickly");
    }

    #[test]
    fn objects_by_kind_namespace_and_name() {
        let secret = object("Secret", "ci", "ci-token");
        for (pattern, matches) in [
            ("Secret/ci-token", true),
            ("Secret/ci-*", true),
            ("*/ci/*", true),
            ("Secret/*-token", true),
            ("Secret/ci", false),
            ("Secret/prod/ci-token", false),
            ("ServiceAccount/ci-token", false),
        ] {
            assert_eq!(ObjectPattern::parse(pattern).unwrap().matches(&secret), matches, "{pattern}");
        }
        for text in ["Secret", "a/b/c/d", "/name", "Secret/", ""] {
            assert_eq!(ObjectPattern::parse(text), None, "{text}");
        }
        let unwritten = object("Secret", "", "a");
        assert!(ObjectPattern::parse("Secret//a").unwrap().matches(&unwritten), "no namespace written");
    }

    fn entry() -> IgnoreEntry {
        IgnoreEntry { rule: "pinned-token-uid".to_owned(), ..IgnoreEntry::default() }
    }

    #[test]
    fn an_entry_covers_what_it_names() {
        let secret = object("Secret", "ci", "a");
        let everywhere = ConfigIgnore::new(&entry(), "", "saudit.yaml").unwrap();
        assert!(everywhere.covers("pinned-token-uid", "a.yaml", None));
        assert!(!everywhere.covers("other", "a.yaml", None));
        let narrow =
            IgnoreEntry { paths: Some(vec!["ci/".into()]), object: Some("Secret/a".into()), ..entry() };
        let narrow = ConfigIgnore::new(&narrow, "deploy", "saudit.yaml").unwrap();
        for (path, object, covered) in [
            ("deploy/ci/a.yaml", Some(&secret), true),
            ("deploy/ci/a.yaml", None, false),
            ("ci/a.yaml", Some(&secret), false),
        ] {
            assert_eq!(narrow.covers("pinned-token-uid", path, object), covered, "{path}");
        }
    }

    #[test]
    fn the_last_day_still_counts() {
        let until = IgnoreEntry { until: Some("2030-01-31".into()), ..entry() };
        let ignore = ConfigIgnore::new(&until, "", "saudit.yaml").unwrap();
        for (today, expired) in [("2030-01-30", false), ("2030-01-31", false), ("2030-02-01", true)] {
            assert_eq!(ignore.is_expired(today.parse().unwrap()), expired, "{today}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (wrong, message) in [
            (IgnoreEntry { until: Some("soon".into()), ..entry() }, "`soon` is not a date"),
            (IgnoreEntry { object: Some("a".into()), ..entry() }, "`a` does not name an object"),
            (IgnoreEntry { paths: Some(vec!["a{".into()]), ..entry() }, "`a{` is not a pattern for paths"),
        ] {
            let error = ConfigIgnore::new(&wrong, "", "saudit.yaml").unwrap_err().to_string();
            assert!(error.starts_with(&format!("saudit.yaml: {message}")), "{error}");
        }
        let unknown = IgnoreEntry { rule: "pinned".into(), ..entry() };
        let error = ConfigIgnore::new(&unknown, "", "saudit.yaml").unwrap_err().to_string();
        assert!(error.starts_with("saudit.yaml: there is no rule"), "{error}");
    }
}
