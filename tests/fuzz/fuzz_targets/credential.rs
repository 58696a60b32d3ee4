//! Tokens and kubeconfigs: places lie in the text, and nothing secret reaches a report or a `Debug`.

#![no_main]

use clap::ValueEnum;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use saudit::credential::{Certificate, Held, find, held, is_private_key};
use saudit::report::{CredentialFormat, Explanation, Lines};
use saudit_fuzz::text;

/// So much of a credential is too much.
const PIECE: usize = 24;

fuzz_target!(|data: &[u8]| {
    let Some(text) = text(data) else { return };
    let held = held(&text);
    assert!(held.iter().all(|held| text.get(held.span.range()).is_some()));
    let printed = printed(&text, &held);
    for (range, jwt) in find(&text) {
        let token = &text[range];
        let printed = format!("{printed}{jwt:?}");
        // What stands elsewhere, too, may be a name there.
        for secret in secrets(token).filter(|secret| text.matches(*secret).count() == 1) {
            assert!(!printed.contains(secret), "{secret} is printed: {printed}");
        }
    }
    Certificate::from_pem(&text);
    is_private_key(&text);
});

fn printed(text: &str, held: &[Held]) -> String {
    let mut out = Vec::new();
    let lines = Lines::new(text);
    let explanation = Explanation { held, lines: &lines, now: Timestamp::UNIX_EPOCH };
    for format in CredentialFormat::value_variants() {
        explanation.write(*format, &mut out).unwrap();
    }
    String::from_utf8(out).unwrap()
}

/// The payload's and the signature's start and end.
fn secrets(token: &str) -> impl Iterator<Item = &str> {
    let parts = token.split('.').skip(1).filter(|part| part.len() > 2 * PIECE);
    parts.flat_map(|part| [&part[..PIECE], &part[part.len() - PIECE..]])
}
