//! Is it a secret, or does it only stand in the place of one?

use crate::k8s::names::is_placeholder;

/// Shorter than this no generated token is: a bootstrap token has 23 characters.
const SHORTEST_TOKEN: usize = 16;
/// Shorter than this nobody's policy lets a password be.
const SHORTEST_PASSWORD: usize = 8;
/// What is generated has more different characters than this.
const FEWEST_CHARACTERS: usize = 8;

/// Words in what people make up for tests and documentation.
const MADE_UP: [&str; 21] = [
    "01234",
    "12345",
    "abcdef",
    "admin",
    "bogus",
    "changeit",
    "changeme",
    "demo",
    "dummy",
    "example",
    "fake",
    "foobar",
    "insert",
    "invalid",
    "passw",
    "placeholder",
    "redacted",
    "replace",
    "sample",
    "secret",
    "test",
];

/// Whether an opaque token may be one that opens something, rather than a placeholder or made up.
pub fn is_plausible_token(text: &str) -> bool {
    // RFC 6750, and the colon of Rancher's.
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=:".contains(&byte);
    text.len() >= SHORTEST_TOKEN
        && text.bytes().all(fits)
        // A JSON Web Token that is none is cut off.
        && !text.starts_with("eyJ")
        && !text.contains("..")
        && has_letters_and_digits(text)
        && characters(text) >= FEWEST_CHARACTERS
        && !is_made_up(text)
}

/// Whether a password may be one that opens something.
pub fn is_plausible_password(text: &str) -> bool {
    text.len() >= SHORTEST_PASSWORD
        && !is_placeholder(text)
        && has_letters_and_digits(text)
        && !is_made_up(text)
}

fn is_made_up(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("your") || MADE_UP.iter().any(|word| text.contains(word)) || has_run(&text)
}

/// `xxxx`, `0000`: one character again and again.
fn has_run(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(4).any(|four| four.iter().all(|byte| Some(byte) == four.first()))
}

fn has_letters_and_digits(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn characters(text: &str) -> usize {
    let mut bytes: Vec<_> = text.bytes().collect();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_that_may_open_something() {
        for text in [
            "07401b.f395accd246ae52d",
            "31ada4fd-aded-460c-809a-b1bf34e8a2c9",
            "kubeconfig-u-x7k2v:9w4zq7xkt2m5n8p6r3",
            "sha256~Jk3q9ZpLw2Rt8Xv5Nc1Bm7",
        ] {
            assert!(is_plausible_token(text), "{text}");
        }
        for text in [
            "",
            "dummy-token",
            "blue-token-of-the-sky",
            "zLmlvL3NlcnZ",
            "${TOKEN_OF_CLUSTER_1}",
            "{{ .Values.token1 }}",
            "<YOUR TOKEN 1 HERE>",
            "abcdef.0123456789abcdef",
            "my-test-token-20240101",
            "xxxxxxxxxxxxxxxx1",
            "a1a1a1a1a1a1a1a1a1a1",
            "0000000000000000000000000a",
            "REDACTED-1234567890",
            "eyJhbGciOiJSUzI1NiIs",
            "31ada4fd-aded-460c...",
        ] {
            assert!(!is_plausible_token(text), "{text}");
        }
    }

    #[test]
    fn passwords_that_may_open_something() {
        for text in ["8f6b2c9d1e", "Kx9!vbn2mq"] {
            assert!(is_plausible_password(text), "{text}");
        }
        for text in ["", "admin", "password", "Passw0rd!", "hunter2", "<password1>", "$PASSWORD1", "secret99"]
        {
            assert!(!is_plausible_password(text), "{text}");
        }
    }
}
