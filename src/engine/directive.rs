//! What a comment says to saudit: `# saudit: ignore[rule, …] reason`.

use std::ops::Range;

use jiff::civil::Date;

/// A comment's word to saudit. All ranges are bytes of the comment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Directive {
    /// From the `#` of this directive on; another comment may stand before it.
    pub(super) start: usize,
    /// Each rule named, as written.
    pub(super) ids: Vec<Range<usize>>,
    /// Where the list of rules ends: its `]`.
    pub(super) end_of_ids: usize,
    /// `file-ignore`, not `ignore`.
    pub(super) whole_file: bool,
    /// The last day on which it counts.
    pub(super) until: Until,
    /// Whether it says why.
    pub(super) has_reason: bool,
}

/// How long a suppression counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// No day is given.
    Forever,
    /// To the end of this day.
    Day(Date),
    /// What is given is no day.
    Unreadable,
}

impl Until {
    /// Whether it does not count on this day, or on any.
    pub(super) fn is_over(self, today: Date) -> bool {
        match self {
            Self::Forever => false,
            Self::Day(day) => day < today,
            Self::Unreadable => true,
        }
    }

    fn parse(text: &str) -> Self {
        text.parse().map_or(Self::Unreadable, Self::Day)
    }
}

impl Directive {
    /// Reads a comment; `None` if it is not for saudit.
    pub(super) fn parse(comment: &str) -> Option<Self> {
        let marker = comment.find("saudit:")?;
        let directive = comment.get(marker + "saudit:".len()..)?.trim_start();
        let list = directive.strip_prefix("file-").unwrap_or(directive).strip_prefix("ignore[")?;
        let (ids, reason) = list.split_once(']')?;
        let list_start = comment.len() - list.len();
        let mut ranges = Vec::new();
        let mut at = list_start;
        for part in ids.split(',') {
            let start = at + (part.len() - part.trim_start().len());
            at += part.len() + 1;
            if !part.trim().is_empty() {
                ranges.push(start..start + part.trim().len());
            }
        }
        let until = reason.split_whitespace().find_map(|word| word.strip_prefix("until="));
        Some(Self {
            start: comment.get(..marker)?.rfind('#').unwrap_or(0),
            ids: ranges,
            end_of_ids: list_start + ids.len(),
            whole_file: directive.starts_with("file-"),
            until: until.map_or(Until::Forever, Until::parse),
            has_reason: gives_reason(reason),
        })
    }
}

/// Whether what stands behind the rules says why; a date alone does not.
pub fn gives_reason(text: &str) -> bool {
    text.split_whitespace().any(|word| !word.starts_with("until="))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn ids(comment: &str) -> Option<Vec<&str>> {
        let directive = Directive::parse(comment)?;
        directive.ids.into_iter().map(|range| comment.get(range)).collect()
    }

    #[test]
    fn rules_are_found_wherever_the_directive_stands() {
        for (comment, expected) in [
            ("# saudit: ignore[a]", &["a"][..]),
            ("# see [1] # saudit: ignore[ a, b ,] why [2]", &["a", "b"]),
            ("#saudit:file-ignore[a]", &["a"]),
            ("# saudit: ignore[]", &[]),
        ] {
            assert_eq!(ids(comment).as_deref(), Some(expected), "{comment}");
        }
        for comment in ["# ignore[a]", "# saudit: ignore a", "# saudit: ignore[a", "# saudit is good"] {
            assert_eq!(ids(comment), None, "{comment}");
        }
    }

    #[test]
    fn a_date_is_no_reason() {
        let directive = |comment| Directive::parse(comment).unwrap();
        let dated = directive("# saudit: ignore[a] until=2027-06-30");
        assert_eq!((dated.until, dated.has_reason), (Until::Day(date(2027, 6, 30)), false));
        let mistaken = Directive::parse("# saudit: ignore[a] until=2027-13-40 soon").unwrap();
        assert_eq!(mistaken.until, Until::Unreadable);
        assert!(mistaken.until.is_over(date(2020, 1, 1)), "what is no day hides nothing");
        assert!(directive("# saudit: ignore[a] until=2027-06-30 why").has_reason);
        assert_eq!(directive("# why not # saudit: ignore[a]").start, 10);
    }
}
