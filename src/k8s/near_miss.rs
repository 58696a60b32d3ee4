//! Near misses: text that was plainly meant to be a known name.
//!
//! A near miss is equal to the known name after removing case and separators, or within a small Damerau–Levenshtein
//! distance of it, or made of the same words in another order. A name that is known itself is never a near miss.

use std::collections::HashSet;

/// Below this many letters and digits only one edit makes a near miss.
const SHORT: usize = 6;

/// A name with what makes comparing cheap: most pairs are told apart without computing a distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'k> {
    text: &'k str,
    len: usize,
    /// Which letters and digits occur, a bit each.
    letters: u64,
}

impl<'k> Name<'k> {
    /// Takes the measure of `text`.
    pub fn new(text: &'k str) -> Self {
        let bit = |c: char| 1u64 << (u32::from(c) % u64::BITS);
        let add = |(len, letters), c| (len + 1, letters | bit(c));
        let (len, letters) = if text.is_ascii() {
            // Most names, and far cheaper.
            let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
            letters.map(|byte| char::from(byte.to_ascii_lowercase())).fold((0, 0), add)
        } else {
            normal_chars(text).fold((0, 0), add)
        };
        Self { text, len, letters }
    }

    /// The name as written.
    pub fn text(self) -> &'k str {
        self.text
    }

    fn limit(self) -> usize {
        edits_allowed(self.len)
    }

    /// Whether the distance may be within the limit. Every edit changes the length by at most one and the set of
    /// letters by at most two.
    fn may_be_near(self, other: Name<'_>) -> bool {
        self.len.abs_diff(other.len) <= other.limit()
            && (self.letters ^ other.letters).count_ones() as usize <= 2 * other.limit()
    }

    /// Whether the other may have all its letters and digits, and more.
    fn may_be_part_of(self, other: Name<'_>) -> bool {
        self.len < other.len && self.letters & !other.letters == 0
    }
}

fn edits_allowed(len: usize) -> usize {
    if len < SHORT { 1 } else { 2 }
}

/// The known name that `text` was plainly meant to be: the single closest one. `None` if `text` is a known name itself,
/// if nothing is near, or if several are equally near.
pub fn near_miss<'k>(text: &str, known: impl IntoIterator<Item = Name<'k>>) -> Option<&'k str> {
    let name = Name::new(text);
    let mut best: Option<(usize, &'k str)> = None;
    let mut tied = false;
    for known in known.into_iter().filter(|known| name.may_be_near(*known)) {
        if known.text == text {
            return None;
        }
        let Some(distance) = distance(name, known) else { continue };
        match best {
            Some((least, _)) if distance > least => {}
            Some((least, best)) if distance == least => tied |= best != known.text,
            _ => {
                best = Some((distance, known.text));
                tied = false;
            }
        }
    }
    best.filter(|_| !tied).map(|(_, known)| known)
}

/// Whether it is the known name, or was plainly meant to be.
pub fn is_near(name: Name<'_>, known: Name<'_>) -> bool {
    name.may_be_near(known) && distance(name, known).is_some()
}

/// How far `name` is from `known`, if it is near: 0 for case and separators, 1 for other order, then edits.
fn distance(name: Name<'_>, known: Name<'_>) -> Option<usize> {
    if name.len == 0 {
        return None;
    }
    let (a, b) = (normalize(name.text), normalize(known.text));
    if a == b {
        return Some(0);
    }
    if a.is_ascii() && b.is_ascii() && letters_apart(&a, &b) > 2 * known.limit() {
        return None;
    }
    let (left, right) = (words(name.text), words(known.text));
    if left.len() == right.len() && !words_are_near(&left, &right) {
        return is_reordered(left, right).then_some(1);
    }
    let edits = strsim::damerau_levenshtein(&a, &b);
    (edits <= known.limit() && !differs_in_digits_only(&a, &b)).then_some(edits)
}

/// How many letters one has that the other has not, at least. An edit makes two at most, another order none; to know
/// that takes far less than to compute a distance.
fn letters_apart(a: &str, b: &str) -> usize {
    let mut counts = [0_i32; 64];
    let mut count = |text: &str, by: i32| {
        for byte in text.bytes() {
            if let Some(count) = counts.get_mut(usize::from(byte % 64)) {
                *count += by;
            }
        }
    };
    count(a, 1);
    count(b, -1);
    counts.iter().map(|count| count.unsigned_abs() as usize).sum()
}

/// Word by word: `ssl` is another word than `tls`, not a slip.
fn words_are_near(left: &[String], right: &[String]) -> bool {
    left.iter().zip(right).all(|(left, right)| left == right || is_slip(left, right))
}

