//! Words that several rules share.

/// The longest message.
pub(super) const LIMIT: usize = 100;

/// Says that `wrong` is a misspelling of `right`, as long as there is room for both.
pub(super) fn misspelling(wrong: &str, right: &str) -> String {
    let whole = format!("`{wrong}` is a misspelling of `{right}`");
    if whole.chars().count() <= LIMIT { whole } else { format!("misspelling of `{right}`") }
}

/// `text` with an ellipsis where it is longer than `limit` characters.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

/// `name` between `before` and `after`, shortened so that all of it is no longer than a message may be.
pub(super) fn fitted(before: &str, name: &str, after: &str) -> String {
    let around = before.chars().count() + after.chars().count();
    let name = shortened(name, LIMIT.saturating_sub(around).max(20));
    shortened(&format!("{before}{name}{after}"), LIMIT)
}

/// `name` between `before` and `after`; expressions of templates are left for [`with_short_expressions`] to cut.
pub(super) fn with_name(before: &str, name: &str, after: &str) -> String {
    let message = format!("{before}{name}{after}");
    if message.contains("{{") { message } else { fitted(before, name, after) }
}

/// What a message that is too long shows of an expression of a template, in characters.
const EXPRESSION: usize = 16;

/// A message that is not too long because of the expressions of templates in it, which stand for names.
pub(super) fn with_short_expressions(message: String) -> String {
    if message.chars().count() <= LIMIT || !message.contains("{{") {
        return message;
    }
    let mut short = String::with_capacity(message.len());
    let mut rest = message.as_str();
    while let Some((before, after)) = rest.split_once("{{ ") {
        let (expression, behind) = after.split_once(" }}").unwrap_or((after, ""));
        let (head, cut) = start_of(expression).map_or((expression, ""), |head| (head.trim_end(), "…"));
        short.extend([before, "{{ ", head, cut, " }}"]);
        rest = behind;
    }
    short.push_str(rest);
    short
}

/// How a long expression starts. Nothing is shown of a text in it that does not fit: of a secret no part is masked. The
/// name of a template is none.
fn start_of(expression: &str) -> Option<&str> {
    let (end, _) = expression.char_indices().nth(EXPRESSION)?;
    let (head, _) = expression.split_at_checked(end)?;
    let quotes = ['"', '`'];
    let is_open = head.matches(quotes).count() % 2 == 1
        && !["include ", "template "].iter().any(|call| head.starts_with(call));
    let before = head.rfind(quotes).filter(|_| is_open).and_then(|open| head.get(..open));
    Some(before.unwrap_or(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_cut_where_a_message_is_too_long() {
        let short = "Secret {{ include \"deployer.serviceAccountName\" . }}-token never expires";
        assert_eq!(with_short_expressions(short.to_owned()), short);
        let twice = format!("{short} and {{{{ .Values.a }}}}: {short}");
        let cut = "Secret {{ include \"deploye… }}-token never expires";
        assert_eq!(with_short_expressions(twice), format!("{cut} and {{{{ .Values.a }}}}: {cut}"));
        let secret = format!("{short} for {{{{ default \"swordfish swordfish\" .Values.token }}}} {short}");
        assert_eq!(with_short_expressions(secret), format!("{cut} for {{{{ default… }}}} {cut}"));
        let named =
            format!("`.secrets` of {{{{ template \"gocd.serviceAccountName\" . }}}} {}", "x".repeat(60));
        let cut = format!("`.secrets` of {{{{ template \"gocd.s… }}}} {}", "x".repeat(60));
        assert_eq!(with_short_expressions(named), cut);
        let plain = "x".repeat(LIMIT + 1);
        assert_eq!(with_short_expressions(plain.clone()), plain);
    }

    #[test]
    fn messages_stay_short() {
        let key = "azure.workload.identity/service-account-token-expiration";
        for message in [
            misspelling("a", "b"),
            misspelling(key, key),
            shortened(&"x".repeat(300), 40),
            fitted("a", &"x".repeat(300), "b"),
            fitted("a", "b", &"x".repeat(300)),
        ] {
            assert!(message.chars().count() <= LIMIT, "{message}");
        }
        assert_eq!(misspelling("a", "b"), "`a` is a misspelling of `b`");
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcd", 3), "ab…");
    }
}
