//! Words that nobody made up: keys, tokens and passwords without a shape of their own, known by how often letters and
//! digits change in them. Names of people's things are words with few digits; what a machine draws is a mixture.

use std::ops::Range;

/// Shorter than this it may be a name.
const SHORTEST: usize = 16;
/// Shorter than this it may be a name where a script assigns it.
const SHORTEST_VALUE: usize = 8;
/// In names that Kubernetes makes (`web-7d9f8b6c5-x7k2v`) no part is longer.
const LONGEST_SUFFIX: usize = 10;
/// How long the parts of a UUID are: it tells objects apart and opens nothing.
const UUID: [usize; 5] = [8, 4, 4, 4, 12];

/// The bytes of all such words in `text`, in order.
pub(super) fn find(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let is_secret = |word: &Range<usize>| {
        let (before, rest) = text.split_at_checked(word.start).unwrap_or_default();
        let word = rest.get(..word.len()).unwrap_or_default();
        may_be_random(word) && !is_digest(before, word) && is_random(word)
    };
    long_words(text.as_bytes()).filter(is_secret)
}

/// The bytes of the words that are long enough.
fn long_words(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    // Here a word may start.
    let mut start = 0;
    std::iter::from_fn(move || {
        loop {
            // Looked at from its end, most of a text is not looked at.
            let head = text.get(start..start + SHORTEST)?;
            if let Some(at) = head.iter().rposition(|byte| !is_of_word(*byte)) {
                start += at + 1;
                continue;
            }
            let rest = text.get(start..).unwrap_or_default();
            let word = start..start + rest.iter().position(|byte| !is_of_word(*byte)).unwrap_or(rest.len());
            start = word.end;
            return Some(word);
        }
    })
}

/// Whether a value that a script assigns may be a secret, whatever its variable is called.
pub(super) fn is_random_value(text: &str) -> bool {
    let text = text.trim_matches(['"', '\'', ';', ',']);
    let is_place = text.starts_with(['/', '.', '~']) || text.contains("://");
    text.len() >= SHORTEST_VALUE && !is_place && pieces(text).any(|piece| changes(piece) >= 2)
}

/// Whether part of a token may be so written: two changes are more than in most words.
pub(super) fn is_piece(text: &str) -> bool {
    text.len() >= SHORTEST_VALUE && changes(text) >= 2
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_+/=~.".contains(&byte)
}

/// A digest or a commit, which everybody may know.
fn is_digest(before: &str, word: &str) -> bool {
    let is_hex = || word.bytes().all(|byte| byte.is_ascii_hexdigit());
    (before.ends_with("sha256:") || before.ends_with("sha512:") || before.ends_with('@')) && is_hex()
}

/// Whether it changes as often as the shortest mixture. Each change is to or from a digit or capital; most words have
/// none.
fn may_be_random(word: &str) -> bool {
    let is_rare = |byte: &&u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    word.as_bytes().iter().filter(is_rare).count() >= 2 && changes_in(word) * 5 >= SHORTEST
}

fn is_random(word: &str) -> bool {
    let has = |is: fn(&u8) -> bool| word.as_bytes().iter().any(is);
    let is_mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
    let is_path = word.starts_with(['/', '.', '~']);
    let parts = || word.split('/').filter(|part| part.len() >= SHORTEST);
    (is_mixed && !is_path && is_mixture(word)) || parts().any(is_random_part)
}

fn is_random_part(part: &str) -> bool {
    let lengths = || part.split('-').map(str::len);
    let is_made = part.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_name = is_made && (lengths().all(|length| length <= LONGEST_SUFFIX) || lengths().eq(UUID));
    !is_name && (is_mixture(part) || pieces(part).any(|piece| piece.len() >= SHORTEST && is_mixture(piece)))
}

/// Whether letters and digits change at every fifth byte or more often.
fn is_mixture(text: &str) -> bool {
    changes_in(text) * 5 >= text.len()
}

fn changes_in(text: &str) -> usize {
    pieces(text).map(changes).sum()
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
}

/// How often the kind of character changes. The capital that begins a word (`serviceAccount`) counts once.
fn changes(piece: &str) -> usize {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        _ => 2,
    };
    let pairs = piece.bytes().zip(piece.bytes().skip(1)).map(|(one, two)| (kind(one), kind(two)));
    pairs.filter(|(one, two)| one != two && (*one, *two) != (1, 2)).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_random_word_may_be_one(word in r"([a-z]{0,5}|[A-Z0-9]{1,2}|[a-zA-Z0-9/_.-]{0,6}){6,12}") {
            prop_assert!(word.len() < SHORTEST || !is_random(&word) || may_be_random(&word));
        }

        #[test]
        fn every_long_word_is_found(text in r"([a-c]{1,20}|[A-Z0-9_+/=~.-]{1,20}|[ \n:,é😀]{1,3}){0,12}") {
            let is_of_word = |c: char| c.is_ascii_alphanumeric() || "-_+/=~.".contains(c);
            let words = text.split(|c| !is_of_word(c)).filter(|word| word.len() >= SHORTEST);
            let found = long_words(text.as_bytes()).map(|word| text.get(word).unwrap());
            prop_assert_eq!(found.collect::<Vec<_>>(), words.collect::<Vec<_>>());
        }
    }

    #[test]
    fn words_that_nobody_made_up() {
        for word in [
            "q8Zt-4vKx_2mWb7Rp9Lc",
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzQ3kT9",
            "3f9c81e07bd24a6c9e15f0a2b7d8c643",
            "x7k2v9w4zq7xkt2m5n8p6r3",
            "eyJhbGciOiJFUzI1NiIsImtpZCI6",
        ] {
            let text = format!("a: {word}, b");
            let found: Vec<_> = find(&text).filter_map(|range| text.get(range)).collect();
            assert_eq!(found, [word]);
        }
        for text in [
            "default-token-x7k2v",
            "cart-7d9f8b6c5-x7k2v",
            "kubernetes.io/service-account-token",
            "client.authentication.k8s.io/v1alpha1",
            "/var/run/secrets/kubernetes.io/serviceaccount/token",
            "automountServiceAccountToken",
            "ghcr.io/acme/app@sha256:3f9c81e07bd24a6c9e15f0a2b7d8c6433f9c81e07bd24a6c9e15f0a2b7d8c643",
            "actions/checkout@b4ffde65f46336ab88eb53be808477a3936bae11",
            "uid: 2c9c8ad2-3c1f-4a3e-8a7b-6a2f1f0f0b11",
            "arn:aws:iam::123456789012:role/AmazonEKSLoadBalancerControllerRole",
            "2026-11-22T08:25:43Z",
            "registry.k8s.io/kube-apiserver:v1.36.3",
        ] {
            assert_eq!(find(text).count(), 0, "{text}");
        }
    }

    #[test]
    fn values_that_may_be_secrets() {
        for (value, is_secret) in [
            ("s3cr3tvalue", true),
            ("'Kx9!vb2nmq'", true),
            ("31ada4fd-aded-460c-809a-b1bf34e8a2c9", true),
            ("team-a1", false),
            ("prod-eu-west-1", false),
            ("https://a1b2c3d4.acme.io", false),
            ("/tmp/a1b2c3d4", false),
            ("kube-system", false),
            ("a1b2c3", false),
        ] {
            assert_eq!(is_random_value(value), is_secret, "{value}");
        }
    }
}