fn is_slip(left: &str, right: &str) -> bool {
    let shorter = left.chars().count().min(right.chars().count());
    !differs_in_digits_only(left, right) && strsim::damerau_levenshtein(left, right) <= edits_allowed(shorter)
}

/// Three words or more, all the same but for their order.
fn is_reordered(mut left: Vec<String>, mut right: Vec<String>) -> bool {
    left.sort_unstable();
    right.sort_unstable();
    left.len() > 2 && left == right
}

/// `worker-1` and `worker-2` are two names.
fn differs_in_digits_only(left: &str, right: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    left != right && letters(left) == letters(right)
}

fn normal_chars(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// Letters and digits in lower case: what is left when case and separators do not count.
pub fn normalize(text: &str) -> String {
    normal_chars(text).collect()
}

/// The words of a name in lower case: split at separators and at humps (`serviceAccount`).
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut lower_before = false;
    for c in text.chars() {
        let starts_word = !c.is_alphanumeric() || (c.is_uppercase() && lower_before);
        if starts_word && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        lower_before = c.is_lowercase() || c.is_ascii_digit();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The known name of which `text` leaves out words and adds none: `automountServiceToken`. Three words at least must
/// be there, or two that no other known name has together.
pub fn left_out_words<'k>(text: &str, known: impl IntoIterator<Item = Name<'k>>) -> Option<&'k str> {
    let name = Name::new(text);
    let known = known.into_iter().filter(|known| name.may_be_part_of(*known));
    let part = words(text);
    let mut found = known.filter(|known| part.len() > 1 && is_part(&part, &words(known.text)));
    let only = found.next()?;
    found.all(|other| other.text == only.text).then_some(only.text)
}

fn is_part(part: &[String], whole: &[String]) -> bool {
    let mut rest = whole.iter();
    part.len() < whole.len() && part.iter().all(|word| rest.any(|other| other == word))
}

/// The known object that a reference was plainly meant for. Names are chosen by people, so this is stricter than
/// [`near_miss`]: names that differ in digits or in a single letter (`api-a`, `api-b`) are two names; a whole other word
/// (`example-ca` for `example-sa`) counts only with `other_word`, where there is no second object it could be.
pub fn object_name_near_miss<'k>(
    text: &str,
    known: impl IntoIterator<Item = Name<'k>>,
    other_word: bool,
) -> Option<&'k str> {
    let known: Vec<_> = known.into_iter().collect();
    if known.iter().any(|known| known.text == text) {
        return None;
    }
    let (name, parts) = (Name::new(text), words(text));
    let is_near = |known: &Name<'k>| {
        name.may_be_near(*known) && is_object_near((text, parts.as_slice()), known.text, other_word)
    };
    let near: Vec<_> = known.into_iter().filter(is_near).collect();
    near_miss(text, near.iter().copied()).or_else(|| only(near.iter().map(|known| known.text)))
}

fn only<'k>(names: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let names: HashSet<_> = names.collect();
    let mut names = names.into_iter();
    names.next().filter(|_| names.next().is_none())
}

/// `text` with its words.
fn is_object_near((text, left): (&str, &[String]), known: &str, other_word: bool) -> bool {
    if normal_chars(text).eq(normal_chars(known)) {
        return true;
    }
    let right = words(known);
    if left.len() != right.len() {
        return near_miss(text, [Name::new(known)]).is_some();
    }
    let mut differing = left.iter().zip(&right).filter(|(left, right)| left != right);
    let (Some((a, b)), None) = (differing.next(), differing.next()) else { return false };
    let single = a.chars().count() == 1 && b.chars().count() == 1;
    let numbered = [a, b].iter().all(|word| word.chars().any(|c| c.is_ascii_digit()));
    if single || numbered || differs_in_digits_only(a, b) {
        return false;
    }
    // A letter makes another word of a short one: `api`, `app`.
    let short = a.chars().count().min(b.chars().count()) < 4;
    is_slip(a, b) && (!short || (other_word && left.len() > 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near<'k>(text: &str, known: &[&'k str]) -> Option<&'k str> {
        near_miss(text, known.iter().map(|known| Name::new(known)))
    }

    fn object<'k>(text: &str, known: &[&'k str], other_word: bool) -> Option<&'k str> {
        object_name_near_miss(text, known.iter().map(|known| Name::new(known)), other_word)
    }

    const NAME: &str = "kubernetes.io/service-account.name";

    #[test]
    fn slips_of_the_annotation_are_near() {
        for text in [
            "kubernetes.io/service-account-name",
            "kubernetes.io/sevice-account.name",
            "kubernetes.io/serviceaccount-name",
            "kuberentes.io/service-account.name",
            "kubernets.io/service-acount.name",
            "Kubernetes.io/ServiceAccount.Name",
            "kubernetes.io/service-account.names",
            "kubernetes.io/service-account.nam",
            "kubernetes.io/account-service.name",
        ] {
            assert_eq!(near(text, &[NAME]), Some(NAME), "{text}");
        }
    }

    #[test]
    fn other_names_are_not_near() {
        for text in [
            "",
            "/",
            NAME,
            "kubernetes.io/service-account.uid",
            "workflows.argoproj.io/service-account-token.name",
            "kubernetes.io/service-account",
            "kubernetes.io/ingress.class",
        ] {
            assert_eq!(near(text, &[NAME]), None, "{text}");
        }
        assert_eq!(near("kubernetes.io/ssl", &["kubernetes.io/tls"]), None, "another word");
        assert_eq!(near("example.com/v2", &["example.com/v1"]), None, "another number");
    }

    #[test]
    fn a_tie_is_no_answer() {
        assert_eq!(near("subjec", &["subject", "subjecs"]), None);
        assert_eq!(near("subjectz", &["subjects", "rules"]), Some("subjects"));
    }

    #[test]
    fn words_split_at_separators_and_humps() {
        assert_eq!(
            words("kubernetes.io/service-account_name"),
            ["kubernetes", "io", "service", "account", "name"]
        );
        assert_eq!(words("automountServiceAccountToken"), ["automount", "service", "account", "token"]);
        assert_eq!(words("--"), [""; 0]);
    }

    #[test]
    fn words_may_be_left_out() {
        let fields = ["automountServiceAccountToken", "serviceAccountName", "serviceAccount"];
        let left_out = |text| left_out_words(text, fields.map(Name::new));
        assert_eq!(left_out("automountServiceAccount"), Some("automountServiceAccountToken"));
        assert_eq!(left_out("automountServiceToken"), Some("automountServiceAccountToken"));
        assert_eq!(left_out("automount"), None);
        assert_eq!(left_out("serviceName"), Some("serviceAccountName"));
        assert_eq!(left_out("hostNetwork"), None);
    }

    #[test]
    fn objects_that_differ_on_purpose_are_two() {
        for (text, known) in [
            ("worker-1", "worker-2"),
            ("api-v1", "api-v2"),
            ("team-a", "team-b"),
            ("worker", "worker-2"),
            ("prod-eu", "dev-eu"),
            ("reader", "writer"),
        ] {
            assert_eq!(object(text, &[known], true), None, "{text} {known}");
        }
    }

    #[test]
    fn another_word_counts_only_without_a_second_object() {
        assert_eq!(object("example-ca", &["example-sa"], true), Some("example-sa"));
        assert_eq!(object("example-ca", &["example-sa"], false), None);
        assert_eq!(object("dev-app", &["dev-api"], false), None);
        assert_eq!(object("dashboad-admin", &["dashboard-admin", "other"], false), Some("dashboard-admin"));
        assert_eq!(object("dashboard_admin", &["dashboard-admin"], false), Some("dashboard-admin"));
        assert_eq!(object("build-robot", &["build-robot", "build-robots"], false), None, "it exists");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn never_returns_the_text_itself(text in "[a-c./-]{0,8}", known in prop::collection::vec("[a-c./-]{0,8}", 0..4)) {
            let names: Vec<_> = known.iter().map(String::as_str).collect();
            let found = near(&text, &names);
            prop_assert_ne!(found, Some(text.as_str()));
            prop_assert!(found.is_none() || !known.contains(&text));
        }

        #[test]
        fn near_is_mutual_above_the_short_limit(a in "[a-c]{8,10}", b in "[a-c]{8,10}") {
            prop_assert_eq!(near(&a, &[&b]).is_some(), near(&b, &[&a]).is_some());
        }

        #[test]
        fn the_quick_test_never_loses_a_near_miss(a in "[a-e]{1,9}", b in "[a-e]{1,9}") {
            let (left, right) = (Name::new(&a), Name::new(&b));
            if strsim::damerau_levenshtein(&a, &b) <= right.limit() {
                prop_assert!(left.may_be_near(right));
            }
        }

        #[test]
        fn one_slip_in_a_long_name_is_near(at in 0usize..34) {
            let mut slipped = NAME.to_owned();
            slipped.remove(at);
            prop_assert_eq!(near(&slipped, &[NAME]), Some(NAME));
        }
    }
}
